#include "gateway/http_stream.hpp"

#include "gateway/routes.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <fmt/format.h>

namespace vigil::gateway {
namespace {

constexpr std::size_t write_bytes_most = 256 * 1024;
constexpr std::size_t write_frames_most = 64; // as many pieces as the kernel takes at once

} // namespace

/// One browser's event stream: a bounded queue and one write under way.
class EventStream : public std::enable_shared_from_this<EventStream> {
public:
    EventStream(ClientStream stream, StreamHub& hub, StreamRights rights, std::function<void()> closed)
        : stream_(std::move(stream)),
          hub_(hub),
          rights_(std::move(rights)),
          closed_(std::move(closed)) {}
    ~EventStream() { closed_(); }
    EventStream(const EventStream&) = delete;
    EventStream& operator=(const EventStream&) = delete;

    void open() {
        HttpResponse response{200, "text/event-stream", "", {}};
        add_standard_headers(response);
        std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n"
                           "X-Accel-Buffering: no\r\n";
        for (const auto& [name, value] : response.headers) head += fmt::format("{}: {}\r\n", name, value);
        push_text(std::make_shared<const std::string>(head + "\r\nretry: 1000\n\n"));
        names_ = rights_().value_or(false);
        push_snapshot("snapshot");
        watch_for_end();
    }
    void push(const std::shared_ptr<const Frame>& frame) {
        if (frame->version > version_) push_text(std::shared_ptr<const std::string>(frame, &frame->text(names_)));
    }
    /// False when whoever opened this may not look any longer.
    bool look_again() {
        const auto names = rights_();
        if (names && *names != names_) {
            names_ = *names;
            resync(); // what waits has names in it, or lacks them
        }
        return names.has_value();
    }
    void push_text(std::shared_ptr<const std::string> text) {
        queued_bytes_ += text->size();
        queue_.push_back(std::move(text));
        if (!resyncing_ && (queue_.size() > StreamHub::queue_frames_max || queued_bytes_ > byte_limit_)) {
            ++hub_.counters_.streams_resynced;
            resync();
        }
        write();
    }
    void close() {
        boost::system::error_code ignored;
        stream_.lowest().socket().close(ignored); // a socket that will not close is closed all the same
    }

private:
    void push_snapshot(const char* event_name) {
        auto frame = std::make_shared<const Frame>(hub_.wall_.snapshot_frame(event_name, names_));
        version_ = frame->version;
        // A ward larger than the limit must still fit once.
        byte_limit_ = StreamHub::queue_bytes_max + frame->text(names_).size();
        push_text(std::shared_ptr<const std::string>(frame, &frame->text(names_)));
    }
    void resync() {
        resyncing_ = true;
        while (queue_.size() > writing_) { // what is being written stays until it is
            queued_bytes_ -= queue_.back()->size();
            queue_.pop_back();
        }
        push_snapshot("resync");
        resyncing_ = false;
    }
    void write() {
        if (writing_ > 0 || queue_.empty()) return;
        // All that waits at once: the beds of a ward come by dozens, and each write costs both ends more than what it
        // carries.
        std::vector<boost::asio::const_buffer> frames;
        std::size_t bytes = 0;
        while (writing_ < std::min(queue_.size(), write_frames_most) &&
               (writing_ == 0 || bytes + queue_[writing_]->size() <= write_bytes_most)) {
            bytes += queue_[writing_]->size();
            frames.push_back(boost::asio::buffer(*queue_[writing_++]));
        }
        boost::asio::async_write(
            stream_, frames,
            [self = shared_from_this()](const boost::system::error_code& error, std::size_t) { self->written(error); });
    }
    void written(const boost::system::error_code& error) {
        const auto done = std::exchange(writing_, 0);
        if (error) {
            hub_.remove(shared_from_this());
            return;
        }
        for (std::size_t i = 0; i < done; ++i) {
            queued_bytes_ -= queue_.front()->size();
            queue_.pop_front();
        }
        write();
    }
    void watch_for_end() {
        // The browser sends nothing more; a read ends when it goes away.
        stream_.async_read_some(boost::asio::buffer(end_, sizeof end_),
                                [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                                    if (error)
                                        self->gone();
                                    else
                                        self->watch_for_end();
                                });
    }
    void gone() {
        close();
        hub_.remove(shared_from_this());
    }

    ClientStream stream_;
    StreamHub& hub_;
    StreamRights rights_;
    std::function<void()> closed_;
    std::deque<std::shared_ptr<const std::string>> queue_;
    std::size_t queued_bytes_ = 0;
    std::size_t byte_limit_ = StreamHub::queue_bytes_max;
    std::uint64_t version_ = 0;
    bool names_ = false;
    std::size_t writing_ = 0; ///< so many of the queue's first
    bool resyncing_ = false;
    char end_[64] = {};
};

void StreamHub::add(ClientStream connection, StreamRights rights, std::function<void()> closed) {
    auto stream = std::make_shared<EventStream>(std::move(connection), *this, std::move(rights), std::move(closed));
    streams_.insert(stream);
    ++counters_.streams_opened;
    counters_.streams_now = streams_.size();
    stream->open();
}

void StreamHub::broadcast(const std::shared_ptr<const Frame>& frame) {
    for (const auto& stream : streams_) stream->push(frame);
}

void StreamHub::clock_tick() {
    const auto open = streams_; // one that is closed leaves the set
    for (const auto& stream : open) {
        if (stream->look_again()) continue;
        stream->close();
        remove(stream);
    }
    if (streams_.empty()) return;
    const auto clock = std::make_shared<const std::string>(wall_.clock_frame());
    const auto comment = std::make_shared<const std::string>(": here\n\n");
    const bool also_comment = ++ticks_ % 15 == 0;
    for (const auto& stream : streams_) {
        stream->push_text(clock);
        if (also_comment) stream->push_text(comment);
    }
}

void StreamHub::close_all() {
    for (const auto& stream : streams_) stream->close();
    streams_.clear();
    counters_.streams_now = 0;
}

void StreamHub::remove(const std::shared_ptr<EventStream>& stream) {
    streams_.erase(stream);
    counters_.streams_now = streams_.size();
}

} // namespace vigil::gateway
