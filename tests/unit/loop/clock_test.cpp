#include "loop/clock.hpp"

#include <catch2/catch.hpp>

using namespace vigil;

namespace {

struct Clocks {
    std::int64_t utc = 1'700'000'000'000, boot = 50'000;
    void pass(std::int64_t ms) {
        utc += ms;
        boot += ms;
    }
    loop::TimeSources sources() {
        return {[this] { return utc; }, [this] { return boot; }};
    }
};

} // namespace

TEST_CASE("a real clock starts at UTC and goes with the boot clock") {
    Clocks c;
    auto clock = loop::LogClock::real(c.sources(), {});
    CHECK(clock.now().ms == c.utc);
    c.pass(12'345);
    CHECK(clock.now().ms == c.utc);
    CHECK(clock.difference_ms() == 0);
}

TEST_CASE("a journal that is ahead of UTC keeps its time and is slewed back, never turned back") {
    Clocks c;
    auto clock = loop::LogClock::real(c.sources(), {c.utc + 200});
    auto last = clock.now();
    CHECK(last.ms == c.utc + 200);
    for (int s = 0; s < 60; ++s) {
        c.pass(1'000);
        const auto now = clock.now();
        CHECK(now > last);
        CHECK(now.ms - last.ms >= 1'000 - loop::LogClock::slew_per_second);
        last = now;
    }
    CHECK(last.ms == c.utc);
}

TEST_CASE("a step of UTC is seen as a difference and slewed gently in either direction") {
    for (const std::int64_t step : {3'600'000, -3'600'000}) {
        Clocks c;
        auto clock = loop::LogClock::real(c.sources(), {});
        auto last = clock.now();
        c.utc += step;
        c.pass(1'000);
        const auto now = clock.now();
        CHECK(std::abs(clock.difference_ms()) > loop::LogClock::step_ms);
        CHECK(std::abs(now.ms - last.ms - 1'000) <= loop::LogClock::slew_per_second);
    }
}

TEST_CASE("how often it is asked does not change how fast it is slewed") {
    Clocks a, b;
    auto often = loop::LogClock::real(a.sources(), {});
    auto seldom = loop::LogClock::real(b.sources(), {});
    a.utc += 900;
    b.utc += 900;
    for (int i = 0; i < 1'000; ++i) {
        a.pass(10);
        often.now();
    }
    b.pass(10'000);
    CHECK(often.now() == seldom.now());
}

TEST_CASE("a driven clock follows the greatest message time") {
    auto clock = loop::LogClock::driven({});
    clock.follow({5'000});
    clock.follow({4'000});
    CHECK(clock.now().ms == 5'000);
    CHECK(loop::LogClock::driven({7'000}).now().ms == 7'000);
}
