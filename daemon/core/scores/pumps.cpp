#include "core/scores/pumps.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Sample;
using model::stops;

namespace {

std::size_t voice_of(Sample const& s, std::vector<Voice>& all) {
    const bool names = s.pump.known();
    const auto known = std::find_if(
        all.begin(), all.end(), [&](Voice const& v) { return v.names == names && (!names || v.source == s.source); });
    if (known != all.end()) return static_cast<std::size_t>(known - all.begin());
    all.push_back({s.source, names, {}, {}});
    return all.size() - 1;
}

void add_word(Voice& v, Sample const& s, std::size_t turn) {
    auto known = std::find_if(v.pumps.begin(), v.pumps.end(), [&s](Pump const& p) { return p.name == s.pump; });
    if (known == v.pumps.end()) known = v.pumps.insert(v.pumps.end(), {s.pump, {}, {}, false});
    known->said.push_back(&s);
    known->steady = known->said.size() > 1;
    v.words.push_back({&s, static_cast<std::size_t>(known - v.pumps.begin()), turn});
}

void find_twins(Voice& v) {
    for (std::size_t i = 1; i < v.words.size(); ++i) {
        auto const &a = v.words[i - 1], &b = v.words[i];
        if (!a.pump || !b.pump || a.pump == b.pump || a.told->time != b.told->time) continue;
        if (!stops(*a.told) && !stops(*b.told)) v.pumps[*a.pump].steady = v.pumps[*b.pump].steady = true;
    }
}

// A pump as far as it was heard of.
struct Heard {
    Pump& pump;
    std::size_t words = 0;
    EventTime since; // it has run without a pause
    bool open = false;

    EventTime last() const { return pump.said[words - 1]->time; }
    Duration limit(SofaTables const& t) const { return silence(t, {pump.said.data(), words}); }
    void begin(Voice::Word const& w, EventTime at, Duration gap) {
        auto& holds = pump.holds;
        if (holds.empty() || w.told->time - holds.back().until > gap) since = w.told->time;
        holds.push_back({w.told, at, true, {}, at, w.turn});
        open = true;
    }
    void end(EventTime at, EventTime known_to) {
        auto& hold = pump.holds.back();
        hold.until = at;
        hold.known_to = known_to;
        hold.open = open = false;
    }
};

// Until when it ran for certain, or is taken to have run: a feed that has fallen silent may have been unplugged, what
// is charted is not said again.
EventTime known_to(SofaTables const& t, Heard const& p) {
    const auto limit = p.limit(t);
    return limit <= t.feed_silent ? p.last() : p.last() + limit;
}

// What `s`, told of `own`, means for another pump that runs.
void hear_beside(SofaTables const& t, Heard const& own, Sample const& s, Heard& other) {
    // Names that come but once are those of rows: the newest says what is given.
    if (!own.pump.steady && !other.pump.steady) return other.end(s.time, other.last());
    const auto unheard = s.time - other.last();
    if (unheard <= std::min(t.feed_silent, t.charting_silent) || unheard <= other.limit(t)) return;
    // Not heard while this one was. One that took over from it explains that; one that infused beside it does not.
    if (own.open) {
        const auto together = std::min(s.time, known_to(t, other)) - std::max(own.since, other.since);
        if (together <= t.relay_max) other.end(std::max(other.last(), own.since), other.last());
    } else if (!stops(s) && own.pump.holds.empty()) {
        other.end(s.time, other.last());
    }
}

void hold(Inquiry const& q, Voice& v) {
    auto const& t = q.rules.tables.sofa;
    find_twins(v);
    std::vector<Heard> heard;
    heard.reserve(v.pumps.size());
    for (auto& p : v.pumps) heard.push_back({p, 0, {}, false});
    std::vector<std::size_t> open;
    const auto still_open = [&] { std::erase_if(open, [&heard](std::size_t i) { return !heard[i].open; }); };
    for (auto const& w : v.words) {
        if (!w.pump) {
            for (const auto i : open) heard[i].end(w.told->time, heard[i].last());
            open.clear();
            continue;
        }
        auto& own = heard[*w.pump];
        for (const auto i : open)
            if (i != *w.pump) hear_beside(t, own, *w.told, heard[i]);
        if (own.open) own.end(w.told->time, w.told->time);
        still_open();
        ++own.words;
        if (stops(*w.told)) continue;
        own.begin(w, q.at, t.infusion_gap);
        open.push_back(*w.pump);
    }
    for (const auto i : open) {
        auto& last = heard[i].pump.holds.back();
        last.limit = heard[i].limit(t);
        last.known_to = std::min(q.at, known_to(t, heard[i]));
    }
}

} // namespace

bool several_pumps(std::span<Sample const> rates) {
    std::set<std::pair<model::SourceId, model::PumpId>> names;
    Sample const* before = nullptr;
    bool steady = false;
    for (auto const& s : rates) {
        if (!s.pump.known()) continue;
        const bool follows = before != nullptr && before->source == s.source;
        if (follows && before->pump == s.pump)
            steady = true;
        else if (!names.insert({s.source, s.pump}).second)
            steady = true;
        else if (follows && before->time == s.time && !stops(*before) && !stops(s))
            steady = true;
        before = &s;
    }
    const auto of_one = [](auto const& a, auto const& b) { return a.first == b.first; };
    return steady && std::adjacent_find(names.begin(), names.end(), of_one) != names.end();
}

Voices voices_of(Inquiry const& q, std::span<Sample const> rates) {
    Voices out;
    for (auto const& s : rates) {
        const auto voice = voice_of(s, out.all);
        if (out.turns.empty() || out.turns.back().voice != voice) {
            if (!out.turns.empty()) out.turns.back().to = s.time;
            out.turns.push_back({voice, s.time, q.at});
        }
        const auto turn = out.turns.size() - 1;
        add_word(out.all[voice], s, turn);
        // Who says that the drug is stopped says so of every pump.
        if (!stops(s) || s.pump.known()) continue;
        for (std::size_t v = 0; v < out.all.size(); ++v)
            if (v != voice) out.all[v].words.push_back({&s, std::nullopt, turn});
    }
    for (auto& v : out.all) hold(q, v);
    return out;
}

std::vector<Hold> holds_of(Voices const& voices) {
    std::vector<Hold> out;
    for (std::size_t v = 0; v < voices.all.size(); ++v)
        for (auto const& p : voices.all[v].pumps)
            for (auto h : p.holds) {
                const bool speaks = h.open && voices.turns.back().voice == v;
                if (!speaks && h.turn + 1 < voices.turns.size() && voices.turns[h.turn + 1].from <= h.until) {
                    h.until = voices.turns[h.turn + 1].from;
                    h.open = false;
                }
                out.push_back(h);
            }
    return out;
}

} // namespace vigil::scores
