#include "loop/feed.hpp"

#include "vigil/v1/envelope.pb.h"

#include <catch2/catch.hpp>

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
    w.feed.send_digest(5, 9, 2, true);
    std::size_t counts = 0;
    const auto parts = w.exchange.drain();
    CHECK(parts.size() > 1);
    for (auto const& p : parts) {
        CHECK(p->publication.bytes.size() <= 50U << 10);
        CHECK(parsed(p).digest().parts() == parts.size());
        CHECK(parsed(p).digest().last_seq() == 9);
        counts += static_cast<std::size_t>(parsed(p).digest().counts_size());
    }
    CHECK(counts == beds);
    counts = 0;
    for (int second = 0; second < 10; ++second) {
        w.feed.send_digest(5, 9, 2, true);
        for (auto const& p : w.exchange.drain()) counts += static_cast<std::size_t>(parsed(p).digest().counts_size());
    }
    CHECK(counts == beds);
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
