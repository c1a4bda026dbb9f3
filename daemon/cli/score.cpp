#include "cli/score.hpp"

#include "cli/iso_time.hpp"
#include "cli/session.hpp"
#include "cli/table_file.hpp"
#include "command_line/command_line.hpp"
#include "core/model/hex.hpp"
#include "core/scores/codes.hpp"
#include "core/scores/definition.hpp"
#include "core/scores/dose.hpp"
#include "core/scores/registry.hpp"
#include "definitions/config.hpp"
#include "definitions/rulebook_loader.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <set>

namespace vigil::cli {

namespace {

struct Options {
    std::vector<std::string> readings;
    ScoreChoice choice;
    std::string at = "hourly", out = "-", salt;
    bool strict = false, deciding = false, codes = false, list = false;
};

bool read_grid(std::string const& path, ScoreJob& job) {
    const auto file = read_table(path);
    if (!file) return false;
    bool good = file->problems.empty();
    for (auto const& p : file->problems) complain(path + ": " + p);
    for (auto const& row : file->rows) {
        const auto at = parse_instant(row["at"]);
        if (!at || row["encounter"].empty()) {
            complain(path + ":" + std::to_string(row.line) + ": encounter and at (ISO 8601 with an offset) are needed");
            good = false;
            continue;
        }
        job.grid[row["encounter"]].push_back({*at});
    }
    for (auto& [encounter, times] : job.grid) {
        std::sort(times.begin(), times.end());
        times.erase(std::unique(times.begin(), times.end()), times.end());
    }
    return good;
}

std::optional<model::Sex> sex_of(std::string_view text) {
    if (text.empty()) return model::Sex::unspecified;
    if (text == "f" || text == "F" || text == "female") return model::Sex::female;
    if (text == "m" || text == "M" || text == "male") return model::Sex::male;
    if (text == "o" || text == "O" || text == "other") return model::Sex::other;
    return std::nullopt;
}

std::vector<std::string> all_scores() {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < model::score_id_count; ++i)
        out.emplace_back(model::name_of(static_cast<model::ScoreId>(i)));
    return out;
}

// As a person would ask for them: what it is, where from, what it looks at.
void list_definitions(core::Rulebook const& rules) {
    for (std::size_t i = 0; i < model::score_id_count; ++i) {
        const auto id = static_cast<model::ScoreId>(i);
        auto const& what = scores::definition(id);
        const auto joined = [](auto const& all, auto name) {
            std::string out;
            for (auto const& one : all) out += (out.empty() ? "" : " ") + std::string{name(one)};
            return out;
        };
        std::string policies;
        for (std::size_t p = 0; p < what.edition.policies(rules); ++p)
            policies += (p == 0 ? "" : " ") + what.edition.policy(rules, p);
        std::string codes; // of other people; every other part goes by its local one
        for (auto part : what.parts)
            if (const auto known = scores::public_code(id, part))
                codes += fmt::format("{}{} {} {}", codes.empty() ? "  codes     " : ", ", model::name_of(part),
                                     name_of(known->system), known->code);
        if (!codes.empty()) codes += '\n';
        std::set<std::string_view> inputs; // by name, each once
        for (auto s : what.signals) inputs.insert(model::name_of(s));
        fmt::print("{}@{}{}\n  citation  {}\n  policies  {}\n  products  {}\n  parts     {}\n{}  inputs    {}\n  "
                   "sha256    {}\n",
                   model::name_of(id), what.edition.version(rules),
                   scores::locally_modified(rules, id) ? "  (locally modified)" : "", what.edition.citation(rules),
                   policies, joined(what.products, [](auto product) { return model::name_of(product); }),
                   joined(what.parts, [](auto part) { return model::name_of(part); }), codes,
                   joined(inputs, [](auto name) { return name; }), model::hex(rules.definitions[i].sha256));
    }
}

int score(Options const& o, std::string const& config_file) {
    auto rules = load_definitions(config_file, o.choice.own_definitions);
    if (!rules) return Exit::config;
    if (o.list) {
        list_definitions(*rules);
        return Exit::ok;
    }
    if (o.readings.empty()) {
        complain("which readings? vigil score READINGS.csv, or vigil score --list");
        return Exit::usage;
    }
    if (!o.salt.empty() && !scores::find_salt(rules->tables.sofa, o.salt).known()) {
        complain("the score tables know no salt '" + o.salt + "'");
        return Exit::usage;
    }
    rules->norepinephrine_as = o.salt;
    ScoreJob job;
    job.readings = o.readings;
    job.out = o.out;
    job.strict = o.strict;
    job.deciding = o.deciding;
    job.codes = o.codes;
    if (o.at == "events")
        job.at = At::events;
    else if (o.at != "hourly") {
        job.at = At::grid;
        if (!std::filesystem::exists(o.at)) {
            complain("cannot read " + o.at);
            return Exit::no_input;
        }
        if (!read_grid(o.at, job)) return Exit::data;
    }
    if (!choose_scores(o.choice, *rules, job)) return Exit::usage;
    const bool used = std::any_of(job.scores.begin(), job.scores.end(),
                                  [&](model::ScoreKey const& key) { return scores::locally_modified(*rules, key.id); });
    if (!o.choice.own_definitions.empty() && !used)
        complain("--definition changes nothing: none of the scores asked for reads what is not as delivered");
    return run_score(job, *rules);
}

} // namespace

std::string definitions_file(std::string const& asked) {
    if (auto named = configuration_named(asked); !named.empty()) return named;
    std::error_code none;
    const auto beside = std::filesystem::read_symlink("/proc/self/exe", none).parent_path();
    for (auto const& place : {std::filesystem::path{"/etc/vigil/vigil.toml"}, beside / "../../../config/vigil.toml",
                              beside / "../share/vigil/vigil.toml", std::filesystem::path{"config/vigil.toml"}})
        if (std::filesystem::exists(place, none)) return place.lexically_normal().string();
    return "/etc/vigil/vigil.toml";
}

bool read_stays(std::string const& path, ScoreJob& job) {
    const auto file = read_table(path);
    if (!file) return false;
    bool good = file->problems.empty();
    for (auto const& p : file->problems) complain(path + ": " + p);
    for (auto const& row : file->rows) {
        const auto wrong = [&](std::string const& what) {
            complain(path + ":" + std::to_string(row.line) + ": " + what);
            good = false;
        };
        StayFacts facts;
        if (row["encounter"].empty()) wrong("encounter is needed");
        if (auto const& age = row["age"]; !age.empty()) {
            std::uint32_t years = 0;
            const auto [end, error] = std::from_chars(age.data(), age.data() + age.size(), years);
            if (error != std::errc{} || end != age.data() + age.size() || years > 130)
                wrong("age must be whole years up to 130");
            else
                facts.age_years = years;
        }
        if (const auto sex = sex_of(row["sex"]))
            facts.sex = *sex;
        else
            wrong("sex must be f, m or o");
        if (auto const& admitted = row["admitted"]; !admitted.empty()) {
            if (const auto at = parse_instant(admitted))
                facts.admitted = model::EventTime{*at};
            else
                wrong("admitted must be a time with an offset");
        }
        if (!job.stays.emplace(row["encounter"], facts).second) wrong("this encounter stands twice");
    }
    return good;
}

std::optional<core::Rulebook> load_definitions(std::string const& config_file, std::vector<std::string> const& own) {
    definitions::Problems problems;
    auto config = definitions::load_config(definitions_file(config_file), problems);
    config.own_definitions = own;
    auto rules = problems.empty() ? definitions::load_rulebook(config, problems) : std::nullopt;
    for (auto const& p : problems) complain(definitions::to_string(p));
    return problems.empty() ? std::move(rules) : std::nullopt;
}

bool choose_scores(ScoreChoice const& o, core::Rulebook const& rules, ScoreJob& job) {
    if (!o.stays.empty() && !read_stays(o.stays, job)) return false;
    const auto product = model::parse_product(o.product);
    const auto basis = model::parse_basis(o.basis);
    auto names = o.scores;
    const bool all = names == std::vector<std::string>{"all"};
    if (all) names = all_scores();
    for (auto const& name : names) {
        const auto id = model::parse_score_id(name);
        if (!id) {
            complain("unknown score '" + name + "': vigil score --list names those that there are");
            return false;
        }
        auto policy = scores::find_policy(rules, *id, o.policy);
        // An option of SOFA does not concern other scores: they stay as published.
        if (!policy && scores::find_policy(rules, model::ScoreId::sofa, o.policy))
            policy = scores::find_policy(rules, *id, "published");
        if (!policy) {
            complain(name + " has no policy '" + o.policy + "'");
            return false;
        }
        const bool offered = scores::offers(*id, *product);
        if (!offered && !all) {
            complain(scores::not_offered(*id, *product));
            return false;
        }
        // Of all scores, those that make no sense as asked for are given as they do.
        const auto given = offered ? *product : scores::definition(*id).products.front();
        job.scores.push_back({*id, given, *basis, *policy});
    }
    return true;
}

bool all_offer(std::vector<std::string> const& names, std::string const& product) {
    const auto asked = model::parse_product(product);
    for (auto const& name : names) {
        const auto id = model::parse_score_id(name);
        if (!id || !asked || scores::offers(*id, *asked)) continue;
        complain(scores::not_offered(*id, *asked));
        return false;
    }
    return true;
}

void add_score_choice(command_line::Command& command, ScoreChoice& choice) {
    command.add_option("--definition", choice.own_definitions,
                       "A definition of your own, in place of the one with its id: every row says locally modified");
    command.add_option(
        "--stays", choice.stays,
        "STAYS.csv of encounter,age,sex,admitted: some scores need age and sex; days begin with admission");
    command
        .add_option("--product", choice.product,
                    "rolling: worst of 24 h; day: by day since admission; now: newest usable. Not every score has all")
        ->one_of({"rolling", "day", "now"})
        ->capture_default_str();
    command.add_option("--basis", choice.basis, "native: the laboratory's own unit; conventional: mg/dL and mm[Hg]")
        ->one_of({"native", "conventional"})
        ->capture_default_str();
    command.add_option("--policy", choice.policy, "A policy of the score's definition")->capture_default_str();
}

void add_score(command_line::Command& app, Session& session) {
    auto* command = app.add_subcommand("score", "Score recorded readings with the same core, no daemon");
    auto options = std::make_shared<Options>();
    options->choice.scores = {"sofa"};
    command->add_option("readings", options->readings, "Readings CSV, plain or gzip")->type_name("READINGS.csv[.gz]");
    command->add_flag("--list", options->list,
                      "Print every definition: version, citation, policies, parts, public codes, inputs and digest");
    command->add_option("--scores", options->choice.scores, "Scores, separated by commas, or all; --list names them")
        ->delimiter(',')
        ->capture_default_str();
    command->add_option("--at", options->at, "hourly, events, or a GRID.csv of encounter,at")->capture_default_str();
    add_score_choice(*command, options->choice);
    command->add_option("--norepinephrine-as", options->salt,
                        "The salt that rates of norepinephrine are told in, where [[source]] does not say: base, "
                        "bitartrate_monohydrate, tartrate, hydrochloride");
    command->add_flag("--deciding", options->deciding,
                      "Add the reading that decided each part: signal, time, value as reported, unit");
    command->add_flag("--codes", options->codes,
                      "Add the code of each part: LN (LOINC), SCT (SNOMED CT), or VIGIL where none was published");
    command->add_flag("--strict", options->strict, "Exit 65 when any row was refused");
    command->add_option("-o,--output", options->out, "Where to write; - is standard output")->capture_default_str();
    command->callback(
        [options, &session] { session.run = [options, &session] { return score(*options, session.config_file); }; });
}

} // namespace vigil::cli
