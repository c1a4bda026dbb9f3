#pragma once
// Oxygenation from the pulse oximeter when there is no arterial gas (scores.md 3.2, 5.4, 0.10): the median saturation
// of a quarter hour, at least half its samples valid, the oxygen unchanged.

#include "core/scores/bands.hpp"
#include "core/scores/oxygen.hpp"

#include <limits>
#include <vector>

namespace vigil::scores {

struct Saturation {
    model::Sample sample; // the median minute's reading
    model::Ratio percent;
    Inspired inspired;
    model::EventTime last; // of its quarter hour's readings
    Support support;
    std::optional<model::Ratio> pf;  // imputed, or the bound that it is not below
    bool bound = false;              // saturation too high to impute from: P/F is at least `pf`
    std::optional<PointRange> exact; // the points themselves
    std::int32_t upper = 4;          // the most it can mean
    bool unread = false; // nobody can read its oxygen: nothing above is filled in but sample, oxygen and last
};

// How a score rates a saturation: the devices that count as support, and what fills `exact` and `upper`; nullptr: the
// score needs none of these.
struct Rating {
    std::span<model::Word const> support;
    void (*rate)(Inquiry const& q, Saturation& s);
    Estimates estimates = Estimates::by_device;
};

struct QuarterHour {
    std::int64_t number = 0;
    model::EventTime first, last; // reading in it
    std::uint32_t total = 0;
    bool was_judged = false; // to nothing, perhaps
    std::optional<Saturation> judged;
};

// Those that are over, oldest first: everything up to `known_to`.
struct WholeQuarters {
    std::vector<QuarterHour> list;
    std::optional<QuarterHour> open; // as it was when it was not over
    model::EventTime known_to{std::numeric_limits<std::int64_t>::min()};

    // As new, but for the memory it holds.
    void clear() {
        list.clear();
        open.reset();
        known_to = {std::numeric_limits<std::int64_t>::min()};
    }
};

// The quarter hours of (after, at] that can be judged.
struct QuarterHours {
    WholeQuarters own;                    // when the inquiry has no notes
    std::optional<QuarterHour> cut, open; // by the window's beginning; by the instant asked for
    std::span<QuarterHour const> whole;

    // visit(Saturation const&), oldest first, of those that can be judged.
    template <class Visit>
    void each(Visit&& visit) const {
        each_seen([&](Saturation const& s) {
            if (!s.unread) visit(s);
        });
    }
    // The same with those whose oxygen nobody can read.
    template <class Visit>
    void each_seen(Visit&& visit) const {
        if (cut && cut->judged) visit(*cut->judged);
        for (auto const& h : whole)
            if (h.judged) visit(*h.judged);
        if (open && open->judged) visit(*open->judged);
    }
};
void quarter_hours(Inquiry& q, Rating const& rating, QuarterHours& out);
// The newest in the window that may be worse than all that could be judged, as nobody can read its oxygen.
std::optional<Saturation> newest_unread(QuarterHours const& all);
// What that comes to: flagged, its readings behind those of the part, the bound open.
void append_unread(Inquiry const& q, model::ScorePart& part, Saturation const& s);
// The fifteen minutes up to `at`, its newest reading not older than a saturation may be. Where nobody can read its
// oxygen it is `unread`, and there is none.
std::optional<Saturation> last_quarter_hour(Inquiry& q, Rating const& rating,
                                            std::optional<Saturation>* unread = nullptr);
// A quarter hour of the wall clock.
constexpr std::int64_t quarter_ms = 15 * model::minute_ms;
constexpr std::int64_t quarter_of(model::EventTime t) { return t.ms / quarter_ms - (t.ms % quarter_ms < 0 ? 1 : 0); }

} // namespace vigil::scores
