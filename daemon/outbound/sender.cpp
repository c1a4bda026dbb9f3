#include "outbound/sender.hpp"

#include <chrono>

namespace vigil::outbound {

std::int64_t utc_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

Sender::Sender(std::string name, Patience patience, Outbox& outbox, std::unique_ptr<Courier> courier, Say say,
               std::function<void(std::exception_ptr)> failed)
    : courier_(std::move(courier)),
      destination_(std::move(name), patience, outbox, *courier_, utc_ms, std::move(say)),
      failed_(std::move(failed)) {}

Sender::~Sender() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Sender::begin() {
    thread_ = std::thread([this] { run(); });
}

void Sender::wake() {
    {
        const std::scoped_lock lock(mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

void Sender::run() {
    try {
        for (;;) {
            const auto back_at_ms = destination_.turn();
            std::unique_lock lock(mutex_);
            const std::chrono::milliseconds wait(std::clamp<std::int64_t>(back_at_ms - utc_ms(), 0, 500));
            changed_.wait_for(lock, wait, [this] { return stopping_ || woken_; });
            woken_ = false;
            if (stopping_) return;
        }
    } catch (std::exception const&) {
        failed_(std::current_exception()); // an outbox that cannot be written ends the program
    }
}

} // namespace vigil::outbound
