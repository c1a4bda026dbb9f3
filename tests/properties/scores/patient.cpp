#include "patient.hpp"

#include <algorithm>
#include <cstdlib>

namespace vigil::test {

namespace {

// Each line is a kind of patient's data; a patient has some of them.
using Reading = std::string (*)(Dice&);
const std::vector<Reading> readings = {
    [](Dice& d) {
        return "plt " + d.of<std::string>({"", "", "<", ">"}) + d.n(5, 200);
    },
    [](Dice& d) { return "bili " + d.n(0, 14); },
    [](Dice& d) { return d.chance(70) ? "crea " + d.n(0, 5) + ".4" : "crea " + d.n(40, 500) + " umol/L"; },
    [](Dice& d) { return d.chance(70) ? "pao2 " + d.n(30, 200) : "pao2 " + d.n(5, 25) + " kPa"; },
    [](Dice& d) {
        return "crea " + d.of<std::string>({"<", ">", "<=", ">=", ""}) + d.n(0, 5) + "." + d.n(1, 9);
    },
    [](Dice& d) {
        return d.of<std::string>({"crea_baseline 0.8", "crea_baseline 90 umol/L", "crea_baseline unknown",
                                  "chronic_dialysis no", "chronic_dialysis yes"});
    },
    [](Dice& d) { return "po2_untyped " + d.n(40, 120); },
    [](Dice& d) {
        return "arterial_gas " + d.of<std::string>({"arterial", "venous"});
    },
    [](Dice& d) { return "paco2 " + d.n(20, 80) + ", sao2 " + d.n(50, 100); },
    [](Dice& d) { return "fio2_set " + (d.chance(12) ? d.n(1, 3) : d.n(21, 100)); },
    [](Dice& d) { return "fio2 " + (d.chance(12) ? d.n(1, 3) : d.n(21, 100)); },
    [](Dice& d) { return "o2_flow " + (d.chance(8) ? "unreadable" : d.n(1, 10)); },
    [](Dice& d) {
        return "resp_device " +
               d.of<std::string>({"imv", "niv", "nasal_cannula", "room_air", "hfno", "none", "unreadable"});
    },
    [](Dice& d) {
        return "vent_mode " + d.of<std::string>({"controlled", "standby", "cpap", "niv", "unreadable"});
    },
    [](Dice& d) { return "peep_set " + d.n(3, 12) + ", rr_set " + d.n(8, 30) + ", vt_set " + d.n(300, 600); },
    [](Dice& d) { return "peep " + d.n(3, 12); },
    [](Dice& d) { return "map " + d.n(40, 95); },
    [](Dice& d) { return "sbp " + d.n(60, 140) + ", dbp " + d.n(40, 69); },
    [](Dice& d) { return "nibp_map " + d.n(40, 95) + ", nibp_sbp " + d.n(80, 140) + ", nibp_dbp " + d.n(40, 69); },
    [](Dice& d) { return "spo2 " + d.n(80, 100); },
    [](Dice& d) { return "pi 0." + d.n(1, 9); },
    [](Dice& d) {
        return "norepinephrine 0." + d.n(0, 3) + d.of<std::string>({"", "", "", " furlong"});
    },
    [](Dice& d) {
        return "norepinephrine " + d.of<std::string>({"running", "stopped", "unreadable", "-1", "12", ">0.3", "<0.3"});
    },
    [](Dice& d) { return "epinephrine " + d.n(0, 30) + " ug/min"; },
    [](Dice& d) {
        return "dopamine " + d.n(0, 50) + d.of<std::string>({"", "", "", " mg/h"});
    },
    [](Dice& d) { return "vasopressin 0.0" + d.n(0, 4); },
    [](Dice& d) {
        return "vasopressin " + d.n(0, 4) + d.of<std::string>({" U/h", " ug/min"});
    },
    [](Dice& d) {
        return "phenylephrine " + d.of<std::string>({"running", "stopped", "0.5", "0 mg/h", "90 mg/h"});
    },
    [](Dice& d) {
        return d.of<std::string>({"terlipressin 0.0", "angiotensin_ii 0.0", "milrinone 0."}) + d.n(0, 9);
    },
    [](Dice& d) { return "propofol " + d.n(0, 2); },
    [](Dice& d) {
        return "midazolam " + d.n(0, 1) + d.of<std::string>({"", "", " furlong"});
    },
    [](Dice& d) {
        return "opioid " + d.of<std::string>({"running", "stopped"});
    },
    [](Dice& d) { return d.chance(70) ? "weight " + d.n(50, 99) : "weight " + d.n(110, 220) + " [lb_av]"; },
    [](Dice& d) { return "gcs_total " + d.n(3, 15); },
    [](Dice& d) {
        return "gcs_eye " + d.n(1, 4) + ", gcs_verbal " + d.of<std::string>({"NT", "5", "1"}) + ", gcs_motor " +
               d.n(1, 6);
    },
    [](Dice& d) { return "gcs_motor " + d.n(1, 6); },
    [](Dice& d) { return "uo " + d.n(0, 300); },
    [](Dice& d) {
        return "uo_day " + d.of<std::string>({"", "", ">"}) + d.n(50, 3000);
    },
    [](Dice& d) {
        return "rrt " +
               d.of<std::string>({"crrt", "ihd", "sled", "nonrenal", "none", "ended", "unreadable", "stopped"});
    },
    [](Dice& d) {
        return "ecls " + d.of<std::string>({"vv", "va", "unknown", "ended"});
    },
    [](Dice& d) {
        return "mcs " + d.of<std::string>({"iabp", "rvad", "ended"});
    },
    [](Dice& d) {
        return "ards_imaging " + d.of<std::string>({"bilateral", "not_bilateral"});
    },
    [](Dice& d) {
        return "ards_origin " + d.of<std::string>({"cardiac", "not_cardiac"});
    },
    [](Dice& d) {
        return "ards_onset " + d.of<std::string>({"known", "unknown"});
    },
    [](Dice& d) { return "barometric_pressure " + d.n(560, 760); },
    [](Dice& d) {
        return "k " + d.of<std::string>({"", "", "<", ">"}) + d.n(3, 7) + ", hco3 " + d.n(8, 28);
    },
    [](Dice& d) {
        return "ph " + d.of<std::string>({"", "", "<", ">"}) + "7." + d.n(0, 5) + ", hco3 " + d.n(8, 28);
    },
    [](Dice& d) { return "ph_untyped 7." + d.n(0, 5); },
    [](Dice& d) {
        return d.of<std::string>({"haloperidol ", "quetiapine "}) + d.of<std::string>({"running", "stopped"});
    },
    [](Dice& d) { return "dexmedetomidine 0.0" + d.n(0, 9); },
    [](Dice& d) {
        return "cam " + d.of<std::string>({"positive", "negative"});
    },
    [](Dice& d) {
        return d.of<std::string>({"support_precluded ", "vasoactive_precluded ", "home_antipsychotic "}) +
               d.of<std::string>({"yes", "no"});
    },
    [](Dice& d) {
        return "ecls_indication " + d.of<std::string>({"cardiac", "respiratory", "unknown"});
    },
    [](Dice& d) {
        return "inr " + d.of<std::string>({"", "", "<", ">"}) + d.n(0, 3) + "." + d.n(5, 9);
    },
    [](Dice& d) { return "na " + d.n(118, 142) + ", alb " + d.n(1, 4) + "." + d.n(0, 9); },
    [](Dice& d) {
        return "ddimer " + d.of<std::string>({"", "", "<", ">"}) + d.n(0, 4) + "." + d.n(0, 9);
    },
    [](Dice& d) { return "pt " + d.n(10, 30) + ", fib " + d.n(0, 3) + "." + d.n(0, 9); },
    [](Dice& d) {
        return "ascites " + d.of<std::string>({"none", "mild", "moderate", "severe"});
    },
    [](Dice& d) { return "encephalopathy " + d.n(0, 4); },
    [](Dice&) -> std::string { return "bili 1.4, inr 1.6, crea 1.2, na 130, alb 2.9"; },
    [](Dice& d) {
        return d.of<std::string>({"dic_disorder ", "sepsis "}) + d.of<std::string>({"yes", "yes", "no"});
    },
    [](Dice& d) { return "pmean " + d.n(8, 30) + ", ve " + d.n(4, 15); },
    [](Dice& d) { return "pplat " + d.n(12, 40); },
    [](Dice& d) { return "vt " + d.n(200, 600); },
    [](Dice& d) {
        return d.of<std::string>({"peep_total ", "peep_intrinsic ", "peep "}) + d.n(0, 15);
    },
    [](Dice& d) { return "rr " + d.n(8, 50); },
    [](Dice& d) { return "rr " + d.n(8, 50) + ", spo2 " + d.n(80, 97) + ", fio2 " + d.n(30, 90); },
    [](Dice& d) { return "resp_device hfno, o2_flow " + d.n(20, 60); },
    [](Dice& d) {
        return "cxr_quadrants " + d.of<std::string>({"", "", ">"}) + d.n(0, 4);
    },
    [](Dice& d) { return "crs " + d.n(10, 90); },
    [](Dice& d) { return "height " + d.n(150, 195); },
    [](Dice& d) { return "rr_total " + d.n(10, 40) + ", rr_set " + d.n(10, 40); },
    [](Dice& d) { return "ph 7." + d.n(10, 40) + ", paco2 " + d.n(40, 90); },
    [](Dice& d) { return "pao2 " + d.n(30, 90) + ", fio2_set 100, resp_device imv"; },
    [](Dice& d) { return d.chance(70) ? "pf_device " + d.n(40, 400) : "pf_device " + d.n(6, 50) + " kPa"; },
    [](Dice& d) { return "map " + d.n(60, 95) + ", nibp_map " + d.n(60, 95); },
    [](Dice& d) { return d.chance(80) ? "temp " + d.n(30, 42) + "." + d.n(0, 9) : "temp " + d.n(94, 105) + " [degF]"; },
    [](Dice& d) {
        return "hr " + d.of<std::string>({"", "", "", "<", ">"}) + d.n(20, 145);
    },
    [](Dice& d) {
        return "culture " + d.of<std::string>({"taken", "positive"});
    },
    [](Dice& d) {
        return "antibiotic " + d.of<std::string>({"treatment", "treatment", "prophylaxis", "1000", "0 g"});
    },
    [](Dice&) -> std::string { return "culture taken, antibiotic 2 g"; },
    [](Dice& d) { return "sofa_sum " + d.n(0, 8) + ", sofa_most " + d.n(8, 24); },
    [](Dice& d) {
        return "sofa_baseline " + d.of<std::string>({"unknown", "2", "4"});
    },
    [](Dice& d) {
        return "lact " + d.of<std::string>({"", "", "<", ">"}) + d.n(0, 5) + "." + d.n(0, 9);
    },
    [](Dice& d) {
        return "fluid_resuscitated " + d.of<std::string>({"yes", "no"});
    },
    [](Dice& d) { return "pulse " + d.n(30, 240); },
    [](Dice& d) { return "rr " + d.n(2, 32); },
    [](Dice& d) { return "rr_total " + d.n(0, 32); },
    [](Dice& d) {
        return "vent_mode " + d.of<std::string>({"controlled", "spontaneous", "standby"});
    },
    [](Dice& d) {
        return "wbc " + d.of<std::string>({"", "", "<", ">", "<=", ">="}) + d.n(1, 15);
    },
    [](Dice& d) { return "bands " + d.n(5, 15); },
    [](Dice& d) { return d.chance(50) ? "paco2 " + d.n(3, 5) + "." + d.n(0, 9) + " kPa" : "paco2 " + d.n(28, 36); },
    [](Dice& d) { return "pco2_untyped " + d.n(28, 36) + ", po2_untyped " + d.n(60, 120); },
    [](Dice& d) {
        return "acvpu " + d.of<std::string>({"alert", "alert", "confusion", "unresponsive"});
    },
    [](Dice& d) {
        return d.of<std::string>({"news2_scale2 ", "news2_scale2 ", "cytopenia "}) + d.of<std::string>({"yes", "no"});
    },
    [](Dice& d) { return "nibp_sbp " + d.n(75, 270); },
    [](Dice&) { return std::string{"o2_flow 0"}; },
    [](Dice& d) {
        return d.of<std::string>({"chronic_health ", "metastatic_cancer ", "haematological_malignancy ", "aids ",
                                  "acute_renal_failure "}) +
               d.of<std::string>({"yes", "no", "no"});
    },
    [](Dice& d) {
        return "admission_type " +
               d.of<std::string>({"medical", "scheduled_surgical", "unscheduled_surgical", "unknown"});
    },
    [](Dice& d) {
        return "apache2_weight " + d.of<std::string>({"0", "-1.5", "0.891"});
    },
    [](Dice& d) { return "hct " + d.n(15, 62) + ", urea " + d.n(10, 100) + ", na " + d.n(108, 182); },
    [](Dice& d) { return d.chance(50) ? "urea " + d.n(5, 35) + " mmol/L" : "hct 0." + d.n(15, 62) + " L/L"; },
    [](Dice& d) { return "map " + d.n(100, 190) + ", sbp " + d.n(120, 250) + ", dbp " + d.n(60, 180); },
    [](Dice& d) { return "hr " + d.n(100, 230) + ", rr " + d.n(2, 60); },
    [](Dice& d) { return "fio2_set " + d.n(45, 100) + ", pao2 " + d.n(50, 120) + ", paco2 " + d.n(25, 70); },
    [](Dice&) {
        return std::string{"chronic_health no, metastatic_cancer no, haematological_malignancy no, aids no, "
                           "admission_type medical, apache2_weight 0"};
    },
    [](Dice& d) {
        return "crs_status " + d.of<std::string>({"confirmed", "confirmed", "other_cause", "unknown"});
    },
    [](Dice& d) {
        return "icans_status " + d.of<std::string>({"confirmed", "confirmed", "other_cause"});
    },
    [](Dice& d) {
        return d.of<std::string>({"antipyretic given", "anticytokine given", "steroid given"});
    },
    [](Dice& d) {
        return d.of<std::string>({"oxygen_before room_air", "oxygen_before hfno", "vasopressors_before 1",
                                  "vasopressors_before 0", "sbp_baseline 130", "intubation_reason airway",
                                  "intubation_reason hypoxia"});
    },
    [](Dice& d) { return "ice_total " + d.n(0, 10); },
    [](Dice& d) { return "ice_orientation " + d.n(0, 4) + ", ice_naming " + d.n(0, 3) + ", ice_command 1"; },
    [](Dice& d) { return "ice_writing " + d.n(0, 1) + ", ice_counting " + d.n(0, 1); },
    [](Dice& d) {
        return "awakening " + d.of<std::string>({"spontaneous", "voice", "tactile", "unarousable"});
    },
    [](Dice& d) {
        return "seizure " + d.of<std::string>({"none", "brief", "repetitive"});
    },
    [](Dice& d) {
        return "motor_deficit " + d.of<std::string>({"none", "hemiparesis"});
    },
    [](Dice& d) {
        return "icp_sign " + d.of<std::string>({"none", "focal_oedema", "cushing"});
    },
    [](Dice& d) { return "phenylephrine " + d.n(0, 2) + ", temp 38." + d.n(0, 9); },
};
const std::vector<std::string> streams = {"spo2", "map",   "sbp", "norepinephrine", "nibp_map", "fio2", "pi",
                                          "rr",   "pplat", "hr",  "rr_total",       "temp"};

std::string at_text(Dice& d, std::int64_t minutes) {
    return "-" + std::to_string(d.below(minutes)) + "min" + (d.chance(10) ? "+" + d.n(1, 59) + "s" : "");
}

std::string with_options(Dice& d, std::string const& what, std::int64_t i) {
    if (what.find(',') != std::string::npos) return what;
    std::string out = what;
    if (d.chance(8)) out += " status=" + d.of<std::string>({"P", "F", "C"}) + " order=o" + std::to_string(i);
    if (d.chance(4)) out += " validity=questionable";
    const auto signal = what.substr(0, what.find(' '));
    const bool lasts = signal == "uo" || signal == "rrt" || signal == "ecls" || signal == "mcs" ||
                       signal.starts_with("a") || signal == "encephalopathy" || signal == "dic_disorder" ||
                       signal == "sepsis" || signal == "crea_baseline" || signal == "chronic_dialysis" ||
                       signal == "news2_scale2" || signal == "cytopenia" || signal == "chronic_health" ||
                       signal == "metastatic_cancer" || signal == "resp_device" || signal == "crs_status" ||
                       signal == "icans_status" || signal == "seizure" || signal == "sbp_baseline";
    if (lasts && d.chance(25)) out += " until=+" + d.n(1, 30) + "h";
    return out;
}

std::string at_minute(std::int64_t before) {
    return (before > 0 ? "-" : "+") + std::to_string(before > 0 ? before : -before) + "min";
}

// Corrections and withdrawals of what has no order: by their instant, with another value or none.
std::string by_instant(Dice& d, std::string const& what, std::string const& at) {
    std::string text;
    for (int k = 0; k < 2; ++k) {
        const bool bare = d.chance(50);
        text += "; " + at + " " + (bare ? what.substr(0, what.find(' ')) : what) + " status=" +
                d.of<std::string>(bare ? std::vector<std::string>{"C", "D", "W", "X", "U"}
                                       : std::vector<std::string>{"C", "P", "F"}) +
                " told=+" + d.n(1, 50) + "s";
    }
    return text;
}

// Volumes over hours, some of them over a day; several of one instant.
std::string volumes(Dice& d, std::int64_t hours) {
    std::string text;
    for (std::int64_t i = d.within(1, 6); i > 0; --i) {
        const auto from = d.below(hours * 60), lasts = d.of<std::int64_t>({60, 480, 1'200, 1'439, 1'440, 1'560, 1'900});
        const auto signal = d.of<std::string>({"uo", "uo_day"});
        for (std::int64_t same = d.of<std::int64_t>({1, 1, 2}); same > 0; --same)
            text += "; " + at_minute(from) + " " + signal + " " + d.n(20, 2500) + " until=" + at_minute(from - lasts);
    }
    return text;
}

// A sedation or circuit that lasts, told now and then, with coma scores and gases before and in it.
std::string courses(Dice& d, std::int64_t hours) {
    std::string text;
    for (std::int64_t i = d.within(1, 3); i > 0; --i) {
        const auto from = d.within(1, hours), to = d.below(from);
        const auto what =
            d.of<std::string>({"propofol 1", "midazolam 2", "opioid running", "neuromuscular_block running",
                               "norepinephrine 0.2", "vasopressin 0.02", "ecls vv", "ecls va"});
        text += "; -" + std::to_string(from) + "h..-" + std::to_string(to) + "h/" +
                d.of<std::string>({"20min", "1h", "5h", "11h", "13h", "25h", "30h", "80h"}) + " " + what;
        if (d.chance(50))
            text += "; " + at_minute(to * 60 - d.below(200)) + " " + what.substr(0, what.find(' ')) + " " +
                    (what.starts_with("ecls")    ? "ended"
                     : what.ends_with("running") ? "stopped"
                                                 : "0");
        const auto before = from * 60 + d.below(40 * 60);
        text += "; " + at_minute(before) + " gcs_total " + d.n(3, 15) + ", pao2 " + d.n(40, 120) + ", fio2 " +
                d.n(21, 90) + ", resp_device imv";
        text += "; " + at_minute(d.within(to, from) * 60) + " gcs_total " + d.n(3, 15);
    }
    return text;
}

// Several pumps of one drug: they give way to each other, with a stop or without, or infuse together.
std::string pumps(Dice& d, std::int64_t hours) {
    std::string text;
    const auto drug = d.of<std::string>({"norepinephrine", "epinephrine", "dopamine", "vasopressin", "propofol"});
    const auto from = d.within(1, hours * 60);
    for (auto const* pump : {"left", "right", "left", "middle"}) {
        const auto begins = std::max<std::int64_t>(from - d.below(240), 0), lasts = d.within(1, 200);
        const auto ends = std::max<std::int64_t>(begins - lasts, 0);
        text += "; -" + std::to_string(begins) + "min..-" + std::to_string(ends) + "min/" +
                d.of<std::string>({"1min", "3min", "10min", "40min", "90min"}) + " " + drug + " 0." + d.n(1, 30) +
                " pump=" + pump;
        if (d.chance(60)) text += "; " + at_minute(ends) + " " + drug + " 0 pump=" + pump;
        if (d.chance(15)) text += "; " + at_minute(d.below(from)) + " " + drug + " 0." + d.n(0, 20);
        if (d.chance(10)) text += "; " + at_minute(d.below(from)) + " " + drug + " unreadable pump=" + pump;
    }
    return text;
}

// What the cells of a product do, with support from before it and since.
std::string cells(Dice& d, std::int64_t hours) {
    const auto t0 = d.within(1, hours * 60);
    std::string text = "; " + at_minute(t0) + " cell_product " + d.of<std::string>({"immune_effector", "msc"});
    const auto drug = [&] {
        return d.of<std::string>({"norepinephrine", "epinephrine", "phenylephrine", "vasopressin", "terlipressin"});
    };
    for (std::int64_t i = d.within(1, 4); i > 0; --i) {
        const auto from = d.below(t0 + 300), to = d.below(from + 1);
        const auto what = drug();
        text += "; -" + std::to_string(from) + "min..-" + std::to_string(to) + "min/" +
                d.of<std::string>({"20min", "1h", "5h"}) + " " + what + " running";
        if (d.chance(70)) text += "; " + at_minute(to) + " " + what + " stopped";
    }
    for (std::int64_t i = d.within(1, 6); i > 0; --i)
        text += "; " + at_minute(d.below(t0 + 300)) + " resp_device " +
                d.of<std::string>({"room_air", "nasal_cannula", "hfno", "imv", "none", "unreadable"}) + ", o2_flow " +
                d.n(0, 9);
    for (std::int64_t i = d.within(1, 6); i > 0; --i)
        text += "; " + at_minute(d.below(t0 + 60)) + " temp " + d.n(36, 39) + "." + d.n(0, 9) + ", sbp " + d.n(80, 130);
    if (d.chance(70)) text += "; " + at_minute(d.below(t0 + 1)) + " crs_status confirmed";
    if (d.chance(50)) text += "; " + at_minute(d.below(t0 + 1)) + " antipyretic given";
    if (d.chance(50)) text += "; " + at_minute(d.below(t0 + 1)) + " icans_status confirmed";
    if (d.chance(30)) text += "; " + at_minute(d.below(t0 + 1)) + " intubation_reason airway";
    return text;
}

// A gas every hour or two on one device, as somebody with a sick lung has them.
std::string lungs(Dice& d, std::int64_t hours) {
    const auto from = d.within(1, hours), to = d.below(from);
    const auto device = d.of<std::string>({"imv", "imv", "hfno", "niv"});
    std::string text;
    for (auto minute = from * 60; minute > to * 60; minute -= d.within(20, 150)) {
        text += "; " + at_minute(minute) + " resp_device " + device + ", fio2_set " + d.n(60, 100) + ", rr " +
                d.n(20, 40) + ", spo2 " + d.n(80, 99);
        if (d.chance(80)) text += ", pao2 " + d.n(38, 70) + ", ph 7." + d.n(10, 30) + ", paco2 " + d.n(50, 90);
        if (d.chance(50)) text += ", pplat " + d.n(20, 35) + ", peep_set " + d.n(5, 15) + ", vt " + d.n(250, 500);
        // An analyser's own ratio, some minutes before the gas or after it.
        for (auto more = d.below(3); more > 0; --more)
            text += "; " + at_minute(std::max<std::int64_t>(minute + d.within(-33, 33), 0)) + "+" + d.n(0, 59) +
                    "s pf_device " + d.n(40, 120);
    }
    return text;
}

// Oxygen that is changed within the minute of a gas.
std::string oxygen(Dice& d, std::int64_t hours) {
    std::string text;
    const auto at = at_minute(d.within(1, hours * 60));
    for (std::int64_t i = d.within(2, 6); i > 0; --i) text += "; " + at + "+" + d.n(0, 59) + "s fio2 " + d.n(21, 90);
    return text + "; " + at + "+" + d.n(0, 59) + "s pao2 " + d.n(40, 150);
}

// Mean, systolic and diastolic by turns, some of them of no use.
std::string pressures(Dice& d, std::int64_t hours) {
    std::string text;
    const auto from = d.within(1, hours * 60);
    for (std::int64_t i = 0; i < 8; ++i) {
        const auto at = "; " + at_minute(from - i * d.within(0, 3)) + "+" + d.n(0, 59) + "s ";
        if (d.chance(60)) text += at + "sbp " + d.n(60, 140) + ", dbp " + d.n(30, 69);
        if (d.chance(60))
            text += "; " + at_minute(from - i) + "+" + d.n(0, 59) + "s map " + d.n(40, 95) +
                    (d.chance(40) ? " validity=questionable" : "");
    }
    return text;
}

} // namespace

std::vector<Given> monitored_pressures(Dice& d, std::int64_t hours) {
    std::string text;
    const auto add = [&](std::int64_t minute, std::string const& site, std::int64_t level) {
        const auto mean = level + d.within(-2, 2), pulse = d.chance(85) ? d.within(20, 50) : d.within(0, 6);
        const auto shown = d.chance(90) ? mean : d.within(20, 230);
        auto const at = (text.empty() ? "" : "; ") + at_minute(minute) + "+" + d.n(0, 59) + "s ";
        if (d.chance(85)) text += at + site + "map " + std::to_string(shown);
        if (d.chance(70))
            text += (text.empty() ? "" : "; ") + at_minute(minute) + "+" + d.n(0, 59) + "s " + site + "sbp " +
                    std::to_string(mean + pulse) + ", " + site + "dbp " + std::to_string(mean - pulse / 2);
    };
    for (auto minute = hours * 60; minute > 0;) {
        const bool line = d.chance(60);
        const auto step = d.of<std::int64_t>({1, 1, 1, 2, 3, 60}), level = d.within(66, 76);
        const auto apart = d.of<std::int64_t>({0, 0, 0, 19, 24}); // of cuff and line
        for (auto left = d.within(3, 90); left > 0 && minute > 0; left -= step, minute -= step) {
            if (line) add(minute, "", level);
            if (d.chance(line ? 5 : 50)) add(minute, "nibp_", level + apart - d.within(-3, 6));
        }
        minute -= d.of<std::int64_t>({0, 1, 2, 30});
    }
    return parse_input(text);
}

std::vector<Given> patient(Dice& d, std::int64_t hours, std::int64_t count) {
    std::vector<Reading> has;
    for (auto r : readings)
        if (d.chance(45)) has.push_back(r);
    if (has.empty()) has = readings;
    std::string text;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto at = at_text(d, hours * 60);
        const auto what = d.of(has)(d);
        text += (text.empty() ? "" : "; ") + at + " " + with_options(d, what, i);
        if (what.find(',') == std::string::npos && d.chance(10)) {
            const auto order = " order=o" + std::to_string(i);
            const auto signal = what.substr(0, what.find(' '));
            for (int k = 0; k < 3; ++k) {
                const auto status = d.of<std::string>({"P", "F", "C", "D", "W", "U"});
                const bool marks = status == "D" || status == "W" || status == "U";
                const auto moved = d.chance(20) ? at_text(d, hours * 60) : at;
                text += "; " + moved + " " + (marks ? signal : what) + " status=" + status + order + " told=+" +
                        d.n(1, 50) + "s";
            }
        } else if (what.find(',') == std::string::npos && d.chance(8))
            text += by_instant(d, what, at);
        if (d.chance(2)) {
            const auto from = d.within(1, hours * 60);
            text += "; -" + std::to_string(from) + "min..-" +
                    std::to_string(std::max<std::int64_t>(0, from - d.within(1, 40))) + "min/" +
                    d.of<std::string>({"5s", "20s", "1min"}) + " " + d.of(streams) + " " +
                    d.of<std::string>({"1", "45", "90", "88", "38", "24"});
        }
    }
    for (auto const& more : {volumes, courses, pumps, oxygen, pressures, lungs, cells})
        if (d.chance(35)) text += more(d, hours);
    return parse_input(text);
}

} // namespace vigil::test
