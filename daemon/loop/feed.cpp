#include "loop/feed.hpp"

#include "loop/limits.hpp"
#include "loop/socket.hpp"

#include "vigil/v1/envelope.pb.h"

namespace vigil::loop {

namespace {
constexpr unsigned all_within_turns = 10; // every stream stands in a digest within 10 s
}

Feed::Feed(zmq::context_t& context, Settings const& settings, std::uint64_t epoch, Exchange& exchange)
    : settings_{settings},
      epoch_{epoch},
      exchange_{exchange},
      socket_{bind(context, zmq::socket_type::xpub, settings.feed, settings.curve)} {}

void Feed::head(v1::Envelope& envelope, std::uint64_t seq, std::int64_t log_time_ms) const {
    envelope.set_epoch(epoch_);
    envelope.set_seq(seq);
    envelope.set_log_time_ms(log_time_ms);
    envelope.set_simulated(settings_.simulated);
}

void Feed::release(Publication publication, bool recorded) {
    auto found = streams_.find(Key{publication.cls, publication.unit, publication.bed});
    if (found == streams_.end())
        found = streams_.emplace(Key{publication.cls, publication.unit, publication.bed}, Stream{}).first;
    auto& stream = found->second;
    stream.changed = true;
    append_count(publication.bytes, ++stream.count);
    if (recorded) {
        append_recorded(publication.bytes);
    } else if (publication.seq != 0) {
        append_no_sequence(publication.bytes);
        publication.seq = 0;
    }
    ++sent_;
    const auto released = std::make_shared<Released const>(Released{std::move(publication), recorded, stream.count});
    exchange_.push(released); // first: who has heard it and asks is answered with it
    auto const& sent = released->publication;
    socket_.send(zmq::buffer(sent.topic), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
    socket_.send(zmq::buffer(sent.bytes), zmq::send_flags::dontwait);
}

void Feed::send_digest(std::int64_t log_time_ms, std::uint64_t last_seq, std::uint32_t active_alerts, bool recorded) {
    std::vector<v1::Digest> parts(1);
    std::size_t bytes = 0;
    unsigned index = 0;
    for (auto& [key, stream] : streams_) {
        const bool its_turn = index++ % all_within_turns == digest_turn_ % all_within_turns;
        if (std::get<0>(key) == wire::TopicClass::sys || (!stream.changed && !its_turn)) continue;
        stream.changed = false;
        const auto size = std::get<1>(key).size() + std::get<2>(key).size() + 32;
        if (bytes + size > digest_bytes) {
            parts.emplace_back();
            bytes = 0;
        }
        bytes += size;
        auto& count = *parts.back().add_counts();
        count.set_cls(std::string{name_of(std::get<0>(key))});
        count.set_unit(std::get<1>(key));
        count.set_bed(std::get<2>(key));
        count.set_count(stream.count);
    }
    ++digest_turn_;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        v1::Envelope envelope;
        head(envelope, 0, log_time_ms);
        envelope.set_event_time_ms(log_time_ms);
        auto& digest = *envelope.mutable_digest();
        digest.Swap(&parts[i]);
        digest.set_last_seq(last_seq);
        digest.set_active_alerts(active_alerts);
        digest.set_part(static_cast<std::uint32_t>(i));
        digest.set_parts(static_cast<std::uint32_t>(parts.size()));
        Publication out;
        out.cls = wire::TopicClass::sys;
        out.unit = settings_.unit;
        out.bed = wire::no_place;
        out.topic = wire::topic(out.cls, settings_.site, out.unit, out.bed, "digest");
        out.bytes = envelope.SerializeAsString();
        out.log_time_ms = log_time_ms;
        release(std::move(out), recorded);
    }
}

void Feed::drop_subscriptions() {
    zmq::message_t message;
    for (int i = 0; i < 256 && socket_.recv(message, zmq::recv_flags::dontwait); ++i)
        while (message.more() && socket_.recv(message, zmq::recv_flags::dontwait)) {
        }
}

} // namespace vigil::loop
