#include "gateway/asker.hpp"

namespace vigil::gateway {
namespace {
constexpr std::int64_t reply_bytes_max = 8 * 1024 * 1024;
}

void Asker::ask(std::string request, Done done, bool first) {
    Question question{std::move(request), std::move(done)};
    if (first)
        queue_.push_front(std::move(question));
    else
        queue_.push_back(std::move(question));
}

void Asker::connect() {
    socket_.emplace(context_, zmq::socket_type::dealer);
    socket_->set(zmq::sockopt::linger, 0);
    socket_->set(zmq::sockopt::maxmsgsize, reply_bytes_max);
    socket_->set(zmq::sockopt::reconnect_ivl, 100);
    socket_->set(zmq::sockopt::reconnect_ivl_max, 1000);
    socket_->connect(endpoint_);
}

void Asker::take_answer() {
    zmq::message_t part;
    std::optional<std::string> body;
    bool more = true;
    while (more) {
        if (!socket_->recv(part, zmq::recv_flags::dontwait)) return;
        more = part.more();
        body = part.to_string(); // the last frame is the answer, whatever envelope stood before it
    }
    if (!asked_) return;
    const auto question = *std::move(asked_);
    asked_.reset();
    question.done(body);
}

void Asker::progress(std::int64_t now_ms) {
    if (!configured()) {
        while (!queue_.empty()) {
            const auto question = std::move(queue_.front());
            queue_.pop_front();
            question.done(std::nullopt);
        }
        return;
    }
    if (!socket_) connect();
    take_answer();
    if (asked_ && now_ms > deadline_ms_) {
        socket_.reset();
        connect();
        const auto question = *std::move(asked_);
        asked_.reset();
        question.done(std::nullopt);
    }
    if (!asked_ && !queue_.empty()) {
        asked_ = std::move(queue_.front());
        queue_.pop_front();
        deadline_ms_ = now_ms + timeout_ms_;
        socket_->send(zmq::buffer(asked_->request), zmq::send_flags::dontwait);
    }
}

} // namespace vigil::gateway
