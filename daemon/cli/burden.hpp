#pragma once
// What a set of alert rules asks of a ward, in the figures that alarm fatigue is judged by (docs/alerts-try.md): how
// often, how urgent, for how long, how much of it comes back, and how unevenly it falls.

#include "cli/trial.hpp"

#include <string>

namespace vigil::cli {

struct RuleBurden {
    std::string rule; // token: organ_resp, extreme_k
    alerts::AlertKind kind{};
    std::uint32_t onsets = 0;             // that called somebody
    std::uint32_t by_priority[4] = {};    // of them, by the highest priority they had
    std::uint32_t worsened = 0;           // calls because it got worse
    std::uint32_t again = 0;              // onsets within the re-arm time of the one before
    std::uint32_t silent = 0;             // stood and called nobody: explained by a named cause
    std::vector<std::int64_t> lengths_ms; // of those that ended
};

struct Burden {
    double patient_days = 0;
    std::vector<RuleBurden> rules; // patient alerts first, most onsets first
    // Of patient alerts that called somebody, high and medium; and of technical ones: for each stay, a patient-day.
    std::vector<double> urgent_by_stay, technical_by_stay; // ascending
    std::uint32_t urgent = 0, low = 0, information = 0, technical = 0;
    double busiest_tenth = 0; // part of the urgent calls that fell on the tenth of stays with the most
};

Burden burden_of(Trial const& trial);
// The table as it is printed.
std::string shown(Burden const& burden);

} // namespace vigil::cli
