#include "asker.hpp"

#include <string>

namespace vigil::client {
namespace {
constexpr std::int64_t patience_ms = 2'000;
}

void Asker::ask(v1::QueryRequest const& request, std::int64_t now_ms) {
    until_ms_ = now_ms + patience_ms;
    // What cannot be sent, as nobody is connected, fails when its time is over.
    (void)socket_.send(zmq::buffer(request.SerializeAsString()), zmq::send_flags::dontwait);
}

bool Asker::failed(std::int64_t now_ms) {
    if (!until_ms_ || now_ms < *until_ms_) return false;
    socket_ = make_socket_();
    until_ms_.reset();
    return true;
}

std::optional<v1::QueryReply> Asker::answer() {
    if (!until_ms_) return std::nullopt;
    zmq::message_t last;
    do {
        if (!socket_.recv(last, zmq::recv_flags::dontwait)) return std::nullopt;
    } while (last.more());
    v1::QueryReply reply;
    if (!reply.ParseFromArray(last.data(), static_cast<int>(last.size()))) return std::nullopt;
    until_ms_.reset();
    return reply;
}

} // namespace vigil::client
