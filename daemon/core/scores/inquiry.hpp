#pragma once
// One question to a timeline: which product of a score, at which instant, over which window; and when to ask again.

#include "core/model/score.hpp"
#include "core/model/timeline.hpp"
#include "core/rulebook.hpp"
#include "core/scores/registry.hpp"
#include "core/scores/view.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace vigil::scores {

// The earliest later instant at which an answer can change by itself.
class Due {
public:
    explicit Due(model::EventTime at)
        : at_{at} {}
    void at(model::EventTime t) {
        if (t > at_ && t < next_) next_ = t;
    }
    static constexpr model::EventTime never{std::numeric_limits<std::int64_t>::max()};
    model::EventTime when() const { return next_; } // or never
    std::optional<model::EventTime> next() const { return next_ < never ? std::optional{next_} : std::nullopt; }

private:
    model::EventTime at_, next_ = never;
};

struct Notes;
struct SharedNotes;
class Settled;

struct Inquiry {
    View timeline;
    core::Rulebook const& rules;
    model::ScoreKey key;
    model::EventTime opened;
    model::EventTime at;
    model::EventTime after; // the window is (after, at]
    Due due;
    // When less than the value may differ: evidence or a flag. Nobody is woken for it, but an answer is not remembered
    // beyond it.
    Due detail;
    // What the component worked out of instants that are over, and leaves to itself for the next time; nullptr: there
    // is nowhere to.
    Notes* notes = nullptr;
    // What components of several scores work out alike; nullptr: each for itself.
    SharedNotes* shared = nullptr;
    Settled* settled = nullptr; // what is known of the settled past; nullptr: nothing
    bool keeps = false;         // the notes are there the next time; else they are but room to work in
    // Signals that have told something new since the notes were written.
    model::SignalSet changed{};
    std::optional<std::uint32_t> age_years{};
    model::Sex sex = model::Sex::unspecified;
    // Somebody will look at the evidence. Value, state, bounds and flags are the same without it.
    bool explain = true;

    // A part without any evidence shall say what is missing.
    bool unexplained(model::ScorePart const& part) const { return explain && part.evidence.empty(); }
    // Of a monitor only minutes count that are over at `at`: the question ends before the instant asked for.
    bool whole_minutes = false;
    bool day_is_over = false; // nothing more comes to the day asked about
    model::Duration past{};   // so long before that instant

    bool now() const { return key.product == model::Product::now; }
    model::Duration max_age(model::Signal s) const { return core::entry(rules, s).max_age; }
    // Something at `t` leaves the window.
    void leaves(model::EventTime t) {
        if (key.product != model::Product::day) due.at(t + window());
    }
    model::Duration window() const { return rules.tables.sofa.window; }
    // Something known at `t` is too old from then on.
    void outlives(model::EventTime t, model::Duration age) { due.at(t + age + model::Duration{1}); }
};

Inquiry ask(model::ScoreKey key, Patient const& patient, model::EventTime at, core::Rulebook const& rules);

// In the signal's canonical unit, to three digits; empty when it cannot be said in it.
std::optional<model::Decimal> in_canonical(Inquiry const& q, model::Signal signal, model::Decimal value,
                                           model::Unit unit);

// What cannot be read is refused as that, whatever is asked for.
model::Evidence evidence_of(model::Signal signal, model::Sample const& sample, model::Verdict verdict,
                            model::Reason reason = model::Reason::none);
model::Evidence missing(model::Signal signal, model::Reason reason = model::Reason::not_in_window);
// The same, or the newest reading: `stale`, or `refused` while it is not too old: what it needs beside it is not there.
model::Evidence missing_or_stale(Inquiry& q, model::Signal signal);

void add_flag(model::ScorePart& part, model::Flag flag);
// A part that is not measured: no points, anything from 0 to `most`.
model::ScorePart unmeasured(model::Part part, std::int32_t most = 4);
// A part with points that decide.
void settle(model::ScorePart& part, std::int32_t points, model::PartState state = model::PartState::valued);

} // namespace vigil::scores
