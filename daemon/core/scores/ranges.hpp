#pragma once
// Where a value falls in a table of ranges, which may give points on both sides of normal. Exact: decimals compare as
// decimals, converted values as quotients (scores.md 1.4).

#include "core/model/series.hpp"
#include "core/scores/bands.hpp"

namespace vigil::scores {

// The ranges that a value can lie in, both ends included; one, when it is known exactly.
struct RangeSpan {
    std::size_t first = 0, last = 0;
    friend bool operator==(RangeSpan const&, RangeSpan const&) = default;
};
// Everything between two values too.
inline RangeSpan hull(RangeSpan a, RangeSpan b) { return {std::min(a.first, b.first), std::max(a.last, b.last)}; }

std::size_t range_of(RangeTable const& table, model::Decimal value, Beside beside = Beside::at);
std::size_t range_of(RangeTable const& table, model::Ratio const& value, Beside beside = Beside::at);
// A comparator spans every range it allows. In the table's unit, converted exactly where the sample of `signal` is in
// another; empty for a word and where that cannot be done.
std::optional<RangeSpan> ranges_of(RangeTable const& table, model::Signal signal, model::Sample const& sample,
                                   core::Rulebook const& rules);
std::optional<RangeSpan> ranges_of(RangeTable const& table, model::Signal signal, model::Minute const& minute,
                                   core::Rulebook const& rules);

// The least and the most points in them.
PointRange points_in(RangeTable const& table, RangeSpan where);
std::int32_t most_points(RangeTable const& table);

// On which side of what has the fewest points.
enum class Side : std::uint8_t { low, normal, high };
Side side_of(RangeTable const& table, RangeSpan where);

// What was compared, in the table's unit: rounded as the table is printed, else to three digits where it was converted.
std::optional<model::Decimal> compared_in(RangeTable const& table, model::Signal signal, model::Sample const& sample,
                                          core::Rulebook const& rules);

// Those of one quantity, which stand together, the conventional one first; empty when the score has none.
std::span<RangeTable const> columns_of(std::span<RangeTable const> columns, model::Part part, model::Signal signal);
// Of those, the column for the unit the sample was reported in, else the conventional one.
RangeTable const& native_column(std::span<RangeTable const> of_quantity, model::Unit unit);

} // namespace vigil::scores
