#pragma once
// A timeline as one component of a score sees it. It notes which signals were looked at and where, found empty or not,
// so that what an answer depends on is known exactly and without anybody listing it.

#include "core/model/timeline.hpp"

#include <algorithm>
#include <limits>

namespace vigil::scores {

// What was looked at.
struct Reads {
    model::SignalSet any;
    model::SignalSet current; // up to the instant asked for: what arrives later counts
    model::SignalSet ahead;   // beyond it: whatever arrives counts
    model::SignalSet far;     // further back than `far_back`: what is forgotten counts
    // The earliest instant looked at, of all that is not far.
    model::EventTime since{std::numeric_limits<std::int64_t>::max()};

    // For another answer; what earlier ones rest on stays, but only the newest is concerned by what arrives.
    void add(Reads const& newer) {
        any |= newer.any;
        current = newer.current;
        ahead = newer.ahead;
        far |= newer.far;
        since = std::min(since, newer.since);
    }
};

class View {
public:
    static constexpr model::Duration far_back = model::hours(72);

    View(model::Timeline const& timeline, model::EventTime at)
        : timeline_{&timeline},
          at_{at} {}

    // As in model::Timeline.
    std::span<model::Sample const> range(model::Signal signal, model::EventTime after, model::EventTime to) const {
        note(signal, after, to);
        return timeline_->range(signal, after, to);
    }
    std::optional<model::Sample> latest(model::Signal signal, model::EventTime at, model::Duration max_age) const {
        auto found = timeline_->latest(signal, at, max_age);
        // Of equal settings the first within half an hour stands for them; a stream's minute needs the one before it.
        if (found)
            note(signal, found->time - model::hours(1), at);
        else
            note(signal, max_age.ms > 0 ? at - max_age - model::hours(1) : beginning, at);
        return found;
    }
    template <class Visit>
    void minutes(model::Signal signal, model::EventTime after, model::EventTime to, Visit&& visit) const {
        note(signal, after - model::minutes(2), to);
        timeline_->minutes(signal, after, to, visit);
    }
    template <class Plain>
    std::span<model::MinuteBlock const> plain_row(model::Signal signal, std::int64_t from, std::int64_t to,
                                                  Plain&& plain) const {
        note(signal, model::start_of_minute(from), model::start_of_minute(to));
        return timeline_->plain_row(signal, from, to, plain);
    }
    template <class Plain>
    std::span<model::MinuteBlock const> whole_row(model::Signal signal, std::int64_t from, std::int64_t to,
                                                  Plain&& plain) const {
        note(signal, model::start_of_minute(from), model::start_of_minute(to));
        return timeline_->whole_row(signal, from, to, plain);
    }
    std::span<model::MinuteBlock const> covering(model::Signal signal, std::int64_t first, std::int64_t last) const {
        note(signal, model::start_of_minute(first), model::start_of_minute(last + 1));
        return timeline_->covering(signal, first, last);
    }
    // Nothing of the signal at all: a short cut, which must not be told from finding nothing up to the instant asked
    // for.
    bool empty(model::Signal signal) const {
        note(signal, beginning, at_);
        return timeline_->empty(signal);
    }

    Reads const& reads() const { return reads_; }
    View unread() const { return {*timeline_, at_}; }
    // An answer that is taken over rests on these.
    void note(Reads const& others) const {
        reads_.any |= others.any;
        reads_.current |= others.current;
        reads_.ahead |= others.ahead;
        reads_.far |= others.far;
        reads_.since = std::min(reads_.since, others.since);
    }

private:
    static constexpr model::EventTime beginning{std::numeric_limits<std::int64_t>::min()};

    void note(model::Signal signal, model::EventTime since, model::EventTime to) const {
        const auto i = static_cast<std::size_t>(signal);
        reads_.any.set(i);
        if (to >= at_) reads_.current.set(i);
        if (to > at_) reads_.ahead.set(i);
        if (since < at_ - far_back)
            reads_.far.set(i);
        else
            reads_.since = std::min(reads_.since, since);
    }

    model::Timeline const* timeline_;
    model::EventTime at_;
    mutable Reads reads_; // noting changes no answer
};

} // namespace vigil::scores
