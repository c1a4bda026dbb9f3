#pragma once
// What scores worked out of the settled part of one patient's past: minutes that have been over for so long that what
// is told of them has mostly come. It is lent by who asks again and again of one patient (the live loop), and every
// answer is the same without it, in every field: whatever changes where something settled looked, or is forgotten
// there, takes it away, and the next question works it out again.

#include "core/scores/saturation.hpp"
#include "core/scores/ventilator.hpp"
#include "core/scores/vitals.hpp"

#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace vigil::scores {

// What is settled looked no further ahead of its own instant than this: of a setting its half hour is read.
inline constexpr model::Duration looks_ahead = model::minutes(30);
// What came so late, was corrected or summed up so long ago is seldom found in what is settled.
inline constexpr model::Duration settles_after = looks_ahead + model::minutes(15);

// What a settled part of an answer rests on: all that was looked at, before `before`.
struct Rests {
    Reads reads;
    model::EventTime before{std::numeric_limits<std::int64_t>::min()};
    bool stands(model::Signal signal, model::PastChange const& change) const;
};

// Something worked out of (after, known_to], part of a window that moves on.
struct SettledStretch {
    Rests rests;
    model::EventTime after, known_to;
    // It is part of the question's window, and the rest begins at `known_to`.
    bool is_within(Inquiry const& q) const;
    void begin(Inquiry const& q) { after = known_to = q.after; }
    void settle(Inquiry const& q, model::EventTime to);
};

// The worst two of the plateaus.
struct SettledMechanics : SettledStretch {
    WorstMechanics worst;
};

// Of the minutes the one that decides, the one with the highest upper bound, and what was refused.
struct SettledVital : SettledStretch {
    RangeTable table; // by which they were judged: one that is worked out for the patient may be another the next time
    std::optional<KeptVital> worst, most; // `most` empty: it is the worst itself
    std::vector<RefusedVital> refused;    // the newest of each reason
    bool judged_by(RangeTable const& other) const;
};

// The quarter hours of saturation that lie in it as a whole, not rated.
struct SettledQuarters : SettledStretch {
    std::vector<QuarterHour> list;
};

class Settled {
public:
    // Takes away what does not stand any more, by what the timeline says of itself.
    void keep_up(model::Timeline& timeline);

    std::map<std::tuple<model::ScoreKey, model::Part, model::Signal>, SettledVital>
        vitals; // part and signal of the table
    std::map<model::Product, SettledMechanics> mechanics;
    std::map<std::pair<model::Product, Estimates>, SettledQuarters> quarters;
};

// What this question may take from the settled past and leave to it; nullptr: nothing. Where nobody looks at the
// evidence there is less of it, and a first day that is over ends before the instant asked for.
Settled* settled_for(Inquiry const& q);

} // namespace vigil::scores
