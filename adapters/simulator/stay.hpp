#pragma once

#include "adapters/simulator/archetype.hpp"
#include "adapters/simulator/charting.hpp"
#include "adapters/simulator/laboratory.hpp"
#include "adapters/simulator/message.hpp"
#include "adapters/simulator/monitor.hpp"
#include "adapters/simulator/patient.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace vigil::simulator {

struct StaySetting {
    std::uint64_t seed = 0;
    std::string tag; // begins every control id, so that two runs never share one
    int patient_number = 0;
    Millis round_start = 0;
    Millis monitor_interval = kMinute;
    std::optional<PatientCard> mistaken_for; // whom the bed's monitor names when it names another patient
};

// Who the numbered patient of an archetype is in a ward of this seed.
PatientCard card_of(const Archetype& archetype, std::uint64_t seed, int patient_number);

// One patient from admission to discharge, and everything that speaks about them meanwhile.
class Stay {
public:
    Stay(const Archetype& archetype, const StaySetting& setting);
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;

    // Lives the minute [at, at + 60 s) and appends what is sent in it.
    void live(Millis at, std::vector<Message>& out);

    bool over() const { return discharged_ && waiting_.empty(); }
    const Truth& truth() const { return patient_.truth(); }
    const Support& support() const { return patient_.support(); }
    int bed() const { return bed_; }

private:
    Millis turn() const;
    Millis at_hour(double hour) const { return setting_.round_start + hours(hour); }
    std::string control_id(char feed);
    ChartPage page(Millis entered);
    DeviceVoice voice(std::string_view application, char device, Millis at);
    DeviceVoice monitor_voice(Millis sent, Millis behind, double hour);
    void move(std::string_view trigger, Millis occurred, int prior_bed);
    void movements(Millis at);
    void devices(Millis at, double hour);
    void monitor(Millis at, double hour);
    void pumps(Millis at, double hour);
    void laboratory(Millis at);
    void charting(Millis at);
    std::vector<Statement> standing(Millis at) const;
    void send(Feed feed, Millis send_at, std::string text);
    void send_device(Millis send_at, std::string text);
    void flush(Millis until, std::vector<Message>& out);

    Archetype archetype_;
    StaySetting setting_;
    PatientCard card_;
    int bed_;
    Patient patient_;
    Monitor monitor_;
    Random ventilator_random_;
    Random schedule_;
    Laboratory laboratory_;
    std::vector<Message> waiting_; // by turn of making; flushed by send_at
    std::array<Millis, 4> stopped_at_{};
    Millis next_gas_ = 0;
    Millis next_blood_ = 0;
    Millis next_assessment_ = 0;
    Millis urine_since_ = 0;
    double urine_ml_ = 0.0;
    double charted_fio2_ = 0.0;
    double charted_flow_ = 0.0;
    int control_ids_ = 0;
    int device_messages_ = 0;
    bool present_ = false;
    bool discharged_ = false;
};

} // namespace vigil::simulator
