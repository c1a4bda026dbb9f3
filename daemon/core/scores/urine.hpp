#pragma once
// Urine over a day (scores.md 3.6, 0.10).

#include "core/scores/inquiry.hpp"

#include <limits>
#include <span>
#include <vector>

namespace vigil::scores {

// The day that ends with one charting. Volumes are summed in thousandths of a millilitre.
struct Urine {
    model::Signal signal = model::Signal::uo;
    model::EventTime at;
    model::Duration covered;
    std::int64_t volume = 0;              // 0.001 mL
    model::Sample const* last = nullptr;  // the charting that ends it
    model::Sample const* first = nullptr; // the oldest in it
    bool enough = false;                  // of the day is covered

    std::optional<model::Ratio> ml_per_day(model::Duration day) const;
    // Less urine a day than the other.
    bool below(Urine const& other) const;
};

// A charted volume and the time it covers.
struct UrineChart {
    model::Sample sample;
    model::EventTime from, to;
    bool known = true;        // since when is known
    std::int64_t volume = 0;  // of this and all before it
    std::int64_t covered = 0; // ms, of this and all before it
    // For hours that end with it: since when every minute is covered, and of this and all before it how many are more
    // than nothing and how many begin where nobody charted.
    model::EventTime since;
    std::int32_t more = 0, begun = 0;
};

// What came in some hours.
struct UrineVolume {
    model::Ratio ml;
    bool nothing = true; // every single volume is 0
    model::Sample const *first = nullptr, *last = nullptr;
};

// What is said of a charting rests on those before it.
struct UrineSums {
    std::int64_t volume = 0, covered = 0;
    model::EventTime covered_to{std::numeric_limits<std::int64_t>::min()}; // by what is known
    model::EventTime told_to{std::numeric_limits<std::int64_t>::min()};    // by that, or by what is not
    std::optional<model::EventTime> before;                                // charted at an instant before
    model::EventTime since;
    std::int32_t more = 0, begun = 0;
};

// What was charted, and room to work out days in. Where nothing is told with a beginning of its own, and the room is
// kept, what was charted up to `read_to` is not read again.
struct UrineDays {
    std::vector<UrineChart> charts; // from `kept_from` on
    UrineSums sums;                 // of all of them
    std::vector<Urine> days;
    bool plain = false; // none of them, nor what was passed over, has a beginning of its own
    model::EventTime kept_from, read_to;

    // As new, but for the memory it holds.
    void clear() {
        charts.clear();
        days.clear();
        sums = {};
        plain = false;
    }
};

// The day that ends with each charting in (after, q.at], oldest first: the volumes whose intervals end in it. A charted
// volume covers the time since the charting before it; the first of all, and one after a silence longer than
// `urine_interval`, covers a time nobody knows and counts for nothing. What is covered is scaled to the day. A
// collection over a day is such a day by itself and is never added to single volumes.
// Valid until the next question that the same room is for, and as long as it.
std::span<Urine const> urine_days(Inquiry& q, model::EventTime after, UrineDays& room);

// Only the collections over a day that end in (after, q.at], by their end; those that are not as long as a day
// (`urine_min` to `urine_max`) are not `enough`. Valid as above.
std::span<Urine const> urine_totals(Inquiry& q, model::EventTime after, UrineDays& room);

// Every charted volume with the time it covers, from `after` to q.at and perhaps some before, by its end; after a
// silence longer than `longest` that time is not known. Valid as above.
std::span<UrineChart const> urine_charts(Inquiry& q, model::EventTime after, model::Duration longest, UrineDays& room);
// The volume of the time `over` that ends with the last of the charts, each counted for its share of it; empty when
// some of that time is not covered.
std::optional<UrineVolume> urine_over(std::span<UrineChart const> charts, model::Duration over);

// mL over so long at the rate, for a patient of this weight; empty when nobody knows that, or the rate is of nothing at
// all.
std::optional<model::Ratio> limit_of(UrineRate const& rate, std::optional<model::Decimal> kg, model::Duration over);

// The oldest charting that counts, with the hours that its volume and those after it came in.
model::Evidence first_counted(model::Signal signal, model::Sample const& first, model::Duration over,
                              model::Verdict verdict, model::Reason reason);

} // namespace vigil::scores
