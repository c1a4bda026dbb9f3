// `vigil outcomes`: outcome measures of recorded stays, one row a stay, with what was missing and why.

#include "cli/commands.hpp"
#include "cli/iso_time.hpp"
#include "cli/outcomes_run.hpp"
#include "cli/table_file.hpp"
#include "command_line/command_line.hpp"
#include "core/scores/definition.hpp"
#include "definitions/outcome_tables.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>

namespace vigil::cli {

namespace {

using model::EventTime;
using outcomes::Known;

struct Options {
    std::vector<std::string> readings;
    ScoreChoice choice;
    std::string t0 = "enrolment", tables, out = "-";
    std::int32_t sofa_day = 7;
    bool strict = false;
};

std::optional<outcomes::Tables> load_tables(std::string const& asked, std::string const& config) {
    std::error_code none;
    auto path = asked;
    const auto beside = std::filesystem::read_symlink("/proc/self/exe", none).parent_path();
    std::vector<std::filesystem::path> places{"/etc/vigil/outcomes.toml", beside / "../../../config/outcomes.toml",
                                              beside / "../share/vigil/outcomes.toml", "config/outcomes.toml"};
    if (!config.empty()) places.insert(places.begin(), std::filesystem::path{config}.parent_path() / "outcomes.toml");
    for (auto const& place : places)
        if (path.empty() && std::filesystem::exists(place, none)) path = place.lexically_normal().string();
    if (path.empty()) path = "/etc/vigil/outcomes.toml";
    definitions::Problems problems;
    const auto text = definitions::read_file(path, problems);
    auto tables = text ? definitions::load_outcome_tables({"outcomes.toml", path, *text}, problems) : std::nullopt;
    for (auto const& p : problems) complain(definitions::to_string(p));
    return tables;
}

// Facts of --stays: later than what the readings say, they stand.
using FactsByStay = std::map<std::string, outcomes::Facts, std::less<>>;
bool read_facts(std::string const& path, FactsByStay& out) {
    if (path.empty()) return true;
    const auto table = read_table(path);
    if (!table) return false;
    bool good = true;
    for (auto const& row : table->rows) {
        auto& f = out[row["encounter"]];
        for (auto [column, to] : {std::pair{"enrolled", &f.enrolled},
                                  {"died", &f.person.died},
                                  {"alive_known", &f.person.alive},
                                  {"left_unit", &f.person.left_unit},
                                  {"left_hospital", &f.person.left_hospital}}) {
            auto const& text = row[column];
            if (text.empty()) continue;
            if (const auto ms = parse_instant(text)) {
                *to = EventTime{*ms};
                continue;
            }
            complain(fmt::format("{}:{}: {} must be a time with an offset", path, row.line, column));
            good = false;
        }
    }
    return good;
}

void add_facts(outcomes::Facts& to, outcomes::Facts const& more) {
    for (auto [a, b] : {std::pair{&to.enrolled, &more.enrolled},
                        {&to.person.died, &more.person.died},
                        {&to.person.alive, &more.person.alive},
                        {&to.person.left_unit, &more.person.left_unit},
                        {&to.person.left_hospital, &more.person.left_hospital}})
        if (*b) *a = *b;
}

struct Begun {
    std::optional<EventTime> t0;
    std::string_view note; // why there is none, or what is not sure about it
};
Begun begin_of(std::string const& from, outcomes::Facts const& facts, EventTime opened, outcomes::Course const& tube) {
    if (from == "admission") return {opened, ""};
    if (from == "enrolment") return facts.enrolled ? Begun{facts.enrolled, ""} : Begun{std::nullopt, "not_enrolled"};
    for (std::size_t i = 0; i < tube.size(); ++i)
        if (tube[i].supported == Known::yes)
            return {tube[i].from, i > 0 && tube[i - 1].supported == Known::unknown ? "unknown_before" : ""};
    return {std::nullopt, "not_intubated"};
}

std::string instant(std::optional<EventTime> const& t) { return t ? show_instant(t->ms) : ""; }
std::string number(std::optional<std::int32_t> const& n) { return n ? std::to_string(*n) : ""; }
std::string number(std::optional<model::Decimal> const& d) { return d ? model::to_string(*d) : ""; }
std::string spans(std::vector<outcomes::Span> const& all) {
    std::string out;
    for (auto const& s : all) out += (out.empty() ? "" : " ") + show_instant(s.from.ms) + "/" + show_instant(s.to.ms);
    return out;
}

std::string heading(outcomes::Tables const& t) {
    const auto vfd = "vfd" + std::to_string(t.ventilator_free.days);
    const auto osfd = "osfd" + std::to_string(t.organ_support_free.days);
    auto out = fmt::format("encounter,definition,t0,t0_note,died,last_known_alive,"
                           "{0},{0}_days,{0}_lower,{0}_upper,{0}_why,{0}_at,{0}_unknown,{0}_ignored,"
                           "{1},{1}_lower,{1}_upper,{1}_why,{1}_at,{1}_unknown",
                           vfd, osfd);
    for (auto d : t.mortality_days) out += fmt::format(",mortality{0},mortality{0}_why", d);
    return out + ",sofa_definition,sofa_max,sofa_total_max,sofa_mean,sofa_days,sofa_incomplete,sofa_baseline,sofa_day,"
                 "sofa_delta,sofa_delta_with_death,died_on_day\n";
}

struct Run {
    Options const& options;
    core::Rulebook const& rules;
    outcomes::Tables const& tables;
    std::string sofa_definition{};

    std::string row(std::string const& name, StayRead const& stay, outcomes::Facts const& facts,
                    EventTime opened) const {
        const auto until = stay.last + model::Duration{1};
        const auto breathing = outcomes::assisted_breathing(stay.timeline, opened, until, rules, tables);
        const auto begun =
            begin_of(options.t0, facts, opened, outcomes::invasive_breathing(stay.timeline, opened, until, rules));
        auto alive = facts.person.alive;
        for (auto const& left : {facts.person.left_unit, facts.person.left_hospital})
            if (left && (!alive || *alive < *left)) alive = left;
        auto out = fmt::format("{},outcomes@{},{},{},{},{}", csv_cell(name), csv_cell(tables.version),
                               instant(begun.t0), begun.note, instant(facts.person.died), instant(alive));
        if (!begun.t0) return out + std::string(14 + 2 * tables.mortality_days.size() + 11, ',') + "\n";
        const auto support = outcomes::organ_support(stay.timeline, opened, until, rules, tables);
        const auto vfd = outcomes::ventilator_free_days(breathing, facts.procedures, facts.person, *begun.t0, tables);
        const auto osfd = outcomes::organ_support_free_days(support, facts.person, *begun.t0, tables);
        out += fmt::format(",{},{},{},{},{},{},{},{}", number(vfd.whole), number(vfd.days), vfd.lower, vfd.upper,
                           name_of(vfd.reason), instant(vfd.rests_on), spans(vfd.unknown), spans(vfd.ignored));
        out += fmt::format(",{},{},{},{},{},{}", number(osfd.whole), osfd.lower, osfd.upper, name_of(osfd.reason),
                           instant(osfd.rests_on), spans(osfd.unknown));
        for (auto d : tables.mortality_days) {
            const auto m = outcomes::mortality(facts.person, *begun.t0, d);
            out += fmt::format(",{},{}",
                               m.died == Known::yes  ? "yes"
                               : m.died == Known::no ? "no"
                                                     : "",
                               name_of(m.reason));
        }
        return out + sofa_cells(stay, facts, opened, *begun.t0) + "\n";
    }

private:
    std::string sofa_cells(StayRead const& stay, outcomes::Facts const& facts, EventTime opened, EventTime t0) const {
        // The baseline day is that in which t0 lies.
        const auto window = rules.tables.sofa.window;
        const auto first = t0 < opened ? 0 : (t0 - opened).ms / window.ms;
        const auto began = opened + window * first;
        std::vector<model::Score> days;
        for (auto const& [at, score] : stay.sofa)
            if (at >= began) days.push_back(score);
        const auto s = outcomes::sofa_course(days, facts.person, began, options.sofa_day, tables);
        return fmt::format(",{},{},{},{},{},{},{},{},{},{},{}", csv_cell(sofa_definition), number(s.max),
                           number(s.total_max), number(s.mean), s.days, s.incomplete, number(s.baseline),
                           options.sofa_day, number(s.delta), number(s.delta_with_death), number(s.died_on));
    }
};

int print(std::string const& path, std::string const& text) {
    std::FILE* out = path == "-" ? stdout : std::fopen(path.c_str(), "w");
    bool good = out != nullptr && std::fwrite(text.data(), 1, text.size(), out) == text.size();
    if (out != nullptr && std::fflush(out) != 0) good = false;
    if (out != nullptr && out != stdout && std::fclose(out) != 0) good = false;
    if (!good) complain(path + " cannot be written");
    return good ? Exit::ok : Exit::io;
}

int run_outcomes(Session const& session, Options& o) {
    const auto rules = load_definitions(session.config_file, o.choice.own_definitions);
    const auto tables = load_tables(o.tables, configuration_named(session.config_file));
    if (!rules || !tables) return Exit::config;
    ScoreJob job;
    job.readings = o.readings;
    job.strict = o.strict;
    o.choice.scores = {"sofa"};
    o.choice.product = "day";
    FactsByStay told;
    if (!choose_scores(o.choice, *rules, job) || !read_facts(o.choice.stays, told)) return Exit::usage;
    std::error_code none;
    for (auto const& path : o.readings)
        if (!std::filesystem::is_regular_file(path, none)) {
            complain(path + " is read twice and must be a file");
            return Exit::no_input;
        }
    int code = Exit::ok;
    auto stays = read_stays_of(o.readings, *rules, *tables, code);
    if (!stays) return code;
    std::map<std::string, EventTime, std::less<>> opened;
    for (auto const& [name, stay] : *stays) {
        const auto known = job.stays.find(name);
        const auto admitted = known == job.stays.end() ? std::nullopt : known->second.admitted;
        opened[name] = admitted.value_or(stay.first);
    }
    Run run{o, *rules, *tables};
    run.sofa_definition = scores::definition_name(*rules, job.scores.front());
    if (code = read_sofa_of(*stays, opened, std::move(job), *rules); code != Exit::ok) return code;
    auto text = heading(*tables);
    for (auto const& [name, stay] : *stays) {
        auto facts = outcomes::facts_of(stay.timeline);
        if (const auto more = told.find(name); more != told.end()) add_facts(facts, more->second);
        if (stay.any)
            text += run.row(name, stay, facts, opened.at(name));
        else
            complain(name + " has no reading, and no row: a mortality counted from the rows lacks this stay");
    }
    for (auto const& [name, facts] : told)
        if (!stays->contains(name))
            complain(name + " has no reading, and no row: a mortality counted from the rows lacks this stay");
    return print(o.out, text);
}

} // namespace

void add_outcomes(command_line::Command& app, Session& session) {
    auto* sub =
        app.add_subcommand("outcomes", "Outcome measures of recorded stays: ventilator-free and organ-support-free "
                                       "days, mortality, courses of SOFA");
    auto options = std::make_shared<Options>();
    sub->add_option("readings", options->readings, "Readings CSV, plain or gzip")
        ->type_name("READINGS.csv[.gz]")
        ->required();
    sub->add_option("--t0", options->t0, "Where days begin: enrolment, intubation or admission")
        ->one_of({"enrolment", "intubation", "admission"})
        ->capture_default_str();
    sub->add_option(
        "--stays", options->choice.stays,
        "STAYS.csv of encounter and, where known, age, sex, admitted, enrolled, died, alive_known, left_unit, "
        "left_hospital");
    sub->add_option("--sofa-day", options->sofa_day, "Delta-SOFA is of this day; the baseline day is 1")
        ->between(1, 400)
        ->capture_default_str();
    sub->add_option("--policy", options->choice.policy, "A policy of SOFA")->capture_default_str();
    sub->add_option("--basis", options->choice.basis, "native or conventional")
        ->one_of({"native", "conventional"})
        ->capture_default_str();
    sub->add_option("--tables", options->tables, "An outcomes.toml of your own");
    sub->add_flag("--strict", options->strict, "Exit 65 when any row was refused");
    sub->add_option("-o,--output", options->out, "Where to write; - is standard output")->capture_default_str();
    sub->callback(
        [&session, options] { session.run = [&session, options] { return run_outcomes(session, *options); }; });
}

} // namespace vigil::cli
