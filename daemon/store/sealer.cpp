#include "store/sealer.hpp"

#include <chrono>
#include <utility>

namespace vigil::store {

namespace {
constexpr auto reader_wait = std::chrono::milliseconds{50};
}

Sealer::Sealer(Options options)
    : options_{std::move(options)},
      thread_{[this] { run(); }} {}

Sealer::~Sealer() {
    {
        const std::lock_guard lock{mutex_};
        stop_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void Sealer::seal(std::unique_ptr<SegmentWriter> segment) {
    {
        const std::lock_guard lock{mutex_};
        const auto number = segment->number();
        jobs_.push_back({std::move(segment), number});
        ++pending_;
    }
    wake_.notify_all();
}

void Sealer::seal_left_over(std::uint32_t number) {
    {
        const std::lock_guard lock{mutex_};
        jobs_.push_back({nullptr, number});
        ++pending_;
    }
    wake_.notify_all();
}

void Sealer::prepare(std::uint32_t number) {
    {
        const std::lock_guard lock{mutex_};
        to_prepare_ = number;
    }
    wake_.notify_all();
}

std::unique_ptr<SegmentWriter> Sealer::take_prepared(std::uint32_t number) {
    std::unique_lock lock{mutex_};
    prepared_done_.wait(lock, [&] { return !preparing_ && !to_prepare_; });
    if (prepare_error_) std::rethrow_exception(std::exchange(prepare_error_, nullptr));
    if (!prepared_ || prepared_->number() != number) return nullptr;
    return std::move(prepared_);
}

std::size_t Sealer::pending() const {
    const std::lock_guard lock{mutex_};
    return pending_;
}

std::optional<std::string> Sealer::take_trouble() {
    const std::lock_guard lock{mutex_};
    return std::exchange(trouble_, std::nullopt);
}

bool Sealer::seal_one(Job& job) {
    try {
        if (!job.segment) job.segment = SegmentWriter::resume(options_, job.number);
        if (!job.segment->checkpoint()) return false;
    } catch (DatabaseError const& error) {
        // The log still holds every row. This handle is not tried again; the next start does it afresh.
        const std::lock_guard lock{mutex_};
        trouble_ = "sealing segment " + std::to_string(job.number) + ": " + error.what();
    }
    job.segment.reset();
    return true;
}

void Sealer::make_prepared(std::uint32_t number, std::unique_lock<std::mutex>& lock) {
    preparing_ = true;
    lock.unlock();
    std::unique_ptr<SegmentWriter> made;
    std::exception_ptr error;
    try {
        made = SegmentWriter::create(options_, number);
    } catch (DatabaseError const&) {
        error = std::current_exception();
    }
    lock.lock();
    prepared_ = std::move(made);
    prepare_error_ = error;
    preparing_ = false;
    prepared_done_.notify_all();
}

void Sealer::run() {
    std::unique_lock lock{mutex_};
    for (;;) {
        wake_.wait(lock, [this] { return stop_ || to_prepare_ || !jobs_.empty(); });
        if (to_prepare_) {
            const auto number = *std::exchange(to_prepare_, std::nullopt);
            make_prepared(number, lock);
            continue;
        }
        if (jobs_.empty()) break;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        const bool done = seal_one(job);
        lock.lock();
        if (done)
            --pending_;
        else if (stop_)
            job.segment.reset();
        else {
            jobs_.push_back(std::move(job));
            wake_.wait_for(lock, reader_wait, [this] { return stop_ || to_prepare_.has_value(); });
        }
    }
}

} // namespace vigil::store
