#include "adapters/simulator/ward.hpp"

#include "tests/unit/simulator/listener.hpp"

#include <catch2/catch.hpp>

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
    CHECK(admitted == 30);
    CHECK(ward.stays().size() == 32); // the two full dozens each know who comes into bed 10 later
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
