#pragma once
// IHE PCD-04, Report Alert: one ORU^R40^ORU_R40 in HL7 v2.6 for one delivery. Pure: the same delivery gives the same
// bytes at every try. No name and no number of a person: what stands in PID and PV1 is Vigil's own token.

#include "outbound/delivery.hpp"

#include <string>

namespace vigil::outbound {

struct Pcd04Settings {
    std::string site{}; // MSH-4
    std::string receiving_application{}, receiving_facility{};
    bool physiological = false; // alerts about patients as SP; else SA, advisory
};

std::string pcd04_message(Delivery const& delivery, Pcd04Settings const& settings);

} // namespace vigil::outbound
