#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vigil::gateway {

inline constexpr std::size_t body_bytes_max = 64 * 1024;

/// A request as the routes need it; absent headers are empty.
struct HttpRequest {
    std::string method;
    std::string target;
    std::string host;
    std::string origin;
    std::string if_match;
    std::string if_none_match;
    std::string content_type;
    std::string idempotency_key;
    std::string vigil_request;
    std::string cookie;
    std::string csrf;    ///< X-Vigil-Csrf
    std::string address; ///< of who asks, without the port
    std::string body;
    std::function<bool()> gone; ///< who asked has hung up; empty: nobody can tell
    // Found out by the routes, never taken from what came:
    std::optional<std::string> user; ///< who is signed in; nothing where there are no accounts
    bool names = true;               ///< may see the names of patients
};

struct HttpResponse {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

using Respond = std::function<void(HttpResponse)>;

} // namespace vigil::gateway
