#include "store/segment_cursor.hpp"

#include "core/model/canonical.hpp"
#include "store/schema.hpp"
#include "store/snapshot.hpp"

#include <algorithm>
#include <system_error>

namespace vigil::store {

namespace {

[[noreturn]] void damaged(Database& db, std::string const& what) {
    throw DatabaseError{SQLITE_CORRUPT, 0, db.path().filename().string() + ": " + what};
}

template <std::size_t N>
std::array<std::uint8_t, N> fixed(Database& db, std::string_view bytes, std::string const& what) {
    if (bytes.size() != N) damaged(db, what + " has the wrong length");
    std::array<std::uint8_t, N> out{};
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

std::string at_seq(std::string const& file, std::uint64_t seq) { return file + " at sequence " + std::to_string(seq); }

} // namespace

Refusal refusal_of(DatabaseError const& error, std::filesystem::path const& file) {
    return {error.damaged() ? Refusal::Why::damaged : Refusal::Why::io, file.string(), error.reason};
}

std::optional<Refusal> check_header(Database& db) {
    if (const auto id = db.number("PRAGMA application_id"); id != application_id)
        return Refusal{Refusal::Why::damaged, db.path().string(),
                       "not a Vigil journal segment (application id " + std::to_string(id) + ")"};
    const auto version = db.number("PRAGMA user_version");
    if (version > newest_version())
        return Refusal{Refusal::Why::newer, db.path().string(),
                       "written by a newer version: format " + std::to_string(version) + ", this program knows up to " +
                           std::to_string(newest_version())};
    if (version < 1)
        return Refusal{Refusal::Why::damaged, db.path().string(),
                       "format " + std::to_string(version) + " never existed"};
    if (version < oldest_version)
        return Refusal{Refusal::Why::older, db.path().string(),
                       "format " + std::to_string(version) + " was of development versions and is not read any more"};
    return std::nullopt;
}

Hash SegmentOpening::computed() const {
    core::Encoder e;
    e(static_cast<std::uint8_t>(kind), core_version, digest, rulebook, snapshot);
    return chain(previous, first_seq, {}, opening_kind, number, e.bytes());
}

bool never_written(std::filesystem::path const& file) {
    if (has_wal(file)) return false;
    // A file is in WAL form, and its rollback journal durably gone, before anything else is written to it.
    std::error_code none;
    return std::filesystem::file_size(file, none) == 0 || std::filesystem::exists(file.string() + "-journal");
}

bool never_opened(Database& db) {
    if (db.number("SELECT count(*) FROM sqlite_schema") == 0) return true;
    // One that was interrupted between two migrations is as good as empty.
    const auto refused = check_header(db);
    return (!refused || refused->why == Refusal::Why::older) && db.number("SELECT count(*) FROM opening") == 0;
}

bool never_opened(std::filesystem::path const& file, Access access) {
    if (never_written(file)) return true;
    Database db{file, access};
    return never_opened(db);
}

std::optional<SegmentOpening> read_opening(Database& db) {
    Statement s{db, "SELECT kind, number, first_seq, previous, core_version, digest, rulebook, plain_size, snapshot, "
                    "hash FROM opening"};
    if (!s.step()) return std::nullopt;
    SegmentOpening o;
    o.kind = static_cast<JournalKind>(s.number(0));
    o.number = static_cast<std::uint32_t>(s.number(1));
    o.first_seq = s.unsigned_number(2);
    o.previous = fixed<32>(db, s.bytes(3), "previous hash");
    o.core_version = s.bytes(4);
    o.digest = fixed<16>(db, s.bytes(5), "rulebook digest");
    o.rulebook = s.bytes(6);
    auto plain = unpack(s.unsigned_number(7), s.bytes(8));
    if (!plain) damaged(db, "the opening snapshot does not inflate");
    o.snapshot = std::move(*plain);
    o.hash = fixed<32>(db, s.bytes(9), "opening hash");
    o.format = db.number("PRAGMA user_version");
    return o;
}

std::uint64_t last_row(Database& db) {
    return static_cast<std::uint64_t>(
        db.number("SELECT max(seq) FROM (SELECT max(seq) AS seq FROM frames UNION ALL SELECT max(seq) FROM records "
                  "UNION ALL SELECT first_seq - 1 FROM opening)"));
}

void SegmentCursor::Source::advance() {
    live = statement.step();
    if (live) seq = statement.unsigned_number(0);
}

SegmentCursor::SegmentCursor(Database& db, std::uint64_t from)
    : frames_{{db, "SELECT seq, log_time, body, hash FROM frames WHERE seq >= ? ORDER BY seq"}},
      records_{{db, "SELECT seq, log_time, body, hash, kind, cause FROM records WHERE seq >= ? ORDER BY seq"}},
      snapshots_{{db, "SELECT seq, log_time, body, hash, plain_size FROM snapshots WHERE seq >= ? ORDER BY seq"}},
      blocks_{{db, "SELECT seq, 0, body, hash FROM blocks WHERE seq >= ? ORDER BY seq"}},
      db_{&db},
      format_{db.number("PRAGMA user_version")} {
    for (Source* s : {&frames_, &records_, &snapshots_, &blocks_}) {
        s->statement.bind(1, from);
        s->advance();
    }
}

void SegmentCursor::take_hash(std::string_view bytes) {
    hash_ = fixed<32>(*db_, bytes, "hash at sequence " + std::to_string(seq_));
}

void SegmentCursor::read_row(Source& s, bool frame) {
    item_ = Item::row;
    const auto kind = frame ? std::int64_t{frame_kind} : s.statement.number(4);
    if (kind < 0 || kind >= kind_limit) damaged(*db_, "kind at sequence " + std::to_string(s.seq));
    kind_ = static_cast<RowKind>(kind);
    cause_ = frame ? 0 : s.statement.unsigned_number(5);
    body_ = s.statement.bytes(2);
}

void SegmentCursor::read_snapshot() {
    item_ = Item::snapshot;
    auto plain = unpack(snapshots_.statement.unsigned_number(4), snapshots_.statement.bytes(2));
    if (!plain) damaged(*db_, "the snapshot at sequence " + std::to_string(snapshots_.seq) + " does not inflate");
    plain_ = std::move(*plain);
    body_ = plain_;
}

bool SegmentCursor::next() {
    if (last_ != nullptr) last_->advance();
    // At one sequence: its row, then a snapshot, then a block. The first of the least sequence wins.
    Source* best = nullptr;
    for (Source* s : {&frames_, &records_, &snapshots_, &blocks_})
        if (s->live && (best == nullptr || s->seq < best->seq)) best = s;
    last_ = best;
    if (best == nullptr) return false;
    seq_ = best->seq;
    at_ = {best->statement.number(1)};
    take_hash(best->statement.bytes(3));
    if (best == &snapshots_)
        read_snapshot();
    else if (best == &blocks_) {
        item_ = Item::block;
        body_ = best->statement.bytes(2);
    } else
        read_row(*best, best == &frames_);
    return true;
}

Hash SegmentCursor::computed(Hash const& previous) const {
    switch (item_) {
    case Item::snapshot: return chain(previous, seq_, at_, snapshot_kind, 0, body_);
    case Item::block: return chain(previous, seq_, {}, block_kind, 0, body_);
    case Item::row: break;
    }
    return chain(previous, seq_, at_, kind_, cause_, body_);
}

Row SegmentCursor::row() const { return {seq_, at_, kind_, cause_, std::string{body_}, hash_, format_}; }

ChainWalk::ChainWalk(Database& db, SegmentOpening const& opening)
    : cursor_{db, 0},
      last_seq_{opening.first_seq - 1},
      head_{opening.hash},
      where_{db.path().string()} {
    if (opening.computed() != opening.hash)
        broken_ = Refusal{Refusal::Why::damaged, where_, "the opening does not match its hash"};
}

bool ChainWalk::next() {
    if (broken_ || !cursor_.next()) return false;
    const bool row = cursor_.item() == SegmentCursor::Item::row;
    if (cursor_.seq() != last_seq_ + (row ? 1 : 0)) {
        broken_ = Refusal{Refusal::Why::damaged, at_seq(where_, cursor_.seq()),
                          (row ? "a row follows sequence " : "a snapshot or block follows sequence ") +
                              std::to_string(last_seq_)};
        return false;
    }
    if (cursor_.computed(head_) != cursor_.hash()) {
        broken_ = Refusal{Refusal::Why::damaged, at_seq(where_, cursor_.seq()),
                          "the hash does not follow from the row and the one before"};
        return false;
    }
    last_seq_ = cursor_.seq();
    head_ = cursor_.hash();
    return true;
}

} // namespace vigil::store
