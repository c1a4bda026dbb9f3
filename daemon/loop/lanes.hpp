#pragma once
// A stay's readings drawn by columns of time, for the lanes of a patient's page.

#include "core/model/timeline.hpp"
#include "core/rulebook.hpp"

#include <string>
#include <vector>

namespace vigil::v1 {
class QueryReply;
} // namespace vigil::v1

namespace vigil::loop {

inline constexpr std::uint32_t columns_at_most = 1'200;
inline constexpr std::size_t lanes_at_most = 64;

struct LanesAsked {
    std::vector<model::Signal> signals; // none: every one of which there is anything
    model::EventTime from, to;          // [from, to)
    std::uint32_t columns = 0;          // 1 to columns_at_most
};

// In the canonical unit, to three digits, half up; what has none (a dose by weight of nobody weighed) is left out, and
// so is what no rule may use. Of what holds until it is changed (settings, infusions, what was attested) the value that
// stood at `from` comes first, with its own time.
void write_lanes(model::Timeline const& timeline, core::Rulebook const& rules, LanesAsked const& asked,
                 v1::QueryReply& reply);

} // namespace vigil::loop
