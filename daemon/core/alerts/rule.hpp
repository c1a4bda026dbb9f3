#pragma once
// Alert rules as data: config/alerts/*.toml. Each rule's parameters are typed here; how they are used is code
// (design 1.8).

#include "core/alerts/alert.hpp"
#include "core/model/score.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::alerts {

// From this level on: how urgent it is and what the level is called in the sentence.
struct LevelEntry {
    std::int32_t level = 1;
    Priority priority{};
    std::string word;
    std::optional<model::Duration> escalate_after{}; // instead of the site's for this priority; 0: never
};

// What every rule has.
struct Rule {
    std::string id; // token, topic key
    bool enabled = true;
    AlertKind kind = AlertKind::patient;
    std::vector<LevelEntry> levels; // ascending, never empty once loaded
    bool latch = false;             // stays until acknowledged although the condition ended; always so for high
    model::Duration dwell_in{};     // true this long before it counts
    model::Duration dwell_out{};    // false this long before it ends
    model::Duration rearm = model::minutes(15); // true again so soon after it ended: a re-onset, counted
    std::string message;                        // template of the sentence, see sentence.cpp
    std::string citation;
    std::string reason; // why these figures
};

LevelEntry const& level_entry(Rule const& rule, std::int32_t level);
bool latches(Rule const& rule, std::int32_t level);

// SOFA total over the components valued at both ends, product now.
struct SofaRise {
    Rule rule;
    std::int32_t rise = 2;
    model::Duration within = model::hours(24);
    std::int32_t hysteresis = 1; // the rise must fall this far below a level to leave it
};

// One rule for each organ: `organ_resp` …
struct OrganFailure {
    Rule rule;
    model::Part organ{};
    std::int32_t points = 3;
    std::int32_t hysteresis = 0;
};

// SpO2/FiO2 that stands in for a second gas: 15-minute median, level by level.
struct SurrogateConfirmation {
    model::Duration sustained = model::minutes(15);
    model::Decimal spo2_at_most{97, 0};
    std::vector<model::Decimal> sf_at_most; // by level - 1, percent per fraction
};

struct ArdsOxygenation {
    Rule rule;
    model::Decimal hysteresis{10, 0}; // mmHg of P/F above a class before it is left
    std::array<model::Decimal, 3> pf_at_most{model::Decimal{300, 0}, model::Decimal{200, 0}, model::Decimal{100, 0}};
    model::Duration confirm_within = model::hours(6);
    SurrogateConfirmation surrogate;
};

struct RefractoryHypoxaemia {
    Rule rule;
    model::Decimal below{80, 0};
    model::Decimal leave_at{90, 0};
    model::Duration confirm_within = model::hours(6);
    SurrogateConfirmation surrogate;
};

// One alert for each laboratory signal outside its soft range: `extreme_k` …
struct ExtremeLab {
    Rule rule;                      // id is the prefix, "extreme"
    std::int32_t leave_percent = 0; // a newer result must lie this many percent of the limit inside the range
    std::int32_t worse_percent = 0; // so many percent of the limit further out are a level more
};

struct DeviceSilent {
    Rule rule;
    model::Duration bed_after = model::minutes(5);   // no monitor reading of an admitted patient who had one
    model::Duration lost_after = model::seconds(60); // a feed's adapter has gone, and nobody is called before
};

struct IdentityConflict {
    Rule rule;
    model::Duration holds = model::hours(1); // after the newest contradicting reading
};

struct ClockOffset {
    Rule rule; // level 1: a step, level 2: an offset
    model::Duration offset = model::seconds(60);
    model::Duration leave = model::seconds(50);
    model::Duration step = model::seconds(5);
    model::Duration step_holds = model::minutes(10);
};

struct LateResult {
    Rule rule;
    model::Duration holds = model::hours(1);
};

// What the site lets people do to alerts, and whom an alert calls (vigil.toml, [alerting]).
struct Handling {
    model::Duration pause_at_most = model::hours(2);
    model::Duration pause_high_at_most = model::minutes(10);
    model::Duration shelve_at_most = model::hours(12);
    model::Duration shelve_high_at_most = model::hours(1);
    model::Duration standby_at_most = model::hours(4);
    model::Duration standby_grace = model::minutes(5); // cables come off one after the other
    std::vector<std::string> audiences;                // in the order they are called; fewer than two: nobody is next
    model::Duration escalate_high = model::minutes(5); // unacknowledged so long: the next audience; 0: never
    model::Duration escalate_medium = model::minutes(30);
    model::Duration escalate_low{};
};
// Empty: it waits for ever.
std::optional<model::Duration> escalates_after(Handling const& handling, Rule const& rule, std::int32_t level);

struct Rules {
    Handling handling;
    SofaRise sofa_rise;
    std::vector<OrganFailure> organs; // in the order resp coag liver cardio cns renal
    ArdsOxygenation ards_oxygenation;
    RefractoryHypoxaemia refractory_hypoxaemia;
    ExtremeLab extreme_lab;
    DeviceSilent device_silent;
    Rule input_stale;
    Rule pump_silent;
    IdentityConflict identity_conflict;
    ClockOffset clock_offset;
    Rule disk_trouble;
    Rule journal_trouble;
    Rule clock_stepped;
    Rule encounter_suspended;
    LateResult late_result;
};

// The rule an alert's token belongs to (extreme_k → extreme); null when there is none by that name any more.
Rule const* find_rule(Rules const& rules, std::string_view token);
// The score whose parts the rule of that token reads; empty for rules that read readings, feeds or the daemon.
std::optional<model::ScoreId> score_read_by(Rules const& rules, std::string_view token);

} // namespace vigil::alerts
