#pragma once
// Extracorporeal circuits over a question's window, and what a person attested that holds until it is taken back.

#include "core/scores/support.hpp"

#include <vector>

namespace vigil::scores {

// A circuit of one kind, however often it was charted.
struct Circuit {
    model::Sample sample;  // the newest charting of it
    model::EventTime from; // the first
    model::EventTime to;   // when it was ended, replaced or out of time; the instant asked for while it runs
    bool running = false;
    std::optional<model::EventTime> before; // until then another kind of circuit ran
};

// What was charted of a setting up to q.at, equal repeats within a half hour once: the same before they are thinned and
// after.
std::vector<model::Sample> settings_of(Inquiry const& q, model::Signal signal);

// Those that ran at some instant of the window, oldest first; for the product `now`: the one that runs.
std::vector<Circuit> circuits_in_question(Inquiry& q, model::Signal signal);

// `yes` was attested at or before `t`, and not taken back since.
bool attested(Inquiry const& q, model::Signal signal, model::EventTime t);
// At the instant asked for.
bool attested_now(Inquiry& q, model::Signal signal);

// A stretch [from, to) of the question in which `yes` holds; one that lasts ends just after the instant asked for.
struct AttestedSpan {
    model::Sample sample;
    model::EventTime from, to;
};
std::vector<AttestedSpan> attested_spans(Inquiry& q, model::Signal signal);

} // namespace vigil::scores
