#pragma once
// The feed: XPUB, counts per class and bed, and the digest by which a lost last message is noticed.

#include "loop/exchange.hpp"
#include "loop/publication.hpp"
#include "loop/settings.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

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
    // Counts of the streams that changed since the last digest, and of a tenth of the others.
    void send_digest(std::int64_t log_time_ms, std::uint64_t last_seq, std::uint32_t active_alerts, bool recorded);
    // Subscriptions arrive as messages and would pile up.
    void drop_subscriptions();
    zmq::socket_t& socket() { return socket_; }
    std::uint64_t sent() const { return sent_; }

    // Epoch, times and flags of an envelope about to be filled.
    void head(v1::Envelope& envelope, std::uint64_t seq, std::int64_t log_time_ms) const;

private:
    struct Stream {
        std::uint64_t count = 0;
        bool changed = false;
    };
    using Key = std::tuple<wire::TopicClass, std::string, std::string>;

    Settings const& settings_;
    std::uint64_t epoch_;
    Exchange& exchange_;
    zmq::socket_t socket_;
    std::map<Key, Stream> streams_;
    unsigned digest_turn_ = 0;
    std::uint64_t sent_ = 0;
};

} // namespace vigil::loop
