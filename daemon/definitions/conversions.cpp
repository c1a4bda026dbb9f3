#include "definitions/conversions.hpp"

#include "definitions/tsv.hpp"

#include <algorithm>
#include <array>

namespace vigil::definitions {

namespace {

enum Column : std::size_t { c_signal, c_from, c_add, c_num, c_den, c_round, c_citation };
constexpr auto columns = std::to_array<std::string_view>({"signal", "from", "add", "num", "den", "round", "citation"});

std::string shown(model::Unit unit) { return unit == model::Unit::none ? "-" : std::string(model::ucum(unit)); }

std::optional<core::Conversion> read_row(TsvTable const& table, TsvRow const& row, Problems& problems) {
    core::Conversion out;
    bool good = true;
    const auto wrong = [&](Column c, std::string why) {
        table.problem(problems, row, c, std::move(why));
        good = false;
    };
    const auto number = [&](Column c, model::Decimal& to) {
        if (const auto value = model::parse_decimal(row.cells[c]))
            to = *value;
        else
            wrong(c, "'" + std::string(row.cells[c]) + "' is no number");
    };
    if (const auto signal = model::parse_signal(row.cells[c_signal]))
        out.signal = *signal;
    else
        wrong(c_signal, "unknown signal '" + std::string(row.cells[c_signal]) + "'");
    if (const auto unit = parse_unit_cell(row.cells[c_from]))
        out.from = *unit;
    else
        wrong(c_from, "unknown unit '" + std::string(row.cells[c_from]) + "'");
    number(c_add, out.add);
    number(c_num, out.num);
    number(c_den, out.den);
    if (good && out.den <= model::Decimal{}) wrong(c_den, "must be above 0");
    if (good && out.num == model::Decimal{}) wrong(c_num, "must not be 0");
    if (!row.cells[c_round].empty()) {
        const auto digits = model::parse_decimal(row.cells[c_round]);
        if (!digits || digits->scale != 0 || digits->mantissa < 0 || digits->mantissa > model::Decimal::max_scale)
            wrong(c_round, "must be a number of digits from 0 to 12");
        else
            out.round = static_cast<std::uint8_t>(digits->mantissa);
    }
    if (row.cells[c_citation].empty()) wrong(c_citation, "must not be empty");
    return good ? std::optional{out} : std::nullopt;
}

} // namespace

std::vector<core::Conversion> load_conversions(File const& file, Vocabulary const& vocabulary, Problems& problems) {
    std::vector<core::Conversion> out;
    const TsvTable table = read_tsv(file, columns, problems);
    for (auto const& row : table.rows) {
        const auto one = read_row(table, row, problems);
        if (!one) continue;
        auto const& alternates = vocabulary.alternates[static_cast<std::size_t>(one->signal)];
        const auto same = [&](core::Conversion const& c) { return c.signal == one->signal && c.from == one->from; };
        if (std::find(alternates.begin(), alternates.end(), one->from) == alternates.end())
            table.problem(problems, row, c_from,
                          shown(one->from) + " is not among the other units of " + std::string(row.cells[c_signal]));
        else if (std::any_of(out.begin(), out.end(), same))
            table.problem(problems, row, c_from,
                          shown(one->from) + " of " + std::string(row.cells[c_signal]) + " stands twice");
        else
            out.push_back(*one);
    }
    for (std::size_t i = 0; i < vocabulary.alternates.size(); ++i)
        for (const auto unit : vocabulary.alternates[i]) {
            const auto signal = static_cast<model::Signal>(i);
            if (std::none_of(out.begin(), out.end(),
                             [&](auto const& c) { return c.signal == signal && c.from == unit; }))
                problems.push_back(
                    {vocabulary.file, vocabulary.lines[i], 0, "also",
                     shown(unit) + " of " + std::string(model::name_of(signal)) + " has no row in " + file.shown});
        }
    return out;
}

} // namespace vigil::definitions
