#pragma once
// Internal to infusion.cpp: how long each told rate of a drug holds, and what several pumps of it come to. Pumps are
// told apart by the names one source gives them. Two that infuse are added; a relay, in which one takes over from
// another, is one infusion (devices.md 17; docs/decisions/0024).

#include "core/scores/infusion.hpp"

#include <span>
#include <vector>

namespace vigil::scores {

// A rate above nought.
struct Hold {
    model::Sample const* rate = nullptr;
    model::EventTime until;    // when something else was told of its drug; of one that is open the instant asked for
    bool open = false;         // nothing was
    model::Duration limit;     // of its silence, of one that is open
    model::EventTime known_to; // that it ran
};

// One source tells of two pumps by name.
bool several_pumps(std::span<model::Sample const> rates);
// Of one pump whose readings are said[0..last]: how long it may be silent (scores.md 0.8).
model::Duration silence(SofaTables const& t, std::span<model::Sample const* const> said);
// In the order of `rates`, pump by pump.
std::vector<Hold> holds_of_pumps(Inquiry const& q, std::span<model::Sample const> rates);
// Their segments as one course, oldest first: what runs together is one segment with several rates.
std::vector<Segment> course_of_pumps(Inquiry& q, std::span<model::Sample const> rates);

Segment segment_of(Inquiry& q, Hold const& h);
bool same_rate(model::Sample const& a, model::Sample const& b);

} // namespace vigil::scores
