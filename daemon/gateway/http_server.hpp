#pragma once

#include "gateway/metrics.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace vigil::gateway {

class Routes;
class Tls;
class Wall;
struct Frame;

/// HTTP/1.1 on one thread: the caller's, inside run().
class HttpServer {
public:
    static constexpr unsigned connections_max = 192;

    /// With `tls` it speaks that and nothing else. Throws when it cannot listen.
    HttpServer(const Wall& wall, const std::string& address, std::uint16_t port, Tls* tls = nullptr);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] HttpCounters& counters();             ///< of the HTTP thread
    void every_second(std::function<void()> tick);      ///< on the HTTP thread
    void run(const Routes& routes);                     ///< until stop(), SIGTERM or SIGINT
    void stop();                                        ///< thread-safe
    void post(std::function<void()> work);              ///< thread-safe: onto the HTTP thread
    void broadcast(std::shared_ptr<const Frame> frame); ///< thread-safe

private:
    class State;
    std::unique_ptr<State> state_;
};

} // namespace vigil::gateway
