#include "gateway/ward.hpp"

#include <catch2/catch.hpp>

using namespace vigil::gateway;
using vigil::v1::Envelope;

namespace {

const Topic bed1{"score", "demo", "icu", "b1", "sofa"};
const BedKey key1{"icu", "b1"};

Envelope score(const std::string& encounter, std::int64_t as_of, std::optional<int> points) {
    Envelope out;
    out.set_recorded(true);
    out.set_log_time_ms(as_of);
    auto& body = *out.mutable_score();
    body.set_definition("sofa@1+x");
    body.set_product("rolling");
    body.set_encounter(encounter);
    body.set_as_of_ms(as_of);
    auto& total = *body.add_parts();
    total.set_part("total");
    if (points) total.set_points(*points);
    return out;
}

Envelope event(vigil::v1::BedEvent::Kind kind, const std::string& encounter) {
    Envelope out;
    out.mutable_event()->set_kind(kind);
    out.mutable_event()->set_encounter(encounter);
    return out;
}

Envelope alert(const std::string& id, std::uint64_t revision, vigil::v1::SignalState signal) {
    Envelope out;
    out.set_recorded(true);
    out.mutable_alert()->set_id(id);
    out.mutable_alert()->set_revision(revision);
    out.mutable_alert()->set_signal(signal);
    return out;
}

void apply(Ward& ward, const Envelope& envelope, const Topic& topic = bed1) {
    Touched touched;
    ward.apply(topic, envelope, touched);
}

} // namespace

TEST_CASE("a bed shows the newest score of each definition and product") {
    Ward ward;
    apply(ward, score("e1", 20, 5));
    apply(ward, score("e1", 10, 9));
    REQUIRE(ward.beds().at(key1).scores.count("sofa/rolling") == 1);
    CHECK(ward.beds().at(key1).scores.at("sofa/rolling").parts(0).points() == 5);
    CHECK(ward.log_time_ms() == 20);
}

TEST_CASE("a part without points stays without") {
    Ward ward;
    apply(ward, score("e1", 20, std::nullopt));
    CHECK_FALSE(ward.beds().at(key1).scores.at("sofa/rolling").parts(0).has_points());
}

TEST_CASE("another patient in the bed brings nothing of the one before, and a discharge empties it") {
    Ward ward;
    apply(ward, score("e1", 20, 5));
    apply(ward, event(vigil::v1::BedEvent::KIND_ADMITTED, "e2"));
    CHECK(ward.beds().at(key1).encounter == "e2");
    CHECK(ward.beds().at(key1).scores.empty());
    apply(ward, event(vigil::v1::BedEvent::KIND_DISCHARGED, "e1")); // late word about the one before
    CHECK(ward.beds().at(key1).encounter == "e2");
    apply(ward, event(vigil::v1::BedEvent::KIND_DISCHARGED, "e2"));
    CHECK(ward.beds().at(key1).encounter.empty());
}

TEST_CASE("late words about those who left neither bring them back nor put out who lies there now") {
    Ward ward;
    apply(ward, event(vigil::v1::BedEvent::KIND_ADMITTED, "e1"));
    apply(ward, event(vigil::v1::BedEvent::KIND_DISCHARGED, "e1"));
    apply(ward, score("e1", 30, 5));
    CHECK(ward.beds().at(key1).encounter.empty());
    apply(ward, event(vigil::v1::BedEvent::KIND_ADMITTED, "e2"));
    apply(ward, score("e1", 40, 5));
    CHECK(ward.beds().at(key1).encounter == "e2");
    CHECK(ward.beds().at(key1).scores.empty());
    apply(ward, event(vigil::v1::BedEvent::KIND_ADMITTED, "e1")); // the discharge was cancelled
    apply(ward, score("e1", 50, 5));
    CHECK(ward.beds().at(key1).scores.size() == 1);
}

TEST_CASE("an alert that moved is gone until it speaks from the new bed, and nobody's readings are no bed") {
    Ward ward;
    auto moved = alert("a", 2, vigil::v1::SIGNAL_STATE_ON);
    apply(ward, alert("a", 1, vigil::v1::SIGNAL_STATE_ON));
    moved.mutable_alert()->set_moved_to("icu.b2");
    apply(ward, moved);
    CHECK(ward.alerts().empty());
    apply(ward, alert("a", 3, vigil::v1::SIGNAL_STATE_ON));
    CHECK(ward.alerts().size() == 1);
    apply(ward, score("e9", 10, 1), Topic{"score", "demo", "_", "_", "sofa"});
    CHECK(ward.beds().empty());
}

TEST_CASE("alerts go by revision; a closed one is not revived by an older word") {
    Ward ward;
    apply(ward, alert("a", 2, vigil::v1::SIGNAL_STATE_ON));
    apply(ward, alert("a", 1, vigil::v1::SIGNAL_STATE_ACKNOWLEDGED));
    CHECK(ward.alerts().at("a").signal() == vigil::v1::SIGNAL_STATE_ON);
    apply(ward, alert("a", 3, vigil::v1::SIGNAL_STATE_CLOSED));
    CHECK(ward.alerts().empty());
    apply(ward, alert("a", 2, vigil::v1::SIGNAL_STATE_ON));
    CHECK(ward.alerts().empty());
    apply(ward, alert("a", 4, vigil::v1::SIGNAL_STATE_ON));
    CHECK(ward.alerts().size() == 1);
}

TEST_CASE("only usable readings make a bed fresh, and the newest word on support counts") {
    Ward ward;
    Envelope frame;
    auto& obs = *frame.mutable_obs();
    obs.set_encounter("e1");
    auto add = [&obs](const std::string& signal, std::int64_t at, bool usable) {
        auto& value = *obs.add_values();
        value.set_signal(signal);
        value.set_event_time_ms(at);
        value.set_usable(usable);
        return &value;
    };
    add("hr", 100, true)->set_mantissa(80);
    add("spo2", 500, false)->set_mantissa(310);
    add("norepinephrine", 100, true)->set_mantissa(5);
    add("rrt", 100, true)->set_coded("crrt");
    apply(ward, frame);
    const auto& bed = ward.beds().at(key1);
    CHECK(bed.last_data_ms == 100);
    CHECK(bed.support.at("norepinephrine").value() == "running");
    CHECK(bed.support.at("rrt").value() == "crrt");
    obs.clear_values();
    add("norepinephrine", 200, true)->set_mantissa(0);
    add("rrt", 50, true)->set_coded("none"); // older than what is known
    apply(ward, frame);
    CHECK(bed.support.at("norepinephrine").value() == "stopped");
    CHECK(bed.support.at("rrt").value() == "crrt");
}

TEST_CASE("an empty bed has no data time, and the clock never runs backwards within an epoch") {
    Ward ward;
    CHECK_FALSE(ward.log_time_ms());
    apply(ward, score("e1", 50, 1));
    ward.reset(true);
    CHECK(ward.beds().empty());
    CHECK(ward.log_time_ms() == 50);
    ward.reset(false);
    CHECK_FALSE(ward.log_time_ms());
}

TEST_CASE("degraded is remembered until vigild says otherwise") {
    Ward ward;
    Envelope state;
    state.mutable_daemon()->set_state(vigil::v1::DaemonState::STATE_DEGRADED);
    apply(ward, state);
    CHECK(ward.unrecorded());
    state.mutable_daemon()->set_state(vigil::v1::DaemonState::STATE_RUNNING);
    apply(ward, state);
    CHECK_FALSE(ward.unrecorded());
}

TEST_CASE("a feed that is lost is told, and pumps that bear the circulation are support") {
    Ward ward;
    Envelope lost;
    lost.mutable_source_status()->set_source("monitors");
    Touched touched;
    ward.apply({"status", "demo", "icu", "_", "monitors"}, lost, touched);
    CHECK(touched.sources == std::set<std::string>{"monitors"});
    CHECK_FALSE(ward.sources().at("monitors").connected());

    Envelope pump;
    pump.mutable_obs()->set_encounter("e1");
    auto& value = *pump.mutable_obs()->add_values();
    value.set_signal("mcs");
    value.set_coded("impella");
    value.set_usable(true);
    value.set_event_time_ms(5);
    apply(ward, pump, {"obs", "demo", "icu", "b1", "frame"});
    CHECK(ward.beds().at(key1).support.at("mcs").value() == "impella");
}

TEST_CASE("a frame of readings is told at once only where it says who lies there, or what holds them up") {
    Ward ward;
    const auto frame = [](const std::string& encounter, std::int64_t at, const char* device) {
        Envelope out;
        out.mutable_obs()->set_encounter(encounter);
        auto& heart_rate = *out.mutable_obs()->add_values();
        heart_rate.set_signal("hr");
        heart_rate.set_mantissa(90);
        heart_rate.set_event_time_ms(at);
        heart_rate.set_usable(true);
        auto& breathing = *out.mutable_obs()->add_values();
        breathing.set_signal("resp_device");
        breathing.set_coded(device);
        breathing.set_event_time_ms(at);
        breathing.set_usable(true);
        return out;
    };
    const auto at_once = [&](const Envelope& envelope) {
        Touched touched;
        ward.apply(bed1, envelope, touched);
        CHECK(touched.beds.size() + touched.read.size() == 1);
        return touched.beds.contains(key1);
    };
    CHECK(at_once(frame("e1", 1000, "imv")));       // nobody was known to lie there
    CHECK_FALSE(at_once(frame("e1", 2000, "imv"))); // read again
    CHECK(ward.beds().at(key1).last_data_ms == 2000);
    CHECK(at_once(frame("e1", 3000, "hfno")));      // extubated
    CHECK_FALSE(at_once(frame("e1", 2500, "imv"))); // late, and overtaken
    CHECK(at_once(frame("e2", 4000, "hfno")));      // somebody else
}
