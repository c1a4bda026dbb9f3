#include "definitions/laboratory_tables.hpp"

#include "definitions/score_readers.hpp"

#include <initializer_list>
#include <utility>

namespace vigil::definitions {

namespace {

using model::Decimal;
using model::Part;
using model::Signal;

// What is compared with a bound or multiplied stays well within what the arithmetic of meld_formula.cpp can hold.
Decimal number(TomlReader& in, std::string_view key) {
    const auto d = decimal(in, key);
    if (d < Decimal{-1000, 0} || d > Decimal{1000, 0} || d.scale > 6)
        in.problem(key, "must be from -1000 to 1000, with six decimals at most");
    return d;
}

enum class Bounds : std::uint8_t { least, both };

void read_clamp(TomlReader& in, std::string_view key, scores::Clamp& clamp, Bounds bounds) {
    in.require(key);
    auto inner = in.table(key);
    if (!inner) return;
    clamp.least = number(*inner, "least");
    if (bounds == Bounds::both) clamp.most = number(*inner, "most");
    if (clamp.most && *clamp.most <= *clamp.least) inner->problem("most", "must be above `least`");
    inner->finish();
}

// Logarithms are taken of these.
void read_clamp_of_logarithm(TomlReader& in, std::string_view key, scores::Clamp& clamp, Bounds bounds) {
    read_clamp(in, key, clamp, bounds);
    if (clamp.least && *clamp.least < Decimal{1, 0}) in.problem(key, "`least` must not be below 1");
}

void read_dialysis(TomlReader& in, scores::DialysisRule& rule) {
    rule.within = duration(in, "within");
    rule.sessions = points(in, "sessions", 1, 100);
    rule.continuous = duration(in, "continuous");
    rule.session_apart = duration(in, "session_apart");
    rule.continuous_for = duration(in, "continuous_for");
    if (rule.continuous > rule.within) in.problem("continuous", "must not be longer than `within`");
    // So long circuits are kept: Timeline::forget.
    if (rule.within > model::hours(24 * 7)) in.problem("within", "must not be longer than a week");
    if (rule.continuous_for > model::hours(24)) in.problem("continuous_for", "must not be longer than a day");
}

template <class Limits, class Factors>
void read_formula(TomlReader& in, std::string_view id, scores::MeldTables& t, Limits limits, Factors factors) {
    head(in, id, t.version, t.citation);
    section(in, "limits", [&](TomlReader& s) {
        read_clamp_of_logarithm(s, "bilirubin", t.bilirubin, Bounds::least);
        read_clamp_of_logarithm(s, "inr", t.inr, Bounds::least);
        read_clamp_of_logarithm(s, "creatinine", t.creatinine, Bounds::both);
        limits(s);
        t.least = points(s, "least", 0, 100);
        t.most = points(s, "most", 0, 100);
        if (t.most <= t.least) s.problem("most", "must be above `least`");
    });
    section(in, "factors", [&](TomlReader& s) {
        t.factors.constant = number(s, "constant");
        t.factors.ln_bilirubin = number(s, "ln_bilirubin");
        t.factors.ln_inr = number(s, "ln_inr");
        t.factors.ln_creatinine = number(s, "ln_creatinine");
        factors(s);
    });
    section(in, "dialysis", [&](TomlReader& s) { read_dialysis(s, t.dialysis); });
    section(in, "inputs", [&](TomlReader& s) { t.apart = duration(s, "apart"); });
    read_plain_policies(in, t.policies);
    in.finish();
}

void need_columns(TomlReader& in, std::vector<scores::BandTable> const& columns,
                  std::initializer_list<std::pair<Part, Signal>> needed) {
    for (auto [part, signal] : needed) {
        const auto is = [p = part, s = signal](scores::BandTable const& c) { return c.part == p && c.signal == s; };
        if (std::none_of(columns.begin(), columns.end(), is))
            in.problem("columns", "the column of " + std::string{model::name_of(signal)} + " is missing");
    }
}

// From a prolongation in seconds to the time itself.
void add_upper_limit(TomlReader& in, Decimal limit, std::vector<scores::BandTable>& columns) {
    for (auto& c : columns) {
        if (c.signal != Signal::pt) continue;
        for (auto& b : c.bands) {
            const auto sum = model::sum(model::ratio(b.bound), model::ratio(limit));
            const auto at = sum ? model::round_half_up(*sum, 6) : std::nullopt;
            if (at)
                b.bound = *at;
            else
                in.problem("pt_upper_limit", "cannot be added to the bands");
        }
    }
}

} // namespace

void read_meld(TomlReader& in, scores::MeldTables& t) {
    read_formula(
        in, "meld", t, [](TomlReader&) {}, [](TomlReader&) {});
}

void read_meld_na(TomlReader& in, scores::MeldTables& t) {
    read_formula(
        in, "meld_na", t,
        [&t](TomlReader& s) {
            read_clamp(s, "sodium", t.sodium, Bounds::both);
            t.sodium_above = points(s, "sodium_above", 0, 100);
        },
        [&t](TomlReader& s) {
            t.factors.sodium = number(s, "sodium");
            t.factors.sodium_meld = number(s, "sodium_meld");
        });
}

void read_meld3(TomlReader& in, scores::MeldTables& t) {
    read_formula(
        in, "meld3", t,
        [&t](TomlReader& s) {
            read_clamp(s, "sodium", t.sodium, Bounds::both);
            read_clamp(s, "albumin", t.albumin, Bounds::both);
        },
        [&t](TomlReader& s) {
            t.factors.sodium = number(s, "sodium");
            t.factors.sodium_ln_bilirubin = number(s, "sodium_ln_bilirubin");
            t.factors.albumin = number(s, "albumin");
            t.factors.albumin_ln_creatinine = number(s, "albumin_ln_creatinine");
            t.factors.female = number(s, "female");
        });
}

void read_child_pugh(TomlReader& in, scores::ChildPughTables& t) {
    head(in, "child_pugh", t.version, t.citation);
    read_columns(in, t.columns);
    need_columns(in, t.columns,
                 {{Part::bili, Signal::bili},
                  {Part::albumin, Signal::alb},
                  {Part::inr, Signal::inr},
                  {Part::encephalopathy, Signal::encephalopathy}});
    section(in, "points", [&](TomlReader& s) {
        t.least = points(s, "least", 1, 4);
        t.most = points(s, "most", 1, 4);
        for (auto const& c : t.columns)
            if (c.bands.empty() || c.bands.front().points != t.most || c.bands.back().points <= t.least)
                s.problem("most", "every column goes from `most` down to what is above `least`");
    });
    section(in, "ascites", [&](TomlReader& s) {
        for (auto word : {model::Word::none, model::Word::mild, model::Word::moderate, model::Word::severe}) {
            const auto p = points(s, model::name_of(word), t.least, t.most);
            if (!t.ascites.empty() && p < t.ascites.back().points)
                s.problem(model::name_of(word), "more ascites has no fewer points");
            t.ascites.push_back({word, p});
        }
    });
    section(in, "classes", [&](TomlReader& s) {
        t.class_b = points(s, "b_from", 1, 100);
        t.class_c = points(s, "c_from", 1, 100);
        if (t.class_c <= t.class_b) s.problem("c_from", "must be above `b_from`");
    });
    read_plain_policies(in, t.policies);
    in.finish();
}

void read_isth_dic(TomlReader& in, scores::IsthDicTables& t) {
    head(in, "isth_dic", t.version, t.citation);
    read_columns(in, t.columns);
    need_columns(
        in, t.columns,
        {{Part::plt, Signal::plt}, {Part::marker, Signal::ddimer}, {Part::pt, Signal::pt}, {Part::fib, Signal::fib}});
    section(in, "local", [&](TomlReader& s) {
        s.require("set");
        if (const auto f = s.flag("set")) t.local = *f;
        const auto limit = number(s, "pt_upper_limit");
        if (limit <= Decimal{0, 0}) s.problem("pt_upper_limit", "must be above 0");
        t.pt_upper_limit = limit;
        add_upper_limit(s, limit, t.columns);
    });
    section(in, "label", [&](TomlReader& s) { t.overt = points(s, "overt_from", 1, 100); });
    read_plain_policies(in, t.policies);
    in.finish();
}

void read_sic(TomlReader& in, scores::SicTables& t) {
    head(in, "sic", t.version, t.citation);
    read_columns(in, t.columns);
    need_columns(in, t.columns, {{Part::inr, Signal::inr}, {Part::plt, Signal::plt}});
    section(in, "label", [&](TomlReader& s) {
        t.organs_most = points(s, "organs_most", 1, 16);
        t.from = points(s, "from", 1, 100);
        t.coagulation_above = points(s, "coagulation_above", 0, 100);
    });
    read_plain_policies(in, t.policies);
    in.finish();
}

} // namespace vigil::definitions
