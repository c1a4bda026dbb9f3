#include "loop/feed.hpp"

#include "vigil/v1/envelope.pb.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <fmt/format.h>
#include <map>
#include <string>

using namespace vigil;

namespace {

struct Wall {
    zmq::context_t context{1};
    loop::Settings settings;
    loop::Exchange exchange;
    loop::Feed feed;

    static loop::Settings named() {
        loop::Settings s;
        s.feed = "inproc://feed";
        s.unit = "icu1";
        return s;
    }
    Wall()
        : settings{named()},
          feed{context, settings, 77, exchange} {}

    std::deque<loop::ReleasedPtr> whole_digest() {
        feed.begin_digest({5, 9, 2, true});
        feed.end_digest();
        return exchange.drain();
    }

    loop::Publication publication(std::string bed, std::uint64_t seq) const {
        v1::Envelope e;
        feed.head(e, seq, 5);
        e.mutable_event()->set_encounter("e1");
        loop::Publication p;
        p.cls = wire::TopicClass::event;
        p.unit = "icu1";
        p.bed = bed;
        p.topic = wire::topic(p.cls, "demo", "icu1", bed, "admitted");
        p.bytes = e.SerializeAsString();
        p.seq = seq;
        return p;
    }
};

v1::Envelope parsed(loop::ReleasedPtr const& r) {
    v1::Envelope e;
    REQUIRE(e.ParseFromString(r->publication.bytes));
    return e;
}

} // namespace

TEST_CASE("counts are dense by class and bed and stand in the envelope at release") {
    Wall w;
    w.feed.release(w.publication("b1", 3), true);
    w.feed.release(w.publication("b2", 4), true);
    w.feed.release(w.publication("b1", 5), true);
    const auto sent = w.exchange.drain();
    REQUIRE(sent.size() == 3);
    CHECK(parsed(sent[0]).count() == 1);
    CHECK(parsed(sent[1]).count() == 1);
    CHECK(parsed(sent[2]).count() == 2);
    CHECK(parsed(sent[2]).epoch() == 77);
    CHECK(parsed(sent[2]).seq() == 5);
    CHECK(parsed(sent[2]).recorded());
    CHECK(parsed(sent[2]).simulated());
}

TEST_CASE("what was not recorded says so and has no place in the journal") {
    Wall w;
    w.feed.release(w.publication("b1", 3), false);
    const auto sent = w.exchange.drain();
    CHECK_FALSE(parsed(sent[0]).recorded());
    CHECK(parsed(sent[0]).seq() == 0);
    CHECK(sent[0]->publication.seq == 0);
}

TEST_CASE("the digest tells changed beds at once, all within ten, in parts of bounded size") {
    Wall w;
    constexpr int beds = 3'000;
    for (int i = 0; i < beds; ++i)
        w.feed.release(w.publication("a_bed_with_a_long_name_" + std::to_string(i), 1), true);
    w.exchange.drain();
    std::size_t counts = 0;
    const auto parts = w.whole_digest();
    CHECK(parts.size() > 1);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        CHECK(parts[i]->publication.bytes.size() <= 50U << 10);
        CHECK(parsed(parts[i]).digest().part() == i);
        CHECK(parsed(parts[i]).digest().parts() == parts.size());
        CHECK(parsed(parts[i]).digest().last_seq() == 9);
        counts += static_cast<std::size_t>(parsed(parts[i]).digest().counts_size());
    }
    CHECK(counts == beds);
    std::map<std::string, int> told;
    for (int second = 0; second < 10; ++second)
        for (auto const& p : w.whole_digest()) {
            const auto envelope = parsed(p);
            for (auto const& one : envelope.digest().counts()) ++told[one.bed()];
        }
    CHECK(told.size() == beds);
    CHECK(std::all_of(told.begin(), told.end(), [](auto const& bed) { return bed.second == 1; }));
}

TEST_CASE("a digest's later parts tell what was sent up to then, and the next one sends what is left") {
    Wall w;
    const auto bed = [](int i) { return fmt::format("bed_{:04}", i); };
    constexpr int beds = 1'000;
    for (int i = 0; i < beds; ++i) w.feed.release(w.publication(bed(i), 1), true);
    w.exchange.drain();
    w.feed.begin_digest({5, 9, 2, true});
    CHECK(w.exchange.drain().size() == 1);
    w.feed.release(w.publication(bed(beds - 1), 2), true); // while it goes on: one that is told, one that is new
    w.feed.release(w.publication("a_new_bed", 2), true);
    w.exchange.drain();
    w.feed.begin_digest({6, 10, 2, true});
    const auto sent = w.exchange.drain();
    REQUIRE(sent.size() > 2);
    std::uint64_t told = 0;
    for (std::size_t i = 0; i + 1 < sent.size(); ++i) {
        const auto envelope = parsed(sent[i]);
        CHECK(envelope.digest().part() == i + 1);
        CHECK(envelope.digest().last_seq() == 9);
        for (auto const& one : envelope.digest().counts())
            if (one.bed() == bed(beds - 1)) told = one.count();
    }
    CHECK(told == 2);
    CHECK(parsed(sent.back()).digest().last_seq() == 10);
    REQUIRE(parsed(sent.back()).digest().counts_size() >= 1);
    CHECK(parsed(sent.back()).digest().counts(0).bed() == "a_new_bed");
    CHECK(parsed(sent.back()).digest().counts(0).count() == 1);
}

TEST_CASE("a subscriber hears the topic and the envelope") {
    Wall w;
    zmq::socket_t sub{w.context, zmq::socket_type::sub};
    sub.set(zmq::sockopt::rcvtimeo, 5'000);
    sub.set(zmq::sockopt::subscribe, "vigil.v1.event.demo.icu1.b1.");
    sub.connect("inproc://feed");
    zmq::pollitem_t item{w.feed.socket().handle(), 0, ZMQ_POLLIN, 0};
    REQUIRE(zmq::poll(&item, 1, std::chrono::seconds{5}) == 1);
    w.feed.drop_subscriptions();
    w.feed.release(w.publication("b10", 1), true);
    w.feed.release(w.publication("b1", 2), true);
    zmq::message_t topic, body;
    REQUIRE(sub.recv(topic));
    REQUIRE(sub.recv(body));
    CHECK(topic.to_string() == "vigil.v1.event.demo.icu1.b1.admitted");
    v1::Envelope e;
    REQUIRE(e.ParseFromArray(body.data(), static_cast<int>(body.size())));
    CHECK(e.seq() == 2);
}
