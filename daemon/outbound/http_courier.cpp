#include "outbound/http_courier.hpp"

#include <array>
#include <memory>
#include <stdexcept>

#include <curl/curl.h>
#include <fmt/format.h>

namespace vigil::outbound {

namespace {

constexpr long connect_within_ms = 3'000;
constexpr std::size_t reply_limit = 64 << 10;

using Headers = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

void add(Headers& headers, std::string const& line) {
    auto* longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(headers.release());
    headers.reset(longer);
}

// The body of an answer is of no interest, and an endless one ends the request.
std::size_t drop(char*, std::size_t size, std::size_t n, void* seen) {
    auto& total = *static_cast<std::size_t*>(seen);
    total += size * n;
    return total > reply_limit ? 0 : size * n;
}

int stopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return (*static_cast<std::function<bool()>*>(stop))() ? 1 : 0;
}

bool never_sent(CURLcode code) {
    return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_SSL_CONNECT_ERROR ||
           code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
}

} // namespace

Verdict verdict_of_status(long status) {
    if (status >= 200 && status < 300) return Verdict::delivered;
    if (status == 408 || status == 429 || status < 400 || status >= 500) return Verdict::later;
    return Verdict::rejected;
}

HttpCourier::HttpCourier(WebhookSettings settings, std::function<bool()> stop)
    : settings_(std::move(settings)),
      stop_(std::move(stop)),
      curl_(curl_easy_init()) {
    if (curl_ == nullptr) throw std::runtime_error("libcurl cannot be started");
}

HttpCourier::~HttpCourier() { curl_easy_cleanup(curl_); }

Answer HttpCourier::deliver(Delivery const& delivery) {
    const auto body = webhook_body(delivery, settings_.site);
    Headers headers(nullptr, curl_slist_free_all);
    add(headers, "Content-Type: application/json");
    add(headers, "Idempotency-Key: " + key_of(delivery));
    add(headers, "Expect:"); // at once, without asking for leave
    if (!settings_.secret.empty()) add(headers, "Vigil-Signature: " + webhook_signature(body, settings_.secret));
    std::size_t seen = 0;
    std::array<char, CURL_ERROR_SIZE> said{};
    curl_easy_reset(curl_);
    curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, said.data());
    curl_easy_setopt(curl_, CURLOPT_URL, settings_.url.c_str());
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl_, CURLOPT_PROXY, "");
    curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!settings_.ca_file.empty()) curl_easy_setopt(curl_, CURLOPT_CAINFO, settings_.ca_file.c_str());
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT_MS, connect_within_ms);
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.reply_within.count()));
    curl_easy_setopt(curl_, CURLOPT_USERAGENT, "vigil-outbound/" VIGIL_VERSION);
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &seen);
    curl_easy_setopt(curl_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl_, CURLOPT_XFERINFOFUNCTION, stopped);
    curl_easy_setopt(curl_, CURLOPT_XFERINFODATA, &stop_);
    const auto code = curl_easy_perform(curl_);
    curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, nullptr); // it ends with this call
    if (code != CURLE_OK && stop_()) return {Verdict::interrupted};
    if (code != CURLE_OK)
        return {
            never_sent(code) ? Verdict::unreachable : Verdict::unanswered,
            fit_for_a_log(said[0] != 0 ? said.data() : curl_easy_strerror(code))}; // what is wrong with a certificate
    long status = 0;
    curl_off_t retry_after_s = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl_, CURLINFO_RETRY_AFTER, &retry_after_s);
    Answer answer{verdict_of_status(status), fmt::format("HTTP {}", status)};
    if (retry_after_s > 0) answer.retry_after_ms = std::min<std::int64_t>(retry_after_s, 86'400) * 1'000;
    return answer;
}

} // namespace vigil::outbound
