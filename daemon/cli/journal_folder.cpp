#include "cli/journal_folder.hpp"

#include "definitions/config.hpp"

#include <cstdlib>

namespace vigil::cli {

std::string journal_folder(Session const& session, std::string const& given) {
    if (!given.empty()) return given;
    std::string config = session.config_file;
    if (const char* set = std::getenv("VIGIL_CONFIG"); config.empty() && set != nullptr) config = set;
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
