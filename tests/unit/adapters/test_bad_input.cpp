// A message cut at every byte, bytes changed at random, messages that others wrote: a refusal or a sound result, never
// a crash.

#include "adapters/hl7/mllp.hpp"
#include "decoding.hpp"

#include "vigil/v1/observation.pb.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

using namespace vigil::hl7;
using namespace vigil::hl7::testing;
namespace v1 = vigil::v1;

namespace {

std::string sample() {
    return oru("NTE|1||free text\nORC|RE||F1\nOBR|1|P1|F100^LAB|BG^^L|||20261121101500|20261121111500|||||||BLDA\n"
               "OBX|1|SN|2703-7^pO2^LN||<^68.5|mm[Hg]|80-108|L~QUES|||F|||20261121101400\nNTE|1|L|more text\n"
               "OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.6.1.1|94|262688^MDC_DIM_PERCENT^MDC^%^%^UCUM|||||R||||||"
               "AMEAS^^MDC\n"
               "OBX|3|ST|184514^MDC_DRUG_NAME_TYPE^MDC|1.1.1.1|Nor\\T\\x\\X41\\||||||R\nOBX|4|NM|157924^MDC_RATE_DOSE^"
               "MDC|1.1.1.2|0.1|ug/kg/min|||||R\n"
               "SPM|1|S1||ART||||||||||||20261121101500\n");
}

// Everything that leaves for vigild, as text.
std::string outcome(Decoder& decoder, std::string const& text) {
    Decoded const& d = decoder.decode(text, noon);
    std::string out(name(d.fault));
    each_batch(d, Envelope{}, [&](v1::ObservationBatch& batch) { out += "\n" + batch.ShortDebugString(); });
    return out;
}

// What no message may ever lead to.
void check_sound(Decoded const& d) {
    for (auto const& r : d.results) {
        REQUIRE(!r.code.empty());
        REQUIRE(r.code.size() <= 40);
        REQUIRE(r.unit.size() <= 24);
        REQUIRE(r.sub_id.size() <= 48);
        REQUIRE((r.number.has_value() || !r.coded.empty() || r.absent != vigil::model::AbsentReason::unspecified));
        if (r.number) REQUIRE(std::abs(r.number->mantissa) <= vigil::model::Decimal::max_mantissa);
        if (!r.time_ms) REQUIRE(r.time_quality == vigil::model::TimeQuality::unspecified);
    }
}

} // namespace

TEST_CASE("a message cut at every byte", "[bad]") {
    const std::string text = sample();
    Decoder decoder(test_settings()), again(test_settings());
    REQUIRE(decoder.decode(text, noon).fault == Fault::none);
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const std::string cut = text.substr(0, length);
        const std::string first = outcome(decoder, cut);
        check_sound(decoder.decode(cut, noon));
        REQUIRE(outcome(again, cut) == first);
        // The same through the framer in two pieces.
        std::string framed_outcome;
        Framer framer(1 << 20, [&](Frame const& f) { framed_outcome = outcome(again, std::string(f.payload)); });
        const std::string frame = framed(cut);
        framer.feed(frame.substr(0, frame.size() / 3));
        framer.feed(frame.substr(frame.size() / 3));
        REQUIRE(framed_outcome == first);
    }
}

TEST_CASE("bytes changed at random", "[bad][property]") {
    const unsigned seed = Catch::rngSeed() != 0 ? Catch::rngSeed() : std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::string text = sample();
    const std::string likely = "|^~\\&\r\n.+-<>,0123456789 \"\x1c\x0b\xb5\xff#MSHOBXPIDR";
    Decoder decoder(test_settings());
    for (int round = 0; round < 5000; ++round) {
        std::string changed = text;
        for (auto n = 1 + random() % 8; n > 0; --n) {
            const std::size_t at = random() % changed.size();
            const char c = likely[random() % likely.size()];
            switch (random() % 3) {
            case 0: changed[at] = c; break;
            case 1: changed.insert(at, 1, c); break;
            default: changed.erase(at, 1 + random() % 5); break;
            }
        }
        check_sound(decoder.decode(changed, noon));
    }
}

TEST_CASE("a reading of a message does not depend on the message before it", "[bad]") {
    Decoder used(test_settings());
    const std::string text = sample();
    Decoder fresh(test_settings());
    const std::string expected = outcome(fresh, text);
    outcome(used, text.substr(0, text.size() / 2));
    outcome(used, oru("OBX|1|NM|777-3^^LN||1|G/L|||||F\n"));
    CHECK(outcome(used, text) == expected);
}

TEST_CASE("a message of many readings travels in parts", "[bad]") {
    std::string body = "OBR|1||F1|X^^L|||20261121101500\n";
    for (int i = 0; i < 600; ++i)
        body += "OBX|" + std::to_string(i) + "|NM|777-3^^LN|" + std::to_string(i) + "|1|G/L|||||F\n";
    Decoder decoder(test_settings());
    const std::string text = oru(body);
    Decoded const& d = decoder.decode(text, noon);
    REQUIRE(batches_in(d) == 3);
    std::vector<int> sizes;
    each_batch(d, Envelope{}, [&](v1::ObservationBatch& batch) {
        CHECK(batch.part() == sizes.size());
        CHECK(batch.parts() == 3);
        CHECK(batch.subject().visit() == d.groups[0].subject.visit);
        sizes.push_back(batch.readings_size());
    });
    CHECK(sizes == std::vector<int>{256, 256, 88});
    Decoded const& empty = decoder.decode(oru(""), noon);
    CHECK(batches_in(empty) == 1);
}

TEST_CASE("messages that others wrote", "[bad]") {
    const std::filesystem::path folder = std::filesystem::path(root()) / "../shared/data/hl7v2";
    if (!std::filesystem::exists(folder)) {
        WARN("no folder of foreign messages: skipped");
        return;
    }
    Decoder decoder(test_settings());
    unsigned files = 0, taken = 0, results = 0;
    for (auto const& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".hl7") continue;
        ++files;
        const std::string text = file_text(entry.path().string());
        INFO(entry.path().filename());
        const std::string name_of_file = entry.path().filename().string();
        for (const std::string_view one : messages_of(text)) {
            Decoded const& d = decoder.decode(one, noon);
            check_sound(d);
            if (d.fault == Fault::none) ++taken;
            results += static_cast<unsigned>(d.results.size());
            CHECK(d.header.usable);
            if (d.header.type == "ORU") CHECK(d.fault == Fault::none);
            if (d.header.type != "ORU" && d.header.type != "ADT") CHECK(d.fault == Fault::unsupported_type);
        }
        for (std::size_t length = 0; length < text.size(); length += 7)
            check_sound(decoder.decode(text.substr(0, length), noon));
    }
    CHECK(files >= 24);
    CHECK(taken >= 15);
    CHECK(results >= 15);
}
