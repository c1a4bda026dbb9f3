#include "adapters/simulator/circumstances.hpp"

namespace vigil::simulator {

using enum Latent;

Archetype trauma_bleeding() {
    return {.id = "trauma_bleeding",
            .title = "Trauma with bleeding",
            .story = "Pelvic fracture, packed; bleeds again from hour 14, embolised at hour 20.",
            .bed = {.number = 13},
            .person = {.given = "NAUTILUS", .birth_year = 1988, .sex = 'M', .weight_kg = 83, .height_cm = 182},
            .courses = {{inflammation, 0.20, 14, 12, 0.45, 30, 30, 0.15},
                        {bleeding, 0.20, 14, 4, 0.95, 22, 14, 0.35},
                        {shock, 0.12, 14, 3, 0.80, 20, 12, 0.06},
                        {coagulation, 0.20, 15, 8, 0.76, 26, 24, 0.30},
                        {kidney, 0.05, 18, 14, 0.30, 34, 24, 0.08},
                        {lung, 0.12, 18, 12, 0.30, 36, 24, 0.12}},
            .charted = {{0, "resp_device", "imv"}, {52, "resp_device", "nasal_cannula"}},
            .infusions = {{Drug::norepinephrine}, {Drug::propofol, 0, 48, 20}, {Drug::fentanyl, 0, 48, 75}}};
}

Archetype paediatric() {
    return {.id = "paediatric_excluded",
            .title = "A child, whom the adult scores do not count",
            .story =
                "Nine years old, pneumonia, shock from hour 20, answers from hour 32. Scores of adults say nothing.",
            .bed = {.number = 14},
            .person = {.given = "OYSTER",
                       .birth_year = 2016,
                       .sex = 'F',
                       .weight_kg = 29,
                       .height_cm = 134,
                       .creatinine_mg_dl = 0.4},
            .courses = {{inflammation, 0.40, 16, 8, 0.75, 32, 24, 0.20},
                        {lung, 0.30, 16, 12, 0.68, 32, 24, 0.15},
                        {shock, 0.10, 20, 6, 0.62, 32, 16, 0.06},
                        {coagulation, 0.10, 20, 10, 0.55, 36, 24, 0.15}},
            .charted = {{0, "resp_device", "hfno"}},
            .infusions = {{Drug::norepinephrine}}};
}

Archetype empty_bed() {
    return {.id = "empty_bed",
            .title = "Nobody; the monitor is tried out",
            .story = "Never occupied. From hour 30 to 31 somebody tries the monitor on himself; it names nobody.",
            .bed = {.number = 15},
            .person = {.given = "NOBODY"},
            .courses = {},
            .charted = {},
            .infusions = {},
            .vacant = true,
            .tried_from_h = 30,
            .tried_until_h = 31};
}

Archetype care_limits() {
    return {.id = "care_limits",
            .title = "Care is limited after a family meeting",
            .story = "Metastatic lung cancer, pneumonia; family meeting at hour 20 limits care; shock from hour 24.",
            .bed = {.number = 16},
            .person = {.given = "PRAWN", .birth_year = 1941, .sex = 'M', .weight_kg = 61, .height_cm = 169},
            .courses = {{inflammation, 0.45, 4, 20, 0.85},
                        {lung, 0.30, 4, 14, 0.78},
                        {shock, 0.12, 24, 12, 0.70},
                        {kidney, 0.15, 26, 24, 0.85},
                        {coagulation, 0.20, 26, 30, 0.75},
                        {consciousness, 0.05, 30, 24, 0.70}},
            .charted = {{0, "resp_device", "hfno"}, {8, "resp_device", "niv"}, {22, "resp_device", "hfno"}},
            .infusions = {{Drug::norepinephrine}},
            .care_limited_h = 20};
}

Archetype identity_conflict() {
    return {.id = "identity_conflict",
            .title = "The monitor names another patient",
            .story = "Stable pancreatitis; from hour 28 to 29.5 the bed's monitor names the patient of bed 16.",
            .bed = {.number = 17},
            .person = {.given = "QUAHOG", .birth_year = 1970, .sex = 'F', .weight_kg = 74, .height_cm = 165},
            .courses = {{inflammation, 0.40, kNever, 1, 0.40, 20, 40, 0.15}, {lung, 0.20}, {shock, 0.10}},
            .charted = {{0, "resp_device", "nasal_cannula"}},
            .infusions = {},
            .dirt = {.misnamed_from_h = 28, .misnamed_until_h = 29.5, .misnamed_as_bed = 16}};
}

} // namespace vigil::simulator
