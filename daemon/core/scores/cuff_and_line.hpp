#pragma once
// Mean pressures of cuff and line beside each other (scores.md 13.4): further apart than they may be at two cuff
// measurements in a row. The line counts all the same; somebody is to look at both.

#include "core/scores/inquiry.hpp"

#include <limits>

namespace vigil::scores {

// A mean as it was told.
struct ToldMean {
    model::Signal signal{};
    model::Sample sample;
    model::Decimal mmhg;
};

// The second of two cuff measurements in a row that were far from the line.
struct CuffLineApart {
    model::EventTime time;
    ToldMean cuff, line;
    bool lasts = true; // none after it agreed, or had no line beside it
};

// What the cuff's minutes that are over come to: everything before `known_to`.
struct ComparedCuffs {
    struct Measurement {
        model::EventTime time;
        bool derived = false, apart = false;
    };
    std::optional<Measurement> last;
    std::optional<CuffLineApart> newest;
    model::EventTime known_to{std::numeric_limits<std::int64_t>::min()};
};

// Flags the newest of the window, where it is later than `since`; for `now` one that lasts.
void append_cuff_and_line(Inquiry& q, model::ScorePart& part,
                          model::EventTime since = {std::numeric_limits<std::int64_t>::min()});

} // namespace vigil::scores
