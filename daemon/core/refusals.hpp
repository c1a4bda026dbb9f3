#pragma once
// Readings that no rule may use stay visible where they would have counted: the newest refusal of each signal stands in
// the evidence of the parts that read it, with its value and the reason, for as long as its day lasts.

#include "core/model/reading.hpp"
#include "core/model/sample.hpp"
#include "core/model/score.hpp"

#include <vector>

namespace vigil::core {

struct Refusal {
    model::Signal signal{};
    model::Reason reason{};
    model::EventTime time;
    model::Value value;
    model::Unit unit = model::Unit::none;
    model::ReadingRef ref;
    model::ChannelId channel;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.signal, s.reason, s.time, s.value, s.unit, s.ref.seq, s.ref.index, s.channel);
    }
};

// Keeps the newest of each signal; equal times are settled by content.
void note(std::vector<Refusal>& refusals, Refusal const& refusal);

// Appends what was refused in the 24 h before `at` to the parts that would have read it.
void append_refusals(model::Score& score, std::vector<Refusal> const& refusals, model::EventTime at);

} // namespace vigil::core
