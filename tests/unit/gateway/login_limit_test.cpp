#include "gateway/login_limit.hpp"

#include <catch2/catch.hpp>

using namespace vigil::gateway;
using std::chrono::seconds;

namespace {
const Moment start{std::chrono::hours(1000)};
}

TEST_CASE("after five wrong tries each next one waits twice as long, to a quarter of an hour") {
    LoginLimit limit;
    auto now = start;
    for (int i = 0; i < 4; ++i) {
        limit.tried("anna", "10.0.0.1", now);
        CHECK(limit.wait("anna", "10.0.0.1", now) == seconds(0));
    }
    for (const int wait : {2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}) {
        limit.tried("anna", "10.0.0.1", now);
        CHECK(limit.wait("anna", "10.0.0.1", now) == seconds(wait));
        CHECK(limit.wait("anna", "10.0.0.1", now + seconds(wait - 1)) == seconds(1));
        CHECK(limit.wait("anna", "10.0.0.1", now + seconds(wait)) == seconds(0));
        now += seconds(wait);
    }
    limit.tried("anna", "10.0.0.1", now + seconds(901)); // a quarter of an hour later it begins anew
    CHECK(limit.wait("anna", "10.0.0.1", now + seconds(901)) == seconds(0));
}

TEST_CASE("nobody locks a nurse out from another desk, and the right password ends the count") {
    LoginLimit limit;
    for (int i = 0; i < 10; ++i) limit.tried("anna", "10.0.0.66", start);
    CHECK(limit.wait("anna", "10.0.0.66", start) > seconds(0));
    CHECK(limit.wait("anna", "10.0.0.1", start) == seconds(0));
    CHECK(limit.wait("bert", "10.0.0.66", start) == seconds(0));
    limit.succeeded("anna", "10.0.0.66");
    CHECK(limit.wait("anna", "10.0.0.66", start) == seconds(0));
}

TEST_CASE("many accounts tried from one address wait as well, and one good account is no way around it") {
    LoginLimit limit;
    for (unsigned i = 0; i < LoginLimit::free_tries_address + 1; ++i) {
        limit.tried("user" + std::to_string(i), "10.0.0.66", start);
        limit.tried("mine", "10.0.0.66", start);
        limit.succeeded("mine", "10.0.0.66");
    }
    CHECK(limit.wait("anna", "10.0.0.66", start) > seconds(0));
    CHECK(limit.wait("anna", "10.0.0.1", start) == seconds(0));
}

TEST_CASE("memory is bounded; what was heard of longest ago is forgotten") {
    LoginLimit limit;
    for (unsigned i = 0; i < 3 * LoginLimit::places_max; ++i)
        limit.tried("anna", "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250),
                    start + seconds(i / 1000));
    CHECK(limit.places() <= LoginLimit::places_max);
}
