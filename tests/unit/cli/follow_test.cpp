#include "cli/follow.hpp"

#include <catch2/catch.hpp>

using vigil::cli::Follow;
using vigil::cli::watch_prefix;

namespace {

const std::string topic = "vigil.v1.alert.demo.icu1.bed1.sofa_rise";

Follow started() {
    Follow follow("vigil.v1.alert.");
    follow.repaired(7, 100, {}, 0);
    return follow;
}

} // namespace

TEST_CASE("a prefix ends with a dot and is the beginning of a topic") {
    CHECK(watch_prefix("") == "vigil.v1.");
    CHECK(watch_prefix("vigil.v1.alert") == "vigil.v1.alert.");
    CHECK(watch_prefix("vigil.v1.alert.demo.icu1.bed1.") == "vigil.v1.alert.demo.icu1.bed1.");
    CHECK(watch_prefix(topic) == topic); // a whole topic
    CHECK(watch_prefix(topic + ".").empty());
    CHECK(watch_prefix("nonsense").empty());
    CHECK(watch_prefix("vigil.v1.alert.demo.Bed 1").empty());
}

TEST_CASE("news is shown once, whatever the way it comes") {
    auto follow = started();
    CHECK(follow.message(topic, 7, 101, 1) == Follow::Heard::news);
    CHECK(follow.message(topic, 7, 101, 1) == Follow::Heard::known);
    CHECK_FALSE(follow.first_time(topic, 7, 101, 1)); // from a replay
    CHECK(follow.first_time(topic, 7, 102, 2));
    CHECK(follow.message(topic, 7, 102, 2) == Follow::Heard::known);
    CHECK(follow.message(topic, 7, 90, 0) == Follow::Heard::known); // the snapshot held it
}

TEST_CASE("what was not recorded is told apart by its count") {
    auto follow = started();
    CHECK(follow.message(topic, 7, 0, 5) == Follow::Heard::news);
    CHECK(follow.message(topic, 7, 0, 5) == Follow::Heard::known);
    CHECK(follow.message(topic, 7, 0, 6) == Follow::Heard::news);
}

TEST_CASE("a jump in the count of one bed is a gap; other beds and classes do not disturb") {
    auto follow = started();
    CHECK(follow.message(topic, 7, 101, 1) == Follow::Heard::news);
    CHECK(follow.message("vigil.v1.alert.demo.icu1.bed10.x", 7, 102, 1) == Follow::Heard::news);
    CHECK(follow.message("vigil.v1.score.demo.icu1.bed1.sofa", 7, 103, 50) == Follow::Heard::known);
    CHECK(follow.message(topic, 7, 104, 2) == Follow::Heard::news);
    CHECK_FALSE(follow.broken());
    CHECK(follow.message(topic, 7, 110, 5) == Follow::Heard::known); // what was before it must be told before it
    CHECK(follow.broken());
    CHECK(follow.message("vigil.v1.alert.demo.icu1.bed10.x", 7, 111, 2) == Follow::Heard::known);
    CHECK(follow.message(topic, 7, 0, 6) == Follow::Heard::news); // no journal will tell it
    CHECK(follow.safe_seq() == 100);
    CHECK(follow.first_time(topic, 7, 107, 3));
    CHECK(follow.first_time(topic, 7, 110, 5));
}

TEST_CASE("after a repair every stream goes on from where the snapshot saw it") {
    auto follow = started();
    follow.lose();
    follow.digest_end(130, 500);
    follow.digest_end(140, 1500);
    CHECK(follow.safe_seq() == 100); // while something is missing nothing is safe
    follow.repaired(7, 150, {{"alert.icu1.bed1", 7}, {"alert.icu1.bed2", 3}}, 2000);
    CHECK(follow.safe_seq() == 150);
    CHECK(follow.message(topic, 7, 149, 6) == Follow::Heard::known); // it waited in the pipe
    CHECK(follow.message(topic, 7, 160, 8) == Follow::Heard::news);
    CHECK_FALSE(follow.broken());
    SECTION("a message lost between the snapshot and the first one heard") {
        CHECK(follow.message("vigil.v1.alert.demo.icu1.bed2.x", 7, 170, 5) == Follow::Heard::known);
        CHECK(follow.broken());
    }
    SECTION("the first of a stream that had said nothing") {
        CHECK(follow.message("vigil.v1.alert.demo.icu1.bed3.x", 7, 170, 2) == Follow::Heard::known);
        CHECK(follow.broken());
    }
    SECTION("a lost digest, which would have told of others") {
        CHECK(follow.message("vigil.v1.sys.demo.icu1._.digest", 7, 0, 1) == Follow::Heard::known);
        CHECK_FALSE(follow.broken());
        CHECK(follow.message("vigil.v1.sys.demo.icu1._.digest", 7, 0, 3) == Follow::Heard::known);
        CHECK(follow.broken());
    }
}

TEST_CASE("of a single topic the whole stream is heard, and only it is shown") {
    Follow follow(topic);
    CHECK(follow.prefix() == "vigil.v1.alert.demo.icu1.bed1.");
    follow.repaired(7, 100, {}, 0);
    CHECK(follow.message(topic, 7, 101, 1) == Follow::Heard::news);
    CHECK(follow.message("vigil.v1.alert.demo.icu1.bed1.organ_coag", 7, 102, 2) == Follow::Heard::known);
    CHECK(follow.message(topic, 7, 103, 3) == Follow::Heard::news);
    CHECK_FALSE(follow.broken());
}

TEST_CASE("a digest shows a lost last message, after its grace") {
    auto follow = started();
    CHECK(follow.message(topic, 7, 101, 1) == Follow::Heard::news);
    follow.digest_count("alert", "demo.icu1.bed1", 2, 1000);
    follow.digest_count("score", "demo.icu1.bed1", 500, 1000); // not asked for
    follow.digest_end(105, 1000);
    CHECK_FALSE(follow.overdue(2999));
    CHECK(follow.overdue(3000));
    CHECK(follow.safe_seq() == 100); // a replay begins before what was lost
    follow.repaired(7, 105, {{"alert.icu1.bed1", 2}}, 3100);
    CHECK_FALSE(follow.overdue(99'999));
    CHECK(follow.safe_seq() == 105);
}

TEST_CASE("a message that arrives late settles the digest that overtook it") {
    auto follow = started();
    CHECK(follow.message(topic, 7, 101, 1) == Follow::Heard::news);
    follow.digest_count("alert", "demo.icu1.bed1", 2, 1000);
    follow.digest_end(105, 1000);
    CHECK(follow.message(topic, 7, 105, 2) == Follow::Heard::news);
    CHECK_FALSE(follow.overdue(10'000));
    follow.digest_end(120, 2000);
    follow.digest_end(130, 3000);
    CHECK(follow.safe_seq() == 120);
}

TEST_CASE("a new epoch is noticed, the former one's stragglers are not news") {
    auto follow = started();
    CHECK(follow.message(topic, 8, 5, 1) == Follow::Heard::new_epoch);
    follow.repaired(8, 140, {}, 1000);
    CHECK(follow.message(topic, 7, 139, 9) == Follow::Heard::known);
    CHECK(follow.message(topic, 8, 141, 1) == Follow::Heard::news);
}

TEST_CASE("no digest for five seconds is silence") {
    auto follow = started();
    follow.digest_end(101, 1000);
    CHECK_FALSE(follow.silent(6000));
    CHECK(follow.silent(6001));
}
