// The greatest sum of doses that ran at one time is what somebody finds who writes down every minute what runs. Seeds
// are printed; VIGIL_SEED repeats one.

#include "case.hpp"
#include "patient.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>

using namespace vigil;
using test::Dice;

namespace {

std::uint64_t seed_of_run() {
    if (char const* s = std::getenv("VIGIL_SEED")) return std::strtoull(s, nullptr, 10);
    return 20261127;
}

constexpr std::int64_t stay = 40 * 60; // minutes up to the instant asked for

// Thousandths of a unit a minute, one for each minute of the stay and one for the instant asked for.
using Minutes = std::vector<std::int64_t>;

struct Drug {
    char const* name;
    std::int64_t most;   // thousandths
    std::int64_t factor; // ten-thousandths of norepinephrine
};
constexpr Drug drugs[] = {{"norepinephrine", 400, 10'000},
                          {"phenylephrine", 3'000, 600},
                          {"vasopressin", 60, 25'000},
                          {"dobutamine", 9'000, 0}};

std::string thousandths(std::int64_t n) { return model::to_string(model::Decimal{n, 3}); }

// Nothing for less than six minutes: neither boluses nor pauses.
Minutes course(Dice& d, Drug const& drug, std::string& text) {
    Minutes out(stay + 1, 0);
    for (std::int64_t t = d.below(600); t < stay - 2;) {
        const bool stops = d.chance(30);
        const auto rate = stops ? 0 : 1 + d.below(drug.most);
        const auto until = std::min(t + 6 + d.below(d.chance(50) ? 70 : 200), stay - 2);
        if (until - t < 6) break;
        std::fill(out.begin() + t, out.end(), rate);
        text += "; -" + std::to_string(stay - t) + "min " + drug.name + " " + thousandths(rate);
        t = until;
    }
    text += std::string{"; 0 "} + drug.name + " " + thousandths(out.back());
    return out;
}

// Without what ran for less than an hour.
Minutes counting(Minutes rates) {
    for (std::size_t from = 0; from < rates.size();) {
        if (rates[from] == 0) {
            ++from;
            continue;
        }
        auto to = from;
        while (to + 1 < rates.size() && rates[to + 1] > 0) ++to;
        // It ends where the next minute is without, or has gone on up to the instant asked for.
        const auto length = to + 1 < rates.size() ? to + 1 - from : to - from;
        if (length < 60)
            std::fill(rates.begin() + static_cast<std::ptrdiff_t>(from),
                      rates.begin() + static_cast<std::ptrdiff_t>(to) + 1, 0);
        from = to + 1;
    }
    return rates;
}

} // namespace

TEST_CASE("the greatest dose and the greatest sum are those of some minute") {
    const auto seed = seed_of_run();
    std::cout << "seed " << seed << '\n';
    Dice d{seed};
    const auto key = test::parse_key("vasoactive");
    std::size_t told = 0, below_sum = 0;
    for (int p = 0; p < 400; ++p) {
        std::string text = "-40h weight 80";
        std::vector<Minutes> all;
        for (auto const& drug : drugs) all.push_back(counting(course(d, drug, text)));
        const auto t = test::timeline_of(test::parse_input(text));
        const auto s = scores::evaluate(key, {&t, test::t0 - model::hours(48), {}, {}}, test::t0, test::rulebook());
        const auto value = [&](char const* name) {
            const auto part = model::parse_part(name);
            return std::find_if(s.parts.begin(), s.parts.end(), [&](auto const& x) { return x.part == part; })->value;
        };
        CAPTURE(seed, p, text);
        INFO(test::describe(s));
        std::int64_t greatest = 0, apart = 0; // ten-millionths
        for (std::size_t minute = stay - 24 * 60; minute <= stay; ++minute) {
            std::int64_t sum = 0;
            for (std::size_t i = 0; i < all.size(); ++i) sum += all[i][minute] * drugs[i].factor;
            greatest = std::max(greatest, sum);
        }
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto most = *std::max_element(all[i].begin() + (stay - 24 * 60), all[i].end());
            apart += most * drugs[i].factor;
            if (most > 0) CHECK(value(drugs[i].name) == model::Decimal{most, 3});
        }
        if (greatest == 0) continue; // 0, or nothing yet
        CHECK(value("ne_equivalent") == model::Decimal{(greatest + 5'000) / 10'000, 3});
        ++told;
        below_sum += greatest < apart ? 1 : 0;
    }
    CHECK(told > 300);
    CHECK(below_sum > 100);
}
