#pragma once
// Reading a segment: how it opened, and what follows in the order of the chain.

#include "store/database.hpp"
#include "store/journal.hpp"
#include "store/row.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::store {

// What stands in the chain beside rows. Numbers of the same space as RowKind, beyond it.
inline constexpr std::uint64_t opening_kind = 200;
inline constexpr std::uint64_t snapshot_kind = 201;
inline constexpr std::uint64_t block_kind = 202;

struct SegmentOpening {
    JournalKind kind{};
    std::uint32_t number = 0;
    std::uint64_t first_seq = 0;
    Hash previous{};
    std::string core_version;
    model::Digest digest{};
    std::string rulebook;
    std::string snapshot; // plain
    Hash hash{};          // as stored
    std::int64_t format = core::newest_format;
    Hash computed() const;
};

// Refuses what is not a segment of ours or comes from a newer version.
std::optional<Refusal> check_header(Database& db);
// The next segment's file is made ahead of time; it is part of the journal once the transaction with its opening is
// committed.
bool never_opened(std::filesystem::path const& file, Access access);
// The same in two steps, for who goes on with the connection: by the files alone, then by what is in them.
bool never_written(std::filesystem::path const& file);
bool never_opened(Database& db);
// Empty: the segment was never opened, its first transaction did not happen. Throws DatabaseError when damaged.
std::optional<SegmentOpening> read_opening(Database& db);

// The sequence of the last row; of the one before the opening when the segment has none.
std::uint64_t last_row(Database& db);

// Rows, snapshots and blocks from `from` on, in chain order. Views live until the next call of next().
class SegmentCursor {
public:
    enum class Item { row, snapshot, block };
    SegmentCursor(Database& db, std::uint64_t from);
    bool next();

    Item item() const { return item_; }
    std::uint64_t seq() const { return seq_; }
    model::LogTime at() const { return at_; }
    RowKind kind() const { return kind_; }
    std::uint64_t cause() const { return cause_; }
    std::string_view body() const { return body_; } // of a snapshot: plain
    Hash const& hash() const { return hash_; }
    Hash computed(Hash const& previous) const;
    Row row() const;
    std::int64_t format() const { return format_; }

private:
    struct Source {
        Statement statement;
        std::uint64_t seq = 0;
        bool live = false;
        void advance();
    };
    void read_row(Source& s, bool frame);
    void read_snapshot();
    void read_block();
    void take_hash(std::string_view bytes);

    Source frames_, records_, snapshots_, blocks_;
    Source* last_ = nullptr;
    Item item_ = Item::row;
    std::uint64_t seq_ = 0;
    model::LogTime at_;
    RowKind kind_ = 0;
    std::uint64_t cause_ = 0;
    std::string_view body_;
    std::string plain_;
    Hash hash_{};
    Database* db_;
    std::int64_t format_;
};

// A cursor that follows the chain: dense sequences, every hash.
class ChainWalk {
public:
    ChainWalk(Database& db, SegmentOpening const& opening);
    bool next(); // false at the end, or when broken
    std::optional<Refusal> const& broken() const { return broken_; }
    SegmentCursor const& at() const { return cursor_; }
    std::uint64_t last_seq() const { return last_seq_; }
    Hash const& head() const { return head_; }

private:
    SegmentCursor cursor_;
    std::uint64_t last_seq_;
    Hash head_;
    std::string where_;
    std::optional<Refusal> broken_;
};

Refusal refusal_of(DatabaseError const& error, std::filesystem::path const& file);

} // namespace vigil::store
