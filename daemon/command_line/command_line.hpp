#pragma once
// The words after a program's name. CLI11 does the work behind this; its headers take longer to compile than any file
// that would include them.

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace vigil::command_line {

// Each returns the option itself, so that they can follow one another. What is refused ends parse() with a message.
class Option {
public:
    explicit Option(CLI::Option& option)
        : option_{option} {}

    Option* required(bool is = true);
    Option* one_of(std::vector<std::string> words);
    Option* positive();
    Option* between(int low, int high);
    Option* between(double low, double high);
    // `fault_of` says what is wrong with a value, or nothing; `kind` stands for the value in the help.
    Option* check(std::function<std::string(std::string const&)> fault_of, std::string kind);
    Option* excludes(Option* other);

    Option* delimiter(char between_values);
    Option* type_name(std::string shown);
    Option* capture_default_str(); // the help shows the value the variable has now

private:
    CLI::Option& option_;
};

class Command {
public:
    explicit Command(CLI::App& app)
        : app_{app} {}
    Command(Command const&) = delete;
    Command& operator=(Command const&) = delete;

    // The variable outlives parse(). Value: std::string, int, std::uint32_t, std::uint64_t, double or
    // std::vector<std::string>: those that command_line.cpp instantiates.
    template <typename Value>
    Option* add_option(std::string name, Value& value, std::string help = {});
    Option* add_flag(std::string name, bool& value, std::string help);
    Command* add_subcommand(std::string name, std::string help);

    Command* require_subcommand(std::size_t exactly);
    Command* require_subcommand(std::size_t at_least, std::size_t at_most);
    Command* require_option(std::size_t exactly);
    Command* fallthrough(); // what it does not know is its parent's
    Command* callback(std::function<void()> when_named);

protected:
    CLI::App& app_;

private:
    std::list<Option> options_;
    std::list<Command> commands_;
};

class Program : public Command {
public:
    explicit Program(std::string description = {}, std::string name = {});
    ~Program();

    void set_version_flag(std::string name, std::string version);
    void footer(std::string text);

    // Nothing when the words were understood. Otherwise how the program is to end: what there is to say, help, version
    // or mistake, was printed.
    std::optional<int> parse(int argc, char const* const* argv);

private:
    explicit Program(std::unique_ptr<CLI::App> owned);
    std::unique_ptr<CLI::App> owned_;
};

} // namespace vigil::command_line
