#include "adapters/simulator/script_truth.hpp"
#include "adapters/simulator/ward.hpp"

#include "tests/unit/simulator/listener.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace vigil::simulator;
using vigil::simulator::test::Listener;

namespace {

constexpr Millis kStart = 1767592800000; // 2026-01-05T06:00:00Z

std::vector<std::string> hours_of(const WardSetting& setting, int count) {
    Ward ward{setting};
    std::vector<std::string> out;
    while (ward.now() < setting.start + count * kHour)
        for (Message& message : ward.next_minute()) out.push_back(std::move(message.text));
    return out;
}

} // namespace

TEST_CASE("the same seed gives the same bytes, another seed others") {
    const auto once = hours_of({.seed = 11, .start = kStart}, 3);
    CHECK(once == hours_of({.seed = 11, .start = kStart}, 3));
    CHECK(once != hours_of({.seed = 12, .start = kStart}, 3));
    CHECK(once.size() > 1000);
}

TEST_CASE("a bed's patients do not depend on how many other beds there are") {
    Ward small{{.seed = 5, .beds = 3, .start = kStart}};
    Ward large{{.seed = 5, .beds = 12, .start = kStart}};
    for (int minute = 0; minute < 120; ++minute) {
        std::vector<std::string> a, b;
        for (const Message& m : small.next_minute())
            if (m.bed == 3) a.push_back(m.text);
        for (const Message& m : large.next_minute())
            if (m.bed == 3) b.push_back(m.text);
        REQUIRE(a == b);
    }
}

TEST_CASE("monitors speak as often as they are told to") {
    const auto count = [](Millis interval) {
        Ward ward{{.seed = 5, .beds = 1, .start = kStart, .monitor_interval = interval}};
        Listener listener{kStart};
        while (ward.now() < kStart + kHour)
            for (const Message& message : ward.next_minute()) listener.hear(message);
        return listener.series("BED01", "147842").size();
    };
    CHECK(count(kSecond) >= 3590);
    CHECK(count(10 * kSecond) >= 358);
    CHECK(count(kMinute) >= 58);
    CHECK(count(5 * kMinute) >= 11);
}

TEST_CASE("a large ward repeats the archetypes with other patients") {
    Ward ward{{.seed = 5, .beds = 30, .start = kStart}};
    Listener listener{kStart};
    for (int minute = 0; minute < 3; ++minute)
        for (const Message& message : ward.next_minute()) listener.hear(message);
    int admitted = 0;
    for (const auto& [trigger, count] : listener.triggers()) admitted += count;
    CHECK(admitted == 29);            // one bed of the first set is empty
    CHECK(ward.stays().size() == 32); // that one, and who comes later into bed 10 of either set
}

TEST_CASE("after 96 hours new patients come") {
    Ward ward{{.seed = 5, .beds = 2, .start = kStart}};
    Listener listener{kStart};
    while (ward.now() < kStart + hours(kRoundHours) + kHour)
        for (const Message& message : ward.next_minute()) listener.hear(message);
    CHECK(listener.triggers().at("A01 BED01") == 2);
    CHECK(listener.triggers().at("A03 BED01") == 1);
}

TEST_CASE("the description names every bed and says that effects are scripted") {
    const std::string text = described({.start = kStart});
    CHECK(text.find("scripted assumptions, not predictions") != std::string::npos);
    for (int bed = 1; bed <= 12; ++bed) CHECK(text.find(bed_name(bed)) != std::string::npos);
}

TEST_CASE("the truth of a ward: every story says what ought to be seen, where and by when") {
    const auto script = scripted({.beds = kBedStories, .start = kStart});
    std::set<std::string_view> told;
    for (const Scripted& s : script) {
        CAPTURE(s.archetype, s.expected.what);
        CHECK(s.onset >= s.admitted);
        CHECK(s.onset < kStart + hours(kRoundHours));
        CHECK((s.by > s.onset || s.expected.ought == Ought::done));
        CHECK((s.visit_number.empty()) == (s.archetype == "empty_bed"));
        told.insert(s.archetype);
    }
    CHECK(told.size() == archetypes().size());
    const auto onset = [&](std::string_view archetype, std::string_view rule) {
        for (const Scripted& s : script)
            if (s.archetype == archetype && s.expected.rules == rule)
                return static_cast<double>(s.onset - kStart) / static_cast<double>(kHour);
        return -1.0;
    };
    CHECK(onset("septic_shock_responder", "organ_cardio") == Approx(20.27).margin(0.02)); // 0.08 → 0.86 in 10 h from 15
    CHECK(onset("chronic_renal_gap", "device_silent") == Approx(24.6).margin(0.01));
    CHECK(onset("bed_reuse", "organ_cardio") > 36);
    const auto csv = truth_csv({.beds = 12, .start = kStart});
    CHECK(csv.rfind("onset,by,bed,visit,archetype,ought,rules,level,what\n", 0) == 0);
    CHECK(csv.find("BED13") == std::string::npos);
    CHECK(csv == truth_csv({.beds = 12, .start = kStart}));
}

TEST_CASE("an empty bed admits nobody; its monitor is heard for an hour and names nobody") {
    Ward ward{{.seed = 5, .beds = kBedStories, .start = kStart}};
    int heard = 0;
    while (ward.now() < kStart + 32 * kHour)
        for (const Message& m : ward.next_minute()) {
            if (m.bed != 15) continue;
            ++heard;
            CHECK(m.text.find("VIGILSIM^MR") == std::string::npos);
            CHECK((m.send_at >= kStart + 30 * kHour && m.send_at < kStart + 31 * kHour + kMinute));
        }
    CHECK(heard == 60);
}

TEST_CASE("for an hour and a half the monitor of bed 17 names the patient of bed 16, and nobody else does") {
    Ward ward{{.seed = 5, .beds = kBedStories, .start = kStart}};
    const auto patient_in = [&](int bed) {
        for (const Scripted& s : scripted({.seed = 5, .beds = kBedStories, .start = kStart}))
            if (s.bed == bed) return s.visit_number;
        return std::string{};
    };
    const std::string other = patient_in(16), own = patient_in(17);
    int misnamed = 0;
    while (ward.now() < kStart + 30 * kHour)
        for (const Message& m : ward.next_minute()) {
            if (m.bed != 17) continue;
            const bool names_other = m.text.find(other) != std::string::npos;
            CHECK(names_other != (m.text.find(own) != std::string::npos));
            if (names_other) CHECK((m.feed == Feed::devices && m.send_at >= kStart + 28 * kHour));
            misnamed += names_other ? 1 : 0;
        }
    CHECK(misnamed == 90);
}
