#pragma once
// The body of a webhook and its signature. Pure.

#include "outbound/delivery.hpp"

#include <string>
#include <string_view>

namespace vigil::outbound {

// {"key", "site", "sequence", "phase", "simulated", "recorded", "alert": proto3 JSON of vigil.v1.Alert}. 64-bit numbers
// are texts, as proto3 JSON has them.
std::string webhook_body(Delivery const& delivery, std::string_view site);

// "sha256=" and the HMAC-SHA256 of the body in hexadecimal.
std::string webhook_signature(std::string_view body, std::string_view secret);

} // namespace vigil::outbound
