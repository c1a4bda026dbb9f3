#pragma once
// One vigild per socket: binding an ipc:// endpoint takes it from whoever had it, who would live on deaf.

#include "loop/settings.hpp"

#include <string>
#include <vector>

namespace vigil::app {

// A lock file beside an ipc:// socket of ours, held as long as this lives.
class SocketLock {
public:
    // Throws loop::CannotBind when another process holds it.
    explicit SocketLock(std::string const& endpoint);
    SocketLock(SocketLock&& other) noexcept;
    SocketLock& operator=(SocketLock&& other) noexcept;
    SocketLock(SocketLock const&) = delete;
    SocketLock& operator=(SocketLock const&) = delete;
    ~SocketLock();

private:
    int fd_ = -1;
};

std::vector<SocketLock> lock_sockets(loop::Settings const& settings);

} // namespace vigil::app
