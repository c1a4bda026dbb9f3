// The ward: one function an archetype, in bed order. To add one, write a function and name it in the list at the end.

#include "adapters/simulator/circumstances.hpp"

namespace vigil::simulator {
namespace {

using enum Latent;

Archetype septic_shock_responder() {
    return {.id = "septic_shock_responder",
            .title = "Septic shock with recovery",
            .story = "Pneumonia; shock from hour 15, norepinephrine and vasopressin; antibiotics answer from hour 30.",
            .bed = {.number = 1},
            .person = {.given = "ABALONE", .birth_year = 1958, .sex = 'F', .weight_kg = 72, .height_cm = 166},
            .courses = {{inflammation, 0.25, 12, 10, 0.90, 28, 30, 0.20},
                        {shock, 0.08, 15, 10, 0.86, 30, 20, 0.08},
                        {lung, 0.15, 15, 10, 0.62, 32, 30, 0.18},
                        {kidney, 0.05, 18, 14, 0.55, 36, 30, 0.08},
                        {liver, 0.05, 18, 18, 0.38, 40, 30, 0.15},
                        {coagulation, 0.10, 16, 16, 0.62, 38, 36, 0.20},
                        {consciousness, 0.02, 16, 6, 0.35, 44, 12, 0.00}},
            .charted = {{0, "resp_device", "nasal_cannula"},
                        {17, "resp_device", "hfno"},
                        {22, "resp_device", "imv"},
                        {58, "resp_device", "nasal_cannula"}},
            .infusions = {{Drug::norepinephrine}, {Drug::vasopressin}, {Drug::propofol, 22, 54, 30}}};
}

Archetype septic_shock_nonresponder() {
    return {
        .id = "septic_shock_nonresponder",
        .title = "Septic shock, no response",
        .story =
            "Abdominal sepsis; every organ worsens from hour 8 in spite of rising norepinephrine; CRRT from hour 40.",
        .bed = {.number = 2},
        .person = {.given = "BARNACLE", .birth_year = 1949, .sex = 'M', .weight_kg = 88, .height_cm = 178},
        .courses = {{inflammation, 0.35, 6, 20, 0.95},
                    {shock, 0.20, 8, 22, 0.97},
                    {lung, 0.20, 10, 30, 0.75},
                    {kidney, 0.15, 10, 28, 0.95},
                    {liver, 0.15, 12, 44, 0.85},
                    {coagulation, 0.25, 10, 40, 0.92},
                    {consciousness, 0.10, 10, 24, 0.80}},
        .charted = {{0, "resp_device", "nrb"}, {9, "resp_device", "imv"}, {40, "rrt", "crrt"}},
        .infusions = {{Drug::norepinephrine}, {Drug::vasopressin}, {Drug::propofol, 9, 60, 20}},
        .pressor_response = 0.5};
}

Archetype ards_recovery() {
    return {.id = "ards_recovery",
            .title = "ARDS, mild to severe, then recovery",
            .story = "Aspiration; P/F falls from hour 4 and is below 100 from hour 27; stromal cells at hour 30 (day "
                     "1), answers "
                     "from hour 42.",
            .bed = {.number = 3},
            .person = {.given = "CUTTLEFISH", .birth_year = 1971, .sex = 'M', .weight_kg = 81, .height_cm = 180},
            .courses = {{inflammation, 0.35, 4, 22, 0.70, 40, 30, 0.25},
                        {lung, 0.30, 4, 24, 0.98, 42, 26, 0.15},
                        {shock, 0.05, 18, 12, 0.42, 40, 20, 0.05},
                        {kidney, 0.05, 24, 20, 0.30, 48, 24, 0.08},
                        {coagulation, 0.10, 20, 20, 0.35, 48, 24, 0.15}},
            .charted = {{0, "resp_device", "hfno"},
                        {6, "resp_device", "niv"},
                        {12, "resp_device", "imv"},
                        {24.5, "ards_imaging", "bilateral"},
                        {24.5, "ards_origin", "not_cardiac"},
                        {24.5, "ards_onset", "known", 2},
                        {30, "cell_product", "msc"},
                        {78, "resp_device", "hfno"}},
            .infusions = {{Drug::norepinephrine}, {Drug::propofol, 12, 74, 35}, {Drug::fentanyl, 12, 74, 75}}};
}

Archetype ards_relapse() {
    return {.id = "ards_relapse",
            .title = "ARDS with relapse",
            .story = "Viral pneumonia; improves from hour 18, relapses from hour 40, answers again from hour 60.",
            .bed = {.number = 4},
            .person = {.given = "DUGONG", .birth_year = 1964, .sex = 'F', .weight_kg = 69, .height_cm = 162},
            .courses = {{inflammation, 0.40, 2, 12, 0.65, 18, 12, 0.30, 40, 0.70},
                        {lung, 0.45, 2, 8, 0.84, 18, 14, 0.30, 40, 0.88},
                        {shock, 0.05, 4, 10, 0.30, 20, 10, 0.08, 42, 0.40},
                        {kidney, 0.08}},
            .charted = {{0, "resp_device", "imv"},
                        {1, "ards_imaging", "bilateral"},
                        {1, "ards_origin", "not_cardiac"},
                        {1, "ards_onset", "known", 0}},
            .infusions = {{Drug::norepinephrine}, {Drug::propofol, 0, 30, 30}, {Drug::propofol, 44, 80, 30}},
            .dirt = {.duplicate_every = 37, .swap_every = 45}};
}

Archetype vv_ecmo() {
    return {
        .id = "vv_ecmo",
        .title = "Veno-venous ECMO",
        .story =
            "Severe ARDS on arrival; cannulated at hour 6, decannulated at hour 66 (the circuit's effect is scripted).",
        .bed = {.number = 5},
        .person = {.given = "ELEDONE", .birth_year = 1983, .sex = 'M', .weight_kg = 94, .height_cm = 184},
        .courses = {{inflammation, 0.70, 0, 4, 0.75, 36, 40, 0.25},
                    {lung, 0.97, 0, 5, 0.985, 38, 30, 0.35},
                    {shock, 0.30, 0, 6, 0.50, 18, 24, 0.10},
                    {kidney, 0.15, 6, 24, 0.40, 40, 30, 0.12},
                    {coagulation, 0.25, 6, 20, 0.65, 60, 24, 0.25}},
        .charted = {{0, "resp_device", "imv"},
                    {0.5, "ards_imaging", "bilateral"},
                    {0.5, "ards_origin", "not_cardiac"},
                    {0.5, "ards_onset", "known", 0},
                    {6, "ecls", "vv"},
                    {66, "ecls", "none"}},
        .infusions = {{Drug::norepinephrine}, {Drug::propofol, 0, 80, 40}, {Drug::fentanyl, 0, 80, 100}}};
}

Archetype chronic_renal_gap() {
    return {.id = "chronic_renal_gap",
            .title = "Chronic kidney disease; the feed falls silent",
            .story = "Stable, creatinine high as ever; all devices of the bed are silent from hour 24.6 to 26.6.",
            .bed = {.number = 6},
            .person = {.given = "FIDDLER",
                       .birth_year = 1946,
                       .sex = 'F',
                       .weight_kg = 63,
                       .height_cm = 158,
                       .creatinine_mg_dl = 2.8},
            .courses = {{inflammation, 0.15}, {lung, 0.08}, {shock, 0.05}, {kidney, 0.10}},
            .charted = {{0, "resp_device", "room_air"}, {0.1, "crea_baseline", "3.1"}},
            .infusions = {},
            .arterial_line = false,
            .dirt = {.silent_from_h = 24.6, .silent_until_h = 26.6}};
}

Archetype crrt() {
    return {
        .id = "crrt",
        .title = "Kidney failure on CRRT",
        .story = "Rhabdomyolysis; anuric by hour 14, CRRT from hour 16 to 72, urine returns from hour 56.",
        .bed = {.number = 7},
        .person = {.given = "GURNARD", .birth_year = 1979, .sex = 'M', .weight_kg = 102, .height_cm = 188},
        .courses = {{inflammation, 0.40, 0, 10, 0.55, 30, 30, 0.20},
                    {lung, 0.35, 4, 12, 0.50, 40, 30, 0.20},
                    {shock, 0.25, 2, 12, 0.55, 30, 20, 0.08},
                    {kidney, 0.50, 1, 12, 0.98, 52, 36, 0.25},
                    {coagulation, 0.20, 4, 20, 0.40, 48, 24, 0.20}},
        .charted = {{0, "resp_device", "imv"}, {16, "rrt", "crrt"}, {48, "resp_device", "hfno"}, {72, "rrt", "none"}},
        .infusions = {{Drug::norepinephrine}, {Drug::propofol, 0, 46, 25}}};
}

Archetype sedated_ventilated() {
    return {.id = "sedated_ventilated",
            .title = "Sedated and ventilated",
            .story =
                "Head injury; propofol and fentanyl to hour 44, verbal score not testable until extubation at hour 66.",
            .bed = {.number = 8},
            .person = {.given = "HERMIT", .birth_year = 1991, .sex = 'F', .weight_kg = 58, .height_cm = 170},
            .courses = {{inflammation, 0.30},
                        {lung, 0.18, 20, 12, 0.40, 44, 20, 0.12},
                        {shock, 0.15},
                        {kidney, 0.04},
                        {consciousness, 0.75, kNever, 1, 0.75, 40, 28, 0.10}},
            .charted = {{0, "resp_device", "imv"}, {66, "resp_device", "nasal_cannula"}},
            .infusions = {{Drug::propofol, 0, 44, 50}, {Drug::fentanyl, 0, 44, 100}}};
}

Archetype late_laboratory() {
    return {.id = "late_laboratory",
            .title = "Liver failure; late and corrected laboratory",
            .story =
                "Results arrive hours late as preliminary, final, corrected; cancelled samples and repeats among them.",
            .bed = {.number = 9},
            .person = {.given = "ISOPOD", .birth_year = 1968, .sex = 'M', .weight_kg = 77, .height_cm = 173},
            .courses = {{inflammation, 0.35},
                        {lung, 0.20},
                        {shock, 0.20, 20, 16, 0.40, 50, 20, 0.15},
                        {kidney, 0.20, 12, 30, 0.50, 60, 30, 0.25},
                        {liver, 0.50, 4, 36, 0.95, 56, 40, 0.60},
                        {coagulation, 0.50, 4, 36, 0.93, 58, 30, 0.60},
                        {consciousness, 0.10, 18, 20, 0.45, 56, 24, 0.10}},
            .charted = {{0, "resp_device", "nasal_cannula"}},
            .infusions = {{Drug::norepinephrine}},
            .dirt = {.clock_behind_s = 7, .late_laboratory = true}};
}

Archetype transfer() {
    return {.id = "transfer",
            .title = "Transfer to another bed",
            .story = "Mild pneumonia; moves to bed 11 at hour 32, after which bed 10 is used again.",
            .bed = {.number = 10, .discharged_h = 80, .transfer_h = 32, .transfer_to = 11},
            .person = {.given = "JELLYFISH", .birth_year = 1975, .sex = 'F', .weight_kg = 66, .height_cm = 168},
            .courses = {{inflammation, 0.45, kNever, 1, 0.45, 12, 40, 0.10},
                        {lung, 0.38, kNever, 1, 0.38, 16, 40, 0.10},
                        {shock, 0.12}},
            .charted = {{0, "resp_device", "nasal_cannula"}, {40, "resp_device", "room_air"}},
            .infusions = {},
            .arterial_line = false};
}

Archetype post_operative() {
    return {.id = "post_operative",
            .title = "Stable after an operation",
            .story = "Extubated at hour 4, discharged from the unit at hour 28.",
            .bed = {.number = 11, .discharged_h = 28},
            .person = {.given = "KRILL", .birth_year = 1957, .sex = 'M', .weight_kg = 84, .height_cm = 176},
            .courses = {{inflammation, 0.25, kNever, 1, 0.25, 6, 24, 0.12},
                        {lung, 0.15, kNever, 1, 0.15, 4, 16, 0.05},
                        {shock, 0.15, kNever, 1, 0.15, 2, 10, 0.04}},
            .charted = {{0, "resp_device", "imv"},
                        {4, "resp_device", "nasal_cannula"},
                        {16, "resp_device", "room_air"},
                        {18, "urinary_catheter", "out"}},
            .infusions = {{Drug::propofol, 0, 3, 30}}};
}

Archetype artefacts() {
    return {.id = "artefacts",
            .title = "Restless: probe off, arterial line flushed",
            .story = "Moderate lung injury; the oximeter probe comes off and the line is flushed again and again.",
            .bed = {.number = 12},
            .person = {.given = "LIMPET", .birth_year = 1962, .sex = 'F', .weight_kg = 71, .height_cm = 164},
            .courses = {{inflammation, 0.35},
                        {lung, 0.42, 26, 16, 0.60, 52, 24, 0.30},
                        {shock, 0.15},
                        {consciousness, 0.15, 24, 8, 0.25, 40, 10, 0.05}},
            .charted = {{0, "resp_device", "hfno"}},
            .infusions = {},
            .dirt = {.probe_off_every_h = 0.7, .arterial_flush_every_h = 3}};
}

Archetype bed_reuse() {
    return {
        .id = "bed_reuse",
        .title = "Next patient in a bed just left",
        .story =
            "Urosepsis from the emergency room; admitted to bed 10 at hour 36, shock from hour 38, answers from 50.",
        .bed = {.number = 10, .admitted_h = 36},
        .person = {.given = "MANTA", .birth_year = 1952, .sex = 'M', .weight_kg = 79, .height_cm = 171},
        .courses = {{inflammation, 0.50, 36, 6, 0.80, 48, 30, 0.20},
                    {shock, 0.30, 38, 6, 0.70, 50, 18, 0.08},
                    {lung, 0.15, 38, 8, 0.35, 54, 20, 0.10},
                    {kidney, 0.20, 38, 10, 0.50, 56, 24, 0.12}},
        .charted = {{36, "resp_device", "nasal_cannula"}},
        .infusions = {{Drug::norepinephrine}}};
}

} // namespace

// A row's place numbers its patients: new rows go to the end.
const std::vector<Archetype>& archetypes() {
    static const std::vector<Archetype> all{septic_shock_responder(),
                                            septic_shock_nonresponder(),
                                            ards_recovery(),
                                            ards_relapse(),
                                            vv_ecmo(),
                                            chronic_renal_gap(),
                                            crrt(),
                                            sedated_ventilated(),
                                            late_laboratory(),
                                            transfer(),
                                            post_operative(),
                                            artefacts(),
                                            bed_reuse(),
                                            trauma_bleeding(),
                                            paediatric(),
                                            empty_bed(),
                                            care_limits(),
                                            identity_conflict()};
    return all;
}

} // namespace vigil::simulator
