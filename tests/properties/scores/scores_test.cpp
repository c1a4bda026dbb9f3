// What must hold for any patient: the order of arrival does not matter, worse values do not score better, a unit is
// only a unit, and between two instants named by `next_change` nothing happens. Seeds are printed; VIGIL_SEED repeats
// one.

#include "case.hpp"

#include "core/alerts/oxygenation.hpp"
#include "core/model/canonical.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <random>

using namespace vigil;
using model::EventTime;
using model::Signal;
using test::Given;

namespace {

std::uint64_t seed_of_run() {
    if (char const* s = std::getenv("VIGIL_SEED")) return std::strtoull(s, nullptr, 10);
    return 20261121;
}

class Dice {
public:
    explicit Dice(std::uint64_t seed)
        : engine_{seed} {}
    std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(n)); }
    bool chance(int percent) { return below(100) < percent; }
    template <class T>
    T const& of(std::vector<T> const& v) {
        return v[static_cast<std::size_t>(below(static_cast<std::int64_t>(v.size())))];
    }
    std::mt19937_64& engine() { return engine_; }

private:
    std::mt19937_64 engine_;
};

std::string one_reading(Dice& d) {
    const auto n = [&](std::int64_t low, std::int64_t high) { return std::to_string(low + d.below(high - low + 1)); };
    switch (d.below(74)) {
    case 0: return "plt " + n(5, 200);
    case 1: return "bili " + n(0, 14);
    case 2: return "crea " + n(0, 5) + "." + n(1, 9);
    case 3: return "pao2 " + n(40, 200);
    case 4: return "fio2_set " + n(21, 100);
    case 5:
        return "resp_device " + d.of<std::string>({"imv", "niv", "nasal_cannula", "trach_collar", "room_air", "hfno"});
    case 6: return "map " + n(24, 95);
    case 7: return "nibp_map " + n(24, 95);
    case 8: return "norepinephrine 0." + n(0, 3);
    case 9: return "norepinephrine 0";
    case 10: return d.of<std::string>({"gcs_total " + n(3, 15), "gcs_motor " + n(1, 6)});
    case 11:
        return "gcs_eye " + n(1, 4) + ", gcs_verbal " + d.of<std::string>({"NT", "5", "4"}) + ", gcs_motor " + n(1, 6);
    case 12: return "uo " + n(0, 120);
    case 13: return "spo2 " + n(62, 100);
    case 14: return "peep_set " + n(3, 12);
    case 15: return "propofol " + n(0, 2);
    case 16: return "po2_untyped " + n(40, 120) + ", arterial_gas arterial";
    case 17: return "ecls " + d.of<std::string>({"vv", "ended"});
    case 18: return "rrt " + d.of<std::string>({"crrt", "ihd", "sled", "ended"});
    case 19: return "sbp " + n(70, 140) + ", dbp " + n(40, 69);
    case 20: return "o2_flow " + n(1, 10);
    case 21: return "inr " + n(0, 3) + "." + n(5, 9);
    case 22: return "na " + n(118, 142);
    case 23: return "alb " + n(1, 4) + "." + n(0, 9);
    case 24: return "ddimer " + n(0, 4) + "." + n(0, 9);
    case 25: return "pt " + n(10, 30);
    case 26: return "fib " + n(0, 3) + "." + n(0, 9);
    case 27: return "ascites " + d.of<std::string>({"none", "mild", "severe"}) + ", encephalopathy " + n(0, 4);
    case 28: return d.of<std::string>({"dic_disorder ", "sepsis "}) + d.of<std::string>({"yes", "yes", "no"});
    case 29: return "crea_baseline 0." + n(5, 9) + ", weight " + n(50, 90);
    case 30: return "crea " + n(50, 300) + " umol/L";
    case 31: return "crea " + d.of<std::string>({"<", ">", "<="}) + n(0, 4) + "." + n(1, 9);
    case 32: return "o2_flow " + n(20, 60) + ", resp_device hfno";
    case 33: return "pmean " + n(8, 30) + ", ve " + n(4, 15) + ", paco2 " + n(30, 90) + ", ph 7." + n(10, 45);
    case 34: return "pplat " + n(12, 40) + ", vt " + n(200, 600);
    case 35: return d.of<std::string>({"peep_total ", "peep_intrinsic ", "peep "}) + n(0, 15);
    case 36: return "rr " + n(8, 50) + ", spo2 " + n(80, 100);
    case 37: return "cxr_quadrants " + n(0, 4);
    case 38: return "crs " + n(10, 90);
    case 39:
        return "rr_set " + n(10, 40) + ", vt_set " + n(200, 600) +
               d.of<std::string>({"", ", peep_set 8, vent_mode controlled"});
    case 40: return "ards_imaging " + d.of<std::string>({"bilateral", "not_bilateral"}) + ", ards_origin not_cardiac";
    case 41: return "ards_onset " + d.of<std::string>({"known", "none"});
    case 42: return "temp " + n(34, 40) + "." + n(0, 9);
    case 43: return "hr " + n(35, 140);
    case 44: return "pulse " + n(35, 140);
    case 45: return "rr " + n(5, 30);
    case 46:
        return "rr_total " + n(5, 30) + ", vent_mode " + d.of<std::string>({"controlled", "spontaneous", "standby"});
    case 47: return "wbc " + d.of<std::string>({"", "", "<", ">"}) + n(1, 15);
    case 48: return "bands " + n(5, 15) + ", paco2 " + n(28, 40);
    case 49: return "acvpu " + d.of<std::string>({"alert", "alert", "confusion", "voice"});
    case 50: return d.of<std::string>({"news2_scale2 ", "cytopenia "}) + d.of<std::string>({"yes", "no"});
    case 51: return "nibp_sbp " + n(75, 230);
    case 52: return "hct " + n(15, 62) + ", urea " + n(10, 100);
    case 53: return "k " + n(2, 8) + ", hco3 " + n(10, 55);
    case 54:
        return d.of<std::string>({"chronic_health ", "metastatic_cancer ", "haematological_malignancy ", "aids ",
                                  "acute_renal_failure "}) +
               d.of<std::string>({"yes", "no"});
    case 55: return "admission_type " + d.of<std::string>({"medical", "scheduled_surgical", "unscheduled_surgical"});
    case 56: return "apache2_weight " + d.of<std::string>({"0", "-1.5"}) + ", urea " + n(5, 35) + " mmol/L";
    case 57: return "fio2_set " + n(45, 100) + ", pao2 " + n(50, 120) + ", paco2 " + n(25, 70);
    case 58: return "cell_product " + d.of<std::string>({"immune_effector", "msc"});
    case 59:
        return d.of<std::string>({"crs_status ", "icans_status "}) +
               d.of<std::string>({"confirmed", "confirmed", "other_cause"});
    case 60: return d.of<std::string>({"antipyretic", "steroid", "anticytokine"}) + " given";
    case 61:
        return "ice_total " + n(0, 10) + ", awakening " + d.of<std::string>({"spontaneous", "voice", "unarousable"});
    case 62: return "seizure " + d.of<std::string>({"none", "brief"}) + ", motor_deficit none, icp_sign none";
    case 63: return "ice_orientation " + n(0, 4) + ", ice_naming " + n(0, 3) + ", ice_command 1, ice_writing 1";
    case 64:
        return d.of<std::string>({"oxygen_before room_air", "oxygen_before niv", "vasopressors_before 1",
                                  "intubation_reason airway", "sbp_baseline 140"});
    case 65: return "culture taken";
    case 66: return "antibiotic " + d.of<std::string>({"treatment", "prophylaxis"});
    case 67: return "sofa_sum " + n(0, 8) + ", sofa_most " + n(8, 24);
    case 68: return "lact " + n(0, 5) + "." + n(0, 9);
    case 69: return "vasopressin " + d.of<std::string>({"0.0" + n(0, 6), n(0, 4) + " U/h"});
    case 70: return "epinephrine " + n(0, 30) + " ug/min, weight " + n(50, 90);
    case 71: return "phenylephrine " + d.of<std::string>({"running", "stopped", n(0, 9) + " mL/h", "0." + n(1, 9)});
    case 72: return d.of<std::string>({"terlipressin 0.0", "angiotensin_ii 0.0", "milrinone 0."}) + n(0, 9);
    default: return "dopamine " + n(0, 20);
    }
}

// Readings of some thirty hours, corrections and repeats among them.
std::vector<Given> patient(Dice& d, std::int64_t readings) {
    std::string text;
    for (std::int64_t i = 0; i < readings; ++i) {
        const auto at = "-" + std::to_string(d.below(30 * 60)) + "min";
        if (!text.empty()) text += "; ";
        text += at + " " + one_reading(d);
        if (d.chance(10)) {
            const auto order = "order=o" + std::to_string(i);
            const auto told = [&] { return " told=+" + std::to_string(1 + d.below(50)) + "s"; };
            text += "; " + at + " plt " + std::to_string(d.below(200)) + " status=P " + order + told();
            text += "; " + at + " plt " + std::to_string(d.below(200)) + " status=F " + order + told();
            if (d.chance(40))
                text += "; " + at + " plt " + std::to_string(d.below(200)) + " status=C " + order + told();
            if (d.chance(20)) text += "; " + at + " plt status=D " + order + told();
            if (d.chance(20)) text += "; " + at + " plt status=U " + order + told();
        }
    }
    return test::parse_input(text);
}

std::vector<model::ScoreKey> keys() {
    std::vector<model::ScoreKey> out;
    for (auto const* k : {"sofa rolling",
                          "sofa now live",
                          "sofa day conventional",
                          "ards_berlin rolling",
                          "sofa2 rolling",
                          "sofa2 now",
                          "meld day",
                          "meld_na now",
                          "meld3 rolling",
                          "child_pugh now",
                          "child_pugh rolling",
                          "isth_dic now",
                          "isth_dic day conventional",
                          "sic rolling live",
                          "sic now",
                          "kdigo rolling",
                          "kdigo now",
                          "kdigo day conventional",
                          "lung_indices rolling",
                          "lung_indices now",
                          "ards_global rolling",
                          "ards_kigali rolling",
                          "rox rolling",
                          "rox now",
                          "murray rolling",
                          "murray now",
                          "eolia rolling",
                          "eolia now",
                          "sirs rolling",
                          "sirs now",
                          "qsofa rolling",
                          "qsofa now derivation",
                          "news2 rolling",
                          "news2 now",
                          "news2 day",
                          "apache2 day",
                          "saps2 day conventional",
                          "sepsis3 rolling",
                          "septic_shock rolling",
                          "septic_shock now",
                          "crs rolling",
                          "crs now",
                          "icans rolling",
                          "icans now",
                          "vasoactive rolling",
                          "vasoactive now goradia_2021",
                          "vasoactive day"})
        out.push_back(test::parse_key(k));
    return out;
}

// Scores of the first day are asked in it, or just after it.
EventTime opened(model::ScoreKey const& key) {
    if (key.id == model::ScoreId::apache2) return test::t0 - model::hours(20);
    if (key.id == model::ScoreId::saps2) return test::t0 - model::hours(24) - model::minutes(30);
    return test::t0 - model::hours(31);
}

std::string all_scores(model::Timeline const& t, EventTime at) {
    std::string out;
    for (auto const& k : keys())
        out += test::describe(scores::evaluate(k, {&t, opened(k), {}, {}}, at, test::rulebook()));
    return out;
}

void arrive(model::Timeline& t, Given const& g, EventTime now) {
    if (g.placed)
        t.insert(g.signal, core::entry(test::rulebook(), g.signal).kind, g.sample, now, test::rulebook().retention);
}

} // namespace

TEST_CASE("any permutation, duplication or delay ends in the same scores and evidence") {
    const auto seed = seed_of_run();
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    std::size_t permutations = 0;
    for (int p = 0; p < 500; ++p) {
        const auto given = patient(d, 10 + d.below(60));
        model::Timeline in_order;
        for (auto const& g : given) arrive(in_order, g, test::t0);
        const auto expected = all_scores(in_order, test::t0);
        for (int i = 0; i < 20; ++i) {
            auto shuffled = given;
            for (auto const& g : given)
                if (d.chance(20)) shuffled.push_back(g);
            std::shuffle(shuffled.begin(), shuffled.end(), d.engine());
            model::Timeline t;
            EventTime now = test::t0 - model::hours(1);
            for (auto const& g : shuffled) {
                now = std::min(test::t0, now + model::seconds(d.below(60)));
                arrive(t, g, std::max(now, g.sample.time));
                if (d.chance(5)) t.forget(now, test::rulebook().retention);
            }
            ++permutations;
            const auto got = all_scores(t, test::t0);
            if (got != expected) {
                CAPTURE(seed, p, i);
                REQUIRE(got == expected);
            }
        }
    }
    CHECK(permutations >= 10'000);
}

// That an artefact was left out is told until somebody looks again: nobody is woken when it leaves.
std::string told(model::Score score) {
    for (auto& p : score.parts) {
        model::Flags left;
        for (const auto flag : p.flags)
            if (flag != model::Flag::artefact_dropped) left.add(flag);
        p.flags = left;
    }
    return test::describe(score);
}

TEST_CASE("between two instants named by next_change nothing changes") {
    const auto seed = seed_of_run() + 1;
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    auto const& rules = test::rulebook();
    for (int p = 0; p < 60; ++p) {
        const auto given = patient(d, 5 + d.below(40));
        const auto t = test::timeline_of(given);
        for (auto const& key : keys()) {
            const scores::Patient who{&t, opened(key), {}, {}};
            std::string shown;
            std::optional<EventTime> due;
            bool first = true;
            for (auto at = test::t0 - model::hours(2); at <= test::t0 + model::hours(80); at = at + model::minutes(7)) {
                // Jump to each due instant first, as the live engine does.
                while (!first && due && *due <= at) {
                    const auto now = scores::evaluate(key, who, *due, rules);
                    shown = told(now);
                    REQUIRE((!now.next_change || *now.next_change > *due));
                    due = now.next_change;
                }
                const auto dense = scores::evaluate(key, who, at, rules);
                const auto text = told(dense);
                if (!first && text != shown) {
                    const auto minute = (at - test::t0).ms / 60'000;
                    CAPTURE(seed, p, minute, model::name_of(key.id), model::name_of(key.product));
                    REQUIRE(text == shown);
                }
                if (first) {
                    shown = text;
                    due = dense.next_change;
                    first = false;
                }
            }
        }
    }
}

TEST_CASE("a worse value never scores better, and totals are sums within their bounds") {
    const auto seed = seed_of_run() + 2;
    Dice d{seed};
    auto const& rules = test::rulebook();
    const auto points = [&](std::string const& text, model::Part part) {
        const auto t = test::timeline_of(test::parse_input(text));
        const auto s =
            scores::evaluate(test::parse_key("sofa"), {&t, test::t0 - model::hours(5), {}, {}}, test::t0, rules);
        for (auto const& p : s.parts)
            if (p.part == part) return p.points;
        return std::optional<std::int32_t>{};
    };
    struct Input {
        std::string before, after;
        model::Part part;
        std::int64_t low, high;
        bool high_is_worse;
    };
    const std::vector<Input> inputs = {
        {"plt ", "", model::Part::coag, 1, 300, false},
        {"bili ", "", model::Part::liver, 0, 20, true},
        {"crea ", "", model::Part::renal, 1, 9, true},
        {"crea ", " umol/L", model::Part::renal, 20, 600, true},
        {"map ", "", model::Part::cardio, 30, 120, false},
        {"gcs_total ", "", model::Part::cns, 3, 15, false},
        {"resp_device imv, fio2 60, pao2 ", "", model::Part::resp, 20, 400, false},
        {"resp_device imv, pao2 70, fio2 ", "", model::Part::resp, 21, 100, true},
        {"map 80; -2h dopamine ", "", model::Part::cardio, 1, 40, true},
    };
    for (int i = 0; i < 2'000; ++i) {
        auto const& in = d.of(inputs);
        const auto a = in.low + d.below(in.high - in.low + 1), b = in.low + d.below(in.high - in.low + 1);
        const auto milder = in.high_is_worse ? std::min(a, b) : std::max(a, b),
                   worse = in.high_is_worse ? std::max(a, b) : std::min(a, b);
        const auto m = points(in.before + std::to_string(milder) + in.after, in.part),
                   w = points(in.before + std::to_string(worse) + in.after, in.part);
        CAPTURE(in.before, milder, worse);
        if (m && w) CHECK(*w >= *m);
    }
    const auto asked = keys();
    for (int i = 0; i < 600; ++i) {
        const auto t = test::timeline_of(patient(d, 30));
        auto const& key = d.of(asked);
        using enum model::ScoreId;
        constexpr std::array sums = {sofa, sofa2, isth_dic, sic, sirs, qsofa, news2, apache2, saps2};
        if (std::find(sums.begin(), sums.end(), key.id) == sums.end()) continue;
        const auto s = scores::evaluate(key, {&t, opened(key), {}, {}}, test::t0, rules);
        INFO(test::describe(s));
        std::int32_t sum = 0, lower = 0, upper = 0;
        for (std::size_t k = 1; k < s.parts.size(); ++k) {
            sum += s.parts[k].points ? *s.parts[k].points : s.parts[k].lower;
            lower += s.parts[k].lower;
            upper += s.parts[k].upper;
            CHECK(s.parts[k].lower <= s.parts[k].upper);
            if (s.parts[k].points)
                CHECK((*s.parts[k].points >= s.parts[k].lower && *s.parts[k].points <= s.parts[k].upper));
        }
        if (s.parts[0].points) CHECK(*s.parts[0].points == sum);
        CHECK(s.parts[0].lower == lower);
        CHECK(s.parts[0].upper == upper);
    }
}

TEST_CASE("under the conventional basis a unit is only a unit") {
    Dice d{seed_of_run() + 3};
    auto const& rules = test::rulebook();
    const auto total = [&](std::string const& text) {
        const auto t = test::timeline_of(test::parse_input(text));
        return scores::evaluate(test::parse_key("sofa conventional"), {&t, test::t0 - model::hours(5), {}, {}},
                                test::t0, rules)
            .parts[0]
            .points;
    };
    const auto times = [](std::int64_t tenths, model::Decimal factor) {
        return model::to_string(*model::round_half_up(
            *model::scaled(model::ratio(model::Decimal{tenths, 1}), factor, model::Decimal{1, 0}), 6));
    };
    for (int i = 0; i < 500; ++i) {
        const auto tenths = 5 + d.below(140);
        const auto mg = model::to_string(model::Decimal{tenths, 1});
        CHECK(total("crea " + mg) == total("crea " + times(tenths, {884, 1}) + " umol/L"));
        CHECK(total("bili " + mg) == total("bili " + times(tenths, {17'104, 3}) + " umol/L"));
        const auto kpa = 30 + d.below(200);
        CHECK(total("resp_device imv, fio2 50, pao2 " + model::to_string(model::Decimal{kpa, 1}) + " kPa") ==
              total("resp_device imv, fio2 50, pao2 " + times(kpa, {750'062, 5})));
        const auto plt = 1 + d.below(300);
        CHECK(total("plt " + std::to_string(plt)) == total("plt " + std::to_string(plt * 1000) + " /uL"));
    }
}

TEST_CASE("a score does not change when an artefact is added") {
    Dice d{seed_of_run() + 4};
    for (int i = 0; i < 200; ++i) {
        const auto given = patient(d, 20);
        const auto t = test::timeline_of(given);
        auto more = given;
        for (auto const& g : test::parse_input("-3h map 801, pao2 0; -2h spo2 0; -1h gcs_total 0, plt 900000, temp 97"))
            more.push_back(g);
        CHECK(all_scores(t, test::t0) == all_scores(test::timeline_of(more), test::t0));
    }
}

TEST_CASE("a snapshot of a timeline answers as the timeline") {
    Dice d{seed_of_run() + 5};
    for (int i = 0; i < 100; ++i) {
        const auto t = test::timeline_of(patient(d, 40));
        const auto copy = core::decode<model::Timeline>(core::encode(t));
        REQUIRE(copy);
        CHECK(core::encode(*copy) == core::encode(t));
        CHECK(all_scores(*copy, test::t0) == all_scores(t, test::t0));
    }
}

TEST_CASE("the vectors catch a window that is closed at its left end, and a pump hour that is not an hour") {
    auto broken = test::rulebook();
    broken.tables.sofa.window = model::hours(24) + model::Duration{1};
    const auto failing = [&](core::Rulebook const& rules, std::string const& file, std::string const& id) {
        for (auto const& c : test::read_cases(std::string{std::getenv("VIGIL_ROOT")} + "/tests/vectors/" + file))
            if (c.id == id) return !test::check(c, rules).empty();
        return false;
    };
    CHECK_FALSE(failing(test::rulebook(), "sofa.tsv", "S1-26"));
    CHECK(failing(broken, "sofa.tsv", "S1-26"));
    broken = test::rulebook();
    broken.tables.sofa.infusion_min = model::minutes(59);
    CHECK(failing(broken, "sofa.tsv", "S1-15"));
    broken = test::rulebook();
    broken.tables.sofa.support_from = 5;
    CHECK(failing(broken, "sofa.tsv", "S1-04"));
}

TEST_CASE("a derived mean shows its systolic reading, also once the minute is summed up") {
    for (const bool thinned : {false, true}) {
        auto keep = test::rulebook().retention;
        if (!thinned) keep.raw_samples = 100'000;
        model::Timeline timeline;
        const auto begin = test::t0 - model::minutes(20);
        for (std::int64_t i = 0; i < 20 * 60; ++i) {
            const bool low = i / 60 == 5 || i / 60 == 6; // of two in a row the higher one decides
            for (const auto signal : {Signal::sbp, Signal::dbp}) {
                model::Sample s;
                s.time = s.message_time = begin + model::seconds(i);
                s.value = {signal == Signal::sbp ? (low ? 72 : 120) : (low ? 45 : 80), 0};
                s.unit = model::Unit::mmHg;
                s.ref = {static_cast<std::uint64_t>(i + 1), 0};
                timeline.insert(signal, model::SignalKind::monitor, s, s.time, keep);
            }
        }
        CHECK((timeline.standing(Signal::sbp) < 100) == thinned);
        const scores::Patient patient{&timeline, begin, {}, {}};
        const auto score = scores::evaluate(test::parse_key("sofa"), patient, test::t0, test::rulebook());
        const auto cardio = std::find_if(score.parts.begin(), score.parts.end(),
                                         [](model::ScorePart const& p) { return p.part == model::Part::cardio; });
        REQUIRE(cardio != score.parts.end());
        CHECK(cardio->points == 1);
        REQUIRE_FALSE(cardio->evidence.empty());
        auto const& e = cardio->evidence.front();
        CAPTURE(thinned);
        CHECK(e.signal == Signal::sbp);
        CHECK(e.reported == model::Decimal{72, 0});
        CHECK(e.compared == model::Decimal{54, 0}); // (72 + 2 * 45) / 3
    }
}

namespace {

// A stream of one value a second in [from, to).
void stream(model::Timeline& t, Signal signal, model::Unit unit, EventTime from, EventTime to, std::int64_t value,
            model::Retention const& keep) {
    for (auto at = from; at < to; at = at + model::seconds(1)) {
        model::Sample s;
        s.time = s.message_time = at;
        s.value = {value, 0};
        s.unit = unit;
        t.insert(signal, model::SignalKind::monitor, s, at, keep);
    }
}

model::Retention keeping(bool thinned) {
    auto keep = test::rulebook().retention;
    if (!thinned) keep.raw_samples = 100'000;
    return keep;
}

} // namespace

TEST_CASE("vital signs say the same once their minutes are summed up") {
    Dice d{seed_of_run() + 6};
    auto const& rules = test::rulebook();
    struct Stream {
        Signal signal;
        model::Unit unit;
        std::int64_t normal, low, high;
    };
    const std::vector<Stream> streams = {
        {Signal::hr, model::Unit::per_min, 80, 20, 240},   {Signal::rr, model::Unit::per_min, 16, 2, 65},
        {Signal::spo2, model::Unit::percent, 96, 60, 100}, {Signal::sbp, model::Unit::mmHg, 120, 45, 265},
        {Signal::dbp, model::Unit::mmHg, 60, 40, 100},     {Signal::temp, model::Unit::Cel, 37, 31, 42},
        {Signal::fio2, model::Unit::percent, 21, 21, 60},
    };
    std::size_t scored = 0;
    for (int p = 0; p < 100; ++p) {
        const auto whole = keeping(false), summed = keeping(true);
        model::Timeline a, b;
        const auto begin = test::t0 - model::minutes(40);
        for (auto const& s : streams) {
            if (d.chance(25)) continue;
            auto level = s.normal;
            const auto every = d.of<std::int64_t>({1, 1, 10, 60});
            for (std::int64_t i = 0; i < 40 * 60; i += every) {
                if (d.below(60 / every * 4) == 0) level = d.chance(50) ? s.normal : s.low + d.below(s.high - s.low + 1);
                model::Sample x;
                x.time = x.message_time = begin + model::seconds(i);
                x.value = {level, 0};
                x.unit = s.unit;
                auto const& e = core::entry(rules, s.signal);
                x.suspect = (e.soft_low && x.value < *e.soft_low) || (e.soft_high && x.value > *e.soft_high);
                a.insert(s.signal, model::SignalKind::monitor, x, x.time, whole);
                b.insert(s.signal, model::SignalKind::monitor, x, x.time, summed);
            }
        }
        for (auto const& key : keys()) {
            if (key.id < model::ScoreId::sirs) continue;
            // At what is behind, a minute's readings up to the instant would not be known any more.
            for (const std::int64_t minute : {0, 2, 4, 10, 50}) {
                const auto at = test::t0 + model::minutes(minute);
                const auto one = scores::evaluate(key, {&a, begin, {}, {}}, at, rules),
                           two = scores::evaluate(key, {&b, begin, {}, {}}, at, rules);
                CAPTURE(p, minute, model::name_of(key.id), model::name_of(key.product));
                CHECK(test::describe(one) == test::describe(two));
                scored += one.parts.front().lower > 0 ? 1 : 0;
            }
        }
    }
    CHECK(scored > 500);
}

TEST_CASE("a cuff gives way to a line that begins within its reach, also once the line is summed up") {
    const auto cuff_at = test::t0 - model::minutes(30) + model::seconds(20);
    const auto reach = test::rulebook().tables.sofa.cuff_yields;
    for (const auto after : {reach - model::seconds(15), reach + model::minutes(1)}) {
        std::vector<std::string> said;
        for (const bool thinned : {false, true}) {
            const auto keep = keeping(thinned);
            model::Timeline t;
            model::Sample cuff;
            cuff.time = cuff.message_time = cuff_at;
            cuff.value = {60, 0};
            cuff.unit = model::Unit::mmHg;
            t.insert(Signal::nibp_map, model::SignalKind::monitor, cuff, cuff_at, keep);
            stream(t, Signal::map, model::Unit::mmHg, cuff_at + after, test::t0, 80, keep);
            CHECK((t.standing(Signal::map) < 100) == thinned);
            const scores::Patient patient{&t, cuff_at, {}, {}};
            const auto score = scores::evaluate(test::parse_key("sofa"), patient, test::t0, test::rulebook());
            for (auto const& p : score.parts)
                if (p.part == model::Part::cardio) CHECK(p.points == (after < reach ? 0 : 1));
            said.push_back(test::describe(score));
        }
        CHECK(said[0] == said[1]);
    }
}

TEST_CASE("oxygen that changed within the quarter hour confirms no gas, also once it is summed up") {
    auto const& rules = test::rulebook();
    model::ScoreKey key;
    key.id = model::ScoreId::ards_berlin;
    for (const bool thinned : {false, true})
        for (const bool changed : {false, true}) {
            const auto keep = keeping(thinned);
            auto t = test::timeline_of(test::parse_input("-20min pao2 70, resp_device imv, peep_set 8"), rules);
            const auto from = test::t0 - model::minutes(40), high = test::t0 - model::minutes(10);
            stream(t, Signal::spo2, model::Unit::percent, from, test::t0, 90, keep);
            stream(t, Signal::fio2, model::Unit::percent, from, high, 60, keep);
            stream(t, Signal::fio2, model::Unit::percent, high, high + model::minutes(4), changed ? 100 : 60, keep);
            stream(t, Signal::fio2, model::Unit::percent, high + model::minutes(4), test::t0, 60, keep);
            const scores::Patient patient{&t, from, {}, {}};
            alerts::Point point;
            alerts::see_oxygenation(scores::evaluate(key, patient, test::t0, rules), patient, rules, test::t0, point);
            CAPTURE(thinned, changed);
            CHECK(point.oxygenation.leave > 0);
            CHECK((point.surrogate >= 0) == !changed);
        }
}
