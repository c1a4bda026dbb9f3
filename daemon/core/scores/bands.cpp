#include "core/scores/bands.hpp"

#include <algorithm>

namespace vigil::scores {

namespace {

// True when a value beside `v` falls under the band.
bool falls(BandTable const& t, Band const& b, std::strong_ordering v, Beside beside) {
    if (t.high_is_worse) {
        if (beside == Beside::above) return v >= 0;
        if (beside == Beside::below) return v > 0;
        return b.inclusive ? v >= 0 : v > 0;
    }
    if (beside == Beside::below) return v <= 0;
    if (beside == Beside::above) return v < 0;
    return b.inclusive ? v <= 0 : v < 0;
}

} // namespace

std::int32_t points_at(BandTable const& table, model::Decimal value, Beside beside) {
    for (auto const& b : table.bands)
        if (falls(table, b, value <=> b.bound, beside)) return b.points;
    return 0;
}

std::int32_t points_at(BandTable const& table, model::Ratio const& value) {
    for (auto const& b : table.bands)
        if (falls(table, b, value <=> b.bound, Beside::at)) return b.points;
    return 0;
}

std::int32_t worst_points(BandTable const& table) { return table.bands.empty() ? 0 : table.bands.front().points; }

std::optional<PointRange> points_of(BandTable const& table, model::Sample const& sample, core::Rulebook const& rules) {
    using model::Comparator;
    model::Decimal value = sample.value;
    if (sample.unit != table.unit) {
        const auto converted = core::canonical(rules, table.signal, value, sample.unit);
        if (!converted) return std::nullopt;
        if (sample.comparator == Comparator::exactly) {
            const auto p = points_at(table, *converted);
            return PointRange{p, p};
        }
        const auto rounded = model::round_half_up(*converted, 6);
        if (!rounded) return std::nullopt;
        value = *rounded;
    }
    if (sample.comparator == Comparator::exactly) {
        const auto p = points_at(table, value);
        return PointRange{p, p};
    }
    const bool less = sample.comparator == Comparator::less || sample.comparator == Comparator::less_equal;
    const bool open = sample.comparator == Comparator::less || sample.comparator == Comparator::greater;
    const auto near = points_at(table, value, !open ? Beside::at : less ? Beside::below : Beside::above);
    const auto far = less == table.high_is_worse ? 0 : worst_points(table);
    return PointRange{std::min(near, far), std::max(near, far)};
}

std::span<BandTable const> columns_of(std::span<BandTable const> columns, model::Part part, model::Signal signal) {
    const auto is = [&](BandTable const& c) { return c.signal == signal && c.part == part; };
    const auto first = std::find_if(columns.begin(), columns.end(), is);
    return {first, std::find_if_not(first, columns.end(), is)};
}

BandTable const& native_column(std::span<BandTable const> of_quantity, model::Unit unit) {
    for (auto const& c : of_quantity)
        if (c.unit == unit) return c;
    return of_quantity.front();
}

BandTable const* conventional_column(std::span<BandTable const> columns, model::Part part, model::Signal signal) {
    for (auto const& c : columns)
        if (c.part == part && c.signal == signal) return &c;
    return nullptr;
}

} // namespace vigil::scores
