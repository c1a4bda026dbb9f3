#include "cli/commands.hpp"

#include "definitions/rulebook_loader.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>

namespace vigil::cli {

void add_check(CLI::App& app, Session& session) {
    auto* sub = app.add_subcommand(
        "check", "Check a configuration with all it names, or single definition files; shows every mistake");
    auto files = std::make_shared<std::vector<std::string>>();
    sub->add_option("FILE", *files,
                    "vigil.toml, vocabulary.tsv, conversions.tsv, maps/*.tsv, scores/*.toml, alerts/*.toml")
        ->required();
    sub->callback([&session, files] {
        session.run = [files]() -> int {
            const auto problems = definitions::check(*files);
            for (auto const& problem : problems) fmt::print(stderr, "{}\n", to_string(problem));
            if (!problems.empty()) return Exit::config;
            fmt::print("no mistakes found\n");
            return Exit::ok;
        };
    });
}

} // namespace vigil::cli
