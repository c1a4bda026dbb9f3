// What the memory of scores answers is what an evaluation from scratch answers, in every field, whatever arrives in
// whatever order and whenever it is asked. Seeds are printed; VIGIL_SEED repeats one.

#include "case.hpp"
#include "next_change.hpp"
#include "patient.hpp"

#include "core/model/canonical.hpp"
#include "core/scores/memory.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <tuple>
#include <utility>

using namespace vigil;
using model::EventTime;
using test::Dice;
using test::Given;
using test::monitored_pressures;
using test::names_change;
using test::patient;
using test::said;

namespace {

std::vector<model::ScoreKey> keys() {
    std::vector<model::ScoreKey> out;
    for (auto const* k : {"sofa rolling",
                          "sofa now live",
                          "sofa day conventional",
                          "sofa rolling sf_302",
                          "sofa rolling no_surrogate",
                          "sofa now verbal_motor",
                          "ards_berlin rolling",
                          "ards_berlin day live",
                          "sofa2 rolling",
                          "sofa2 now",
                          "sofa2 day conventional",
                          "meld rolling",
                          "meld_na now",
                          "meld3 day",
                          "child_pugh rolling",
                          "child_pugh now conventional",
                          "isth_dic rolling",
                          "isth_dic now",
                          "sic rolling",
                          "sic now live",
                          "sic day",
                          "kdigo rolling",
                          "kdigo now",
                          "kdigo day conventional",
                          "lung_indices rolling",
                          "lung_indices now",
                          "lung_indices day",
                          "ards_global rolling",
                          "ards_global now resource_limited",
                          "ards_global day",
                          "ards_kigali rolling",
                          "ards_kigali day",
                          "rox rolling",
                          "rox now",
                          "rox day",
                          "murray rolling",
                          "murray now",
                          "murray day",
                          "eolia rolling",
                          "eolia now",
                          "eolia day",
                          "sirs rolling",
                          "sirs now",
                          "sirs day conventional",
                          "qsofa rolling",
                          "qsofa now derivation",
                          "news2 rolling",
                          "news2 now",
                          "news2 day",
                          "sepsis3 rolling",
                          "septic_shock rolling",
                          "septic_shock now",
                          "apache2 day",
                          "saps2 day",
                          "saps2 day conventional",
                          "crs rolling",
                          "crs now",
                          "crs day",
                          "icans rolling",
                          "icans now",
                          "icans day",
                          "vasoactive rolling",
                          "vasoactive now goradia_2021",
                          "vasoactive day"})
        out.push_back(test::parse_key(k));
    return out;
}

struct Place {
    std::uint64_t seed;
    int patient;
};

// The memory beside the timeline it watches, against `evaluate`.
class Watched {
public:
    Watched(model::Retention keep, EventTime opened, std::vector<model::ScoreKey> which = keys())
        : keys_{std::move(which)},
          memory_{keys_},
          brief_{keys_, scores::Memory::Evidence::unwanted},
          keep_{keep},
          opened_{opened} {}

    void arrive(Given const& g, EventTime now) {
        if (!g.placed) return;
        const auto kind = core::entry(test::rulebook(), g.signal).kind;
        memory_.insert(timeline_, g.signal, kind, g.sample, now, keep_);
        brief_.insert(brief_timeline_, g.signal, kind, g.sample, now, keep_);
    }
    void forget(EventTime now) {
        memory_.forget(timeline_, now, keep_);
        brief_.forget(brief_timeline_, now, keep_);
    }
    void open_at(EventTime t) { opened_ = t; }
    void is(std::optional<std::uint32_t> age, model::Sex sex) { std::tie(age_, sex_) = std::tuple{age, sex}; }

    void compare(EventTime at, Dice& d, Place const& where) {
        const auto who = patient_of(timeline_);
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            if (d.chance(10)) continue; // a run that is not asked every time
            const auto expected = scores::evaluate(keys_[i], who, at, test::rulebook());
            const auto got = memory_.score(i, who, at, test::rulebook());
            ++compared;
            if (core::encode(got.parts) == core::encode(expected.parts) &&
                core::encode(brief(i, at)) == core::encode(without_evidence(expected.parts)))
                continue;
            std::string stands;
            timeline_.each_sample([&](model::Signal s, model::SignalKind, model::Sample const& x) {
                stands += std::string{model::name_of(s)} + " " +
                          (x.is_word ? std::string{model::name_of(x.word)} : model::to_string(x.value)) + " @" +
                          std::to_string((x.time - test::t0).ms) + " ";
            });
            CAPTURE(where.seed, where.patient, i, (at - test::t0).ms, stands);
            REQUIRE(test::describe(got) == test::describe(expected));
            FAIL("refs or flags differ, or the answer without evidence does");
        }
    }
    // How often SOFA, which looks at no saturation where there is a gas, is not evaluated anew.
    void count_reuse(EventTime at) {
        const auto who = patient_of(timeline_);
        for (std::size_t i = 0; i < keys_.size(); ++i)
            if (std::string_view{model::name_of(keys_[i].id)}.starts_with("sofa")) {
                ++asked;
                if (!memory_.parts(i, who, at, test::rulebook()).anew) ++reused;
            }
    }
    std::vector<EventTime> dues(EventTime at) {
        const auto who = patient_of(timeline_);
        std::vector<EventTime> out;
        for (std::size_t i = 0; i < keys_.size(); ++i)
            if (const auto t = memory_.score(i, who, at, test::rulebook()).next_change) out.push_back(*t);
        return out;
    }
    std::size_t compared = 0, reused = 0, asked = 0;

private:
    scores::Patient patient_of(model::Timeline const& timeline) const {
        return {&timeline, opened_, age_, {}, nullptr, sex_};
    }
    using Parts = std::vector<model::ScorePart>;
    static Parts without_evidence(std::span<model::ScorePart const> parts) {
        Parts out{parts.begin(), parts.end()};
        for (auto& p : out) p.evidence.clear();
        return out;
    }
    Parts brief(std::size_t key, EventTime at) {
        const auto who = patient_of(brief_timeline_);
        return without_evidence(brief_.parts(key, who, at, test::rulebook()).parts);
    }

    std::vector<model::ScoreKey> keys_;
    model::Timeline timeline_;
    scores::Memory memory_;
    model::Timeline brief_timeline_;
    scores::Memory brief_; // the same without evidence
    model::Retention keep_;
    EventTime opened_;
    std::optional<std::uint32_t> age_;
    model::Sex sex_ = model::Sex::unspecified;
};

std::uint64_t seed_of_run() {
    if (char const* s = std::getenv("VIGIL_SEED")) return std::strtoull(s, nullptr, 10);
    return 20261126;
}

} // namespace

TEST_CASE("the memory answers as an evaluation from scratch: hour by hour, far behind the newest reading") {
    const auto seed = seed_of_run();
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    std::size_t compared = 0;
    for (int p = 0; p < 60; ++p) {
        const auto hours = d.of<std::int64_t>({20, 60, 260});
        auto given = patient(d, hours, d.within(10, 150));
        std::stable_sort(given.begin(), given.end(),
                         [](Given const& a, Given const& b) { return a.sample.time < b.sample.time; });
        auto keep = test::rulebook().retention;
        const auto behind = model::hours(d.of<std::int64_t>({0, 5, 72}));
        keep.keep_whole = keep.keep_whole + behind;
        keep.keep_creatinine = keep.keep_creatinine + behind;
        keep.keep_minutes = keep.keep_minutes + behind;
        keep.raw_samples = d.chance(50) ? 40 : 2'000;
        const auto start = test::t0 - model::hours(hours);
        Watched w{keep, start};
        if (d.chance(50)) w.is(60, model::Sex::female);
        auto at = start;
        for (auto const& g : given) {
            for (; at <= g.sample.time - behind; at = at + model::hours(1)) w.compare(at, d, {seed, p});
            if (d.chance(20)) w.forget(g.sample.time);
            w.arrive(g, g.sample.time);
        }
        for (; at <= test::t0 + model::hours(50); at = at + model::hours(1)) w.compare(at, d, {seed, p});
        compared += w.compared;
    }
    CHECK(compared > 40'000);
}

TEST_CASE("the memory answers as an evaluation from scratch: a monitored line and cuff, as their window moves on") {
    const auto seed = seed_of_run() + 2;
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    for (int p = 0; p < 8; ++p) {
        constexpr std::int64_t hours = 60;
        auto given = monitored_pressures(d, hours);
        std::stable_sort(given.begin(), given.end(),
                         [](Given const& a, Given const& b) { return a.sample.time < b.sample.time; });
        const auto start = test::t0 - model::hours(hours);
        Watched w{test::rulebook().retention, start};
        auto at = start;
        std::optional<Given> late;
        for (auto const& g : given) {
            for (; at <= g.sample.time; at = at + model::minutes(d.within(1, 25)) + model::Duration{d.below(60'000)})
                w.compare(at, d, {seed, p});
            if (d.chance(1) && !late) {
                late = g;
                continue;
            }
            w.arrive(g, g.sample.time);
            if (late && d.chance(3)) w.arrive(*std::exchange(late, std::nullopt), g.sample.time);
        }
        for (; at <= test::t0 + model::hours(30); at = at + model::minutes(d.within(1, 60)))
            w.compare(at, d, {seed, p});
    }
}

TEST_CASE("the memory answers as an evaluation from scratch: any order of arrival, any instants") {
    const auto seed = seed_of_run() + 1;
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    for (int p = 0; p < 150; ++p) {
        const auto hours = d.of<std::int64_t>({3, 30, 120});
        auto given = patient(d, hours, d.within(5, 60));
        const auto repeats = given.size();
        for (std::size_t i = 0; i < repeats; ++i)
            if (d.chance(15)) given.push_back(given[i]);
        Watched w{test::rulebook().retention, test::t0 - model::hours(hours)};
        auto at = test::t0 - model::hours(hours);
        while (!given.empty()) {
            const auto next = static_cast<std::size_t>(d.below(static_cast<std::int64_t>(given.size())));
            w.arrive(given[next], std::max(at, given[next].sample.time));
            given[next] = given.back();
            given.pop_back();
            if (d.chance(30)) at = at + model::minutes(d.within(0, 90)) + model::Duration{d.below(3)};
            if (d.chance(3)) at = at - model::hours(d.within(1, 20));
            if (d.chance(3)) w.open_at(test::t0 - model::hours(hours + d.within(0, 9)));
            if (d.chance(3)) w.is(60, d.of<model::Sex>({model::Sex::unspecified, model::Sex::male}));
            if (d.chance(5)) w.forget(at);
            if (d.chance(50)) w.compare(at, d, {seed, p});
        }
        // Then nothing arrives any more; each instant that is named, the last before it, and others.
        for (int i = 0; i < 60; ++i) {
            const auto dues = w.dues(at);
            auto next = at + model::minutes(d.within(1, 300));
            if (!dues.empty() && d.chance(70)) {
                next = d.of(dues);
                if (d.chance(40)) w.compare(std::max(at, next - model::Duration{1}), d, {seed, p});
            }
            at = std::max(at, next);
            w.compare(at, d, {seed, p});
        }
    }
}

TEST_CASE(
    "the memory answers as an evaluation from scratch: the first day, its end, and results of it that come late") {
    const auto seed = seed_of_run() + 3;
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    std::vector<model::ScoreKey> first_day;
    for (auto const& k : keys())
        if (!scores::offers(k.id, model::Product::rolling)) first_day.push_back(k);
    REQUIRE(first_day.size() == 3);
    for (int p = 0; p < 200; ++p) {
        auto given = patient(d, 30, d.within(10, 200));
        std::stable_sort(given.begin(), given.end(),
                         [](Given const& a, Given const& b) { return a.sample.time < b.sample.time; });
        const auto start = test::t0 - model::hours(26) - model::Duration{d.below(3'600'000)};
        const auto end = start + model::hours(24);
        Watched w{test::rulebook().retention, start, first_day};
        if (d.chance(70)) w.is(60, d.of<model::Sex>({model::Sex::unspecified, model::Sex::male}));
        std::vector<Given> late;
        auto at = start - model::minutes(10);
        for (auto const& g : given) {
            for (; at <= g.sample.time; at = at + model::minutes(d.within(1, 50)) + model::Duration{d.below(60'000)}) {
                w.compare(at, d, {seed, p});
                while (!late.empty() && d.chance(30)) {
                    w.arrive(late.back(), std::max(at, late.back().sample.time));
                    late.pop_back();
                }
                if (d.chance(10)) w.forget(at);
                // To the millisecond, where it ends.
                for (auto t : {end - model::Duration{1}, end, end + model::hours(1) - model::Duration{1}})
                    if (t > at && t - at < model::minutes(30)) w.compare(at = t, d, {seed, p});
            }
            if (d.chance(10))
                late.push_back(g);
            else
                w.arrive(g, g.sample.time);
        }
        for (; at <= end + model::hours(2); at = at + model::minutes(d.within(1, 30))) w.compare(at, d, {seed, p});
    }
}

TEST_CASE("next_change names every instant at which a score of the first day changes") {
    const auto seed = seed_of_run() + 4;
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    std::size_t compared = 0;
    for (int p = 0; p < 150; ++p) {
        const auto given = patient(d, 30, d.within(5, 60));
        const auto t = test::timeline_of(given);
        const scores::Patient who{&t,      test::t0 - model::hours(26) - model::minutes(d.below(60)),    50, {},
                                  nullptr, d.of<model::Sex>({model::Sex::unspecified, model::Sex::male})};
        for (auto const& key : {test::parse_key("apache2 day"), test::parse_key("saps2 day")})
            for (auto at = who.opened - model::minutes(5); at < test::t0 + model::hours(2);) {
                const auto now = scores::evaluate(key, who, at, test::rulebook());
                const auto named = now.next_change.value_or(at + model::hours(100));
                for (auto const& t2 : {at + model::Duration{1}, named - model::Duration{1},
                                       at + model::Duration{d.below((named - at).ms)}}) {
                    if (t2 <= at || t2 >= named) continue;
                    const auto then = scores::evaluate(key, who, t2, test::rulebook());
                    ++compared;
                    if (said(then) == said(now)) continue;
                    CAPTURE(seed, p, model::name_of(key.id), (at - test::t0).ms, (t2 - at).ms, (named - t2).ms);
                    CHECK(test::describe(then) == test::describe(now));
                }
                at = std::min(named, at + model::minutes(d.within(20, 90)));
            }
    }
    CHECK(compared > 5'000);
}

TEST_CASE("next_change names when only a sedative nobody has heard of is left") {
    names_change("-40h midazolam 2; -41h gcs_total 15; -2h..-10min/10min propofol 1; 0 propofol 0", "sofa now live",
                 "0", "+1ms");
}

TEST_CASE("next_change names when sedation that was known up to the question leaves the window") {
    names_change("-40h midazolam 2; -41h gcs_total 15; -2h..-10min/10min propofol 1; 0 propofol 0", "sofa rolling", "0",
                 "+24h");
}

TEST_CASE("next_change names when a volume collected over hours begins to count, and when it is forgotten") {
    names_change("-2h uo 20 until=+1h; -23h uo 30 until=-2h", "sofa rolling", "0", "+1h");
    names_change("-20h uo_day 90 until=+4h", "sofa rolling", "0", "+4h");
    names_change("-20h uo_day 90 until=+4h", "sofa now", "0", "+4h");
    // Forgotten as too long ago, it no longer tells how long the next volume was collected.
    names_change("-71h uo 500 until=-51h; -45h-30min uo 600; -45h..-22h/1h uo 10", "sofa rolling", "+1h", "+1h+1ms");
}

TEST_CASE("next_change names when a circuit ends, leaves the window, or is no longer told from one that never was") {
    names_change("-30h ecls vv; -20h ecls vv until=+5h", "ards_berlin", "0", "+5h");
    names_change("-10h rrt crrt; 0 rrt ended", "sofa rolling live", "0", "+24h-1ms");
    names_change("-2h rrt crrt until=0", "sofa rolling live", "0", "+24h-1ms");
}

TEST_CASE("next_change names when the median of a quarter hour loses its first saturation") {
    names_change("-2h fio2 50, resp_device imv; -2h+1min spo2 95; -2h+2min spo2 90; -2h+3min spo2 80", "sofa rolling",
                 "0", "+22h+1min");
}

TEST_CASE("next_change names when it is no longer known how oxygenation was in the week after an insult") {
    names_change(
        "-164h ards_onset known; -164h ards_imaging bilateral, ards_origin not_cardiac; +90h pao2 80, fio2 50, "
        "resp_device imv, peep_set 8",
        "ards_berlin", "+100h", "+104h+1ms");
}

TEST_CASE("next_change names when what the lung told is too old, leaves the window, or is of another week") {
    const std::string high_flow = "-3h resp_device hfno; 0 spo2 92, fio2_set 60, rr 30";
    names_change(high_flow, "rox now", "0", "+5min+1ms");
    names_change(high_flow, "rox rolling", "0", "+24h");
    names_change("0 pplat 28, peep_set 10, resp_device imv", "lung_indices now", "0", "+4h+1ms");
    names_change("-12h..0/2h fio2_set 100, resp_device imv; -4h..0/1h pao2 48", "eolia now", "0", "+2h+1ms");
    names_change("0 spo2 90, fio2_set 40, resp_device imv", "ards_global", "0", "+24h");
    names_change("-2h peep_set 8, resp_device imv; 0 cxr_quadrants 2", "murray now", "0", "+2h+1ms");
}

TEST_CASE("next_change names when a cell product, or what was attested of it, says something else") {
    const std::string fever = "; -1h temp 39, resp_device room_air";
    names_change("-30h cell_product immune_effector; -19h crs_status other_cause" + fever, "crs", "0", "+5h+1ms");
    names_change("-335h cell_product immune_effector" + fever, "crs", "0", "+1h+1ms");
    names_change("-30h cell_product immune_effector; -19h crs_status confirmed" + fever, "crs", "0", "+23h");
    // Nobody is woken because a window moves on.
    const auto t = test::timeline_of(
        test::parse_input("-30h cell_product immune_effector; -19h crs_status confirmed; -15min temp 39, "
                          "norepinephrine 0.1, resp_device nasal_cannula, o2_flow 2"));
    const scores::Patient who{&t, test::t0 - model::hours(200), {}, {}};
    for (auto const* key : {"crs", "crs now", "crs day", "icans", "icans now"}) {
        const auto next = scores::evaluate(test::parse_key(key), who, test::t0, test::rulebook()).next_change;
        CHECK((!next || *next > test::t0 + model::minutes(30)));
    }
    names_change("-30h cell_product immune_effector; -20h icans_status confirmed; -1h ice_total 8", "icans", "0",
                 "+23h");
}

TEST_CASE("next_change names every instant at which a value changes") {
    const auto seed = seed_of_run() + 2;
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    std::size_t compared = 0;
    for (int p = 0; p < 150; ++p) {
        const auto hours = d.of<std::int64_t>({3, 30, 120});
        const auto given = patient(d, hours, d.within(5, 60));
        const auto t = test::timeline_of(given);
        const auto sex = d.of<model::Sex>({model::Sex::unspecified, model::Sex::male});
        const scores::Patient who{&t, test::t0 - model::hours(hours), 50, {}, nullptr, sex};
        // Where something begins, ends, leaves a window or grows old, to the millisecond.
        std::vector<EventTime> edges;
        for (auto const& g : given)
            for (auto from : {g.sample.time, g.sample.until.value_or(g.sample.time)})
                for (auto later : {0, 1, 6, 12, 24, 36, 48, 72, 168})
                    edges.push_back(from + model::hours(later) + model::Duration{d.within(-1, 1)});
        for (auto const& key : keys())
            for (int i = 0; i < 40; ++i) {
                const auto at = d.of(edges);
                const auto now = scores::evaluate(key, who, at, test::rulebook());
                const auto named = now.next_change.value_or(at + model::hours(100));
                for (auto const& t2 : {at + model::Duration{1}, named - model::Duration{1},
                                       at + model::Duration{d.below((named - at).ms)}}) {
                    if (t2 <= at || t2 >= named) continue;
                    const auto then = scores::evaluate(key, who, t2, test::rulebook());
                    ++compared;
                    if (said(then) == said(now)) continue;
                    CAPTURE(seed, p, i, model::name_of(key.id), model::name_of(key.product), (at - test::t0).ms,
                            (t2 - at).ms, (named - t2).ms);
                    CHECK(test::describe(then) == test::describe(now));
                }
            }
    }
    CHECK(compared > 80'000);
}

TEST_CASE("what was not looked at is not evaluated again") {
    const auto given = test::parse_input("-20h plt 90, bili 3, crea 2, pao2 80, fio2 50, resp_device imv, map 66, "
                                         "gcs_total 14; -10h..0/1h spo2 93");
    Watched w{test::rulebook().retention, test::t0 - model::hours(20)};
    for (auto const& g : given) w.arrive(g, test::t0);
    for (auto at = test::t0 - model::hours(9); at <= test::t0; at = at + model::hours(1)) w.count_reuse(at);
    // The gas decides, so that no saturation is looked at: only `now` and its fresh limits are.
    CHECK(w.reused * 3 > w.asked);
}
