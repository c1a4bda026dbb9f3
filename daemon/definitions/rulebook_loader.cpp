#include "definitions/rulebook_loader.hpp"

#include "core/scores/course.hpp"
#include "core/scores/definition.hpp"
#include "core/scores/dose.hpp"
#include "core/scores/registry.hpp"
#include "definitions/alert_rule_signals.hpp"
#include "definitions/alert_rules.hpp"
#include "definitions/conversions.hpp"
#include "definitions/delivered_check.hpp"
#include "definitions/delivered_scores.hpp"
#include "definitions/score_shape_check.hpp"
#include "definitions/score_tables.hpp"
#include "definitions/source_maps.hpp"
#include "definitions/toml_reader.hpp"
#include "definitions/vocabulary.hpp"

#include <algorithm>
#include <filesystem>
#include <sodium.h>

namespace vigil::definitions {

namespace {

constexpr std::string_view settings_name = "settings.toml";
// A result that comes so late still finds the streams that SOFA of its time rests on.
constexpr model::Duration course_told_late = model::hours(26);

File const* find(Files const& files, std::string_view name) {
    const auto found = std::find_if(files.begin(), files.end(), [&](File const& f) { return f.name == name; });
    return found == files.end() ? nullptr : &*found;
}

File const* expect(Files const& files, std::string_view name, Problems& problems) {
    if (auto const* file = find(files, name)) return file;
    problems.push_back({std::string(name), 0, 0, "file", "is not there"});
    return nullptr;
}

// A whole file of the configuration, by the name it has in the archive.
void add(Files& files, std::string name, std::string const& path, Problems& problems) {
    if (path.empty()) return; // reported as missing already
    if (auto text = read_file(path, problems)) files.push_back({std::move(name), path, *std::move(text)});
}

Files definition_files(VigildConfig const& config, Problems& problems) {
    Files out;
    add(out, "vocabulary.tsv", config.vocabulary, problems);
    add(out, "conversions.tsv", config.conversions, problems);
    const auto folder = [&](std::string const& path, std::string_view prefix, std::string_view suffix) {
        if (path.empty()) return;
        for (auto& file : read_folder(path, prefix, suffix, problems)) out.push_back(std::move(file));
    };
    folder(config.scores, "scores/", ".toml");
    folder(config.alerts, "alerts/", ".toml");
    folder(config.maps, "maps/", ".tsv");
    return out;
}

// Which file each definition came from, and whether it is the one that was delivered.
void note_definitions(Files const& files, core::Rulebook& rules) {
    for (std::size_t i = 0; i < model::score_id_count; ++i) {
        auto& definition = rules.definitions[i];
        const auto name = "scores/" + std::string{model::name_of(static_cast<model::ScoreId>(i))} + ".toml";
        auto const* file = find(files, name);
        if (file == nullptr) continue;
        static_assert(std::tuple_size_v<decltype(definition.sha256)> == crypto_hash_sha256_BYTES);
        crypto_hash_sha256(definition.sha256.data(), reinterpret_cast<unsigned char const*>(file->content.data()),
                           file->content.size());
        auto const* delivered = delivered_table(name);
        definition.locally_modified = delivered == nullptr || delivered->content != file->content;
        if (static_cast<model::ScoreId>(i) == model::ScoreId::sofa)
            definition.modified_for_all = is_modified_for_all(*file);
    }
}

// A definition of one's own takes the place of the one with its id.
void replace_definition(Files& files, std::string const& path, Problems& problems) {
    auto text = read_file(path, problems);
    if (!text) return;
    const auto id = id_of_definition({path, path, *text}, problems);
    if (!id) return;
    const auto name = "scores/" + std::string{model::name_of(*id)} + ".toml";
    std::erase_if(files, [&](File const& f) { return f.name == name; });
    files.push_back({name, path, *std::move(text)});
}

void enable_scores(Settings const& settings, core::Rulebook& rules, Problems& problems) {
    for (auto const& score : settings.scores) {
        const auto policy = scores::find_policy(rules, score.id, score.policy);
        if (!policy)
            problems.push_back({settings.file, score.line, score.column, "score.policy",
                                std::string(model::name_of(score.id)) + " has no policy '" + score.policy + "'"});
        else if (!scores::offers(score.id, score.product))
            problems.push_back({settings.file, score.line, score.column, "score.product",
                                scores::not_offered(score.id, score.product)});
        else if (score.alerts && score.id != model::ScoreId::sofa && score.id != model::ScoreId::ards_berlin)
            problems.push_back({settings.file, score.line, score.column, "score.alerts",
                                "alert rules read sofa and ards_berlin, not " + std::string(model::name_of(score.id))});
        else
            rules.scores.push_back({{score.id, score.product, score.basis, *policy}, score.alerts});
        if (score.product == model::Product::day) rules.keep_longer = model::hours(24);
    }
}

// A score that looks back at the course of SOFA needs one that runs beside it, and there is one course for all.
void check_course(Settings const& settings, core::Rulebook& rules, Problems& problems) {
    std::vector<model::ScoreKey> keys;
    for (auto const& run : rules.scores) keys.push_back(run.key);
    const auto sofa = scores::course_followed(keys, rules);
    if (!sofa) return;
    rules.retention.keep_minutes = std::max(rules.retention.keep_minutes, course_told_late + rules.tables.sofa.window);
    const auto policy = scores::definition(sofa->id).edition.policy(rules, sofa->policy);
    for (auto const& score : settings.scores) {
        if (!scores::reads_course(score.id)) continue;
        const bool runs = std::find(keys.begin(), keys.end(), *sofa) != keys.end();
        if (runs && score.policy == policy && score.basis == sofa->basis) continue;
        problems.push_back({settings.file, score.line, score.column, "score",
                            std::string{model::name_of(score.id)} +
                                " looks back at sofa: a [[score]] of sofa must run, product "
                                "rolling, policy " +
                                policy + ", basis " + std::string{model::name_of(sofa->basis)} +
                                ", and every score that looks back has that policy and basis"});
    }
}

void check_salts(Settings const& settings, core::Rulebook const& rules, Problems& problems) {
    for (auto const& salt : settings.salts) {
        if (scores::find_salt(rules.tables.sofa, salt.name).known()) continue;
        std::string names;
        for (auto const& s : rules.tables.sofa.salts) names += (names.empty() ? "" : ", ") + s.name;
        problems.push_back({settings.file, salt.line, salt.column, "source.norepinephrine_as",
                            "the score tables know no salt '" + salt.name + "': " + names});
    }
}

bool runs(core::Rulebook const& rules, alerts::ScoreLevel const& rule) {
    return std::any_of(rules.scores.begin(), rules.scores.end(), [&](core::EnabledScore const& run) {
        return run.key.id == rule.score && run.key.product == rule.product;
    });
}

// A rule with nothing to read is none: what stood by it is closed as that, and not as if it had never been true.
void put_to_sleep(core::Rulebook& rules) {
    for (auto& one : rules.rules.score_levels)
        if (!runs(rules, one)) one.rule.enabled = false;
}

// Where the files come from: somebody's folder, or a journal, which has to open whatever its tables were.
enum class From : bool { disk, journal };

// The one path: from files and effective settings, which are themselves a file of the archive.
std::optional<core::Rulebook> assemble(Files const& files, Settings const& settings, From from, Problems& problems) {
    const auto before = problems.size();
    core::Rulebook rules;
    bool units_known = false;
    // A file that is not there was told of when it was read: what could only follow from that is not.
    if (auto const* file = find(files, "vocabulary.tsv")) {
        const auto vocabulary = load_vocabulary(*file, problems);
        rules.vocabulary = vocabulary.entries;
        if (auto const* conversions = find(files, "conversions.tsv"))
            for (auto const& c : load_conversions(*conversions, vocabulary, problems))
                rules.vocabulary[static_cast<std::size_t>(c.signal)].conversions.push_back(c);
        units_known = problems.size() == before && find(files, "conversions.tsv") != nullptr;
        rules.source_maps = load_source_maps(starting_with(files, "maps/"), vocabulary, settings.sources, problems);
    }
    const auto score_problems = problems.size();
    rules.tables = load_score_tables(starting_with(files, "scores/"), problems);
    if (from == From::disk) {
        check_score_shapes(files, units_known ? rules : core::Rulebook{}, problems);
        check_against_delivered(files, problems);
    }
    note_definitions(files, rules);
    // What a creatinine is judged against, of the oldest that can still be asked for.
    auto const& laboratory = rules.tables.sofa;
    rules.retention.keep_creatinine =
        std::max(laboratory.window, laboratory.carried_for) + rules.tables.kdigo.baseline_within;
    rules.rules = load_alert_rules(starting_with(files, "alerts/"), problems);
    if (settings.alerting) rules.rules.handling = *settings.alerting;
    rules.sources = settings.sources;
    rules.site = settings.site;
    rules.simulated = settings.simulated;
    rules.driven = settings.driven;
    if (problems.size() == score_problems) {
        enable_scores(settings, rules, problems);
        check_course(settings, rules, problems);
        check_salts(settings, rules, problems);
        put_to_sleep(rules);
        check_what_rules_read(files, rules, problems);
    }
    if (problems.size() != before) return std::nullopt;
    rules.bytes = pack(files);
    crypto_generichash(rules.digest.data(), rules.digest.size(),
                       reinterpret_cast<unsigned char const*>(rules.bytes.data()), rules.bytes.size(), nullptr, 0);
    return rules;
}

} // namespace

std::optional<core::Rulebook> load_rulebook(VigildConfig const& config, Problems& problems) {
    const auto before = problems.size();
    Files files = definition_files(config, problems);
    if (config.vocabulary.empty()) return std::nullopt; // vigil.toml could not be read so far
    for (auto const& path : config.own_definitions) replace_definition(files, path, problems);
    files.push_back({std::string(settings_name), config.file, to_toml(config.settings)});
    auto rules = assemble(files, config.settings, From::disk, problems);
    if (problems.size() != before) return std::nullopt;
    return rules;
}

std::optional<core::Rulebook> rulebook_from_bytes(std::string_view bytes, Problems& problems) {
    const auto files = unpack(bytes, problems);
    if (!files) return std::nullopt;
    const auto before = problems.size();
    for (const auto name : {std::string_view{"vocabulary.tsv"}, std::string_view{"conversions.tsv"}})
        expect(*files, name, problems);
    auto const* written = expect(*files, settings_name, problems);
    if (written == nullptr) return std::nullopt;
    const Settings settings = parse_settings(*written, problems);
    auto rules = assemble(*files, settings, From::journal, problems);
    if (problems.size() != before) return std::nullopt;
    return rules;
}

std::vector<std::string> sleeping_rules(core::Rulebook const& rules) {
    std::vector<std::string> out;
    for (auto const& one : rules.rules.score_levels) {
        if (!runs(rules, one))
            out.push_back(one.rule.id + " sleeps: no [[score]] of " + std::string{model::name_of(one.score)} +
                          ", product " + std::string{model::name_of(one.product)} + ", runs");
    }
    return out;
}

} // namespace vigil::definitions
