#include "loop/probe.hpp"

#include "store/journal.hpp"

#include <thread>

namespace vigil::loop {

namespace {
constexpr std::chrono::seconds between{2};
}

void Probe::progress(std::chrono::steady_clock::time_point now) {
    if (state_->running || state_->succeeded || now < next_) return;
    next_ = now + between;
    state_->running = true;
    std::thread{[state = state_, directory = directory_] {
        state->succeeded = static_cast<bool>(store::probe_write(directory));
        state->running = false;
    }}.detach();
}

} // namespace vigil::loop
