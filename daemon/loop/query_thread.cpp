#include "loop/query_thread.hpp"

#include "loop/answers.hpp"
#include "loop/limits.hpp"
#include "loop/slow_answers.hpp"
#include "loop/socket.hpp"

#include "vigil/v1/query.pb.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace vigil::loop {

namespace {

constexpr std::size_t query_bytes = 256U << 10;
constexpr unsigned queries_per_turn = 16;
constexpr std::size_t slow_waiting = 32; // beyond it the question is refused: each may take seconds

// Questions that take long, and their answers on the way back to the one socket.
class SlowThread {
public:
    struct Job {
        std::vector<std::string> route;
        v1::QueryRequest request;
        v1::QueryReply reply; // what the query thread has filled in already
    };

    SlowThread(Settings const& settings, Exchange& exchange)
        : answers_{settings, exchange},
          ready_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
          thread_{[this] { run(); }} {}
    ~SlowThread() {
        {
            const std::scoped_lock lock{mutex_};
            stop_ = true;
        }
        wake_.notify_all();
        thread_.join();
        close(ready_);
    }
    SlowThread(SlowThread const&) = delete;
    SlowThread& operator=(SlowThread const&) = delete;

    int descriptor() const { return ready_; }
    bool ask(Job job) {
        {
            const std::scoped_lock lock{mutex_};
            if (asked_.size() >= slow_waiting) return false;
            asked_.push_back(std::move(job));
        }
        wake_.notify_all();
        return true;
    }
    std::deque<Job> take() {
        std::uint64_t n = 0;
        if (read(ready_, &n, sizeof n) < 0) return {};
        const std::scoped_lock lock{mutex_};
        return std::exchange(answered_, {});
    }

private:
    void run() {
        std::unique_lock lock{mutex_};
        for (;;) {
            wake_.wait(lock, [this] { return stop_ || !asked_.empty(); });
            if (stop_) return;
            auto job = std::move(asked_.front());
            asked_.pop_front();
            lock.unlock();
            answers_.answer(job.request, job.reply);
            lock.lock();
            answered_.push_back(std::move(job));
            const std::uint64_t one = 1;
            if (write(ready_, &one, sizeof one) < 0) continue; // full: it is readable already
        }
    }

    SlowAnswers answers_;
    int ready_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> asked_, answered_;
    bool stop_ = false;
    std::thread thread_;
};

} // namespace

struct QueryThread::Shared {
    zmq::socket_t socket;
    Answers answers;
    SlowThread slow;
    std::atomic<bool> stop{false};
    std::thread thread;

    Shared(zmq::context_t& context, Settings const& settings, std::uint64_t epoch, std::uint64_t last_seq,
           Exchange& exchange)
        : socket{bind(context, zmq::socket_type::router, settings.query, settings.curve)},
          answers{settings, epoch, last_seq, exchange},
          slow{settings, exchange} {}

    void run() {
        Received received;
        while (!stop) {
            std::array<zmq::pollitem_t, 2> items{
                {{socket.handle(), 0, ZMQ_POLLIN, 0}, {nullptr, slow.descriptor(), ZMQ_POLLIN, 0}}};
            zmq::poll(items.data(), items.size(), std::chrono::milliseconds{50});
            answers.catch_up();
            for (auto const& job : slow.take()) reply(socket, job.route, job.reply.SerializeAsString());
            for (unsigned n = 0; n < queries_per_turn && receive(socket, received); ++n) {
                answer(received);
                answers.catch_up();
            }
        }
    }

    void answer(Received const& received) {
        SlowThread::Job job;
        if (received.body.size() > query_bytes ||
            !job.request.ParseFromArray(received.body.data(), static_cast<int>(received.body.size())))
            return;
        job.route = route_of(received);
        if (!answers.answer(job.route.front(), job.request, job.reply)) {
            const auto route = job.route;
            const auto id = job.request.id();
            if (slow.ask(std::move(job))) return;
            v1::QueryReply busy;
            busy.set_id(id);
            busy.set_error("busy");
            reply(socket, route, busy.SerializeAsString());
            return;
        }
        reply(socket, job.route, job.reply.SerializeAsString());
    }
};

QueryThread::QueryThread(zmq::context_t& context, Settings const& settings, std::uint64_t epoch, std::uint64_t last_seq,
                         Exchange& exchange)
    : shared_{std::make_unique<Shared>(context, settings, epoch, last_seq, exchange)} {
    shared_->thread = std::thread{[s = shared_.get()] { s->run(); }};
}

QueryThread::~QueryThread() {
    shared_->stop = true;
    shared_->thread.join();
}

std::string QueryThread::endpoint() const { return bound_endpoint(shared_->socket); }

} // namespace vigil::loop
