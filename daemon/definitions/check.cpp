#include "definitions/alert_rule_signals.hpp"
#include "definitions/alert_rules.hpp"
#include "definitions/conversions.hpp"
#include "definitions/delivered_check.hpp"
#include "definitions/rulebook_loader.hpp"
#include "definitions/score_shape_check.hpp"
#include "definitions/score_tables.hpp"
#include "definitions/source_maps.hpp"

#include <algorithm>
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

void check_rule(fs::path const& path, File const& file, Problems& problems) {
    const auto before = problems.size();
    core::Rulebook rules;
    rules.rules = load_alert_rules({file}, problems);
    if (problems.size() != before) return;
    // Where there is no vocabulary the whole configuration says what the rule alone cannot.
    Problems of_vocabulary;
    if (const auto near = vocabulary_near(path, of_vocabulary))
        rules.vocabulary = load_vocabulary(*near, of_vocabulary).entries;
    if (of_vocabulary.empty()) check_what_rules_read({file}, rules, problems);
}

// The units that a lone table of a score is checked against: of the vocabulary near it, else of the configuration.
std::optional<core::Rulebook> units_near(fs::path const& path, std::string const& configuration, Problems& problems) {
    Problems of_files; // shown only when those files themselves are asked for
    auto vocabulary = vocabulary_near(path, of_files);
    std::string conversions;
    if (vocabulary) {
        conversions = (fs::path(vocabulary->shown).parent_path() / "conversions.tsv").string();
    } else if (!configuration.empty()) {
        const auto config = load_config(configuration, of_files);
        conversions = config.conversions;
        if (auto text = read_file(config.vocabulary, of_files))
            vocabulary = File{"vocabulary.tsv", config.vocabulary, *std::move(text)};
    }
    const auto converted = vocabulary ? read_file(conversions, of_files) : std::nullopt;
    if (!converted) {
        problems.push_back({path.string(), 0, 0, "file",
                            "there is no vocabulary.tsv with its conversions.tsv beside it, one folder up or in the "
                            "configuration to check its units against"});
        return std::nullopt;
    }
    core::Rulebook rules;
    const auto known = load_vocabulary(*vocabulary, of_files);
    rules.vocabulary = known.entries;
    for (auto const& c : load_conversions({"conversions.tsv", conversions, *converted}, known, of_files))
        rules.vocabulary[static_cast<std::size_t>(c.signal)].conversions.push_back(c);
    return rules;
}

void check_score(std::string const& given, File const& file, std::string const& configuration, Problems& problems) {
    load_score_tables({file}, problems);
    const auto units = units_near(given, configuration, problems);
    check_score_shapes({file}, units ? *units : core::Rulebook{}, problems);
    check_against_delivered({file}, problems);
}

// A score's own table, whatever it is called and wherever it lies: its `id` says of which (`vigil score --definition`).
std::optional<File> own_table(std::string const& given) {
    Problems none; // a file that cannot be read, or is no such table, is spoken of as what else it may be
    auto text = read_file(given, none);
    if (!text) return std::nullopt;
    File file{"", given, *std::move(text)};
    const auto id = id_of_definition(file, none);
    if (!id || !none.empty()) return std::nullopt;
    file.name = "scores/" + std::string{model::name_of(*id)} + ".toml";
    return file;
}

void check_file(std::string const& given, std::string const& configuration, Problems& problems) {
    const fs::path path(given);
    const std::string name = path.filename().string();
    const std::string folder = fs::absolute(path).parent_path().filename().string();
    const bool named_as_delivered = folder == "scores" && model::parse_score_id(path.stem().string());
    if (path.extension() == ".toml" && folder != "alerts" && !named_as_delivered)
        if (const auto own = own_table(given)) return check_score(given, *own, configuration, problems);
    if (path.extension() == ".toml" && folder != "scores" && folder != "alerts") return check_config(given, problems);
    const auto text = read_file(given, problems);
    if (!text) return;
    const File file{path.extension() == ".toml" ? folder + "/" + name : name, given, *text};
    if (name == "vocabulary.tsv")
        load_vocabulary(file, problems);
    else if (path.extension() == ".tsv")
        check_table(path, file, problems);
    else if (folder == "scores" && path.extension() == ".toml")
        check_score(given, file, configuration, problems);
    else if (folder == "alerts" && path.extension() == ".toml")
        check_rule(path, file, problems);
    else
        problems.push_back({given, 0, 0, "file", "is no definition: .toml or .tsv is expected"});
}

// Every definition in it; alert rules also as the whole that they must be.
void check_folder(fs::path const& folder, std::string const& configuration, Problems& problems) {
    std::vector<std::string> inside;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const auto kind = it->path().extension();
        const bool hidden = it->path().filename().string().starts_with('.');
        if (!hidden && (kind == ".toml" || kind == ".tsv")) inside.push_back(it->path().string());
    }
    if (error) problems.push_back({folder.string(), 0, 0, "folder", "cannot be read: " + error.message()});
    std::sort(inside.begin(), inside.end());
    if (inside.empty() && !error)
        problems.push_back({folder.string(), 0, 0, "file", "holds no definitions: no .toml and no .tsv"});
    const auto before = problems.size();
    for (auto const& path : inside) check_file(path, configuration, problems);
    if (fs::absolute(folder / ".").parent_path().filename() != "alerts" || problems.size() != before) return;
    load_alert_rules(read_folder(folder.string(), "alerts/", ".toml", problems), problems);
}

} // namespace

Problems check(std::vector<std::string> const& paths, std::string const& configuration) {
    Problems problems;
    std::error_code ignored;
    for (auto const& path : paths)
        if (fs::is_directory(path, ignored))
            check_folder(path, configuration, problems);
        else
            check_file(path, configuration, problems);
    return problems;
}

} // namespace vigil::definitions
