#pragma once
// A part of a component's answer that is kept in its notes by the rule by which Memory keeps whole components: it is
// worked out anew when something it looked at has changed, or an instant it named itself has come.

#include "core/scores/inquiry.hpp"

namespace vigil::scores {

template <class T>
struct Remembered {
    T value;
    Reads reads;
    std::optional<model::EventTime> due, detail;
    model::EventTime after; // the window it was asked for

    bool stands(Inquiry const& q) const {
        if (q.key.product == model::Product::day && q.after != after)
            return false; // nothing leaves: the next day began
        const auto past = [&q](std::optional<model::EventTime> t) { return t && *t <= q.at; };
        return (reads.current & q.changed).none() && !past(due) && !past(detail);
    }
};

// What `work(Inquiry&)` answers. It may look at nothing but the inquiry it is given, and its answer must not point into
// the timeline.
template <class T, class Work>
T const& remembered(Inquiry& q, std::optional<Remembered<T>>& kept, Work&& work) {
    if (!kept || !kept->stands(q)) {
        Inquiry inner{q};
        inner.timeline = q.timeline.unread();
        inner.due = inner.detail = Due{q.at};
        auto value = work(inner);
        kept.emplace(
            Remembered<T>{std::move(value), inner.timeline.reads(), inner.due.next(), inner.detail.next(), q.after});
    }
    q.timeline.note(kept->reads);
    if (kept->due) q.due.at(*kept->due);
    if (kept->detail) q.detail.at(*kept->detail);
    return kept->value;
}

} // namespace vigil::scores
