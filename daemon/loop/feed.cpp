#include "loop/feed.hpp"

#include "loop/limits.hpp"
#include "loop/socket.hpp"

#include "vigil/v1/envelope.pb.h"

#include <algorithm>
#include <utility>

namespace vigil::loop {

namespace {
constexpr unsigned all_within = 10; // digests, one each second, tell every stream
// A part's size, and how long the loop makes one: some 40 bytes and 1 µs a stream.
constexpr std::size_t streams_per_part = 256;
} // namespace

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

void Feed::begin_digest(DigestOf const& of) {
    end_digest();
    ++digest_;
    const auto parts = (streams_.size() + streams_per_part - 1) / streams_per_part;
    digesting_ = Digesting{of, streams_.begin(), 0, std::max(1U, static_cast<std::uint32_t>(parts))};
    continue_digest();
}

void Feed::end_digest() {
    while (continue_digest()) {
    }
}

bool Feed::continue_digest() {
    if (!digesting_) return false;
    auto& d = *digesting_;
    v1::Envelope envelope;
    head(envelope, 0, d.of.log_time_ms);
    envelope.set_event_time_ms(d.of.log_time_ms);
    auto& digest = *envelope.mutable_digest();
    digest.set_last_seq(d.of.last_seq);
    digest.set_active_alerts(d.of.active_alerts);
    digest.set_part(d.part++);
    digest.set_parts(d.parts);
    // Streams that came since it began are told by the next one at the latest.
    for (std::size_t looked = 0; looked < streams_per_part && d.next != streams_.end(); ++looked, ++d.next) {
        auto& [key, stream] = *d.next;
        auto const& [cls, unit, bed] = key;
        const bool its_turn = digest_ - stream.told_in >= all_within;
        if (cls == wire::TopicClass::sys || (!stream.changed && !its_turn)) continue;
        stream.changed = false;
        stream.told_in = digest_;
        auto& count = *digest.add_counts();
        count.set_cls(std::string{name_of(cls)});
        count.set_unit(unit);
        count.set_bed(bed);
        count.set_count(stream.count);
    }
    Publication out;
    out.cls = wire::TopicClass::sys;
    out.unit = settings_.unit;
    out.bed = wire::no_place;
    out.topic = wire::topic(out.cls, settings_.site, out.unit, out.bed, "digest");
    out.bytes = envelope.SerializeAsString();
    out.log_time_ms = d.of.log_time_ms;
    const bool recorded = d.of.recorded;
    if (d.part == d.parts) digesting_.reset();
    release(std::move(out), recorded);
    return true;
}

void Feed::drop_subscriptions() {
    zmq::message_t message;
    for (int i = 0; i < 256 && socket_.recv(message, zmq::recv_flags::dontwait); ++i)
        while (message.more() && socket_.recv(message, zmq::recv_flags::dontwait)) {
        }
}

} // namespace vigil::loop
