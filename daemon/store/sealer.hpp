#pragma once
// The background thread of the journal: moves a sealed segment's log into its database and closes it, and makes the
// file of the next segment ahead of time. Each connection belongs to one thread at a time, so that a file never has two
// that write or checkpoint (SQLite before 3.51.3 can corrupt one that has).

#include "store/segment_writer.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace vigil::store {

class Sealer {
public:
    explicit Sealer(Options options);
    ~Sealer(); // tries what is left once more, without waiting for readers
    Sealer(Sealer const&) = delete;
    Sealer& operator=(Sealer const&) = delete;

    void seal(std::unique_ptr<SegmentWriter> segment);
    void seal_left_over(std::uint32_t number);
    void prepare(std::uint32_t number);
    // What prepare made, waiting for it if it is under way; null when nothing was asked for. Throws what went wrong.
    std::unique_ptr<SegmentWriter> take_prepared(std::uint32_t number);

    std::size_t pending() const;
    std::optional<std::string> take_trouble();

private:
    struct Job {
        std::unique_ptr<SegmentWriter> segment; // null: a left-over, not open yet
        std::uint32_t number = 0;
    };
    void run();
    bool seal_one(Job& job); // false: a reader still needs the log
    void make_prepared(std::uint32_t number, std::unique_lock<std::mutex>& lock);

    const Options options_;
    mutable std::mutex mutex_;
    std::condition_variable wake_, prepared_done_;
    std::deque<Job> jobs_;
    std::size_t pending_ = 0;
    std::optional<std::uint32_t> to_prepare_;
    bool preparing_ = false;
    std::unique_ptr<SegmentWriter> prepared_;
    std::exception_ptr prepare_error_;
    std::optional<std::string> trouble_;
    bool stop_ = false;
    std::thread thread_; // last: runs on all of the above
};

} // namespace vigil::store
