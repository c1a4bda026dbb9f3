#include "tests/stories/bedside.hpp"

#include <catch2/catch.hpp>

using namespace vigil;

// A monitor's minutes come in seconds after they are over, and SpO2 swings around the limit above which it says nothing
// of PaO2: points come from it and from a gas of hours ago in turn.
TEST_CASE("nothing is taken back by reading the last minutes again", "[stories]") {
    const auto rules = testing::shipped_rulebook();
    constexpr std::int64_t start = 1'772'323'200'000;
    testing::Bedside bed{rules, {start}};
    bed.census({start}, core::CensusKind::admit, "p1", "mrn", model::Location{"icu", "b1"});
    const auto tell = [&](std::int64_t at, model::Signal signal, std::int64_t value, char const* unit,
                          std::int64_t delay) {
        testing::Told t;
        t.signal = signal;
        t.value.kind = model::Value::Kind::number;
        t.value.number = {value, 0};
        t.unit = unit;
        t.time = {start + at};
        t.specimen = signal == model::Signal::pao2 ? model::Specimen::arterial : model::Specimen::unspecified;
        bed.tell({start + at + delay}, "bedside", {"p1", {}, {}}, {t});
    };
    testing::Told device;
    device.signal = model::Signal::resp_device;
    device.value.kind = model::Value::Kind::word;
    device.value.word = model::Word::imv;
    device.time = {start + 1000};
    bed.tell({start + 1000}, "bedside", {"p1", {}, {}}, {device});
    tell(2'000, model::Signal::peep_set, 8, "cm[H2O]", 0);
    tell(3'000, model::Signal::fio2_set, 40, "%", 0);
    tell(60'000, model::Signal::pao2, 81, "mm[Hg]", 0);
    constexpr std::int64_t hour = 3'600'000, minute = 60'000;
    std::uint64_t dice = 1;
    for (std::int64_t m = 0; m < 240; ++m) {
        const auto at = 5 * hour + m * minute;
        dice = dice * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
        const auto swing = static_cast<std::int64_t>((dice >> 33U) % 3);
        tell(at, model::Signal::spo2, 96 + swing, "%", 3'000);
        tell(at + 4'000, model::Signal::fio2_set, 55, "%", 1'000);
        tell(at + 5'000, model::Signal::peep_set, 8, "cm[H2O]", 1'000);
    }
    std::optional<model::LogTime> begun;
    std::size_t episodes = 0;
    for (auto const& a : bed.revisions()) {
        if (a.rule != "organ_resp") continue;
        CHECK(a.closing != alerts::Closing::corrected);
        if (a.notify == alerts::Notify::first) begun = a.revised_at, ++episodes;
        if (a.notify == alerts::Notify::cleared) CHECK(a.revised_at - *begun >= model::minutes(14));
    }
    CHECK(episodes >= 1);
    CHECK(episodes <= 6); // in four hours; without the dwell there were more than twice as many
}
