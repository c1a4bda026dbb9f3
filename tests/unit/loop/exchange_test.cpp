#include "loop/exchange.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace vigil;
using namespace std::chrono_literals;

TEST_CASE("what was published is drained once, in order") {
    loop::Exchange exchange;
    for (int i = 0; i < 3; ++i) {
        auto released = std::make_shared<loop::Released>();
        released->publication.topic = std::to_string(i);
        exchange.push(std::move(released));
    }
    const auto got = exchange.drain();
    REQUIRE(got.size() == 3);
    CHECK(got[2]->publication.topic == "2");
    CHECK(exchange.drain().empty());
}

TEST_CASE("a view is made when it is wanted, and waited for no longer than patience") {
    loop::Exchange exchange;
    CHECK_FALSE(exchange.view_wanted());
    CHECK(exchange.view(std::chrono::steady_clock::now(), 0ms) == nullptr);
    CHECK(exchange.view_wanted());
    const auto asked = std::chrono::steady_clock::now();
    std::thread loop{[&exchange] {
        while (!exchange.view_wanted()) std::this_thread::yield();
        auto view = std::make_shared<loop::View>();
        view->committed_seq = 7;
        view->made = std::chrono::steady_clock::now();
        exchange.offer(std::move(view));
    }};
    const auto view = exchange.view(asked, 5'000ms);
    loop.join();
    REQUIRE(view);
    CHECK(view->committed_seq == 7);
    CHECK_FALSE(exchange.view_wanted());
    CHECK(exchange.view(asked, 0ms) == view);
}

TEST_CASE("a view holds the census and the dictionaries, not the readings") {
    core::State state;
    state.sources.emplace_back().name = "lab";
    state.sources[0].seen.emplace_back().id = "m1";
    state.beds = {{"icu1", "b1"}};
    auto& e = state.encounters.emplace_back();
    e.id = {1};
    e.pseudonym = "ev1";
    e.bed = {1};
    e.stays = {{{1}, {5}, {}}};
    e.timeline.insert(model::Signal::plt, model::SignalKind::laboratory, {}, {}, {});
    state.unassigned[{1, 1}].held.emplace_back();
    state.unassigned[{1, 1}].readings = 3;
    const auto view = loop::without_readings(state);
    CHECK(view.sources[0].name == "lab");
    CHECK(view.sources[0].seen.empty());
    CHECK(view.encounters[0].pseudonym == "ev1");
    CHECK(view.encounters[0].stays == e.stays);
    CHECK(view.encounters[0].timeline.empty(model::Signal::plt));
    CHECK(view.unassigned.at({1, 1}).readings == 3);
    CHECK(view.unassigned.at({1, 1}).held.empty());
}
