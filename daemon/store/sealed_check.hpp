#pragma once
// The chain of segments that nobody writes any more, walked beside a running daemon. A start reads the newest segment
// only; an edit in an older one would wait for `vigil verify`.

#include "store/refusal.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace vigil::store {

struct SealedCheck {
    std::uint32_t segments = 0;     // walked to their end
    std::optional<Refusal> problem; // the first; the walk ends there
};

// Every segment before `newest`, oldest first: each row's hash, and the link from one segment to the next. `pause` is
// called after each few thousand rows and waits as long as it likes; false ends the walk.
SealedCheck check_sealed(std::filesystem::path const& directory, std::uint32_t newest,
                         std::function<bool()> const& pause);

} // namespace vigil::store
