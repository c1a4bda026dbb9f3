#include "identity/store.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vigil::identity {

namespace {

constexpr int schema_version = 1;
constexpr char schema[] = R"sql(
CREATE TABLE card(token TEXT PRIMARY KEY, family TEXT NOT NULL, given TEXT NOT NULL, birth_date TEXT NOT NULL,
                  seen_ms INTEGER NOT NULL, source TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE identifier(token TEXT NOT NULL, type TEXT NOT NULL, authority TEXT NOT NULL, value TEXT NOT NULL,
                        PRIMARY KEY(token, type, authority, value)) STRICT, WITHOUT ROWID;
CREATE TABLE link(token TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY(token, other)) STRICT, WITHOUT ROWID;
CREATE TABLE erased(token TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE audit(id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, token TEXT NOT NULL, user TEXT NOT NULL, reason TEXT NOT NULL,
                   erased INTEGER NOT NULL) STRICT;
PRAGMA user_version = 1;
)sql";

// The file exists with the right mode before SQLite sees it: at no time may others read it.
void create_private(std::string const& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) throw StoreError(path + ": " + std::strerror(errno));
    const int failed = ::fchmod(fd, 0600);
    const int why = errno;
    ::close(fd);
    if (failed != 0) throw StoreError(path + ": " + std::strerror(why));
}

class Statement {
public:
    Statement(sqlite3* db, char const* sql)
        : db_(db) {
        if (sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr) != SQLITE_OK) throw StoreError(sqlite3_errmsg(db));
    }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(Statement const&) = delete;
    Statement& operator=(Statement const&) = delete;

    Statement& text(std::string const& value) {
        sqlite3_bind_text(statement_, ++bound_, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
        return *this;
    }
    Statement& number(std::int64_t value) {
        sqlite3_bind_int64(statement_, ++bound_, value);
        return *this;
    }
    bool row() {
        const int result = sqlite3_step(statement_);
        if (result != SQLITE_ROW && result != SQLITE_DONE) throw StoreError(sqlite3_errmsg(db_));
        return result == SQLITE_ROW;
    }
    std::string text_at(int column) const {
        auto const* bytes = reinterpret_cast<char const*>(sqlite3_column_text(statement_, column));
        return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
                     : std::string();
    }
    std::int64_t number_at(int column) const { return sqlite3_column_int64(statement_, column); }

private:
    sqlite3* db_;
    sqlite3_stmt* statement_ = nullptr;
    int bound_ = 0;
};

} // namespace

struct Store::Database {
    sqlite3* handle = nullptr;

    explicit Database(std::string const& path) {
        if (sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) {
            const std::string why = handle ? sqlite3_errmsg(handle) : "out of memory";
            sqlite3_close(handle);
            throw StoreError(path + ": " + why);
        }
    }
    ~Database() { sqlite3_close(handle); }
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;

    void run(char const* sql) {
        if (sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK) throw StoreError(sqlite3_errmsg(handle));
    }
    Statement prepare(char const* sql) { return Statement(handle, sql); }
};

namespace {

// All or nothing; undone unless it was committed.
template <class Database>
class Transaction {
public:
    explicit Transaction(Database& db)
        : db_(db) {
        db_.run("BEGIN IMMEDIATE");
    }
    ~Transaction() {
        if (!done_) sqlite3_exec(db_.handle, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    Transaction(Transaction const&) = delete;
    Transaction& operator=(Transaction const&) = delete;
    void commit() {
        db_.run("COMMIT");
        done_ = true;
    }

private:
    Database& db_;
    bool done_ = false;
};

} // namespace

Store::Store(std::string const& path) {
    create_private(path);
    db_ = std::make_unique<Database>(path);
    try {
        // What is deleted is overwritten, and the journal that still has it is truncated: erased means gone from the
        // file.
        db_->run(
            "PRAGMA secure_delete=ON; PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA busy_timeout=2000; "
            "PRAGMA locking_mode=EXCLUSIVE");
        auto version = db_->prepare("PRAGMA user_version");
        version.row();
        const std::int64_t found = version.number_at(0);
        if (found > schema_version) throw StoreError("was written by a newer version of vigil-identity");
        if (found == 0) {
            Transaction creation(*db_);
            db_->run(schema);
            creation.commit();
        }
        auto check = db_->prepare("PRAGMA quick_check(1)");
        if (check.row() && check.text_at(0) != "ok") throw StoreError("is damaged: " + check.text_at(0));
    } catch (StoreError const& e) {
        throw StoreError(path + ": " + e.what());
    }
}

Store::~Store() = default;

Stored Store::store(Card const& card) {
    std::vector<std::string> tokens = card.tokens;
    std::erase_if(tokens, [](std::string const& t) { return t.empty(); });
    std::sort(tokens.begin(), tokens.end());
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    if (tokens.empty()) return Stored::no_token;
    Transaction whole(*db_);
    for (auto const& token : tokens) {
        auto gone = db_->prepare("SELECT 1 FROM erased WHERE token=?");
        if (gone.text(token).row()) return Stored::erased;
    }
    for (auto const& token : tokens) {
        store_token(card, token);
        for (auto const& other : tokens)
            if (other != token)
                db_->prepare("INSERT OR IGNORE INTO link(token, other) VALUES(?,?)").text(token).text(other).row();
    }
    whole.commit();
    return Stored::done;
}

void Store::store_token(Card const& card, std::string const& token) {
    Card kept = card;
    if (const auto known = card_of(token)) {
        const bool newer = card.seen_ms >= known->seen_ms;
        const auto choose = [&](std::string const& said, std::string const& before) {
            return said.empty() || (!newer && !before.empty()) ? before : said;
        };
        kept.family = choose(card.family, known->family);
        kept.given = choose(card.given, known->given);
        kept.birth_date = choose(card.birth_date, known->birth_date);
        kept.source = newer ? card.source : known->source;
        kept.seen_ms = std::max(card.seen_ms, known->seen_ms);
    }
    db_->prepare("INSERT OR REPLACE INTO card(token, family, given, birth_date, seen_ms, source) VALUES(?,?,?,?,?,?)")
        .text(token)
        .text(kept.family)
        .text(kept.given)
        .text(kept.birth_date)
        .number(kept.seen_ms)
        .text(kept.source)
        .row();
    for (auto const& id : card.identifiers)
        db_->prepare("INSERT OR IGNORE INTO identifier(token, type, authority, value) VALUES(?,?,?,?)")
            .text(token)
            .text(id.type)
            .text(id.authority)
            .text(id.value)
            .row();
}

std::optional<Card> Store::card_of(std::string const& token) {
    auto select = db_->prepare("SELECT family, given, birth_date, seen_ms, source FROM card WHERE token=?");
    if (!select.text(token).row()) return std::nullopt;
    Card out;
    out.tokens = {token};
    out.family = select.text_at(0);
    out.given = select.text_at(1);
    out.birth_date = select.text_at(2);
    out.seen_ms = select.number_at(3);
    out.source = select.text_at(4);
    auto numbers =
        db_->prepare("SELECT type, authority, value FROM identifier WHERE token=? ORDER BY type, authority, value");
    numbers.text(token);
    while (numbers.row()) out.identifiers.push_back({numbers.text_at(0), numbers.text_at(1), numbers.text_at(2)});
    return out;
}

std::vector<Card> Store::lookup(std::vector<std::string> const& tokens) {
    std::vector<Card> out;
    for (auto const& token : tokens)
        if (auto card = card_of(token)) out.push_back(std::move(*card));
    return out;
}

// This token and every one reachable from it over cards that had both.
std::vector<std::string> Store::linked(std::string const& token) {
    std::set<std::string> reached = {token};
    std::vector<std::string> open = {token};
    while (!open.empty()) {
        const std::string here = open.back();
        open.pop_back();
        auto next = db_->prepare("SELECT other FROM link WHERE token=?");
        next.text(here);
        while (next.row())
            if (reached.insert(next.text_at(0)).second) open.push_back(next.text_at(0));
    }
    return {reached.begin(), reached.end()};
}

bool Store::erase(std::string const& token, std::string const& user, std::string const& reason, std::int64_t at_ms) {
    Transaction whole(*db_);
    std::int64_t erased = 0;
    for (auto const& each : linked(token)) {
        db_->prepare("DELETE FROM card WHERE token=?").text(each).row();
        erased += sqlite3_changes64(db_->handle);
        db_->prepare("DELETE FROM identifier WHERE token=?").text(each).row();
        db_->prepare("DELETE FROM link WHERE token=?").text(each).row();
        db_->prepare("INSERT OR IGNORE INTO erased(token) VALUES(?)").text(each).row();
    }
    db_->prepare("INSERT INTO audit(at_ms, token, user, reason, erased) VALUES(?,?,?,?,?)")
        .number(at_ms)
        .text(token)
        .text(user)
        .text(reason)
        .number(erased)
        .row();
    whole.commit();
    return erased > 0;
}

std::vector<Store::Audit> Store::audit() {
    std::vector<Audit> out;
    auto rows = db_->prepare("SELECT at_ms, token, user, reason, erased FROM audit ORDER BY id");
    while (rows.row())
        out.push_back({rows.number_at(0), rows.text_at(1), rows.text_at(2), rows.text_at(3), rows.number_at(4)});
    return out;
}

} // namespace vigil::identity
