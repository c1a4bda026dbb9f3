#pragma once
// SQLite as the store uses it: a connection, a statement, one kind of error. Errors are thrown inside this folder and
// become a Refusal or a Failed completion at its edge.

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace vigil::store {

struct DatabaseError : std::runtime_error {
    DatabaseError(int sqlite_code, int os_error, std::string const& what, std::string why = {})
        : std::runtime_error{what},
          code{sqlite_code},
          system_errno{os_error},
          reason{why.empty() ? what : std::move(why)} {}
    int code; // extended result code
    int system_errno;
    std::string reason;   // without the statement it came of
    bool full() const;    // no room
    bool damaged() const; // the file is not what it was
};

enum class Access {
    write,         // the one writer
    create,        // the one writer, of a file that is not there yet
    beside_writer, // read-only beside a writer: never writes, never checkpoints
    untouched,     // read-only when nobody writes, this process included: no byte of any file changes, none appears
};

class Statement;

// One connection. Not thread-safe; may be handed from thread to thread.
class Database {
public:
    Database(std::filesystem::path const& file, Access access, std::string const& vfs = {});
    Database(Database&& other) noexcept
        : db_{other.db_},
          path_{std::move(other.path_)} {
        other.db_ = nullptr;
    }
    Database& operator=(Database&& other) noexcept;
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;
    ~Database();

    void run(std::string const& sql);            // one or more statements without results
    std::int64_t number(std::string const& sql); // the first column of the first row
    std::optional<std::int64_t> maybe_number(std::string const& sql);
    sqlite3* handle() { return db_; }
    std::filesystem::path const& path() const { return path_; }
    [[noreturn]] void fail(int code, std::string_view doing);

private:
    sqlite3* db_ = nullptr;
    std::filesystem::path path_;
};

// A prepared statement. Bound bytes must live until the next reset.
class Statement {
public:
    Statement(Database& db, std::string_view sql);
    Statement(Statement&& other) noexcept
        : db_{other.db_},
          stmt_{other.stmt_} {
        other.stmt_ = nullptr;
    }
    Statement& operator=(Statement&&) = delete;
    Statement(Statement const&) = delete;
    Statement& operator=(Statement const&) = delete;
    ~Statement() { sqlite3_finalize(stmt_); }

    Statement& bind(int at, std::int64_t value);
    Statement& bind(int at, std::uint64_t value) { return bind(at, static_cast<std::int64_t>(value)); }
    Statement& bind(int at, std::string_view blob);
    Statement& bind(int at, std::span<std::uint8_t const> blob);
    Statement& bind_text(int at, std::string_view text);
    bool step(); // whether there is a row
    void reset() { sqlite3_reset(stmt_); }
    void execute() { // for statements without rows
        step();
        reset();
    }
    std::int64_t number(int column) { return sqlite3_column_int64(stmt_, column); }
    std::uint64_t unsigned_number(int column) { return static_cast<std::uint64_t>(number(column)); }
    std::string_view bytes(int column);

private:
    Database* db_;
    sqlite3_stmt* stmt_ = nullptr;
};

// Rolled back unless committed.
class Transaction {
public:
    explicit Transaction(Database& db, std::string const& begin = "BEGIN IMMEDIATE")
        : db_{&db} {
        db.run(begin);
    }
    Transaction(Transaction const&) = delete;
    Transaction& operator=(Transaction const&) = delete;
    ~Transaction();
    void commit() {
        db_->run("COMMIT");
        done_ = true;
    }

private:
    Database* db_;
    bool done_ = false;
};

// Whether the segment's write-ahead log holds anything.
bool has_wal(std::filesystem::path const& file);
std::filesystem::path wal_path(std::filesystem::path const& file);

} // namespace vigil::store
