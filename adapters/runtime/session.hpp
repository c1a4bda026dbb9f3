#pragma once
// What a protocol supplies for each connection, and what it may do with it.

#include "adapters/runtime/instant.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace vigil::adapters {

class Peer {
public:
    virtual ~Peer() = default;
    virtual void send(std::string bytes) = 0; // one write
    virtual void close(std::string_view reason) = 0;
    // Reads no more, and closes once everything owed has gone out.
    virtual void finish(std::string_view reason) = 0;
    virtual std::string_view address() const = 0;
};

class Session {
public:
    virtual ~Session() = default;
    virtual void on_bytes(std::string_view bytes, Instant now) = 0;
    virtual void on_tick(Instant now) = 0; // ten times a second
    virtual void on_end(Instant now) = 0;  // the peer will send no more
    virtual bool wants_more() const = 0;   // false: do not read from the connection
    virtual bool answers_owed() const = 0; // replies that are still to come
    virtual bool productive() const = 0;   // has sent at least one sound message
    virtual std::size_t buffered() const = 0;
};

// The peer outlives the session.
using OpenSession = std::function<std::shared_ptr<Session>(Peer& peer)>;

} // namespace vigil::adapters
