#pragma once
// One HL7 message to what it says. Pure: no socket, no clock; the receipt time is an argument.

#include "adapters/hl7/decoded.hpp"
#include "adapters/hl7/observations.hpp"
#include "adapters/hl7/settings.hpp"

#include <cstdint>
#include <string_view>

namespace vigil::hl7 {

class Decoder {
public:
    explicit Decoder(Settings settings);
    Decoder(Decoder const&) = delete;
    Decoder& operator=(Decoder const&) = delete;

    // The result points into `text` and into the decoder: valid until the next call.
    Decoded const& decode(std::string_view text, std::int64_t received_ms);
    // Only who sent it and how it wants to be answered: for frames that are refused before decoding.
    Decoded const& peek(std::string_view text);
    Settings const& settings() const { return settings_; }

private:
    void clear();
    void read_header(std::int64_t received_ms);
    void read_damaged_header(std::string_view text);
    void take_syntax_fault(std::string_view text);
    void check_header();
    void read_body();
    void read_no_movement(std::string_view trigger);
    void forget_places();

    Settings settings_;
    Scratch scratch_;
    Message message_;
    ObservationReader observations_;
    TextRules text_;
    TimeRules time_;
    Decoded out_;
};

} // namespace vigil::hl7
