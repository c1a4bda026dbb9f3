// A day of vital signs read by whole blocks says what the same day says read minute by minute: points, bounds, deciding
// readings, flags and what was refused. Seeds are printed; VIGIL_SEED repeats one.

#include "case.hpp"
#include "patient.hpp"

#include "core/scores/minute_course.hpp"
#include "core/scores/vitals.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <random>

using namespace vigil;
using model::Decimal;
using model::Duration;
using model::EventTime;
using model::Minute;
using model::Reason;
using model::Signal;

namespace {

const EventTime begin{1'750'000'020'000};
constexpr std::int64_t day_and_more = 28 * 60; // minutes

// Six readings a minute of a rate that wanders over the cut-points of a pulse, with gaps, single readings, minutes of
// another precision, probes off (nothing but extremes) and minutes that arrive late.
class Rate {
public:
    Rate(std::uint64_t seed, bool sparse)
        : dice_{seed},
          sparse_{sparse},
          value_{dice_.of(std::vector<std::int64_t>{45, 60, 75, 88, 92, 108, 112, 128, 133})},
          calm_{dice_.within(0, 3)} {}

    void put(model::Timeline& timeline, Signal signal) {
        std::vector<std::int64_t> late;
        for (std::int64_t i = 0; i < day_and_more; ++i) {
            if (dice_.below(1'000) < 4) i += dice_.within(1, sparse_ ? 300 : 6);
            value_ = std::clamp(value_ + dice_.within(-calm_, calm_), std::int64_t{38}, std::int64_t{140});
            const auto now = begin + model::minutes(i + 1);
            if (dice_.below(1'000) < 4) {
                late.push_back(i);
                continue;
            }
            minute(timeline, signal, i, now);
            if (late.empty() || !dice_.chance(1)) continue;
            for (auto l : late) minute(timeline, signal, l, now);
            late.clear();
        }
        for (auto l : late) minute(timeline, signal, l, begin + model::minutes(day_and_more));
    }

private:
    void minute(model::Timeline& timeline, Signal signal, std::int64_t i, EventTime now) {
        const bool off = off_ > 0 || dice_.below(1'000) < 3, doubted = dice_.below(1'000) < 4;
        off_ = off_ > 0 ? off_ - 1 : off ? dice_.within(0, 2) : 0;
        const bool precise = dice_.below(1'000) < 3;
        const auto readings = dice_.below(1'000) < 3 ? 1 : 6;
        for (int n = 0; n < readings; ++n) {
            model::Sample s;
            s.time = s.message_time = begin + model::minutes(i) + Duration{dice_.within(0, 9) + n * 10'000};
            const auto v = off ? dice_.within(0, 8) : value_ + dice_.within(-1, 1);
            s.value = precise ? Decimal{v * 10 + 5, 1} : Decimal{v, 0};
            s.unit = model::Unit::per_min;
            s.suspect = off || doubted || dice_.below(1'000) < 3;
            s.ref = {++inserted_, 0};
            timeline.insert(signal, model::SignalKind::monitor, s, std::max(s.time, now), keep_);
        }
    }

    test::Dice dice_;
    bool sparse_;
    std::int64_t value_, calm_, off_ = 0;
    model::Retention keep_;
    std::uint64_t inserted_ = 0;
};

// Some hours of the day cannot be used.
struct Unusable {
    std::int64_t from = 0, to = 0; // minutes
    bool covers(std::int64_t m) const { return from <= m && m < to; }
};

scores::Source source(Signal signal, Unusable unusable, bool scoring_only) {
    scores::Source out{signal, [unusable](Minute const& m) {
                           return unusable.covers(m.minute) ? Reason::not_testable : Reason::none;
                       }};
    out.scoring_only = scoring_only;
    out.refuses_all = [unusable](std::int64_t first, std::int64_t last) -> std::optional<Reason> {
        if (unusable.covers(first) && unusable.covers(last)) return Reason::not_testable;
        if (last < unusable.from || first >= unusable.to) return Reason::none;
        return std::nullopt;
    };
    return out;
}

void check_same(scores::Finding const& a, scores::Finding const& b) {
    CHECK(a.told == b.told);
    CHECK(a.decides == b.decides);
    CHECK(a.points.lower == b.points.lower);
    CHECK(a.points.upper == b.points.upper);
    CHECK(a.side == b.side);
    CHECK(a.time == b.time);
    CHECK(std::equal(a.flags.begin(), a.flags.end(), b.flags.begin(), b.flags.end()));
    CHECK(a.refused == b.refused);
    REQUIRE(a.evidence.size() == b.evidence.size());
    for (std::size_t i = 0; i < a.evidence.size(); ++i) {
        CHECK(a.evidence[i].time == b.evidence[i].time);
        CHECK(a.evidence[i].reported == b.evidence[i].reported);
        CHECK(a.evidence[i].verdict == b.evidence[i].verdict);
        CHECK(a.evidence[i].reason == b.evidence[i].reason);
    }
}

} // namespace

TEST_CASE("a day of vital signs read by blocks says what it says minute by minute") {
    std::random_device entropy;
    auto const* given = std::getenv("VIGIL_SEED");
    const auto first = given != nullptr ? std::strtoull(given, nullptr, 10) : entropy();
    std::cout << "seed " << first << '\n';
    auto const& rules = test::rulebook();
    auto const& table = scores::columns_of(rules.tables.news2.columns, model::Part::pulse, Signal::hr).front();
    const scores::ScalesAt by_minute = [&](EventTime) { return scores::Scales{&table, &table}; };
    std::array<std::size_t, 4> seen{}; // by points
    for (std::uint64_t seed = first; seed < first + (given != nullptr ? 1 : 60); ++seed) {
        model::Timeline timeline;
        test::Dice dice{seed};
        Rate{seed * 2, dice.chance(50)}.put(timeline, Signal::hr);
        if (dice.chance(70)) Rate{seed * 2 + 1, false}.put(timeline, Signal::pulse);
        const auto start = model::minute_of(begin);
        const auto unusable = [&] {
            const auto from = start + dice.within(0, day_and_more);
            return dice.chance(50) ? Unusable{from, from + dice.within(1, 900)} : Unusable{};
        };
        const std::array sources = {source(Signal::hr, unusable(), dice.chance(50)),
                                    source(Signal::pulse, unusable(), dice.chance(50))};
        const scores::Patient patient{&timeline, begin, std::nullopt, std::nullopt, nullptr};
        for (int i = 0; i < 20; ++i) {
            auto at = begin + model::hours(4) + Duration{dice.below(86'000'000)};
            if (i % 3 == 0) at = model::start_of_minute(model::minute_of(at));
            const auto product = i % 5 == 0   ? model::Product::day
                                 : i % 5 == 1 ? model::Product::now
                                              : model::Product::rolling;
            auto blocks = ask({model::ScoreId::news2, product, {}, {}}, patient, at, rules), minutes = blocks;
            blocks.whole_minutes = minutes.whole_minutes = i % 7 == 0;
            CAPTURE(seed, i, (at - begin).ms);
            const auto a = scores::vital_sign(blocks, sources, table),
                       b = scores::vital_sign(minutes, sources, by_minute);
            check_same(a, b);
            // Asked again no later than where something can change.
            if (minutes.due.next()) CHECK((blocks.due.next() && *blocks.due.next() <= *minutes.due.next()));
            if (a.told) ++seen[static_cast<std::size_t>(a.points.lower)];
        }
    }
    if (given == nullptr)
        for (auto n : seen) CHECK(n > 20);
    std::cout << seen[0] << ", " << seen[1] << ", " << seen[2] << " and " << seen[3] << " questions of 0 to 3 points\n";
}

TEST_CASE("what a stream told at many instants, read once, is what it tells when asked for each") {
    auto const& rules = test::rulebook();
    std::size_t told = 0, silent = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        CAPTURE(seed);
        model::Timeline timeline;
        Rate{seed, seed % 2 == 0}.put(timeline, Signal::hr);
        const scores::Patient patient{&timeline, begin, std::nullopt, std::nullopt, nullptr};
        const auto at = begin + model::minutes(day_and_more);
        const auto q = ask({model::ScoreId::news2, model::Product::rolling, {}, {}}, patient, at, rules);
        const auto age = model::minutes(30);
        const scores::MinuteCourse course{q, Signal::hr, q.after, age};
        test::Dice dice{seed};
        for (int i = 0; i < 2'000; ++i) {
            auto t = q.after + Duration{1 + dice.below((at - q.after).ms)};
            if (i % 3 == 0) t = model::start_of_minute(model::minute_of(t));
            const auto once = course.latest(t), asked = timeline.latest(Signal::hr, t, age);
            CAPTURE((t - begin).ms);
            REQUIRE(once.has_value() == asked.has_value());
            ++(once ? told : silent);
            if (!once) continue;
            CHECK(once->time == asked->time);
            CHECK(once->value == asked->value);
            CHECK(once->ref == asked->ref);
            CHECK(once->suspect == asked->suspect);
        }
    }
    CHECK(told > 1'000);
    CHECK(silent > 100);
}
