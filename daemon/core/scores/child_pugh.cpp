#include "core/scores/child_pugh.hpp"

#include "core/scores/laboratory.hpp"
#include "core/scores/total.hpp"

#include <algorithm>
#include <array>

namespace vigil::scores {

using model::Label;
using model::Part;
using model::PartState;
using model::ScorePart;
using model::Signal;

namespace {

ChildPughTables const& tables_of(Inquiry const& q) { return q.rules.tables.child_pugh; }

// The columns give what is above the least points; nothing is without points.
ScorePart from_least(Inquiry const& q, ScorePart part) {
    const auto least = tables_of(q).least;
    if (part.points) part.points = std::max(*part.points, least);
    part.lower = std::max(part.lower, least);
    part.upper = std::max(part.upper, part.lower);
    return part;
}

template <Part part, Signal signal>
ScorePart of_laboratory(Inquiry& q) {
    return from_least(q, laboratory(q, tables_of(q).columns, part, signal));
}

// What was attested last holds until something else is.
ScorePart ascites(Inquiry& q) {
    auto const& t = tables_of(q);
    auto part = from_least(q, unmeasured(Part::ascites, t.most));
    const auto s = q.timeline.latest(Signal::ascites, q.at, {});
    if (s && s->until) q.due.at(*s->until);
    if (!s || !s->is_word || (s->until && *s->until <= q.at)) {
        if (q.explain) part.evidence.push_back(missing(Signal::ascites, model::Reason::none));
        return part;
    }
    for (auto const& w : t.ascites)
        if (w.word == s->word) settle(part, w.points);
    if (q.explain) part.evidence.push_back(evidence_of(Signal::ascites, *s, model::Verdict::used));
    return part;
}

// The worst grade attested in the window; product `now`: the newest, while it can be taken for the present one.
ScorePart encephalopathy(Inquiry& q) {
    if (!q.now()) return of_laboratory<Part::encephalopathy, Signal::encephalopathy>(q);
    auto const& t = tables_of(q);
    auto part = from_least(q, unmeasured(Part::encephalopathy, t.most));
    const auto age = q.max_age(Signal::encephalopathy);
    const auto column = columns_of(t.columns, Part::encephalopathy, Signal::encephalopathy);
    const auto s = q.timeline.latest(Signal::encephalopathy, q.at, age);
    if (s) q.outlives(s->time, age);
    if (s && s->until) q.due.at(*s->until);
    const bool holds = s && !s->is_word && !(s->until && *s->until <= q.at);
    const auto points = holds ? points_of(native_column(column, s->unit), *s, q.rules) : std::nullopt;
    if (!points || points->lower != points->upper) {
        if (q.explain) part.evidence.push_back(missing_or_stale(q, Signal::encephalopathy));
        return part;
    }
    settle(part, points->lower);
    if (q.explain) part.evidence.push_back(evidence_of(Signal::encephalopathy, *s, model::Verdict::used));
    return from_least(q, part);
}

struct Classes {
    std::int32_t b = 0, c = 0;
    Label of(std::int32_t points) const {
        return points >= c ? Label::child_c : points >= b ? Label::child_b : Label::child_a;
    }
};

// A sum without one of the five is no Child-Pugh score: bounds only. The class stands when every value allowed has it.
void total_of(Inquiry const& q, std::span<ScorePart> all) {
    auto const& t = tables_of(q);
    add_up(all);
    auto& total = all[0];
    add_flag(total, model::Flag::acute_use_unvalidated);
    if (total.missing > 0) {
        total.points.reset();
        total.state = PartState::not_measured;
        return;
    }
    const Classes classes{t.class_b, t.class_c};
    const auto label = classes.of(total.lower);
    if (label == classes.of(total.upper)) total.label = label;
}

void child_pugh(Inquiry& q, std::span<ScorePart> all) {
    all[1] = of_laboratory<Part::bili, Signal::bili>(q);
    all[2] = of_laboratory<Part::albumin, Signal::alb>(q);
    all[3] = of_laboratory<Part::inr, Signal::inr>(q);
    all[4] = ascites(q);
    all[5] = encephalopathy(q);
    total_of(q, all);
}

constexpr std::array parts = {Part::total, Part::bili, Part::albumin, Part::inr, Part::ascites, Part::encephalopathy};
// One component, for the class needs the tables; laboratory values are few.
constexpr std::array components = {Component{child_pugh, 0, parts.size()}};
constexpr std::array signals = {Signal::bili, Signal::alb, Signal::inr, Signal::ascites, Signal::encephalopathy};

} // namespace

constinit const Definition child_pugh_definition{model::ScoreId::child_pugh,      parts, components, nullptr, signals,
                                                 edition_of<&Tables::child_pugh>, true};

} // namespace vigil::scores
