#pragma once
// When a drug ran, and how fast (scores.md 3.4, 0.7, 0.8). A rate holds until the next one; a pump that has fallen
// silent is neither stopped nor running for ever.

#include "core/scores/inquiry.hpp"

#include <vector>

namespace vigil::scores {

// What another pump gives of the drug at the same time.
struct OtherPump {
    model::Sample const* rate = nullptr;
    bool silent = false;
};

struct Segment {
    model::Sample const* rate = nullptr; // the reading that set it
    std::vector<OtherPump> also;
    model::EventTime from, to; // [from, to); a running one ends at the instant asked for
    bool running = false;      // holds at the instant asked for
    bool silent = false;       // nothing was heard of it for too long
};

// A stretch of rates above zero, pauses of at most `gap` merged.
struct Run {
    model::EventTime from, to;
    bool running = false;
    bool silent = false;
    std::vector<Segment> segments; // oldest first
    model::Duration length() const { return to - from; }
};

// A rate above nought, or one that cannot be read, told at `rate->time`.
struct ToldRate {
    model::Sample const* rate = nullptr;
    model::EventTime until; // it was ended; of one that nothing has ended the instant asked for
};

// A drug that was heard running, was not heard for longer than its rate is carried, and was not heard to stop: in
// (from, to) nobody knows whether it runs. After `to` it is taken for stopped. The same of one whose pump told last
// what cannot be read, from then on.
struct Unheard {
    model::Sample const* rate = nullptr; // as heard last
    model::EventTime from, to;
    bool lasts = false; // at the instant asked for
};

// Of one of its pumps nothing was heard for too long.
bool is_silent(Segment const& s);
// The runs of a drug up to q.at, oldest first. `q.due` learns when the last one falls silent.
std::vector<Run> runs_of(Inquiry& q, model::Signal drug, model::Duration gap);
// What was told of each pump, oldest first, however long ago: nothing here falls silent.
std::vector<ToldRate> told_of(Inquiry const& q, model::Signal drug);
std::vector<Unheard> unheard_of(Inquiry& q, model::Signal drug);
// What to say of such a drug.
inline model::Flag flag_of_unheard(model::Sample const& rate) {
    return is_unreadable(rate) ? model::Flag::unreadable : model::Flag::pump_silent;
}
// What runs, or did in the window. A drug that fell silent before a day began is carried as running into it.
bool in_question(Inquiry const& q, Segment const& s);
// A rate for less than two minutes between lower ones is a bolus (scores.md 13.4); one that has just begun is not yet
// known to be one.
bool is_spike(Run const& run, std::size_t i, model::Duration bolus);
// The drug runs at `t` <= q.at, as far as is known.
bool runs_at(std::vector<Run> const& runs, model::EventTime t);

} // namespace vigil::scores
