#include "store/segment_writer.hpp"

#include "core/model/canonical.hpp"
#include "store/schema.hpp"
#include "store/snapshot.hpp"

#include <cassert>
#include <system_error>

namespace vigil::store {

namespace {

// Larger pages cost no less per reading in big commits and 1.4 (8 KiB) or 2.2 times (16 KiB) the disk writes in small
// ones.
constexpr int page_size = 4096;
constexpr std::uint64_t wal_frame_header = 24, wal_header = 32;

std::string pragma_of(Durability d) {
    switch (d) {
    case Durability::full: return "PRAGMA synchronous=FULL";
    case Durability::normal: return "PRAGMA synchronous=NORMAL";
    case Durability::off: return "PRAGMA synchronous=OFF";
    }
    return {};
}

// One transaction a step; the version is part of it.
void migrate(Database& db) {
    for (auto version = db.number("PRAGMA user_version"); version < newest_version(); ++version) {
        Transaction tx{db};
        db.run(std::string{migrations()[static_cast<std::size_t>(version)]});
        db.run("PRAGMA user_version=" + std::to_string(version + 1));
        tx.commit();
    }
}

} // namespace

SegmentWriter::SegmentWriter(Database database, std::uint32_t number)
    : database_{std::move(database)},
      number_{number} {
    page_bytes_ = static_cast<std::uint64_t>(database_.number("PRAGMA page_size"));
    std::error_code none;
    const auto size = std::filesystem::file_size(wal_path(database_.path()), none);
    if (!none) wal_bytes_ = size;
    sqlite3_wal_hook(
        database_.handle(),
        [](void* self, sqlite3*, char const*, int pages) {
            auto* writer = static_cast<SegmentWriter*>(self);
            writer->wal_bytes_ =
                wal_header + static_cast<std::uint64_t>(pages) * (writer->page_bytes_ + wal_frame_header);
            return SQLITE_OK;
        },
        this);
    insert_frame_.emplace(database_, "INSERT INTO frames VALUES (?, ?, ?, ?)");
    insert_record_.emplace(database_, "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)");
}

std::unique_ptr<SegmentWriter> SegmentWriter::create(Options const& options, std::uint32_t number) {
    const auto file = segment_path(options.directory, number);
    assert(!std::filesystem::exists(file));
    Database db{file, Access::create, options.vfs};
    db.run("PRAGMA page_size=" + std::to_string(page_size));
    // The change to WAL goes through a rollback journal. Were its removal undone by a power cut, SQLite would roll the
    // file back to nothing and drop a log that holds acknowledged rows: EXTRA makes the removal durable first.
    db.run(options.durability == Durability::full ? "PRAGMA synchronous=EXTRA" : pragma_of(options.durability));
    db.run("PRAGMA journal_mode=WAL");
    db.run(pragma_of(options.durability));
    db.run("PRAGMA application_id=" + std::to_string(application_id));
    migrate(db);
    return std::unique_ptr<SegmentWriter>{new SegmentWriter{std::move(db), number}};
}

std::unique_ptr<SegmentWriter> SegmentWriter::resume(Options const& options, std::uint32_t number) {
    Database db{segment_path(options.directory, number), Access::write, options.vfs};
    db.run(pragma_of(options.durability));
    // A segment keeps the format it was begun in: its bytes are of that one.
    return std::unique_ptr<SegmentWriter>{new SegmentWriter{std::move(db), number}};
}

void SegmentWriter::open(Opening const& opening, ChainEnd& end, Options const& options) {
    const SegmentOpening o{options.kind,   number_,          end.last_seq + 1, end.head, opening.core_version,
                           opening.digest, opening.rulebook, opening.snapshot, {}};
    end.head = o.computed();
    const auto packed = pack(opening.snapshot, options.compress_snapshots_up_to);
    Statement s{database_, "INSERT INTO opening VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
    s.bind(1, static_cast<std::int64_t>(o.kind))
        .bind(2, std::int64_t{number_})
        .bind(3, o.first_seq)
        .bind(4, o.previous);
    s.bind_text(5, o.core_version).bind(6, o.digest).bind(7, std::string_view{o.rulebook});
    s.bind(8, packed.plain_size).bind(9, std::string_view{packed.bytes}).bind(10, end.head);
    s.execute();
}

void SegmentWriter::append(Batch const& batch, ChainEnd& end, std::vector<SketchedFrame>& sketched) {
    for (auto const& row : batch.rows()) {
        assert(row.seq == end.last_seq + 1);
        const auto body = batch.body(row);
        end.head = chain(end.head, row.seq, row.at, row.kind, row.cause, body);
        if (row.kind == frame_kind) {
            insert_frame_->bind(1, row.seq).bind(2, row.at.ms).bind(3, body).bind(4, end.head);
            insert_frame_->execute();
            sketched.push_back({row.seq, batch.sketches()[row.sketch]});
        } else {
            insert_record_->bind(1, row.seq).bind(2, row.at.ms).bind(3, std::int64_t{row.kind}).bind(4, row.cause);
            insert_record_->bind(5, body).bind(6, end.head);
            insert_record_->execute();
        }
        end.last_seq = row.seq;
        last_at_ = row.at;
    }
    if (!batch.empty()) end.row_hash = end.head;
}

void SegmentWriter::snapshot(std::string const& plain, model::LogTime at, ChainEnd& end, Options const& options) {
    // The same point again, or one that a block already closed: nothing new would be kept.
    Statement there{database_, "SELECT 1 FROM snapshots WHERE seq = ?1 UNION ALL SELECT 1 FROM blocks WHERE seq = ?1"};
    if (there.bind(1, end.last_seq).step()) return;
    end.head = chain(end.head, end.last_seq, at, snapshot_kind, 0, plain);
    const auto packed = pack(plain, options.compress_snapshots_up_to);
    Statement s{database_, "INSERT INTO snapshots VALUES (?, ?, ?, ?, ?)"};
    s.bind(1, end.last_seq)
        .bind(2, at.ms)
        .bind(3, packed.plain_size)
        .bind(4, std::string_view{packed.bytes})
        .bind(5, end.head);
    s.execute();
}

void SegmentWriter::block(Block const& block, ChainEnd& end) {
    const auto body = core::encode(block);
    end.head = chain(end.head, end.last_seq, {}, block_kind, 0, body);
    Statement s{database_, "INSERT INTO blocks VALUES (?, ?, ?)"};
    s.bind(1, end.last_seq).bind(2, std::string_view{body}).bind(3, end.head);
    s.execute();
}

bool SegmentWriter::checkpoint() {
    Statement s{database_, "PRAGMA wal_checkpoint(TRUNCATE)"};
    if (!s.step()) return false;
    if (s.number(0) != 0) return false;
    sqlite3_db_config(database_.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0,
                      nullptr); // the last one out removes the empty log
    return true;
}

} // namespace vigil::store
