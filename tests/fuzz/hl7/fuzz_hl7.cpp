// What arrives on an HL7 port, read twice with different cuts: nothing may crash, grow or depend on the cuts, and every
// message that is decoded leads to sound batches. With clang's libFuzzer this is the fuzz target; elsewhere replay.cpp
// runs it over the corpus.

#include "adapters/hl7/acknowledge.hpp"
#include "adapters/hl7/decode.hpp"
#include "adapters/hl7/mllp.hpp"
#include "adapters/hl7/wire.hpp"

#include "vigil/v1/observation.pb.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace vigil;
using namespace vigil::hl7;

constexpr std::size_t limit = 16 * 1024;

Settings fuzz_settings() {
    Settings settings{adapters::SiteKey({})};
    settings.zone = adapters::Zone::named("Europe/Berlin");
    std::string why;
    adapters::read_coded_values(
        "id\tloinc\tmdc\tvalues\nvent_mode\t20124-4\t184352\tstandby other\ngcs_verbal\t9270-0\t153732\tNT\n",
        settings.coded, why);
    return settings;
}

void require(bool holds) {
    if (!holds) std::abort();
}

void decode_all(Decoder& decoder, std::string_view payload, std::string& out) {
    for (const std::string_view text : messages_of(payload)) {
        Decoded const& d = decoder.decode(text, 1'795'258'800'000);
        out += name(d.fault);
        out += acknowledge(d.header, {outcome_of(d.fault), d.fault, {}}, "S", 0);
        each_batch(d, Envelope{}, [&](v1::ObservationBatch& batch) {
            require(batch.readings_size() <= static_cast<int>(readings_per_batch));
            for (auto const& r : batch.readings()) {
                require(!r.code().empty() && r.code().size() <= 40 && r.unit().size() <= 24);
                require(r.has_mantissa() || r.has_coded() || r.absent() != v1::ABSENT_REASON_UNSPECIFIED);
            }
            batch.AppendToString(&out);
        });
    }
}

std::string read_in_pieces(std::string_view input, std::size_t step) {
    static Decoder decoder(fuzz_settings());
    std::string out;
    Framer framer(limit, [&](Frame const& frame) {
        out += name(frame.fault);
        if (frame.fault == FrameFault::none)
            decode_all(decoder, frame.payload, out);
        else
            decoder.peek(frame.payload);
    });
    while (!input.empty()) {
        framer.feed(input.substr(0, step));
        input.remove_prefix(std::min(step, input.size()));
        require(framer.buffered() <= limit);
    }
    framer.end_at_lone_fs();
    framer.abandon(hl7::FrameFault::unfinished);
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<char const*>(data), size);
    require(read_in_pieces(input, size + 1) == read_in_pieces(input, 7));
    // The same bytes as one payload, however they are framed.
    static Decoder decoder(fuzz_settings());
    std::string unused;
    decode_all(decoder, input, unused);
    return 0;
}
