#include "vigil/replay.hpp"

#include "asker.hpp"
#include "prefix.hpp"
#include "socket.hpp"

#include <algorithm>

namespace vigil::client {
namespace {
constexpr std::chrono::milliseconds look_up{50};

std::int64_t steady_ms() {
    using std::chrono::duration_cast;
    return duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
} // namespace

class Replay::Wire {
public:
    Wire(Prefix prefix, std::string query, std::optional<Curve> curve)
        : prefix_(std::move(prefix)),
          query_(std::move(query)),
          curve_(std::move(curve)),
          asker_([this] {
              auto out = socket_to_vigild(context_, zmq::socket_type::dealer, curve_);
              out.connect(query_);
              return out;
          }) {}

    std::optional<ReplayPage> after(std::uint64_t seq) {
        v1::QueryRequest request;
        request.set_id(std::to_string(++serial_));
        request.mutable_replay()->set_prefix(prefix_.subscription());
        request.mutable_replay()->set_from_seq(seq);
        auto reply = ask(request);
        if (!reply || !reply->error().empty()) return std::nullopt;
        ReplayPage page{{}, reply->epoch(), std::max(seq, reply->last_seq()), reply->more()};
        for (auto& one : *reply->mutable_publications())
            if (prefix_.wants(one.topic()))
                page.publications.push_back({one.topic(), std::move(*one.mutable_envelope())});
        return page;
    }

private:
    std::optional<v1::QueryReply> ask(v1::QueryRequest const& request) {
        asker_.ask(request, steady_ms());
        while (!asker_.failed(steady_ms())) {
            zmq::pollitem_t item{asker_.socket().handle(), 0, ZMQ_POLLIN, 0};
            zmq::poll(&item, 1, look_up);
            auto reply = asker_.answer();
            if (reply && reply->id() == request.id()) return reply;
            if (!asker_.busy()) return std::nullopt; // an answer to something else: asked again by the caller
        }
        return std::nullopt;
    }

    zmq::context_t context_;
    Prefix prefix_;
    std::string query_;
    std::optional<Curve> curve_;
    Asker asker_;
    std::uint64_t serial_ = 0;
};

Replay::Replay(std::string_view prefix, Endpoints endpoints, std::optional<Curve> curve)
    : wire_(std::make_unique<Wire>(Prefix(prefix), std::move(endpoints.query), std::move(curve))) {}
Replay::~Replay() = default;
std::optional<ReplayPage> Replay::after(std::uint64_t seq) { return wire_->after(seq); }

} // namespace vigil::client
