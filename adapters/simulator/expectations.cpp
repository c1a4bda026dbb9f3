// What is scripted to happen, bed by bed, and what ought to be seen of it: by what rule, at what level, how soon. The
// limits are those of physiology.cpp, turned round: P/F 300, 200 and 100 are lung 0.353, 0.648 and 0.942; platelets 100
// are coagulation 0.70; creatinine 3.5 of a healthy kidney is kidney 0.73; a mean pressure of 65 without a drug is
// shock 0.49, and 0.1 ug/kg/min no longer holds it at 0.72. How soon: minutes for what a monitor or a pump says, a gas
// every 4 to 6 h, blood every 6 to 8 h and up to 1.8 h in the laboratory, a Glasgow score every 4 h.

#include "adapters/simulator/script_truth.hpp"

#include <map>

namespace vigil::simulator {
namespace {

using enum Latent;

constexpr double kPump = 1.0;
constexpr double kDose = 3.0; // titrated by a fifth every ten minutes
constexpr double kGas = 7.0;
constexpr double kBlood = 10.0;
constexpr double kScore = 5.0;

Expectation passes(Latent latent, double limit, std::string_view what, std::string_view rules, int level,
                   double within_h, double after_h = 0.0) {
    return {.what = what,
            .rules = rules,
            .level = level,
            .within_h = within_h,
            .latent = latent,
            .passes = limit,
            .after_h = after_h};
}

Expectation at(double hour, std::string_view what, std::string_view rules, int level, double within_h,
               Ought ought = Ought::told) {
    return {.what = what, .rules = rules, .level = level, .within_h = within_h, .ought = ought, .at_h = hour};
}

Expectation quiet(double from_h, double to_h, std::string_view what, std::string_view rules = "*") {
    return at(from_h, what, rules, 1, to_h - from_h, Ought::none);
}

Expectation pressor(double after_h = 0.0) {
    return passes(shock, 0.49, "mean pressure under 65: norepinephrine", "organ_cardio", 3, kPump, after_h);
}
Expectation rising() { return passes(shock, 0.49, "first new organ failure", "sofa_rise", 2, kPump); }

using Table = std::map<std::string_view, std::vector<Expectation>>;

Table shocks() {
    return {
        {"septic_shock_responder",
         {rising(), pressor(), passes(shock, 0.72, "norepinephrine above 0.1", "organ_cardio", 4, kDose),
          passes(shock, 0.72, "the dose rises", "vasopressor_rising", 1, kDose),
          passes(shock, 0.72, "SOFA up by four", "sofa_rise", 4, kBlood),
          passes(shock, 0.80, "lactate does not clear", "lactate_not_clearing", 1, kGas),
          at(22, "P/F under 300, ventilated at last", "ards_oxygenation", 1, kGas),
          passes(kidney, 0.22, "creatinine up by half", "kdigo_stage", 1, kBlood)}},
        {"septic_shock_nonresponder",
         {rising(), pressor(), passes(shock, 0.62, "norepinephrine above 0.1", "organ_cardio", 4, kDose),
          passes(shock, 0.62, "the dose rises", "vasopressor_rising", 1, kDose),
          passes(shock, 0.62, "SOFA up by four", "sofa_rise", 4, kBlood),
          passes(lung, 0.66, "P/F under 200, ventilated", "organ_resp", 3, kGas),
          passes(kidney, 0.75, "creatinine above 3.5", "organ_renal", 3, kBlood),
          at(40, "CRRT is begun", "organ_renal", 4, kPump)}},
        {"bed_reuse", {pressor(36), passes(shock, 0.49, "first new organ failure", "sofa_rise", 2, kPump, 36)}},
        {"trauma_bleeding",
         {rising(), pressor(), passes(shock, 0.75, "norepinephrine above 0.1", "organ_cardio", 4, kDose),
          passes(bleeding, 0.94, "haemoglobin under 5", "extreme_hgb", 1, kBlood),
          passes(coagulation, 0.72, "platelets under 100", "sofa_rise", 4, kBlood)}},
    };
}

Table lungs() {
    return {
        {"ards_recovery",
         {passes(lung, 0.36, "P/F under 300", "ards_oxygenation", 1, kGas),
          passes(lung, 0.66, "P/F under 200", "ards_oxygenation", 2, kGas),
          passes(lung, 0.66, "P/F under 200, ventilated", "organ_resp", 3, kGas),
          passes(lung, 0.95, "P/F under 100", "ards_oxygenation", 3, kGas),
          passes(lung, 0.95, "P/F under 100, ventilated", "organ_resp", 4, kGas)}},
        {"ards_relapse",
         {passes(lung, 0.66, "P/F under 200", "ards_oxygenation", 2, kGas),
          passes(lung, 0.66, "P/F under 200, ventilated", "organ_resp", 3, kGas),
          passes(lung, 0.66, "relapse: P/F under 200", "ards_oxygenation", 2, kGas, 38),
          passes(lung, 0.66, "relapse: P/F under 200, ventilated", "organ_resp", 3, kGas, 38)}},
        {"vv_ecmo",
         {at(0, "admitted with severe ARDS: one card", "admission", 1, kPump),
          at(0, "severe ARDS stands beside the card", "ards_oxygenation", 3, kGas, Ought::silent), pressor()}},
        {"sedated_ventilated", {passes(lung, 0.37, "P/F under 300", "ards_oxygenation", 1, kGas)}},
    };
}

Table organs() {
    return {
        {"crrt",
         {passes(kidney, 0.75, "creatinine above 3.5", "organ_renal", 3, kBlood),
          passes(kidney, 0.75, "creatinine above four times", "kdigo_stage", 3, kBlood),
          at(16, "CRRT is begun", "organ_renal", 4, kPump), pressor()}},
        {"late_laboratory",
         {passes(liver, 0.945, "bilirubin above 6, told late", "organ_liver", 3, 2 * kBlood),
          passes(consciousness, 0.27, "Glasgow score 12", "sofa_rise", 2, kScore)}},
    };
}

Table circumstances() {
    return {
        {"chronic_renal_gap",
         {at(24.6, "all devices silent", "device_silent", 1, 0.2), quiet(0, 24, "creatinine is high as ever"),
          quiet(27, 72, "creatinine is high as ever")}},
        {"transfer", {quiet(0, 72, "mild and better")}},
        {"post_operative", {quiet(0, 28, "stable")}},
        {"artefacts", {quiet(0, 24, "probe off and line flushed, nothing else")}},
        {"paediatric_excluded",
         {at(0, "a child: adult scores say nothing",
             "sofa_rise|organ_resp|organ_coag|organ_liver|organ_cardio|organ_cns|organ_renal", 1, 72, Ought::none)}},
        {"empty_bed", {quiet(0, 72, "nobody is there", "any")}},
        {"care_limits",
         {passes(lung, 0.66, "P/F under 200, non-invasive", "organ_resp", 3, kGas),
          at(20, "enter care limits for all alerts about the patient", "care_limits", 1, 0, Ought::done),
          {.what = "mean pressure under 65, after care was limited",
           .rules = "organ_cardio",
           .level = 3,
           .within_h = kPump,
           .ought = Ought::silent,
           .latent = shock,
           .passes = 0.49},
          quiet(20, 72, "care is limited")}},
        {"identity_conflict",
         {at(28, "the monitor names another patient", "identity_conflict", 1, 0.1), quiet(0, 72, "stable")}},
    };
}

Table all() {
    Table out = shocks();
    for (Table& more : std::vector{lungs(), organs(), circumstances()}) out.merge(more);
    return out;
}

} // namespace

const std::vector<Expectation>& expectations_of(std::string_view archetype) {
    static const Table table = all();
    return table.at(archetype);
}

} // namespace vigil::simulator
