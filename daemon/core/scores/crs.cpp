#include "core/scores/crs.hpp"

#include "core/scores/signal_groups.hpp"
#include "core/scores/vitals.hpp"

#include <array>
#include <utility>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Flag;
using model::Label;
using model::Part;
using model::Sample;
using model::Signal;
using model::Verdict;

namespace {

constexpr std::array own_signals = {
    Signal::temp,         Signal::resp_device,
    Signal::vent_mode,    Signal::peep_set,
    Signal::rr_set,       Signal::vt_set,
    Signal::o2_flow,      Signal::cell_product,
    Signal::crs_status,   Signal::oxygen_before,
    Signal::sbp_baseline, Signal::vasopressors_before,
    Signal::antipyretic,  Signal::intubation_reason,
    Signal::anticytokine, Signal::steroid,
};
constexpr std::array drug_signals = {
    Signal::norepinephrine, Signal::epinephrine,    Signal::dopamine,    Signal::vasopressin,
    Signal::phenylephrine,  Signal::angiotensin_ii, Signal::metaraminol, Signal::terlipressin,
};
constexpr auto signals = joined(own_signals, pressure_signals, drug_signals);

constexpr std::array treatments = {Signal::antipyretic, Signal::anticytokine, Signal::steroid};

RangeTable const& temperatures(Inquiry const& q) {
    return columns_of(q.rules.tables.crs.columns, Part::fever, Signal::temp).front();
}

Finding temperature(Inquiry& q) {
    const std::array sources = {Source{Signal::temp}};
    return vital_sign(q, sources, temperatures(q));
}

// Fever since T0, and when.
struct Fever {
    model::ScorePart part;
    Known lately = Known::unknown; // in the window, be it over
    std::optional<EventTime> time;
};

Known known(Finding const& f) {
    if (f.decides) return f.points.lower > 0 ? Known::yes : f.points.upper > 0 ? Known::unknown : Known::no;
    return Known::unknown;
}

Fever fever_of(Inquiry& q, Inquiry& since, Course const& course) {
    Fever out;
    auto lately = since;
    lately.key.product = model::Product::rolling;
    if (!q.now()) {
        std::array found = {temperature(since)};
        out.lately = known(found[0]);
        out.time = found[0].time;
        out.part = part_of(Part::fever, found);
        return out;
    }
    const bool explain = std::exchange(lately.explain, false);
    const auto window = temperature(lately);
    lately.explain = explain;
    take_over(q, lately);
    out.lately = known(window);
    out.time = window.time;
    std::array found = {temperature(since)};
    if (found[0].told && *found[0].time <= course.t0) found[0] = nothing_told(temperatures(q));
    out.part = part_of(Part::fever, found);
    return out;
}

// What hides a fever, or was given against what the product does.
struct Treated {
    std::optional<model::Evidence> after_onset, before_onset;
    bool lately = false; // so that it may hide a fever now
};

Treated treated(Inquiry& q, Course const& course, AttestedCause const& cause, std::optional<EventTime> fever) {
    Treated out;
    auto onset = cause.onset;
    if (fever && *fever < onset) onset = *fever;
    const auto masked_for = q.rules.tables.crs.masked_for;
    std::optional<EventTime> after, before;
    for (auto signal : treatments) {
        const auto s = q.timeline.latest(signal, q.at, {});
        if (!s || s->time < course.t0) continue;
        const bool later = cause.cause == Cause::confirmed && s->time >= onset;
        auto& newest = later ? after : before;
        if (!newest || s->time >= *newest) {
            newest = s->time;
            (later ? out.after_onset : out.before_onset) = evidence_of(signal, *s, Verdict::used);
        }
        q.outlives(s->time, masked_for);
        out.lately = out.lately || q.at - s->time <= masked_for;
    }
    return out;
}

// Fever, or what stands for it: without it low pressure and lack of oxygen are not the syndrome's.
Known fever_counts(Fever const& fever, AttestedCause const& cause, Treated const& t) {
    // Confirmed is a fever that no other cause explains: the syndrome lasts until its signs are gone, not the fever
    // alone.
    if (fever.lately == Known::yes || t.after_onset || cause.cause == Cause::confirmed) return Known::yes;
    if (t.before_onset && t.lately) return Known::unknown;
    return fever.lately;
}

void add_treatment(Inquiry const& q, model::ScorePart& total, Fever const& fever, Treated const& t) {
    if (fever.lately == Known::yes || (!t.after_onset && !t.before_onset)) return;
    add_flag(total, t.after_onset ? Flag::fever_waived : Flag::treated_before_onset);
    if (q.explain) total.evidence.push_back(t.after_onset ? *t.after_onset : *t.before_onset);
}

void add_death(model::ScorePart& total, std::int32_t points, Course const& course) {
    settle(total, points);
    total.label = course.harmonised() ? Label::harmonised_grammar : Label::crs;
}

void answer(Inquiry& q, std::span<model::ScorePart> parts) {
    auto const& t = q.rules.tables.crs;
    parts[0] = unmeasured(Part::total);
    parts[1] = unmeasured(Part::fever, 1);
    parts[2] = unmeasured(Part::hypotension);
    parts[3] = unmeasured(Part::hypoxia);
    const auto course = course_of(q, t.onset_within);
    const auto cause = course ? cause_of(q, Signal::crs_status, *course, t.other_cause_holds) : AttestedCause{};
    if (!to_be_graded(q, parts, course, cause, t.onset_within)) return;
    auto since = question_since(q, course->t0);
    const auto fever = fever_of(q, since, *course);
    parts[1] = fever.part;
    parts[2] = crs_hypotension(since, *course);
    parts[3] = crs_hypoxia(since, *course);
    take_over(q, since);
    auto& total = parts[0];
    for (auto const& p : parts.subspan(1))
        total.missing = static_cast<std::uint8_t>(total.missing + (p.points ? 0 : 1));
    if (cause.by) total.evidence.push_back(*cause.by);
    if (cause.cause == Cause::death) return add_death(total, t.death_points, *course);
    const auto treatment = treated(q, *course, cause, fever.lately == Known::yes ? fever.time : std::nullopt);
    const auto gate = fever_counts(fever, cause, treatment);
    const auto lower = std::max(parts[2].lower, parts[3].lower), upper = std::max(parts[2].upper, parts[3].upper);
    const auto certain = std::max(parts[1].lower, gate == Known::yes ? lower : 0);
    const auto possible = std::max(parts[1].upper, gate == Known::no ? 0 : upper);
    const bool suspected = certain > 0 || (treatment.before_onset && lower > 0);
    grade(total, *course, cause, certain, possible, suspected, {Label::crs, Label::crs_candidate});
    if (upper > 0) add_treatment(q, total, fever, treatment);
    for (auto const& p : parts.subspan(1))
        if (p.state == model::PartState::carried && total.points && *total.points == p.lower)
            total.state = model::PartState::carried;
}

constexpr std::array parts = {Part::total, Part::fever, Part::hypotension, Part::hypoxia};
constexpr std::array components = {Component{answer, 0, 4}};

} // namespace

constinit const Definition crs_definition{model::ScoreId::crs,      parts, components, nullptr, signals,
                                          edition_of<&Tables::crs>, true};

} // namespace vigil::scores
