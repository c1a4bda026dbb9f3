#include "wire/topic.hpp"

#include <catch2/catch.hpp>

using namespace vigil::wire;

TEST_CASE("tokens are lower case, digits and underscore, one to thirty-two of them") {
    CHECK(is_token("icu1"));
    CHECK(is_token("_"));
    CHECK(is_token(std::string(32, 'a')));
    for (auto bad : {"", "ICU", "a.b", "a b", "bed-1", "\xC3\xBC", "a/b"}) CHECK_FALSE(is_token(bad));
    CHECK_FALSE(is_token(std::string(33, 'a')));
    CHECK(token_of("ARDS-Berlin") == "ards_berlin");
    CHECK(token_of("") == "_");
}

TEST_CASE("a topic has seven places and is read back into them") {
    const auto t = topic(TopicClass::alert, "demo", "icu1", "b1", "sofa_rise");
    CHECK(t == "vigil.v1.alert.demo.icu1.b1.sofa_rise");
    const auto parts = parse_topic(t);
    REQUIRE(parts);
    CHECK(parts->cls == TopicClass::alert);
    CHECK(parts->site == "demo");
    CHECK(parts->unit == "icu1");
    CHECK(parts->bed == "b1");
    CHECK(parts->key == "sofa_rise");
    CHECK(topic(TopicClass::sys, "demo", "", "", "state") == "vigil.v1.sys.demo._._.state");
    for (auto bad :
         {"", "vigil.v1.alert.demo.icu1.b1", "vigil.v1.alert.demo.icu1.b1.x.y", "vigil.v2.alert.demo.icu1.b1.x",
          "vigil.v1.page.demo.icu1.b1.x", "vigil.v1.alert..icu1.b1.x", "vigil.v1.alert.demo.icu1.b1."})
        CHECK_FALSE(parse_topic(bad));
}

TEST_CASE("a prefix ends with a dot, so that bed1 is not also bed10") {
    for (auto good :
         {"vigil.v1.", "vigil.v1.alert.", "vigil.v1.alert.demo.icu1.bed1.", "vigil.v1.alert.demo.icu1.bed1.sofa_rise"})
        CHECK(is_prefix(good));
    for (auto bad : {"", "vigil", "vigil.v1", "vigil.v1.alert", "vigil.v1.alert.demo.icu1.bed1",
                     "vigil.v1.alert.demo.icu1.b.x.", "vigil.v1..", "vigil.v1.Alert."})
        CHECK_FALSE(is_prefix(bad));
}
