#include "gateway/ward.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace vigil::gateway {
namespace {

using vigil::v1::BedEvent;

constexpr std::size_t closed_kept = 4096;
constexpr std::size_t left_kept = 64; ///< of each bed

constexpr std::array<std::string_view, 4> coded_support{"resp_device", "ecls", "rrt", "mcs"};
constexpr std::array<std::string_view, 14> vasoactives{
    "norepinephrine", "epinephrine", "dopamine",       "dobutamine",  "vasopressin",  "phenylephrine", "milrinone",
    "levosimendan",   "angiotensin", "angiotensin_ii", "metaraminol", "isoprenaline", "terlipressin",  "enoximone"};

template <std::size_t N>
bool listed(const std::array<std::string_view, N>& list, const std::string& signal) {
    return std::find(list.begin(), list.end(), std::string_view(signal)) != list.end();
}

/// Keeps the newest word on one kind of support; a rate of nothing and the word `none` end it. True when it is another
/// word.
bool note_support(BedState& bed, const std::string& signal, const std::string& coded,
                  std::optional<std::int64_t> mantissa, std::int64_t event_time_ms) {
    const bool is_coded = listed(coded_support, signal) && !coded.empty();
    const bool is_rate = listed(vasoactives, signal) && mantissa.has_value();
    if (!is_coded && !is_rate) return false;
    const auto known = bed.support.find(signal);
    if (known != bed.support.end() && known->second.event_time_ms() > event_time_ms) return false;
    vigil::page::v1::Support support;
    support.set_signal(signal);
    support.set_value(is_coded ? coded : (*mantissa > 0 ? "running" : "stopped"));
    support.set_event_time_ms(event_time_ms);
    const bool another = known == bed.support.end() || known->second.value() != support.value();
    bed.support[signal] = std::move(support);
    return another;
}

void note_data_time(BedState& bed, std::int64_t event_time_ms) {
    if (!bed.last_data_ms || *bed.last_data_ms < event_time_ms) bed.last_data_ms = event_time_ms;
}

} // namespace

std::string definition_id(const std::string& definition) { return definition.substr(0, definition.find('@')); }

void Ward::reset(bool keep_time) {
    const auto log_time = log_time_ms_;
    *this = Ward{};
    if (keep_time) log_time_ms_ = log_time;
}

BedState* Ward::occupy(const BedKey& key, const std::string& encounter) {
    if (const auto left = left_.find(key); left != left_.end())
        if (std::find(left->second.begin(), left->second.end(), encounter) != left->second.end()) return nullptr;
    auto& bed = beds_[key];
    if (!encounter.empty() && bed.encounter != encounter) {
        bed = BedState{};
        bed.encounter = encounter;
    }
    return &bed;
}

void Ward::vacate(const BedKey& key, const std::string& encounter) {
    auto& left = left_[key];
    if (std::find(left.begin(), left.end(), encounter) == left.end()) left.push_back(encounter);
    if (left.size() > left_kept) left.pop_front();
    const auto bed = beds_.find(key);
    if (bed != beds_.end() && bed->second.encounter == encounter) bed->second = BedState{};
}

void Ward::apply_event(const BedKey& key, const BedEvent& event) {
    switch (event.kind()) {
    case BedEvent::KIND_ADMITTED:
    case BedEvent::KIND_ARRIVED: {
        std::erase(left_[key], event.encounter());
        auto& bed = *occupy(key, event.encounter());
        if (!event.visit().empty()) bed.visit = event.visit();
        if (event.has_age_years()) bed.age_years = event.age_years();
        if (event.sex() != vigil::v1::CensusEvent::SEX_UNSPECIFIED) bed.sex = event.sex();
        break;
    }
    case BedEvent::KIND_TRANSFERRED:
    case BedEvent::KIND_DISCHARGED:
    case BedEvent::KIND_CANCELLED:
    case BedEvent::KIND_MERGED: vacate(key, event.encounter()); break;
    default: break;
    }
}

bool Ward::apply_observations(BedState& bed, const vigil::v1::BedObservations& frame) {
    bool another_support = false;
    for (const auto& value : frame.values()) {
        auto& known = bed.latest[value.signal()];
        if (!known.signal().empty() && known.event_time_ms() > value.event_time_ms()) continue;
        known = value;
        if (!value.usable()) continue;
        note_data_time(bed, value.event_time_ms());
        const bool another = note_support(
            bed, value.signal(), value.coded(),
            value.has_mantissa() ? std::optional<std::int64_t>(value.mantissa()) : std::nullopt, value.event_time_ms());
        another_support = another_support || another;
    }
    return another_support;
}

void Ward::apply_score(BedState& bed, const vigil::v1::Score& score) {
    auto& known = bed.scores[definition_id(score.definition()) + "/" + score.product()];
    if (!known.definition().empty() && known.as_of_ms() > score.as_of_ms()) return;
    known = score;
    for (const auto& part : score.parts())
        for (const auto& evidence : part.evidence())
            if (evidence.verdict() == vigil::v1::VERDICT_USED && evidence.has_event_time_ms())
                note_support(bed, evidence.signal(), evidence.coded(),
                             evidence.has_mantissa() ? std::optional<std::int64_t>(evidence.mantissa()) : std::nullopt,
                             evidence.event_time_ms());
}

bool Ward::apply_alert(const vigil::v1::Alert& alert) {
    if (const auto closed = closed_.find(alert.id()); closed != closed_.end() && closed->second >= alert.revision())
        return false;
    if (const auto known = alerts_.find(alert.id());
        known != alerts_.end() && known->second.revision() > alert.revision())
        return false;
    // The last word at the old bed; the next revision speaks from the new one.
    if (alert.signal() == vigil::v1::SIGNAL_STATE_CLOSED || !alert.moved_to().empty()) {
        alerts_.erase(alert.id());
        if (closed_.size() >= closed_kept) closed_.clear();
        closed_[alert.id()] = alert.revision();
    } else {
        alerts_[alert.id()] = alert;
    }
    return true;
}

void Ward::apply(const Topic& topic, const vigil::v1::Envelope& envelope, Touched& touched) {
    if (envelope.log_time_ms() > 0 && (!log_time_ms_ || *log_time_ms_ < envelope.log_time_ms()))
        log_time_ms_ = envelope.log_time_ms();
    simulated_ = simulated_ || envelope.simulated();
    if (envelope.has_alert() || envelope.has_score()) unrecorded_ = !envelope.recorded();
    const BedKey key{topic.unit, topic.bed};
    const bool of_a_bed = topic.bed != "_"; // nobody's readings are no bed of the wall
    switch (envelope.payload_case()) {
    case vigil::v1::Envelope::kScore:
        if (auto* bed = of_a_bed ? occupy(key, envelope.score().encounter()) : nullptr) {
            apply_score(*bed, envelope.score());
            touched.beds.insert(key);
        }
        break;
    case vigil::v1::Envelope::kObs:
        if (of_a_bed) {
            const auto known = beds_.find(key);
            const bool somebody_else = known == beds_.end() || known->second.encounter != envelope.obs().encounter();
            if (auto* bed = occupy(key, envelope.obs().encounter()))
                (apply_observations(*bed, envelope.obs()) || somebody_else ? touched.beds : touched.read).insert(key);
        }
        break;
    case vigil::v1::Envelope::kEvent:
        if (!of_a_bed) break;
        apply_event(key, envelope.event());
        touched.beds.insert(key);
        break;
    case vigil::v1::Envelope::kBedStatus: {
        auto* bed = of_a_bed ? occupy(key, envelope.bed_status().encounter()) : nullptr;
        if (bed == nullptr || envelope.log_time_ms() < bed->status_log_ms) break;
        bed->status_log_ms = envelope.log_time_ms();
        bed->status = envelope.bed_status();
        if (bed->status->has_last_data_ms()) note_data_time(*bed, bed->status->last_data_ms());
        touched.beds.insert(key);
        break;
    }
    case vigil::v1::Envelope::kAlert:
        if (apply_alert(envelope.alert())) touched.alerts.insert(envelope.alert().id());
        break;
    case vigil::v1::Envelope::kSourceStatus:
        sources_[envelope.source_status().source()] = envelope.source_status();
        touched.sources.insert(envelope.source_status().source());
        break;
    case vigil::v1::Envelope::kDaemon:
        daemon_ = envelope.daemon();
        unrecorded_ = unrecorded_ || daemon_.state() == vigil::v1::DaemonState::STATE_DEGRADED;
        if (daemon_.state() == vigil::v1::DaemonState::STATE_RUNNING) unrecorded_ = false;
        touched.daemon = true;
        break;
    default: break;
    }
}

} // namespace vigil::gateway
