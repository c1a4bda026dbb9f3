#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace vigil::gateway {

/// Looks at passwords one at a time on a thread of its own: each takes 0.1 s and 64 MiB on purpose, for which no wall
/// has to wait and no memory must be counted in attackers.
class PasswordChecker {
public:
    static constexpr std::size_t waiting_max = 16;

    PasswordChecker();
    ~PasswordChecker();
    PasswordChecker(const PasswordChecker&) = delete;
    PasswordChecker& operator=(const PasswordChecker&) = delete;

    /// `done` is called on the thread of this; false, and never called, when too many wait.
    bool check(std::string hash, std::string password, std::function<void(bool)> done);

private:
    struct Waiting {
        std::string hash, password;
        std::function<void(bool)> done;
    };
    void run();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Waiting> waiting_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace vigil::gateway
