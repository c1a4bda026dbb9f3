#pragma once
// What an admission system tells, and whose a reading is then.

#include "core/census.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vigil::testing {

using core::CensusChange;
using core::CensusKind;
using core::State;
using model::EventTime;
using model::Location;
using model::Reason;
using model::Subject;

inline EventTime clock_time(int hour, int minute = 0) { return {(hour * 60LL + minute) * 60'000}; }

inline CensusChange adt(CensusKind kind, Subject subject, EventTime effective, int told_minute = 0) {
    CensusChange c;
    c.kind = kind;
    c.source = "adt";
    c.subject = std::move(subject);
    c.effective = effective;
    c.message_time = model::DeviceTime{effective.ms + told_minute * 60'000LL};
    return c;
}

inline Subject who(std::string visit, std::vector<std::string> patients, std::string bed = "") {
    Subject s;
    s.visit = std::move(visit);
    s.patients = std::move(patients);
    if (!bed.empty()) s.location = Location{"icu", std::move(bed)};
    return s;
}

inline core::CensusOutcome tell(State& state, CensusChange const& change) {
    return core::apply(state, change, {clock_time(23).ms}, clock_time(23));
}

// In any order, some of them twice, as feeds deliver after an outage.
template <class Random>
State told_anyhow(std::vector<CensusChange> const& messages, Random& random) {
    auto shuffled = messages;
    for (auto const& m : messages)
        if (random() % 3 == 0) shuffled.push_back(m);
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    State state;
    for (auto const& m : shuffled) tell(state, m);
    return state;
}

inline std::string owner(State& state, Subject const& subject, EventTime when, std::optional<EventTime> told = {}) {
    const auto found = core::attribute(state, core::subject_id(state, subject), when, told.value_or(when));
    if (found.encounter == model::nobody) return std::string{model::name_of(found.reason)};
    return core::at(state, found.encounter).pseudonym;
}

} // namespace vigil::testing
