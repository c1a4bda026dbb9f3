#include "core/scores/dialysis.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Sample;
using model::Word;

namespace {

// Equal entries of one such span may have been thinned to the first: nothing here may rest on the others.
constexpr std::int64_t slot_ms = model::span_ms(model::SignalKind::setting);
EventTime start_of_slot(EventTime t) {
    const auto rest = t.ms % slot_ms;
    return {t.ms - (rest < 0 ? rest + slot_ms : rest)};
}

bool is_session(Sample const& s) { return s.is_word && (s.word == Word::ihd || s.word == Word::sled); }
bool is_continuous(Sample const& s) { return s.is_word && s.word == Word::crrt; }
bool over(Sample const& s, EventTime t) { return s.until && *s.until <= t; }

struct Sessions {
    std::int32_t count = 0;
    std::optional<Sample> last;
};

// Entries in a row are one session unless it was over in between or they are far apart.
Sessions sessions_since(Inquiry& q, std::span<Sample const> entries, EventTime since, DialysisRule const& rule) {
    Sessions out;
    for (std::size_t i = 0; i < entries.size();) {
        if (!is_session(entries[i])) {
            ++i;
            continue;
        }
        auto last = i;
        while (last + 1 < entries.size() && is_session(entries[last + 1]) &&
               !over(entries[last], entries[last + 1].time) &&
               start_of_slot(entries[last + 1].time) - start_of_slot(entries[last].time) < rule.session_apart)
            ++last;
        const auto told = std::max(entries[i].time, start_of_slot(entries[last].time));
        q.due.at(told + rule.within);
        if (told > since) {
            ++out.count;
            out.last = entries[last];
        }
        i = last + 1;
    }
    return out;
}

struct Stretch {
    EventTime from, to;
};

struct Continuous {
    std::vector<Stretch> stretches; // in order, none of them overlap
    Duration length;
    std::optional<Sample> last;
    bool running = false; // at the instant asked for
};

// Each entry holds until the next, until its end, or for a while after it was told.
Continuous continuous_since(Inquiry const& q, std::span<Sample const> entries, EventTime since,
                            DialysisRule const& rule) {
    Continuous out;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        auto const& s = entries[i];
        if (!is_continuous(s)) continue;
        auto to = s.until ? *s.until : start_of_slot(s.time) + Duration{slot_ms} + rule.continuous_for;
        if (i + 1 < entries.size()) to = std::min(to, entries[i + 1].time);
        const bool running = to > q.at;
        const auto from = std::max(s.time, since);
        to = std::min(to, q.at);
        if (from > to || (from == to && !running)) continue;
        out.stretches.push_back({from, to});
        out.length = out.length + (to - from);
        out.last = s;
        out.running = running;
    }
    return out;
}

// The earliest instant at which the length can pass from one side of the rule to the other.
void name_passing(Inquiry& q, Continuous const& c, DialysisRule const& rule) {
    if (c.length < rule.continuous) {
        if (c.running) q.due.at(q.at + (rule.continuous - c.length));
        return;
    }
    auto spare = c.length - rule.continuous;
    for (auto const& s : c.stretches) {
        if (s.to - s.from > spare) {
            q.due.at(s.from + spare + rule.within + Duration{1});
            return;
        }
        spare = spare - (s.to - s.from);
    }
}

} // namespace

std::optional<Sample> unreadable_replacement(Inquiry& q, Duration within) {
    const auto last = q.timeline.latest(model::Signal::rrt, q.at, within);
    if (!last || !is_unreadable(*last)) return std::nullopt;
    q.outlives(last->time, within);
    return last;
}

std::optional<Sample> enough_dialysis(Inquiry& q, DialysisRule const& rule) {
    const auto entries = q.timeline.range(model::Signal::rrt, {std::numeric_limits<std::int64_t>::min()}, q.at);
    if (entries.empty()) return std::nullopt;
    const auto since = q.at - rule.within;
    const auto sessions = sessions_since(q, entries, since, rule);
    const auto continuous = continuous_since(q, entries, since, rule);
    name_passing(q, continuous, rule);
    std::optional<Sample> newest;
    if (sessions.count >= rule.sessions) newest = sessions.last;
    if (continuous.length >= rule.continuous && (!newest || continuous.last->time > newest->time))
        newest = continuous.last;
    return newest;
}

} // namespace vigil::scores
