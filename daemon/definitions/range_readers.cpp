#include "definitions/range_readers.hpp"

#include "definitions/score_readers.hpp"

#include <algorithm>
#include <string>

namespace vigil::definitions {

using model::Decimal;
using scores::Range;
using scores::RangeTable;

namespace {

struct Edge {
    Decimal value;
    bool inclusive = false;
    std::string_view key;
};

std::optional<Edge> edge(TomlReader& in, std::string_view inclusive, std::string_view exclusive) {
    if (in.has(inclusive) && in.has(exclusive))
        in.problem(exclusive, "beside " + std::string{inclusive} + ": a range has one beginning and one end");
    for (auto key : {inclusive, exclusive})
        if (const auto d = in.decimal(key)) return Edge{*d, key == inclusive, key};
    return std::nullopt;
}

// Units of the last printed digit, to compare edges by; empty when the edge has more digits.
std::optional<std::int64_t> steps(Decimal value, std::uint8_t digits) {
    const auto rounded = model::round_half_up(model::ratio(value), digits);
    return rounded && *rounded == value ? std::optional{rounded->mantissa} : std::nullopt;
}

struct RangeRead {
    std::optional<Edge> begin, end;
    std::int32_t points = 0;
};

RangeRead read_range(TomlReader& in, std::int64_t most) {
    RangeRead out;
    out.begin = edge(in, "from", "above");
    out.end = edge(in, "up_to", "below");
    out.points = points(in, "points", 0, most);
    if (out.begin && out.end) {
        const auto order = out.begin->value <=> out.end->value;
        if (order > 0 || (order == 0 && !(out.begin->inclusive && out.end->inclusive)))
            in.problem(out.end->key, "the range ends before it begins");
    }
    in.finish();
    return out;
}

void check_adjoining(TomlReader& in, RangeRead const& before, RangeRead const& next) {
    if (!before.end || !next.begin) return;
    auto const &a = *before.end, &b = *next.begin;
    const auto order = b.value <=> a.value;
    if (order > 0 || (order == 0 && !a.inclusive && !b.inclusive))
        in.problem(b.key, "a gap: the range before ends at " + model::to_string(a.value));
    else if (order < 0 || (a.inclusive && b.inclusive))
        in.problem(b.key, "an overlap: the range before ends at " + model::to_string(a.value));
}

// As printed, one unit of the last digit apart. Answers where the range begins on the unrounded line: half a unit
// below.
std::optional<Decimal> check_printed(TomlReader& in, RangeRead const& before, RangeRead const& next,
                                     std::uint8_t digits) {
    if (!before.end || !next.begin) return std::nullopt;
    auto const &a = *before.end, &b = *next.begin;
    const auto x = steps(a.value, digits), y = steps(b.value, digits);
    if (!a.inclusive || !b.inclusive)
        in.problem(b.key, "with rounded_to, edges are `from` and `up_to`, as printed");
    else if (!x || !y)
        in.problem(b.key, "an edge has more digits than rounded_to");
    else if (*y > *x + 1)
        in.problem(b.key, "a gap: the range before ends at " + model::to_string(a.value));
    else if (*y <= *x)
        in.problem(b.key, "an overlap: the range before ends at " + model::to_string(a.value));
    else
        return model::make_decimal(*y * 10 - 5, digits + 1U);
    return std::nullopt;
}

bool needed_by(std::span<RangeColumn const> needed, RangeTable const& c, bool with_unit) {
    return std::any_of(needed.begin(), needed.end(), [&](RangeColumn const& n) {
        return n.part == c.part && n.signal == c.signal && (!with_unit || n.unit == c.unit);
    });
}

RangeTable read_column(TomlReader& in, std::span<RangeColumn const> needed, std::int64_t most) {
    RangeTable c;
    cited(in);
    for (auto key : {"part", "signal"}) in.require(key);
    const auto part = in.word("part", model::parse_part);
    const auto signal = in.word("signal", model::parse_signal);
    if (part) c.part = *part;
    if (signal) c.signal = *signal;
    c.unit = unit(in, "unit");
    if (part && signal && !needed_by(needed, c, false))
        in.problem("signal", "this score has no column of that signal in that part");
    else if (part && signal && c.unit != model::Unit::none && !needed_by(needed, c, true))
        in.problem("unit", "the wrong unit for this column");
    read_ranges(in, c, most);
    in.finish();
    return c;
}

} // namespace

void read_ranges(TomlReader& in, RangeTable& table, std::int64_t most, std::string_view key) {
    in.require(key);
    if (const auto digits = in.whole("rounded_to", 0, 6)) table.rounded_to = static_cast<std::uint8_t>(*digits);
    auto all = in.tables(key);
    std::optional<RangeRead> before;
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto& one = all[i];
        const auto read = read_range(one, most);
        if (i == 0 && read.begin) one.problem(read.begin->key, "the first range has no beginning: a gap below it");
        if (i > 0 && !read.begin) one.problem("points", "the range does not say where it begins");
        if (i + 1 < all.size() && !read.end) one.problem("points", "the range does not say where it ends");
        if (i + 1 == all.size() && read.end) one.problem(read.end->key, "the last range has no end: a gap above it");
        if (before && before->points == read.points) one.problem("points", "the range before has the same points");
        Range r{std::nullopt, true, read.points};
        if (before && table.rounded_to) {
            r.from = check_printed(one, *before, read, *table.rounded_to);
        } else if (before && read.begin) {
            check_adjoining(one, *before, read);
            r.from = read.begin->value;
            r.inclusive = read.begin->inclusive;
        }
        // A table with a problem is never used; it only has to be one.
        if (i > 0 && !r.from) r.from = read.begin ? read.begin->value : Decimal{};
        table.ranges.push_back(r);
        before = read;
    }
    if (all.size() < 2) in.problem(key, "must hold at least two ranges");
}

void read_range_columns(TomlReader& in, std::span<RangeColumn const> needed, std::int64_t most,
                        std::vector<RangeTable>& columns) {
    std::vector<RangeTable> read;
    for (auto& one : in.tables("columns")) {
        auto c = read_column(one, needed, most);
        const auto same = [&](RangeTable const& o) {
            return o.part == c.part && o.signal == c.signal && o.unit == c.unit;
        };
        if (std::any_of(read.begin(), read.end(), same)) one.problem("unit", "this column stands twice");
        read.push_back(std::move(c));
    }
    for (auto const& n : needed) {
        const auto is = [&](RangeTable const& c) {
            return c.part == n.part && c.signal == n.signal && c.unit == n.unit;
        };
        const auto found = std::find_if(read.begin(), read.end(), is);
        if (found == read.end())
            in.problem("columns", "the column of " + std::string{model::name_of(n.signal)} + " in " +
                                      std::string{model::ucum(n.unit)} + " is missing");
        else
            columns.push_back(*found);
    }
}

} // namespace vigil::definitions
