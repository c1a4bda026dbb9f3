#include "vigil/client.hpp"

#include "asker.hpp"
#include "session.hpp"
#include "socket.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace vigil::client {
namespace {

constexpr int turn = 5'000;         // messages heard before the clock is looked at again
constexpr int high_water = 100'000; // messages in ZeroMQ's own queue; what is beyond shows as a gap
constexpr std::chrono::milliseconds look_up{100};

std::int64_t steady_ms() {
    using std::chrono::duration_cast;
    return duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

std::string_view name_of(Reason reason) {
    constexpr std::array<std::string_view, 5> names{"started", "gap", "restarted", "too slow", "lag"};
    return names[static_cast<std::size_t>(reason)];
}

Endpoints Endpoints::in_folder(std::string folder) {
    if (const char* named = std::getenv("VIGIL_ENDPOINT_DIR"); folder.empty() && named != nullptr) folder = named;
    if (folder.empty()) folder = "/run/vigil";
    return {"ipc://" + folder + "/feed.sock", "ipc://" + folder + "/query.sock"};
}

class Client::Thread {
public:
    Thread(Prefix prefix, Endpoints endpoints, Options options)
        : endpoints_(std::move(endpoints)),
          options_(std::move(options)),
          prefix_(std::move(prefix)),
          bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          outbox_(options_.queue, options_.max_lag.count(), [this] { came_ = true, ring(); }),
          session_(prefix_, outbox_, {options_.lost_after.count(), options_.max_lag.count(), options_.queue},
                   steady_ms()) {
        if (bell_ < 0) throw std::runtime_error("eventfd cannot be made");
        thread_ = std::thread([this] { run(); });
    }
    ~Thread() {
        stopping_ = true;
        ring();
        thread_.join();
        close(bell_);
    }
    Thread(Thread const&) = delete;
    Thread& operator=(Thread const&) = delete;

    std::optional<Event> next(std::chrono::milliseconds patience) { return outbox_.take(patience); }
    [[nodiscard]] Counters counters() const {
        const std::scoped_lock lock(shown_mutex_);
        return shown_;
    }

private:
    void ring() const {
        const std::uint64_t one = 1;
        if (write(bell_, &one, sizeof one) < 0) return; // a full counter already wakes the thread
    }

    void run() {
        try {
            auto feed = subscribe();
            Asker asker([this] { return question_socket(); });
            while (!stopping_) {
                serve(feed, asker);
                if (session_.take_reopen()) feed = subscribe();
                const std::scoped_lock lock(shown_mutex_);
                shown_ = session_.counters();
            }
        } catch (std::exception const&) {
            outbox_.close(std::current_exception()); // the user hears of it: a client that says nothing would look calm
        }
    }

    void serve(zmq::socket_t& feed, Asker& asker) {
        std::array<zmq::pollitem_t, 3> items{{{nullptr, bell_, ZMQ_POLLIN, 0},
                                              {feed.handle(), 0, ZMQ_POLLIN, 0},
                                              {asker.socket().handle(), 0, ZMQ_POLLIN, 0}}};
        zmq::poll(items.data(), items.size(), look_up);
        const auto now = steady_ms();
        session_.tick(now);
        std::uint64_t rung = 0;
        if ((items[0].revents & ZMQ_POLLIN) != 0 && read(bell_, &rung, sizeof rung) > 0 && came_.exchange(false))
            session_.user_came();
        session_.drained(now, hear(feed, now));
        auto reply = asker.answer();
        if (reply || asker.failed(now)) session_.answered(std::move(reply), now);
        if (asker.busy()) return;
        if (const auto question = session_.question(now)) asker.ask(*question, now);
    }

    bool hear(zmq::socket_t& feed, std::int64_t now) {
        zmq::message_t topic, body;
        for (int n = 0; n < turn; ++n) {
            if (!feed.recv(topic, zmq::recv_flags::dontwait)) return true;
            int frames = 1;
            for (bool more = topic.more(); more; more = body.more(), ++frames)
                if (!feed.recv(body, zmq::recv_flags::none)) return true;
            // No message of vigild has another form: unreadable.
            session_.heard(topic.to_string(), frames == 2 ? body.to_string_view() : std::string_view("\xff", 1), now);
        }
        return false;
    }

    zmq::socket_t subscribe() {
        auto out = socket_to_vigild(context_, zmq::socket_type::sub, options_.curve);
        out.set(zmq::sockopt::rcvhwm, high_water);
        // The heartbeats last: once one is heard, the other subscription has taken effect.
        out.set(zmq::sockopt::subscribe, prefix_.subscription());
        out.set(zmq::sockopt::subscribe, heartbeats);
        out.connect(endpoints_.feed);
        return out;
    }

    zmq::socket_t question_socket() {
        auto out = socket_to_vigild(context_, zmq::socket_type::dealer, options_.curve);
        out.connect(endpoints_.query);
        return out;
    }

    Endpoints endpoints_;
    Options options_;
    Prefix prefix_;
    int bell_;
    zmq::context_t context_;
    Outbox outbox_;
    Session session_;
    mutable std::mutex shown_mutex_;
    Counters shown_;
    std::atomic<bool> stopping_ = false, came_ = false;
    std::thread thread_;
};

Client::Client(std::string_view prefix, Endpoints endpoints, Options options)
    : thread_(std::make_unique<Thread>(Prefix(prefix), std::move(endpoints), std::move(options))) {}
Client::~Client() = default;
std::optional<Event> Client::next(std::chrono::milliseconds patience) { return thread_->next(patience); }
Counters Client::counters() const { return thread_->counters(); }

} // namespace vigil::client
