#pragma once
// Deliveries as POST of JSON. 2xx is delivered; 408, 429 and 5xx and no answer are tried again; another 4xx is final.
// Certificates are verified, redirects are not followed, and no proxy of the environment is used.

#include "outbound/webhook.hpp"

#include <chrono>
#include <functional>

namespace vigil::outbound {

struct WebhookSettings {
    std::string site{}, url{};
    std::string secret{};  // empty: not signed
    std::string ca_file{}; // empty: the system's authorities
    std::chrono::milliseconds reply_within{10'000};
};

class HttpCourier final : public Courier {
public:
    HttpCourier(WebhookSettings settings, std::function<bool()> stop);
    ~HttpCourier() override;
    Answer deliver(Delivery const& delivery) override;

private:
    WebhookSettings settings_;
    std::function<bool()> stop_;
    void* curl_; // keeps its connection between deliveries
};

// What an HTTP status is to a delivery.
Verdict verdict_of_status(long status);

} // namespace vigil::outbound
