#pragma once
// A part of a component's answer that is kept in its notes by the rule by which Memory keeps whole components: it is
// worked out anew when something it looked at has changed, or an instant it named itself has come.

#include "core/scores/inquiry.hpp"

#include <memory>

namespace vigil::scores {

template <class T>
struct Remembered {
    T value;
    Reads reads;
    model::EventTime due, detail;
    model::EventTime after; // the window it was asked for

    // `changed`: signals that have told something new since.
    bool stands(Inquiry const& q, model::SignalSet const& changed) const {
        if (q.key.product == model::Product::day && q.after != after)
            return false; // nothing leaves: the next day began
        return (reads.current & changed).none() && q.at < due && q.at < detail;
    }
};

template <class T, class Work>
void answer_anew(Inquiry const& q, Remembered<T>& kept, Work&& work) {
    Inquiry inner{q};
    inner.timeline = q.timeline.unread();
    inner.due = inner.detail = Due{q.at};
    kept.value = work(inner);
    kept.reads = inner.timeline.reads();
    kept.due = inner.due.when();
    kept.detail = inner.detail.when();
    kept.after = q.after;
}
template <class T, class Work>
Remembered<T> answer_of(Inquiry const& q, Work&& work) {
    Remembered<T> first;
    answer_anew(q, first, work);
    return first;
}

template <class T>
T const& told(Inquiry& q, Remembered<T> const& kept, Reads const& reads) {
    q.timeline.note(reads);
    q.due.at(kept.due);
    q.detail.at(kept.detail);
    return kept.value;
}

// What `work(Inquiry&)` answers. It may look at nothing but the inquiry it is given, and its answer must not point into
// the timeline. Whoever does not ask for it each time throws it away when it does not: what changed until then is not
// told again.
template <class T, class Work>
T const& remembered(Inquiry& q, std::unique_ptr<Remembered<T>>& kept, Work&& work) {
    if (!kept)
        kept = std::make_unique<Remembered<T>>(answer_of<T>(q, work));
    else if (!kept->stands(q, q.changed))
        answer_anew(q, *kept, work);
    return told(q, *kept, kept->reads);
}

// The same for several components, which work it out once. What the work leaves itself for the next time rests on all
// it ever looked at; whoever keeps this throws it away when anything of that changes in the past.
template <class T>
struct Shared {
    std::optional<Remembered<T>> kept;
    Reads reads;
    model::SignalSet changed; // since it was worked out
};

template <class T, class Work>
T const& shared(Inquiry& q, Shared<T>& s, Work&& work) {
    if (!s.kept || !s.kept->stands(q, s.changed)) {
        if (s.kept)
            answer_anew(q, *s.kept, work);
        else
            s.kept.emplace(answer_of<T>(q, work));
        s.reads.add(s.kept->reads);
        s.changed.reset();
    }
    return told(q, *s.kept, s.reads);
}

} // namespace vigil::scores
