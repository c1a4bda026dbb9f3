#pragma once
// Appending to one segment. Every function may throw DatabaseError; after one, the writer is only fit to be destroyed.

#include "store/batch.hpp"
#include "store/database.hpp"
#include "store/journal.hpp"
#include "store/segment_cursor.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace vigil::store {

// Where the chain stands.
struct ChainEnd {
    std::uint64_t last_seq = 0;
    Hash head{};     // of whatever came last
    Hash row_hash{}; // of the last row
};

class SegmentWriter {
public:
    // A file with the schema and no opening: not yet part of the journal.
    static std::unique_ptr<SegmentWriter> create(Options const& options, std::uint32_t number);
    // The newest segment of a journal that was recovered.
    static std::unique_ptr<SegmentWriter> resume(Options const& options, std::uint32_t number);
    SegmentWriter(SegmentWriter const&) = delete;
    SegmentWriter& operator=(SegmentWriter const&) = delete;

    void begin() { database_.run("BEGIN IMMEDIATE"); }
    void commit() { database_.run("COMMIT"); }
    void open(Opening const& opening, ChainEnd& end, Options const& options);
    void append(Batch const& batch, ChainEnd& end, std::vector<SketchedFrame>& sketched);
    void snapshot(std::string const& plain, model::LogTime at, ChainEnd& end, Options const& options);
    void block(Block const& block, ChainEnd& end);

    std::uint32_t number() const { return number_; }
    std::uint64_t wal_bytes() const { return wal_bytes_; } // as of the last commit
    model::LogTime last_at() const { return last_at_; }
    Database& database() { return database_; }
    // Moves the log into the database and removes it. False: a reader still needs it.
    bool checkpoint();

private:
    SegmentWriter(Database database, std::uint32_t number);
    Database database_;
    std::uint32_t number_;
    std::uint64_t wal_bytes_ = 0;
    std::uint64_t page_bytes_ = 0;
    model::LogTime last_at_;
    std::optional<Statement> insert_frame_, insert_record_;
};

} // namespace vigil::store
