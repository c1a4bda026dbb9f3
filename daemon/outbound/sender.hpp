#pragma once
// A thread that works off one destination, so that one that is away holds up no other.

#include "outbound/destination.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <thread>

namespace vigil::outbound {

class Sender {
public:
    // `failed` is called once when the outbox can no longer be used.
    Sender(std::string name, Patience patience, Outbox& outbox, std::unique_ptr<Courier> courier, Say say,
           std::function<void(std::exception_ptr)> failed);
    // The courier must have been told to stop by then.
    ~Sender();
    Sender(Sender const&) = delete;
    Sender& operator=(Sender const&) = delete;

    void begin();
    void wake(); // something was queued
    Destination& destination() { return destination_; }

private:
    void run();

    std::unique_ptr<Courier> courier_;
    Destination destination_;
    std::function<void(std::exception_ptr)> failed_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false, woken_ = false;
    std::thread thread_;
};

std::int64_t utc_ms();

} // namespace vigil::outbound
