#include "store/database.hpp"

#include <cerrno>
#include <system_error>

namespace vigil::store {

namespace {

constexpr int busy_wait_ms = 2'000; // a reader's page; nobody else ever writes

std::string uri(std::filesystem::path const& file, std::string_view query) {
    std::string out = "file:";
    for (const char c : file.string()) {
        if (c == '?' || c == '#' || c == '%') {
            constexpr std::string_view digits = "0123456789abcdef";
            out += '%';
            out += digits[static_cast<unsigned char>(c) >> 4];
            out += digits[static_cast<unsigned char>(c) & 15];
        } else
            out += c;
    }
    out += query;
    return out;
}

} // namespace

bool DatabaseError::full() const {
    return (code & 0xFF) == SQLITE_FULL || system_errno == ENOSPC || system_errno == EDQUOT;
}

bool DatabaseError::damaged() const {
    const int primary = code & 0xFF;
    return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_SCHEMA ||
           primary == SQLITE_ERROR || primary == SQLITE_MISMATCH || primary == SQLITE_FORMAT ||
           primary == SQLITE_TOOBIG || code == SQLITE_IOERR_SHORT_READ;
}

Database::Database(std::filesystem::path const& file, Access access, std::string const& vfs)
    : path_{file} {
    int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    std::string name;
    switch (access) {
    case Access::write:
        flags |= SQLITE_OPEN_READWRITE;
        name = uri(file, "");
        break;
    case Access::create:
        flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        name = uri(file, "");
        break;
    case Access::beside_writer:
        flags |= SQLITE_OPEN_READONLY;
        name = uri(file, has_wal(file) ? "?mode=ro" : "?mode=ro&immutable=1");
        break;
    case Access::untouched:
        // With a log: no locks and, in exclusive mode, an index of the log in memory, so that no -shm file appears.
        flags |= SQLITE_OPEN_READONLY;
        name = uri(file, has_wal(file) ? "?mode=ro&vfs=unix-none" : "?mode=ro&immutable=1");
        break;
    }
    const int code = sqlite3_open_v2(name.c_str(), &db_, flags, vfs.empty() ? nullptr : vfs.c_str());
    if (code != SQLITE_OK) {
        const int os = db_ == nullptr ? 0 : sqlite3_system_errno(db_);
        const std::string why = db_ == nullptr ? "no memory" : sqlite3_errmsg(db_);
        sqlite3_close(db_);
        db_ = nullptr;
        throw DatabaseError{code, os, "opening: " + why};
    }
    sqlite3_busy_timeout(db_, busy_wait_ms);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_wal_autocheckpoint(db_, 0);
    if (access == Access::untouched) run("PRAGMA locking_mode=EXCLUSIVE");
}

Database& Database::operator=(Database&& other) noexcept {
    std::swap(db_, other.db_);
    std::swap(path_, other.path_);
    return *this;
}

Database::~Database() { sqlite3_close(db_); }

void Database::fail(int code, std::string_view doing) {
    const int os = sqlite3_system_errno(db_);
    std::string why = sqlite3_errmsg(db_);
    if (os != 0 && (code & 0xFF) != SQLITE_CORRUPT) why += " (" + std::generic_category().message(os) + ")";
    throw DatabaseError{code, os, std::string{doing} + ": " + why, why};
}

void Database::run(std::string const& sql) {
    const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code, sql.substr(0, sql.find('\n')));
}

std::optional<std::int64_t> Database::maybe_number(std::string const& sql) {
    Statement s{*this, sql};
    if (!s.step() || s.bytes(0).data() == nullptr) return std::nullopt;
    return s.number(0);
}

std::int64_t Database::number(std::string const& sql) {
    const auto n = maybe_number(sql);
    if (!n) throw DatabaseError{SQLITE_CORRUPT, 0, sql + ": no result"};
    return *n;
}

Statement::Statement(Database& db, std::string_view sql)
    : db_{&db} {
    const int code = sqlite3_prepare_v3(db.handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &stmt_, nullptr);
    if (code != SQLITE_OK) db.fail(code, sql);
}

Statement& Statement::bind(int at, std::int64_t value) {
    const int code = sqlite3_bind_int64(stmt_, at, value);
    if (code != SQLITE_OK) db_->fail(code, "bind");
    return *this;
}

Statement& Statement::bind(int at, std::string_view blob) {
    const int code = sqlite3_bind_blob64(stmt_, at, blob.empty() ? "" : blob.data(), blob.size(), SQLITE_STATIC);
    if (code != SQLITE_OK) db_->fail(code, "bind");
    return *this;
}

Statement& Statement::bind(int at, std::span<std::uint8_t const> blob) {
    return bind(at, std::string_view{reinterpret_cast<char const*>(blob.data()), blob.size()});
}

Statement& Statement::bind_text(int at, std::string_view text) {
    const int code =
        sqlite3_bind_text64(stmt_, at, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) db_->fail(code, "bind");
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(stmt_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    db_->fail(code, sqlite3_sql(stmt_));
}

std::string_view Statement::bytes(int column) {
    void const* data = sqlite3_column_blob(stmt_, column);
    return {static_cast<char const*>(data), static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column))};
}

Transaction::~Transaction() {
    // The result does not matter: after an error SQLite may have rolled back by itself.
    if (!done_) sqlite3_exec(db_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

std::filesystem::path wal_path(std::filesystem::path const& file) { return file.string() + "-wal"; }

bool has_wal(std::filesystem::path const& file) {
    std::error_code none;
    const auto size = std::filesystem::file_size(wal_path(file), none);
    return !none && size > 0;
}

} // namespace vigil::store
