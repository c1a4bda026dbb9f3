// A name or number of a person that stands in PID, NTE, PV1 or any text of an OBX is in nothing that leaves for vigild.

#include "adapters/hl7/acknowledge.hpp"
#include "decoding.hpp"

#include "vigil/v1/observation.pb.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

using namespace vigil::hl7;
using namespace vigil::hl7::testing;
namespace v1 = vigil::v1;

TEST_CASE("planted names and numbers appear in no output", "[property]") {
    const unsigned seed = Catch::rngSeed() != 0 ? Catch::rngSeed() : std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::vector<std::string> planted = {"Quenneville",
                                              "M\xc3\xbc"
                                              "ckenschnabel",
                                              "0815-4711-77",
                                              "4711081512",
                                              "QUENNEVILLE^ADA",
                                              "ada quenneville"};
    const std::vector<std::string> needles = {"uenneville", "UENNEVILLE", "ckenschnabel", "0815-4711-77", "4711081512"};
    const std::vector<std::string> types = {"ST", "TX", "FT", "NM", "SN", "CE", "CWE", "", "ED", "XX"};
    const std::vector<std::string> identifiers = {"777-3^Plt^LN",
                                                  "PLT^^L",
                                                  "^some text^L",
                                                  "184514^MDC_DRUG_NAME_TYPE^MDC",
                                                  "184519^MDC_PUMP_STAT^MDC",
                                                  "20124-4^Mode^LN",
                                                  "resp_device^^VIGIL",
                                                  "9270-0^GCS^LN",
                                                  "150456^MDC_PULS_OXIM_SAT_O2^MDC"};
    Decoder decoder(test_settings());
    const auto any = [&](std::vector<std::string> const& of) { return of[random() % of.size()]; };
    for (int round = 0; round < 2000; ++round) {
        const std::string secret = any(planted);
        std::string text = "MSH|^~\\&|LAB|HOSP|VIGIL|ICU|20261121115900+0100||" +
                           std::string(round % 2 ? "ORU^R01" : "ADT^A08") + "|M" + std::to_string(round) + "|P|2.5\r";
        text += "PID|1|" + any(planted) + "|" + any(planted) + "^^^HOSP^MR||" + any(planted) + "^Ada^" + secret +
                "||19700131|F|||" + secret + "||" + secret + "|||||" + any(planted) + "\r";
        text += "NTE|1|P|" + secret + "\rNK1|1|" + secret + "\rPV1|1|I|ICU^R1^BED3|||||" + secret + "^" + secret +
                "|||||||||||" + any(planted) + "\r";
        text += "OBR|1|" + any(planted) + "|" + any(planted) + "|X^" + secret + "^L|||20261121101500|||" + secret +
                "||||" + secret + "|BLDA^" + secret + "|" + secret + "\r";
        for (int row = 0; row < 4; ++row) {
            const std::string value = random() % 3 ? secret : "1.0~" + secret;
            text += "OBX|1|" + any(types) + "|" + any(identifiers) + "|1.1.1." + std::to_string(row) + "|" + value +
                    "|mg/dL|" + secret + "|" + secret + "||||F||" + "|" + secret + "|" + secret + "\r";
            text += "NTE|1|L|" + secret + "\r";
        }
        Decoded const& d = decoder.decode(text, noon);
        REQUIRE(d.fault == Fault::none);
        std::string out = acknowledge(d.header, {Outcome::rejected, Fault::refused, {}}, "S1", noon);
        each_batch(d, Envelope{}, [&](v1::ObservationBatch& batch) {
            batch.clear_content_digest();
            out += batch.ShortDebugString();
        });
        for (auto const& needle : needles) REQUIRE(out.find(needle) == std::string::npos);
    }
}

TEST_CASE("a message id that could be anybody's becomes a token", "[property]") {
    Decoder decoder(test_settings());
    const auto id = [&](std::string const& sent) {
        return decoder.decode("MSH|^~\\&|A|B|C|D|20261121||ORU^R01|" + sent + "|P|2.5\r", noon).message_id;
    };
    CHECK(id("M-1.2_x") == "M-1.2_x");
    CHECK(id("DOE JANE 1970") == test_key().token("message", "", "DOE JANE 1970"));
    CHECK(id(std::string(65, 'a')).size() == 32);
    CHECK(id("").empty());
}
