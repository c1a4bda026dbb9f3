#pragma once
// What the score definitions of config/scores/*.toml become: cut-points with their citation, policies by name.

#include "core/model/decimal.hpp"
#include "core/model/score.hpp"
#include "core/model/signal.hpp"
#include "core/model/unit.hpp"

#include <string>
#include <vector>

namespace vigil::scores {

// points when value < bound (inclusive: <=), worst first, for quantities where low is bad; mirrored for `high_is_worse`.
struct Band {
    model::Decimal bound;
    bool inclusive = false;
    std::int32_t points = 0;
};

// The cut-points of one component in one unit; `native` columns that are not exact conversions are tables of their own.
struct BandTable {
    model::Part part{};
    model::Signal signal{};
    model::Unit unit{};
    bool high_is_worse = false;
    std::vector<Band> bands;
};

// Points for a running dose in (above, up_to]; no up_to: anything above.
struct DoseBand {
    model::Signal drug{};
    model::Decimal above;
    std::optional<model::Decimal> up_to;
    std::int32_t points = 0;
};

struct Tables {};

} // namespace vigil::scores
