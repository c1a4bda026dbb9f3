#include "definitions/score_readers.hpp"

namespace vigil::definitions {

using scores::Band;
using scores::BandTable;
using scores::DoseBand;

namespace {

// One band: exactly one of the four bounds. Says whether low or high values are worse.
struct BandRead {
    Band band;
    bool high_is_worse = false;
    bool good = false;
};
BandRead read_band(TomlReader& in, std::int64_t most) {
    BandRead out;
    int bounds = 0;
    for (auto key : {"below", "up_to", "from", "above"}) {
        if (!in.has(key)) continue;
        ++bounds;
        const auto d = in.decimal(key);
        if (!d) continue;
        const std::string_view k{key};
        out.band.bound = *d;
        out.band.inclusive = k == "up_to" || k == "from";
        out.high_is_worse = k == "from" || k == "above";
        out.good = true;
    }
    if (bounds != 1) in.problem("points", "a band has exactly one of below, up_to, from, above");
    in.require("points");
    const auto points = in.whole("points", 1, most);
    if (points) out.band.points = static_cast<std::int32_t>(*points);
    out.good = out.good && points && bounds == 1;
    in.finish();
    return out;
}

void read_column(TomlReader& in, std::vector<BandTable>& columns) {
    BandTable c;
    cited(in);
    for (auto key : {"part", "signal"}) in.require(key);
    if (const auto p = in.word("part", model::parse_part)) c.part = *p;
    if (const auto s = in.word("signal", model::parse_signal)) c.signal = *s;
    c.unit = unit(in, "unit");
    read_bands(in, c, 4);
    for (auto const& other : columns) {
        if (other.part != c.part || other.signal != c.signal) continue;
        if (other.unit == c.unit) in.problem("unit", "this column stands twice");
        const bool same = std::equal(other.bands.begin(), other.bands.end(), c.bands.begin(), c.bands.end(),
                                     [](Band const& a, Band const& b) { return a.points == b.points; });
        if (!same) in.problem("bands", "two columns of one quantity must give the same points");
    }
    in.finish();
    columns.push_back(std::move(c));
}

// Those of one quantity in a row, the conventional one, which came first, before the others.
void stand_together(std::vector<BandTable>& columns) {
    std::stable_sort(columns.begin(), columns.end(), [](BandTable const& a, BandTable const& b) {
        return a.part != b.part ? a.part < b.part : a.signal < b.signal;
    });
}

} // namespace

void cited(TomlReader& in) {
    in.require("citation");
    (void)in.text("citation");
}

void head(TomlReader& in, std::string_view id, std::string& version, std::string& citation) {
    cited(in);
    for (auto key : {"id", "version"}) in.require(key);
    if (const auto given = in.text("id"); given && *given != id) in.problem("id", "must be '" + std::string{id} + "'");
    if (const auto v = in.text("version")) version = *v;
    if (const auto c = in.text("citation")) citation = *c;
}

// A month: the mortality of the outcomes. Of no patient more is kept for a score.
constexpr auto longest = model::hours(720);
model::Duration duration(TomlReader& in, std::string_view key) {
    in.require(key);
    const auto d = in.duration(key);
    if (d && d->ms <= 0) in.problem(key, "must be longer than nothing");
    if (d && *d > longest) in.problem(key, "must not be longer than 720h");
    return d ? *d : model::Duration{};
}

model::Decimal decimal(TomlReader& in, std::string_view key) {
    in.require(key);
    const auto d = in.decimal(key);
    return d ? *d : model::Decimal{};
}

model::Unit unit(TomlReader& in, std::string_view key) {
    in.require(key);
    const auto text = in.text(key);
    const auto u = text ? model::parse_unit(*text) : std::nullopt;
    if (text && !u) in.problem(key, "unknown unit '" + *text + "'");
    return u ? *u : model::Unit::none;
}

std::vector<model::Word> words(TomlReader& in, std::string_view key) {
    in.require(key);
    std::vector<model::Word> out;
    for (auto const& text : in.texts(key)) {
        if (const auto w = model::parse_word(text))
            out.push_back(*w);
        else
            in.problem(key, "unknown word '" + text + "'");
    }
    return out;
}

std::vector<model::Signal> signals(TomlReader& in, std::string_view key) {
    in.require(key);
    std::vector<model::Signal> out;
    for (auto const& text : in.texts(key)) {
        if (const auto s = model::parse_signal(text))
            out.push_back(*s);
        else
            in.problem(key, "unknown signal '" + text + "'");
    }
    return out;
}

std::int32_t points(TomlReader& in, std::string_view key, std::int64_t least, std::int64_t most) {
    in.require(key);
    const auto n = in.whole(key, least, most);
    return n ? static_cast<std::int32_t>(*n) : 0;
}

scores::ReplacementRule replacement_rule(TomlReader& in) {
    const scores::ReplacementRule rule{duration(in, "rrt_carried"), duration(in, "rrt_held")};
    if (rule.held < rule.carried) in.problem("rrt_held", "must not be shorter than rrt_carried");
    return rule;
}

void read_bands(TomlReader& in, BandTable& table, std::int64_t most, std::string_view key) {
    in.require(key);
    bool first = true;
    for (auto& one : in.tables(key)) {
        const auto read = read_band(one, most);
        if (!read.good) continue;
        if (first)
            table.high_is_worse = read.high_is_worse;
        else {
            auto const& before = table.bands.back();
            const auto order = read.band.bound <=> before.bound;
            if (read.high_is_worse != table.high_is_worse)
                one.problem("points", "all bands of a table look the same way");
            if (read.band.points >= before.points) one.problem("points", "bands go from the most points to the fewest");
            if (table.high_is_worse ? order >= 0 : order <= 0)
                one.problem("points", "bounds overlap or are out of order");
        }
        first = false;
        table.bands.push_back(read.band);
    }
    if (table.bands.empty()) in.problem(key, "must hold at least one band");
}

void read_columns(TomlReader& in, std::vector<BandTable>& columns) {
    for (auto& one : in.tables("columns")) read_column(one, columns);
    stand_together(columns);
}

void read_flow_steps(TomlReader& in, std::vector<scores::FlowStep>& steps) {
    in.require("steps");
    for (auto& one : in.tables("steps")) {
        scores::FlowStep s;
        s.from = decimal(one, "from");
        s.percent = decimal(one, "percent");
        if (const auto d = one.decimal("per_litre")) s.per_litre = *d;
        if (const auto b = one.flag("beyond")) s.beyond = *b;
        if (!steps.empty() && s.from <= steps.back().from) one.problem("from", "steps must ascend");
        if (s.percent < model::Decimal{21, 0} || s.percent > model::Decimal{100, 0})
            one.problem("percent", "must be from 21 to 100");
        one.finish();
        steps.push_back(s);
    }
}

void read_dose(TomlReader& in, std::vector<DoseBand>& doses) {
    cited(in);
    in.require("drug");
    const auto drug = in.word("drug", model::parse_signal);
    in.require("bands");
    std::optional<DoseBand> before;
    for (auto& one : in.tables("bands")) {
        DoseBand b;
        if (drug) b.drug = *drug;
        b.above = decimal(one, "above");
        b.up_to = one.decimal("up_to");
        one.require("points");
        if (const auto p = one.whole("points", 1, 4)) b.points = static_cast<std::int32_t>(*p);
        if (b.up_to && *b.up_to <= b.above) one.problem("up_to", "must be above `above`");
        if (!before && b.above.mantissa != 0) one.problem("above", "the first band begins above 0");
        if (before && (!before->up_to || *before->up_to != b.above))
            one.problem("above", "must be where the band before ends: a gap or an overlap");
        if (before && b.points <= before->points) one.problem("points", "a higher dose has more points");
        one.finish();
        before = b;
        doses.push_back(b);
    }
    if (before && before->up_to) in.problem("bands", "the last band must be open upward");
    in.finish();
}

void read_plain_policies(TomlReader& in, std::vector<scores::PlainPolicy>& policies) {
    for (auto& one : in.tables("policies")) {
        policies.push_back(begin_policy(one, policies));
        one.finish();
    }
    need_policies(in, policies);
}

} // namespace vigil::definitions
