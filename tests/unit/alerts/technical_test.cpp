#include "core/alerts/decide.hpp"
#include "core/alerts/path.hpp"
#include "core/alerts/sentence.hpp"
#include "shipped_rules.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::alerts;
using model::LogTime;
using model::minutes;
using model::seconds;

namespace {

constexpr LogTime start{1'700'000'000'000};

struct Feed {
    core::Rulebook rules;
    core::Source source;
    core::SourceSettings settings{"monitors", false, seconds(90), true};
    Standing standing;
    bool recovering = false;
    Feed() {
        rules.rules = shipped::rules();
        source.name = "monitors";
        source.last_frame = start;
    }
    std::vector<Alert> look(LogTime at) {
        std::vector<Alert> changed;
        advance(SourceView{source, &settings, rules, at, recovering}, standing, changed);
        return changed;
    }
};

// The daemon's own alerts: its troubles, and the feeds it knows of.
struct Watch {
    core::Rulebook rules;
    std::vector<core::TroubleReported> troubles;
    std::vector<core::Source> sources;
    Standing standing;
    Watch() { rules.rules = shipped::rules(); }
    std::vector<Alert> look(LogTime at) {
        std::vector<Alert> changed;
        advance(DaemonView{troubles, sources, rules, at, start, false}, standing, changed);
        return changed;
    }
};

} // namespace

TEST_CASE("a feed is silent after its own time, and speaks again", "[alerts]") {
    Feed f;
    CHECK(f.look(start + seconds(90)).empty());
    CHECK(f.standing.due <= start + seconds(91));
    const auto silent = f.look(start + seconds(91));
    REQUIRE(silent.size() == 1);
    CHECK(silent[0].rule == "device_silent");
    CHECK(silent[0].kind == AlertKind::technical);
    CHECK(silent[0].subject_source == "monitors");
    CHECK(silent[0].encounter.value == 0);
    CHECK(silent[0].true_since.ms == (start + seconds(90)).ms);
    f.source.last_frame = start + seconds(100);
    const auto back = f.look(start + seconds(100));
    REQUIRE(back.size() == 1);
    CHECK(back[0].closing == Closing::recovered);
}

TEST_CASE("silence waits while adapters hand over what they spooled", "[alerts]") {
    Feed f;
    f.recovering = true;
    CHECK(f.look(start + seconds(300)).empty());
    CHECK(f.standing.due == never); // the end of recovering wakes it
    f.recovering = false;
    CHECK(f.look(start + seconds(301)).size() == 1);
}

TEST_CASE("a feed that may be quiet is never silent", "[alerts]") {
    Feed f;
    f.settings.silent_after = {};
    CHECK(f.look(start + model::hours(100)).empty());
    CHECK(f.standing.due == never);
}

TEST_CASE("a feed that may be quiet is told of when its adapter has gone and does not come back", "[alerts]") {
    Feed f;
    f.settings.silent_after = {};
    f.source.kind = "hl7";
    f.source.state = core::SourceState::heartbeat;
    CHECK(f.look(start + model::hours(8)).empty());
    const auto gone = start + model::hours(9);
    f.source.state = core::SourceState::lost;
    const auto shown = f.look(gone);
    REQUIRE(shown.size() == 1);
    CHECK(shown[0].rule == "device_silent");
    CHECK(shown[0].inhibited_by == "reconnecting");
    CHECK_FALSE(announces(shown[0].notify));
    CHECK(f.standing.due == gone + seconds(60));
    CHECK(f.look(gone + seconds(59)).empty());
    const auto told = f.look(f.standing.due);
    REQUIRE(told.size() == 1);
    CHECK(told[0].notify == Notify::first);
    CHECK(told[0].inhibited_by.empty());
    CHECK(told[0].priority == Priority::medium);
    CHECK(told[0].true_since == model::patient_now(gone));
    CHECK(f.standing.due == never);
    f.source.state = core::SourceState::connected;
    const auto back = f.look(gone + minutes(10));
    REQUIRE(back.size() == 1);
    CHECK(back[0].closing == Closing::recovered);
}

TEST_CASE("an adapter that is back within the minute calls nobody", "[alerts]") {
    Feed f;
    f.source.kind = "hl7";
    f.source.last_frame.reset(); // also one whose feed was never heard
    f.settings.silent_after = {};
    f.source.state = core::SourceState::lost;
    REQUIRE(f.look(start).size() == 1);
    f.source.state = core::SourceState::connected;
    const auto back = f.look(start + seconds(20));
    REQUIRE(back.size() == 1);
    CHECK(back[0].signal == SignalState::closed);
    CHECK_FALSE(announces(back[0].notify));
    CHECK(f.look(start + minutes(5)).empty());
}

TEST_CASE("who is listed is missed after a goodbye too, who is not may leave with one", "[alerts]") {
    Feed f;
    f.source.kind = "csv";
    f.settings.silent_after = {};
    const auto state = GENERATE(core::SourceState::goodbye, core::SourceState::lost);
    const bool listed = GENERATE(true, false);
    f.source.state = state;
    std::vector<Alert> changed;
    advance(SourceView{f.source, listed ? &f.settings : nullptr, f.rules, start, false}, f.standing, changed);
    CHECK(changed.size() == (listed || state == core::SourceState::lost ? 1U : 0U));
}

TEST_CASE("a feed that was silent before its adapter went stays announced", "[alerts]") {
    Feed f;
    f.source.kind = "hl7";
    f.source.state = core::SourceState::heartbeat;
    REQUIRE(f.look(start + seconds(91)).size() == 1);
    f.source.state = core::SourceState::lost;
    CHECK(f.look(start + seconds(92)).empty());
    CHECK(f.standing.alerts.front().inhibited_by.empty());
}

TEST_CASE("a clock more than a minute off is high, with hysteresis; a jump is told", "[alerts]") {
    Feed f;
    f.source.clock_offset = seconds(-60);
    CHECK(f.look(start).empty());
    f.source.clock_offset = seconds(-61);
    const auto off = f.look(start + seconds(1));
    REQUIRE(off.size() == 1);
    CHECK(off[0].rule == "clock_offset");
    CHECK(off[0].priority == Priority::high);
    CHECK(off[0].kind == AlertKind::technical);
    f.source.clock_offset = seconds(-57);
    CHECK(f.look(start + seconds(2)).empty());
    Feed g;
    g.source.clock_offset = seconds(1);
    CHECK(g.look(start).empty());
    g.source.clock_offset = seconds(7);
    const auto jumped = g.look(start + seconds(30));
    REQUIRE(jumped.size() == 1);
    CHECK(jumped[0].level == 1);
    g.source.last_frame = start + minutes(11);
    CHECK(g.look(start + minutes(11)).size() == 1); // over, stays until seen
    CHECK(g.standing.alerts.front().signal == SignalState::latched);
}

TEST_CASE("trouble of disk, journal and clock is high or medium and goes with its cause", "[alerts]") {
    Watch w;
    CHECK(w.look(start).empty());
    w.troubles.push_back({core::Trouble::disk_slow, true, "slow"});
    w.troubles.push_back({core::Trouble::clock_stepped, true, "stepped"});
    const auto told = w.look(start + seconds(1));
    REQUIRE(told.size() == 2);
    CHECK(told[0].rule == "disk_trouble");
    CHECK(told[0].priority == Priority::high);
    CHECK(told[1].rule == "clock_stepped");
    CHECK(told[1].priority == Priority::medium);
    w.troubles.push_back({core::Trouble::disk_full, true, "full"});
    CHECK(w.look(start + seconds(2)).front().notify == Notify::worsened);
    w.troubles.clear();
    CHECK(w.look(start + seconds(3)).size() == 2);
}

TEST_CASE("a configured feed that was never heard is silent too", "[alerts]") {
    Watch w;
    w.rules.sources.push_back({"pumps", false, seconds(60), true});
    CHECK(w.look(start + seconds(60)).empty());
    CHECK(w.standing.due <= start + seconds(61));
    CHECK(w.look(start + seconds(61)).size() == 1);
    w.sources.emplace_back().name = "pumps";
    w.sources.back().last_frame = start + seconds(70);
    const auto heard = w.look(start + seconds(121));
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].closing == Closing::recovered);
}

TEST_CASE("a configured feed that may be quiet, and whose adapter never came, is silent too", "[alerts]") {
    Watch w;
    w.rules.sources.push_back({"laboratory", false, {}, false});
    CHECK(w.look(start + w.rules.rules.device_silent.lost_after).empty());
    CHECK(w.standing.due == start + w.rules.rules.device_silent.lost_after + seconds(1));
    const auto missed = w.look(start + w.rules.rules.device_silent.lost_after + seconds(1));
    REQUIRE(missed.size() == 1);
    CHECK(missed[0].rule == "device_silent");
    CHECK(sentence(missed[0], w.rules.rules) == "nothing heard from laboratory for 60 s");
    w.sources.emplace_back().name = "laboratory"; // named by a command, say: still nobody is there
    CHECK(w.look(start + minutes(3)).empty());
    w.sources.back().kind = "hl7"; // it says hello, and nothing more: it may be quiet
    const auto came = w.look(start + minutes(4));
    REQUIRE(came.size() == 1);
    CHECK(came[0].closing == Closing::recovered);
    CHECK(w.look(start + model::hours(9)).empty());
}
