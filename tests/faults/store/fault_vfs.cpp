#include "tests/faults/store/fault_vfs.hpp"

#include <atomic>
#include <cassert>
#include <cstring>
#include <map>
#include <memory>

namespace vigil::testing {

namespace {

struct FaultFile {
    sqlite3_file base;
    FaultVfs* disk;
    std::string* name;
    sqlite3_file* real; // memory follows this struct
};

FaultFile& of(sqlite3_file* f) { return *reinterpret_cast<FaultFile*>(f); }
sqlite3_file* real(sqlite3_file* f) { return of(f).real; }
FaultVfs& disk(sqlite3_vfs* v) { return *static_cast<FaultVfs*>(v->pAppData); }
sqlite3_vfs* stock() {
    static sqlite3_vfs* const v = sqlite3_vfs_find("unix");
    return v;
}
std::string leaf(char const* path) { return path == nullptr ? "" : std::filesystem::path{path}.filename().string(); }

int close_file(sqlite3_file* f) {
    const int code = real(f)->pMethods == nullptr ? SQLITE_OK : real(f)->pMethods->xClose(real(f));
    delete of(f).name;
    return code;
}
int read_file(sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
    return real(f)->pMethods->xRead(real(f), to, n, at);
}

int write_file(sqlite3_file* f, void const* from, int n, sqlite3_int64 at) {
    auto& disk = *of(f).disk;
    const auto fault = disk.next(DiskOp::Kind::write);
    if (fault == Fault::io_error) return SQLITE_IOERR_WRITE;
    if (fault == Fault::no_room) return SQLITE_FULL;
    const int kept = fault == Fault::short_write ? n / 2 : n;
    disk.note({DiskOp::Kind::write, *of(f).name, at, {static_cast<char const*>(from), static_cast<std::size_t>(kept)}});
    const int code = real(f)->pMethods->xWrite(real(f), from, kept, at);
    return fault == Fault::short_write ? SQLITE_FULL : code;
}

int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
    if (of(f).disk->next(DiskOp::Kind::truncate) != Fault::none) return SQLITE_IOERR_TRUNCATE;
    of(f).disk->note({DiskOp::Kind::truncate, *of(f).name, size, {}});
    return real(f)->pMethods->xTruncate(real(f), size);
}

int sync_file(sqlite3_file* f, int) {
    of(f).disk->maybe_hold();
    if (of(f).disk->next(DiskOp::Kind::sync) != Fault::none) return SQLITE_IOERR_FSYNC;
    of(f).disk->note({DiskOp::Kind::sync, *of(f).name, 0, {}});
    return SQLITE_OK; // the real disk is not asked: what is durable is decided by the notes
}

int file_size(sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); }
int lock(sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
int unlock(sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); }
int reserved(sqlite3_file* f, int* out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); }
int control(sqlite3_file* f, int op, void* arg) { return real(f)->pMethods->xFileControl(real(f), op, arg); }
int sector_size(sqlite3_file*) { return 4096; }
int characteristics(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}
void shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

constexpr sqlite3_io_methods methods{
    2,       close_file,  read_file,       write_file, truncate_file, sync_file,   file_size, lock,    unlock, reserved,
    control, sector_size, characteristics, shm_map,    shm_lock,      shm_barrier, shm_unmap, nullptr, nullptr};

int open_file(sqlite3_vfs* v, char const* path, sqlite3_file* f, int flags, int* out) {
    auto& file = of(f);
    file.disk = &disk(v);
    file.real = reinterpret_cast<sqlite3_file*>(&file + 1);
    file.real->pMethods = nullptr;
    const int code = stock()->xOpen(stock(), path, file.real, flags, out);
    file.base.pMethods = nullptr;
    if (code != SQLITE_OK) return code;
    file.name = new std::string{leaf(path)};
    file.base.pMethods = &methods;
    return code;
}

int remove_file(sqlite3_vfs* v, char const* path, int durable) {
    disk(v).note({DiskOp::Kind::remove, leaf(path), durable, {}});
    return stock()->xDelete(stock(), path, 0);
}

void apply(std::string& file, std::int64_t offset, std::string_view data) {
    const auto at = static_cast<std::size_t>(offset);
    if (file.size() < at + data.size()) file.resize(at + data.size());
    std::copy(data.begin(), data.end(), file.begin() + offset);
}

void apply_by_sectors(std::string& file, DiskOp const& op, std::mt19937& random) {
    constexpr std::size_t sector = 512;
    const auto at = static_cast<std::size_t>(op.offset);
    for (std::size_t x = 0; x < op.data.size();) {
        const auto end = std::min(((at + x) / sector + 1) * sector - at, op.data.size());
        auto part = op.data.substr(x, end - x);
        const auto fate = random() % 8; // 0–3 kept, 4 noise, 5–7 lost
        if (fate == 4)
            for (auto& c : part) c = static_cast<char>(random());
        if (fate <= 4) apply(file, op.offset + static_cast<std::int64_t>(x), part);
        x = end;
    }
}

enum class Unsynced { lost, scrambled, all_but_last };

void apply_unsynced(std::map<std::string, std::string>& files, DiskOp const& op, bool last, Unsynced how,
                    std::mt19937& random) {
    if (how == Unsynced::lost) return;
    const bool whole = how == Unsynced::all_but_last && !last;
    switch (op.kind) {
    case DiskOp::Kind::sync: return;
    case DiskOp::Kind::remove:
        if (whole || random() % 2 == 0) files.erase(op.file);
        return;
    case DiskOp::Kind::truncate:
        if (whole || random() % 2 == 0) files[op.file].resize(static_cast<std::size_t>(op.offset));
        return;
    case DiskOp::Kind::write:
        if (whole)
            apply(files[op.file], op.offset, op.data);
        else
            apply_by_sectors(files[op.file], op, random);
    }
}

} // namespace

FaultVfs::FaultVfs() {
    static std::atomic<int> made = 0;
    name_ = "vigil-fault-" + std::to_string(made++);
    vfs_ = *stock();
    vfs_.zName = name_.c_str();
    vfs_.pAppData = this;
    vfs_.pNext = nullptr;
    vfs_.szOsFile = static_cast<int>(sizeof(FaultFile)) + stock()->szOsFile;
    vfs_.xOpen = open_file;
    vfs_.xDelete = remove_file;
    // The others are the stock ones and must see the stock's own data.
    vfs_.xAccess = [](sqlite3_vfs*, char const* p, int f, int* o) { return stock()->xAccess(stock(), p, f, o); };
    vfs_.xFullPathname = [](sqlite3_vfs*, char const* p, int n, char* o) {
        return stock()->xFullPathname(stock(), p, n, o);
    };
    const int code = sqlite3_vfs_register(&vfs_, 0);
    assert(code == SQLITE_OK);
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(&vfs_); }

void FaultVfs::fail_at(std::uint64_t n, Fault fault) {
    const std::lock_guard lock{mutex_};
    fail_at_ = n;
    fault_ = fault;
    count_ = 0;
    failed_ = false;
}

std::uint64_t FaultVfs::operations() const {
    const std::lock_guard lock{mutex_};
    return count_;
}
bool FaultVfs::failed() const {
    const std::lock_guard lock{mutex_};
    return failed_;
}

void FaultVfs::hold_syncs() {
    const std::lock_guard lock{mutex_};
    hold_ = true;
}
void FaultVfs::wait_for_held_sync() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return held_; });
}
void FaultVfs::release_syncs() {
    const std::lock_guard lock{mutex_};
    hold_ = false;
    changed_.notify_all();
}
void FaultVfs::maybe_hold() {
    std::unique_lock lock{mutex_};
    if (!hold_) return;
    held_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !hold_; });
    held_ = false;
}

std::vector<DiskOp> FaultVfs::ops() const {
    const std::lock_guard lock{mutex_};
    return ops_;
}
std::size_t FaultVfs::position() const {
    const std::lock_guard lock{mutex_};
    return ops_.size();
}

Fault FaultVfs::next(DiskOp::Kind) {
    const std::lock_guard lock{mutex_};
    if (++count_ != fail_at_) return Fault::none;
    failed_ = true;
    return fault_;
}

void FaultVfs::note(DiskOp op) {
    const std::lock_guard lock{mutex_};
    ops_.push_back(std::move(op));
}

void make_crash_state(std::vector<DiskOp> const& ops, std::size_t crash, std::mt19937& random,
                      std::filesystem::path const& directory) {
    const auto how = static_cast<Unsynced>(random() % 3);
    std::map<std::string, std::size_t> synced;
    for (std::size_t i = 0; i < crash; ++i)
        if (ops[i].kind == DiskOp::Kind::sync) synced[ops[i].file] = i;
    std::map<std::string, std::string> files;
    for (std::size_t i = 0; i < crash; ++i) {
        auto const& op = ops[i];
        const auto until = synced.find(op.file);
        const bool durable =
            (until != synced.end() && i < until->second) || (op.kind == DiskOp::Kind::remove && op.offset != 0);
        if (!durable)
            apply_unsynced(files, op, i + 1 == crash, how, random);
        else if (op.kind == DiskOp::Kind::write)
            apply(files[op.file], op.offset, op.data);
        else if (op.kind == DiskOp::Kind::truncate)
            files[op.file].resize(static_cast<std::size_t>(op.offset));
        else if (op.kind == DiskOp::Kind::remove)
            files.erase(op.file);
        else
            files[op.file];
    }
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    for (auto const& [name, bytes] : files) {
        std::unique_ptr<FILE, int (*)(FILE*)> out{std::fopen((directory / name).c_str(), "wb"), std::fclose};
        assert(out);
        [[maybe_unused]] const auto n = std::fwrite(bytes.data(), 1, bytes.size(), out.get());
        assert(n == bytes.size());
    }
}

} // namespace vigil::testing
