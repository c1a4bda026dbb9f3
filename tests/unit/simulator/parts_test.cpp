#include "adapters/simulator/archetype.hpp"
#include "adapters/simulator/course.hpp"
#include "adapters/simulator/hl7_writer.hpp"
#include "adapters/simulator/physiology.hpp"
#include "adapters/simulator/random.hpp"
#include "adapters/simulator/sim_time.hpp"
#include "adapters/simulator/target.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace vigil::simulator;

TEST_CASE("the generator gives the published SplitMix64 sequence") {
    // First outputs for the seed 1234567, as in the reference implementation's test.
    Random random{1234567};
    CHECK(random.next() == 6457827717110365317ULL);
    CHECK(random.next() == 3203168211198807973ULL);
    CHECK(random.next() == 9817491932198370423ULL);
}

TEST_CASE("normal draws have the mean and spread they promise") {
    Random random{7};
    double sum = 0.0, squares = 0.0;
    constexpr int draws = 20000;
    for (int i = 0; i < draws; ++i) {
        const double x = random.normal();
        sum += x;
        squares += x * x;
    }
    CHECK(sum / draws == Approx(0.0).margin(0.03));
    CHECK(squares / draws == Approx(1.0).margin(0.05));
}

TEST_CASE("a course rises, plateaus, answers and relapses") {
    const Course c{Latent::lung, 0.2, 10, 10, 0.8, 30, 20, 0.3, 60, 0.9};
    CHECK(level(c, 0) == 0.2);
    CHECK(level(c, 15) == Approx(0.5));
    CHECK(level(c, 25) == 0.8);
    CHECK(level(c, 40) == Approx(0.55));
    CHECK(level(c, 55) == 0.3);
    CHECK(level(c, 65) == Approx(0.6));
    CHECK(level(c, 75) == 0.9);
    CHECK(level(c, 120) == 0.3);
    const Course early{Latent::lung, 0.2, 10, 10, 0.8, 15, 10, 0.1};
    CHECK(level(early, 15) == Approx(0.5)); // treated before the peak: it falls from where it was
}

TEST_CASE("every observable is a monotone function of its latent") {
    const Person person{.given = "X"};
    Support support;
    support.device = "imv";
    support.fio2 = 60.0;
    Latents latents{};
    latents.fill(0.05);
    Truth before = observe(latents, person, support, 1.0, 12.0);
    for (int step = 1; step <= 20; ++step) {
        latents.fill(0.05 * step);
        const Truth now = observe(latents, person, support, 1.0, 12.0);
        CHECK(now.pf <= before.pf);
        CHECK(now.map <= before.map);
        CHECK(now.platelets <= before.platelets);
        CHECK(now.bilirubin >= before.bilirubin);
        CHECK(now.creatinine >= before.creatinine);
        CHECK(now.urine_ml_h <= before.urine_ml_h);
        CHECK(now.eye + now.verbal + now.motor <= before.eye + before.verbal + before.motor);
        CHECK(now.sbp > now.map);
        CHECK(now.map > now.dbp);
        before = now;
    }
    CHECK(before.pf == Approx(80.0));
    CHECK(before.platelets == Approx(35.0));
    CHECK(before.bilirubin == Approx(7.0));
    CHECK(before.eye + before.verbal + before.motor == 6);
}

TEST_CASE("numbers are written at the device's resolution") {
    CHECK(fixed(7.346, 2) == "7.35");
    CHECK(fixed(0.05, 2) == "0.05");
    CHECK(fixed(-4, 0) == "-4");
    CHECK(fixed(-0.04, 1) == "0.0");
    CHECK(fixed(99.96, 1) == "100.0");
}

TEST_CASE("simulated time") {
    const auto start = parse_utc("2026-01-05T06:00:00Z");
    REQUIRE(start);
    CHECK(*start == 1767592800000);
    CHECK(dtm_millis(*start + 1234) == "20260105060001.234+0000");
    CHECK(dtm_seconds(*start + hours(18)) == "20260106000000+0000");
    CHECK_FALSE(parse_utc("2026-02-30T06:00:00Z"));
    CHECK_FALSE(parse_utc("2026-01-05 06:00:00"));
    CHECK_FALSE(parse_utc("2026-01-05T06:00:00+01:00"));
}

TEST_CASE("targets, durations and replies") {
    const auto target = parse_target("mllp://127.0.0.1:6661");
    REQUIRE(target);
    CHECK(target->host == "127.0.0.1");
    CHECK(target->port == "6661");
    CHECK(parse_target("mllp://[::1]")->port == "2575");
    for (const char* wrong : {"http://x:1", "mllp://", "mllp://x:0", "mllp://x:70000", "mllp://x:12a", "mllp://[::1"})
        CHECK_FALSE(parse_target(wrong));
    CHECK(parse_duration("24h") == std::chrono::hours{24});
    CHECK(parse_duration("90m") == std::chrono::minutes{90});
    CHECK_FALSE(parse_duration("24"));
    CHECK_FALSE(parse_duration("-1h"));
    const auto reply = parse_reply("MSH|^~\\&|V|||||A|ACK|1|T|2.6\rMSA|CA|abc-1\r");
    REQUIRE(reply);
    CHECK(reply->code == "CA");
    CHECK(reply->control_id == "abc-1");
    CHECK_FALSE(parse_reply("MSH|^~\\&|V\r"));
}

TEST_CASE("the archetypes fit the ward") {
    std::set<std::string_view> ids;
    for (const Archetype& a : archetypes()) {
        CAPTURE(a.id);
        CHECK(ids.insert(a.id).second);
        CHECK((a.bed.number >= 1 && a.bed.number <= kBedStories));
        CHECK(a.bed.discharged_h < kRoundHours);
        CHECK(a.bed.admitted_h < a.bed.discharged_h);
        if (a.vacant) continue;
        REQUIRE_FALSE(a.charted.empty());
        CHECK(a.charted.front().what == "resp_device");
        CHECK(a.charted.front().hour == a.bed.admitted_h);
        for (const Course& c : a.courses) CHECK((c.baseline >= 0.0 && c.baseline <= 1.0 && c.peak <= 1.0));
    }
    // The twelve that a ward for demonstrations should have, and care limits and a conflict of identity.
    for (const char* id : {"septic_shock_responder", "septic_shock_nonresponder", "ards_recovery", "ards_relapse",
                           "post_operative", "chronic_renal_gap", "trauma_bleeding", "artefacts", "transfer",
                           "paediatric_excluded", "empty_bed", "care_limits", "identity_conflict"})
        CHECK(ids.count(id) == 1);
}
