#pragma once
// A bounded TCP server: connections in all and per address, memory, idle time. Reading stops while a session does not
// want more, so that a daemon that does not keep up is felt by the devices as TCP back-pressure.

#include "adapters/runtime/counters.hpp"
#include "adapters/runtime/session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <set>
#include <string>

namespace vigil::adapters {

struct ServerLimits {
    std::size_t connections = 64;
    std::size_t per_address = 16;
    std::size_t reserved = 8;               // of them, for the listed addresses
    std::set<std::string> listed;           // addresses of known devices
    std::size_t buffered_bytes = 64u << 20; // unfinished frames of all connections
    std::int64_t idle_ms = 24LL * 3600 * 1000;
    std::int64_t first_message_ms = 60'000; // a connection that never said anything sound holds its place no longer
    std::size_t unsent_bytes = 1u << 20;    // replies a peer does not read
};

class TcpServer {
public:
    using Now = std::function<Instant()>;
    // Throws boost::system::system_error when the address cannot be listened on.
    TcpServer(boost::asio::io_context& loop, std::string const& host, std::uint16_t port, ServerLimits limits, Now now,
              Counters& counters, OpenSession open);
    ~TcpServer();

    std::uint16_t port() const;
    std::size_t connections() const { return open_connections_.size(); }
    void tick(Instant now);
    void resume(); // sessions may want more again
    void stop();   // accept no more; what is open stays until it is closed
    void close_all();

private:
    class Connection;
    void accept();
    bool has_room_for(std::string const& address) const;
    void enforce_memory();
    void tell(std::string const& what);

    boost::asio::ip::tcp::acceptor acceptor_;
    ServerLimits limits_;
    Now now_;
    Counters& counters_;
    OpenSession open_;
    std::list<std::shared_ptr<Connection>> open_connections_;
    std::int64_t quiet_until_ms_ = 0;
    unsigned told_ = 0;
    bool accepting_ = false;
    bool paused_ = false; // some connection is not being read
};

} // namespace vigil::adapters
