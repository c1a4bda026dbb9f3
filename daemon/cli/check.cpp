#include "cli/commands.hpp"
#include "cli/score.hpp"

#include "command_line/command_line.hpp"
#include "definitions/rulebook_loader.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace vigil::cli {

namespace {

std::string json_text(std::string_view text) {
    std::string out{'"'};
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) < 0x20)
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        else
            out += c;
    }
    return out += '"';
}

std::string json_of(definitions::Problem const& p) {
    return fmt::format(R"({{"file":{},"line":{},"column":{},"key":{},"message":{}}})", json_text(p.file), p.line,
                       p.column, json_text(p.key), json_text(p.message));
}

// Of a whole configuration; a single file of definitions has no scores.
void print_sleeping(std::string const& file) {
    definitions::Problems none;
    const auto config = definitions::load_config(file, none);
    const auto rules = none.empty() ? definitions::load_rulebook(config, none) : std::nullopt;
    if (!rules) return;
    for (auto const& rule : definitions::sleeping_rules(*rules)) fmt::print("note: {}\n", rule);
}

} // namespace

void add_check(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand(
        "check", "Check a configuration with all it names, or single definition files; shows every mistake");
    auto files = std::make_shared<std::vector<std::string>>();
    sub->add_option(
           "FILE", *files,
           "vigil.toml, vocabulary.tsv, conversions.tsv, maps/*.tsv, scores/*.toml, a score's table of your own, "
           "alerts/*.toml, or a folder")
        ->required();
    sub->add_flag("--json", session.json, "One JSON object for each mistake");
    sub->callback([&session, files] {
        session.run = [&session, files]() -> int {
            const auto problems = definitions::check(*files, definitions_file(session.config_file));
            for (auto const& problem : problems)
                session.json ? fmt::print("{}\n", json_of(problem)) : fmt::print(stderr, "{}\n", to_string(problem));
            if (session.json) return problems.empty() ? Exit::ok : Exit::config;
            if (!problems.empty()) return Exit::config;
            fmt::print("no mistakes found\n");
            for (auto const& file : *files)
                if (file.ends_with(".toml")) print_sleeping(file);
            return Exit::ok;
        };
    });
}

} // namespace vigil::cli
