#pragma once

#include "adapters/simulator/hl7_writer.hpp"
#include "adapters/simulator/sim_time.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace vigil::simulator {

enum class Feed { adt, laboratory, charting, devices };

// One HL7 message, not yet framed, and when its sender lets go of it.
struct Message {
    Millis send_at = 0;
    Feed feed = Feed::devices;
    int bed = 0;
    bool untidy = false; // a repeat or an overtaken message: its MSH-7 is older than its turn
    std::string text;
};

// One OBX. `set_id` counts within the message.
struct Row {
    std::string_view type = {};
    std::string_view identifier;
    std::string_view sub_id = {};
    std::string_view value = {};
    std::string_view units = {};
    std::string_view range = {};
    std::string_view flags = {};
    std::string_view status = "F";
    std::string_view observed = {};
    std::string_view method = {};
    std::string_view equipment = {};
};
void append_row(std::string& message, int& set_id, const Row& row);

// What a device knows of itself and of its patient when it speaks. A stand-alone monitor knows only its bed.
struct DeviceVoice {
    Header header;
    int bed = 0;
    const PatientCard* card = nullptr; // null: unknown to the device
    std::string equipment;             // EI of OBX-18
};

// MSH, PID, PV1 and OBR of a PCD-01 message over [from, to].
std::string pcd_message(const DeviceVoice& voice, Millis from, Millis to);

inline constexpr std::string_view kMeasured = "AMEAS^auto-measurement^MDC~69123^MDC_OBS_CTS^MDC";
inline constexpr std::string_view kSpotMeasured = "AMEAS^auto-measurement^MDC~69124^MDC_OBS_NONCTS^MDC";
inline constexpr std::string_view kSet = "MSET^manual-setting^MDC";

} // namespace vigil::simulator
