// Replies in original and enhanced mode, byte for byte where a sender looks.

#include "adapters/hl7/acknowledge.hpp"
#include "decoding.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace vigil::hl7;
using namespace vigil::hl7::testing;

namespace {

std::string codes(char const* accept, char const* application, Answer const& answer) {
    static Decoder decoder(test_settings());
    const std::string text =
        std::string("MSH|^~\\&|A|B|C|D|20261121||ORU^R01^ORU_R01|ID|P|2.5|||") + accept + "|" + application + "\r";
    const std::string reply = acknowledge(decoder.peek(text).header, answer, "S1", noon);
    std::string out;
    for (std::size_t at = reply.find("\rMSA|"); at != std::string::npos; at = reply.find("\rMSA|", at + 1))
        out += (out.empty() ? "" : " ") + reply.substr(at + 5, 2);
    return out;
}

} // namespace

TEST_CASE("which reply whom is owed", "[ack]") {
    const Answer good{}, error{Outcome::error, Fault::not_durable, {}},
        reject{Outcome::rejected, Fault::unsupported_type, {}};
    struct Row {
        char const* accept;
        char const* application;
        char const* good;
        char const* error;
        char const* reject;
    };
    const Row rows[] = {
        {"", "", "AA", "AE", "AR"},         {"AL", "NE", "CA", "CE", "CR"},
        {"NE", "AL", "AA", "AE", "AR"},     {"AL", "AL", "CA AA", "CE AE", "CR AR"},
        {"NE", "NE", "", "", ""},           {"ER", "NE", "", "CE", "CR"},
        {"SU", "NE", "CA", "", ""},         {"NE", "ER", "", "AE", "AR"},
        {"NE", "SU", "AA", "", ""},         {"AL", "", "CA", "CE", "CR"},
        {"", "AL", "AA", "AE", "AR"},       {"AL", "ER", "CA", "CE AE", "CR AR"},
        {"SU", "ER", "CA", "AE", "AR"},     {"ER", "SU", "AA", "CE", "CR"},
        {"\"\"", "\"\"", "AA", "AE", "AR"}, {"\"\"", "AL", "AA", "AE", "AR"},
        {"XX", "NE", "CA", "CE", "CR"},
    };
    for (auto const& row : rows) {
        INFO(row.accept << "/" << row.application);
        CHECK(codes(row.accept, row.application, good) == row.good);
        CHECK(codes(row.accept, row.application, error) == row.error);
        CHECK(codes(row.accept, row.application, reject) == row.reject);
    }
}

TEST_CASE("the reply's own bytes", "[ack]") {
    Decoder decoder(test_settings());
    const std::string text = "MSH|^~\\&|GW^1^ISO|ICU|VIGIL|HOSP|20261121||ORU^R01^ORU_R01|a \\T\\ b^7|P|2.6|||AL|NE\r";
    const std::string good = acknowledge(decoder.peek(text).header, {}, "S1", noon);
    CHECK(good == "\x0bMSH|^~\\&|VIGIL|HOSP|GW^1^ISO|ICU|20261121110000.000+0000||ACK^R01^ACK|S1|P|2.6|||NE|NE\rMSA|CA|"
                  "a \\T\\ b^7\r\x1c\r");
    const std::string bad =
        acknowledge(decoder.peek(text).header, {Outcome::rejected, Fault::unsupported_version, {}}, "S2", noon);
    CHECK(bad.find("\rMSA|CR|a \\T\\ b^7|unsupported_version\r") != std::string::npos);
    CHECK(bad.find("\rERR|||203^Unsupported version id^HL70357|E|||unsupported_version\r") != std::string::npos);
    // In the sender's own delimiters.
    const std::string odd = "MSH#*$!@#GW#ICU#VIGIL#HOSP#20261121##ADT*A01#77#P#2.3\r";
    const std::string reply = acknowledge(decoder.peek(odd).header, {}, "S3", noon);
    CHECK(reply.find("MSH#*$!@#VIGIL#HOSP#GW#ICU#") == 1);
    CHECK(reply.find("##ACK*A01*ACK#S3#P#2.3\rMSA#AA#77\r") != std::string::npos);
}

TEST_CASE("wrong encoding characters are answered in the standard ones", "[ack]") {
    Decoder decoder(test_settings());
    Decoded const& d = decoder.decode("MSH|^^\\&|GW|ICU|VIGIL|HOSP|20261121||ORU^R01|77|P|2.5\rPID|1\r", noon);
    CHECK(d.fault == Fault::bad_delimiters);
    const std::string reply = acknowledge(d.header, {outcome_of(d.fault), d.fault, {}}, "S1", noon);
    CHECK(reply.find("MSH|^~\\&|VIGIL|HOSP|GW|ICU|") == 1);
    CHECK(reply.find("\rMSA|AR|77|bad_delimiters\r") != std::string::npos);
    CHECK(reply.find("\rERR|||102^") != std::string::npos);
}

TEST_CASE("what is not answered", "[ack]") {
    Decoder decoder(test_settings());
    CHECK(acknowledge(decoder.peek("PID|1\r").header, {}, "S", noon).empty());
    CHECK(acknowledge(decoder.peek("").header, {}, "S", noon).empty());
    CHECK(
        acknowledge(decoder.peek("MSH|^~\\&|A|B|C|D|2026||ACK^R01|1|P|2.5\rMSA|AA|1\r").header, {}, "S", noon).empty());
}

TEST_CASE("faults have an outcome and a table 0357 code", "[ack]") {
    struct Row {
        Fault fault;
        Outcome outcome;
        unsigned code;
    };
    const Row rows[] = {
        {Fault::none, Outcome::accepted, 207},
        {Fault::bad_delimiters, Outcome::rejected, 102},
        {Fault::no_control_id, Outcome::rejected, 101},
        {Fault::unsupported_type, Outcome::rejected, 200},
        {Fault::unsupported_event, Outcome::rejected, 201},
        {Fault::unsupported_processing, Outcome::rejected, 202},
        {Fault::unsupported_version, Outcome::rejected, 203},
        {Fault::no_patient, Outcome::error, 101},
        {Fault::no_pv1, Outcome::rejected, 101},
        {Fault::no_alarm, Outcome::error, 101},
        {Fault::own_alert, Outcome::rejected, 207},
        {Fault::truncated, Outcome::error, 100},
        {Fault::nul_byte, Outcome::error, 102},
        {Fault::frame_too_long, Outcome::rejected, 207},
        {Fault::not_durable, Outcome::error, 207},
        {Fault::not_in_time, Outcome::error, 207},
        {Fault::daemon_away, Outcome::error, 207},
        {Fault::refused, Outcome::rejected, 207},
    };
    for (auto const& row : rows) {
        INFO(name(row.fault));
        CHECK(outcome_of(row.fault) == row.outcome);
        if (row.fault != Fault::none) CHECK(error_code(row.fault) == row.code);
    }
}
