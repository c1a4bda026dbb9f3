#include "loop/recaller.hpp"

namespace vigil::loop {

namespace {
constexpr unsigned attempts = 3;
constexpr std::chrono::seconds between_attempts{1};
} // namespace

Recaller::Recaller(std::filesystem::path journal)
    : journal_{std::move(journal)},
      thread_{[this] { run(); }} {}

Recaller::~Recaller() {
    {
        const std::scoped_lock lock{mutex_};
        stop_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void Recaller::ask(store::RecallPlan plan) {
    {
        const std::scoped_lock lock{mutex_};
        plans_.push_back(std::move(plan));
        ++asked_;
    }
    wake_.notify_all();
}

std::optional<Recaller::Answer> Recaller::take() {
    const std::scoped_lock lock{mutex_};
    if (done_.empty()) return std::nullopt;
    auto out = std::move(done_.front());
    done_.pop_front();
    --asked_;
    return out;
}

void Recaller::run() {
    std::unique_lock lock{mutex_};
    for (;;) {
        wake_.wait(lock, [this] { return stop_ || !plans_.empty(); });
        if (stop_) return;
        auto plan = std::move(plans_.front());
        plans_.pop_front();
        lock.unlock();
        auto rows = store::read_recall(journal_, plan);
        lock.lock();
        for (unsigned tried = 1; !rows && tried < attempts; ++tried) {
            if (wake_.wait_for(lock, between_attempts, [this] { return stop_; })) return;
            lock.unlock();
            rows = store::read_recall(journal_, plan);
            lock.lock();
        }
        done_.push_back({std::move(plan), std::move(rows)});
    }
}

} // namespace vigil::loop
