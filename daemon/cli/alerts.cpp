#include "cli/burden.hpp"
#include "cli/commands.hpp"
#include "cli/iso_time.hpp"
#include "cli/score.hpp"
#include "cli/table_file.hpp"
#include "cli/trial.hpp"
#include "command_line/command_line.hpp"
#include "definitions/config.hpp"
#include "definitions/rulebook_loader.hpp"
#include "definitions/vocabulary.hpp"

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace vigil::cli {

namespace {

struct TryOptions {
    std::string rules;
    std::vector<std::string> readings;
    std::string stays, csv, acknowledged = "5min";
    bool quiet = false;
};

// A folder of alert rules with the rest as configured, or a whole configuration.
std::optional<core::Rulebook> load_rules(std::string const& rules, std::string const& config_file) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const bool folder = fs::is_directory(rules, ignored);
    definitions::Problems problems;
    auto config = definitions::load_config(folder ? definitions_file(config_file) : rules, problems);
    if (folder) config.alerts = rules;
    auto out = problems.empty() ? definitions::load_rulebook(config, problems) : std::nullopt;
    for (auto const& p : problems) complain(definitions::to_string(p));
    return problems.empty() ? std::move(out) : std::nullopt;
}

std::string instant(model::LogTime t) { return show_instant(t.ms); }

std::string line_of(TriedStay const& stay, TriedAlert const& a) {
    const auto end = a.ended ? "for " + show_length((*a.ended - a.shown).ms) : std::string{"to the end"};
    const auto silent = a.called ? std::string{} : fmt::format(" [called nobody: {}]", a.explained_by);
    return fmt::format("{}  {}  {:<11} {:<22} {}, {}{}\n", stay.name, instant(a.called.value_or(a.shown)),
                       name_of(a.highest), a.last.rule, a.said, end, silent);
}

void print_alerts(Trial const& trial) {
    for (auto const& stay : trial.stays)
        for (auto const& alert : stay.alerts) fmt::print("{}", line_of(stay, alert));
}

// Answers how many nobody was called for and no reason was found: there should be none.
unsigned print_rises(Trial const& trial, bool each) {
    unsigned all = 0, called = 0, unexplained = 0;
    std::string lines;
    for (auto const& stay : trial.stays)
        for (auto const& rise : stay.rises) {
            ++all;
            const bool told = !rise.alert.empty() && rise.why_not.empty();
            if (told) {
                ++called;
                continue;
            }
            if (rise.why_not.empty()) ++unexplained;
            lines +=
                fmt::format("{}  {} to {}  by {}: {}\n", stay.name, show_instant(rise.from.ms),
                            show_instant(rise.to.ms), rise.by, rise.why_not.empty() ? "UNEXPLAINED" : rise.why_not);
        }
    fmt::print("\nmeasured rises of SOFA: {}; with an alert of their own: {}; without: {}, unexplained: {}\n", all,
               called, all - called, unexplained);
    if (each && !lines.empty()) fmt::print("{}", lines);
    return unexplained;
}

// Nothing is left out silently: what no rule could use would have raised no alert.
void complain_of_unused(Trial const& trial) {
    if (trial.refused > 0) complain(fmt::format("{} rows refused in all", trial.refused));
    for (auto const& [what, count] : trial.unused) complain(fmt::format("not used: {}, {} readings", what, count));
}

bool write_csv(Trial const& trial, std::string const& path) {
    std::ofstream out{path};
    out << "encounter,rule,kind,highest,shown_at,called_at,ended_at,calls,explained_by,sentence\n";
    for (auto const& stay : trial.stays)
        for (auto const& a : stay.alerts)
            out << csv_cell(stay.name) << ',' << a.last.rule << ',' << name_of(a.last.kind) << ',' << name_of(a.highest)
                << ',' << instant(a.shown) << ',' << (a.called ? instant(*a.called) : "") << ','
                << (a.ended ? instant(*a.ended) : "") << ',' << a.calls << ',' << a.explained_by << ','
                << csv_cell(a.said) << '\n';
    out.close();
    return out.good();
}

int run_try(TryOptions const& o, Session const& session) {
    auto rules = load_rules(o.rules, session.config_file);
    if (!rules) return Exit::config;
    ScoreJob facts;
    if (!o.stays.empty() && !read_stays(o.stays, facts)) return Exit::data;
    for (auto const& rule : definitions::sleeping_rules(*rules)) complain(rule);
    TrialSetting setting{*std::move(rules), std::move(facts.stays), {}};
    if (o.acknowledged != "never") {
        setting.acknowledged_after = definitions::parse_duration(o.acknowledged);
        if (!setting.acknowledged_after) {
            complain("--acknowledged-after wants a length of time, 5min, or never");
            return Exit::usage;
        }
    }
    int code = Exit::ok;
    const auto trial = try_alerts(o.readings, std::move(setting), code);
    if (!trial) return code;
    complain_of_unused(*trial);
    if (trial->readings == 0) {
        complain("no reading of these files can be tried");
        return Exit::data;
    }
    if (!o.quiet) print_alerts(*trial);
    fmt::print("{}{}", o.quiet ? "" : "\n", shown(burden_of(*trial)));
    const auto unexplained = print_rises(*trial, !o.quiet);
    if (!o.csv.empty() && !write_csv(*trial, o.csv)) {
        complain("could not write all of " + o.csv);
        return Exit::io;
    }
    return unexplained == 0 ? Exit::ok : Exit::internal;
}

} // namespace

void add_alerts(command_line::Command& app, Session& session) {
    auto* alerts = app.add_subcommand("alerts", "Alert rules before they go live");
    alerts->require_subcommand(1);
    auto* sub = alerts->add_subcommand(
        "try",
        "Play recorded patients through the core: what these rules would have raised, and what that asks of people");
    auto o = std::make_shared<TryOptions>();
    sub->add_option("RULES", o->rules, "A folder of alert rules (config/alerts), or a vigil.toml with all it names")
        ->required();
    sub->add_option("READINGS", o->readings, "Readings CSV, plain or gzip: docs/readings-csv.md")->required();
    sub->add_option("--stays", o->stays, "STAYS.csv of encounter,age,sex,admitted");
    sub->add_option("-o,--output", o->csv, "Write each alert as a row of this CSV");
    sub->add_option("--acknowledged-after", o->acknowledged,
                    "How long after being called somebody acknowledges, or never: what latches stands until then")
        ->capture_default_str();
    sub->add_flag("-q,--quiet", o->quiet, "The tables alone, not each alert");
    sub->callback([&session, o] { session.run = [&session, o] { return run_try(*o, session); }; });
}

} // namespace vigil::cli
