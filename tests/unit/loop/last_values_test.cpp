#include "loop/last_values.hpp"

#include "loop/limits.hpp"

#include "vigil/v1/envelope.pb.h"

#include <catch2/catch.hpp>

using namespace vigil;
using wire::TopicClass;

namespace {

loop::ReleasedPtr message(TopicClass cls, std::string bed, std::string key, std::string slot, std::uint64_t seq,
                          loop::Keep keep = loop::Keep::put, std::string encounter = {}) {
    loop::Publication p;
    p.topic = wire::topic(cls, "demo", "icu1", bed, key);
    p.cls = cls;
    p.unit = "icu1";
    p.bed = std::move(bed);
    p.slot = std::move(slot);
    p.seq = seq;
    p.keep = keep;
    p.encounter = std::move(encounter);
    return std::make_shared<loop::Released const>(loop::Released{std::move(p), true});
}

std::vector<std::uint64_t> seqs(std::vector<loop::ReleasedPtr> const& all) {
    std::vector<std::uint64_t> out;
    for (auto const& r : all) out.push_back(r->publication.seq);
    return out;
}

} // namespace

TEST_CASE("a snapshot has the newest of each name under the prefix, by bed without mistaking b1 for b10") {
    loop::LastValues v;
    v.apply(message(TopicClass::score, "b1", "sofa", "e1/now", 1));
    v.apply(message(TopicClass::score, "b1", "sofa", "e1/rolling", 2));
    v.apply(message(TopicClass::score, "b1", "sofa", "e1/now", 3));
    v.apply(message(TopicClass::score, "b10", "sofa", "e2/now", 4));
    CHECK(seqs(v.snapshot("vigil.v1.score.demo.icu1.b1.")) == std::vector<std::uint64_t>{3, 2});
    CHECK(v.snapshot("vigil.v1.score.").size() == 3);
    CHECK(v.snapshot("vigil.v1.alert.").empty());
    CHECK(v.last_seq() == 4);
}

TEST_CASE("a discharge empties the bed but for its alerts, which close themselves") {
    loop::LastValues v;
    v.apply(message(TopicClass::score, "b1", "sofa", "e1/now", 1));
    v.apply(message(TopicClass::status, "b1", "bed", "e1", 0));
    v.apply(message(TopicClass::event, "b1", "admitted", "e1", 2));
    v.apply(message(TopicClass::alert, "b1", "sofa_rise", "a1", 3));
    v.apply(message(TopicClass::score, "b2", "sofa", "e1/now", 4));
    v.apply(message(TopicClass::event, "b1", "discharged", "", 5, loop::Keep::vacate, "e1"));
    CHECK(seqs(v.snapshot("vigil.v1.")) == std::vector<std::uint64_t>{3, 4});
    v.apply(message(TopicClass::alert, "b1", "sofa_rise", "a1", 6, loop::Keep::remove));
    CHECK(v.snapshot("vigil.v1.alert.").empty());
    REQUIRE(v.alert("a1"));
    CHECK(v.alert("a1")->publication.seq == 6);
    CHECK_FALSE(v.alert("a2"));
}

TEST_CASE("observations are merged: the newest of each signal") {
    loop::LastValues v;
    const auto obs = [](std::initializer_list<std::pair<char const*, int>> values) {
        auto m =
            std::make_shared<loop::Released>(*message(TopicClass::obs, "b1", "values", "e1", 0, loop::Keep::merge));
        v1::Envelope e;
        for (auto const& [signal, value] : values) {
            auto& o = *e.mutable_obs()->add_values();
            o.set_signal(signal);
            o.set_mantissa(value);
            m->publication.signals.set(static_cast<std::size_t>(*model::parse_signal(signal)));
        }
        m->publication.bytes = e.SerializeAsString();
        return loop::ReleasedPtr{m};
    };
    v.apply(obs({{"hr", 80}, {"spo2", 97}}));
    v.apply(obs({{"hr", 90}}));
    const auto all = v.snapshot("vigil.v1.obs.");
    REQUIRE(all.size() == 1);
    v1::Envelope e;
    REQUIRE(e.ParseFromString(all[0]->publication.bytes));
    REQUIRE(e.obs().values_size() == 2);
    CHECK(e.obs().values(0).mantissa() == 97);
    CHECK(e.obs().values(1).mantissa() == 90);
    v.apply(obs({{"hr", 91}, {"spo2", 98}}));
    CHECK(v.snapshot("vigil.v1.obs.")[0]->publication.signals.count() == 2);
    v.apply(message(TopicClass::event, "b1", "discharged", "", 5, loop::Keep::vacate, "e1"));
    CHECK(v.snapshot("vigil.v1.").empty());
}

TEST_CASE("replay gives what came after, and says when it does not reach back so far") {
    loop::LastValues v;
    v.complete_from(10);
    for (std::uint64_t seq = 11; seq <= 20; ++seq)
        v.apply(message(seq % 2 == 0 ? TopicClass::score : TopicClass::alert, "b1", "k", "s", seq));
    v.apply(message(TopicClass::obs, "b1", "values", "", 0, loop::Keep::nothing));
    std::vector<loop::ReleasedPtr> out;
    CHECK_FALSE(v.replay("vigil.v1.", 9, 100, out));
    CHECK(v.replay("vigil.v1.", 10, 100, out));
    CHECK(out.size() == 10);
    out.clear();
    CHECK(v.replay("vigil.v1.alert.", 15, 100, out));
    CHECK(seqs(out) == std::vector<std::uint64_t>{17, 19});
    out.clear();
    CHECK(v.replay("vigil.v1.", 10, 3, out));
    CHECK(seqs(out) == std::vector<std::uint64_t>{11, 12, 13});
}

TEST_CASE("memory for replay is bounded, and what fell out of it is asked of the journal") {
    loop::LastValues v;
    const auto last = std::uint64_t{2 * loop::recent_bytes / sizeof(loop::Released)};
    for (std::uint64_t seq = 1; seq <= last; ++seq) v.apply(message(TopicClass::score, "b1", "k", "s", seq));
    std::vector<loop::ReleasedPtr> out;
    CHECK_FALSE(v.replay("vigil.v1.", last / 2, 1, out)); // twice as much as fits, without what they say
    auto from = last / 2;
    while (!v.replay("vigil.v1.", from, last, out)) ++from;
    CHECK(out.size() == last - from);
    CHECK(out.front()->publication.seq == from + 1);
    std::size_t said = 0;
    for (auto const& r : out) said += sizeof *r + r->publication.topic.size() + r->publication.bytes.size();
    CHECK(said <= loop::recent_bytes);
    CHECK(said >= loop::recent_bytes / 2);
}
