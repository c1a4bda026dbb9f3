#include "core/outcomes/facts.hpp"

#include <limits>

namespace vigil::outcomes {

using model::EventTime;
using model::Signal;

namespace {

std::span<model::Sample const> all(model::Timeline const& timeline, Signal signal) {
    return timeline.range(signal, {std::numeric_limits<std::int64_t>::min()},
                          {std::numeric_limits<std::int64_t>::max()});
}

// The first `yes` that was not taken back.
std::optional<EventTime> since(model::Timeline const& timeline, Signal signal) {
    std::optional<EventTime> out;
    for (auto const& s : all(timeline, signal)) {
        if (s.word != model::Word::yes)
            out.reset();
        else if (!out)
            out = s.time;
    }
    return out;
}

// The last one.
std::optional<EventTime> until(model::Timeline const& timeline, Signal signal) {
    std::optional<EventTime> out;
    for (auto const& s : all(timeline, signal)) out = s.word == model::Word::yes ? std::optional{s.time} : std::nullopt;
    return out;
}

} // namespace

Facts facts_of(model::Timeline const& timeline) {
    Facts out;
    out.person.died = since(timeline, Signal::death);
    out.person.alive = until(timeline, Signal::alive_known);
    out.person.left_unit = until(timeline, Signal::left_unit); // of several stays the last
    out.person.left_hospital = until(timeline, Signal::left_hospital);
    out.enrolled = since(timeline, Signal::enrolled);
    for (auto const& s : all(timeline, Signal::procedural_ventilation))
        out.procedures.push_back({s.time, s.word == model::Word::yes});
    return out;
}

} // namespace vigil::outcomes
