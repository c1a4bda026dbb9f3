#include "app/socket_locks.hpp"

#include "loop/socket.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace vigil::app {

SocketLock::SocketLock(std::string const& endpoint) {
    constexpr std::string_view ipc = "ipc://";
    if (!endpoint.starts_with(ipc)) return; // a port in use is refused by the system
    const auto path = endpoint.substr(ipc.size()) + ".lock";
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) throw loop::CannotBind(path + ": " + std::strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        throw loop::CannotBind(endpoint + ": another vigild serves this socket");
    }
    fd_ = fd;
}

SocketLock::SocketLock(SocketLock&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)} {}
SocketLock& SocketLock::operator=(SocketLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}
SocketLock::~SocketLock() {
    if (fd_ >= 0) close(fd_);
}

std::vector<SocketLock> lock_sockets(loop::Settings const& settings) {
    std::vector<SocketLock> out;
    for (auto const* endpoint : {&settings.ingest, &settings.command, &settings.query, &settings.feed})
        out.emplace_back(*endpoint);
    return out;
}

} // namespace vigil::app
