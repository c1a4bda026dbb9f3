#pragma once

#include "adapters/simulator/sim_time.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace vigil::simulator {

// Field n of a segment. Fields are given in ascending order; empty ones are left out.
struct Field {
    int number;
    std::string_view text; // already HL7: components joined, nothing left to escape
};

void append_segment(std::string& message, std::string_view name, std::initializer_list<Field> fields);

// The value at the resolution of its device, half away from zero: fixed(7.346, 2) is "7.35".
std::string fixed(double value, int digits);

// 0x0B message 0x1C 0x0D
std::string mllp_frame(std::string_view message);

struct PatientCard {
    std::string record_number;
    std::string visit_number;
    std::string given_name;
    std::string birth_date;
    char sex = 'U';
};

struct Header {
    std::string_view application;
    std::string_view type; // ORU^R01^ORU_R01
    std::string control_id;
    Millis at = 0;
};

// PCD-01: v2.6, enhanced mode AL/NE, milliseconds. The other two: v2.5.1 and v2.5, original mode. MSH-11 is T in all.
void append_pcd_header(std::string& message, const Header& header);
void append_v25_header(std::string& message, const Header& header, std::string_view version);

void append_patient(std::string& message, const PatientCard& card);
void append_unknown_patient(std::string& message);

struct Visit {
    std::string location;
    std::string prior_location = {};
    std::string visit_number = {};
    std::string admitted = {};
    std::string discharged = {};
};
void append_visit(std::string& message, const Visit& visit);

std::string bed_name(int bed);     // BED03
std::string bed_location(int bed); // ICU^R1^BED03

} // namespace vigil::simulator
