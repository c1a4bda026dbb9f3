#include "definitions/score_tables.hpp"

#include "core/model/timeline.hpp"
#include "definitions/admission_tables.hpp"
#include "definitions/bedside_tables.hpp"
#include "definitions/cell_therapy_tables.hpp"
#include "definitions/score_readers.hpp"

#include "definitions/kdigo_tables.hpp"
#include "definitions/laboratory_tables.hpp"
#include "definitions/lung_tables.hpp"
#include "definitions/sepsis_tables.hpp"
#include "definitions/sofa2_tables.hpp"
#include "definitions/vasoactive_tables.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace vigil::definitions {

namespace {

using scores::BandTable;
using scores::Tables;

void read_sofa_policy(TomlReader& in, std::vector<scores::SofaPolicy>& all) {
    auto p = begin_policy(in, all);
    for (auto key : {"ecls_force4", "rrt_force4", "surrogate", "verbal"}) in.require(key);
    if (const auto f = in.flag("ecls_force4")) p.ecls_force4 = *f;
    if (const auto f = in.flag("rrt_force4")) p.rrt_force4 = *f;
    if (const auto s = in.word("surrogate", scores::parse_surrogate)) p.surrogate = *s;
    if (const auto v = in.word("verbal", scores::parse_verbal)) p.verbal = *v;
    if (p.verbal == scores::Verbal::best_motor)
        in.problem("verbal", "best_motor has a scale of its own, which SOFA has not: none, regression or motor");
    p.support = words(in, "support");
    in.finish();
    all.push_back(std::move(p));
}

void read_flow(TomlReader& in, std::vector<scores::FlowTable>& flows) {
    scores::FlowTable f;
    cited(in);
    in.require("device");
    if (const auto w = in.word("device", model::parse_word)) f.device = *w;
    read_flow_steps(in, f.steps);
    in.finish();
    flows.push_back(std::move(f));
}

void read_salt(TomlReader& in, std::vector<scores::Salt>& salts) {
    cited(in);
    in.require("name");
    scores::Salt s;
    if (const auto n = in.text("name")) s.name = *n;
    s.factor = decimal(in, "factor");
    if (s.factor < model::Decimal{1, 0}) in.problem("factor", "a salt weighs at least as much as its base");
    const auto same = [&s](scores::Salt const& other) { return other.name == s.name; };
    if (std::any_of(salts.begin(), salts.end(), same)) in.problem("name", "this salt stands twice");
    if (salts.size() == 255) in.problem("name", "more than 255 salts");
    in.finish();
    salts.push_back(std::move(s));
}

void read_imputation(TomlReader& in, scores::Imputation& table) {
    cited(in);
    for (auto key : {"first", "last_exact", "pao2"}) in.require(key);
    if (const auto n = in.whole("first", 1, 1000)) table.first = static_cast<std::int32_t>(*n);
    if (const auto n = in.whole("last_exact", 1, 1000)) table.last_exact = static_cast<std::int32_t>(*n);
    for (auto const& text : in.texts("pao2")) {
        const auto d = model::parse_decimal(text);
        if (!d)
            in.problem("pao2", "'" + text + "' is no decimal");
        else if (!table.pao2.empty() && *d <= table.pao2.back())
            in.problem("pao2", "must ascend: '" + text + "'");
        else
            table.pao2.push_back(*d);
    }
    const auto last = table.first + static_cast<std::int64_t>(table.pao2.size()) - 1;
    constexpr std::int64_t whole = 1000; // tenths of a per cent
    if (last > whole)
        in.problem("first", "the last value would stand for " + std::to_string(last) + " tenths of a per cent");
    if (table.last_exact < table.first || table.last_exact > last)
        in.problem("last_exact", "must lie within the table");
    in.finish();
}

// Every component must be able to give each of 1 to 4 points, from its columns or its doses.
void check_coverage(TomlReader& in, scores::SofaTables const& t) {
    for (auto part : {model::Part::resp, model::Part::coag, model::Part::liver, model::Part::cardio, model::Part::cns,
                      model::Part::renal}) {
        std::uint32_t seen = 0;
        for (auto const& c : t.columns)
            if (c.part == part)
                for (auto const& b : c.bands) seen |= 1U << b.points;
        if (part == model::Part::cardio)
            for (auto const& d : t.doses) seen |= 1U << d.points;
        if (seen != 0b11110)
            in.problem("columns", std::string{model::name_of(part)} + " does not give every one of 1 to 4 points");
    }
    const auto need = [&](model::Part part, model::Signal signal) {
        const bool found = std::any_of(t.columns.begin(), t.columns.end(),
                                       [&](BandTable const& c) { return c.part == part && c.signal == signal; });
        if (!found) in.problem("columns", "the column of " + std::string{model::name_of(signal)} + " is missing");
    };
    using model::Part, model::Signal;
    for (auto [part, signal] : {std::pair{Part::resp, Signal::pao2},
                                {Part::coag, Signal::plt},
                                {Part::liver, Signal::bili},
                                {Part::cardio, Signal::map},
                                {Part::cns, Signal::gcs_total},
                                {Part::renal, Signal::crea},
                                {Part::renal, Signal::uo}})
        need(part, signal);
}

void read_limits(TomlReader& in, scores::SofaTables& t) {
    section(in, "cardio", [&](TomlReader& s) {
        s.require("unlisted");
        for (auto const& text : s.texts("unlisted")) {
            if (const auto drug = model::parse_signal(text))
                t.unlisted.push_back(*drug);
            else
                s.problem("unlisted", "unknown drug '" + text + "'");
        }
        t.infusion_min = duration(s, "infusion_min");
        t.infusion_gap = duration(s, "infusion_gap");
        t.bolus_max = duration(s, "bolus_max");
        t.relay_max = duration(s, "relay_max");
        t.feed_silent = duration(s, "feed_silent");
        t.charting_silent = duration(s, "charting_silent");
        t.dose_lost = duration(s, "dose_lost");
        t.stop_unheard = duration(s, "stop_unheard");
        if (t.stop_unheard < t.dose_lost) s.problem("stop_unheard", "must not be shorter than dose_lost");
        t.cuff_yields = duration(s, "cuff_yields");
        t.cuff_line_apart = decimal(s, "cuff_line_apart");
        t.cuff_line_within = duration(s, "cuff_line_within");
        if (t.cuff_line_within > t.window) s.problem("cuff_line_within", "must not be longer than the window");
        t.monitor_gap = duration(s, "monitor_gap");
        if (t.monitor_gap < model::minutes(1)) s.problem("monitor_gap", "must not be below one minute");
    });
    section(in, "laboratory", [&](TomlReader& s) {
        t.valued_for = duration(s, "valued_for");
        t.carried_for = duration(s, "carried_for");
        if (t.carried_for < t.valued_for) s.problem("carried_for", "must not be shorter than valued_for");
    });
    section(in, "oxygen", [&](TomlReader& s) {
        s.require("support_from");
        if (const auto n = s.whole("support_from", 1, 5)) t.support_from = static_cast<std::int32_t>(*n);
        t.pair_within = duration(s, "pair_within");
        t.support_charted = duration(s, "support_charted");
        t.device_pf_apart = decimal(s, "device_pf_apart");
        t.device_pf_near = duration(s, "device_pf_near");
        if (t.device_pf_near >= model::beside_device) s.problem("device_pf_near", "must be below one hour");
        t.ventilator_fresh = duration(s, "ventilator_fresh");
    });
    section(in, "cns", [&](TomlReader& s) {
        t.gcs_set = duration(s, "gcs_set");
        t.recent_sedation = duration(s, "recent_sedation");
    });
    section(in, "renal", [&](TomlReader& s) {
        t.urine_interval = duration(s, "urine_interval");
        t.urine_min = duration(s, "urine_min");
        t.urine_max = duration(s, "urine_max");
        if (t.urine_max < t.urine_min) s.problem("urine_max", "must not be shorter than urine_min");
    });
}

void read_surrogate(TomlReader& in, std::string_view key, BandTable& table, bool* needs_support) {
    section(in, key, [&](TomlReader& s) {
        table.part = model::Part::resp;
        table.signal = model::Signal::spo2;
        read_bands(s, table, 4);
        s.require("needs_support");
        const auto needs = s.flag("needs_support");
        if (needs && needs_support != nullptr) *needs_support = *needs;
    });
}

void read_sofa(TomlReader& in, scores::SofaTables& t) {
    head(in, "sofa", t.version, t.citation);
    in.require("adult_from");
    if (const auto n = in.whole("adult_from", 0, 120)) t.adult_from = static_cast<std::uint32_t>(*n);
    t.window = duration(in, "window");
    if (t.window > model::hours(24)) in.problem("window", "must not be longer than 24h: of streams no more is kept");
    read_columns(in, t.columns);
    for (auto& one : in.tables("doses")) read_dose(one, t.doses);
    for (auto& one : in.tables("salts")) read_salt(one, t.salts);
    for (auto& one : in.tables("flows")) read_flow(one, t.flows);
    for (auto& one : in.tables("policies")) read_sofa_policy(one, t.policies);
    read_limits(in, t);
    read_surrogate(in, "sf_512", t.sf_512, nullptr);
    read_surrogate(in, "sf_302", t.sf_302, &t.sf_302_needs_support);
    in.require("imputation");
    if (auto inner = in.table("imputation")) read_imputation(*inner, t.imputation);
    check_coverage(in, t);
    need_policies(in, t.policies);
    in.finish();
}

void read_berlin(TomlReader& in, scores::BerlinTables& t) {
    head(in, "ards_berlin", t.version, t.citation);
    section(in, "oxygenation", [&](TomlReader& s) {
        t.pf.part = model::Part::oxygenation;
        t.pf.signal = model::Signal::pao2;
        t.pf.unit = unit(s, "unit");
        read_bands(s, t.pf, 3);
        if (t.pf.bands.size() != 3) s.problem("bands", "mild, moderate and severe are three bands");
    });
    section(in, "limits", [&](TomlReader& s) {
        t.peep_min = decimal(s, "peep_min");
        t.sea_level = decimal(s, "sea_level");
        t.altitude_below = decimal(s, "altitude_below");
        t.onset_within = duration(s, "onset_within");
        t.gas_max_age = duration(s, "gas_max_age");
        t.frozen_for = duration(s, "frozen_for");
    });
    for (auto& one : in.tables("policies")) {
        auto p = begin_policy(one, t.policies);
        one.require("niv_cap_mild");
        if (const auto f = one.flag("niv_cap_mild")) p.niv_cap_mild = *f;
        one.finish();
        t.policies.push_back(std::move(p));
    }
    need_policies(in, t.policies);
    in.finish();
}

} // namespace

Tables load_score_tables(Files const& files, Problems& problems) {
    Tables out;
    struct Known {
        std::string_view name;
        std::function<void(TomlReader&)> read;
        bool seen = false;
    };
    std::array known = {Known{"sofa.toml", [&](TomlReader& in) { read_sofa(in, out.sofa); }},
                        Known{"ards_berlin.toml", [&](TomlReader& in) { read_berlin(in, out.berlin); }},
                        Known{"sofa2.toml", [&](TomlReader& in) { read_sofa2(in, out.sofa2); }},
                        Known{"meld.toml", [&](TomlReader& in) { read_meld(in, out.meld); }},
                        Known{"meld_na.toml", [&](TomlReader& in) { read_meld_na(in, out.meld_na); }},
                        Known{"meld3.toml", [&](TomlReader& in) { read_meld3(in, out.meld3); }},
                        Known{"child_pugh.toml", [&](TomlReader& in) { read_child_pugh(in, out.child_pugh); }},
                        Known{"isth_dic.toml", [&](TomlReader& in) { read_isth_dic(in, out.isth_dic); }},
                        Known{"sic.toml", [&](TomlReader& in) { read_sic(in, out.sic); }},
                        Known{"kdigo.toml", [&](TomlReader& in) { read_kdigo(in, out.kdigo); }},
                        Known{"lung_indices.toml", [&](TomlReader& in) { read_lung_indices(in, out.lung); }},
                        Known{"ards_global.toml", [&](TomlReader& in) { read_ards_global(in, out.ards_global); }},
                        Known{"ards_kigali.toml", [&](TomlReader& in) { read_ards_kigali(in, out.ards_kigali); }},
                        Known{"rox.toml", [&](TomlReader& in) { read_rox(in, out.rox); }},
                        Known{"murray.toml", [&](TomlReader& in) { read_murray(in, out.murray); }},
                        Known{"eolia.toml", [&](TomlReader& in) { read_eolia(in, out.eolia); }},
                        Known{"sirs.toml", [&](TomlReader& in) { read_sirs(in, out.sirs); }},
                        Known{"qsofa.toml", [&](TomlReader& in) { read_qsofa(in, out.qsofa); }},
                        Known{"news2.toml", [&](TomlReader& in) { read_news2(in, out.news2); }},
                        Known{"sepsis3.toml", [&](TomlReader& in) { read_sepsis3(in, out.sepsis3); }},
                        Known{"septic_shock.toml", [&](TomlReader& in) { read_septic_shock(in, out.septic_shock); }},
                        Known{"apache2.toml", [&](TomlReader& in) { read_apache2(in, out.apache2); }},
                        Known{"saps2.toml", [&](TomlReader& in) { read_saps2(in, out.saps2); }},
                        Known{"crs.toml", [&](TomlReader& in) { read_crs(in, out.crs); }},
                        Known{"icans.toml", [&](TomlReader& in) { read_icans(in, out.icans); }},
                        Known{"vasoactive.toml", [&](TomlReader& in) { read_vasoactive(in, out.vasoactive); }}};
    for (auto const& file : files) {
        const auto k = std::find_if(known.begin(), known.end(),
                                    [&](Known const& x) { return file.name == "scores/" + std::string{x.name}; });
        if (k == known.end()) {
            std::string names;
            for (auto const& x : known) names += (names.empty() ? "" : ", ") + std::string{x.name};
            problems.push_back({file.shown, 0, 0, "file", "no such score; known are " + names});
            continue;
        }
        k->seen = true;
        const auto document = parse_toml(file, problems);
        if (!document) continue;
        TomlReader in{*document, file.shown, "", problems};
        k->read(in);
    }
    // A single file may be checked alone; a rulebook needs all.
    if (files.size() == 1) return out;
    for (auto const& k : known)
        if (!k.seen) problems.push_back({"scores/", 0, 0, "file", std::string{k.name} + " is missing"});
    return out;
}

std::optional<model::ScoreId> id_of_definition(File const& file, Problems& problems) {
    const auto document = parse_toml(file, problems);
    if (!document) return std::nullopt;
    TomlReader in{*document, file.shown, "", problems};
    in.require("id");
    return in.word("id", model::parse_score_id);
}

} // namespace vigil::definitions
