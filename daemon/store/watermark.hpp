#pragma once
// The file `head`: the last acknowledged row, kept outside the database so that a write-ahead log that was cut short or
// ends early at a flipped bit is noticed. Written after each commit and before its completion, without fsync: it may be
// behind, never ahead.

#include "store/row.hpp"

#include <filesystem>
#include <optional>

namespace vigil::store {

struct Watermark {
    std::uint64_t seq = 0;
    Hash hash{}; // of that row
};

class WatermarkFile {
public:
    // Does not create the file before the first write.
    explicit WatermarkFile(std::filesystem::path const& directory);
    WatermarkFile(WatermarkFile const&) = delete;
    WatermarkFile& operator=(WatermarkFile const&) = delete;
    ~WatermarkFile();
    // A write that fails leaves an older mark, which is allowed.
    void write(Watermark const& mark);
    // The mark and its name are on the disk when this returns; otherwise the system's error number, 0 for none.
    int sync();

private:
    std::filesystem::path path_;
    int fd_ = -1;
};

enum class WatermarkState { absent, torn, good };
struct WatermarkRead {
    WatermarkState state = WatermarkState::absent;
    Watermark mark;
};
WatermarkRead read_watermark(std::filesystem::path const& directory);

} // namespace vigil::store
