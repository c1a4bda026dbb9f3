#pragma once
// Mean arterial pressure that may be scored (scores.md 3.4, 13.4): the line before the cuff, artefacts left out, a
// monitor's stream only when two minutes in a row agree.

#include "core/scores/inquiry.hpp"

#include <array>
#include <limits>
#include <vector>

namespace vigil::scores {

struct Pressure {
    model::Signal signal{};
    model::Sample sample; // nothing but its time when nobody wants an explanation
    model::Decimal value; // mm[Hg]: of two minutes in a row the higher
    bool derived = false; // from systolic and diastolic
    bool extreme = false; // below the soft limit
};

// A minute of a site, and whether it may be scored as far as that is known without its neighbours.
struct MeanMinute {
    model::EventTime time; // of its median reading
    std::int64_t minute = 0;
    model::Decimal value;  // mm[Hg]
    model::Decimal lowest; // as reported
    bool usable = false;   // otherwise it only keeps systolic and diastolic from standing in
    bool derived = false;  // from those
    bool stream = false;
    bool extreme = false;  // all of it below the soft limit
    bool near_low = false; // as of this question
    bool over = false;     // nothing more can come to it: what was found out below holds
    std::optional<bool> artefact, yields;
    // What its neighbours make of it, as of this question and, once it is settled, for good.
    bool dropped = false;                  // an artefact
    bool neighbour = false;                // usable and none
    bool paired = false, followed = false; // close to the one before, to the one after
    std::optional<model::Decimal> scored;  // what it comes to
    // Stands for all minutes of a block that holds nothing low, at the last of them; none of the above says more.
    model::MinuteBlock const* row = nullptr;
    std::int64_t since() const { return row == nullptr ? minute : std::int64_t{row->first}; }
};

// One that may decide.
struct ScoredMinute {
    model::EventTime time;
    std::int64_t minute = 0;
    model::Decimal scored;
    bool derived = false;
};

// What the settled minutes of a window come to, without walking over them.
struct SettledMinutes {
    // Those that none later beats, oldest first: what stands at `begin` decides, until it leaves the window.
    std::vector<ScoredMinute> deciding;
    std::size_t begin = 0;
    std::optional<model::EventTime> last_low, last_dropped;
};

// Those that are over, oldest first: everything up to `known_to`, but for the minute in which the question begins.
struct MeanMinutes {
    std::vector<MeanMinute> list;
    std::size_t begin = 0;   // of list: those before it lie before the question
    std::size_t settled = 0; // of list: nothing that is still to come changes those before it
    SettledMinutes of_settled;
    model::EventTime known_to{std::numeric_limits<std::int64_t>::min()};
    std::int64_t begins_after = 0; // minute in which the last question began

    std::vector<MeanMinute> first; // of the minute in which the question begins: what of it counts moves on
    std::vector<MeanMinute> open;  // not over
    std::vector<MeanMinute> fresh; // just read

    // As new, but for the memory it holds.
    void clear() {
        for (auto* all : {&list, &first, &open, &fresh}) all->clear();
        begin = settled = of_settled.begin = 0;
        of_settled.deciding.clear();
        of_settled.last_low.reset();
        of_settled.last_dropped.reset();
        known_to = {std::numeric_limits<std::int64_t>::min()};
        begins_after = 0;
    }
};
using SiteMinutes = std::array<MeanMinutes, 2>;

struct Pressures {
    std::optional<Pressure> lowest; // of the window; for `now` the newest instead
    bool artefact_dropped = false;
    bool known = false; // some value may be scored
};

Pressures mean_pressures(Inquiry& q, model::Decimal threshold);

} // namespace vigil::scores
