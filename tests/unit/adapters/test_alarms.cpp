// IHE PCD-04, ORU^R40: what a device says of its alarms, in the dialects that are met (devices.md 7).

#include "adapters/hl7/acknowledge.hpp"
#include "decoding.hpp"

#include "vigil/v1/observation.pb.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <vector>

using namespace vigil::hl7;
using namespace vigil::hl7::testing;
using vigil::model::AbsentReason;
using vigil::model::Method;
using vigil::model::TimeQuality;

namespace {

std::string header(std::string_view sender, std::string_view tail, std::string_view version = "2.6") {
    return "MSH|^~\\&|" + std::string(sender) + "|ICU|VIGIL|ICU|20261121115900.000+0100||ORU^R40^ORU_R40|M1|P|" +
           std::string(version) + std::string(tail) +
           "\nPID|||MRN001^^^HOSP^MR||DOE^JANE^^^^^L||19700101|F\nPV1||I|ICU^R1^BED3\n";
}

constexpr char acm[] = "|||AL|NE||UNICODE UTF-8|||IHE_PCD_ACM_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.4.1^ISO";

// A gateway that writes all seven facets, as the profile has them.
std::string gateway(std::string_view ids, std::string_view event, std::string_view phase, std::string_view state,
                    std::string_view priority = "PH") {
    return header("GW^0012210000000001^EUI-64", acm) + "OBR|1||" + std::string(ids.substr(0, ids.find('<'))) +
           "|196616^MDC_EVT_ALARM^MDC|||20261121115900.000+0100" +
           (ids.find('<') == std::string_view::npos
                ? std::string()
                : std::string(22, '|') + "^" + std::string(ids.substr(ids.find('<') + 1))) +
           "\nOBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X\n"
           "OBX|2|ST|" +
           std::string(event) +
           "|1.3.1.147842.1|*** VTACH Miller bed 3||||||R|||20261121115858.500+0100\n"
           "OBX|3|NM|147842^MDC_ECG_HEART_RATE^MDC|1.3.1.147842.2|186|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R\n"
           "OBX|4|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.3.1.147842.3|" +
           std::string(phase) + "||||||R\nOBX|5|ST|68482^MDC_ATTR_ALARM_STATE^MDC|1.3.1.147842.4|" +
           std::string(state) +
           "||||||R\nOBX|6|ST|68483^MDC_ATTR_ALARM_INACTIVATION_STATE^MDC|1.3.1.147842.5|enabled||||||R\n"
           "OBX|7|ST|68484^MDC_ATTR_ALARM_PRIORITY^MDC|1.3.1.147842.6|" +
           std::string(priority) + "||||||R\nOBX|8|ST|68485^MDC_ATTR_ALERT_TYPE^MDC|1.3.1.147842.7|SP||||||R\n";
}

// A bedside monitor of the older form: facets 1, 3, 4 and 6, priority and type in OBX-8, times of 17 digits.
std::string monitor(std::string_view id, std::string_view event, std::string_view flags, std::string_view phase,
                    std::string_view state) {
    return header("MINDRAY_EGATEWAY^00A0370027000001^EUI-64", "") + "OBR|1|" + std::string(id) + "^MINDRAY|" +
           std::string(id) + "^MINDRAY|196616^MDC_EVT_ALARM^MDC|||20261121115859000+0100\nOBX|1|ST|" +
           std::string(event) + "|1.0.0.0.1|text|||" + std::string(flags) +
           "|||F|||20261121115850000+0100\n"
           "OBX|2|ST|68165^MDC_ATTR_EVENT_PHASE^MDC|1.0.0.0.3|" +
           std::string(phase) + "||||||F\nOBX|3|ST|68482^MDC_ATTR_ALARM_STATE^MDC|1.0.0.0.4|" + std::string(state) +
           "||||||F\nOBX|4|ST|68484^MDC_ATTR_ALARM_PRIORITY^MDC|1.0.0.0.6|2||||||F\n";
}

// A pump: a technical alarm, its event in the value of facet 1.
std::string pump(std::string_view phase, std::string_view state) {
    return header("PUMP_SERVER^ACDE48234567ABCD^EUI-64", acm) +
           "OBR|1||77^PUMP|196616^MDC_EVT_ALARM^MDC|||20261121115859+0100\n"
           "OBX|1||69985^MDC_DEV_PUMP_INFUS_MDS^MDC|1.0.0.0|||||||X\n"
           "OBX|2|CWE|196616^MDC_EVT_ALARM^MDC|1.0.0.0.1|196940^MDC_EVT_FLUID_LINE_OCCL^MDC^^^^^^line "
           "occluded||||||R|||"
           "20261121115857+0100\n"
           "OBX|3|CWE|68480^MDC_ATTR_ALERT_SOURCE^MDC|1.0.0.0.2|69986^MDC_DEV_PUMP_INFUS_VMD^MDC||||||R\n"
           "OBX|4|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.0.0.0.3|" +
           std::string(phase) + "||||||R\nOBX|5|ST|68482^MDC_ATTR_ALARM_STATE^MDC|1.0.0.0.4|" + std::string(state) +
           "||||||R\nOBX|6|ST|68484^MDC_ATTR_ALARM_PRIORITY^MDC|1.0.0.0.6|PM||||||R\n";
}

Decoded const& decoded(std::string const& text) {
    static Decoder decoder(test_settings());
    return decoder.decode(message(text), noon);
}

Result only(std::string const& text) {
    Decoded const& d = decoded(text);
    REQUIRE(d.fault == Fault::none);
    REQUIRE(d.results.size() == 1);
    return d.results.front();
}

std::string read(std::string const& text) {
    const auto r = only(text);
    return brief(r) + (r.sub_id.empty() ? "" : " of " + std::string(r.sub_id)) +
           (r.method == Method::technical_alarm ? ", technical"
            : r.method == Method::alarm         ? ""
                                                : ", no alarm");
}

constexpr char v_tach[] = "199832^MDC_EVT_ECG_V_TACHY^MDC";

} // namespace

TEST_CASE("an alarm is its event, how the device ranks it, and what it is about", "[alarms]") {
    CHECK(read(gateway("5001^GW", v_tach, "start", "active")) == "MDC 199832 high of 147842");
    CHECK(read(monitor("9", "199684^MDC_EVT_ECG_ASYSTOLE^MDC", "A~PH~SP", "start", "active")) == "MDC 199684 high");
    CHECK(read(pump("start", "active")) == "MDC 196940 medium of 69986, technical");
    Decoded const& d = decoded(gateway("5001^GW", v_tach, "start", "active"));
    CHECK(d.groups.front().subject.location->bed == "r1_bed3");
    CHECK(d.notes.structural == 1);
}

TEST_CASE("phase and state say whether it stands; what contradicts itself says nothing", "[alarms]") {
    const auto said = [](std::string_view phase, std::string_view state) {
        const auto r = only(gateway("5002^GW<5001&GW", v_tach, phase, state));
        return r.coded.empty() ? "(" + std::string(name_of(r.absent)) + ")" : std::string(r.coded);
    };
    for (auto const* phase : {"start", "continue", "update", "escalate", "deescalate", "De-Escalate", "tpoint"})
        CHECK(said(phase, "active") == "high");
    CHECK(said("end", "inactive") == "ended");
    CHECK(said("update", "latched") == "ended"); // it is over; what still sounds is the monitor
    CHECK(said("reset", "inactive") == "ended");
    CHECK(said("end", "") == "ended");
    CHECK(said("", "active") == "high");
    CHECK(said("start", "") == "high");
    for (auto const* state : {"inactive", "latched", ""}) CHECK(said("tpoint", state) == "high"); // it happened
    CHECK(said("end", "active") == "(text)");
    CHECK(said("start", "inactive") == "(text)");
    CHECK(said("finished", "") == "(text)");
    CHECK(said("", "") == "(not_sent)");
    CHECK(decoded(gateway("1^GW", v_tach, "end", "active")).notes.unclear_alarms == 1);
}

TEST_CASE("a priority that is not stated is none, and a bare number is no priority", "[alarms]") {
    const auto ranked = [](std::string_view p) { return only(gateway("1^GW", v_tach, "start", "active", p)).coded; };
    CHECK(ranked("PM") == "medium");
    CHECK(ranked("PL") == "low");
    CHECK(ranked("PN") == "note");
    CHECK(ranked("") == "unranked");
    CHECK(ranked("1") == "unranked");
    // The older form has a number in facet 6 and the priority in OBX-8.
    CHECK(read(monitor("9", "0^MDC_EVT_SOMETHING^MDC", "A~PL~ST", "start", "active")) ==
          "LOCAL MDC_EVT_SOMETHING low, technical");
    CHECK(read(monitor("9", "0^MDC_EVT_SOMETHING^MDC", "A", "start", "active")) == "LOCAL MDC_EVT_SOMETHING unranked");
}

TEST_CASE("every message about one alarm has its first message's number", "[alarms]") {
    const auto order = [](std::string const& text) { return std::string(only(text).order); };
    const auto first = order(gateway("5001^GW", v_tach, "start", "active"));
    CHECK(first.size() == 32);
    CHECK(order(gateway("5002^GW<5001&GW", v_tach, "continue", "active")) == first);
    CHECK(order(gateway("5003^GW<5001", v_tach, "end", "inactive")) == first);
    CHECK(order(gateway("6001^GW", v_tach, "start", "active")) != first);
    // One number from beginning to end.
    CHECK(order(monitor("9", v_tach, "A~PH~SP", "start", "active")) ==
          order(monitor("9", v_tach, "A~PH~SP", "end", "inactive")));
    CHECK(order(gateway("", v_tach, "start", "active")).empty());
}

TEST_CASE("a change is true of its own time, a repetition of when it is said", "[alarms]") {
    const auto at = [](std::string const& text) { return utc(only(text).time_ms); };
    CHECK(at(gateway("1^GW", v_tach, "start", "active")) == "20261121105858.500");
    CHECK(at(gateway("2^GW<1&GW", v_tach, "end", "inactive")) == "20261121105858.500");
    CHECK(at(gateway("2^GW<1&GW", v_tach, "continue", "active")) == "20261121105900.000");
    CHECK(at(monitor("9", v_tach, "A~PH~SP", "start", "active")) == "20261121105850.000");

    auto text = gateway("1^GW", v_tach, "start", "active");
    const auto without = [&](std::string_view what, std::string_view with) {
        auto out = text;
        const auto where = out.find(what);
        REQUIRE(where != std::string::npos);
        return out.replace(where, what.size(), with);
    };
    CHECK(at(without("20261121115858.500+0100", "")) == "20261121105900.000");
    const auto wrong = only(without("20261121115858.500+0100", "soon"));
    CHECK_FALSE(wrong.time_ms.has_value());
    CHECK(wrong.time_unreadable);
    text = without("20261121115858.500+0100", "");
    const auto substituted = only(without("|||20261121115900.000+0100\nOBX|1||69965", "|||\nOBX|1||69965"));
    CHECK(utc(substituted.time_ms) == "20261121105900.000");
    CHECK(substituted.time_quality == TimeQuality::substituted);
}

TEST_CASE("a point in time is a moment: it was, and does not go on", "[alarms]") {
    const auto moment = only(gateway("1^GW", v_tach, "tpoint", "active"));
    CHECK(utc(moment.time_ms) == "20261121105858.500"); // of the event, not of the message
    CHECK(moment.until_ms == moment.time_ms);
    CHECK(moment.coded == "high");
    for (auto const* phase : {"start", "continue", "update"})
        CHECK_FALSE(only(gateway("1^GW", v_tach, phase, "active")).until_ms);
    CHECK_FALSE(only(gateway("1^GW", v_tach, "end", "inactive")).until_ms);
}

TEST_CASE("no text of a message is kept", "[alarms]") {
    Decoded const& d = decoded(gateway("5001^GW", v_tach, "start", "active"));
    std::string bytes;
    each_batch(d, Envelope{}, [&](vigil::v1::ObservationBatch& batch) { batch.AppendToString(&bytes); });
    CHECK(bytes.find("Miller") == std::string::npos);
    CHECK(bytes.find("VTACH") == std::string::npos);
    CHECK(bytes.find("5001") == std::string::npos);
}

TEST_CASE("several alarms in one message stay apart", "[alarms]") {
    auto text = gateway("1^GW", v_tach, "start", "active");
    const auto second = gateway("2^GW", "196670^MDC_EVT_LO^MDC", "start", "active", "PM");
    text += second.substr(second.find("OBR|"));
    Decoded const& d = decoded(text);
    REQUIRE(d.results.size() == 2);
    CHECK(brief(d.results[0]) == "MDC 199832 high");
    CHECK(brief(d.results[1]) == "MDC 196670 medium");
    CHECK(d.results[0].order != d.results[1].order);
}

TEST_CASE("an alert of Vigil's own that comes back is refused, whoever hands it on", "[alarms]") {
    std::ifstream golden(root() + "/tests/unit/outbound/messages.hl7");
    REQUIRE(golden.good());
    std::string all((std::istreambuf_iterator<char>(golden)), {});
    std::size_t count = 0;
    for (std::size_t at = all.find("MSH|"); at != std::string::npos;) {
        const auto next = all.find("MSH|", at + 1);
        auto one = all.substr(at, next == std::string::npos ? next : next - at);
        at = next;
        if (one.find("ORU^R40") == std::string::npos) continue;
        ++count;
        INFO(one);
        CHECK(decoded(one).fault == Fault::own_alert);
        // Through an alert manager that writes its own name and numbers, the event's code still says whose it is.
        for (auto const* name : {"|VIGIL|", "^VIGIL|", "&VIGIL"})
            for (auto v = one.find(name); v != std::string::npos; v = one.find(name, v)) one.replace(v + 1, 5, "AMGR");
        CHECK(decoded(one).fault == Fault::own_alert);
    }
    CHECK(count > 5);
    CHECK(outcome_of(Fault::own_alert) == Outcome::rejected);
    CHECK(error_code(Fault::own_alert) == 207);
}

TEST_CASE("without an event there is no alarm, and the sender hears so", "[alarms]") {
    const auto none = header("GW", acm) + "OBR|1||1^GW|196616^MDC_EVT_ALARM^MDC|||20261121115900+0100\n"
                                          "OBX|1|ST|68481^MDC_ATTR_EVENT_PHASE^MDC|1.0.0.0.3|start||||||R\n";
    CHECK(decoded(none).fault == Fault::no_alarm);
    CHECK(decoded(header("GW", acm)).fault == Fault::no_alarm);
    CHECK(outcome_of(Fault::no_alarm) == Outcome::error);
    // The profile under another trigger is still none of ours, and so is the answer to an alert.
    auto other = gateway("1^GW", v_tach, "start", "active");
    CHECK(decoded(other.replace(other.find("R40"), 3, "R01")).fault == Fault::unsupported_type);
    CHECK(decoded(other.replace(other.find("R01"), 3, "R41")).fault == Fault::unsupported_type);
}
