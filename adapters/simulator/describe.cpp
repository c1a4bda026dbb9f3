#include "adapters/simulator/pump.hpp"
#include "adapters/simulator/ward.hpp"

#include <algorithm>

namespace vigil::simulator {
namespace {

std::string course_text(const Course& c) {
    std::string text{kLatentNames[static_cast<std::size_t>(c.latent)]};
    text += ": " + fixed(c.baseline, 2);
    if (c.onset_h < kNever)
        text += ", from hour " + fixed(c.onset_h, 0) + " rising to " + fixed(c.peak, 2) + " in " + fixed(c.rise_h, 0) +
                " h";
    if (c.treated_h < kNever)
        text += ", treated at hour " + fixed(c.treated_h, 0) + ", answers to " + fixed(c.settled, 2) + " in " +
                fixed(c.recovery_h, 0) + " h";
    if (c.relapse_h < kNever) text += ", relapse at hour " + fixed(c.relapse_h, 0) + " to " + fixed(c.relapse_peak, 2);
    return text;
}

std::string infusion_text(const Infusion& i) {
    std::string text{drug_name(i.drug)};
    if (i.dose <= 0.0) return text + ": titrated to the mean pressure";
    return text + ": hour " + fixed(i.start_h, 0) + (i.stop_h < kNever ? " to " + fixed(i.stop_h, 0) : " on") +
           ", dose " + fixed(i.dose, 0);
}

void dirt_text(const Dirt& d, std::string& out) {
    if (d.clock_behind_s > 0.0)
        out += "    dirt: stand-alone monitor, clock " + fixed(d.clock_behind_s, 0) + " s behind, knows only its bed\n";
    if (d.probe_off_every_h > 0.0)
        out += "    dirt: oximeter probe off about every " + fixed(d.probe_off_every_h, 1) + " h\n";
    if (d.arterial_flush_every_h > 0.0)
        out += "    dirt: arterial line flushed about every " + fixed(d.arterial_flush_every_h, 1) + " h\n";
    if (d.duplicate_every > 0)
        out += "    dirt: every " + std::to_string(d.duplicate_every) + "th device message is repeated\n";
    if (d.swap_every > 0) out += "    dirt: every " + std::to_string(d.swap_every) + "th device message is overtaken\n";
    if (d.silent_from_h < kNever)
        out += "    dirt: all devices silent from hour " + fixed(d.silent_from_h, 1) + " to " +
               fixed(d.silent_until_h, 1) + "\n";
    if (d.misnamed_from_h < kNever)
        out += "    dirt: from hour " + fixed(d.misnamed_from_h, 1) + " to " + fixed(d.misnamed_until_h, 1) +
               " the monitor names the patient of " + bed_name(d.misnamed_as_bed) + "\n";
    if (d.late_laboratory) out += "    dirt: results late, preliminary, corrected, cancelled, repeated\n";
}

void archetype_text(const Archetype& a, std::string& out) {
    out += bed_name(a.bed.number) + "  " + std::string{a.id} + ": " + std::string{a.title} + "\n    " +
           std::string{a.story} + "\n";
    if (a.vacant) return;
    out += "    in the unit from hour " + fixed(a.bed.admitted_h, 0) + " to " + fixed(a.bed.discharged_h, 1);
    if (a.bed.transfer_to > 0)
        out += ", moves to " + bed_name(a.bed.transfer_to) + " at hour " + fixed(a.bed.transfer_h, 0);
    out += "\n";
    for (const Course& course : a.courses) out += "    scripted " + course_text(course) + "\n";
    for (const Infusion& infusion : a.infusions) out += "    infusion " + infusion_text(infusion) + "\n";
    for (const Charted& entry : a.charted)
        out += "    event at hour " + fixed(entry.hour, 1) + ": " + std::string{entry.what} + " = " +
               std::string{entry.value} + "\n";
    if (a.care_limited_h < kNever)
        out += "    decided at hour " + fixed(a.care_limited_h, 1) +
               ": care limits for all alerts about the patient (entered by hand: vigil care-limits)\n";
    dirt_text(a.dirt, out);
}

} // namespace

std::string described(const WardSetting& setting) {
    std::string out = "SIMULATED PATIENTS. Courses and treatment effects are scripted assumptions, not predictions.\n"
                      "Hours count from the simulated start; a new round of patients begins every " +
                      fixed(kRoundHours, 0) + " h. Latents run from 0 (well) to 1.\n\n";
    const int shown = std::min(setting.beds, kBedStories);
    WardSetting once = setting;
    once.beds = shown;
    for (const Occupancy& o : occupancies(once, 0)) archetype_text(o.archetype, out);
    if (setting.beds > shown)
        out += "\nBeds " + std::to_string(kBedStories + 1) + " to " + std::to_string(setting.beds) +
               " repeat these with other patients.\n";
    return out;
}

} // namespace vigil::simulator
