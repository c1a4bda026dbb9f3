#include "core/scores/dose.hpp"
#include "core/scores/pumps.hpp"
#include "core/scores/vasopressor.hpp"

#include <algorithm>
#include <map>
#include <optional>

// What the pumps of a drug come to. How many infuse is counted over time: more than one for no longer than a relay
// takes is one that takes over from another.

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Sample;

namespace {

// A rate of one pump, told once or again and again.
struct Piece {
    Segment told;
    EventTime ends;  // what runs on does at the instant asked for
    EventTime begun; // of the pump, without a pause
};

// A pump that ran without a pause.
struct Stretch {
    EventTime from, ends, known_to;
};

// So many pumps infuse.
struct Together {
    EventTime from, to, known_to;
};

struct Pieces {
    std::vector<std::vector<Piece>> by_pump;
    std::vector<Stretch> stretches;
};

void add_pieces(Inquiry& q, Pump const& pump, Pieces& out) {
    auto& pieces = out.by_pump.emplace_back();
    for (auto const& h : pump.holds) {
        if (is_unreadable(*h.rate)) continue;
        Piece next{segment_of(q, h), {}, {}};
        next.ends = next.told.running ? q.at : next.told.to;
        const auto known_to = std::min(h.known_to, next.ends);
        const bool goes_on = !pieces.empty() && next.told.from - pieces.back().ends <= q.rules.tables.sofa.infusion_gap;
        // What runs goes on beyond the instant asked for.
        const auto ends = next.told.running ? q.at + Duration{1} : next.ends;
        if (goes_on) {
            out.stretches.back().ends = ends;
            out.stretches.back().known_to = known_to;
        } else {
            out.stretches.push_back({next.told.from, ends, known_to});
        }
        next.begun = out.stretches.back().from;
        auto* last = pieces.empty() ? nullptr : &pieces.back();
        if (last != nullptr && last->ends == next.told.from && same_rate(*last->told.rate, *next.told.rate)) {
            next.told.from = last->told.from;
            next.told.rate = last->told.rate;
            *last = std::move(next);
        } else {
            pieces.push_back(std::move(next));
        }
    }
}

// When at least `least` pumps ran, pauses no longer than those of an infusion left out.
std::vector<Together> at_least(std::vector<Stretch> const& stretches, int least, Duration gap) {
    struct Change {
        int runs = 0, known = 0;
    };
    std::map<EventTime, Change> changes;
    for (auto const& s : stretches) {
        ++changes[s.from].runs;
        ++changes[s.from].known;
        --changes[s.ends].runs;
        --changes[std::max(s.known_to, s.from)].known;
    }
    std::vector<Together> out;
    Change now;
    for (auto const& [t, change] : changes) {
        const bool ran = now.runs >= least;
        if (ran && now.known >= least) out.back().known_to = t;
        now.runs += change.runs;
        now.known += change.known;
        if (ran == (now.runs >= least)) continue;
        if (ran)
            out.back().to = t;
        else if (out.empty() || t - out.back().to > gap)
            out.push_back({t, t, t});
    }
    return out;
}

// How many pumps infuse together: by number from two on, when.
std::vector<std::vector<Together>> infusing(Inquiry& q, Pieces const& all) {
    auto const& t = q.rules.tables.sofa;
    std::vector<std::vector<Together>> out;
    for (int n = 2; n <= static_cast<int>(all.by_pump.size()); ++n) {
        std::vector<Together> kept;
        for (auto const& x : at_least(all.stretches, n, t.infusion_gap)) {
            if (x.to > q.at) q.due.at(x.from + t.relay_max + Duration{1});
            // A pause of one of them that is no longer does not make one of two.
            const bool resumed = !kept.empty() && x.from - kept.back().to <= t.relay_max;
            if (resumed || x.known_to - x.from > t.relay_max) kept.push_back(x);
        }
        if (kept.empty()) break;
        out.push_back(std::move(kept));
    }
    return out;
}

std::size_t infuse_at(std::vector<std::vector<Together>> const& infusing, EventTime t) {
    std::size_t n = 1;
    for (auto const& times : infusing) {
        const bool so =
            std::any_of(times.begin(), times.end(), [t](Together const& x) { return x.from <= t && t < x.to; });
        if (!so) break;
        ++n;
    }
    return n;
}

bool comparable(Sample const& a, Sample const& b) {
    return !a.is_word && !b.is_word && a.unit == b.unit && a.salt == b.salt;
}

// Told in several units.
void greatest_dose_first(Inquiry const& q, std::vector<Piece const*>& open) {
    struct Dosed {
        Piece const* piece;
        std::optional<model::Ratio> dose;
    };
    std::vector<Dosed> dosed;
    const auto kg = in_kg(q, admission_weight(q));
    for (auto const* p : open) {
        auto const& r = *p->told.rate;
        const auto salt = salt_factor(q.rules.tables.sofa, r.salt);
        dosed.push_back({p, r.is_word ? std::nullopt : exact_ug_kg_min(r.value, r.unit, kg, salt)});
    }
    const bool known = std::all_of(dosed.begin(), dosed.end(), [](Dosed const& d) { return d.dose.has_value(); });
    std::stable_sort(dosed.begin(), dosed.end(), [known](Dosed const& a, Dosed const& b) {
        return known ? *a.dose > *b.dose : a.piece->begun < b.piece->begun;
    });
    for (std::size_t i = 0; i < open.size(); ++i) open[i] = dosed[i].piece;
}

// The greatest first; where that cannot be said, those that began first.
void keep_most(Inquiry const& q, std::vector<Piece const*>& open, std::size_t n) {
    if (open.size() < 2) return;
    const bool by_rate = std::all_of(open.begin(), open.end(), [&open](Piece const* p) {
        return comparable(*p->told.rate, *open.front()->told.rate);
    });
    if (by_rate)
        std::stable_sort(open.begin(), open.end(),
                         [](Piece const* a, Piece const* b) { return a->told.rate->value > b->told.rate->value; });
    else
        greatest_dose_first(q, open);
    if (open.size() > n) open.resize(n);
}

// What `open` comes to in [from, to).
Segment mixed(std::vector<Piece const*> const& open, EventTime from, EventTime to) {
    auto out = open.front()->told;
    out.from = from;
    out.to = to;
    out.running = out.silent = false;
    for (std::size_t i = 1; i < open.size(); ++i) out.also.push_back({open[i]->told.rate, false});
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
    s.from = out.back().from;
    s.rate = out.back().rate;
    out.back() = std::move(s);
}

// What runs at the instant asked for, if something does, is the last segment.
void append_running(Inquiry const& q, std::vector<Piece const*> const& open, std::vector<Segment>& out) {
    if (open.empty()) return;
    auto last = mixed(open, q.at, q.at);
    last.running = true;
    last.silent = open.front()->told.silent;
    for (std::size_t i = 0; i < last.also.size(); ++i) last.also[i].silent = open[i + 1]->told.silent;
    append(out, std::move(last));
    // What fell silent is known to have run until then.
    EventTime known = out.back().from;
    for (auto const* p : open) known = std::max(known, p->told.to);
    out.back().to = std::min(known, q.at);
}

std::vector<Segment> course_of(Inquiry& q, Voice const& voice) {
    Pieces all;
    for (auto const& p : voice.pumps) add_pieces(q, p, all);
    std::vector<EventTime> changes{q.at};
    for (auto const& pieces : all.by_pump)
        for (auto const& p : pieces) changes.insert(changes.end(), {p.told.from, p.ends});
    const auto together = infusing(q, all);
    for (auto const& times : together)
        for (auto const& x : times) changes.insert(changes.end(), {x.from, std::min(x.to, q.at)});
    std::sort(changes.begin(), changes.end());
    changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
    std::vector<Segment> out;
    std::vector<std::size_t> reached(all.by_pump.size(), 0);
    std::vector<Piece const*> open;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const bool last = i + 1 == changes.size(); // the instant asked for
        open.clear();
        for (std::size_t n = 0; n < reached.size(); ++n) {
            auto const& pieces = all.by_pump[n];
            auto& r = reached[n];
            while (r < pieces.size() && pieces[r].ends <= changes[i] && !(last && pieces[r].told.running)) ++r;
            if (r < pieces.size() && pieces[r].told.from <= changes[i]) open.push_back(&pieces[r]);
        }
        keep_most(q, open, infuse_at(together, changes[i]));
        if (last)
            append_running(q, open, out);
        else if (!open.empty())
            append(out, mixed(open, changes[i], changes[i + 1]));
    }
    return out;
}

// What of it was given while this voice had spoken last.
void append_turn(Turn const& turn, bool last, std::vector<Segment> const& course, std::size_t& reached,
                 std::vector<Segment>& out) {
    while (reached < course.size() && !course[reached].running && course[reached].to <= turn.from) ++reached;
    for (auto i = reached; i < course.size() && course[i].from <= turn.to; ++i) {
        auto s = course[i];
        s.from = std::max(s.from, turn.from);
        if (!(s.running && last)) {
            s.to = s.running ? turn.to : std::min(s.to, turn.to);
            s.running = s.silent = false;
            for (auto& other : s.also) other.silent = false;
            if (s.to <= s.from) continue;
        }
        s.to = std::max(s.to, s.from);
        append(out, std::move(s));
    }
}

} // namespace

std::vector<Segment> course_of(Inquiry& q, Voices const& voices) {
    std::vector<std::vector<Segment>> courses;
    for (auto const& v : voices.all) courses.push_back(course_of(q, v));
    std::vector<std::size_t> reached(courses.size(), 0);
    std::vector<Segment> out;
    for (auto const& turn : voices.turns)
        append_turn(turn, &turn == &voices.turns.back(), courses[turn.voice], reached[turn.voice], out);
    return out;
}

} // namespace vigil::scores
