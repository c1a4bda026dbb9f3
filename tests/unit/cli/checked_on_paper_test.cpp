// What an explanation must say so that somebody can check the number on paper.

#include "tests/unit/cli/explaining.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using testing::explained;

namespace {

// Each row: time of 2026-03-01 in hours and minutes, code of the vocabulary, value, unit.
std::string rows(std::initializer_list<char const*> all) {
    std::string out;
    for (std::string row : all) out += "2026-03-01T" + row.insert(5, ":00Z,s1,VIGIL") + "\n";
    return out;
}

void says(std::string const& text, std::initializer_list<char const*> all) {
    INFO(text);
    for (auto const* one : all) CHECK_THAT(text, Catch::Contains(one));
}
void says_not(std::string const& text, std::initializer_list<char const*> all) {
    INFO(text);
    for (auto const* one : all) CHECK_THAT(text, !Catch::Contains(one));
}

const auto ventilated = rows({"08:00,resp_device,imv,", "08:00,fio2_set,50,%"});

} // namespace

TEST_CASE("on paper: a flag and a reason are sentences", "[cli]") {
    const auto text =
        explained(rows({"08:00,norepinephrine,0.1,ug/kg/min", "09:30,norepinephrine,0.1,ug/kg/min"}), "sofa");
    says(text, {"flagged salt_unknown: nobody says whether the rate is told as salt or base; taken for base",
                "because not_in_window: nothing to go by in the time looked at"});
}

TEST_CASE("on paper: a saturation that stands for a gas shows the ratio it was compared by", "[cli]") {
    const auto stay = ventilated + rows({"09:00,spo2,93,%"});
    says(explained(stay, "sofa"), {"93 %  giving P/F 134.0 mm[Hg] imputed"});
    says(explained(stay, "sofa2"), {"93 %  giving S/F 186.0 %"});
    says(explained(stay, "ards_kigali"), {"93 %  giving S/F 186.0 %"});
    // By itself it is no ratio.
    says(explained(stay, "news2"), {"93 %  compared as 93 %"});
}

TEST_CASE("on paper: a saturation too high to tell a ratio from says so", "[cli]") {
    const auto stay = ventilated + rows({"09:00,spo2,98,%"});
    says(explained(stay, "sofa2"), {"refused      98 %  because too_high: too high to tell a ratio from"});
    says(explained(stay, "sofa"), {"98 %  giving P/F at least"});
}

TEST_CASE("on paper: the gradient of APACHE II is not called a ratio", "[cli]") {
    const auto stay = ventilated + rows({"09:00,pao2,80,mm[Hg]", "09:00,paco2,40,mm[Hg]"});
    says(explained(stay, "apache2", {}, "day"), {"80 mm[Hg]  giving A-aDO2 2"});
    says(explained(stay, "sofa"), {"80 mm[Hg]  giving P/F 160.0 mm[Hg]"});
    const auto air = rows({"08:00,resp_device,room_air,", "09:00,pao2,80,mm[Hg]", "09:00,paco2,40,mm[Hg]"});
    says(explained(air, "apache2", {}, "day"), {"80 mm[Hg]  compared as 80.0 mm[Hg]"});
}

TEST_CASE("on paper: urine tells its hours and which charting is the first that counts", "[cli]") {
    const auto stay = rows({"00:00,weight,80,kg", "00:00,uo,20,mL", "04:00,uo,20,mL", "08:00,uo,20,mL",
                            "12:00,uo,20,mL", "16:00,uo,20,mL", "20:00,uo,20,mL", "23:59,uo,20,mL"});
    says(explained(stay, "sofa"), {"20 mL  giving 120 mL in 24 h", "uo (first counted)"});
    says(explained(stay, "sofa2"), {"20 mL  giving 60 mL in 12 h", "uo (first counted)", "weight "});
    says(explained(stay, "kdigo"), {"20 mL  giving 60 mL in 12 h", "uo (first counted)"});
}

TEST_CASE("on paper: a single charting, or a collection, tells its hours, too", "[cli]") {
    const auto six = rows({"00:00,weight,80,kg", "00:00,uo,100,mL", "06:00,uo,100,mL"});
    says(explained(six, "sofa2"), {"100 mL  giving 100 mL in 6 h"});
    says(explained(six, "kdigo"), {"100 mL  giving 100 mL in 6 h"});
    const auto day = rows({"00:00,weight,80,kg", "23:00,uo_day,300,mL"});
    says(explained(day, "sofa2"), {"300 mL  giving 300 mL in 24 h"});
    says(explained(day, "kdigo"), {"300 mL  giving 300 mL in 24 h"});
}

TEST_CASE("on paper: a unit that nobody understands is said to be none", "[cli]") {
    const auto stay = rows({"08:00,norepinephrine,0.3,MCG/KG/MIN", "09:30,map,70,mm[Hg]"});
    says(explained(stay, "sofa"), {"0.3 (unit not understood)"});
    says_not(explained(ventilated, "sofa"), {"unit not understood"});
    // What needs none is often told without one.
    const auto bare = rows({"08:00,gcs_total,14,", "08:00,inr,2.1,"});
    for (auto const* score : {"sofa", "sofa2", "news2", "qsofa", "meld", "sic"})
        says_not(explained(bare, score), {"unit not understood"});
    says(explained(bare, "sic"), {"2.1  compared as 2.100 {INR}"});
}

TEST_CASE("on paper: a ventilatory ratio without a sex is not for lack of a gas", "[cli]") {
    const auto stay = ventilated + rows({"09:00,ve,8,L/min", "09:00,paco2,45,mm[Hg]", "09:00,height,180,cm"});
    const auto text = explained(stay, "lung_indices");
    says(text, {"flagged sex_unknown: nobody told the sex, which the formula needs; enter it with the admission",
                "45 mm[Hg]  because no_weight"});
    says_not(text, {"because coverage"});
}

TEST_CASE("on paper: a coma score is the sum of its parts, and missing as a whole", "[cli]") {
    const auto stay = rows({"08:00,gcs_motor,6,{score}", "08:00,gcs_eye,4,{score}", "08:00,gcs_verbal,4,{score}"});
    says(explained(stay, "sofa"), {"6 {score}  giving GCS 14"});
    says(explained(rows({"08:00,gcs_motor,4,{score}"}), "sofa2"), {"4 {score}  compared as 4, motor alone"});
    says(explained(rows({"08:00,map,70,mm[Hg]"}), "sofa"), {"GCS (total or parts)       missing"});
}

TEST_CASE("on paper: a creatinine shows its ratio to the baseline, or its rise", "[cli]") {
    const auto ratio = rows({"08:00,crea_baseline,1.1,mg/dL", "20:00,crea,1.9,mg/dL"});
    says(explained(ratio, "kdigo"),
         {"1.9 mg/dL  giving a ratio of 1.727 to the baseline", "1.1 mg/dL  the result is 1.727 times it"});
    const auto rise = rows({"08:00,crea,1.1,mg/dL", "20:00,crea,1.4,mg/dL"});
    says(explained(rise, "kdigo"), {"1.4 mg/dL  giving a rise of 0.300 mg/dL", "crea (baseline)",
                                    "crea (lowest of two days)", "the result is 0.300 mg/dL above it"});
}

TEST_CASE("on paper: a mean pressure that was worked out is called one", "[cli]") {
    const auto stay = rows({"08:00,sbp,90,mm[Hg]", "08:00,dbp,40,mm[Hg]"});
    says(explained(stay, "sofa"), {"90 mm[Hg]  giving a mean of 56.667 mm[Hg]"});
}

TEST_CASE("on paper: what contradicts the number stands beside it, refused", "[cli]") {
    const auto gas = ventilated + rows({"09:00,pao2,60,mm[Hg]", "09:10,pf_device,300,mm[Hg]"});
    for (auto const* score : {"sofa", "sofa2", "ards_berlin", "lung_indices"})
        says(explained(gas, score),
             {"giving P/F 120.0 mm[Hg]", "refused      300 mm[Hg]  because conflict: contradicts another reading",
              "device_pf_disagrees: the analyser's own P/F is not the one worked out here"});
    const auto apart =
        rows({"09:00,map,85,mm[Hg]", "09:00,nibp_map,60,mm[Hg]", "09:10,map,85,mm[Hg]", "09:10,nibp_map,60,mm[Hg]"});
    says(explained(apart, "sofa"), {"refused      60 mm[Hg]  compared as 60 mm[Hg]  because conflict",
                                    "cuff_line_apart: cuff and arterial line told means far apart"});
    const auto derived = rows({"09:00,map,95,mm[Hg]", "09:00,nibp_sbp,100,mm[Hg]", "09:00,nibp_dbp,50,mm[Hg]",
                               "09:10,map,95,mm[Hg]", "09:10,nibp_sbp,100,mm[Hg]", "09:10,nibp_dbp,50,mm[Hg]"});
    says(explained(derived, "sofa"), {"100 mm[Hg]  giving a mean of 66.667 mm[Hg]  because conflict"});
}

TEST_CASE("on paper: doses that were added show their sum", "[cli]") {
    const auto both = rows({"08:00,norepinephrine,0.15,ug/kg/min", "08:00,epinephrine,0.1,ug/kg/min",
                            "09:30,norepinephrine,0.15,ug/kg/min", "09:30,epinephrine,0.1,ug/kg/min"});
    const auto text = explained(both, "sofa2");
    says(text, {"0.15 ug/kg/min  giving a sum of 0.250 ug/kg/min", "0.1 ug/kg/min  giving a sum of 0.250 ug/kg/min",
                "catecholamines_added: norepinephrine and epinephrine ran together"});
    says(explained(both, "sofa"), {"0.15 ug/kg/min  compared as 0.15"});
    says_not(explained(both, "sofa"), {"giving a sum"});
}
