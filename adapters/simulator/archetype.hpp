#pragma once

#include "adapters/simulator/course.hpp"

#include <string_view>
#include <vector>

namespace vigil::simulator {

// All hours in this file count from the beginning of the round (the simulated start), not from the admission.

enum class Drug { norepinephrine, vasopressin, propofol, fentanyl };

struct Infusion {
    Drug drug = Drug::propofol;
    double start_h = 0.0;
    double stop_h = kNever;
    double dose = 0.0; // in the drug's own dose unit, see feeds/pump
};

// Something a person enters or attests at the bedside: a device of respiratory support, ECLS, RRT, a catheter, imaging.
struct Charted {
    double hour = 0.0;
    std::string_view what; // Vigil's vocabulary: resp_device, ecls, rrt, urinary_catheter, ards_imaging, …
    std::string_view value;
    double true_since_h = kNever; // event time if it differs from the charting time
};

struct Bed {
    int number = 0;
    double admitted_h = 0.0;
    double discharged_h = 95.5;
    double transfer_h = kNever;
    int transfer_to = 0;
};

struct Person {
    std::string_view given; // names are fictional and look it
    int birth_year = 1960;
    char sex = 'F';
    double weight_kg = 75.0;
    double height_cm = 170.0;
    double creatinine_mg_dl = 0.8; // of the healthy state
};

// The dirt of real feeds, per bed. An interval of 0 means never.
struct Dirt {
    double clock_behind_s =
        0.0; // the monitor's own clock; such a monitor also knows only its location, not its patient
    double probe_off_every_h = 0.0;
    double arterial_flush_every_h = 0.0;
    int duplicate_every = 0;       // one device message in so many is sent twice
    int swap_every = 0;            // one device message in so many is overtaken by the next
    double silent_from_h = kNever; // the bed's devices fall silent …
    double silent_until_h = kNever;
    double misnamed_from_h = kNever; // the bed's monitor names the patient of another bed …
    double misnamed_until_h = kNever;
    int misnamed_as_bed = 0;
    bool late_laboratory = false; // preliminary, final hours later, corrections, cancelled samples, repeats
};

struct Archetype {
    std::string_view id;
    std::string_view title;
    std::string_view story; // one line; what is scripted, in words
    Bed bed;
    Person person;
    std::vector<Course> courses;
    std::vector<Charted> charted;
    std::vector<Infusion> infusions;
    double pressor_response = 1.0; // how much of the usual effect norepinephrine has here
    bool arterial_line = true;
    // Nobody is ever admitted; the monitor at the bed is tried out in these hours.
    bool vacant = false;
    double tried_from_h = kNever;
    double tried_until_h = kNever;
    double care_limited_h = kNever; // decided by people: no message tells it, somebody has to enter it
    Dirt dirt = {};
};

inline constexpr double kRoundHours = 96.0; // then new patients with the same archetypes
inline constexpr int kBedStories = 17;      // beds with a story of their own; further beds repeat them

const std::vector<Archetype>& archetypes();

} // namespace vigil::simulator
