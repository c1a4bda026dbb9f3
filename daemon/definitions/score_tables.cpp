#include "definitions/score_tables.hpp"

#include "definitions/toml_reader.hpp"

#include <algorithm>

namespace vigil::definitions {

namespace {

using scores::Band;
using scores::BandTable;
using scores::DoseBand;
using scores::Tables;

void cited(TomlReader& in) {
    in.require("citation");
    (void)in.text("citation");
}

model::Duration duration(TomlReader& in, std::string_view key) {
    in.require(key);
    const auto d = in.duration(key);
    if (d && d->ms <= 0) in.problem(key, "must be longer than nothing");
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

// The worst band first, each further one milder in points and in its bound; all look the same way.
void read_bands(TomlReader& in, BandTable& table, std::int64_t most) {
    in.require("bands");
    bool first = true;
    for (auto& one : in.tables("bands")) {
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
    if (table.bands.empty()) in.problem("bands", "must hold at least one band");
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

template <class Policy>
bool named_twice(std::vector<Policy> const& all, std::string const& name) {
    return std::any_of(all.begin(), all.end(), [&](Policy const& p) { return p.name == name; });
}

template <class Policy>
Policy begin_policy(TomlReader& in, std::vector<Policy> const& all) {
    Policy p;
    in.require("name");
    if (const auto name = in.text("name")) p.name = *name;
    if (named_twice(all, p.name)) in.problem("name", "this policy stands twice");
    return p;
}

template <class Policy>
void need_policies(TomlReader& in, std::vector<Policy> const& all) {
    if (all.size() > 255) in.problem("policies", "more than 255");
    for (auto name : {"published", "live"})
        if (!named_twice(all, name)) in.problem("policies", "the policy '" + std::string{name} + "' is missing");
    if (!all.empty() && all.front().name != "published") in.problem("policies", "the first policy must be 'published'");
}

void read_sofa_policy(TomlReader& in, std::vector<scores::SofaPolicy>& all) {
    auto p = begin_policy(in, all);
    for (auto key : {"ecls_force4", "rrt_force4", "surrogate", "verbal"}) in.require(key);
    if (const auto f = in.flag("ecls_force4")) p.ecls_force4 = *f;
    if (const auto f = in.flag("rrt_force4")) p.rrt_force4 = *f;
    if (const auto s = in.word("surrogate", scores::parse_surrogate)) p.surrogate = *s;
    if (const auto v = in.word("verbal", scores::parse_verbal)) p.verbal = *v;
    p.support = words(in, "support");
    in.finish();
    all.push_back(std::move(p));
}

void read_flow(TomlReader& in, std::vector<scores::FlowTable>& flows) {
    scores::FlowTable f;
    cited(in);
    in.require("device");
    if (const auto w = in.word("device", model::parse_word)) f.device = *w;
    in.require("steps");
    for (auto& one : in.tables("steps")) {
        scores::FlowStep s;
        s.from = decimal(one, "from");
        s.percent = decimal(one, "percent");
        if (const auto d = one.decimal("per_litre")) s.per_litre = *d;
        if (const auto b = one.flag("beyond")) s.beyond = *b;
        if (!f.steps.empty() && s.from <= f.steps.back().from) one.problem("from", "steps must ascend");
        if (s.percent < model::Decimal{21, 0} || s.percent > model::Decimal{100, 0})
            one.problem("percent", "must be from 21 to 100");
        one.finish();
        f.steps.push_back(s);
    }
    in.finish();
    flows.push_back(std::move(f));
}

void read_salt(TomlReader& in, std::vector<scores::Salt>& salts) {
    cited(in);
    in.require("name");
    scores::Salt s;
    if (const auto n = in.text("name")) s.name = *n;
    s.factor = decimal(in, "factor");
    if (s.factor < model::Decimal{1, 0}) in.problem("factor", "a salt weighs at least as much as its base");
    const auto same = [&s](scores::Salt const& other) { return other.name == s.name; };
    if (std::any_of(salts.begin(), salts.end(), same)) in.problem("name", "this salt stands twice");
    if (salts.size() == 255) in.problem("name", "more than 255 salts");
    in.finish();
    salts.push_back(std::move(s));
}

void read_imputation(TomlReader& in, scores::Imputation& table) {
    cited(in);
    for (auto key : {"first", "last_exact", "pao2"}) in.require(key);
    if (const auto n = in.whole("first", 1, 1000)) table.first = static_cast<std::int32_t>(*n);
    if (const auto n = in.whole("last_exact", 1, 1000)) table.last_exact = static_cast<std::int32_t>(*n);
    for (auto const& text : in.texts("pao2")) {
        const auto d = model::parse_decimal(text);
        if (!d)
            in.problem("pao2", "'" + text + "' is no decimal");
        else if (!table.pao2.empty() && *d <= table.pao2.back())
            in.problem("pao2", "must ascend: '" + text + "'");
        else
            table.pao2.push_back(*d);
    }
    const auto last = table.first + static_cast<std::int64_t>(table.pao2.size()) - 1;
    if (table.last_exact < table.first || table.last_exact > last)
        in.problem("last_exact", "must lie within the table");
    in.finish();
}

// Every component must be able to give each of 1 to 4 points, from its columns or its doses.
void check_coverage(TomlReader& in, scores::SofaTables const& t) {
    for (auto part : {model::Part::resp, model::Part::coag, model::Part::liver, model::Part::cardio, model::Part::cns,
                      model::Part::renal}) {
        std::uint32_t seen = 0;
        for (auto const& c : t.columns)
            if (c.part == part)
                for (auto const& b : c.bands) seen |= 1U << b.points;
        if (part == model::Part::cardio)
            for (auto const& d : t.doses) seen |= 1U << d.points;
        if (seen != 0b11110)
            in.problem("columns", std::string{model::name_of(part)} + " does not give every one of 1 to 4 points");
    }
    const auto need = [&](model::Part part, model::Signal signal) {
        const bool found = std::any_of(t.columns.begin(), t.columns.end(),
                                       [&](BandTable const& c) { return c.part == part && c.signal == signal; });
        if (!found) in.problem("columns", "the column of " + std::string{model::name_of(signal)} + " is missing");
    };
    using model::Part, model::Signal;
    for (auto [part, signal] : {std::pair{Part::resp, Signal::pao2},
                                {Part::coag, Signal::plt},
                                {Part::liver, Signal::bili},
                                {Part::cardio, Signal::map},
                                {Part::cns, Signal::gcs_total},
                                {Part::renal, Signal::crea},
                                {Part::renal, Signal::uo}})
        need(part, signal);
}

template <class Read>
void section(TomlReader& in, std::string_view key, Read read) {
    in.require(key);
    if (auto inner = in.table(key)) {
        cited(*inner);
        read(*inner);
        inner->finish();
    }
}

void read_limits(TomlReader& in, scores::SofaTables& t) {
    section(in, "cardio", [&](TomlReader& s) {
        s.require("unlisted");
        for (auto const& text : s.texts("unlisted")) {
            if (const auto drug = model::parse_signal(text))
                t.unlisted.push_back(*drug);
            else
                s.problem("unlisted", "unknown drug '" + text + "'");
        }
        t.infusion_min = duration(s, "infusion_min");
        t.infusion_gap = duration(s, "infusion_gap");
        t.bolus_max = duration(s, "bolus_max");
        t.feed_silent = duration(s, "feed_silent");
        t.charting_silent = duration(s, "charting_silent");
        t.dose_lost = duration(s, "dose_lost");
        t.stop_unheard = duration(s, "stop_unheard");
        if (t.stop_unheard < t.dose_lost) s.problem("stop_unheard", "must not be shorter than dose_lost");
        t.cuff_yields = duration(s, "cuff_yields");
        t.monitor_gap = duration(s, "monitor_gap");
        if (t.monitor_gap < model::minutes(1)) s.problem("monitor_gap", "must not be below one minute");
    });
    section(in, "laboratory", [&](TomlReader& s) {
        t.valued_for = duration(s, "valued_for");
        t.carried_for = duration(s, "carried_for");
        if (t.carried_for < t.valued_for) s.problem("carried_for", "must not be shorter than valued_for");
    });
    section(in, "oxygen", [&](TomlReader& s) {
        s.require("support_from");
        if (const auto n = s.whole("support_from", 1, 5)) t.support_from = static_cast<std::int32_t>(*n);
        t.pair_within = duration(s, "pair_within");
        t.support_charted = duration(s, "support_charted");
        t.ventilator_fresh = duration(s, "ventilator_fresh");
    });
    section(in, "cns", [&](TomlReader& s) {
        t.gcs_set = duration(s, "gcs_set");
        t.recent_sedation = duration(s, "recent_sedation");
    });
    section(in, "renal", [&](TomlReader& s) {
        t.urine_interval = duration(s, "urine_interval");
        t.urine_min = duration(s, "urine_min");
        t.urine_max = duration(s, "urine_max");
        if (t.urine_max < t.urine_min) s.problem("urine_max", "must not be shorter than urine_min");
    });
}

void head(TomlReader& in, std::string_view id, std::string& version, std::string& citation) {
    cited(in);
    for (auto key : {"id", "version"}) in.require(key);
    if (const auto given = in.text("id"); given && *given != id) in.problem("id", "must be '" + std::string{id} + "'");
    if (const auto v = in.text("version")) version = *v;
    if (const auto c = in.text("citation")) citation = *c;
}

void read_surrogate(TomlReader& in, std::string_view key, BandTable& table, bool* needs_support) {
    section(in, key, [&](TomlReader& s) {
        table.part = model::Part::resp;
        table.signal = model::Signal::spo2;
        read_bands(s, table, 4);
        s.require("needs_support");
        const auto needs = s.flag("needs_support");
        if (needs && needs_support != nullptr) *needs_support = *needs;
    });
}

void read_sofa(TomlReader& in, scores::SofaTables& t) {
    head(in, "sofa", t.version, t.citation);
    in.require("adult_from");
    if (const auto n = in.whole("adult_from", 0, 120)) t.adult_from = static_cast<std::uint32_t>(*n);
    t.window = duration(in, "window");
    for (auto& one : in.tables("columns")) read_column(one, t.columns);
    stand_together(t.columns);
    for (auto& one : in.tables("doses")) read_dose(one, t.doses);
    for (auto& one : in.tables("salts")) read_salt(one, t.salts);
    for (auto& one : in.tables("flows")) read_flow(one, t.flows);
    for (auto& one : in.tables("policies")) read_sofa_policy(one, t.policies);
    read_limits(in, t);
    read_surrogate(in, "sf_512", t.sf_512, nullptr);
    read_surrogate(in, "sf_302", t.sf_302, &t.sf_302_needs_support);
    in.require("imputation");
    if (auto inner = in.table("imputation")) read_imputation(*inner, t.imputation);
    check_coverage(in, t);
    need_policies(in, t.policies);
    in.finish();
}

void read_berlin(TomlReader& in, scores::BerlinTables& t) {
    head(in, "ards_berlin", t.version, t.citation);
    section(in, "oxygenation", [&](TomlReader& s) {
        t.pf.part = model::Part::oxygenation;
        t.pf.signal = model::Signal::pao2;
        t.pf.unit = unit(s, "unit");
        read_bands(s, t.pf, 3);
        if (t.pf.bands.size() != 3) s.problem("bands", "mild, moderate and severe are three bands");
    });
    section(in, "limits", [&](TomlReader& s) {
        t.peep_min = decimal(s, "peep_min");
        t.sea_level = decimal(s, "sea_level");
        t.altitude_below = decimal(s, "altitude_below");
        t.onset_within = duration(s, "onset_within");
        t.gas_max_age = duration(s, "gas_max_age");
        t.frozen_for = duration(s, "frozen_for");
    });
    for (auto& one : in.tables("policies")) {
        auto p = begin_policy(one, t.policies);
        one.require("niv_cap_mild");
        if (const auto f = one.flag("niv_cap_mild")) p.niv_cap_mild = *f;
        one.finish();
        t.policies.push_back(std::move(p));
    }
    need_policies(in, t.policies);
    in.finish();
}

} // namespace

Tables load_score_tables(Files const& files, Problems& problems) {
    Tables out;
    bool sofa = false, berlin = false;
    for (auto const& file : files) {
        const bool is_sofa = file.name == "scores/sofa.toml", is_berlin = file.name == "scores/ards_berlin.toml";
        if (!is_sofa && !is_berlin) {
            problems.push_back({file.shown, 0, 0, "file", "no such score: sofa.toml and ards_berlin.toml are known"});
            continue;
        }
        (is_sofa ? sofa : berlin) = true;
        const auto document = parse_toml(file, problems);
        if (!document) continue;
        TomlReader in{*document, file.shown, "", problems};
        if (is_sofa)
            read_sofa(in, out.sofa);
        else
            read_berlin(in, out.berlin);
    }
    // A single file may be checked alone; a rulebook needs both.
    if (files.size() != 1 && (!sofa || !berlin))
        problems.push_back({"scores/", 0, 0, "file", std::string{sofa ? "ards_berlin" : "sofa"} + ".toml is missing"});
    return out;
}

} // namespace vigil::definitions
