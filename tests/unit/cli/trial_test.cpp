// Alert rules tried on recorded patients: what they raise, what that asks of people, and which rises nobody was called
// for.

#include "cli/burden.hpp"
#include "cli/session.hpp"
#include "cli/trial.hpp"
#include "tests/stories/bedside.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>

using namespace vigil;
using namespace vigil::cli;

namespace {

class File {
public:
    explicit File(std::string const& rows) {
        path_ =
            (std::filesystem::temp_directory_path() / ("vigil-trial-" + std::to_string(getpid()) + ".csv")).string();
        std::ofstream out{path_};
        out << "obs_ts,encounter,system,code,value,unit,arrival_ts\n" << rows;
    }
    ~File() { std::filesystem::remove(path_); }
    std::string const& path() const { return path_; }

private:
    std::string path_;
};

std::string row(std::string const& clock, std::string const& code, std::string const& value, std::string const& unit,
                std::string const& told = "", std::string const& stay = "a") {
    const auto at = [](std::string const& c) { return c.empty() ? c : "2026-03-01T" + c + ":00Z"; };
    return at(clock) + "," + stay + ",VIGIL," + code + "," + value + "," + unit + "," + at(told) + "\n";
}

Trial tried(std::string const& rows, std::optional<model::Duration> acknowledged = model::minutes(5)) {
    const File file{rows};
    TrialSetting setting{testing::shipped_rulebook(), {}, acknowledged};
    int code = Exit::ok;
    auto trial = try_alerts({file.path()}, std::move(setting), code);
    REQUIRE(trial);
    return *std::move(trial);
}

TriedAlert const* of(Trial const& trial, std::string const& rule) {
    for (auto const& a : trial.stays.front().alerts)
        if (a.last.rule == rule) return &a;
    return nullptr;
}

RuleBurden burden(Trial const& trial, std::string const& rule) {
    for (auto const& r : burden_of(trial).rules)
        if (r.rule == rule) return r;
    return {};
}

} // namespace

TEST_CASE("a recorded failure is called when it was told, acknowledged, worse, and over") {
    const auto trial = tried(row("08:00", "plt", "200", "10*9/L") + row("09:00", "plt", "40", "10*9/L", "09:30") +
                             row("12:00", "plt", "15", "10*9/L") + row("18:00", "plt", "160", "10*9/L") +
                             row("19:00", "plt", "170", "10*9/L"));
    auto const* alert = of(trial, "organ_coag");
    REQUIRE(alert != nullptr);
    CHECK(alert->called->ms == 1'772'357'400'000); // 09:30, when somebody could know
    CHECK(alert->calls == 2);
    CHECK(alert->worsened == 1);
    CHECK(alert->highest == alerts::Priority::high);
    CHECK(alert->said == "coagulation SOFA 3 of 4: failure");
    REQUIRE(alert->ended);
    const auto b = burden(trial, "organ_coag");
    CHECK(b.onsets == 1);
    CHECK(b.by_priority[3] == 1);
    CHECK(b.lengths_ms.size() == 1);
}

TEST_CASE("what nobody acknowledges latches to the end") {
    const auto rows = row("08:00", "plt", "200", "10*9/L") + row("09:00", "plt", "15", "10*9/L") +
                      row("12:00", "plt", "160", "10*9/L") + row("19:00", "plt", "170", "10*9/L");
    CHECK(of(tried(rows), "organ_coag")->ended);
    CHECK_FALSE(of(tried(rows, std::nullopt), "organ_coag")->ended);
}

TEST_CASE("a rise is measured from what was shown, and has its alert or a reason") {
    const auto rose = tried(row("08:00", "plt", "200", "10*9/L") + row("09:00", "plt", "40", "10*9/L") +
                            row("20:00", "plt", "41", "10*9/L"));
    REQUIRE(rose.stays.front().rises.size() == 1);
    auto const& rise = rose.stays.front().rises.front();
    CHECK(rise.by == 3);
    CHECK(rise.alert == of(rose, "sofa_rise")->last.id);
    CHECK(rise.why_not.empty());

    // With the rule off the rise is there, and so is the reason.
    const File file{row("08:00", "plt", "200", "10*9/L") + row("09:00", "plt", "40", "10*9/L")};
    TrialSetting off{testing::shipped_rulebook(), {}, {}};
    off.rules.rules.sofa_rise.rule.enabled = false;
    int code = Exit::ok;
    const auto silent = try_alerts({file.path()}, std::move(off), code);
    REQUIRE(silent);
    REQUIRE(silent->stays.front().rises.size() == 1);
    CHECK(silent->stays.front().rises.front().alert.empty());
    CHECK(silent->stays.front().rises.front().why_not == "the rule is switched off");

    const auto steady = tried(row("08:00", "plt", "200", "10*9/L") + row("09:00", "plt", "140", "10*9/L"));
    CHECK(steady.stays.front().rises.empty());
}

TEST_CASE("what no rule could use is counted, and why") {
    const auto trial = tried(row("08:00", "plt", "200", "10*9/L") + row("09:00", "plt", "15", "mg/dL") +
                             row("10:00", "thrombocytes", "15", "10*9/L") + row("10:30", "plt", "99999", "10*9/L") +
                             row("11:00", "plt", "fifteen", "10*9/L") + row("12:00", "plt", "200", "10*9/L"));
    CHECK(of(trial, "organ_coag") == nullptr);
    CHECK(trial.readings + trial.refused == 6);
    std::uint64_t unused = 0;
    for (auto const& [what, count] : trial.unused) {
        INFO(what);
        unused += count;
    }
    CHECK(trial.refused + unused == 4); // of six two count
    CHECK(trial.unused.contains("unknown_unit: VIGIL plt [mg/dL]"));
    CHECK(trial.unused.contains("unmapped: VIGIL thrombocytes [10*9/L]"));
}

TEST_CASE("rates are by patient-day and by stay") {
    std::string rows;
    for (auto const* stay : {"a", "b"}) {
        rows += row("00:00", "plt", "200", "10*9/L", "", stay);
        if (stay[0] == 'b') rows += row("06:00", "plt", "15", "10*9/L", "", stay);
        rows += row("12:00", "plt", "200", "10*9/L", "", stay);
    }
    const auto b = burden_of(tried(rows));
    CHECK(b.patient_days == Approx(1.0));
    CHECK(b.urgent == 2); // the organ and the rise
    REQUIRE(b.urgent_by_stay.size() == 2);
    CHECK(b.urgent_by_stay.front() == Approx(0));
    CHECK(b.urgent_by_stay.back() == Approx(4));
    CHECK(b.busiest_tenth == Approx(1));
    CHECK(shown(b).find("2 stays, 1.0 patient-days") != std::string::npos);
}

TEST_CASE("values that people chart are no stream that falls silent") {
    std::string charted, streamed;
    for (int h = 0; h < 6; ++h)
        for (int i = 0; i < 3; ++i) // three in a row, each hour
            charted += row((h < 10 ? "0" : "") + std::to_string(h) + ":0" + std::to_string(i * 3), "spo2", "97", "%");
    for (int m = 10; m < 40; ++m) streamed += row("08:" + std::to_string(m), "spo2", "97", "%");
    streamed += row("12:00", "plt", "200", "10*9/L");
    CHECK(of(tried(charted), "device_silent") == nullptr);
    CHECK(of(tried(charted), "input_stale") == nullptr);
    CHECK(of(tried(streamed), "device_silent") != nullptr);
}

TEST_CASE("a row that is no reading is counted, a file that is none is refused") {
    CHECK(tried(row("08:00", "plt", "200", "10*9/L") + "not a row\n").refused == 1);
    int code = Exit::ok;
    CHECK_FALSE(try_alerts({"/nonexistent.csv"}, {testing::shipped_rulebook(), {}, {}}, code));
    CHECK(code == Exit::no_input);
}
