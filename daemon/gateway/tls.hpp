#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

namespace vigil::gateway {

/// TLS 1.3 and nothing older, with this gateway's certificate. A renewed certificate is taken over while running: a
/// restart would sign everybody out.
class Tls {
public:
    Tls(std::string certificate, std::string key); ///< throws std::runtime_error with the file and the reason

    [[nodiscard]] boost::asio::ssl::context& context() { return *context_; } ///< of the next connection
    /// Takes over changed files; what is not good is said in the log, and what was good stays.
    void refresh();
    [[nodiscard]] std::int64_t ends_s() const { return ends_s_; } ///< since the epoch, when the certificate expires

private:
    void load();
    [[nodiscard]] std::string file_state() const;

    std::string certificate_;
    std::string key_;
    std::unique_ptr<boost::asio::ssl::context> context_;
    std::int64_t ends_s_ = 0;
    std::string file_state_;
};

} // namespace vigil::gateway
