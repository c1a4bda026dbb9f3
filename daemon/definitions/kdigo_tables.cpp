#include "definitions/kdigo_tables.hpp"

#include "definitions/score_readers.hpp"

#include <utility>

namespace vigil::definitions {

namespace {

constexpr std::int64_t worst = 3; // stage

void read_limits(TomlReader& in, std::vector<scores::KdigoLimits>& all) {
    in.require("limits");
    for (auto& one : in.tables("limits")) {
        scores::KdigoLimits l;
        l.unit = unit(one, "unit");
        l.rise = decimal(one, "rise");
        l.severe = decimal(one, "severe");
        if (l.rise.mantissa <= 0) one.problem("rise", "must be above 0");
        if (l.severe <= l.rise) one.problem("severe", "must be above the rise");
        for (auto const& other : all)
            if (other.unit == l.unit) one.problem("unit", "this column stands twice");
        one.finish();
        all.push_back(l);
    }
    if (all.empty() || all.front().unit != model::Unit::mg_per_dL)
        in.problem("limits", "the first column must be that of mg/dL");
}

void read_creatinine(TomlReader& in, scores::KdigoTables& t) {
    t.rise_within = duration(in, "rise_within");
    t.baseline_within = duration(in, "baseline_within");
    if (t.baseline_within < t.rise_within) in.problem("baseline_within", "must not be shorter than rise_within");
    t.verify_fold = points(in, "verify_fold", 2, 1000);
    t.rise_points = points(in, "rise_points", 1, worst);
    t.severe_points = points(in, "severe_points", 1, worst);
    t.ratios.part = model::Part::aki_crea;
    t.ratios.signal = model::Signal::crea;
    read_bands(in, t.ratios, worst, "ratios");
    for (auto const& b : t.ratios.bands)
        if (!t.ratios.high_is_worse || !b.inclusive)
            in.problem("ratios", "a multiple of the baseline counts `from` it");
    if (t.ratios.bands.size() != worst) in.problem("ratios", "the stages 1, 2 and 3 are three bands");
    read_limits(in, t.limits);
}

void read_urine(TomlReader& in, scores::KdigoTables& t) {
    t.urine_interval = duration(in, "interval");
    in.require("rates");
    for (auto& one : in.tables("rates")) {
        scores::UrineRate r;
        r.over = model::hours(points(one, "hours", 1, 48));
        if (const auto none = one.flag("none")) r.none = *none;
        if (!r.none) r.below = decimal(one, "below");
        r.points = points(one, "points", 1, worst);
        if (!t.urine.empty() && r.points > t.urine.back().points)
            one.problem("points", "rates go from the most points to the fewest");
        one.finish();
        t.urine.push_back(r);
    }
    std::uint32_t seen = 0;
    for (auto const& r : t.urine) seen |= 1U << r.points;
    if (seen != 0b1110) in.problem("rates", "must give every one of 1 to 3 points");
}

std::vector<model::Decimal> read_by_age(TomlReader& in, std::string_view key) {
    in.require(key);
    std::vector<model::Decimal> out;
    for (auto const& text : in.texts(key)) {
        const auto d = model::parse_decimal(text);
        if (!d || d->mantissa <= 0)
            in.problem(key, "'" + text + "' is no creatinine");
        else if (!out.empty() && *d > out.back())
            in.problem(key, "must not rise with age: '" + text + "'");
        else
            out.push_back(*d);
    }
    return out;
}

void read_presumed(TomlReader& in, scores::PresumedCreatinine& t) {
    t.first = static_cast<std::uint32_t>(points(in, "first", 1, 120));
    t.male = read_by_age(in, "male");
    t.female = read_by_age(in, "female");
    if (t.male.empty() || t.male.size() != t.female.size())
        in.problem("female", "must be as long as the table of men, and not empty");
}

} // namespace

void read_kdigo(TomlReader& in, scores::KdigoTables& t) {
    head(in, "kdigo", t.version, t.citation);
    section(in, "creatinine", [&](TomlReader& s) { read_creatinine(s, t); });
    section(in, "urine", [&](TomlReader& s) { read_urine(s, t); });
    section(in, "rrt", [&](TomlReader& s) {
        t.rrt_points = points(s, "points", 1, worst);
        t.rrt = replacement_rule(s);
    });
    section(in, "presumed", [&](TomlReader& s) { read_presumed(s, t.presumed); });
    for (auto& one : in.tables("policies")) {
        auto p = begin_policy<scores::PlainPolicy>(one, t.policies);
        one.finish();
        t.policies.push_back(std::move(p));
    }
    need_policies(in, t.policies);
    in.finish();
}

} // namespace vigil::definitions
