// What is thinned or summed up answers as if it stood whole: settings said again, and what lies beyond the soft limits.

#include "case.hpp"

#include "core/model/canonical.hpp"

#include <catch2/catch.hpp>
#include <initializer_list>
#include <random>

using namespace vigil;
using model::Signal;

namespace {

class Dice {
public:
    explicit Dice(std::uint64_t seed)
        : engine_{seed} {}
    std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(n)); }
    template <class T>
    T of(std::initializer_list<T> v) {
        return v.begin()[below(static_cast<std::int64_t>(v.size()))];
    }

private:
    std::mt19937_64 engine_;
};

model::Retention keeping(bool thinned) {
    auto keep = test::rulebook().retention;
    if (!thinned) keep.raw_samples = 100'000;
    return keep;
}

} // namespace

TEST_CASE("oxygen set again on the next device is that one's, also once repeats are thinned") {
    Dice d{20261121};
    auto const& rules = test::rulebook();
    std::size_t paired = 0;
    for (int p = 0; p < 200; ++p) {
        std::string input = "-5h resp_device niv";
        for (int i = 0; i < 12; ++i) {
            const auto ago = std::to_string(1 + d.below(300)) + "min";
            input += "; -" + ago + (d.of({" pao2 70", " pao2 70", " resp_device imv", " resp_device niv"}));
        }
        auto whole = test::timeline_of(test::parse_input(input), rules), thinned = whole;
        const auto begin = test::t0 - model::hours(5);
        const auto every = d.of({1, 2, 4});
        std::int64_t percent = 100;
        for (std::int64_t i = 0; i < 300; i += every) {
            if (d.below(40) == 0) percent = d.of({60, 100});
            model::Sample s;
            s.time = s.message_time = begin + model::minutes(i);
            s.value = {percent, 0};
            s.unit = model::Unit::percent;
            whole.insert(Signal::fio2_set, model::SignalKind::setting, s, s.time, keeping(false));
            thinned.insert(Signal::fio2_set, model::SignalKind::setting, s, s.time, keeping(true));
        }
        CHECK(thinned.standing(Signal::fio2_set) < whole.standing(Signal::fio2_set));
        for (auto const* name : {"sofa", "sofa2", "sofa now"}) {
            const auto key = test::parse_key(name);
            const auto one = scores::evaluate(key, {&whole, begin, {}, {}}, test::t0, rules),
                       two = scores::evaluate(key, {&thinned, begin, {}, {}}, test::t0, rules);
            CAPTURE(p, name, input, every);
            CHECK(test::describe(one) == test::describe(two));
            for (auto const& part : one.parts) paired += part.part == model::Part::resp && part.points == 4 ? 1 : 0;
        }
    }
    CHECK(paired > 100);
}

TEST_CASE("pressures and saturations beyond their soft limits say the same once their minutes are summed up") {
    Dice d{20261122};
    auto const& rules = test::rulebook();
    std::size_t extreme = 0;
    for (int p = 0; p < 60; ++p) {
        model::Timeline a, b;
        const auto begin = test::t0 - model::minutes(50);
        const auto every = d.of({2, 10, 60});
        bool low = false;
        for (std::int64_t i = 0; i < 50 * 60; i += every) {
            if (d.below(180 / every + 1) == 0) low = d.below(100) < 40;
            const auto put = [&](Signal signal, model::Unit unit, std::int64_t value) {
                model::Sample s;
                s.time = s.message_time = begin + model::seconds(i);
                s.value = {value, 0};
                s.unit = unit;
                auto const& soft = core::entry(rules, signal).soft_low;
                s.suspect = soft && s.value < *soft;
                a.insert(signal, model::SignalKind::monitor, s, s.time, keeping(false));
                b.insert(signal, model::SignalKind::monitor, s, s.time, keeping(true));
            };
            const auto map = low ? 22 + d.below(12) : 75 + d.below(6);
            put(Signal::map, model::Unit::mmHg, map);
            put(Signal::sbp, model::Unit::mmHg, map + 8);
            put(Signal::dbp, model::Unit::mmHg, map - 4);
            put(Signal::spo2, model::Unit::percent, low ? 64 + d.below(8) : 93);
            put(Signal::fio2, model::Unit::percent, 60);
        }
        for (auto const* name : {"sofa", "sofa now", "sofa2", "sofa2 now", "sofa2 day", "lung_indices", "crs"})
            for (const std::int64_t minute : {0, 2, 5, 20}) {
                const auto key = test::parse_key(name);
                const auto at = test::t0 + model::minutes(minute);
                const auto one = scores::evaluate(key, {&a, begin, {}, {}}, at, rules),
                           two = scores::evaluate(key, {&b, begin, {}, {}}, at, rules);
                CAPTURE(p, minute, every, name);
                CHECK(test::describe(one) == test::describe(two));
                for (auto const& part : one.parts) extreme += part.flags.has(model::Flag::extreme_verify) ? 1 : 0;
            }
    }
    CHECK(extreme > 100);
}

TEST_CASE("a saturation in the one badly perfused minute of a stay does not count, wherever the minute stands") {
    auto const& rules = test::rulebook();
    const auto key = test::parse_key("news2");
    const auto begin = test::t0 - model::minutes(240);
    for (std::int64_t low = 40; low < 110; ++low) {
        model::Timeline whole, summed;
        for (std::int64_t i = 0; i < 240 * 3; ++i) {
            const auto put = [&](Signal signal, model::Decimal value) {
                model::Sample s;
                s.time = s.message_time = begin + model::seconds(i * 20);
                s.value = value;
                s.unit = model::Unit::percent;
                whole.insert(signal, model::SignalKind::monitor, s, s.time, keeping(false));
                summed.insert(signal, model::SignalKind::monitor, s, s.time, keeping(true));
            };
            put(Signal::pi, {i / 3 == low ? 1 : 20, 1});
            put(Signal::spo2, {i / 3 == low || i / 3 == low + 1 ? 80 : 98, 0}); // of two minutes in a row the better
        }
        CAPTURE(low);
        for (auto const* timeline : {&whole, &summed})
            for (auto const& part : scores::evaluate(key, {timeline, begin, {}, {}}, test::t0, rules).parts)
                CHECK((part.part != model::Part::spo2 || part.points == 0));
    }
}
