#include "core/scores/cell_therapy.hpp"

#include <algorithm>
#include <limits>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Flag;
using model::Label;
using model::PartState;
using model::Sample;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

constexpr EventTime beginning{std::numeric_limits<std::int64_t>::min()};

std::int32_t rank(Word w) { return w == Word::immune_effector ? 2 : w == Word::msc ? 1 : 0; }

} // namespace

std::optional<Course> course_of(Inquiry& q, Duration onset_within) {
    const auto all = q.timeline.range(Signal::cell_product, beginning, q.at);
    std::optional<Course> out;
    for (auto s = all.rbegin(); s != all.rend(); ++s) {
        if (!s->is_word) continue;
        if (!out)
            out = Course{*s, s->time, s->time, false, false};
        else if (out->t0 - s->time > onset_within)
            break;
        out->t0 = s->time;
        if (rank(s->word) > rank(out->product.word)) out->product = *s;
    }
    if (!out) return out;
    q.due.at(out->t0 + Duration{1}); // at T0 nothing lies after it
    out->immune_effector = out->product.word == Word::immune_effector;
    out->known = rank(out->product.word) > 0;
    return out;
}

AttestedCause cause_of(Inquiry& q, Signal signal, Course const& course, Duration other_holds) {
    AttestedCause out;
    const auto all = q.timeline.range(signal, course.t0 - Duration{1}, q.at);
    if (all.empty() || !all.back().is_word) return out;
    auto const& newest = all.back();
    if (newest.until) q.due.at(*newest.until);
    if (newest.until && *newest.until <= q.at) {
        if (q.explain) out.by = evidence_of(signal, newest, Verdict::stale, model::Reason::stale);
        return out;
    }
    if (newest.word == Word::death) out.cause = Cause::death;
    if (newest.word == Word::other_cause) {
        q.outlives(newest.time, other_holds);
        if (q.at - newest.time <= other_holds) out.cause = Cause::other;
    }
    if (newest.word == Word::confirmed) {
        out.cause = Cause::confirmed;
        for (auto s = all.rbegin(); s != all.rend() && s->is_word && s->word == Word::confirmed; ++s)
            out.onset = s->time;
    }
    if (!q.explain) return out;
    const bool holds = out.cause != Cause::unknown || newest.word == Word::unknown;
    out.by = evidence_of(signal, newest, holds ? Verdict::used : Verdict::stale,
                         holds ? model::Reason::none : model::Reason::stale);
    return out;
}

bool to_be_graded(Inquiry& q, std::span<model::ScorePart> parts, std::optional<Course> const& course,
                  AttestedCause const& cause, Duration onset_within) {
    auto& total = parts[0];
    const auto none = [&](PartState state) {
        for (auto& p : parts) {
            p.state = state;
            if (state == PartState::not_applicable) p.upper = 0;
        }
    };
    if (!course) {
        none(PartState::not_applicable);
        if (q.explain) total.evidence.push_back(missing(Signal::cell_product, model::Reason::none));
        return false;
    }
    if (q.explain) total.evidence.push_back(evidence_of(Signal::cell_product, course->product, Verdict::used));
    if (!course->known) {
        total.label = Label::unknown;
        none(PartState::not_measured);
        return false;
    }
    const EventTime last = course->last_t0 + onset_within;
    const auto onset = cause.cause == Cause::confirmed ? cause.onset : q.at;
    if (cause.cause == Cause::death || onset <= last) {
        if (cause.cause != Cause::confirmed) q.due.at(last + Duration{1});
        return true;
    }
    none(PartState::not_applicable);
    add_flag(total, Flag::timing_not_met);
    return false;
}

Inquiry question_since(Inquiry const& q, EventTime t0) {
    auto part = q;
    part.after = std::max(q.after, t0);
    part.shared = nullptr;
    part.notes = nullptr;
    part.keeps = false;
    part.due = Due{q.at};
    part.detail = Due{q.at};
    return part;
}

void take_over(Inquiry& q, Inquiry const& part) {
    q.timeline.note(part.timeline.reads());
    q.due.at(part.due.when());
    q.detail.at(part.detail.when());
}

void settle_within(model::ScorePart& part, std::int32_t lower, std::int32_t upper) {
    if (lower == upper) return settle(part, lower);
    part.points.reset();
    part.state = PartState::not_measured;
    part.lower = lower;
    part.upper = upper;
}

void grade(model::ScorePart& total, Course const& course, AttestedCause const& cause, std::int32_t lower,
           std::int32_t upper, bool suspected, GradeNames const& names) {
    total.label = course.harmonised() ? Label::harmonised_grammar : names.grade;
    if (cause.cause == Cause::other) {
        if (upper > 0) add_flag(total, Flag::other_cause);
        return settle(total, 0);
    }
    if (cause.cause == Cause::confirmed || upper == 0) return settle_within(total, lower, upper);
    total.label = suspected ? names.candidate : Label::unknown;
    settle_within(total, 0, upper);
}

} // namespace vigil::scores
