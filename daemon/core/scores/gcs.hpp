#pragma once
// Glasgow coma scores that may be scored (scores.md 3.5, 0.7): whole sets only, a verbal score that cannot be tested
// derived from eyes and motor, nothing charted under sedation or neuromuscular block.

#include "core/scores/inquiry.hpp"

#include <functional>

namespace vigil::scores {

struct Coma {
    model::EventTime time; // when the set was complete
    std::int32_t total = 0;
    bool verbal_imputed = false;
    bool motor_only = false; // the other domains cannot be assessed: `motor` stands for the scale, `total` for nothing
    std::int32_t motor = 0;
    // Of a set with both: eyes and motor, and speech; 0 where that cannot be tested.
    std::int32_t eyes_and_motor = 0, verbal = 0;
    bool contradicted = false; // by a total or a set charted beside it (scores.md 13.1)
    bool sedated = false;      // under a sedative or a block: observed, not scored
    // Nobody knows whether one ran: not scored, and no better for that. What was told of the drug last.
    model::Sample const* in_doubt = nullptr;
    bool after_sedation = false;
    std::vector<model::Evidence> evidence;
};

// Sets that are over: nothing that is still to come changes them. Whether they were charted under sedation is not part
// of it.
struct KnownComas {
    struct One {
        model::EventTime motor; // when it was charted
        Coma coma;
    };
    std::vector<One> list;                 // of every motor score in (since, up_to], oldest first
    std::optional<model::EventTime> since; // empty: nothing is known
    model::EventTime up_to;
    void clear() {
        list.clear();
        since.reset();
    }
};

// A stretch of sedation or block up to q.at: also while nobody knows whether it still runs, for nothing charted then
// can be told from its effect.
struct Sedation {
    model::EventTime from, to;
    bool running = false;
    model::EventTime known_to; // until then it ran for certain
    model::Signal drug{};      // the one known longest
    model::Sample const* rate = nullptr;
    struct Span {
        model::EventTime from, to;
    };
    std::vector<Span> certain;               // in which something ran for certain
    model::Sample const* doubtful = nullptr; // what was told last of a drug of which nobody knows
};

// Everything charted up to q.at, oldest first.
std::vector<Coma> coma_scores(Inquiry& q, Verbal verbal, std::vector<Sedation> const& sedation, model::EventTime after);
// By everything that sedates, but for `except`.
std::vector<Sedation> sedations(Inquiry& q, std::optional<model::Signal> except = {});

// The one that decides: the worst charted awake in the window, or under sedation the last before it (product `now`: the
// newest); by what a score makes of them.
struct DecidingComa {
    Coma const* coma = nullptr;
    model::PartState state = model::PartState::valued;
};
using CompareComas = bool (*)(Inquiry const& q, Coma const& a, Coma const& b);
DecidingComa deciding_coma(Inquiry& q, std::vector<Coma> const& all, std::vector<Sedation> const& sedation,
                           CompareComas worse, CompareComas same);
// What was charted in the window while nobody knew whether a sedative ran may count: `points` of it are in the bound.
void bound_by_doubtful(Inquiry& q, model::ScorePart& part, std::vector<Coma> const& all,
                       std::function<std::int32_t(Coma const&)> const& points);
// Of a part without a coma score: the newest motor score or total that there is.
model::Evidence unusable_coma(Inquiry& q);
// The newest charted under sedation in the window is shown beside what is scored.
void append_observed(Inquiry& q, model::ScorePart& part, std::vector<Coma> const& all);

} // namespace vigil::scores
