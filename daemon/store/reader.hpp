#pragma once
// Reads old rows for the query thread, beside the writer and without ever writing or checkpointing: read-only
// connections, automatic checkpoints and checkpoint on close off, no memory map.

#include "store/refusal.hpp"
#include "store/row.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace vigil::store {

struct ReadRequest {
    std::uint64_t from = 1;           // first sequence wanted
    std::uint64_t to = UINT64_MAX;    // last
    KindSet kinds;                    // which rows; frames too when frame_kind is in it
    std::size_t max_bytes = 1U << 20; // of bodies; at least one row is returned if there is any
    std::size_t max_rows = 8192;      // returned
    std::size_t max_scanned = 65536;  // looked at: bounds the time of one page
};

struct Page {
    std::vector<Row> rows;  // ascending
    std::uint64_t next = 0; // from of the next page
    bool at_end = false;    // nothing more was committed, or `to` was reached
};

// One thread at a time.
class Reader {
public:
    explicit Reader(std::filesystem::path directory);
    ~Reader();
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;

    Result<Page> read(ReadRequest const& request);
    // The last committed row's sequence; 0 when there is none.
    Result<std::uint64_t> last_seq();
    // One row, for `vigil why`; a Refusal `missing` when there is none.
    Result<Row> row(std::uint64_t seq);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace vigil::store
