#include "core/scores/circuits.hpp"

#include "core/model/sample_order.hpp"

#include <algorithm>
#include <limits>

namespace vigil::scores {

using model::EventTime;
using model::Sample;
using model::Word;

namespace {

constexpr EventTime beginning{std::numeric_limits<std::int64_t>::min()};

bool runs(Sample const& s) { return s.is_word && s.word != Word::ended && s.word != Word::none; }

// Where what a setting says ends: at the next one, or when its own time is over.
EventTime end_of(std::span<Sample const> all, std::size_t i, EventTime open_end) {
    const auto next = i + 1 < all.size() ? all[i + 1].time : open_end;
    return all[i].until ? std::min(*all[i].until, next) : next;
}

} // namespace

std::vector<Sample> settings_of(Inquiry const& q, model::Signal signal) {
    std::vector<Sample> out;
    for (auto const& s : q.timeline.range(signal, beginning, q.at)) {
        constexpr auto kind = model::SignalKind::setting;
        const bool repeats = !out.empty() && slot_of(kind, out.back().time) == slot_of(kind, s.time) &&
                             same_meaning(out.back(), s) && out.back().until == s.until;
        if (!repeats) out.push_back(s);
    }
    return out;
}

std::vector<Circuit> circuits_in_question(Inquiry& q, model::Signal signal) {
    const auto all = settings_of(q, signal);
    const EventTime open_end = q.at + model::Duration{1};
    std::vector<Circuit> found;
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& s = all[i];
        if (s.until) q.due.at(*s.until);
        if (!runs(s)) continue;
        const auto to = end_of(all, i, open_end);
        if (to <= s.time) continue;
        const bool same = !found.empty() && found.back().sample.word == s.word && found.back().to == s.time;
        if (same)
            found.back().sample = s;
        else
            found.push_back({s, s.time, to, false, found.empty() ? std::nullopt : std::optional{found.back().to}});
        found.back().running = to == open_end;
        found.back().to = std::min(to, q.at);
    }
    // In the window's first instant, a millisecond behind its open end, what ends there is over.
    std::erase_if(found,
                  [&](Circuit const& c) { return q.now() ? !c.running : !c.running && c.to.ms <= q.after.ms + 1; });
    for (auto const& c : found)
        if (!c.running && q.key.product != model::Product::day) q.due.at(c.to + q.window() - model::Duration{1});
    return found;
}

bool attested(Inquiry const& q, model::Signal signal, EventTime t) {
    const auto s = q.timeline.latest(signal, t, {});
    return s && s->is_word && s->word == Word::yes && !(s->until && *s->until <= t);
}

bool attested_now(Inquiry& q, model::Signal signal) {
    if (const auto s = q.timeline.latest(signal, q.at, {}); s && s->until) q.due.at(*s->until);
    return attested(q, signal, q.at);
}

std::vector<AttestedSpan> attested_spans(Inquiry& q, model::Signal signal) {
    const auto all = q.timeline.range(signal, beginning, q.at);
    const EventTime open_end = q.at + model::Duration{1};
    std::vector<AttestedSpan> out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& s = all[i];
        if (s.until) q.due.at(*s.until);
        const auto to = end_of(all, i, open_end);
        if (!s.is_word || s.word != Word::yes || to <= q.after || to <= s.time) continue;
        out.push_back({s, s.time, to});
    }
    return out;
}

} // namespace vigil::scores
