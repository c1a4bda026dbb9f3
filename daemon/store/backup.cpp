#include "store/backup.hpp"

#include "store/segment_cursor.hpp"
#include "store/watermark.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace vigil::store {

namespace {

[[noreturn]] void io_error(std::string const& doing, int code) {
    throw DatabaseError{SQLITE_IOERR, code, doing + ": " + std::generic_category().message(code)};
}

void sync(std::filesystem::path const& path, int flags) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
    if (fd < 0) io_error("opening " + path.string(), errno);
    const int failed = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    if (failed != 0) io_error("syncing " + path.string(), failed);
}

// The last row, to be the copy's watermark.
Watermark end_of(Database& db, SegmentOpening const& opening) {
    Watermark mark{opening.first_seq - 1, {}};
    for (auto const* table : {"frames", "records"}) {
        Statement s{db, std::string{"SELECT seq, hash FROM "} + table + " ORDER BY seq DESC LIMIT 1"};
        if (!s.step() || s.unsigned_number(0) <= mark.seq) continue;
        mark.seq = s.unsigned_number(0);
        const auto hash = s.bytes(1);
        std::copy_n(hash.begin(), std::min(hash.size(), mark.hash.size()), mark.hash.begin());
    }
    return mark;
}

// Written beside and renamed, so that a copy that was broken off is never taken for one.
void copy_segment(std::filesystem::path const& from, std::filesystem::path const& to, bool sealed) {
    const std::filesystem::path part = to.string() + ".part";
    std::filesystem::remove(part);
    if (sealed)
        std::filesystem::copy_file(from, part);
    else {
        Database db{from, Access::beside_writer};
        Statement s{db, "VACUUM INTO ?"};
        s.bind_text(1, part.native()).execute();
    }
    sync(part, 0);
    std::filesystem::rename(part, to);
}

bool same_size(std::filesystem::path const& a, std::filesystem::path const& b) {
    std::error_code none;
    const auto size = std::filesystem::file_size(b, none);
    return !none && size == std::filesystem::file_size(a);
}

struct Copy {
    std::filesystem::path const& journal;
    std::filesystem::path const& target;
    BackupReport report;
    Watermark mark;

    // False when the segment was never opened: the journal ends before it.
    bool segment(std::uint32_t number) {
        const auto from = segment_path(journal, number), to = segment_path(target, number);
        const bool sealed = !has_wal(from);
        if (never_opened(from, Access::beside_writer)) return false;
        if (!sealed || !same_size(from, to)) {
            copy_segment(from, to, sealed);
            ++report.copied;
        }
        Database db{to, Access::untouched};
        const auto end = end_of(db, *read_opening(db));
        if (end.hash != Hash{}) mark = end;
        report.bytes += std::filesystem::file_size(to);
        ++report.segments;
        return true;
    }
};

} // namespace

Result<BackupReport> backup(std::filesystem::path const& journal, std::filesystem::path const& target,
                            std::function<void(std::uint32_t, std::uint32_t)> const& progress) {
    const auto numbers = list_segments(journal);
    if (numbers.empty()) return Refusal{Refusal::Why::missing, journal.string(), "no journal segments"};
    auto file = target;
    Copy copy{journal, target, {}, {}};
    try {
        std::filesystem::create_directories(target);
        for (const auto number : numbers) {
            file = segment_path(journal, number);
            if (!copy.segment(number)) break;
            if (progress) progress(copy.report.segments, static_cast<std::uint32_t>(numbers.size()));
        }
        WatermarkFile{target}.write(copy.mark);
        sync(target / "head", 0);
        sync(target, O_DIRECTORY);
    } catch (DatabaseError const& error) {
        return refusal_of(error, file);
    } catch (std::filesystem::filesystem_error const& error) {
        return Refusal{Refusal::Why::io, file.string(), error.code().message()};
    }
    copy.report.last_seq = copy.mark.seq;
    return copy.report;
}

} // namespace vigil::store
