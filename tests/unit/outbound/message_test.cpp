#include "alerts.hpp"
#include "outbound/pcd04.hpp"
#include "outbound/webhook.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <google/protobuf/util/json_util.h>

using namespace vigil;
using namespace vigil::outbound;
using outbound_test::alert;

namespace {

const Pcd04Settings settings{"demo", "ALERT_MANAGER", "ICU", false};

// messages.hl7: a line "# name", then a segment a line, then an empty line.
std::map<std::string, std::string> golden() {
    std::map<std::string, std::string> out;
    std::ifstream in("tests/unit/outbound/messages.hl7");
    std::string name;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("# "))
            name = line.substr(2);
        else if (!line.empty())
            out[name] += line + '\r';
    }
    return out;
}

Delivery life(Phase phase, std::string const& text, std::uint64_t revision) {
    Delivery out;
    out.alert = alert(text, revision);
    out.phase = phase;
    out.seq = 40 + revision;
    out.simulated = true;
    out.at_ms = 1'700'000'000'000 + static_cast<std::int64_t>(revision) * 1'000;
    auto& a = out.alert;
    a.set_encounter("e5f60718293a4b5c");
    a.set_reason("coagulation SOFA 4 of 4: severe failure");
    a.set_criterion("failure from 3 points, severe from 4");
    a.set_true_since_ms(1'699'999'990'000);
    a.set_revised_at_ms(out.at_ms);
    a.set_level(4);
    for (const int at : {3, 4}) a.add_levels()->set_at(at);
    return out;
}

std::map<std::string, Delivery> scenes() {
    std::map<std::string, Delivery> out{
        {"start", life(Phase::start, "high present on", 1)},
        {"update: acknowledged", life(Phase::update, "high present acknowledged", 2)},
        {"deescalate", life(Phase::deescalate, "medium present acknowledged", 3)},
        {"escalate: to the next audience", life(Phase::escalate, "high present on escalation=1", 4)},
        {"continue", life(Phase::continues, "high present on escalation=1", 4)},
        {"update: latched", life(Phase::update, "high absent latched", 5)},
        {"reset", life(Phase::reset, "high absent closed", 6)},
        {"end", life(Phase::end, "low absent closed", 7)},
        {"escaped", life(Phase::start, "low present on", 1)},
        {"one reading decides", life(Phase::start, "high present on", 1)},
        {"of a standard code", life(Phase::start, "high present on", 1)},
        {"technical", life(Phase::start, "medium present on kind=technical bed=_", 1)},
        {"not recorded", life(Phase::update, "information present on", 2)},
    };
    out.at("continue").repeat = 2;
    out.at("escaped").alert.set_reason("a|b^c&d~e\\f\rg\x0bh \xc2\xb5g");
    out.at("escaped").alert.clear_criterion();
    for (auto const* name : {"one reading decides", "of a standard code"}) {
        auto& evidence = *out.at(name).alert.add_evidence();
        out.at(name).alert.set_rule("extreme_plt");
        evidence.set_signal("plt");
        evidence.set_verdict(v1::VERDICT_USED);
        evidence.set_mantissa(-125);
        evidence.set_scale(1);
        evidence.set_unit("10*3/uL");
        out.at(name).alert.add_evidence()->set_verdict(v1::VERDICT_MISSING);
    }
    out.at("of a standard code").alert.mutable_evidence(0)->set_system("LN");
    out.at("of a standard code").alert.mutable_evidence(0)->set_code("777-3");
    auto& silent = out.at("technical").alert;
    silent.set_rule("device_silent");
    silent.clear_encounter();
    silent.set_reason("nothing heard for 90 s");
    out.at("not recorded").unrecorded = 99;
    out.at("not recorded").seq = 0;
    out.at("not recorded").simulated = false;
    return out;
}

} // namespace

TEST_CASE("PCD-04 messages are these, byte for byte") {
    const auto expected = golden();
    const auto given = scenes();
    for (auto const& [name, delivery] : given) {
        CAPTURE(name);
        const auto message = pcd04_message(delivery, settings);
        std::string shown = message;
        for (auto& c : shown)
            if (c == '\r') c = '\n';
        INFO(shown);
        REQUIRE(expected.contains(name));
        CHECK(message == expected.at(name));
        CHECK(message == pcd04_message(delivery, settings)); // at every try
    }
    CHECK(expected.size() == given.size());
}

TEST_CASE("alerts about patients are physiological alarms only where the site says so") {
    auto regulated = settings;
    regulated.physiological = true;
    CHECK(pcd04_message(scenes().at("start"), regulated).find("68485^MDC_ATTR_ALERT_TYPE^MDC|1.0.0.1.7|SP|") !=
          std::string::npos);
    CHECK(pcd04_message(scenes().at("technical"), regulated).find("|ST||||") != std::string::npos);
}

TEST_CASE("a result that is only bounded keeps its sign") {
    auto delivery = scenes().at("of a standard code");
    delivery.alert.mutable_evidence(0)->set_comparator("<");
    CHECK(pcd04_message(delivery, settings).find("OBX|2|SN|777-3^plt^LN|1.0.0.1.2|<^-12.5|10*3/uL^^UCUM|") !=
          std::string::npos);
}

TEST_CASE("a key is the same at every try and another one for every message") {
    std::set<std::string> keys;
    for (auto const* name :
         {"start", "update: acknowledged", "continue", "escalate: to the next audience", "not recorded"})
        keys.insert(key_of(scenes().at(name)));
    CHECK(keys == std::set<std::string>{"00f1e2d3c4b5a697-1", "00f1e2d3c4b5a697-2", "00f1e2d3c4b5a697-4-c2",
                                        "00f1e2d3c4b5a697-4", "00f1e2d3c4b5a697-2-u99"});
}

TEST_CASE("a webhook's body is JSON whose alert is proto3 JSON") {
    auto delivery = scenes().at("escaped");
    delivery.alert.set_reason("say \"this\"");
    const auto body = webhook_body(delivery, "demo");
    const std::string head = R"({"key":"00f1e2d3c4b5a697-1","site":"demo","sequence":"41","phase":"start",)"
                             R"("simulated":true,"recorded":true,"alert":)";
    REQUIRE(body.starts_with(head));
    CHECK(body.ends_with("}}"));
    v1::Alert back;
    REQUIRE(google::protobuf::util::JsonStringToMessage(body.substr(head.size(), body.size() - head.size() - 1), &back)
                .ok());
    CHECK(back.SerializeAsString() == delivery.alert.SerializeAsString());
    CHECK(webhook_body(scenes().at("not recorded"), "demo")
              .find(R"("sequence":"0","phase":"update","simulated":false,"recorded":false)") != std::string::npos);
}

TEST_CASE("the signature is HMAC-SHA256 (RFC 4231, cases 1, 2 and 6)") {
    CHECK(webhook_signature("Hi There", std::string(20, '\x0b')) ==
          "sha256=b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(webhook_signature("what do ya want for nothing?", "Jefe") ==
          "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(webhook_signature("Test Using Larger Than Block-Size Key - Hash Key First", std::string(131, '\xaa')) ==
          "sha256=60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}
