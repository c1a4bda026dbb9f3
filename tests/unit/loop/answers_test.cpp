#include "loop/answers.hpp"

#include "loop/feed.hpp"
#include "loop/limits.hpp"

#include "vigil/v1/envelope.pb.h"
#include "vigil/v1/query.pb.h"

#include <catch2/catch.hpp>

#include <map>

using namespace vigil;

namespace {

struct Desk {
    zmq::context_t context{1};
    loop::Settings settings;
    loop::Exchange exchange;
    loop::Feed feed;
    loop::Answers answers;

    static loop::Settings named() {
        loop::Settings s;
        s.feed = "inproc://feed";
        s.site = "demo";
        s.unit = "icu1";
        s.journal = "/nonexistent";
        return s;
    }
    Desk()
        : settings{named()},
          feed{context, settings, 7, exchange},
          answers{settings, 7, 10, exchange} {}

    void say(std::string bed, std::uint64_t seq, loop::Keep keep = loop::Keep::put, std::size_t size = 1) {
        v1::Envelope e;
        feed.head(e, seq, 5);
        e.mutable_event()->set_encounter(std::string(size, 'e'));
        loop::Publication p;
        p.cls = wire::TopicClass::event;
        p.unit = "icu1";
        p.bed = bed;
        p.slot = "e1";
        p.keep = keep;
        p.topic = wire::topic(p.cls, "demo", "icu1", bed, "admitted");
        p.bytes = e.SerializeAsString();
        p.seq = seq;
        feed.release(std::move(p), true);
        answers.catch_up();
    }
    v1::QueryReply page(std::uint32_t from, std::string const& client = "one") {
        v1::QueryRequest request;
        request.mutable_snapshot()->set_prefix("vigil.v1.");
        request.mutable_snapshot()->set_from_index(from);
        v1::QueryReply reply;
        REQUIRE(answers.answer(client, request, reply));
        return reply;
    }
};

} // namespace

TEST_CASE("a snapshot says how much every stream had said, of the same instant on every page") {
    Desk desk;
    desk.say("b1", 11);
    desk.say("b1", 12);
    desk.say("b2", 13, loop::Keep::nothing);
    // More than one reply holds.
    for (int bed = 10; bed < 14; ++bed)
        desk.say("b" + std::to_string(bed), 14 + static_cast<std::uint64_t>(bed), loop::Keep::put, 400'000);
    std::map<std::string, std::uint64_t> counts;
    std::size_t publications = 0;
    std::uint32_t from = 0;
    for (int pages = 1;; ++pages) {
        const auto reply = desk.page(from);
        REQUIRE(reply.error().empty());
        CHECK(reply.last_seq() == 27);
        publications += static_cast<std::size_t>(reply.publications_size());
        for (auto const& one : reply.counts()) counts[one.cls() + "." + one.unit() + "." + one.bed()] = one.count();
        desk.say("b1", 40 + static_cast<std::uint64_t>(pages)); // what comes meanwhile is not part of it
        if (!reply.more()) {
            CHECK(pages > 1);
            break;
        }
        from = reply.next_index();
    }
    CHECK(publications == 5);
    CHECK(counts.size() == 6);
    CHECK(counts["event.icu1.b1"] == 2);
    CHECK(counts["event.icu1.b2"] == 1); // nothing of it is retained, and what was said is counted
}

TEST_CASE("a snapshot that was given up is refused, not cut short") {
    Desk desk;
    CHECK(desk.page(3, "late").error() == "snapshot_gone");
}

TEST_CASE("what was committed before the start is where a snapshot stands when nothing was said since") {
    Desk desk;
    CHECK(desk.page(0).last_seq() == 10);
}

TEST_CASE("questions that read far back are left to the slow thread") {
    Desk desk;
    v1::QueryRequest scores, alert;
    scores.mutable_scores_at()->set_encounter("e1");
    alert.mutable_alert()->set_id("closed before this start");
    v1::QueryReply reply;
    CHECK_FALSE(desk.answers.answer("one", scores, reply));
    CHECK_FALSE(desk.answers.answer("one", alert, reply));
    CHECK(reply.last_seq() == 10);
}

TEST_CASE("status says how old it is when the loop does not answer") {
    Desk desk;
    auto view = std::make_shared<loop::View>();
    view->rules = std::make_shared<core::Rulebook const>();
    view->made = std::chrono::steady_clock::now() - std::chrono::seconds{9};
    desk.exchange.offer(view);
    v1::QueryRequest request;
    request.mutable_status();
    v1::QueryReply reply;
    REQUIRE(desk.answers.answer("one", request, reply));
    CHECK(reply.error().empty());
    CHECK(reply.status().behind_ms() >= 9'000);
}
