#pragma once

#include "adapters/simulator/ward.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vigil::simulator {

// What ought to come of the script. `told`: somebody is called in time. `silent`: the alert stands and calls nobody,
// for a cause it names. `none`: no alert of these rules. `done`: something a person has to do, for it comes by no feed.
enum class Ought { told, silent, none, done };

// One line of what is scripted, and what a ward that is watched ought to show of it. The onset is the hour (of the
// round) `at_h`, or else the first hour from `after_h` at which the scripted course of `latent`, without its noise,
// passes a limit.
struct Expectation {
    std::string_view what;  // in words
    std::string_view rules; // Vigil's alert rules: any of them, separated by |; * of a patient: all of medium or high
    int level = 1;          // at least, within the rule
    double within_h = 1.0;  // by then after the onset, of a body that lags behind its course; of none: so long
    Ought ought = Ought::told;
    double at_h = kNever;
    Latent latent = Latent::shock;
    double passes = 0.0;
    double after_h = 0.0;
};

const std::vector<Expectation>& expectations_of(std::string_view archetype);

// An expectation at its place in a ward.
struct Scripted {
    Millis onset = 0;
    Millis by = 0;
    int bed = 0;       // at the onset
    int first_bed = 0; // of the stay
    Millis admitted = 0;
    std::string visit_number;
    std::string_view archetype;
    Expectation expected;
};

// Of the first round, in order of onset.
std::vector<Scripted> scripted(const WardSetting& setting);

// onset,by,bed,visit,archetype,ought,rules,level,what
std::string truth_csv(const WardSetting& setting);

} // namespace vigil::simulator
