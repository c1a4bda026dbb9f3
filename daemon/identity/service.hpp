#pragma once
// Requests to replies: bytes in, bytes out.

#include "identity/store.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace vigil::identity {

// Serialised v1.IdentityRequest to serialised v1.IdentityReply; empty for bytes that are no request. Reasons are words
// of a closed list: bad_request, no_token, erased, unknown, no_user, no_reason, store_failed.
std::string answer(Store& store, std::string_view request, std::int64_t now_ms);

inline constexpr std::size_t longest_request = 64 * 1024;
inline constexpr int most_tokens = 512;

} // namespace vigil::identity
