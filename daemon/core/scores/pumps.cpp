#include "core/scores/pumps.hpp"

#include <algorithm>
#include <optional>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Sample;
using model::stops;

namespace {

// What one pump said, and how long it holds.
struct Pump {
    model::SourceId source;
    model::PumpId name; // not known: somebody who names no pump speaks of the drug
    std::vector<Sample const*> said, to_say;
    std::vector<Hold> holds;
    EventTime since;   // it has run without a pause
    bool open = false; // the last of what it said holds on

    EventTime heard() const { return said.back()->time; }
    void begin(Sample const& s, EventTime at, Duration gap) {
        if (holds.empty() || s.time - holds.back().until > gap) since = s.time;
        holds.push_back({&s, at, true, {}, at});
        open = true;
    }
    void end(EventTime at, EventTime known_to) {
        holds.back().until = at;
        holds.back().known_to = known_to;
        holds.back().open = open = false;
    }
};

// In the order in which they are first heard of.
std::vector<Pump> pumps_of(std::span<Sample const> rates) {
    std::vector<Pump> out;
    const auto of = [&out](Sample const& s) {
        const auto known = std::find_if(out.begin(), out.end(),
                                        [&s](Pump const& p) { return p.source == s.source && p.name == s.pump; });
        if (known != out.end()) return known;
        out.push_back({s.source, s.pump, {}, {}, {}, {}, false});
        return out.end() - 1;
    };
    for (auto const& s : rates) of(s)->to_say.push_back(&s);
    for (auto& p : out) std::reverse(p.to_say.begin(), p.to_say.end());
    return out;
}

bool beside(Pump const& a, Pump const& b) { return a.source == b.source && a.name.known() && b.name.known(); }

// Until when it ran for certain, or is taken to have run. A pump that has fallen silent may have been unplugged; what
// is charted is not said again.
EventTime known_to(SofaTables const& t, EventTime heard, Duration limit, EventTime carried_to) {
    return limit <= t.feed_silent ? heard : carried_to;
}

// Another pump begins at `t`: is this one heard of again, or does it give way? Of a feed that is not yet known while it
// is not overdue.
bool goes_on(Inquiry const& q, Pump const& p, EventTime t, Duration limit) {
    if (p.heard() == t) return true;
    if (!p.to_say.empty()) return p.to_say.back()->time - p.heard() <= limit;
    return limit <= q.rules.tables.sofa.feed_silent && q.at - p.heard() <= limit;
}

// What `s`, told of `own`, means for another pump that runs.
void hear_beside(Inquiry const& q, Pump const& own, Sample const& s, Pump& other) {
    auto const& t = q.rules.tables.sofa;
    // Whoever speaks of the drug without naming a pump, or for another system, says what is given of it.
    if (!beside(own, other)) return other.end(s.time, other.heard());
    const auto limit = silence(t, other.said);
    const auto carried_to = other.heard() + limit;
    const auto known = known_to(t, other.heard(), limit, carried_to);
    if (!own.open) {
        if (!stops(s) && !goes_on(q, other, s.time, limit)) other.end(s.time, other.heard());
        return;
    }
    // Not heard while this one was. One that took over from it explains that; one that infused beside it does not.
    if (s.time > carried_to && std::min(s.time, known) - std::max(own.since, other.since) <= t.relay_max)
        other.end(carried_to, known);
}

std::vector<Pump> held(Inquiry const& q, std::span<Sample const> rates) {
    auto const& t = q.rules.tables.sofa;
    auto pumps = pumps_of(rates);
    for (auto const& s : rates) {
        auto& own = *std::find_if(pumps.begin(), pumps.end(),
                                  [&s](Pump const& p) { return p.source == s.source && p.name == s.pump; });
        for (auto& other : pumps)
            if (&other != &own && other.open) hear_beside(q, own, s, other);
        if (own.open) own.end(s.time, s.time);
        own.said.push_back(&s);
        own.to_say.pop_back();
        if (!stops(s)) own.begin(s, q.at, t.infusion_gap);
    }
    for (auto& p : pumps) {
        if (!p.open) continue;
        auto& last = p.holds.back();
        last.limit = silence(t, p.said);
        last.known_to = known_to(t, p.heard(), last.limit, std::min(q.at, p.heard() + last.limit));
    }
    return pumps;
}

// A rate of one pump, told once or again and again.
struct Piece {
    Segment told;
    EventTime ends;     // what runs on does at the instant asked for
    EventTime known_to; // that it ran
    std::size_t stretch = 0;
};

// A pump that was heard without a pause.
struct Stretch {
    EventTime from, known_to;
    bool running = false;
};

struct Pieces {
    std::vector<std::vector<Piece>> by_pump;
    std::vector<Stretch> stretches;
};

Piece piece_of(Inquiry& q, Hold const& h) {
    Piece out{segment_of(q, h), {}, h.known_to, 0};
    out.ends = out.told.running ? q.at : out.told.to;
    out.known_to = std::min(out.known_to, out.ends);
    return out;
}

Pieces pieces_of(Inquiry& q, std::vector<Pump> const& pumps) {
    Pieces out;
    const auto gap = q.rules.tables.sofa.infusion_gap;
    for (auto const& p : pumps) {
        auto& pieces = out.by_pump.emplace_back();
        for (auto const& h : p.holds) {
            auto next = piece_of(q, h);
            const bool follows = !pieces.empty() && next.told.from - pieces.back().ends <= gap;
            if (follows) {
                next.stretch = out.stretches.size() - 1;
                auto& stretch = out.stretches.back();
                stretch.known_to = next.known_to;
                stretch.running = next.told.running;
            } else {
                next.stretch = out.stretches.size();
                out.stretches.push_back({next.told.from, next.known_to, next.told.running});
            }
            auto* last = pieces.empty() ? nullptr : &pieces.back();
            if (last != nullptr && last->ends == next.told.from && same_rate(*last->told.rate, *next.told.rate)) {
                const auto from = last->told.from;
                auto const* rate = last->told.rate;
                *last = next;
                last->told.from = from;
                last->told.rate = rate;
            } else {
                pieces.push_back(std::move(next));
            }
        }
    }
    return out;
}

// Two pumps infuse; in less than the time of a relay one takes over from the other.
bool infuse_together(Inquiry& q, Stretch const& a, Stretch const& b) {
    const auto relay = q.rules.tables.sofa.relay_max;
    const auto since = std::max(a.from, b.from);
    if (a.running && b.running) q.due.at(since + relay + Duration{1});
    return std::min(a.known_to, b.known_to) - since > relay;
}

bool comparable(Sample const& a, Sample const& b) {
    return !a.is_word && !b.is_word && a.unit == b.unit && a.salt == b.salt;
}

// Of what runs at one time the greatest, or where that cannot be said the newest; and every other that infuses with all
// of those.
std::vector<Piece const*> together(Inquiry& q, Pieces const& all, std::vector<Piece const*> open) {
    if (open.size() < 2) return open;
    const bool by_rate = std::all_of(open.begin(), open.end(), [&open](Piece const* p) {
        return comparable(*p->told.rate, *open.front()->told.rate);
    });
    std::stable_sort(open.begin(), open.end(), [&](Piece const* a, Piece const* b) {
        if (by_rate) return a->told.rate->value > b->told.rate->value;
        return all.stretches[a->stretch].from > all.stretches[b->stretch].from;
    });
    std::vector<Piece const*> out;
    for (auto const* p : open) {
        bool adds = true; // of all, so that each pair's time is noted
        for (auto const* o : out)
            adds = infuse_together(q, all.stretches[p->stretch], all.stretches[o->stretch]) && adds;
        if (adds) out.push_back(p);
    }
    return out;
}

// What `open` comes to in [from, to).
Segment mixed(std::vector<Piece const*> const& open, EventTime from, EventTime to) {
    auto out = open.front()->told;
    out.from = from;
    out.to = to;
    out.running = out.silent = false;
    for (std::size_t i = 1; i < open.size(); ++i) {
        out.also.push_back({open[i]->told.rate, false});
        out.heard = std::max(out.heard, open[i]->told.heard);
    }
    return out;
}

bool goes_on_from(Segment const& a, Segment const& b) {
    if (a.to != b.from) return false;
    const auto same = [](OtherPump const& x, OtherPump const& y) { return x.rate == y.rate; };
    return (a.rate == b.rate && std::equal(a.also.begin(), a.also.end(), b.also.begin(), b.also.end(), same)) ||
           (a.also.empty() && b.also.empty() && same_rate(*a.rate, *b.rate));
}

void append(std::vector<Segment>& out, Segment s) {
    if (out.empty() || !goes_on_from(out.back(), s)) {
        out.push_back(std::move(s));
        return;
    }
    out.back().to = s.to;
    out.back().heard = std::max(out.back().heard, s.heard);
}

// What runs at the instant asked for, if something does, is the last segment.
void append_running(Inquiry& q, Pieces const& all, std::vector<Segment>& out) {
    std::vector<Piece const*> open;
    for (auto const& pieces : all.by_pump)
        if (!pieces.empty() && pieces.back().told.running) open.push_back(&pieces.back());
    if (open.empty()) return;
    open = together(q, all, std::move(open));
    append(out, mixed(open, q.at, q.at));
    auto& last = out.back();
    last.running = true;
    last.silent = open.front()->told.silent;
    EventTime known = last.from;
    for (auto const* p : open) known = std::max(known, p->told.to);
    for (std::size_t i = 0; i < last.also.size(); ++i) last.also[i].silent = open[i + 1]->told.silent;
    last.to = std::min(known, q.at);
}

} // namespace

bool several_pumps(std::span<Sample const> rates) {
    std::vector<Sample const*> first; // of each source
    for (auto const& s : rates) {
        if (!s.pump.known()) continue;
        const auto known =
            std::find_if(first.begin(), first.end(), [&s](Sample const* f) { return f->source == s.source; });
        if (known == first.end())
            first.push_back(&s);
        else if ((*known)->pump != s.pump)
            return true;
    }
    return false;
}

std::vector<Hold> holds_of_pumps(Inquiry const& q, std::span<Sample const> rates) {
    std::vector<Hold> out;
    for (auto const& p : held(q, rates)) out.insert(out.end(), p.holds.begin(), p.holds.end());
    return out;
}

std::vector<Segment> course_of_pumps(Inquiry& q, std::span<Sample const> rates) {
    const auto all = pieces_of(q, held(q, rates));
    std::vector<EventTime> changes;
    for (auto const& pieces : all.by_pump)
        for (auto const& p : pieces) changes.insert(changes.end(), {p.told.from, p.ends});
    std::sort(changes.begin(), changes.end());
    changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
    std::vector<Segment> out;
    std::vector<std::size_t> reached(all.by_pump.size(), 0);
    for (std::size_t i = 0; i + 1 < changes.size(); ++i) {
        std::vector<Piece const*> open;
        for (std::size_t n = 0; n < reached.size(); ++n) {
            auto const& pieces = all.by_pump[n];
            while (reached[n] < pieces.size() && pieces[reached[n]].ends <= changes[i]) ++reached[n];
            if (reached[n] < pieces.size() && pieces[reached[n]].told.from <= changes[i])
                open.push_back(&pieces[reached[n]]);
        }
        if (!open.empty()) append(out, mixed(together(q, all, std::move(open)), changes[i], changes[i + 1]));
    }
    append_running(q, all, out);
    return out;
}

} // namespace vigil::scores
