#include "cli/journal_folder.hpp"

#include "definitions/config.hpp"

namespace vigil::cli {

std::string journal_folder(Session const& session, std::string const& given) {
    if (!given.empty()) return given;
    const auto config = configuration_named(session.config_file);
    if (config.empty()) {
        complain("--journal FOLDER or --config FILE is needed");
        return {};
    }
    definitions::Problems problems;
    const auto read = definitions::load_config(config, problems);
    for (auto const& problem : problems) complain(to_string(problem));
    return problems.empty() ? read.journal.directory : std::string();
}

} // namespace vigil::cli
