#include "loop/publication.hpp"

#include "vigil/v1/envelope.pb.h"

namespace vigil::loop {

namespace {

void varint(std::string& out, std::uint64_t v) {
    while (v >= 0x80) {
        out.push_back(static_cast<char>(static_cast<unsigned char>(v) | 0x80U));
        v >>= 7;
    }
    out.push_back(static_cast<char>(v));
}

void field(std::string& out, int number, std::uint64_t v) {
    varint(out, static_cast<std::uint64_t>(number) << 3); // wire type 0
    varint(out, v);
}

} // namespace

void append_count(std::string& envelope, std::uint64_t count) {
    field(envelope, v1::Envelope::kCountFieldNumber, count);
}
void append_recorded(std::string& envelope) { field(envelope, v1::Envelope::kRecordedFieldNumber, 1); }
void append_retained(std::string& envelope) { field(envelope, v1::Envelope::kRetainedFieldNumber, 1); }

void append_no_sequence(std::string& envelope) { field(envelope, v1::Envelope::kSeqFieldNumber, 0); }

} // namespace vigil::loop
