#pragma once
// Reads old rows again for corrections that reach behind what the state keeps, beside the loop.

#include "store/recall.hpp"

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

namespace vigil::loop {

class Recaller {
public:
    explicit Recaller(std::filesystem::path journal);
    ~Recaller();
    Recaller(Recaller const&) = delete;
    Recaller& operator=(Recaller const&) = delete;

    // Everything up to plan.up_to is committed.
    void ask(store::RecallPlan plan);
    // What has been read since, in the order asked for; a refusal when the journal could not be read, several times.
    struct Answer {
        store::RecallPlan plan;
        store::Result<store::RecalledRows> rows;
    };
    std::optional<Answer> take();
    std::size_t asked() const { return asked_; }

private:
    void run();

    std::filesystem::path journal_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<store::RecallPlan> plans_;
    std::deque<Answer> done_;
    bool stop_ = false;
    std::size_t asked_ = 0;
    std::thread thread_;
};

} // namespace vigil::loop
