#include "definitions/lung_tables.hpp"

#include "definitions/score_readers.hpp"

#include <utility>

namespace vigil::definitions {

namespace {

using model::Part;
using model::Signal;

// Bands of a ratio under a key of their own.
void read_ratio(TomlReader& in, std::string_view key, Signal signal, model::Unit unit, std::size_t bands,
                scores::BandTable& table) {
    table.part = Part::oxygenation;
    table.signal = signal;
    table.unit = unit;
    read_bands(in, table, 3, key);
    if (table.bands.size() != bands) in.problem(key, "must hold exactly " + std::to_string(bands));
}

// A number by which something is divided, or below which nothing can lie.
model::Decimal positive(TomlReader& in, std::string_view key) {
    const auto d = decimal(in, key);
    if (d.mantissa <= 0) in.problem(key, "must be above 0");
    return d;
}

template <class Tables>
void read_limits_of_ards(TomlReader& in, Tables& t) {
    t.saturation_most = positive(in, "saturation_most");
    t.onset_within = duration(in, "onset_within");
    t.gas_max_age = duration(in, "gas_max_age");
}

} // namespace

void read_lung_indices(TomlReader& in, scores::LungTables& t) {
    head(in, "lung_indices", t.version, t.citation);
    section(in, "limits", [&](TomlReader& s) {
        t.saturation_most = positive(s, "saturation_most");
        t.ventilator_within = duration(s, "ventilator_within");
    });
    section(in, "line", [&](TomlReader& s) {
        t.line_from = decimal(s, "from");
        t.line_slope = positive(s, "slope");
    });
    section(in, "predicted_weight", [&](TomlReader& s) {
        t.pbw_male = positive(s, "male");
        t.pbw_female = positive(s, "female");
        t.pbw_slope = positive(s, "per_cm");
        t.pbw_height = positive(s, "height");
    });
    section(in, "vent_ratio", [&](TomlReader& s) {
        t.vent_ratio_ml_per_kg = positive(s, "ml_per_kg");
        t.vent_ratio_paco2 = positive(s, "paco2");
    });
    read_plain_policies(in, t.policies);
    in.finish();
}

void read_ards_global(TomlReader& in, scores::GlobalTables& t) {
    head(in, "ards_global", t.version, t.citation);
    section(in, "oxygenation", [&](TomlReader& s) {
        read_ratio(s, "pf", Signal::pao2, model::Unit::mmHg, 3, t.pf);
        read_ratio(s, "sf", Signal::spo2, model::Unit::percent, 3, t.sf);
    });
    section(in, "limits", [&](TomlReader& s) {
        read_limits_of_ards(s, t);
        t.flow_min = decimal(s, "flow_min");
        t.peep_min = decimal(s, "peep_min");
        t.gas_near = duration(s, "gas_near");
        t.frozen_for = duration(s, "frozen_for");
    });
    section(in, "by_litre", [&](TomlReader& s) {
        t.by_litre_devices = words(s, "devices");
        read_flow_steps(s, t.by_litre.steps);
    });
    for (auto& one : in.tables("policies")) {
        auto p = begin_policy(one, t.policies);
        one.require("resource_limited");
        if (const auto f = one.flag("resource_limited")) p.resource_limited = *f;
        one.finish();
        t.policies.push_back(std::move(p));
    }
    need_policies(in, t.policies);
    in.finish();
}

void read_ards_kigali(TomlReader& in, scores::KigaliTables& t) {
    head(in, "ards_kigali", t.version, t.citation);
    section(in, "oxygenation",
            [&](TomlReader& s) { read_ratio(s, "sf", Signal::spo2, model::Unit::percent, 1, t.sf); });
    section(in, "limits", [&](TomlReader& s) { read_limits_of_ards(s, t); });
    read_plain_policies(in, t.policies);
    in.finish();
}

void read_rox(TomlReader& in, scores::RoxTables& t) {
    head(in, "rox", t.version, t.citation);
    section(in, "index", [&](TomlReader& s) {
        t.low_risk = positive(s, "low_risk");
        s.require("failure");
        for (auto& one : s.tables("failure")) {
            scores::RoxCut c;
            c.from = duration(one, "from");
            c.below = positive(one, "below");
            if (!t.failure.empty() && (c.from <= t.failure.back().from || c.below <= t.failure.back().below))
                one.problem("from", "cut-points ascend in time and in the index");
            if (c.below > t.low_risk) one.problem("below", "must not lie above low_risk");
            one.finish();
            t.failure.push_back(c);
        }
        if (t.failure.empty()) s.problem("failure", "must hold at least one");
    });
    read_plain_policies(in, t.policies);
    in.finish();
}

void read_murray(TomlReader& in, scores::MurrayTables& t) {
    head(in, "murray", t.version, t.citation);
    read_columns(in, t.columns);
    section(in, "score", [&](TomlReader& s) {
        t.severe_above = positive(s, "severe_above");
        t.needed = points(s, "needed", 1, 4);
    });
    read_plain_policies(in, t.policies);
    for (auto [part, signal] : {std::pair{Part::opacities, Signal::cxr_quadrants},
                                {Part::pf, Signal::pao2},
                                {Part::end_expiratory, Signal::peep_set},
                                {Part::compliance, Signal::crs}}) {
        const auto is = [p = part, s = signal](scores::BandTable const& c) { return c.part == p && c.signal == s; };
        const auto c = std::find_if(t.columns.begin(), t.columns.end(), is);
        if (c == t.columns.end())
            in.problem("columns", "the column of " + std::string{model::name_of(signal)} + " is missing");
        else if (c->bands.size() != 4)
            in.problem("columns", std::string{model::name_of(part)} + " does not give every one of 1 to 4 points");
    }
    in.finish();
}

void read_eolia(TomlReader& in, scores::EoliaTables& t) {
    head(in, "eolia", t.version, t.citation);
    section(in, "limits", [&](TomlReader& s) {
        auto& l = t.limits;
        l.pf50 = positive(s, "pf50");
        l.pf80 = positive(s, "pf80");
        l.ph = positive(s, "ph");
        l.paco2 = positive(s, "paco2");
        l.pf50_for = duration(s, "pf50_for");
        l.pf80_for = duration(s, "pf80_for");
        l.acidosis_for = duration(s, "acidosis_for");
        l.gases_apart = duration(s, "gases_apart");
        l.intubated_below = duration(s, "intubated_below");
        l.rr_from = positive(s, "rr_from");
        l.pplat_most = positive(s, "pplat_most");
        if (l.pf50 >= l.pf80) s.problem("pf50", "must lie below pf80");
        if (l.pf50_for >= l.pf80_for) s.problem("pf50_for", "must be shorter than pf80_for");
    });
    read_plain_policies(in, t.policies);
    in.finish();
}

} // namespace vigil::definitions
