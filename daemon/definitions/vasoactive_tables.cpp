#include "definitions/vasoactive_tables.hpp"

#include "core/scores/signal_groups.hpp"
#include "definitions/score_readers.hpp"

#include <algorithm>

namespace vigil::definitions {

namespace {

using model::Decimal;
using model::Signal;
using model::Unit;

bool is_drug(Signal s) {
    auto const& all = scores::vasoactive_signals;
    return s != Signal::weight && std::find(all.begin(), all.end(), s) != all.end();
}

std::vector<Signal> drugs(TomlReader& in, std::string_view key) {
    auto out = signals(in, key);
    for (auto s : out)
        if (!is_drug(s)) in.problem(key, std::string{name_of(s)} + " is no vasoactive drug");
    return out;
}

// As published, per ug or ng of the drug, of vasopressin per unit.
void read_factor(TomlReader& in, scores::Equivalence& e) {
    scores::EquivalenceFactor f;
    in.require("drug");
    const auto drug = in.word("drug", model::parse_signal);
    if (drug && !is_drug(*drug)) in.problem("drug", std::string{name_of(*drug)} + " is no vasoactive drug");
    const auto per = unit(in, "per");
    f.factor = decimal(in, "factor");
    if (f.factor.mantissa <= 0) in.problem("factor", "must be above 0");
    const bool in_units = drug == Signal::vasopressin;
    if (in_units != (per == Unit::U_per_min) || (!in_units && per != Unit::ug_per_kg_min && per != Unit::ng_per_kg_min))
        in.problem("per", "must be U/min for vasopressin, ug/kg/min or ng/kg/min for every other drug");
    if (per == Unit::ng_per_kg_min) {
        const auto per_ug = model::make_decimal(f.factor.mantissa * 1000, f.factor.scale);
        if (per_ug)
            f.factor = *per_ug;
        else
            in.problem("factor", "is too large");
    }
    if (drug) f.drug = *drug;
    const auto same = [&f](auto const& other) { return other.drug == f.drug; };
    if (std::any_of(e.factors.begin(), e.factors.end(), same)) in.problem("drug", "stands twice");
    in.finish();
    e.factors.push_back(f);
}

// Whatever runs counts, is named as left out, or is no vasopressor.
void check_complete(TomlReader const& in, scores::Equivalence const& e, std::vector<Signal> const& inotropes) {
    for (auto drug : scores::vasoactive_signals) {
        if (drug == Signal::weight) continue;
        const auto counted = std::any_of(e.factors.begin(), e.factors.end(), [&](auto& f) { return f.drug == drug; });
        const auto times = (counted ? 1 : 0) + std::count(e.left_out.begin(), e.left_out.end(), drug) +
                           std::count(inotropes.begin(), inotropes.end(), drug);
        if (times != 1)
            in.problem("factors", std::string{name_of(drug)} + (times == 0 ? " has no factor and is not left out"
                                                                           : " stands in several of factors, left_out "
                                                                             "and the inotropes"));
    }
}

void read_equivalence(TomlReader& in, scores::VasoactiveTables& t) {
    scores::Equivalence e;
    cited(in);
    in.require("name");
    if (const auto name = in.text("name")) e.name = *name;
    if (named_twice(t.equivalences, e.name)) in.problem("name", "this equivalence stands twice");
    e.left_out = drugs(in, "left_out");
    in.require("factors");
    for (auto& one : in.tables("factors")) read_factor(one, e);
    check_complete(in, e, t.inotropes);
    in.finish();
    t.equivalences.push_back(std::move(e));
}

void read_policy(TomlReader& in, scores::VasoactiveTables& t) {
    auto p = begin_policy(in, t.policies);
    in.require("equivalence");
    if (const auto name = in.text("equivalence")) {
        const auto is = [&](scores::Equivalence const& e) { return e.name == *name; };
        const auto found = std::find_if(t.equivalences.begin(), t.equivalences.end(), is);
        if (found == t.equivalences.end()) in.problem("equivalence", "there is none called '" + *name + "'");
        p.equivalence = static_cast<std::size_t>(found - t.equivalences.begin());
    }
    in.finish();
    t.policies.push_back(std::move(p));
}

} // namespace

void read_vasoactive(TomlReader& in, scores::VasoactiveTables& t) {
    head(in, "vasoactive", t.version, t.citation);
    section(in, "inotropes", [&](TomlReader& s) { t.inotropes = drugs(s, "drugs"); });
    in.require("equivalences");
    for (auto& one : in.tables("equivalences")) read_equivalence(one, t);
    for (auto& one : in.tables("policies")) read_policy(one, t);
    need_policies(in, t.policies);
    in.finish();
}

} // namespace vigil::definitions
