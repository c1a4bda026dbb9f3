#pragma once
// Units as a closed list with their UCUM spelling. Conversion is per analyte (config/conversions.tsv), never per
// dimension.

#include <cstdint>
#include <optional>
#include <string_view>

namespace vigil::model {

// The order is part of the journal's encoding: append only.
enum class Unit : std::uint8_t {
    none,
    mmHg,
    kPa,
    cmH2O,
    mbar,
    hPa,
    percent,
    fraction,
    per_min,
    Cel,
    degF,
    giga_per_L,
    kilo_per_uL,
    per_uL,
    mg_per_dL,
    umol_per_L,
    mmol_per_L,
    meq_per_L,
    nmol_per_L,
    g_per_dL,
    g_per_L,
    mg_per_L,
    ug_per_L,
    ng_per_mL,
    ug_per_mL,
    pg_per_mL,
    ug_per_mL_feu,
    L_per_min,
    mL_per_min,
    mL,
    L,
    mL_per_h,
    kg,
    g,
    lb,
    cm,
    m,
    inch,
    score,
    inr,
    s,
    ph,
    ug_per_kg_min,
    ug_per_kg_h,
    ug_per_min,
    ug_per_h,
    mg_per_h,
    mg_per_min,
    mg_per_kg_min,
    mg_per_kg_h,
    ng_per_kg_min,
    U_per_min,
    U_per_h,
    mL_per_cmH2O,
    L_per_kPa,
    U_per_L,
    min,
    h,
    L_per_L,
    cmH2O_per_mmHg,
    mg,
};
inline constexpr std::size_t unit_count = static_cast<std::size_t>(Unit::mg) + 1;

std::string_view ucum(Unit unit); // "mm[Hg]", "" for none
// Exact UCUM spelling or one of the spellings of devices.md 24 (already reduced by adapters); empty when unknown.
std::optional<Unit> parse_unit(std::string_view text);

} // namespace vigil::model
