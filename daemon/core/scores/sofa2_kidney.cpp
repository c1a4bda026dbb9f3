// Kidney: the worse of creatinine and urine; renal replacement, or the criteria for it, is 4 (SOFA-2, table 2,
// footnotes o to q).

#include "core/scores/laboratory.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/replacement.hpp"
#include "core/scores/sofa2.hpp"
#include "core/scores/sofa2_criteria.hpp"
#include "core/scores/vasopressor.hpp"

namespace vigil::scores {

using model::Decimal;
using model::Duration;
using model::EventTime;
using model::Flag;
using model::Part;
using model::PartState;
using model::Sample;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

// Nothing at all is below any rate, whatever the weight.
Known below(UrineVolume const& v, UrineRate const& rate, std::optional<model::Ratio> const& limit) {
    if (rate.none) return v.nothing ? Known::yes : Known::no;
    if (v.ml.num <= 0) return Known::yes;
    if (!limit) return Known::unknown;
    return (v.ml <=> *limit) < 0 ? Known::yes : Known::no;
}

struct UrineSeen {
    struct Found {
        Signal signal{};
        UrineVolume volume;
        std::int32_t points = 0;
    };
    std::optional<Found> worst;
    Known oliguria = Known::no; // of the criteria for replacement
    bool charted = false, covered = false;
    std::int32_t unweighed = 0; // points that nobody can tell without a weight
    std::optional<Sample> weight;
    std::optional<Decimal> kg;

    void take(Signal signal, UrineRate const& rate, UrineVolume const& v, std::optional<model::Ratio> const& limit) {
        covered = true;
        const auto is = below(v, rate, limit);
        if (is == Known::unknown) unweighed = std::max(unweighed, rate.points);
        if (is == Known::yes && (!worst || rate.points >= worst->points)) worst = Found{signal, v, rate.points};
    }
    void take_oliguria(UrineRate const& rate, UrineVolume const& v, std::optional<model::Ratio> const& limit) {
        const auto is = below(v, rate, limit);
        if (is == Known::yes || oliguria == Known::no) oliguria = is;
    }
    // Of `now` the newest charting decides.
    void forget() {
        worst.reset();
        oliguria = Known::no;
        unweighed = 0;
    }
};

void look_at_charts(Inquiry& q, UrineDays& room, UrineSeen& out) {
    auto const& t = q.rules.tables.sofa2;
    const auto after = q.now() ? q.at - t.urine_interval : q.after;
    const auto charts = urine_charts(q, after - model::hours(25), t.urine_interval, room);
    std::vector<std::optional<model::Ratio>> limits;
    for (auto const& rate : t.urine) limits.push_back(limit_of(rate, out.kg, rate.over));
    // Of more than the hours given, be it by a millisecond.
    const auto longer = t.oliguria.over + Duration{1};
    const auto limit_of_oliguria = limit_of(t.oliguria, out.kg, longer);
    for (std::size_t i = 0; i < charts.size(); ++i) {
        const bool last_of_instant = i + 1 == charts.size() || charts[i + 1].to != charts[i].to;
        if (charts[i].to <= after || !last_of_instant) continue;
        out.charted = true;
        if (q.now()) {
            q.outlives(charts[i].to, t.urine_interval - Duration{1});
            out.forget();
        } else {
            q.leaves(charts[i].to);
        }
        const auto up_to = charts.first(i + 1);
        for (std::size_t r = 0; r < t.urine.size(); ++r) {
            // What can no longer be worse need not be known.
            if (out.covered && out.kg && out.worst && t.urine[r].points < out.worst->points) continue;
            if (const auto v = urine_over(up_to, t.urine[r].over)) out.take(Signal::uo, t.urine[r], *v, limits[r]);
        }
        if (out.oliguria == Known::yes) continue;
        if (const auto v = urine_over(up_to, longer)) out.take_oliguria(t.oliguria, *v, limit_of_oliguria);
    }
}

// A collection over a day is such a mean by itself.
void look_at_totals(Inquiry& q, UrineDays& room, UrineSeen& out) {
    auto const& t = q.rules.tables.sofa2;
    const auto age = q.max_age(Signal::uo_day);
    for (auto const& u : urine_totals(q, q.now() ? q.at - age - Duration{1} : q.after, room)) {
        if (q.now())
            q.outlives(u.at, age);
        else
            q.leaves(u.at);
        if (!u.enough) continue;
        out.charted = true;
        if (q.now()) out.forget();
        const UrineVolume v{{u.volume, 1000}, u.volume == 0, u.first, u.last};
        for (auto const& rate : t.urine) out.take(u.signal, rate, v, limit_of(rate, out.kg, u.covered));
        out.take_oliguria(t.oliguria, v, limit_of(t.oliguria, out.kg, u.covered));
    }
}

UrineSeen look_at_urine(Inquiry& q) {
    UrineSeen out;
    if (q.timeline.empty(Signal::uo) && q.timeline.empty(Signal::uo_day)) return out;
    std::optional<UrineDays> own;
    auto& room = q.notes != nullptr ? q.notes->urine : own.emplace();
    out.weight = admission_weight(q);
    out.kg = in_kg(q, out.weight);
    look_at_charts(q, room, out);
    if (!q.now() || !out.charted) look_at_totals(q, room, out);
    return out;
}

void append_urine(Inquiry const& q, model::ScorePart& part, UrineSeen const& urine, bool first) {
    if (!q.explain) return;
    auto const& [signal, v, points] = *urine.worst;
    auto e = evidence_of(signal, *v.last, Verdict::used);
    e.compared = model::round_half_up(v.ml, 0);
    e.compared_unit = model::Unit::mL;
    auto at = part.evidence.insert(first ? part.evidence.begin() : part.evidence.end(), e);
    if (v.first != v.last) at = part.evidence.insert(at + 1, evidence_of(signal, *v.first, Verdict::used));
    if (urine.kg) part.evidence.insert(at + 1, evidence_of(Signal::weight, *urine.weight, Verdict::used));
}

void add_urine(Inquiry& q, model::ScorePart& part, UrineSeen const& urine) {
    if (!urine.charted) return;
    if (!urine.covered) add_flag(part, Flag::low_coverage);
    if (urine.unweighed > 0) {
        add_flag(part, Flag::weight_missing);
        part.upper = std::max(part.upper, urine.unweighed);
        if (q.explain) part.evidence.push_back(missing(Signal::weight, model::Reason::no_weight));
    }
    if (!urine.worst) return;
    const bool decides = !part.points || urine.worst->points > *part.points;
    if (decides) {
        const auto upper = part.upper; // creatinine that nobody measured may be worse
        settle(part, urine.worst->points);
        part.upper = std::max(upper, urine.worst->points);
    }
    append_urine(q, part, urine, decides);
}

void add_replacement(Inquiry const& q, model::ScorePart& part, Replacement const& r) {
    auto const& counts = r.continuous ? r.continuous : r.session;
    if (counts) {
        settle(part, 4);
        if (q.explain) part.evidence.insert(part.evidence.begin(), evidence_of(Signal::rrt, *counts, Verdict::used));
        return;
    }
    if (!r.lost || (part.points && *part.points == 4)) return;
    // What creatinine and urine say alone is no recovery.
    if (part.points) part.lower = *part.points;
    part.points.reset();
    part.state = PartState::not_measured;
    part.upper = 4;
    add_flag(part, Flag::replacement_unheard);
    if (q.explain) part.evidence.push_back(evidence_of(Signal::rrt, *r.lost, Verdict::stale, model::Reason::stale));
}

// Also of a bound that does not decide between bands.
Known raised_creatinine(Inquiry const& q, model::ScorePart const& part) {
    if (part.points && *part.points > 0) return Known::yes;
    if (q.now() && q.timeline.range(Signal::crea, q.at - q.rules.tables.sofa2.carried_for - Duration{1}, q.at).empty())
        return Known::no;
    if (q.now()) return part.points || part.upper == 0 ? Known::no : part.lower > 0 ? Known::yes : Known::unknown;
    auto known = Known::no;
    const auto columns = columns_of(q.rules.tables.sofa2.columns, Part::kidney, Signal::crea);
    for (auto const& s : q.timeline.range(Signal::crea, q.after, q.at)) {
        auto const& column = q.key.basis == model::Basis::native ? native_column(columns, s.unit) : columns.front();
        const auto p = points_of(column, s, q.rules);
        if (!p || p->upper == 0) continue;
        if (p->lower > 0) return Known::yes;
        known = Known::unknown;
    }
    return known;
}

// Not on replacement, but it would be called for: 4.
void add_criteria(Inquiry& q, model::ScorePart& part, Known creatinine, PartState creatinine_state, Known oliguria) {
    if (creatinine == Known::no && oliguria == Known::no) return;
    const auto potassium = high_potassium(q), acid = acidosis(q);
    const bool certain = potassium.met == Known::yes || acid.met == Known::yes;
    if (!certain && potassium.met == Known::no && acid.met == Known::no) return;
    if (certain && (creatinine == Known::yes || oliguria == Known::yes)) {
        const bool carried = oliguria != Known::yes && creatinine_state == PartState::carried;
        settle(part, 4, carried ? PartState::carried : PartState::valued);
        add_flag(part, Flag::rrt_criteria);
        if (acid.met == Known::yes && acid.untyped && potassium.met != Known::yes) add_flag(part, Flag::gas_untyped);
        for (auto const* c : {&acid, &potassium}) {
            if (c->met != Known::yes) continue;
            if (c->suspect) add_flag(part, Flag::extreme_verify);
            if (c->bound) add_flag(part, Flag::comparator_bound);
        }
    } else if (part.upper < 4) {
        part.upper = 4;
    }
    auto at = part.evidence.begin();
    for (auto const* c : {&acid, &potassium})
        if (c->met == Known::yes || !certain) at = part.evidence.insert(at, c->evidence.begin(), c->evidence.end());
}

} // namespace

model::ScorePart sofa2_kidney(Inquiry& q) {
    auto part =
        laboratory(q, q.rules.tables.sofa2.columns, Part::kidney, Signal::crea, q.rules.tables.sofa2.carried_for);
    const auto creatinine = raised_creatinine(q, part);
    if (!part.points) part.upper = 4;
    const auto state = part.state;
    const auto urine = look_at_urine(q);
    add_urine(q, part, urine);
    const auto treated = replacement(q, q.rules.tables.sofa2.rrt);
    if (!treated.continuous && !treated.session) add_criteria(q, part, creatinine, state, urine.oliguria);
    add_replacement(q, part, treated);
    return part;
}

} // namespace vigil::scores
