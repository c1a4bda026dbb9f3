// After an absence of the daemon: what passed meanwhile is looked at where something can change, and silence counts
// once the adapters have handed over what they kept.

#include "core/model/canonical.hpp"
#include "tests/stories/bedside.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace vigil;
using model::LogTime;

namespace {

constexpr LogTime begin{1'772'323'200'000};

testing::Told of(model::Signal signal, std::int64_t value, std::string unit, LogTime at) {
    testing::Told t;
    t.signal = signal;
    t.value.kind = model::Value::Kind::number;
    t.value.number = {value, 0};
    t.unit = std::move(unit);
    t.time = model::patient_now(at);
    return t;
}

// A monitored patient, then a day without the daemon.
struct Absence {
    core::Rulebook rules = testing::shipped_rulebook();
    testing::Bedside ward{rules, begin};
    LogTime back = begin + model::hours(24);

    Absence() {
        ward.census(begin, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
        for (int m = 1; m <= 30; ++m) {
            const auto at = begin + model::minutes(m);
            ward.tell(at, "monitor", {"v1", {}, {}},
                      {of(model::Signal::hr, 80, "/min", at), of(model::Signal::spo2, 96, "%", at)});
        }
        std::vector<core::Effect> effects; // the engine was not there: no tick in between
        ward.engine().step({1'000'000, back, core::Started{2, model::hours(23)}}, effects);
    }
    bool silent() const {
        auto const& standing = ward.encounter("v1")->alerts.alerts;
        return std::any_of(standing.begin(), standing.end(), [](auto const& a) {
            return a.rule == "device_silent" && a.condition == alerts::ConditionState::present;
        });
    }
    core::SourceReported all_handed_over(std::string source) {
        return {std::move(source), "hl7", core::SourceState::connected, 1, {}, 0, 0, true};
    }
};

} // namespace

TEST_CASE("while recovering nobody is looked at every second", "[recovery]") {
    Absence a;
    CHECK(a.ward.state().recovering);
    CHECK_FALSE(a.silent());
    CHECK(a.ward.encounter("v1")->alerts.due > a.back + model::seconds(1));
}

TEST_CASE("silence counts after sixty seconds at most", "[recovery]") {
    Absence a;
    a.ward.tick(a.back + model::seconds(59));
    CHECK_FALSE(a.silent());
    // At a whole minute each patient is looked at in one of the eight seconds after it.
    a.ward.tick(a.back + model::seconds(69));
    CHECK_FALSE(a.ward.state().recovering);
    CHECK(a.silent());
}

TEST_CASE("silence counts as soon as every adapter has handed over what it kept", "[recovery]") {
    Absence a;
    a.ward.tick(a.back + model::seconds(10));
    CHECK_FALSE(a.silent());
    for (const auto* source : {"bedside", "monitor", "adt"})
        a.ward.step(a.back + model::seconds(10), a.all_handed_over(source));
    REQUIRE_FALSE(a.ward.state().recovering);
    a.ward.tick(a.back + model::seconds(11));
    CHECK(a.silent());
}

TEST_CASE("a laboratory whose adapter dies at night is told of after a minute", "[recovery]") {
    const auto rules = testing::shipped_rulebook();
    testing::Bedside ward{rules, begin};
    ward.census(begin, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    ward.tell(begin + model::minutes(1), "laboratory", {"v1", {}, {}},
              {of(model::Signal::plt, 200, "10*9/L", begin + model::minutes(1))});
    const auto announced = [&ward] {
        return std::any_of(ward.revisions().begin(), ward.revisions().end(), [](auto const& a) {
            return a.rule == "device_silent" && a.subject_source == "laboratory" && a.notify == alerts::Notify::first;
        });
    };
    const auto night = begin + model::hours(6);
    ward.tick(night);
    CHECK_FALSE(announced());
    ward.step(night, core::SourceReported{"laboratory", "hl7", core::SourceState::lost, 0, {}, 0, 0, true});
    ward.tick(night + model::seconds(59));
    CHECK_FALSE(announced());
    ward.tick(night + model::seconds(61));
    CHECK(announced());
}

TEST_CASE("after a restart two pumps of one drug are still two", "[recovery]") {
    const auto rules = testing::shipped_rulebook();
    testing::Bedside ward{rules, begin};
    ward.census(begin, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    const auto dose = [](LogTime at, std::string const& pump) {
        auto t = of(model::Signal::norepinephrine, 6, "ug/kg/min", at);
        t.value.number = {6, 2};
        t.pump = pump;
        return t;
    };
    for (int m = 1; m <= 50; ++m) {
        const auto at = begin + model::minutes(m);
        ward.tell(at, "pumps", {"v1", {}, {}}, {dose(at, "left"), dose(at, "right")});
        ward.tell(at, "monitor", {"v1", {}, {}}, {of(model::Signal::map, 80, "mm[Hg]", at)});
    }
    const auto bytes = core::encode(ward.state());
    auto read = core::decode<core::State>(bytes);
    REQUIRE(read);
    core::Engine resumed{rules, std::move(*read)};
    const auto later = begin + model::minutes(65); // the drug has run for an hour
    std::vector<core::Effect> effects, as_before;
    ward.engine().step({1'000'000, later, core::Ticked{later}}, as_before);
    resumed.step({1'000'000, later, core::Ticked{later}}, effects);
    CHECK(core::encode(effects) == core::encode(as_before));
    CHECK(core::encode(resumed.state()) == core::encode(ward.state()));
    const auto cardio = [](core::State const& state) -> std::optional<std::int32_t> {
        for (auto const& score : state.encounters.front().shown)
            for (auto const& part : score.parts)
                if (score.key.id == model::ScoreId::sofa && part.part == model::Part::cardio) return part.points;
        return std::nullopt;
    };
    CHECK(cardio(resumed.state()) == 4); // 0.12, and not 0.06
}
