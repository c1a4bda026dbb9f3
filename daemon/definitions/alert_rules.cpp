#include "definitions/alert_rules.hpp"

#include "definitions/alert_rule_parts.hpp"
#include "definitions/trend_rules.hpp"

#include <algorithm>
#include <functional>
#include <map>

namespace vigil::definitions {

namespace {

using alerts::AlertKind;
using alerts::Rule;
using alerts::Rules;

std::vector<model::Decimal> decimals(TomlReader& in, std::string_view key) {
    std::vector<model::Decimal> out;
    in.require(key);
    for (auto const& text : in.texts(key)) {
        const auto d = model::parse_decimal(text);
        if (!d)
            in.problem(key, "'" + text + "' is not a decimal");
        else
            out.push_back(*d);
    }
    for (std::size_t i = 1; i < out.size(); ++i)
        if (out[i] >= out[i - 1]) in.problem(key, "must descend: each level is worse");
    return out;
}

void read_surrogate(TomlReader& in, alerts::SurrogateConfirmation& by, std::size_t levels) {
    in.require("surrogate");
    auto table = in.table("surrogate");
    if (!table) return;
    read_duration(*table, "sustained", by.sustained);
    read_decimal(*table, "spo2_at_most", by.spo2_at_most);
    by.sf_at_most = decimals(*table, "sf_at_most");
    if (by.sf_at_most.size() != levels)
        table->problem("sf_at_most", "needs one limit for each of " + std::to_string(levels) + " levels");
    table->finish();
}

void read_organs(TomlReader& in, Rules& rules) {
    Rule common;
    read_common(in, common, AlertKind::patient, Settles::yes);
    alerts::OrganFailure shared;
    read_whole(in, "points", shared.points, 1, 4);
    read_whole(in, "hysteresis", shared.hysteresis, 0, 3);
    in.require("organ");
    for (auto& one : in.tables("organ")) {
        auto organ = shared;
        organ.rule = common;
        one.require("part");
        one.require("name");
        const auto part = one.word("part", model::parse_part);
        const auto name = one.text("name").value_or("");
        if (auto enabled = one.flag("enabled")) organ.rule.enabled = *enabled;
        one.finish();
        if (!part) continue;
        const auto expected = static_cast<std::size_t>(model::Part::resp) + rules.organs.size();
        if (static_cast<std::size_t>(*part) != expected || rules.organs.size() >= 6)
            one.problem("part", "organs must be resp, coag, liver, cardio, cns, renal, in this order");
        organ.organ = *part;
        organ.rule.id = "organ_" + std::string(name_of(*part));
        const std::string mark = "{organ}";
        for (auto at = organ.rule.message.find(mark); at != std::string::npos; at = organ.rule.message.find(mark, at))
            organ.rule.message.replace(at, mark.size(), name);
        rules.organs.push_back(std::move(organ));
    }
    if (rules.organs.size() != 6) in.problem("organ", "six organs are needed");
}

void read_sofa_rise(TomlReader& in, Rules& rules) {
    auto& r = rules.sofa_rise;
    read_common(in, r.rule, AlertKind::patient, Settles::yes);
    read_whole(in, "rise", r.rise, 1, 24);
    read_whole(in, "hysteresis", r.hysteresis, 0, 23);
    read_duration(in, "within", r.within);
    if (r.hysteresis >= r.rise) in.problem("hysteresis", "must be less than the rise");
    if (r.within > model::hours(24)) in.problem("within", "at most 24h");
}

void read_ards(TomlReader& in, Rules& rules) {
    auto& r = rules.ards_oxygenation;
    read_common(in, r.rule, AlertKind::patient, Settles::yes);
    read_decimal(in, "hysteresis", r.hysteresis);
    read_duration(in, "confirm_within", r.confirm_within);
    const auto limits = decimals(in, "pf_at_most");
    if (limits.size() == r.pf_at_most.size())
        std::copy(limits.begin(), limits.end(), r.pf_at_most.begin());
    else
        in.problem("pf_at_most", "needs three limits: mild, moderate, severe");
    read_surrogate(in, r.surrogate, r.pf_at_most.size());
}

void read_refractory(TomlReader& in, Rules& rules) {
    auto& r = rules.refractory_hypoxaemia;
    read_common(in, r.rule, AlertKind::patient, Settles::yes);
    read_decimal(in, "below", r.below);
    read_decimal(in, "leave_at", r.leave_at);
    if (r.leave_at < r.below) in.problem("leave_at", "must not be under the limit for entering");
    read_duration(in, "confirm_within", r.confirm_within);
    read_surrogate(in, r.surrogate, 1);
}

void read_extreme(TomlReader& in, Rules& rules) {
    read_common(in, rules.extreme_lab.rule, AlertKind::patient, Settles::no);
    read_whole(in, "leave_percent", rules.extreme_lab.leave_percent, 0, 50);
    read_whole(in, "worse_percent", rules.extreme_lab.worse_percent, 0, 100);
}

void read_clock_offset(TomlReader& in, Rules& rules) {
    auto& r = rules.clock_offset;
    read_common(in, r.rule, AlertKind::technical, Settles::no);
    read_duration(in, "offset", r.offset);
    read_duration(in, "leave", r.leave);
    read_duration(in, "step", r.step);
    read_duration(in, "step_holds", r.step_holds);
    if (r.leave > r.offset) in.problem("leave", "must not exceed the offset for entering");
}

using Read = std::function<void(TomlReader&, Rules&)>;

Read plain(Rule Rules::*member) {
    return
        [member](TomlReader& in, Rules& rules) { read_common(in, rules.*member, AlertKind::technical, Settles::no); };
}

std::map<std::string, Read, std::less<>> const& readers() {
    static const std::map<std::string, Read, std::less<>> all{
        {"sofa_rise", read_sofa_rise},
        {"organ", read_organs},
        {"ards_oxygenation", read_ards},
        {"refractory_hypoxaemia", read_refractory},
        {"extreme", read_extreme},
        {"clock_offset", read_clock_offset},
        {"device_silent",
         [](TomlReader& in, Rules& rules) {
             read_common(in, rules.device_silent.rule, AlertKind::technical, Settles::no);
             read_duration(in, "bed_after", rules.device_silent.bed_after);
             // Not required: the rulebook of a journal may be older than this figure.
             if (auto d = in.duration("lost_after")) {
                 if (d->ms <= 0) in.problem("lost_after", "must be longer than 0");
                 rules.device_silent.lost_after = *d;
             }
         }},
        {"identity_conflict",
         [](TomlReader& in, Rules& rules) {
             read_common(in, rules.identity_conflict.rule, AlertKind::technical, Settles::no);
             read_duration(in, "holds", rules.identity_conflict.holds);
         }},
        {"late_result",
         [](TomlReader& in, Rules& rules) {
             read_common(in, rules.late_result.rule, AlertKind::patient, Settles::no);
             read_duration(in, "holds", rules.late_result.holds);
         }},
        {"input_stale",
         [](TomlReader& in, Rules& rules) {
             read_common(in, rules.input_stale, AlertKind::technical, Settles::no);
             read_duration(in, "dwell_in", rules.input_stale.dwell_in);
             // Not required: the rulebook of a journal may be older than this figure.
             if (auto d = in.duration("charted_after")) rules.charted_stale_after = *d;
             if (auto d = in.duration("dwell_out")) rules.input_stale.dwell_out = *d;
         }},
        {"admission", read_admission},
        {"limit", read_patient_limit},
        {"pump_silent", plain(&Rules::pump_silent)},
        {"disk_trouble", plain(&Rules::disk_trouble)},
        {"journal_trouble", plain(&Rules::journal_trouble)},
        {"clock_stepped", plain(&Rules::clock_stepped)},
        {"encounter_suspended", plain(&Rules::encounter_suspended)},
    };
    return all;
}

// There were none when older journals' rulebooks were written.
bool may_be_missing(std::string_view id) { return id == "admission" || id == "limit"; }

void name_rules(Rules& rules) {
    rules.sofa_rise.rule.id = "sofa_rise";
    rules.ards_oxygenation.rule.id = "ards_oxygenation";
    rules.refractory_hypoxaemia.rule.id = "refractory_hypoxaemia";
    rules.extreme_lab.rule.id = "extreme";
    rules.device_silent.rule.id = "device_silent";
    rules.input_stale.id = "input_stale";
    rules.pump_silent.id = "pump_silent";
    rules.identity_conflict.rule.id = "identity_conflict";
    rules.clock_offset.rule.id = "clock_offset";
    rules.disk_trouble.id = "disk_trouble";
    rules.journal_trouble.id = "journal_trouble";
    rules.clock_stepped.id = "clock_stepped";
    rules.encounter_suspended.id = "encounter_suspended";
    rules.late_result.rule.id = "late_result";
}

} // namespace

Rules load_alert_rules(Files const& files, Problems& problems) {
    Rules rules;
    std::map<std::string, std::string> defined; // rule, file
    for (auto const& file : files) {
        const auto document = parse_toml(file, problems);
        if (!document) continue;
        TomlReader in{*document, file.shown, "", problems};
        in.require("rule");
        const auto id = in.text("rule");
        if (!id) continue;
        if (in.has("reads")) {
            const auto [earlier, fresh] = defined.emplace(*id, file.shown);
            if (!fresh || readers().contains(*id)) in.problem("rule", "'" + *id + "' is another rule's name");
            read_reading_rule(in, *id, rules);
            in.finish();
            continue;
        }
        const auto read = readers().find(*id);
        if (read == readers().end()) {
            in.problem("rule", "unknown rule '" + *id + "'");
            continue;
        }
        const auto [earlier, fresh] = defined.emplace(*id, file.shown);
        if (!fresh) {
            in.problem("rule", "'" + *id + "' is already defined in " + earlier->second);
            continue;
        }
        read->second(in, rules);
        in.finish();
    }
    // One file by itself is being checked; a rulebook has them all.
    const auto folder =
        files.empty() ? std::string{"alerts"} : files.front().shown.substr(0, files.front().shown.find_last_of('/'));
    if (files.size() != 1)
        for (auto const& [id, read] : readers())
            if (!defined.contains(id) && !may_be_missing(id))
                problems.push_back({folder, 0, 0, id,
                                    "no file of this folder defines the rule; to switch one off say enabled = false"});
    name_rules(rules);
    return rules;
}

} // namespace vigil::definitions
