#include "core/scores/replacement.hpp"

#include "core/scores/circuits.hpp"

#include <algorithm>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Signal;
using model::Word;

Replacement replacement(Inquiry& q, ReplacementRule const& rule) {
    const auto from = q.now() ? q.at : EventTime{q.after.ms + 1};
    // Something that ends at `t` is before the question's first instant from then on.
    const auto passes = [&](EventTime t) { q.due.at(t + (q.now() ? Duration{} : q.window() - Duration{1})); };
    Replacement out;
    const auto all = settings_of(q, Signal::rrt);
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& s = all[i];
        if (!s.is_word) continue;
        passes(s.time);
        if (s.word == Word::ended && s.time <= from) out.session.reset();
        const bool last = i + 1 == all.size();
        if (is_unreadable(s)) {
            // Of a session that is held it says nothing.
            const auto lost_to = last ? s.time + rule.held : std::min(s.time + rule.held, all[i + 1].time);
            passes(lost_to);
            if (lost_to > from) out.lost = s;
            continue;
        }
        const bool intermittent = s.word == Word::ihd || s.word == Word::sled;
        if (!intermittent && s.word != Word::crrt && s.word != Word::pd) continue;
        if (intermittent) {
            const auto held_to = std::max(s.time, s.until ? *s.until : s.time) + rule.held;
            passes(held_to + Duration{1});
            if (held_to >= from) out.session = s;
            continue;
        }
        auto known_to = s.time + rule.carried, lost_to = s.time + rule.held;
        if (s.until) known_to = lost_to = *s.until;
        if (!last) {
            // That it ended says that it had run until then; any other word says nothing of a long silence before it.
            const auto next = all[i + 1].time;
            const bool ends = all[i + 1].word == Word::ended && !s.until;
            known_to = ends ? next : std::min(known_to, next);
            lost_to = ends ? next : std::min(lost_to, next);
        }
        for (auto end : {known_to, lost_to}) passes(end);
        if (known_to > from) out.continuous = s;
        if (lost_to > from && lost_to > known_to && known_to <= q.at) out.lost = s;
        if (known_to > q.at) q.due.at(known_to);
    }
    return out;
}

} // namespace vigil::scores
