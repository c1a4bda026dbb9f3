#include "gateway/password_checker.hpp"

#include "gateway/accounts.hpp"

#include <utility>

#include <sodium.h>

namespace vigil::gateway {

PasswordChecker::PasswordChecker()
    : thread_([this] { run(); }) {}

PasswordChecker::~PasswordChecker() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

bool PasswordChecker::check(std::string hash, std::string password, std::function<void(bool)> done) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= waiting_max) return false;
        waiting_.push_back({std::move(hash), std::move(password), std::move(done)});
    }
    wake_.notify_one();
    return true;
}

void PasswordChecker::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        const bool right = password_fits(next.hash, next.password);
        sodium_memzero(next.password.data(), next.password.size());
        next.done(right);
        next = {};
        lock.lock();
    }
}

} // namespace vigil::gateway
