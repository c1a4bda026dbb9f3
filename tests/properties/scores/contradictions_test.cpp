// Readings that contradict each other: what the memory answers, and what a timeline answers that forgets, is what an
// evaluation from scratch of everything answers. Cuffs, lines and analysers' own P/F come late, are withdrawn and leave
// the window. Seeds are printed; VIGIL_SEED repeats one.

#include "case.hpp"
#include "patient.hpp"

#include "core/model/canonical.hpp"
#include "core/scores/memory.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <limits>

using namespace vigil;
using model::EventTime;
using test::Dice;
using test::Given;

namespace {

std::uint64_t seed_of_run() {
    if (char const* s = std::getenv("VIGIL_SEED")) return std::strtoull(s, nullptr, 10);
    return 20261129;
}

std::string at_second(std::int64_t minutes, std::int64_t seconds) {
    return "-" + std::to_string(minutes) + "min+" + std::to_string(seconds) + "s ";
}

// A cuff every few minutes beside a line that is told now and then or each minute, and gases with a ratio of their own
// before or after them.
std::vector<Given> contradicting(Dice& d, std::int64_t hours) {
    std::string text = "-" + std::to_string(hours) + "h resp_device imv, peep_set 8, cell_product immune_effector";
    for (auto minute = hours * 60; minute > 0;) {
        const auto every = d.of<std::int64_t>({3, 10, 15, 40}), line = d.of<std::int64_t>({1, 2, 5, 8, 90});
        const auto apart = d.of<std::int64_t>({0, 0, 23, -23});
        const auto lasts = std::min(minute, d.within(30, 400));
        for (std::int64_t i = 0; i < lasts; ++i) {
            const auto at = minute - i;
            if (i % every == 0) {
                const auto mean = 80 + apart + d.within(-3, 3);
                const auto when = "; " + at_second(at, d.below(60));
                if (d.chance(75)) text += when + "nibp_map " + std::to_string(mean);
                if (d.chance(40))
                    text += when + "nibp_sbp " + std::to_string(mean + 20) + ", nibp_dbp " + std::to_string(mean - 10);
            }
            if (i % line == 0) {
                const auto mean = d.chance(4) ? 230 : 80;
                text += "; " + at_second(at, d.below(60)) + "map " + std::to_string(mean);
                if (d.chance(20)) text += ", sbp " + std::to_string(mean + 30) + ", dbp " + std::to_string(mean - 5);
            }
            if (d.chance(1)) text += "; " + at_second(at, d.below(60)) + "fio2_set 50, pao2 60";
            if (d.chance(3)) text += "; " + at_second(at, d.below(60)) + "pf_device " + d.n(80, 180);
            if (d.below(1'500) == 0) text += "; " + at_second(at, 0) + d.of<std::string>({"ecls va", "ecls ended"});
        }
        minute -= lasts + d.of<std::int64_t>({0, 0, 30, 100});
    }
    auto given = test::parse_input(text);
    std::stable_sort(given.begin(), given.end(),
                     [](Given const& a, Given const& b) { return a.sample.time < b.sample.time; });
    return given;
}

std::vector<model::ScoreKey> keys() {
    std::vector<model::ScoreKey> out;
    for (auto const* k : {"sofa rolling", "sofa now", "sofa day", "sofa2 rolling", "sofa2 now", "crs rolling",
                          "ards_berlin rolling", "ards_global now", "lung_indices rolling", "lung_indices now",
                          "murray rolling", "eolia rolling", "sic rolling"})
        out.push_back(test::parse_key(k));
    return out;
}

constexpr model::Retention everything{model::hours(24 * 800), model::hours(24 * 800), model::minutes(1),
                                      model::minutes(2), 32};

} // namespace

TEST_CASE("what contradicts is remembered, forgotten and found late as if all of it were looked at each time") {
    const auto seed = seed_of_run();
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    auto const& rules = test::rulebook();
    const auto all = keys();
    std::size_t pressures = 0, ratios = 0, compared = 0;
    // Each score alone, as what another one reads would wake it; then all of them.
    for (std::size_t p = 0; p < 4 * all.size(); ++p) {
        const auto asked = p < 3 * all.size() ? std::vector{all[p % all.size()]} : all;
        const auto hours = d.of<std::int64_t>({30, 60, 110});
        const auto opened = test::t0 - model::hours(hours);
        scores::Memory memory{asked};
        model::Timeline watched, whole;
        std::vector<Given> late;
        const auto arrive = [&](Given const& g, EventTime now) {
            if (!g.placed) return;
            const auto kind = core::entry(rules, g.signal).kind;
            memory.insert(watched, g.signal, kind, g.sample, now, rules.retention);
            whole.insert(g.signal, kind, g.sample, now, everything);
        };
        const auto compare = [&](EventTime at) {
            for (std::size_t i = 0; i < asked.size(); ++i) {
                if (d.chance(30)) continue;
                const auto got = memory.score(i, {&watched, opened, {}, {}}, at, rules);
                const auto expected = scores::evaluate(asked[i], {&whole, opened, {}, {}}, at, rules);
                ++compared;
                CAPTURE(seed, p, i, (at - test::t0).ms);
                if (core::encode(got.parts) != core::encode(expected.parts))
                    REQUIRE(test::describe(got) == test::describe(expected));
                for (auto const& part : got.parts) {
                    pressures += part.flags.has(model::Flag::cuff_line_apart) ? 1U : 0U;
                    ratios += part.flags.has(model::Flag::device_pf_disagrees) ? 1U : 0U;
                }
            }
        };
        auto at = opened;
        const auto given = contradicting(d, hours);
        for (auto const& g : given) {
            for (; at <= g.sample.time; at = at + model::minutes(d.within(1, 40)) + model::Duration{d.below(60'000)}) {
                compare(at);
                if (d.chance(10)) memory.forget(watched, at, rules.retention);
                while (!late.empty() && d.chance(40)) {
                    const auto now = std::max(at, late.back().sample.time);
                    arrive(late.back(), now);
                    late.pop_back();
                }
            }
            if (d.chance(6))
                late.push_back(g);
            else
                arrive(g, g.sample.time);
        }
        for (; at <= test::t0 + model::hours(75); at = at + model::minutes(d.within(1, 150))) {
            compare(at);
            memory.forget(watched, at, rules.retention);
        }
    }
    std::cout << compared << " compared, cuff and line apart in " << pressures << ", a ratio of its own in " << ratios
              << '\n';
    CHECK(pressures > 1'000);
    CHECK(ratios > 1'000);
}
