#pragma once
// What is to be delivered, on disk: for each destination which revisions wait, were tried, acknowledged, given up. The
// cursor, the journal sequence up to which revisions were taken, moves in the transaction that takes them: after a
// crash nothing is missing and nothing is there twice. May be called from several threads.

#include "outbound/delivery.hpp"
#include "store/database.hpp"

#include <span>

#include <filesystem>
#include <memory>
#include <mutex>

namespace vigil::outbound {

// The file is damaged, is no outbox, or belongs to another program that runs.
struct OutboxRefused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Recipient {
    std::string name{};
    Kind kind{};
    Filter filter{};
};

// A revision as the feed or the journal gave it.
struct Revision {
    v1::Alert alert{};
    std::uint64_t seq = 0;
    std::uint64_t epoch = 0;
    std::int64_t log_time_ms = 0;
    bool simulated = false, recorded = true;
};

struct Depth {
    std::int64_t waiting = 0;
    std::optional<std::int64_t> oldest_queued_ms{};
};

class Outbox {
public:
    // Throws OutboxRefused, and store::DatabaseError when the disk fails, here and in every call.
    Outbox(std::filesystem::path const& file, std::vector<Recipient> recipients);
    ~Outbox();
    Outbox(Outbox const&) = delete;
    Outbox& operator=(Outbox const&) = delete;

    // Nothing before the first start.
    std::optional<std::uint64_t> cursor();
    // Destinations that have no place here yet are told what stands, as of `seq`; on the first start this is the
    // cursor. The number of alerts queued.
    std::size_t enrol(std::span<Revision const> standing, std::uint64_t seq, std::int64_t now_ms);
    // Revisions in the order of the journal, which has given all of them up to `cursor`.
    void take(std::span<Revision const> revisions, std::uint64_t cursor, std::int64_t now_ms);
    // Revisions that vigild could not record; they are in no replay.
    void take_unrecorded(std::span<Revision const> revisions, std::int64_t now_ms);
    // The journal ends before the cursor: it is another one. What stands in it is queued, and the cursor is `seq`. The
    // number of alerts that destinations were told of and that are not in it; nobody can say how they ended.
    std::size_t begin_again(std::span<Revision const> standing, std::uint64_t seq, std::int64_t now_ms);

    // The oldest that may be tried now. A later revision of an alert waits for the earlier one.
    std::optional<Delivery> next(std::string const& destination, std::int64_t now_ms);
    void delivered(std::int64_t id, std::int64_t now_ms);
    void tried(std::int64_t id, std::string_view reason, bool refused, std::int64_t next_ms);
    void gave_up(std::int64_t id, std::string_view reason, std::int64_t now_ms);
    // Queues every alert that stands, was delivered and was not mentioned for `every_ms`; how many.
    std::size_t repeat(std::string const& destination, std::int64_t every_ms, std::int64_t now_ms);

    Depth depth(std::string const& destination);
    // Destinations that are no longer configured: what waited for them is given up. Name and number of those.
    std::vector<std::pair<std::string, std::int64_t>> dismiss_strangers(std::int64_t now_ms);
    // Forgets what was settled before `before_ms`.
    void prune(std::int64_t before_ms);

private:
    struct Thread; // of one alert at one destination
    void open(std::filesystem::path const& file);
    void offer(Recipient const& to, Revision const& revision, std::int64_t now_ms);
    std::optional<Thread> thread_of(std::string const& destination, std::string const& alert);
    bool is_known(std::string const& destination, Delivery const& delivery);
    void insert(std::string const& destination, Delivery const& delivery, std::string_view bytes);
    std::optional<std::int64_t> since(std::string const& destination);
    void set_cursor(std::uint64_t seq);
    void settle(std::int64_t id, int state, std::string_view reason, std::int64_t now_ms);

    std::mutex mutex_;
    std::vector<Recipient> recipients_;
    std::unique_ptr<store::Database> db_;
};

} // namespace vigil::outbound
