#pragma once
// The bytes of a snapshot, and how they are kept: deflated when that is quick, plain otherwise.

#include "store/batch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::store {

struct Snapshot {
    core::State state;
    std::vector<RecallPlan> pending;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.state, s.pending);
    }
};

struct Packed {
    std::uint64_t plain_size = 0; // 0: bytes are plain
    std::string bytes;
};

Packed pack(std::string const& plain, std::size_t compress_up_to);
// Empty when the bytes do not inflate to exactly plain_size.
std::optional<std::string> unpack(std::uint64_t plain_size, std::string_view bytes);

} // namespace vigil::store
