#pragma once
// What people do to alerts. Each answers empty when it was done, else why not, as a word of a closed list; new
// revisions are appended to `changed`.
//   unknown_alert stale_revision unknown_rule reason_missing until_missing until_past beyond_maximum not_sounding
//   not_paused not_shelved no_standby no_care_limits

#include "core/alerts/rule.hpp"
#include "core/alerts/standing.hpp"

#include <string_view>

namespace vigil::alerts {

// Of one alert, as the revision seen. It always ends; of a high alert within the site's maximum for those.
std::string_view pause(Standing& standing, Rules const& rules, std::string_view alert, std::uint64_t revision,
                       Decision const& decision, std::vector<Alert>& changed);
std::string_view end_pause(Standing& standing, Rules const& rules, std::string_view alert, std::uint64_t revision,
                           model::LogTime at, std::vector<Alert>& changed);

// Of a rule, for this subject.
std::string_view shelve(Standing& standing, Rules const& rules, std::string const& rule, Decision const& decision,
                        std::vector<Alert>& changed);
std::string_view unshelve(Standing& standing, Rules const& rules, std::string const& rule, model::LogTime at,
                          std::vector<Alert>& changed);

// Also of one that was closed lately.
std::string_view judge(Standing& standing, Rules const& rules, std::string_view alert, Feedback const& feedback,
                       std::vector<Alert>& changed);

// What follows from these is told by the next look at the patient.
std::string_view begin_standby(Standing& standing, Rules const& rules, Decision const& decision);
std::string_view end_standby(Standing& standing);
std::string_view limit_care(Standing& standing, Rules const& rules, CareLimits limits);
std::string_view lift_care_limits(Standing& standing);

// Until it is lifted or the stay ends. `no_limit_for_signal`, `limit_missing`, `limits_cross`,
// `too_many_limits`.
std::string_view set_limit(Standing& standing, Rules const& rules, Limit limit);
std::string_view lift_limit(Standing& standing, model::Signal signal);

} // namespace vigil::alerts
