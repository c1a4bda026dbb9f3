// The stream of the demonstration ward: seed 7, 12 beds, 72 hours, heard once by every case below.

#include "adapters/simulator/ward.hpp"
#include "tests/unit/simulator/listener.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace vigil::simulator;
using vigil::simulator::test::Heard;
using vigil::simulator::test::Listener;

namespace {

constexpr Millis kStart = 1767592800000; // 2026-01-05T06:00:00Z

const Listener& ward() {
    static const Listener heard = [] {
        Listener listener{kStart};
        Ward simulated{{.seed = 7, .beds = 12, .start = kStart}};
        while (simulated.now() < kStart + 72 * kHour)
            for (const Message& message : simulated.next_minute()) listener.hear(message);
        return listener;
    }();
    return heard;
}

bool has(const std::string& bed, const std::string& code, const std::string& value) {
    const auto all = ward().series(bed, code);
    return std::any_of(all.begin(), all.end(), [&](const Heard& h) { return h.value == value; });
}

double worst_pf(const std::string& bed, double from_h, double to_h) {
    double worst = 1000.0;
    for (const auto& [hour, pf] : ward().pf_ratios(bed))
        if (hour >= from_h && hour < to_h) worst = std::min(worst, pf);
    return worst;
}

} // namespace

TEST_CASE("golden stream of seed 7") {
    // The same under every compiler. A change of the ward changes it: look at the trajectories, then write the new one
    // here.
    CHECK(ward().messages() == 124025);
    CHECK(ward().digest() == 0xb6ffbe1909219125ULL);
}

TEST_CASE("septic shock: low pressure under norepinephrine, then recovery") {
    CHECK(ward().lowest("BED01", "150039", 0, 12) > 75);
    CHECK(ward().lowest("BED01", "150039", 20, 30) < 65);
    CHECK(ward().highest("BED01", "norepinephrine", 20, 32) > 0.1);
    CHECK(ward().highest("BED01", "vasopressin", 20, 36) == Approx(1.8));
    CHECK(ward().highest("BED01", "32693-4", 20, 36) > 4.0);
    CHECK(ward().lowest("BED01", "150039", 60, 72) > 70);
    CHECK(ward().series("BED01", "norepinephrine").back().hour < 60); // and the pump is gone
}

TEST_CASE("septic shock without response: every organ fails") {
    CHECK(ward().highest("BED02", "norepinephrine", 40, 72) > 0.5);
    CHECK(ward().highest("BED02", "150039", 60, 72) < 75);
    CHECK(ward().lowest("BED02", "777-3", 40, 72) < 100);
    CHECK(ward().highest("BED02", "1975-2", 40, 72) > 2.0);
    CHECK(ward().highest("BED02", "9187-6", 50, 72) < 10);
    CHECK(has("BED02", "rrt", "crrt"));
}

TEST_CASE("ARDS passes mild, moderate and severe, then recovers") {
    CHECK(worst_pf("BED03", 5, 14) > 200);
    CHECK(worst_pf("BED03", 15, 25) < 200);
    CHECK(worst_pf("BED03", 27, 44) < 100);
    CHECK(worst_pf("BED03", 58, 72) > 200);
    CHECK(ward().lowest("BED03", "16929192", 12, 60) >= 5);
    CHECK(has("BED03", "cell_product", "msc"));
    CHECK(has("BED03", "ards_imaging", "bilateral"));
    CHECK(has("BED03", "ards_origin", "not_cardiac"));
    REQUIRE(ward().series("BED03", "ards_onset").size() == 1);
    CHECK(ward().series("BED03", "ards_onset")[0].hour == Approx(2.0)); // OBX-14 is the insult, not the charting
}

TEST_CASE("ARDS with relapse") {
    CHECK(worst_pf("BED04", 8, 20) < 150);
    CHECK(worst_pf("BED04", 32, 40) > 250);
    CHECK(worst_pf("BED04", 48, 60) < 150);
}

TEST_CASE("ECMO is charted on and off; severe hypoxaemia before it") {
    CHECK(worst_pf("BED05", 0, 6) < 100);
    CHECK(has("BED05", "ecls", "vv"));
    CHECK(ward().series("BED05", "ecls").back().value == "none");
}

TEST_CASE("the gap bed falls silent and returns; its creatinine is high as ever") {
    CHECK(ward().highest("BED06", "147842", 24.7, 26.5) < 0); // nothing heard
    CHECK(ward().lowest("BED06", "147842", 26.7, 28) > 40);
    CHECK(ward().lowest("BED06", "2160-0", 0, 72) > 2.5);
    CHECK(has("BED06", "resp_device", "room_air"));
    CHECK(has("BED06", "crea_baseline", "3.1"));
}

TEST_CASE("CRRT: anuria, and creatinine falls while it runs") {
    CHECK(has("BED07", "rrt", "crrt"));
    CHECK(ward().highest("BED07", "9187-6", 18, 40) < 10);
    CHECK(ward().highest("BED07", "2160-0", 10, 20) > 3.5);
    CHECK(ward().highest("BED07", "2160-0", 42, 60) < 3.0);
}

TEST_CASE("sedated and ventilated: the verbal score is not testable, propofol runs") {
    CHECK(has("BED08", "9270-0", "NT"));
    CHECK(ward().highest("BED08", "propofol", 2, 40) == 50);
    CHECK(ward().highest("BED08", "54632-5", 2, 40) == -4);
    CHECK(ward().series("BED08", "9270-0").back().value != "NT"); // extubated
}

TEST_CASE("late laboratory: preliminary, final, then corrected; a cancelled sample") {
    const auto bilirubin = ward().series("BED09", "1975-2");
    bool in_order = false;
    for (std::size_t i = 2; i < bilirubin.size(); ++i)
        in_order =
            in_order || (bilirubin[i].status == 'C' &&
                         std::any_of(bilirubin.begin(), bilirubin.begin() + static_cast<std::ptrdiff_t>(i),
                                     [&](const Heard& h) { return h.status == 'F' && h.hour == bilirubin[i].hour; }));
    CHECK(in_order);
    CHECK(has("BED09", "2823-3", "HEMOLYZED"));
    CHECK(std::any_of(bilirubin.begin(), bilirubin.end(), [](const Heard& h) { return h.status == 'P'; }));
}

TEST_CASE("transfer, and the bed is used again") {
    CHECK(ward().triggers().at("A01 BED10") == 2);
    CHECK(ward().triggers().at("A02 BED11") == 1);
    CHECK(ward().triggers().at("A03 BED11") == 1);
    CHECK(ward().highest("BED10", "147842", 32.1, 35.9) < 0);
    CHECK(ward().lowest("BED11", "147842", 32.1, 36) > 40);
    CHECK(ward().highest("BED10", "norepinephrine", 38, 60) > 0);
}

TEST_CASE("probe off and flushed line: invalid values are flagged, or are absurd") {
    const auto saturation = ward().series("BED12", "150456");
    CHECK(std::any_of(saturation.begin(), saturation.end(), [](const Heard& h) { return h.flags == "INV"; }));
    CHECK(std::any_of(saturation.begin(), saturation.end(), [](const Heard& h) { return h.flags == "QUES"; }));
    CHECK(ward().lowest("BED12", "150456", 0, 72) > 85); // the unflagged ones are sound
    CHECK(ward().highest("BED12", "150039", 0, 72) > 250);
}

TEST_CASE("messages are repeated and overtaken") { CHECK(ward().repeats() > 50); }
