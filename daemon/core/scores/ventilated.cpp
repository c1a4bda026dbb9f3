#include "core/scores/ventilated.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Signal;
using model::Word;

namespace {

constexpr std::array machines = {Word::imv, Word::niv, Word::cpap, Word::home_vent};

// Without its evidence.
Support support(Inquiry& q, EventTime t) {
    const bool explain = std::exchange(q.explain, false);
    auto out = support_at(q, t, machines);
    q.explain = explain;
    return out;
}

std::optional<Word> mode_at(Inquiry const& q, EventTime t) {
    const auto mode = q.timeline.latest(Signal::vent_mode, t, q.rules.tables.sofa.ventilator_fresh);
    return mode && mode->is_word && !is_unreadable(*mode) ? std::optional{mode->word} : std::nullopt;
}

bool nothing_told(Inquiry const& q) {
    return q.timeline.empty(Signal::resp_device) && q.timeline.empty(Signal::vent_mode);
}

} // namespace

bool on_ventilator(Inquiry& q, EventTime t) {
    return mode_at(q, t) != Word::standby && support(q, t).positive_pressure != Known::no;
}

bool breathing_is_controlled(Inquiry& q, EventTime t) {
    if (nothing_told(q) || !has_tube(q, t)) return false;
    const auto mode = mode_at(q, t);
    return mode != Word::spontaneous && mode != Word::cpap && mode != Word::standby;
}

bool has_tube(Inquiry& q, EventTime t) { return !nothing_told(q) && support(q, t).invasive == Known::yes; }

std::vector<Holding> support_holds(Inquiry const& q) {
    auto const& t = q.rules.tables.sofa;
    return {{Signal::resp_device, t.support_charted},
            {Signal::vent_mode, t.ventilator_fresh},
            {Signal::peep_set, t.ventilator_fresh},
            {Signal::rr_set, t.ventilator_fresh},
            {Signal::vt_set, t.ventilator_fresh}};
}

namespace {

// When what holds at `t` runs out, seen from `later` after it.
void runs_out(Inquiry& q, std::span<Holding const> signals, EventTime t, Duration later) {
    for (auto const& h : signals) {
        const auto s = q.timeline.latest(h.signal, t, {});
        if (!s) continue;
        if (q.now() && core::entry(q.rules, h.signal).kind == model::SignalKind::monitor)
            q.timeline.minutes(h.signal, t - model::minutes(1), t, [&](model::Minute const& m) {
                if (m.open) q.due.at(m.end());
            });
        q.due.at(s->time + h.age + Duration{1} + later);
        if (s->until) q.due.at(*s->until + later);
    }
}

} // namespace

namespace {

// When one of the signals told something after `from`, oldest first.
std::vector<EventTime> instants_after(Inquiry& q, std::span<Holding const> signals, EventTime from) {
    std::vector<EventTime> out;
    for (auto const& h : signals) {
        for (auto const& s : q.timeline.range(h.signal, from, q.at)) out.push_back(s.time);
        if (core::entry(q.rules, h.signal).kind != model::SignalKind::monitor) continue;
        // A minute of a stream says what it says from its end on.
        q.timeline.minutes(h.signal, from - model::minutes(1), q.at, [&](model::Minute const& m) {
            if (m.time > from) out.push_back(m.time);
            if (m.open)
                q.due.at(m.end());
            else if (m.end() > from)
                out.push_back(m.end());
        });
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

} // namespace

std::optional<EventTime> newest_instant(Inquiry& q, std::span<Holding const> signals,
                                        bool (*holds)(Inquiry& q, EventTime t)) {
    if (q.now()) {
        runs_out(q, signals, q.at, {});
        return holds(q, q.at) ? std::optional{q.at} : std::nullopt;
    }
    // Mostly the last minutes tell.
    auto instants = instants_after(q, signals, std::max(q.after, q.at - model::minutes(10)));
    const auto newest = [&]() -> std::optional<EventTime> {
        const auto t = std::find_if(instants.rbegin(), instants.rend(), [&](EventTime at) { return holds(q, at); });
        if (t == instants.rend()) return std::nullopt;
        q.leaves(*t);
        return *t;
    };
    if (const auto t = newest()) return t;
    instants = instants_after(q, signals, q.after);
    if (const auto t = newest()) return t;
    // Before the window a state is asked for at its first instant, a millisecond behind its open end.
    const EventTime first{q.after.ms + 1};
    const auto entered = q.window() - Duration{1};
    if (q.key.product != model::Product::day) {
        for (auto t : instants) q.due.at(t + entered);
        runs_out(q, signals, first, entered);
    }
    return holds(q, first) ? std::optional{first} : std::nullopt;
}

SupportCourse::SupportCourse(Inquiry& q, EventTime begin, Answer answer)
    : q_{q},
      answer_{answer},
      begins_{begin} {
    const auto changes = [&](EventTime t) {
        if (t > begin && t <= q.at) begins_.push_back(t);
    };
    for (auto const& h : support_holds(q)) {
        const auto holds = [&](model::Sample const& s) {
            changes(s.time);
            changes(s.time + h.age + Duration{1});
            if (s.until) changes(*s.until);
        };
        if (const auto before = q.timeline.latest(h.signal, begin, {})) holds(*before);
        for (auto const& s : q.timeline.range(h.signal, begin, q.at)) holds(s);
    }
    std::sort(begins_.begin(), begins_.end());
    begins_.erase(std::unique(begins_.begin(), begins_.end()), begins_.end());
    answers_.resize(begins_.size());
}

std::size_t SupportCourse::stretch_of(EventTime t) const {
    const auto behind = std::upper_bound(begins_.begin(), begins_.end(), t);
    assert(behind != begins_.begin()); // who asks for what lies before it is answered in `at`
    return static_cast<std::size_t>(behind - begins_.begin()) - 1;
}

bool SupportCourse::answered(std::size_t stretch) {
    auto& known = answers_[stretch];
    if (!known) known = answer_(q_, begins_[stretch]);
    return *known;
}

bool SupportCourse::at(EventTime t) { return t < begins_.front() ? answer_(q_, t) : answered(stretch_of(t)); }

std::optional<bool> SupportCourse::through(EventTime from, EventTime to) {
    const auto last = stretch_of(to);
    auto i = stretch_of(from);
    const bool first = answered(i);
    while (i < last)
        if (answered(++i) != first) return std::nullopt;
    return first;
}

} // namespace vigil::scores
