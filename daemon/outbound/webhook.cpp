#include "outbound/webhook.hpp"

#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <sodium.h>

namespace vigil::outbound {

std::string webhook_body(Delivery const& delivery, std::string_view site) {
    std::string alert;
    if (!google::protobuf::util::MessageToJsonString(delivery.alert, &alert).ok())
        throw std::runtime_error("an alert cannot be written as JSON");
    // Site and key are tokens: nothing in them wants escaping.
    return fmt::format(
        R"({{"key":"{}","site":"{}","sequence":"{}","phase":"{}","simulated":{},"recorded":{},"alert":{}}})",
        key_of(delivery), site, delivery.seq, name_of(delivery.phase), delivery.simulated, delivery.unrecorded == 0,
        alert);
}

std::string webhook_signature(std::string_view body, std::string_view secret) {
    const auto bytes = [](std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); };
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes(secret), secret.size());
    crypto_auth_hmacsha256_update(&state, bytes(body), body.size());
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> digest{};
    crypto_auth_hmacsha256_final(&state, digest.data());
    std::array<char, 2 * crypto_auth_hmacsha256_BYTES + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
    return std::string("sha256=") + hex.data();
}

} // namespace vigil::outbound
