#include "definitions/sofa2_tables.hpp"

#include "definitions/score_readers.hpp"

#include <utility>

namespace vigil::definitions {

namespace {

using model::Part;
using model::Signal;

scores::UrineRate read_rate(TomlReader& in) {
    scores::UrineRate r;
    r.over = model::hours(points(in, "hours", 1, 48));
    if (const auto none = in.flag("none")) r.none = *none;
    if (!r.none) r.below = decimal(in, "below");
    return r;
}

void read_kidney(TomlReader& in, scores::Sofa2Tables& t) {
    t.rrt = replacement_rule(in);
    t.potassium = decimal(in, "potassium");
    t.acidosis_ph = decimal(in, "acidosis_ph");
    t.acidosis_hco3 = decimal(in, "acidosis_hco3");
    t.acidosis_within = duration(in, "acidosis_within");
    t.urine_interval = duration(in, "urine_interval");
    in.require("urine");
    for (auto& one : in.tables("urine")) {
        auto r = read_rate(one);
        r.points = points(one, "points", 1, 4);
        if (!t.urine.empty() && r.points > t.urine.back().points)
            one.problem("points", "rates go from the most points to the fewest");
        one.finish();
        t.urine.push_back(r);
    }
    in.require("oliguria");
    if (auto inner = in.table("oliguria")) {
        t.oliguria = read_rate(*inner);
        inner->finish();
    }
}

void check_coverage(TomlReader& in, scores::Sofa2Tables const& t) {
    for (auto [part, signal] : {std::pair{Part::brain, Signal::gcs_total},
                                {Part::brain, Signal::gcs_motor},
                                {Part::resp, Signal::pao2},
                                {Part::resp, Signal::spo2},
                                {Part::cardio, Signal::map},
                                {Part::liver, Signal::bili},
                                {Part::kidney, Signal::crea},
                                {Part::hemo, Signal::plt}}) {
        const auto is = [p = part, s = signal](scores::BandTable const& c) { return c.part == p && c.signal == s; };
        if (std::none_of(t.columns.begin(), t.columns.end(), is))
            in.problem("columns", "the column of " + std::string{model::name_of(signal)} + " is missing");
    }
    for (auto drug : {Signal::norepinephrine, Signal::dopamine})
        if (std::none_of(t.doses.begin(), t.doses.end(), [&](auto const& d) { return d.drug == drug; }))
            in.problem("doses", "the doses of " + std::string{model::name_of(drug)} + " are missing");
}

} // namespace

void read_sofa2(TomlReader& in, scores::Sofa2Tables& t) {
    head(in, "sofa2", t.version, t.citation);
    read_columns(in, t.columns);
    for (auto& one : in.tables("doses")) read_dose(one, t.doses);
    section(in, "cardio", [&](TomlReader& s) {
        t.others = signals(s, "others");
        t.other_points = points(s, "other_points", 1, 4);
        t.other_adds = points(s, "other_adds", 0, 4);
        t.indication_before = duration(s, "indication_before");
        t.tiers.part = Part::cardio;
        t.tiers.signal = Signal::map;
        t.tiers.unit = model::Unit::mmHg;
        read_bands(s, t.tiers, 4, "tiers");
    });
    section(in, "resp", [&](TomlReader& s) {
        t.resp_cap = points(s, "cap", 0, 4);
        t.saturation_below = decimal(s, "saturation_below");
        t.transient = duration(s, "transient");
    });
    section(in, "kidney", [&](TomlReader& s) { read_kidney(s, t); });
    section(in, "brain", [&](TomlReader& s) {
        t.delirium = signals(s, "delirium");
        t.delirium_points = points(s, "delirium_points", 0, 4);
    });
    section(in, "carried", [&](TomlReader& s) { t.carried_for = duration(s, "for"); });
    for (auto& one : in.tables("policies")) {
        auto p = begin_policy(one, t.policies);
        p.support = words(one, "support");
        one.finish();
        t.policies.push_back(std::move(p));
    }
    need_policies(in, t.policies);
    check_coverage(in, t);
    in.finish();
}

} // namespace vigil::definitions
