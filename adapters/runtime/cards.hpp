#pragma once
// Cards on their way to vigil-identity. They are never waited for: patients are scored whether or not their names are
// known.

#include "adapters/runtime/instant.hpp"
#include "adapters/runtime/tokens.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace vigil::v1 {
class IdentityCard;
}

namespace vigil::adapters {

class Cards {
public:
    using Send = std::function<bool(std::string_view)>;
    explicit Cards(std::string source, Send send);

    void store(v1::IdentityCard& card, Instant now);
    void receive(std::string_view reply);
    void tick(Instant now);
    std::size_t waiting() const { return waiting_.size(); }
    std::uint64_t dropped() const { return dropped_; }

private:
    struct Waiting {
        std::string bytes;
        std::int64_t sent_ms = -1'000'000;
    };
    static constexpr std::size_t most_waiting = 1024;
    static constexpr std::size_t most_remembered = 8192;

    std::string source_;
    Send send_;
    std::map<std::uint64_t, Waiting> waiting_; // by request id
    std::map<ContentDigest, bool> remembered_; // cards already sent
    std::deque<ContentDigest> order_;          // oldest first
    std::uint64_t next_ = 1;
    std::uint64_t dropped_ = 0;
};

} // namespace vigil::adapters
