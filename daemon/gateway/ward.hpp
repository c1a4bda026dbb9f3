#pragma once

#include "gateway/page.pb.h"
#include "gateway/topic.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace vigil::gateway {

using BedKey = std::pair<std::string, std::string>; ///< unit, bed

/// What is true now of one bed, as the feed told it.
struct BedState {
    std::string encounter;
    std::string visit;                              ///< token, to ask vigil-identity with
    std::map<std::string, vigil::v1::Score> scores; ///< by "id/product"
    std::map<std::string, vigil::v1::ObservedValue> latest;
    std::map<std::string, vigil::page::v1::Support> support;
    std::optional<vigil::v1::BedStatus> status;
    std::int64_t status_log_ms = 0;
    std::optional<std::int64_t> last_data_ms;
    std::optional<std::uint32_t> age_years;
    vigil::v1::CensusEvent::Sex sex = vigil::v1::CensusEvent::SEX_UNSPECIFIED;
};

/// What changed by one message; the wall redraws that.
struct Touched {
    std::set<BedKey> beds;
    std::set<BedKey> read; ///< of these only readings are newer, each of a bed and patient that were known
    std::set<std::string> alerts;
    std::set<std::string> sources;
    bool daemon = false;
};

/// The unit as the last messages left it. Pure: no clock, no database.
class Ward {
public:
    void reset(bool keep_time); ///< the clock does not jump back when only a gap is repaired
    void apply(const Topic& topic, const vigil::v1::Envelope& envelope, Touched& touched);

    [[nodiscard]] const std::map<BedKey, BedState>& beds() const { return beds_; }
    [[nodiscard]] const std::map<std::string, vigil::v1::Alert>& alerts() const { return alerts_; } ///< not closed
    [[nodiscard]] const std::map<std::string, vigil::v1::SourceStatus>& sources() const { return sources_; }
    [[nodiscard]] const vigil::v1::DaemonState& daemon() const { return daemon_; }
    [[nodiscard]] std::optional<std::int64_t> log_time_ms() const { return log_time_ms_; }
    [[nodiscard]] bool simulated() const { return simulated_; }
    [[nodiscard]] bool unrecorded() const { return unrecorded_; }

private:
    /// The bed with this encounter in it, or nothing when the encounter has left it.
    BedState* occupy(const BedKey& key, const std::string& encounter);
    void vacate(const BedKey& key, const std::string& encounter);
    void apply_event(const BedKey& key, const vigil::v1::BedEvent& event);
    /// True when it says something else of what holds the patient up.
    static bool apply_observations(BedState& bed, const vigil::v1::BedObservations& frame);
    void apply_score(BedState& bed, const vigil::v1::Score& score);
    bool apply_alert(const vigil::v1::Alert& alert);

    std::map<BedKey, BedState> beds_;
    std::map<BedKey, std::deque<std::string>> left_; ///< late words about those who left do not bring them back
    std::map<std::string, vigil::v1::Alert> alerts_;
    std::map<std::string, std::uint64_t> closed_; ///< last revisions, so that an old one cannot revive them
    std::map<std::string, vigil::v1::SourceStatus> sources_;
    vigil::v1::DaemonState daemon_;
    std::optional<std::int64_t> log_time_ms_;
    bool simulated_ = false;
    bool unrecorded_ = false;
};

/// "sofa" of "sofa@1+conventional".
std::string definition_id(const std::string& definition);

} // namespace vigil::gateway
