#include "store/commit_thread.hpp"

#include "store/sealer.hpp"
#include "store/watermark.hpp"

#include <atomic>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace vigil::store {

namespace {
constexpr std::size_t group_bytes = 8U << 20; // waiting batches share one transaction up to this size
}

struct CommitThread::Shared {
    explicit Shared(Journal j)
        : journal{std::move(j)},
          watermark{journal.options.directory} {
        if (event < 0) throw std::system_error{errno, std::generic_category(), "eventfd"};
    }
    ~Shared() { close(event); }

    // Only the commit thread touches these.
    Journal journal;
    WatermarkFile watermark;
    std::unique_ptr<SegmentWriter> writer;
    bool failed = false;
    bool preparing = false;

    // Guarded by mutex.
    mutable std::mutex mutex;
    std::condition_variable wake, returned;
    std::deque<Batch> queue;
    std::deque<Inflight> inflight;
    std::vector<Completion> done;
    std::size_t unsealed = 0;
    std::optional<std::string> sealing_trouble;
    bool stop = false;

    const int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    std::thread thread;
    bool abandoned = false;

    void run();
    std::vector<Batch> next_group();
    void write(std::vector<Batch>& group, Sealer& sealer);
    std::unique_ptr<SegmentWriter> rotate(Opening const& opening, Sealer& sealer, ChainEnd& end);
    void finish(std::vector<Batch>& group, std::optional<Failed> const& failure, std::chrono::nanoseconds took);
};

std::vector<Batch> CommitThread::Shared::next_group() {
    std::unique_lock lock{mutex};
    wake.wait(lock, [this] { return stop || !queue.empty(); });
    std::vector<Batch> group;
    std::size_t bytes = 0;
    while (!queue.empty() && bytes < group_bytes && (group.empty() || !queue.front().opening())) {
        bytes += queue.front().bytes();
        group.push_back(std::move(queue.front()));
        queue.pop_front();
    }
    return group;
}

// Closes the present segment's directory and opens the next one, whose transaction has begun when this returns the old
// one.
std::unique_ptr<SegmentWriter> CommitThread::Shared::rotate(Opening const& opening, Sealer& sealer, ChainEnd& end) {
    if (!writer && journal.segment != 0) writer = SegmentWriter::resume(journal.options, journal.segment);
    if (writer && !journal.uncovered.empty()) {
        writer->begin();
        writer->block(make_block(journal.block_from, journal.last_seq, std::move(journal.uncovered)), end);
        writer->commit();
    }
    journal.uncovered.clear();
    journal.block_from = journal.last_seq + 1;
    const auto number = journal.segment + 1;
    auto next = sealer.take_prepared(number);
    if (!next) next = SegmentWriter::create(journal.options, number);
    preparing = false;
    auto old = std::exchange(writer, std::move(next));
    journal.segment = number;
    writer->begin();
    writer->open(opening, end, journal.options);
    return old;
}

void CommitThread::Shared::write(std::vector<Batch>& group, Sealer& sealer) {
    ChainEnd end{journal.last_seq, journal.head, {}};
    std::unique_ptr<SegmentWriter> old;
    bool rows = false;
    for (auto const& b : group) rows = rows || !b.empty();
    if (group.front().opening())
        old = rotate(*group.front().opening(), sealer, end);
    else {
        assert(journal.segment != 0);
        if (!writer) writer = SegmentWriter::resume(journal.options, journal.segment);
        writer->begin();
        if (rows && journal.uncovered.size() >= journal.options.frames_per_block) {
            writer->block(make_block(journal.block_from, journal.last_seq, std::move(journal.uncovered)), end);
            journal.uncovered.clear();
            journal.block_from = journal.last_seq + 1;
        }
    }
    for (auto const& b : group) {
        writer->append(b, end, journal.uncovered);
        if (b.snapshot()) writer->snapshot(*b.snapshot(), writer->last_at(), end, journal.options);
    }
    writer->commit();
    journal.last_seq = end.last_seq;
    journal.head = end.head;
    if (rows) watermark.write({end.last_seq, end.row_hash});
    if (group.front().opening() && journal.last_seq != 0)
        if (const int os = watermark.sync(); os != 0)
            throw DatabaseError{SQLITE_IOERR_FSYNC, os,
                                "syncing the watermark: " + std::generic_category().message(os)};
    if (old) sealer.seal(std::move(old));
    if (writer->wal_bytes() >= journal.options.rotate_at_wal_bytes && !preparing) {
        preparing = true;
        sealer.prepare(journal.segment + 1);
    }
}

void CommitThread::Shared::finish(std::vector<Batch>& group, std::optional<Failed> const& failure,
                                  std::chrono::nanoseconds took) {
    {
        const std::lock_guard lock{mutex};
        auto seq = journal.last_seq;
        for (auto const& b : group) seq -= failure ? 0 : b.rows().size();
        for (auto& b : group) {
            inflight.pop_front();
            if (failure) {
                Failed f{b.id, failure->kind, failure->sqlite_code, failure->system_errno, failure->what, std::move(b)};
                done.emplace_back(std::move(f));
                continue;
            }
            seq += b.rows().size();
            const auto wal = writer->wal_bytes();
            const auto id = b.id;
            done.emplace_back(Committed{id, seq, took, wal, wal >= journal.options.rotate_at_wal_bytes, std::move(b)});
        }
    }
    const std::uint64_t one = 1;
    if (::write(event, &one, sizeof one) < 0) assert(errno == EAGAIN); // the counter is full: readable all the same
    returned.notify_all();
}

void CommitThread::Shared::run() {
    Sealer sealer{journal.options};
    for (const auto number : journal.unsealed) sealer.seal_left_over(number);
    for (;;) {
        auto group = next_group();
        if (group.empty()) return;
        std::optional<Failed> failure;
        const auto begin = std::chrono::steady_clock::now();
        if (failed)
            failure = Failed{0, Failed::Kind::closed, 0, 0, "an earlier commit failed", {}};
        else
            try {
                write(group, sealer);
            } catch (DatabaseError const& e) {
                failure = Failed{
                    0, e.full() ? Failed::Kind::full : Failed::Kind::error, e.code, e.system_errno, e.what(), {}};
                failed = true;
                writer.reset();
            }
        const auto took = std::chrono::steady_clock::now() - begin;
        {
            const std::lock_guard lock{mutex};
            unsealed = sealer.pending();
            if (auto trouble = sealer.take_trouble()) sealing_trouble = std::move(trouble);
        }
        finish(group, failure, took);
    }
}

CommitThread::CommitThread(Journal journal)
    : shared_{std::make_shared<Shared>(std::move(journal))} {
    shared_->thread = std::thread{[shared = shared_.get()] { shared->run(); }};
}

CommitThread::~CommitThread() {
    {
        const std::lock_guard lock{shared_->mutex};
        shared_->stop = true;
    }
    shared_->wake.notify_all();
    if (shared_->abandoned) {
        shared_->thread.detach();
        // What the thread still uses is left to it for good.
        [[maybe_unused]] auto* const kept = new std::shared_ptr<Shared>{shared_};
    } else
        shared_->thread.join();
}

void CommitThread::submit(Batch&& batch, Instant now) {
    assert(!batch.empty() || batch.opening() || batch.snapshot());
    {
        const std::lock_guard lock{shared_->mutex};
        shared_->inflight.push_back({batch.id, now});
        shared_->queue.push_back(std::move(batch));
    }
    shared_->wake.notify_all();
}

int CommitThread::descriptor() const { return shared_->event; }

std::vector<Completion> CommitThread::take() {
    std::uint64_t count = 0;
    if (read(shared_->event, &count, sizeof count) < 0) assert(errno == EAGAIN);
    const std::lock_guard lock{shared_->mutex};
    return std::exchange(shared_->done, {});
}

std::optional<Inflight> CommitThread::oldest_inflight() const {
    const std::lock_guard lock{shared_->mutex};
    if (shared_->inflight.empty()) return std::nullopt;
    return shared_->inflight.front();
}

std::size_t CommitThread::inflight() const {
    const std::lock_guard lock{shared_->mutex};
    return shared_->inflight.size();
}

void CommitThread::drain() {
    std::unique_lock lock{shared_->mutex};
    shared_->returned.wait(lock, [this] { return shared_->inflight.empty(); });
}

std::size_t CommitThread::unsealed() const {
    const std::lock_guard lock{shared_->mutex};
    return shared_->unsealed;
}

std::optional<std::string> CommitThread::take_sealing_trouble() {
    const std::lock_guard lock{shared_->mutex};
    return std::exchange(shared_->sealing_trouble, std::nullopt);
}

void CommitThread::abandon() { shared_->abandoned = true; }

} // namespace vigil::store
