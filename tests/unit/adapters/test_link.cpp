// Flow control towards vigild: credit, resends, restarts, what the device may be told.

#include "adapters/runtime/cards.hpp"
#include "adapters/runtime/clock_offset.hpp"
#include "adapters/runtime/link.hpp"

#include "vigil/v1/identity.pb.h"
#include "vigil/v1/observation.pb.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace vigil::adapters;
namespace v1 = vigil::v1;

namespace {

struct Fake {
    std::int64_t now = 1'000'000;
    bool up = true;
    std::vector<v1::IngestMessage> sent;
    std::vector<std::pair<int, Verdict>> verdicts;
    Link link;

    explicit Fake(Link::Settings settings = {"lab", "hl7", "0", false, 7})
        : link(std::move(settings), [this](std::string_view bytes) {
              if (!up) return false;
              v1::IngestMessage message;
              REQUIRE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
              sent.push_back(message);
              return true;
          }) {}

    Instant at() const { return {now, now}; }
    void submit(int id) {
        v1::ObservationBatch batch;
        batch.set_message_id(std::to_string(id));
        link.submit(
            batch, [this, id](Verdict v, std::string_view) { verdicts.emplace_back(id, v); }, at());
    }
    void reply(v1::IngestReply::Verdict verdict, std::uint64_t sequence, std::uint64_t daemon = 1,
               std::uint32_t credit = 16, std::uint64_t epoch = 7) {
        v1::IngestReply r;
        r.set_adapter_epoch(epoch);
        r.set_frame_seq(sequence);
        r.set_verdict(verdict);
        r.set_credit(credit);
        r.set_daemon_epoch(daemon);
        link.receive(r.SerializeAsString(), at());
    }
    void hello(std::uint64_t daemon = 1, std::uint32_t credit = 16) {
        reply(v1::IngestReply::VERDICT_HELLO, 0, daemon, credit);
    }
    void pass(std::int64_t ms) {
        now += ms;
        link.tick(at());
    }
    std::vector<std::uint64_t> batches() const {
        std::vector<std::uint64_t> out;
        for (auto const& m : sent)
            if (m.has_batch()) out.push_back(m.batch().frame_seq());
        return out;
    }
};

using Seq = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("nothing is sent and no device is read before vigild has answered", "[link]") {
    Fake f;
    CHECK_FALSE(f.link.wants_more());
    f.submit(1);
    CHECK(f.batches().empty());
    f.pass(100);
    REQUIRE(f.sent.size() == 1);
    CHECK(f.sent[0].hello().source() == "lab");
    CHECK(f.sent[0].hello().adapter_epoch() == 7);
    f.hello();
    CHECK(f.batches() == Seq{1});
    CHECK(f.link.wants_more());
    CHECK(f.sent.back().batch().source() == "lab");
}

TEST_CASE("credit bounds what is in flight and stops the reading of devices", "[link]") {
    Fake f;
    f.hello(1, 4);
    for (int i = 1; i <= 10; ++i) f.submit(i);
    CHECK(f.batches() == Seq{1, 2, 3, 4});
    CHECK_FALSE(f.link.wants_more());
    f.reply(v1::IngestReply::VERDICT_COMMITTED, 2, 1, 4);
    CHECK(f.batches() == Seq{1, 2, 3, 4, 5});
    f.reply(v1::IngestReply::VERDICT_COMMITTED, 1, 1, 8);
    CHECK(f.batches() == Seq{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    for (std::uint64_t s = 3; s <= 10; ++s) f.reply(v1::IngestReply::VERDICT_COMMITTED, s, 1, 8);
    CHECK(f.link.unacknowledged() == 0);
    CHECK(f.verdicts.size() == 10);
    CHECK(f.link.wants_more());
}

TEST_CASE("a verdict is told once; answers to others' or unknown frames are nothing", "[link]") {
    Fake f;
    f.hello();
    f.submit(1);
    f.reply(v1::IngestReply::VERDICT_COMMITTED, 1, 1, 16, 99);
    f.reply(v1::IngestReply::VERDICT_COMMITTED, 5);
    f.reply(v1::IngestReply::VERDICT_UNSPECIFIED, 1);
    CHECK(f.verdicts.empty());
    f.reply(v1::IngestReply::VERDICT_REFUSED, 1);
    f.reply(v1::IngestReply::VERDICT_COMMITTED, 1);
    CHECK(f.verdicts == std::vector<std::pair<int, Verdict>>{{1, Verdict::refused}});
    f.link.receive("garbage", f.at());
    f.link.receive(std::string(100'000, 'x'), f.at());
}

TEST_CASE("a daemon that restarted gets everything unanswered again, in order", "[link]") {
    Fake f;
    f.hello(1);
    for (int i = 1; i <= 3; ++i) f.submit(i);
    f.reply(v1::IngestReply::VERDICT_COMMITTED, 2);
    f.sent.clear();
    f.pass(6'000); // silence: hello again
    REQUIRE(f.sent.size() >= 1);
    CHECK(f.sent.front().has_hello());
    f.sent.clear();
    f.hello(2);
    CHECK(f.batches() == Seq{1, 3});
}

TEST_CASE("a lost answer is cured by a resend, at a bounded rate", "[link]") {
    Fake f;
    f.hello(1, 16);
    for (int i = 1; i <= 12; ++i) f.submit(i);
    f.now += 10;
    f.reply(v1::IngestReply::VERDICT_COMMITTED, 12);
    f.sent.clear();
    f.pass(3'000);
    CHECK(f.batches() == Seq{1, 2, 3, 4});
    f.pass(100);
    CHECK(f.batches() == Seq{1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("taken but not durable: told at once, kept, resent until it is", "[link]") {
    Fake f;
    f.hello();
    f.submit(1);
    f.reply(v1::IngestReply::VERDICT_TAKEN_NOT_DURABLE, 1);
    CHECK(f.verdicts == std::vector<std::pair<int, Verdict>>{{1, Verdict::taken}});
    CHECK(f.link.unacknowledged() == 1);
    CHECK(f.link.wants_more());
    f.sent.clear();
    f.pass(4'900);
    CHECK(f.batches().empty());
    f.pass(200);
    CHECK(f.batches() == Seq{1});
    f.reply(v1::IngestReply::VERDICT_COMMITTED, 1);
    CHECK(f.link.unacknowledged() == 0);
    CHECK(f.verdicts.size() == 1);
}

TEST_CASE("kept frames are bounded; the oldest goes and is counted", "[link]") {
    Link::Settings settings{"lab", "hl7", "0", false, 7};
    settings.kept_frames = 3;
    Fake f(settings);
    f.hello();
    for (int i = 1; i <= 5; ++i) {
        f.submit(i);
        f.reply(v1::IngestReply::VERDICT_TAKEN_NOT_DURABLE, static_cast<std::uint64_t>(i));
    }
    CHECK(f.link.unacknowledged() == 3);
    CHECK(f.link.given_up() == 2);
}

TEST_CASE("no answer in time: the device is told, the frame goes on", "[link]") {
    Fake f;
    f.hello();
    f.submit(1);
    f.pass(19'999);
    CHECK(f.verdicts.empty());
    f.pass(1);
    CHECK(f.verdicts == std::vector<std::pair<int, Verdict>>{{1, Verdict::late}});
    CHECK(f.link.unacknowledged() == 1);
    f.reply(v1::IngestReply::VERDICT_COMMITTED, 1);
    CHECK(f.verdicts.size() == 1);
    CHECK(f.link.unacknowledged() == 0);
}

TEST_CASE("a daemon that is away keeps nothing waiting in a socket", "[link]") {
    Fake f;
    f.hello();
    f.up = false;
    f.submit(1);
    f.pass(100);
    CHECK(f.batches().empty());
    f.up = true;
    f.pass(100);
    CHECK(f.batches() == Seq{1});
}

TEST_CASE("a daemon that does not answer is away, and devices are read so that they hear it", "[link]") {
    Fake f;
    f.pass(100);
    CHECK_FALSE(f.link.wants_more());
    f.pass(6'900);
    CHECK_FALSE(f.link.away()); // just started
    f.pass(100);
    CHECK(f.link.away());
    CHECK(f.link.wants_more());
    f.hello();
    CHECK_FALSE(f.link.away());
    for (int i = 1; i <= 16; ++i) f.submit(i);
    CHECK_FALSE(f.link.wants_more()); // no credit left
    for (int i = 0; i < 70; ++i) f.pass(100);
    CHECK(f.link.away());
    CHECK(f.link.wants_more());
    f.hello(2);
    CHECK_FALSE(f.link.away());
    CHECK_FALSE(f.link.wants_more());
    for (std::uint64_t s = 1; s <= 16; ++s) f.reply(v1::IngestReply::VERDICT_COMMITTED, s, 2);
    CHECK(f.link.unacknowledged() == 0);
    CHECK(f.link.wants_more());
    // One that answers and refuses this adapter takes nothing either.
    for (int i = 0; i < 80; ++i) {
        f.pass(100);
        f.reply(v1::IngestReply::VERDICT_REFUSED, 0, 2);
    }
    CHECK(f.link.away());
}

namespace {

struct Clock { // ten seconds from message to message
    ClockOffset offset;
    std::int64_t steady = 0;
    void message(std::int64_t behind, std::int64_t delay) {
        steady += 10'000;
        offset.add(1'800'000'000'000 + steady, 1'800'000'000'000 + steady - behind - delay, steady);
    }
    void window(std::int64_t behind, std::int64_t delay) {
        for (int i = 0; i < 7; ++i) message(behind, i == 3 ? delay : delay + 2'000);
    }
};

} // namespace

TEST_CASE("the clock offset is the fastest message of two windows that agree", "[offset]") {
    Clock c;
    c.window(90'000, 40);
    CHECK_FALSE(c.offset.estimate().has_value());
    c.window(90'000, 500);
    CHECK(c.offset.estimate() == 90'040);
    CHECK(c.offset.applied() == 90'040);
    c.message(90'000, 10); // faster: known at once
    CHECK(c.offset.applied() == 90'010);
    c.message(-86'400'000, 0); // one message of tomorrow is a mistake of its sender
    CHECK(c.offset.applied() == 90'010);
    for (int i = 0; i < 12; ++i) c.window(150'000, 0); // the device's clock was set
    CHECK(c.offset.applied() == 150'000);
    Clock ahead;
    ahead.window(-3'600'000, 10);
    ahead.window(-3'600'000, 20);
    CHECK(ahead.offset.applied() == -3'599'990); // no message arrives before it is sent
    Clock broken;
    for (int i = 0; i < 24; ++i) broken.message(broken.steady + 1'800'000'000'000, 0);
    CHECK_FALSE(broken.offset.estimate().has_value());
    ClockOffset few;
    few.add(100'000, 0, 0);
    few.add(200'000, 0, 200'000);
    few.add(300'000, 0, 300'000);
    CHECK_FALSE(few.estimate().has_value());
}

TEST_CASE("a backlog is no offset: neither of a feed that begins with it nor of one that was right", "[offset]") {
    Clock fresh; // six hours old, five minutes of it every ten seconds
    for (std::int64_t age = 6 * 3'600'000; age > 0; age -= 290'000) {
        fresh.message(0, age);
        CHECK_FALSE(fresh.offset.applied().has_value());
    }
    Clock live;
    live.window(0, 30);
    live.window(0, 30);
    REQUIRE(live.offset.applied() == 30);
    for (std::int64_t age = 6 * 3'600'000; age > 0; age -= 290'000) {
        live.message(0, age);
        CHECK(live.offset.applied() == 30);
    }
    Clock steady; // a queue that stays as long as it is
    for (int i = 0; i < 4; ++i) steady.window(0, 3'600'000);
    CHECK_FALSE(steady.offset.applied().has_value());
    CHECK(steady.offset.estimate() == 3'600'000); // told as a clock that is off
}

TEST_CASE("cards: each once, resent until answered, bounded", "[cards]") {
    std::vector<v1::IdentityRequest> sent;
    bool up = true;
    Cards cards("lab", [&](std::string_view bytes) {
        if (!up) return false;
        v1::IdentityRequest r;
        REQUIRE(r.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
        sent.push_back(r);
        return true;
    });
    const auto card = [&](std::string const& token, std::int64_t now) {
        v1::IdentityCard c;
        c.add_tokens(token);
        c.set_family_name("X");
        cards.store(c, {now, now});
    };
    card("a", 0);
    card("a", 10);
    CHECK(sent.size() == 1);
    CHECK(sent[0].store().source() == "lab");
    card("b", 20);
    CHECK(sent.size() == 2);
    v1::IdentityReply reply;
    reply.set_id(sent[0].id());
    reply.set_done(true);
    cards.receive(reply.SerializeAsString());
    CHECK(cards.waiting() == 1);
    cards.tick({6'000, 6'000});
    CHECK(sent.size() == 3);
    up = false;
    for (int i = 0; i < 2000; ++i) card("t" + std::to_string(i), 7'000);
    CHECK(cards.waiting() == 1024);
    CHECK(cards.dropped() == 977);
}
