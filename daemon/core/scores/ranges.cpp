#include "core/scores/ranges.hpp"

#include <algorithm>

namespace vigil::scores {

namespace {

// The last range that begins at or before the value; one just beside an edge has passed it or has not.
template <class Number>
std::size_t last_begun(RangeTable const& table, Number const& value, Beside beside) {
    std::size_t at = 0;
    for (std::size_t i = 1; i < table.ranges.size(); ++i) {
        auto const& r = table.ranges[i];
        const auto order = value <=> *r.from;
        const bool on_edge = beside == Beside::above || (beside == Beside::at && r.inclusive);
        if (order < 0 || (order == 0 && !on_edge)) break;
        at = i;
    }
    return at;
}

template <class Number>
RangeSpan span_of(RangeTable const& table, Number const& value, model::Comparator comparator) {
    const auto last = table.ranges.size() - 1;
    switch (comparator) {
    case model::Comparator::exactly: break;
    case model::Comparator::less: return {0, last_begun(table, value, Beside::below)};
    case model::Comparator::less_equal: return {0, last_begun(table, value, Beside::at)};
    case model::Comparator::greater: return {last_begun(table, value, Beside::above), last};
    case model::Comparator::greater_equal: return {last_begun(table, value, Beside::at), last};
    }
    const auto at = last_begun(table, value, Beside::at);
    return {at, at};
}

} // namespace

std::size_t range_of(RangeTable const& table, model::Decimal value, Beside beside) {
    return last_begun(table, value, beside);
}

std::size_t range_of(RangeTable const& table, model::Ratio const& value, Beside beside) {
    return last_begun(table, value, beside);
}

namespace {

std::optional<RangeSpan> located(RangeTable const& table, model::Signal signal, model::Decimal value, model::Unit unit,
                                 model::Comparator comparator, core::Rulebook const& rules) {
    if (table.ranges.empty()) return std::nullopt;
    if (unit == table.unit) return span_of(table, value, comparator);
    // The first column of a quantity is in its canonical unit; a value in a third unit is compared there.
    if (core::entry(rules, signal).canonical != table.unit) return std::nullopt;
    const auto converted = core::canonical(rules, signal, value, unit);
    return converted ? std::optional{span_of(table, *converted, comparator)} : std::nullopt;
}

} // namespace

std::optional<RangeSpan> ranges_of(RangeTable const& table, model::Signal signal, model::Sample const& sample,
                                   core::Rulebook const& rules) {
    if (sample.is_word) return std::nullopt;
    return located(table, signal, sample.value, sample.unit, sample.comparator, rules);
}

std::optional<RangeSpan> ranges_of(RangeTable const& table, model::Signal signal, model::Minute const& minute,
                                   core::Rulebook const& rules) {
    if (minute.whole != nullptr) return ranges_of(table, signal, *minute.whole, rules);
    return located(table, signal, minute.value, minute.unit, model::Comparator::exactly, rules);
}

PointRange points_in(RangeTable const& table, RangeSpan where) {
    PointRange out{table.ranges[where.first].points, table.ranges[where.first].points};
    for (auto i = where.first; i <= where.last; ++i) {
        out.lower = std::min(out.lower, table.ranges[i].points);
        out.upper = std::max(out.upper, table.ranges[i].points);
    }
    return out;
}

std::int32_t most_points(RangeTable const& table) {
    return table.ranges.empty() ? 0 : points_in(table, {0, table.ranges.size() - 1}).upper;
}

Side side_of(RangeTable const& table, RangeSpan where) {
    const auto fewest = std::min_element(table.ranges.begin(), table.ranges.end(),
                                         [](Range const& a, Range const& b) { return a.points < b.points; });
    const auto normal = static_cast<std::size_t>(fewest - table.ranges.begin());
    return where.last < normal ? Side::low : where.first > normal ? Side::high : Side::normal;
}

std::optional<model::Decimal> compared_in(RangeTable const& table, model::Signal signal, model::Sample const& sample,
                                          core::Rulebook const& rules) {
    auto value = std::optional{model::ratio(sample.value)};
    const bool converted = sample.unit != table.unit;
    if (converted) value = core::canonical(rules, signal, sample.value, sample.unit);
    if (!converted && !table.rounded_to) return sample.value;
    return value ? model::round_half_up(*value, table.rounded_to.value_or(3)) : std::nullopt;
}

std::span<RangeTable const> columns_of(std::span<RangeTable const> columns, model::Part part, model::Signal signal) {
    const auto is = [&](RangeTable const& c) { return c.signal == signal && c.part == part; };
    const auto first = std::find_if(columns.begin(), columns.end(), is);
    return {first, std::find_if_not(first, columns.end(), is)};
}

RangeTable const& native_column(std::span<RangeTable const> of_quantity, model::Unit unit) {
    for (auto const& c : of_quantity)
        if (c.unit == unit) return c;
    return of_quantity.front();
}

} // namespace vigil::scores
