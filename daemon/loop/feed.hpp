#pragma once
// The feed: XPUB, counts per class and bed, and the digest by which a lost last message is noticed.

#include "loop/exchange.hpp"
#include "loop/publication.hpp"
#include "loop/settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include <zmq.hpp>

namespace vigil::v1 {
class Envelope;
class DaemonState;
} // namespace vigil::v1

namespace vigil::loop {

class Feed {
public:
    Feed(zmq::context_t& context, Settings const& settings, std::uint64_t epoch, Exchange& exchange);

    // Sends it and hands it to the query thread. `recorded`: its cause is in the journal.
    void release(Publication publication, bool recorded);
    // Counts of the streams that changed since the last digest, and within ten digests of all. In parts, so that a
    // thousand beds are never one pause: this sends the first, `continue_digest` one more, if one is left. What the
    // digest before left is sent first.
    struct DigestOf {
        std::int64_t log_time_ms = 0;
        std::uint64_t last_seq = 0;
        std::uint32_t active_alerts = 0;
        bool recorded = false;
    };
    void begin_digest(DigestOf const& of);
    bool continue_digest(); // whether one was left
    void end_digest();      // all that are left
    // Subscriptions arrive as messages and would pile up.
    void drop_subscriptions();
    zmq::socket_t& socket() { return socket_; }
    std::uint64_t sent() const { return sent_; }

    // Epoch, times and flags of an envelope about to be filled.
    void head(v1::Envelope& envelope, std::uint64_t seq, std::int64_t log_time_ms) const;

private:
    struct Stream {
        std::uint64_t count = 0;
        std::uint64_t told_in = 0; // the digest that told it last
        bool changed = false;
    };
    using Key = std::tuple<wire::TopicClass, std::string, std::string>;
    using Streams = std::map<Key, Stream>;
    struct Digesting {
        DigestOf of;
        Streams::iterator next; // a map's stay good while others come
        std::uint32_t part = 0, parts = 0;
    };

    Settings const& settings_;
    std::uint64_t epoch_;
    Exchange& exchange_;
    zmq::socket_t socket_;
    Streams streams_;
    std::optional<Digesting> digesting_;
    std::uint64_t digest_ = 0; // how many have begun
    std::uint64_t sent_ = 0;
};

} // namespace vigil::loop
