// Whatever comes late or twice, whoever is moved late, and whenever a Recall is answered: a stream's minutes end as if
// everything had come in its time.

#include "tests/unit/store/recorded.hpp"

#include "store/verify.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <string>

using namespace vigil;
using namespace vigil::testing;

namespace {

constexpr int ticks = 270; // of 20 s: an hour and a half

// What is sent at which tick; the same messages in either order.
struct Plan {
    std::multimap<int, Message> sent;
    int moved = 0, told = 0; // tick of a transfer: v1 from bed 1 to 9, v2 from bed 2 to 1
    unsigned answers = 100;  // percent of ticks at which a Recall is answered
};

void play(Recorded& r, Plan const& plan, std::mt19937& random, model::LogTime begin) {
    const auto moved = begin + model::seconds(20) * plan.moved;
    for (int i = 1; i <= ticks; ++i) {
        r.pass(model::seconds(20));
        if (i == plan.told) {
            r.move("v1", "9", moved);
            r.move("v2", "1", moved);
        }
        for (auto [at, end] = plan.sent.equal_range(i); at != end; ++at) r.send(at->second);
        if (!r.ward.pending().empty() && random() % 100 < plan.answers) r.answer_one();
    }
    while (!r.ward.pending().empty()) r.answer_one();
}

} // namespace

TEST_CASE("a stream's minutes do not depend on when its readings, transfers and recalls come") {
    const auto seed = GENERATE(range(1U, share_of_states == 1 ? 13U : 4U));
    CAPTURE(seed);
    std::mt19937 random{seed};
    Recorded in_time{40 + seed}, late{40 + seed};
    const auto begin = in_time.ward.now();
    Plan timely, delayed;
    timely.moved = timely.told = delayed.moved = 60 + static_cast<int>(random() % 120);
    delayed.told = delayed.moved + static_cast<int>(random() % 80);
    delayed.answers = 5 + static_cast<unsigned>(random() % 60);
    unsigned delays = 0;
    for (int i = 1; i <= ticks; ++i)
        for (const int bed : {1, 2, 9}) {
            const auto message = in_time.message(bed, begin + model::seconds(20) * i);
            timely.sent.emplace(i, message);
            const bool waits = random() % 100 < 15;
            delays += waits ? 1 : 0;
            delayed.sent.emplace(waits ? std::min(ticks, i + 1 + static_cast<int>(random() % 120)) : i, message);
            if (random() % 100 < 10)
                delayed.sent.emplace(std::min(ticks, i + static_cast<int>(random() % 90)), message);
        }
    play(in_time, timely, random, begin);
    play(late, delayed, random, begin);
    CHECK(delays > 60);
    for (const std::size_t encounter : {0U, 1U}) {
        CAPTURE(encounter, delayed.moved, delayed.told, delayed.answers);
        CHECK(in_time.minutes(encounter).size() > 80);
        CHECK(late.minutes(encounter) == in_time.minutes(encounter));
        CHECK_FALSE(late.ward.engine().state().encounters[encounter].recomputing);
    }
    const auto report = store::verify(late.options.directory, rulebooks(), {});
    if (report.problem) FAIL(report.problem->where << ": " << report.problem->what);
    CHECK(report.all_re_stepped());
}
