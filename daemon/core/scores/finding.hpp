#pragma once
// What one quantity says in a question, and a part of a score from quantities that can stand in for each other.

#include "core/scores/inquiry.hpp"
#include "core/scores/ranges.hpp"

namespace vigil::scores {

struct Finding {
    bool told = false;    // there is a reading, be it a bound that does not decide
    bool decides = false; // it certainly has `points.lower`
    PointRange points;    // what it comes to; nothing told: everything that it could
    model::PartState state = model::PartState::valued;
    Side side = Side::normal;             // of the deciding reading
    std::optional<model::EventTime> time; // of it
    model::Flags flags;
    std::vector<model::Evidence> evidence; // the deciding reading first
    std::vector<model::Reason> refused;    // why readings were left out, each once
    bool was_refused(model::Reason why) const {
        return std::find(refused.begin(), refused.end(), why) != refused.end();
    }
};

// What is told may be nothing at all; what is worse than that certainly counts.
inline bool is_certain(PointRange p) { return p.lower == p.upper || p.lower > 0; }

// The worst of the alternatives, of which one that tells nothing takes nothing away (`or` of a definition).
model::ScorePart part_of(model::Part part, std::span<Finding> alternatives);
// Of the only quantity there is.
inline model::ScorePart part_of(model::Part part, Finding only) { return part_of(part, std::span{&only, 1}); }

} // namespace vigil::scores
