#pragma once

#include "adapters/simulator/message.hpp"

namespace vigil::simulator {

// ADT of HL7 v2.5: A01 admit, A02 transfer, A03 discharge, A08 update.
struct Movement {
    std::string_view trigger; // A01, A02, A03, A08
    std::string control_id;
    Millis occurred = 0; // EVN-6
    Millis sent = 0;
    int bed = 0;
    int prior_bed = 0; // of A02
    Millis admitted = 0;
};

std::string admission_message(const Movement& movement, const PatientCard& card);

} // namespace vigil::simulator
