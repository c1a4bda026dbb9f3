#include "definitions/score_shape_check.hpp"

#include "definitions/score_shapes.hpp"
#include "definitions/toml_reader.hpp"
#include "definitions/vocabulary.hpp"

#include <algorithm>

namespace vigil::definitions {

namespace {

using model::Decimal;
using model::Signal;
using model::Unit;

// The printed columns of one quantity are rounded, up to 3.8 % apart in SOFA and SOFA-2 (creatinine 2.0 mg/dL and
// 170 umol/L); a value left in the other unit is several times off.
constexpr Decimal least_of_other{95, 2}, most_of_other{105, 2};

// Where a band or a range begins and where it ends.
constexpr std::string_view edges[] = {"from", "above", "up_to", "below"};

std::string named(Signal s) { return std::string{model::name_of(s)}; }
std::string shown(Unit u) { return u == Unit::none ? "-" : std::string{model::ucum(u)}; }

// The unit a table says; none, and somebody else's problem, when it says none that there is.
std::optional<Unit> unit_of(TomlReader& in) {
    const auto text = in.text("unit");
    return text ? model::parse_unit(*text) : std::nullopt;
}

void check_points(TomlReader& in, std::string_view key, std::string_view wanted) {
    std::string given;
    for (auto& one : in.tables(key))
        if (const auto points = one.whole("points", 0, 100))
            given += (given.empty() ? "" : " ") + std::to_string(*points);
    if (given != wanted)
        in.problem(key, "gives " + given + " points, from first to last; the definition " + std::string{wanted});
}

struct Limit {
    std::string_view key;
    Decimal value;
};
std::vector<Limit> limits_of(TomlReader& one, std::span<std::string_view const> keys) {
    std::vector<Limit> out;
    for (auto key : keys)
        if (const auto d = one.decimal(key)) out.push_back({key, *d});
    return out;
}

bool near(model::Ratio const& value, Decimal base) {
    const auto a = model::scaled(model::ratio(base), least_of_other, {1, 0});
    const auto b = model::scaled(model::ratio(base), most_of_other, {1, 0});
    return a && b && value >= std::min(*a, *b) && value <= std::max(*a, *b);
}

class Check {
public:
    Check(core::Rulebook const& rules, model::ScoreId id)
        : rules_(rules),
          id_(id) {}

    void columns(TomlReader& in) const;
    void creatinine_limits(TomlReader& in) const;
    void lists(TomlReader& in) const;
    void doses(TomlReader& in) const;
    void words(TomlReader& in) const;

private:
    struct Column {
        TomlReader in;
        ColumnShape const* shape;
        std::optional<Unit> unit;
    };

    std::string score() const { return std::string{model::name_of(id_)}; }
    bool converts(Signal s, Unit u) const { return core::canonical(rules_, s, {1, 0}, u).has_value(); }
    void conventional_unit(TomlReader const& in, std::string_view key, Signal s, std::optional<Unit> u,
                           Unit wanted) const;
    bool further_unit(TomlReader const& in, Signal s, Unit u) const;
    void within_reach(TomlReader& in, std::string_view list, Signal s, Unit u) const;
    void agree(std::vector<TomlReader> first, Unit first_unit, std::vector<TomlReader> other, TomlReader const& place,
               Unit unit, Signal s, std::span<std::string_view const> keys) const;

    core::Rulebook const& rules_;
    model::ScoreId id_;
};

// What comes in is converted to the vocabulary's unit, and compared with this column.
void Check::conventional_unit(TomlReader const& in, std::string_view key, Signal s, std::optional<Unit> u,
                              Unit wanted) const {
    if (u && *u != wanted)
        in.problem(key, "must be " + shown(wanted) + ", in which " + score() + " compares " + named(s));
    else if (u && !rules_.vocabulary.empty() && core::entry(rules_, s).canonical != wanted)
        in.problem(key, "the vocabulary has " + named(s) + " in " + shown(core::entry(rules_, s).canonical));
}

bool Check::further_unit(TomlReader const& in, Signal s, Unit u) const {
    if (rules_.vocabulary.empty()) return false;
    if (converts(s, u)) return true;
    in.problem("unit", "the vocabulary knows no " + named(s) + " in " + shown(u));
    return false;
}

// Beyond the hard limits no value is taken: a limit there is in another unit, or is never met.
void Check::within_reach(TomlReader& in, std::string_view list, Signal s, Unit u) const {
    if (rules_.vocabulary.empty()) return;
    auto const& e = core::entry(rules_, s);
    if (!e.hard_low || !e.hard_high) return;
    for (auto& one : in.tables(list))
        for (auto const& limit : limits_of(one, edges)) {
            const auto value = core::canonical(rules_, s, limit.value, u);
            if (value && (*value < *e.hard_low || *value > *e.hard_high))
                one.problem(limit.key, "no " + named(s) + " comes to " + model::to_string(limit.value) + " " +
                                           shown(u) + ": the vocabulary takes " + model::to_string(*e.hard_low) +
                                           " to " + model::to_string(*e.hard_high) + " " + shown(e.canonical));
        }
}

// Limit by limit. Where not one agrees it is the unit that is wrong.
void Check::agree(std::vector<TomlReader> first, Unit first_unit, std::vector<TomlReader> other,
                  TomlReader const& place, Unit unit, Signal s, std::span<std::string_view const> keys) const {
    std::size_t compared = 0;
    std::vector<std::pair<TomlReader const*, std::pair<std::string_view, std::string>>> wrong;
    for (std::size_t i = 0; i < first.size() && i < other.size(); ++i) {
        const auto a = limits_of(first[i], keys), b = limits_of(other[i], keys);
        for (std::size_t k = 0; k < a.size() && k < b.size(); ++k) {
            ++compared;
            const auto value = core::canonical(rules_, s, b[k].value, unit);
            if (value && near(*value, a[k].value)) continue;
            const auto rounded = value ? model::round_half_up(*value, 3) : std::nullopt;
            const auto said = rounded ? " is " + model::to_string(*rounded) + " " + shown(first_unit) : "";
            wrong.push_back({&other[i],
                             {b[k].key, model::to_string(b[k].value) + " " + shown(unit) + said +
                                            ", and the first column has " + model::to_string(a[k].value)}});
        }
    }
    if (wrong.size() == compared && compared > 1)
        place.problem("unit", "not one limit is that of the first column: " + wrong.front().second.second);
    else
        for (auto const& [band, said] : wrong) band->problem(said.first, said.second);
}

void Check::columns(TomlReader& in) const {
    std::vector<Column> seen;
    for (auto& one : in.tables("columns")) {
        const auto part = one.word("part", model::parse_part);
        const auto signal = one.word("signal", model::parse_signal);
        if (!part || !signal) continue;
        const auto shapes = column_shapes();
        const auto shape = std::find_if(shapes.begin(), shapes.end(), [&](ColumnShape const& c) {
            return c.score == id_ && c.part == *part && c.signal == *signal;
        });
        if (shape == shapes.end()) {
            one.problem("signal", score() + " reads no column of " + named(*signal) + " in that part");
            continue;
        }
        const std::string_view list = one.has("ranges") ? "ranges" : "bands";
        check_points(one, list, shape->points);
        const auto unit = unit_of(one);
        const auto first = std::find_if(seen.begin(), seen.end(), [&](Column const& c) { return c.shape == &*shape; });
        if (first == seen.end())
            conventional_unit(one, "unit", *signal, unit, shape->unit);
        else if (shape->columns == Columns::one)
            one.problem("unit", score() + " reads one column of " + named(*signal));
        else if (unit && first->unit == shape->unit && further_unit(one, *signal, *unit))
            agree(first->in.tables(list), shape->unit, one.tables(list), one, *unit, *signal, edges);
        if (first == seen.end() && unit == shape->unit && shape->by_itself) within_reach(one, list, *signal, *unit);
        seen.push_back({one, &*shape, unit});
    }
}

// The rise and the severe value of kdigo, in one row for each unit.
void Check::creatinine_limits(TomlReader& in) const {
    constexpr std::string_view keys[] = {"rise", "severe"};
    auto section = in.table("creatinine");
    if (id_ != model::ScoreId::kdigo || !section) return;
    auto all = section->tables("limits");
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto unit = unit_of(all[i]);
        if (i == 0)
            conventional_unit(all[i], "unit", Signal::crea, unit, Unit::mg_per_dL);
        else if (unit && unit_of(all[0]) == Unit::mg_per_dL && further_unit(all[i], Signal::crea, *unit))
            agree({all[0]}, Unit::mg_per_dL, {all[i]}, all[i], *unit, Signal::crea, keys);
    }
}

void Check::lists(TomlReader& in) const {
    for (auto const& shape : list_shapes()) {
        if (shape.score != id_) continue;
        auto section = in.table(shape.section);
        if (!section) continue;
        check_points(*section, shape.key, shape.points);
        if (shape.unit == Unit::none) continue;
        const auto unit = unit_of(*section);
        if (unit && *unit != shape.unit)
            section->problem("unit", "must be " + shown(shape.unit) + ", in which " + score() + " compares it");
    }
}

void Check::doses(TomlReader& in) const {
    std::vector<Signal> seen;
    for (auto& one : in.tables("doses")) {
        const auto drug = one.word("drug", model::parse_signal);
        if (!drug) continue;
        if (std::find(seen.begin(), seen.end(), *drug) != seen.end()) one.problem("drug", "stands twice");
        seen.push_back(*drug);
        for (auto const& shape : dose_shapes())
            if (shape.score == id_ && shape.drug == *drug) check_points(one, "bands", shape.points);
    }
    for (auto const& shape : dose_shapes())
        if (shape.score == id_ && std::find(seen.begin(), seen.end(), shape.drug) == seen.end())
            in.problem("doses", "the doses of " + named(shape.drug) + " are missing");
}

void Check::words(TomlReader& in) const {
    for (auto const& shape : words_shapes()) {
        if (shape.score != id_) continue;
        auto section = in.table(shape.section);
        if (!section) continue;
        std::vector<std::string> given;
        std::int64_t most = 0;
        for (auto& one : section->tables(shape.key)) {
            if (const auto w = one.text("word")) given.push_back(*w);
            most = std::max(most, one.whole("points", 0, 100).value_or(most));
        }
        for (const auto word : words_of(shape.words))
            if (std::find(given.begin(), given.end(), word) == given.end())
                section->problem(shape.key, "'" + std::string{word} + "' is missing");
        if (most != shape.most)
            section->problem(shape.key, "gives " + std::to_string(most) + " points at most; the definition " +
                                            std::to_string(shape.most));
    }
}

} // namespace

void check_score_shapes(Files const& files, core::Rulebook const& rules, Problems& problems) {
    constexpr std::string_view before = "scores/", after = ".toml";
    for (auto const& file : files) {
        std::string_view name = file.name;
        if (!name.starts_with(before) || !name.ends_with(after)) continue;
        name.remove_prefix(before.size());
        name.remove_suffix(after.size());
        const auto id = model::parse_score_id(name);
        Problems found;
        const auto document = id ? parse_toml(file, found) : std::nullopt;
        if (!document) continue;
        TomlReader in{*document, file.shown, "", found};
        const Check check{rules, *id};
        check.columns(in);
        check.creatinine_limits(in);
        check.lists(in);
        check.doses(in);
        check.words(in);
        // What the table's own reader found wrong is found again here, and told once.
        for (auto& p : found)
            if (std::find(problems.begin(), problems.end(), p) == problems.end()) problems.push_back(std::move(p));
    }
}

} // namespace vigil::definitions
