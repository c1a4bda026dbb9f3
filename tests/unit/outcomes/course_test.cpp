// Courses of support from readings.
#include "core/outcomes/course.hpp"

#include "case.hpp"
#include "core/outcomes/facts.hpp"
#include "outcome_tables.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using outcomes::Known;

namespace {

// "0 yes; 12 unknown": hours from t0 at which the answer changes.
std::string shown(outcomes::Course const& course) {
    std::string out;
    for (auto const& s : course) {
        const auto ms = s.from.ms - test::t0.ms;
        out += (out.empty() ? "" : "; ") + std::to_string(ms / 3'600'000) + (ms % 3'600'000 == 0 ? "" : "+") + " " +
               (s.supported == Known::yes  ? "yes"
                : s.supported == Known::no ? "no"
                                           : "unknown");
    }
    return out;
}

model::Timeline timeline(std::string const& input) { return test::timeline_of(test::parse_input(input)); }
constexpr auto end = test::t0 + model::hours(48);

std::string breathing(std::string const& input, bool noninvasive = false) {
    auto tables = test::outcome_tables();
    tables.ventilator_free.noninvasive_counts = noninvasive;
    return shown(outcomes::assisted_breathing(timeline(input), test::t0, end, test::rulebook(), tables));
}
std::string support(std::string const& input) {
    return shown(outcomes::organ_support(timeline(input), test::t0, end, test::rulebook(), test::outcome_tables()));
}

} // namespace

TEST_CASE("assisted breathing is what is charted, as long as that holds") {
    CHECK(breathing("0 resp_device imv; +10h resp_device nasal_cannula; +20h resp_device room_air") ==
          "0 yes; 10 no; 32+ unknown");
    CHECK(breathing("0 hr 80") == "0 unknown");
    CHECK(breathing("-13h resp_device imv; 0 hr 80") == "0 unknown");
    CHECK(breathing(
              "0 resp_device imv; +12h resp_device imv; +24h resp_device trach_collar; +36h resp_device room_air") ==
          "0 yes; 24 no");
    // Fresh settings keep a device; without one they are positive pressure through a tube.
    CHECK(breathing("0 resp_device imv; 0..+20h/1h vent_mode controlled, peep_set 8, rr_set 16, vt_set 420") ==
          "0 yes; 24+ unknown");
    CHECK(breathing("0..+40h/1h vent_mode controlled, peep_set 8, rr_set 16, vt_set 420; +41h vent_mode standby, "
                    "resp_device room_air") == "0 yes; 41 no");
}

TEST_CASE("a mask counts where that is configured, a circuit always") {
    CHECK(breathing(
              "0 resp_device niv; +10h resp_device room_air; +20h resp_device room_air; +30h resp_device room_air") ==
          "0 no; 42+ unknown");
    CHECK(
        breathing("0 resp_device niv; +10h resp_device room_air; +20h resp_device room_air; +30h resp_device room_air",
                  true) == "0 yes; 10 no; 42+ unknown");
    CHECK(breathing("0..+47h/6h resp_device nasal_cannula; +5h ecls vv; +15h ecls ended") == "0 no; 5 yes; 15 no");
    CHECK(breathing("+5h ecls vv; +15h ecls ended") == "0 unknown; 5 yes; 15 unknown");
}

TEST_CASE("organ support: devices, high flow by flow and oxygen, vasoactive infusions") {
    const std::string air = "0..+47h/6h resp_device room_air; ";
    CHECK(support(air + "0 hr 80") == "0 no");
    CHECK(support(air + "+3h norepinephrine 0.1; +5h norepinephrine 0") == "0 no; 3 yes; 5 no");
    CHECK(support(air + "+3h vasopressin 0.03; +5h vasopressin stopped") == "0 no; 3 yes; 5 no");
    const std::string flow = "0..+47h/6h resp_device hfno; ";
    CHECK(support(flow + "0..+47h/2h o2_flow 30, fio2 40") == "0 yes");
    CHECK(support(flow + "0..+47h/2h o2_flow 29, fio2 60") == "0 no");
    CHECK(support(flow + "0..+47h/2h o2_flow 50, fio2 39") == "0 no");
    CHECK(support(flow + "0..+47h/2h o2_flow 50") == "0 unknown");
    CHECK(support(flow + "0..+47h/2h o2_flow 20") == "0 no");
    CHECK(support("+3h norepinephrine 0.1; +5h norepinephrine 0") == "0 unknown; 3 yes; 5 unknown");
    // The stop of one pump is not that of the other; of one drug whose pumps nobody names it is the drug's.
    CHECK(support(air + "+3h norepinephrine 0.1 pump=left; +3h norepinephrine 0.05 pump=right; "
                        "+5h norepinephrine 0 pump=left; +8h norepinephrine 0 pump=right") == "0 no; 3 yes; 8 no");
    CHECK(support(air + "+3h norepinephrine 0.1; +4h norepinephrine 0.05; +5h norepinephrine 0") ==
          "0 no; 3 yes; 5 no");
    // A pump that is not heard of any more neither runs for ever nor has it stopped.
    const auto lost = support(air + "+3h norepinephrine 0.1");
    CHECK(lost.starts_with("0 no; 3 yes; "));
    CHECK(lost.find("unknown") != std::string::npos);
    CHECK(support(air + "+3h norepinephrine 0.1 pump=left; +3h norepinephrine 0.05 pump=right; "
                        "+5h norepinephrine 0.1 pump=left; +6h norepinephrine 0 pump=right") ==
          "0 no; 3 yes; 29+ unknown");
}

TEST_CASE("what was attested of a person") {
    const auto f =
        outcomes::facts_of(timeline("0 enrolled yes; +1h death yes; +2h death no; +30h death yes; +31h death yes; "
                                    "+20h alive_known yes; +25h alive_known yes; +22h left_unit yes; "
                                    "+5h procedural_ventilation yes; +9h procedural_ventilation no"));
    CHECK(f.enrolled == test::t0);
    CHECK(f.person.died == test::t0 + model::hours(30));
    CHECK(f.person.alive == test::t0 + model::hours(25));
    CHECK(f.person.left_unit == test::t0 + model::hours(22));
    CHECK_FALSE(f.person.left_hospital);
    REQUIRE(f.procedures.size() == 2);
    CHECK(f.procedures[0].for_procedure);
    CHECK_FALSE(f.procedures[1].for_procedure);
}
