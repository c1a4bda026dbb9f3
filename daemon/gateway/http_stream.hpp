#pragma once

#include "gateway/client_stream.hpp"
#include "gateway/metrics.hpp"
#include "gateway/people.hpp"
#include "gateway/wall.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <set>

namespace vigil::gateway {

class EventStream;

/// The open event streams. Lives on the HTTP thread; a stream that cannot keep up loses its queue and gets `resync`
/// with a new snapshot, so nobody's slowness costs more than a bounded piece of memory.
class StreamHub {
public:
    static constexpr std::size_t streams_max = 64;
    static constexpr std::size_t queue_frames_max = 2048;
    static constexpr std::size_t queue_bytes_max = 4 * 1024 * 1024;

    StreamHub(const Wall& wall, HttpCounters& counters)
        : wall_(wall),
          counters_(counters) {}

    [[nodiscard]] bool full() const { return streams_.size() >= streams_max; }
    /// Takes over a connection whose request has been read; `closed` is called once it is gone.
    void add(ClientStream stream, StreamRights rights, std::function<void()> closed);
    void broadcast(const std::shared_ptr<const Frame>& frame);
    /// Once a second: who may look no longer, the clock, and every 15th time a comment against idle proxies.
    void clock_tick();
    void close_all();

private:
    friend class EventStream;
    void remove(const std::shared_ptr<EventStream>& stream);

    const Wall& wall_;
    HttpCounters& counters_;
    std::set<std::shared_ptr<EventStream>> streams_;
    unsigned ticks_ = 0;
};

} // namespace vigil::gateway
