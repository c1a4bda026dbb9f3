#pragma once
// Where a value falls in a table. Exact: decimals compare as decimals, quotients by cross-multiplication
// (scores.md 1.4).

#include "core/model/sample.hpp"
#include "core/rulebook.hpp"
#include "core/scores/tables.hpp"

#include <optional>
#include <span>

namespace vigil::scores {

// A value just beside a number: `<10` is all that lies below 10.
enum class Beside : std::uint8_t { at, below, above };

std::int32_t points_at(BandTable const& table, model::Decimal value, Beside beside = Beside::at);
std::int32_t points_at(BandTable const& table, model::Ratio const& value);
std::int32_t worst_points(BandTable const& table);

// The least and the most points a sample can mean; equal when it decides. A comparator spans every value it allows.
struct PointRange {
    std::int32_t lower = 0;
    std::int32_t upper = 0;
};
// In `table`'s unit, converted exactly where the sample is in another; empty when that cannot be done.
std::optional<PointRange> points_of(BandTable const& table, model::Sample const& sample, core::Rulebook const& rules);

// Those of one quantity, which stand together, the conventional one first; empty when the score has none.
std::span<BandTable const> columns_of(std::span<BandTable const> columns, model::Part part, model::Signal signal);
// Of those, the column for the unit the sample was reported in, else the conventional one.
BandTable const& native_column(std::span<BandTable const> of_quantity, model::Unit unit);
// nullptr when the score has none.
BandTable const* conventional_column(std::span<BandTable const> columns, model::Part part, model::Signal signal);

} // namespace vigil::scores
