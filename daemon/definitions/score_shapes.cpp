#include "definitions/score_shapes.hpp"

namespace vigil::definitions {

namespace {

using enum model::ScoreId;
using model::Part;
using model::Signal;
using model::Unit;
using enum Columns;

// clang-format off
constexpr ColumnShape columns[] = {
    {sofa, Part::resp, Signal::pao2, Unit::mmHg, one, "4 3 2 1", false},
    {sofa, Part::coag, Signal::plt, Unit::giga_per_L, several, "4 3 2 1"},
    {sofa, Part::liver, Signal::bili, Unit::mg_per_dL, several, "4 3 2 1"},
    {sofa, Part::cardio, Signal::map, Unit::mmHg, one, "1"},
    {sofa, Part::cns, Signal::gcs_total, Unit::score, one, "4 3 2 1"},
    {sofa, Part::renal, Signal::crea, Unit::mg_per_dL, several, "4 3 2 1"},
    {sofa, Part::renal, Signal::uo, Unit::mL, one, "4 3"},

    {sofa2, Part::brain, Signal::gcs_total, Unit::score, one, "4 3 2 1"},
    {sofa2, Part::brain, Signal::gcs_motor, Unit::score, one, "4 3 2 1"},
    {sofa2, Part::resp, Signal::pao2, Unit::mmHg, several, "4 3 2 1", false},
    {sofa2, Part::resp, Signal::spo2, Unit::percent, one, "4 3 2 1", false},
    {sofa2, Part::cardio, Signal::map, Unit::mmHg, one, "1"},
    {sofa2, Part::liver, Signal::bili, Unit::mg_per_dL, several, "4 3 2 1"},
    {sofa2, Part::kidney, Signal::crea, Unit::mg_per_dL, several, "3 2 1"},
    {sofa2, Part::hemo, Signal::plt, Unit::giga_per_L, several, "4 3 2 1"},

    {child_pugh, Part::bili, Signal::bili, Unit::mg_per_dL, several, "3 2"},
    {child_pugh, Part::albumin, Signal::alb, Unit::g_per_dL, several, "3 2"},
    {child_pugh, Part::inr, Signal::inr, Unit::inr, one, "3 2"},
    {child_pugh, Part::encephalopathy, Signal::encephalopathy, Unit::score, one, "3 2"},

    {isth_dic, Part::plt, Signal::plt, Unit::giga_per_L, several, "2 1"},
    {isth_dic, Part::marker, Signal::ddimer, Unit::ug_per_mL_feu, several, "3 2"},
    {isth_dic, Part::pt, Signal::pt, Unit::s, one, "2 1", false},
    {isth_dic, Part::fib, Signal::fib, Unit::g_per_L, several, "1"},

    {sic, Part::inr, Signal::inr, Unit::inr, one, "2 1"},
    {sic, Part::plt, Signal::plt, Unit::giga_per_L, several, "2 1"},

    {murray, Part::opacities, Signal::cxr_quadrants, Unit::score, one, "4 3 2 1"},
    {murray, Part::pf, Signal::pao2, Unit::mmHg, one, "4 3 2 1", false},
    {murray, Part::end_expiratory, Signal::peep_set, Unit::cmH2O, one, "4 3 2 1"},
    {murray, Part::compliance, Signal::crs, Unit::mL_per_cmH2O, one, "4 3 2 1"},

    {septic_shock, Part::lactate, Signal::lact, Unit::mmol_per_L, several, "1"},

    {apache2, Part::temp, Signal::temp, Unit::Cel, one, "4 3 2 1 0 1 3 4"},
    {apache2, Part::map, Signal::map, Unit::mmHg, one, "4 2 0 2 3 4"},
    {apache2, Part::hr, Signal::hr, Unit::per_min, one, "4 3 2 0 2 3 4"},
    {apache2, Part::rr, Signal::rr, Unit::per_min, one, "4 2 1 0 1 3 4"},
    {apache2, Part::acid_base, Signal::ph, Unit::ph, one, "4 3 2 0 1 3 4"},
    {apache2, Part::acid_base, Signal::hco3, Unit::mmol_per_L, one, "4 3 2 0 1 3 4"},
    {apache2, Part::na, Signal::na, Unit::mmol_per_L, one, "4 3 2 0 1 2 3 4"},
    {apache2, Part::k, Signal::k, Unit::mmol_per_L, one, "4 2 1 0 1 3 4"},
    {apache2, Part::crea, Signal::crea, Unit::mg_per_dL, one, "2 0 2 3 4"},
    {apache2, Part::hct, Signal::hct, Unit::percent, one, "4 2 0 1 2 4"},
    {apache2, Part::wbc, Signal::wbc, Unit::giga_per_L, one, "4 2 0 1 2 4"},

    {saps2, Part::hr, Signal::hr, Unit::per_min, one, "11 2 0 4 7"},
    {saps2, Part::sbp, Signal::sbp, Unit::mmHg, one, "13 5 0 2"},
    {saps2, Part::temp, Signal::temp, Unit::Cel, one, "0 3"},
    {saps2, Part::urea, Signal::urea, Unit::mg_per_dL, several, "0 6 10"},
    {saps2, Part::wbc, Signal::wbc, Unit::giga_per_L, one, "12 0 3"},
    {saps2, Part::k, Signal::k, Unit::mmol_per_L, one, "3 0 3"},
    {saps2, Part::na, Signal::na, Unit::mmol_per_L, one, "5 0 1"},
    {saps2, Part::hco3, Signal::hco3, Unit::mmol_per_L, one, "6 3 0"},
    {saps2, Part::bili, Signal::bili, Unit::mg_per_dL, one, "0 4 9"},

    {sirs, Part::temp, Signal::temp, Unit::Cel, one, "1 0 1"},
    {sirs, Part::hr, Signal::hr, Unit::per_min, one, "0 1"},
    {sirs, Part::resp, Signal::rr, Unit::per_min, one, "0 1"},
    {sirs, Part::resp, Signal::paco2, Unit::mmHg, several, "1 0"},
    {sirs, Part::wbc, Signal::wbc, Unit::giga_per_L, one, "1 0 1"},
    {sirs, Part::wbc, Signal::bands, Unit::percent, one, "0 1"},

    {qsofa, Part::rr, Signal::rr, Unit::per_min, one, "0 1"},
    {qsofa, Part::sbp, Signal::sbp, Unit::mmHg, one, "1 0"},

    {news2, Part::rr, Signal::rr, Unit::per_min, one, "3 1 0 2 3"},
    {news2, Part::spo2, Signal::spo2, Unit::percent, one, "3 2 1 0"},
    {news2, Part::sbp, Signal::sbp, Unit::mmHg, one, "3 2 1 0 3"},
    {news2, Part::pulse, Signal::hr, Unit::per_min, one, "3 1 0 1 2 3"},
    {news2, Part::temp, Signal::temp, Unit::Cel, one, "3 1 0 1 2"},

    {crs, Part::fever, Signal::temp, Unit::Cel, one, "0 1"},
    {crs, Part::hypotension, Signal::sbp, Unit::mmHg, one, "2 0"},
    {crs, Part::hypotension, Signal::map, Unit::mmHg, one, "2 0"},
};

constexpr ListShape lists[] = {
    {sofa, "sf_512", "bands", "4 3 2 1"},
    {sofa, "sf_302", "bands", "4 3 2 1"},
    {sofa2, "cardio", "tiers", "4 3 2 1"},
    {sofa2, "kidney", "urine", "3 3 2 1"},
    {kdigo, "creatinine", "ratios", "3 2 1"},
    {kdigo, "urine", "rates", "3 3 2 1"},
    {ards_berlin, "oxygenation", "bands", "3 2 1", Unit::mmHg},
    {ards_global, "oxygenation", "pf", "3 2 1"},
    {ards_global, "oxygenation", "sf", "3 2 1"},
    {ards_kigali, "oxygenation", "sf", "1"},
    {apache2, "gradient", "ranges", "0 2 3 4"},
    {apache2, "tension", "ranges", "4 3 1 0"},
    {apache2, "age", "ranges", "0 2 3 5 6"},
    {saps2, "age", "ranges", "0 7 12 15 16 18"},
    {saps2, "oxygenation", "ranges", "11 9 6"},
    {saps2, "urine", "ranges", "11 4 0"},
    {saps2, "coma", "ranges", "26 13 7 5 0"},
    {news2, "scale2_air", "ranges", "3 2 1 0"},
    {news2, "scale2_oxygen", "ranges", "3 2 1 0 1 2 3"},
    {icans, "ice", "bands", "3 2 1", Unit::score},
};

constexpr DoseShape doses[] = {
    {sofa, Signal::dopamine, "2 3 4"},
    {sofa, Signal::dobutamine, "2"},
    {sofa, Signal::epinephrine, "3 4"},
    {sofa, Signal::norepinephrine, "3 4"},
    {sofa2, Signal::norepinephrine, "2 3 4"},
    {sofa2, Signal::dopamine, "2 3 4"},
};

constexpr WordsShape words[] = {
    {crs, "hypoxia", "devices", "hfno simple_mask venturi nrb trach_collar cpap niv imv home_vent", 4},
    {icans, "consciousness", "words", "spontaneous voice tactile vigorous unarousable", 4},
    {icans, "seizure", "words", "none brief nonconvulsive prolonged repetitive", 4},
    {icans, "motor", "words", "none mild hemiparesis paraparesis", 4},
    {icans, "icp", "words", "none focal_oedema diffuse_oedema decorticate decerebrate abducens_palsy papilloedema cushing", 4},
};
// clang-format on

} // namespace

std::span<ColumnShape const> column_shapes() { return columns; }
std::span<ListShape const> list_shapes() { return lists; }
std::span<DoseShape const> dose_shapes() { return doses; }
std::span<WordsShape const> words_shapes() { return words; }

} // namespace vigil::definitions
