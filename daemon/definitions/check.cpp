#include "definitions/alert_rules.hpp"
#include "definitions/conversions.hpp"
#include "definitions/rulebook_loader.hpp"
#include "definitions/score_tables.hpp"
#include "definitions/source_maps.hpp"

#include <filesystem>

namespace vigil::definitions {

namespace {

namespace fs = std::filesystem;

void check_config(std::string const& path, Problems& problems) {
    const auto config = load_config(path, problems);
    load_rulebook(config, problems);
}

// The vocabulary that a lone table is checked against: beside it, or one folder up.
std::optional<File> vocabulary_near(fs::path const& path, Problems& problems) {
    for (auto const& folder : {path.parent_path(), path.parent_path() / ".."}) {
        const auto candidate = (folder / "vocabulary.tsv").lexically_normal();
        std::error_code ignored;
        if (!fs::exists(candidate, ignored)) continue;
        if (auto text = read_file(candidate.string(), problems))
            return File{"vocabulary.tsv", candidate.string(), *std::move(text)};
        return std::nullopt;
    }
    problems.push_back(
        {path.string(), 0, 0, "file", "there is no vocabulary.tsv beside it or one folder up to check it against"});
    return std::nullopt;
}

void check_table(fs::path const& path, File const& file, Problems& problems) {
    const auto near = vocabulary_near(path, problems);
    if (!near) return;
    Problems of_vocabulary; // shown only when the vocabulary itself is asked for
    const auto vocabulary = load_vocabulary(*near, of_vocabulary);
    if (file.name == "conversions.tsv")
        load_conversions(file, vocabulary, problems);
    else
        load_source_maps({file}, vocabulary, {}, problems);
}

void check_file(std::string const& given, Problems& problems) {
    const fs::path path(given);
    const std::string name = path.filename().string();
    const std::string folder = fs::absolute(path).parent_path().filename().string();
    if (path.extension() == ".toml" && folder != "scores" && folder != "alerts") return check_config(given, problems);
    const auto text = read_file(given, problems);
    if (!text) return;
    const File file{path.extension() == ".toml" ? folder + "/" + name : name, given, *text};
    if (name == "vocabulary.tsv")
        load_vocabulary(file, problems);
    else if (path.extension() == ".tsv")
        check_table(path, file, problems);
    else if (folder == "scores" && path.extension() == ".toml")
        load_score_tables({file}, problems);
    else if (folder == "alerts" && path.extension() == ".toml")
        load_alert_rules({file}, problems);
    else
        problems.push_back({given, 0, 0, "file", "is no definition: .toml or .tsv is expected"});
}

} // namespace

Problems check(std::vector<std::string> const& paths) {
    Problems problems;
    for (auto const& path : paths) check_file(path, problems);
    return problems;
}

} // namespace vigil::definitions
