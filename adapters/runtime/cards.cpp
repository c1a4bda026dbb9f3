#include "adapters/runtime/cards.hpp"

#include "vigil/v1/identity.pb.h"

#include <charconv>

namespace vigil::adapters {

namespace {

constexpr std::int64_t retry_ms = 5'000;
constexpr unsigned sends_per_tick = 64;

} // namespace

Cards::Cards(std::string source, Send send)
    : source_(std::move(source)),
      send_(std::move(send)) {}

void Cards::store(v1::IdentityCard& card, Instant now) {
    card.clear_seen_ms();
    card.set_source(source_);
    const ContentDigest digest = content_digest(card.SerializeAsString());
    if (!remembered_.emplace(digest, true).second) return;
    order_.push_back(digest);
    if (order_.size() > most_remembered) {
        remembered_.erase(order_.front());
        order_.pop_front();
    }
    card.set_seen_ms(now.utc_ms);
    v1::IdentityRequest request;
    request.set_id(std::to_string(next_));
    *request.mutable_store() = card;
    if (waiting_.size() >= most_waiting) {
        waiting_.erase(waiting_.begin());
        ++dropped_;
    }
    waiting_.emplace(next_++, Waiting{request.SerializeAsString()});
    tick(now);
}

void Cards::receive(std::string_view bytes) {
    v1::IdentityReply reply;
    if (!reply.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
    std::uint64_t id = 0;
    std::from_chars(reply.id().data(), reply.id().data() + reply.id().size(), id);
    waiting_.erase(id); // done or refused: either way it is not asked again
}

void Cards::tick(Instant now) {
    unsigned budget = sends_per_tick;
    for (auto& [id, card] : waiting_) {
        if (budget == 0) return;
        if (now.steady_ms - card.sent_ms < retry_ms) continue;
        if (!send_(card.bytes)) return;
        card.sent_ms = now.steady_ms;
        --budget;
    }
}

} // namespace vigil::adapters
