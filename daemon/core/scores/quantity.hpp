#pragma once
// Parts that are a quantity: of all that the window holds the worst, of the product `now` the newest.

#include "core/scores/inquiry.hpp"

namespace vigil::scores {

struct Quantity {
    model::Part part{};
    model::Unit unit{};
    std::uint8_t digits = 1; // for print
    bool high_is_worse = false;
};

struct Found {
    model::Ratio value;
    model::EventTime time;
    bool on_circuit = false;
    model::Flags flags;
    std::vector<model::Evidence> evidence;
};

model::ScorePart not_told(Quantity const& what);
// Oldest first; of equal ones the newer stays, which leaves the window last.
void keep_worse(std::optional<Found>& kept, Found&& f, Quantity const& what, bool newest);
void tell(Inquiry const& q, model::ScorePart& part, std::optional<Found>&& f, Quantity const& what);

} // namespace vigil::scores
