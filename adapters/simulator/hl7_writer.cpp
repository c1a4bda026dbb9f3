#include "adapters/simulator/hl7_writer.hpp"

#include <cassert>
#include <cstdint>

namespace vigil::simulator {

void append_segment(std::string& message, std::string_view name, std::initializer_list<Field> fields) {
    message += name;
    int at = name == "MSH" ? 1 : 0; // MSH-1 is the separator itself
    for (const Field& field : fields) {
        if (field.text.empty()) continue;
        assert(field.number > at);
        for (; at < field.number; ++at) message.push_back('|');
        message += field.text;
    }
    message.push_back('\r');
}

std::string fixed(double value, int digits) {
    std::int64_t scale = 1;
    for (int i = 0; i < digits; ++i) scale *= 10;
    const double scaled = value * static_cast<double>(scale);
    const bool negative = scaled <= -0.5;
    const auto units = static_cast<std::int64_t>((scaled < 0.0 ? -scaled : scaled) + 0.5);
    std::string text = negative ? "-" : "";
    text += std::to_string(units / scale);
    if (digits == 0) return text;
    const std::string fraction = std::to_string(units % scale);
    text.push_back('.');
    text.append(static_cast<std::size_t>(digits) - fraction.size(), '0');
    return text + fraction;
}

std::string mllp_frame(std::string_view message) {
    std::string frame;
    frame.reserve(message.size() + 3);
    frame.push_back('\x0B');
    frame += message;
    frame += "\x1C\r";
    return frame;
}

void append_pcd_header(std::string& message, const Header& header) {
    append_segment(message, "MSH",
                   {{2, "^~\\&"},
                    {3, header.application},
                    {4, "ICU"},
                    {5, "VIGIL"},
                    {6, "ICU"},
                    {7, dtm_millis(header.at)},
                    {9, header.type},
                    {10, header.control_id},
                    {11, "T"},
                    {12, "2.6"},
                    {15, "AL"},
                    {16, "NE"},
                    {18, "UNICODE UTF-8"},
                    {21, "IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO"}});
}

void append_v25_header(std::string& message, const Header& header, std::string_view version) {
    append_segment(message, "MSH",
                   {{2, "^~\\&"},
                    {3, header.application},
                    {4, "SIMULATED"},
                    {5, "VIGIL"},
                    {6, "ICU"},
                    {7, dtm_seconds(header.at)},
                    {9, header.type},
                    {10, header.control_id},
                    {11, "T"},
                    {12, version},
                    {18, "UNICODE UTF-8"}});
}

void append_patient(std::string& message, const PatientCard& card) {
    append_segment(message, "PID",
                   {{1, "1"},
                    {3, card.record_number + "^^^VIGILSIM^MR"},
                    {5, "ZZSIMULATED^" + card.given_name + "^^^^^L"},
                    {7, card.birth_date},
                    {8, std::string_view{&card.sex, 1}}});
}

void append_unknown_patient(std::string& message) { append_segment(message, "PID", {{1, "1"}, {5, "^^^^^^U"}}); }

void append_visit(std::string& message, const Visit& visit) {
    append_segment(message, "PV1",
                   {{1, "1"},
                    {2, "I"},
                    {3, visit.location},
                    {6, visit.prior_location},
                    {19, visit.visit_number.empty() ? std::string{} : visit.visit_number + "^^^VIGILSIM^VN"},
                    {44, visit.admitted},
                    {45, visit.discharged}});
}

std::string bed_name(int bed) {
    const std::string digits = std::to_string(bed);
    return (digits.size() < 2 ? "BED0" : "BED") + digits;
}

std::string bed_location(int bed) { return "ICU^R1^" + bed_name(bed); }

} // namespace vigil::simulator
