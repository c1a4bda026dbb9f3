#pragma once
// Conditions meet what stands: lifecycle and decide, and the revisions that result.

#include "core/alerts/condition.hpp"
#include "core/alerts/standing.hpp"

#include <string_view>

namespace vigil::alerts {

// Whose conditions they are.
struct Subject {
    std::string_view site;
    std::string_view name; // pseudonym, feed, or "daemon": part of the identity, never published by itself
    model::EncounterId encounter;
    model::BedId bed;
    model::LogTime at;
    bool late_only = false; // only late results arrived: nothing new is raised for a patient by them
    bool amended = false;   // something was replaced, taken back or told late: see PatientView
};

void revise(std::vector<Condition>& conditions, Subject const& subject, Rules const& rules, Standing& standing,
            std::vector<Alert>& changed);

// Digest of subject, rule and onset: 16 hex digits.
std::string alert_id(Subject const& subject, std::string_view token, std::string_view source, model::EventTime onset);

} // namespace vigil::alerts
