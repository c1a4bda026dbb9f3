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

// A class or a stage that a score says: septic shock, a stage of kidney injury, a candidate of cytokine release
// syndrome. It sleeps while no run of that score and product is configured.
struct ScoreLevel {
    Rule rule;
    model::ScoreId score{};
    model::Product product{};
    // The total's label is one of these, and the level what points it has (a label without points is the first level);
    // none: the level is the total's points, of a total that is not whole those that are certain (decision 0013).
    std::vector<model::Label> labels;
};

// A quantity that moves the wrong way between two readings.
struct Trend {
    enum class Of : std::uint8_t { signal, pf, ne_equivalent };
    enum class Way : std::uint8_t { not_falling, falling, rising };
    Rule rule;
    Of of{};
    model::Signal signal{}; // a laboratory result
    Way way{};
    std::int32_t percent = 0;               // it fell less than that; it fell by that; it rose by that
    std::optional<model::Decimal> by;       // and rose by so much at least
    std::optional<model::Decimal> at_least; // the newest; canonical unit (mmHg of P/F, ug/kg/min)
    std::optional<model::Decimal> at_most;
    model::Duration apart{}, within{}; // the earlier one lies so far before the newest
    model::Duration fresh_for{};       // the newest older than that: unknown
};

// One card for an admission, with what is known of its severity.
struct Admission {
    Rule rule;
    model::Duration settles = model::hours(1); // what an organ was found with until then the card tells
    model::Duration shows = model::hours(6);
};

// An alarm that a device says it has: it stands until its sender says that it is over, and is unknown when nothing was
// heard of it for a while (docs/decisions/0018).
struct StateRule {
    struct Stands {
        model::Word word{};
        std::int32_t level = 1;
    };
    struct CodeName { // of an event, or of what it is about
        std::int64_t code = 0;
        std::string text;
    };
    Rule rule; // with `by_code` its id is the prefix of the alerts' tokens
    model::Signal signal{};
    std::vector<Stands> stands; // in other words it is not this rule's, or over
    model::Duration unheard_after = model::minutes(5);
    bool by_code = false;        // an alert for each code of the device, not one for all of the signal
    std::vector<CodeName> names; // how the sentence calls the device's codes
};

// A limit that somebody set for one patient (Standing::limits): `limit_map` ...
struct PatientLimit {
    Rule rule;
    std::vector<model::Signal> signals;            // that may have one: they are kept for everybody
    model::Duration sustained = model::minutes(3); // a stream is out, or in again, for so long
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
    model::Duration charted_stale_after{}; // input_stale: of a monitor signal that people chart; 0: its maximum age
    Rule pump_silent;
    IdentityConflict identity_conflict;
    ClockOffset clock_offset;
    Rule disk_trouble;
    Rule journal_trouble;
    Rule clock_stepped;
    Rule encounter_suspended;
    LateResult late_result;
    // Not in every rulebook: journals keep those of before there were any.
    std::optional<Admission> admission;
    std::optional<PatientLimit> patient_limit;
    std::vector<ScoreLevel> score_levels;
    std::vector<Trend> trends;
    std::vector<StateRule> states;
};

// The rule an alert's token belongs to (extreme_k → extreme); null when there is none by that name any more.
Rule const* find_rule(Rules const& rules, std::string_view token);
// The same of a rule of alarms; null for the others.
StateRule const* find_state_rule(Rules const& rules, std::string_view token);
// The score whose parts the rule of that token reads; empty for rules that read readings, feeds or the daemon.
std::optional<model::ScoreId> score_read_by(Rules const& rules, std::string_view token);

} // namespace vigil::alerts
