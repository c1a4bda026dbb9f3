#include "loop/query_thread.hpp"

#include "loop/answers.hpp"
#include "loop/limits.hpp"
#include "loop/log.hpp"
#include "loop/socket.hpp"

#include "vigil/v1/query.pb.h"

#include <atomic>
#include <fmt/format.h>
#include <thread>

namespace vigil::loop {

namespace {
constexpr std::size_t query_bytes = 256U << 10;
constexpr unsigned queries_per_turn = 16;
} // namespace

struct QueryThread::Shared {
    zmq::socket_t socket;
    Answers answers;
    std::atomic<bool> stop{false};
    std::thread thread;

    Shared(zmq::context_t& context, Settings const& settings, std::uint64_t epoch, std::uint64_t last_seq,
           Exchange& exchange)
        : socket{bind(context, zmq::socket_type::router, settings.query, settings.curve)},
          answers{settings, epoch, last_seq, exchange} {}

    void run() {
        Received received;
        while (!stop) {
            zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
            zmq::poll(&item, 1, std::chrono::milliseconds{50});
            answers.catch_up();
            for (unsigned n = 0; n < queries_per_turn && receive(socket, received); ++n) {
                answer(received);
                answers.catch_up();
            }
        }
    }

    void answer(Received const& received) {
        v1::QueryRequest request;
        if (received.body.size() > query_bytes ||
            !request.ParseFromArray(received.body.data(), static_cast<int>(received.body.size())))
            return;
        v1::QueryReply out;
        const auto route = route_of(received);
        answers.answer(route.front(), request, out);
        reply(socket, route, out.SerializeAsString());
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
