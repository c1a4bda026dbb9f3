#include "cli/source_map.hpp"

#include "core/model/signal.hpp"
#include "core/model/unit.hpp"
#include "vigil/v1/query.pb.h"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace vigil::cli {

namespace {

struct Hint {
    model::Unit unit;
    std::string_view signals;
};

// What a quantity in this unit can be at a bedside. A hint for a person, never a mapping.
constexpr Hint hints[] = {
    {model::Unit::giga_per_L, "plt wbc"},
    {model::Unit::kilo_per_uL, "plt wbc"},
    {model::Unit::per_uL, "plt wbc"},
    {model::Unit::umol_per_L, "crea bili"},
    {model::Unit::mg_per_dL, "crea bili urea glu"},
    {model::Unit::mmol_per_L, "na k lact hco3 glu urea"},
    {model::Unit::meq_per_L, "na k hco3"},
    {model::Unit::mmHg, "pao2 paco2 map sbp dbp nibp_map"},
    {model::Unit::kPa, "pao2 paco2"},
    {model::Unit::cmH2O, "peep peep_set pplat pmean ppeak"},
    {model::Unit::mbar, "peep peep_set pplat pmean ppeak"},
    {model::Unit::percent, "fio2 fio2_set spo2 hct"},
    {model::Unit::fraction, "fio2 spo2"},
    {model::Unit::per_min, "hr rr pulse rr_set"},
    {model::Unit::Cel, "temp"},
    {model::Unit::degF, "temp"},
    {model::Unit::g_per_dL, "hgb alb"},
    {model::Unit::g_per_L, "alb fib hgb"},
    {model::Unit::mL, "uo vt vt_set"},
    {model::Unit::L_per_min, "ve o2_flow"},
    {model::Unit::score, "gcs_eye gcs_verbal gcs_motor rass"},
    {model::Unit::inr, "inr"},
    {model::Unit::ph, "ph"},
    {model::Unit::kg, "weight"},
    {model::Unit::cm, "height"},
    {model::Unit::ug_per_kg_min, "norepinephrine epinephrine dopamine dobutamine"},
    {model::Unit::U_per_min, "vasopressin"},
    {model::Unit::U_per_h, "vasopressin"},
    {model::Unit::mL_per_h, "norepinephrine propofol opioid"},
    {model::Unit::U_per_L, "ast alt"},
    {model::Unit::mg_per_L, "crp"},
    {model::Unit::ng_per_mL, "pct ferritin troponin"},
    {model::Unit::s, "aptt pt"},
};

std::string suggestion(std::string const& unit) {
    const auto known = model::parse_unit(unit);
    if (unit.empty()) return "sent without a unit: unit_as must say which";
    if (!known) return "unit '" + unit + "' is not known: unit_as must say what it is";
    for (auto const& hint : hints)
        if (hint.unit == *known) return "perhaps " + std::string(hint.signals);
    return {};
}

} // namespace

std::string map_skeleton(v1::DaemonStatus const& status) {
    std::vector<v1::UnmappedCode const*> rows;
    for (auto const& one : status.unmapped()) rows.push_back(&one);
    std::stable_sort(rows.begin(), rows.end(), [](auto const* a, auto const* b) { return a->count() > b->count(); });
    std::string out = "# Codes that arrived and that nobody knows. Fill in the signal (an id of vocabulary.tsv), take "
                      "the # away, keep the\n"
                      "# file under config/maps/ and check it with `vigil check`. Rows that stay commented stay "
                      "unmapped: kept, counted, never scored.\n"
                      "source\tsystem\tcode\tunit\tsignal\tunit_as\n";
    for (auto const* one : rows) {
        out += fmt::format("# {} times{}\n", one->count(), one->reason().empty() ? "" : ", " + one->reason());
        if (const auto text = suggestion(one->unit()); !text.empty()) out += "# " + text + "\n";
        out += fmt::format("#{}\t{}\t{}\t{}\t\t\n", one->source(), one->system(), one->code(), one->unit());
    }
    return out;
}

} // namespace vigil::cli
