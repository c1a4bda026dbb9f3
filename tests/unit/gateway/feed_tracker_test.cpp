#include "gateway/feed_tracker.hpp"
#include "gateway/topic.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <random>

using namespace vigil::gateway;
using Take = FeedTracker::Take;
using Trouble = FeedTracker::Trouble;

namespace {

constexpr std::uint64_t epoch = 7;

Take hear(FeedTracker& tracker, std::uint64_t seq, std::uint64_t count, const char* bed = "b1",
          std::uint64_t of_epoch = epoch) {
    return tracker.message("alert", "icu", bed, of_epoch, seq, count);
}

} // namespace

TEST_CASE("before the first snapshot nothing can be judged") {
    FeedTracker tracker;
    CHECK(hear(tracker, 5, 1) == Take::foreign);
    CHECK_FALSE(tracker.synced());
    CHECK_FALSE(tracker.complete());
}

TEST_CASE("a dense stream is applied once each, and what the snapshot holds is not news") {
    FeedTracker tracker;
    tracker.snapshot_taken(epoch, 10, {{{"alert", "icu", "b1"}, 3}});
    CHECK(hear(tracker, 9, 2) == Take::contained);
    CHECK(hear(tracker, 11, 4) == Take::apply);
    CHECK(hear(tracker, 11, 4) == Take::duplicate);
    CHECK(hear(tracker, 10, 3) == Take::contained);
    CHECK(hear(tracker, 12, 5) == Take::apply);
    CHECK(tracker.trouble(100) == Trouble::none);
    CHECK(tracker.complete());
}

TEST_CASE("a jump in a bed's count is a gap, another bed's messages are not") {
    FeedTracker tracker;
    tracker.snapshot_taken(epoch, 0, {});
    hear(tracker, 1, 1);
    hear(tracker, 2, 1, "b2");
    hear(tracker, 3, 2);
    CHECK(tracker.trouble(4) == Trouble::none);
    CHECK(hear(tracker, 5, 3, "b2") == Take::apply); // still the newest of that bed
    CHECK(tracker.trouble(6) == Trouble::gap);
    CHECK_FALSE(tracker.complete());
    tracker.snapshot_taken(epoch, 5, {{{"alert", "icu", "b1"}, 2}, {{"alert", "icu", "b2"}, 3}});
    CHECK(tracker.trouble(8) == Trouble::none);
}

TEST_CASE("the digest shows a lost last message, after a grace for what is still on its way") {
    FeedTracker tracker;
    tracker.snapshot_taken(epoch, 0, {});
    hear(tracker, 1, 1);
    tracker.digest_heard(epoch, 1000);
    tracker.digest_count("alert", "icu", "b1", 2, 1000);
    CHECK_FALSE(tracker.complete());
    CHECK(tracker.trouble(1000 + FeedTracker::grace_ms) == Trouble::none);
    SECTION("it arrives") {
        hear(tracker, 2, 2);
        CHECK(tracker.trouble(9000) == Trouble::none);
        CHECK(tracker.complete());
    }
    SECTION("it does not, however often the digest repeats it") {
        tracker.digest_count("alert", "icu", "b1", 2, 2000);
        CHECK(tracker.trouble(1001 + FeedTracker::grace_ms) == Trouble::gap);
    }
}

TEST_CASE("what is lost between a snapshot and the first message after it is noticed") {
    FeedTracker tracker;
    tracker.snapshot_taken(epoch, 0, {{{"alert", "icu", "b1"}, 4}});
    SECTION("of a stream that had spoken") {
        CHECK(hear(tracker, 7, 6) == Take::apply);
        CHECK(tracker.trouble(0) == Trouble::gap);
    }
    SECTION("of one that had not") {
        CHECK(hear(tracker, 7, 2, "b2") == Take::apply);
        CHECK(tracker.trouble(0) == Trouble::gap);
    }
    SECTION("and was all it said") {
        tracker.digest_count("score", "icu", "b9", 1, 0);
        CHECK_FALSE(tracker.complete());
        CHECK(tracker.trouble(FeedTracker::grace_ms + 1) == Trouble::gap);
    }
}

TEST_CASE("a new epoch asks for a snapshot; the old one's last words do not") {
    FeedTracker tracker;
    tracker.snapshot_taken(epoch, 10, {});
    CHECK(hear(tracker, 11, 1, "b1", epoch + 1) == Take::foreign);
    CHECK(tracker.trouble(1) == Trouble::new_epoch);
    tracker.snapshot_taken(epoch + 1, 12, {});
    CHECK(hear(tracker, 10, 9, "b1", epoch) == Take::foreign);
    CHECK(tracker.trouble(3) == Trouble::none);
    tracker.digest_heard(epoch + 2, 4);
    CHECK(tracker.trouble(4) == Trouble::new_epoch);
}

TEST_CASE("no digest within 2.5 s is a lost feed") {
    FeedTracker tracker;
    CHECK(tracker.lost(0));
    tracker.digest_heard(epoch, 1000);
    CHECK_FALSE(tracker.lost(1000 + FeedTracker::lost_after_ms));
    CHECK(tracker.lost(1001 + FeedTracker::lost_after_ms));
}

TEST_CASE("any single loss among random traffic is noticed, and no loss is never reported") {
    const auto seed = std::random_device{}();
    std::cout << "feed_tracker_test seed " << seed << '\n';
    std::mt19937 random(seed);
    for (int round = 0; round < 500; ++round) {
        FeedTracker tracker;
        tracker.snapshot_taken(epoch, 0, {});
        std::map<std::string, std::uint64_t> counts;
        const int lost = round % 2 == 0 ? -1 : std::uniform_int_distribution<int>(0, 199)(random);
        std::int64_t now = 0;
        for (int i = 0; i < 200; ++i) {
            now += 50;
            const auto bed = std::string("b") + std::to_string(random() % 5);
            const auto count = ++counts[bed];
            if (i == lost) continue;
            tracker.message("score", "icu", bed, epoch, static_cast<std::uint64_t>(i + 1), count);
        }
        tracker.digest_heard(epoch, now);
        for (const auto& [bed, count] : counts) tracker.digest_count("score", "icu", bed, count, now);
        const bool was_lost = lost >= 0;
        REQUIRE((tracker.trouble(now + FeedTracker::grace_ms + 1) == Trouble::gap) == was_lost);
    }
}

TEST_CASE("topics have five tokens after the root") {
    const auto topic = parse_topic("vigil.v1.alert.h1.icu_1.bed01.sofa_rise");
    REQUIRE(topic);
    CHECK(topic->cls == "alert");
    CHECK(topic->site == "h1");
    CHECK(topic->unit == "icu_1");
    CHECK(topic->bed == "bed01");
    CHECK(topic->key == "sofa_rise");
    for (const char* bad : {"", "vigil.v1.", "vigil.v1.alert.h1.icu.bed", "vigil.v1.alert.h1.icu.bed.key.more",
                            "vigil.v1.alert.h1.ICU.bed.key", "vigil.v2.alert.h1.icu.bed.key",
                            "vigil.v1.alert..icu.bed.key", "vigil.v1.alert.h1.icu.bed.key."})
        CHECK_FALSE(parse_topic(bad));
    CHECK_FALSE(is_token(std::string(33, 'a')));
}
