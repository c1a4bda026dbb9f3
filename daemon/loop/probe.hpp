#pragma once
// Whether the disk takes a write again, asked on a thread that may hang with it.

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>

namespace vigil::loop {

class Probe {
public:
    explicit Probe(std::filesystem::path directory)
        : directory_{std::move(directory)} {}
    // Starts one when none is under way and the last was long enough ago.
    void progress(std::chrono::steady_clock::time_point now);
    bool succeeded() const { return state_->succeeded; }

private:
    struct State {
        std::atomic<bool> running{false};
        std::atomic<bool> succeeded{false};
    };
    std::filesystem::path directory_;
    std::shared_ptr<State> state_ = std::make_shared<State>(); // outlives this when the disk hangs
    std::chrono::steady_clock::time_point next_{};
};

} // namespace vigil::loop
