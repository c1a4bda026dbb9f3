#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <tuple>

namespace vigil::v1 {
class Alert;
} // namespace vigil::v1

namespace vigil::gateway {

/// Seconds by upper bound, as Prometheus counts them.
template <std::size_t N>
struct Durations {
    std::array<std::uint64_t, N + 1> by_bound{}; ///< the last: beyond every bound
    std::uint64_t count = 0;
    double sum_s = 0;
    void add(double seconds, const std::array<double, N>& bounds) {
        std::size_t i = 0;
        while (i < N && seconds > bounds[i]) ++i;
        ++by_bound[i];
        ++count;
        sum_s += seconds;
    }
};

inline constexpr std::array<double, 8> ack_bounds_s{10, 30, 60, 120, 300, 600, 1800, 3600};
inline constexpr std::array<double, 7> duration_bounds_s{60, 300, 900, 3600, 14'400, 43'200, 86'400};

/// What alerts ask of people, counted from their revisions since this program started: the figures alarm fatigue is
/// judged by. Labels are rules, priorities and units, never a bed or a patient.
struct AlertTally {
    using RulePriorityUnit = std::tuple<std::string, std::string, std::string>;
    using PriorityUnit = std::pair<std::string, std::string>;
    struct Called {
        std::int64_t log_ms = 0;
        PriorityUnit of;
    };

    std::map<RulePriorityUnit, std::uint64_t> onsets; ///< calls that began: first, or once more
    std::map<PriorityUnit, Durations<ack_bounds_s.size()>> acknowledged_after;
    std::map<std::string, Durations<duration_bounds_s.size()>> lasted;     ///< by rule
    std::map<std::pair<std::string, std::string>, std::uint64_t> feedback; ///< by rule and verdict
    std::map<std::string, std::uint64_t> back_again;                       ///< by rule, within its re-arm time
    std::map<std::string, std::uint64_t> suppressed{{"inhibited", 0}, {"paused", 0}, {"shelved", 0}};
    std::deque<Called> day; ///< the calls of the last 24 h of log time

    /// Of each alert every revision once, ascending; what comes again or out of order is passed over.
    void observe(const vigil::v1::Alert& revision);
    /// A snapshot told where it stands: its revisions so far are not news.
    void known(const vigil::v1::Alert& alert);

private:
    struct Seen {
        std::uint64_t revision = 0;
        std::int64_t called_ms = 0; ///< when it last called somebody; 0: it has not
        std::uint32_t onsets = 0;
        int judged = 0;
        bool inhibited = false;
    };
    void count(Seen& seen, const vigil::v1::Alert& revision);
    std::map<std::string, Seen> seen_;
    std::deque<std::string> closed_; ///< oldest first, bounded: a replay may tell of them once more
};

std::string priority_word(int priority); ///< of vigil.v1.Priority

} // namespace vigil::gateway
