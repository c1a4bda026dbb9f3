#include "gateway/tls.hpp"

#include <sys/stat.h>

#include <ctime>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <spdlog/spdlog.h>

namespace vigil::gateway {
namespace {

namespace ssl = boost::asio::ssl;

constexpr std::int64_t warn_before_s = 30LL * 24 * 3600;

std::int64_t ends_of(SSL_CTX* context, const std::string& file) {
    const auto* certificate = SSL_CTX_get0_certificate(context);
    std::tm ends{};
    if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &ends) != 1)
        throw std::runtime_error(file + ": does not say when it expires");
    return timegm(&ends);
}

} // namespace

Tls::Tls(std::string certificate, std::string key)
    : certificate_(std::move(certificate)),
      key_(std::move(key)) {
    load();
}

void Tls::load() {
    file_state_ = file_state();
    struct stat status {};
    if (::stat(key_.c_str(), &status) == 0 && (status.st_mode & 007U) != 0)
        throw std::runtime_error(key_ + ": everybody on this machine may read it; chmod o= it");
    auto fresh = std::make_unique<ssl::context>(ssl::context::tls_server);
    auto* native = fresh->native_handle();
    if (SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION) != 1) throw std::runtime_error("OpenSSL has no TLS 1.3");
    SSL_CTX_set_num_tickets(native, 0); // a session that cannot be resumed leaves no key that could open it later
    boost::system::error_code error;
    fresh->use_certificate_chain_file(certificate_, error);
    if (error) throw std::runtime_error(fmt::format("{}: {}", certificate_, error.message()));
    fresh->use_private_key_file(key_, ssl::context::pem, error);
    if (error) throw std::runtime_error(fmt::format("{}: {}", key_, error.message()));
    if (SSL_CTX_check_private_key(native) != 1)
        throw std::runtime_error(fmt::format("{}: is not the key of {}", key_, certificate_));
    const auto ends = ends_of(native, certificate_);
    context_ = std::move(fresh);
    ends_s_ = ends;
    const auto left_s = ends - std::time(nullptr);
    if (left_s <= 0)
        spdlog::error("{}: has expired; browsers will not come in", certificate_);
    else if (left_s < warn_before_s)
        spdlog::warn("{}: expires in {} days", certificate_, left_s / (24 * 3600));
}

void Tls::refresh() {
    if (file_state() == file_state_) return;
    try {
        load();
        spdlog::info("{}: taken over", certificate_);
    } catch (const std::runtime_error& error) {
        spdlog::error("{}; the certificate that was read before stays", error.what());
    }
}

std::string Tls::file_state() const {
    std::string text;
    for (const auto* path : {&certificate_, &key_}) {
        struct stat status {};
        if (::stat(path->c_str(), &status) == 0)
            text += fmt::format("{}.{}.{}.{} ", status.st_ino, status.st_size, status.st_mtim.tv_sec,
                                status.st_mtim.tv_nsec);
    }
    return text;
}

} // namespace vigil::gateway
