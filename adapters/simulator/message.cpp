#include "adapters/simulator/message.hpp"

namespace vigil::simulator {

void append_row(std::string& message, int& set_id, const Row& row) {
    const std::string number = std::to_string(++set_id);
    append_segment(message, "OBX",
                   {{1, number},
                    {2, row.type},
                    {3, row.identifier},
                    {4, row.sub_id},
                    {5, row.value},
                    {6, row.units},
                    {7, row.range},
                    {8, row.flags},
                    {11, row.status},
                    {14, row.observed},
                    {17, row.method},
                    {18, row.equipment}});
}

std::string pcd_message(const DeviceVoice& voice, Millis from, Millis to) {
    std::string message;
    message.reserve(3072);
    append_pcd_header(message, voice.header);
    if (voice.card != nullptr)
        append_patient(message, *voice.card);
    else
        append_unknown_patient(message);
    append_visit(message, {.location = bed_location(voice.bed),
                           .visit_number = voice.card != nullptr ? voice.card->visit_number : std::string{}});
    append_segment(message, "OBR",
                   {{1, "1"},
                    {3, voice.header.control_id + "^VIGILSIM"},
                    {4, "182777000^monitoring of patient^SCT"},
                    {7, dtm_millis(from)},
                    {8, dtm_millis(to)}});
    return message;
}

} // namespace vigil::simulator
