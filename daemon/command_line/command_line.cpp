#include "command_line/command_line.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <sysexits.h>

namespace vigil::command_line {

Option* Option::required(bool is) {
    option_.required(is);
    return this;
}

Option* Option::one_of(std::vector<std::string> words) {
    option_.check(CLI::IsMember(std::move(words)));
    return this;
}

Option* Option::positive() {
    // CLI11's own says that it is not between 0 and a number of 309 digits.
    return check(
        [](std::string const& text) {
            double number = 0;
            const bool good = CLI::detail::lexical_cast(text, number) && number > 0;
            return good ? std::string{} : "'" + text + "' is no number above 0";
        },
        "POSITIVE");
}

Option* Option::between(int low, int high) {
    option_.check(CLI::Range(low, high));
    return this;
}

Option* Option::between(double low, double high) {
    option_.check(CLI::Range(low, high));
    return this;
}

Option* Option::check(std::function<std::string(std::string const&)> fault_of, std::string kind) {
    option_.check(CLI::Validator([fault_of = std::move(fault_of)](std::string& text) { return fault_of(text); },
                                 std::move(kind)));
    return this;
}

Option* Option::excludes(Option* other) {
    option_.excludes(&other->option_);
    return this;
}

Option* Option::delimiter(char between_values) {
    option_.delimiter(between_values);
    return this;
}

Option* Option::type_name(std::string shown) {
    option_.type_name(std::move(shown));
    return this;
}

Option* Option::capture_default_str() {
    option_.capture_default_str();
    return this;
}

template <typename Value>
Option* Command::add_option(std::string name, Value& value, std::string help) {
    return &options_.emplace_back(*app_.add_option(std::move(name), value, std::move(help)));
}
template Option* Command::add_option(std::string, std::string&, std::string);
template Option* Command::add_option(std::string, int&, std::string);
template Option* Command::add_option(std::string, std::uint32_t&, std::string);
template Option* Command::add_option(std::string, std::uint64_t&, std::string);
template Option* Command::add_option(std::string, double&, std::string);
template Option* Command::add_option(std::string, std::vector<std::string>&, std::string);

Option* Command::add_flag(std::string name, bool& value, std::string help) {
    return &options_.emplace_back(*app_.add_flag(std::move(name), value, std::move(help)));
}

Command* Command::add_subcommand(std::string name, std::string help) {
    return &commands_.emplace_back(*app_.add_subcommand(std::move(name), std::move(help)));
}

Command* Command::require_subcommand(std::size_t exactly) {
    app_.require_subcommand(exactly, exactly);
    return this;
}

Command* Command::require_subcommand(std::size_t at_least, std::size_t at_most) {
    app_.require_subcommand(at_least, at_most);
    return this;
}

Command* Command::require_option(std::size_t exactly) {
    app_.require_option(exactly, exactly);
    return this;
}

Command* Command::fallthrough() {
    app_.fallthrough();
    return this;
}

Command* Command::callback(std::function<void()> when_named) {
    app_.callback(std::move(when_named));
    return this;
}

Program::Program(std::string description, std::string name)
    : Program{std::make_unique<CLI::App>(std::move(description), std::move(name))} {}
Program::Program(std::unique_ptr<CLI::App> owned)
    : Command{*owned},
      owned_{std::move(owned)} {}
Program::~Program() = default;

void Program::set_version_flag(std::string name, std::string version) { app_.set_version_flag(name, version); }

void Program::footer(std::string text) { app_.footer(std::move(text)); }

std::optional<int> Program::parse(int argc, char const* const* argv) {
    try {
        app_.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        // Help and version are no errors; everything else is a matter of usage.
        return app_.exit(error) == 0 ? EX_OK : EX_USAGE;
    }
    return std::nullopt;
}

} // namespace vigil::command_line
