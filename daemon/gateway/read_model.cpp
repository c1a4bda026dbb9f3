#include "gateway/read_model.hpp"

#include <filesystem>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <sqlite3.h>

namespace vigil::gateway {
namespace {

constexpr int schema_version = 2;

constexpr const char* forgotten = "forgotten"; // a cursor, too: revisions up to there may be gone

constexpr const char* schema = R"sql(
CREATE TABLE cursor (cls TEXT PRIMARY KEY, seq INTEGER NOT NULL, log_time_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE score (
  encounter TEXT NOT NULL, definition TEXT NOT NULL, product TEXT NOT NULL, as_of_ms INTEGER NOT NULL,
  seq INTEGER NOT NULL, unit TEXT NOT NULL, bed TEXT NOT NULL, point BLOB NOT NULL,
  PRIMARY KEY (encounter, definition, product, as_of_ms)) WITHOUT ROWID;
CREATE INDEX score_time ON score (as_of_ms);
CREATE TABLE alert (
  id TEXT PRIMARY KEY, revision INTEGER NOT NULL, closed INTEGER NOT NULL, revised_ms INTEGER NOT NULL,
  alert BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX alert_time ON alert (closed, revised_ms);
CREATE TABLE alert_revision (
  id TEXT NOT NULL, revision INTEGER NOT NULL, seq INTEGER NOT NULL, alert BLOB NOT NULL,
  PRIMARY KEY (id, revision)) WITHOUT ROWID;
CREATE INDEX alert_revision_seq ON alert_revision (seq);
CREATE TABLE bed_event (
  seq INTEGER PRIMARY KEY, unit TEXT NOT NULL, bed TEXT NOT NULL, encounter TEXT NOT NULL,
  event_time_ms INTEGER NOT NULL, event BLOB NOT NULL);
)sql";

/// One prepared statement, used once.
class Statement {
public:
    Statement(sqlite3* db, const char* sql)
        : db_(db) {
        if (sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr) != SQLITE_OK) fail();
    }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& text(int index, std::string_view value) {
        return check(sqlite3_bind_text64(statement_, index, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    }
    Statement& number(int index, std::int64_t value) { return check(sqlite3_bind_int64(statement_, index, value)); }
    Statement& number(int index, std::uint64_t value) { return number(index, static_cast<std::int64_t>(value)); }
    Statement& blob(int index, const google::protobuf::MessageLite& message) {
        const auto bytes = message.SerializeAsString();
        return check(sqlite3_bind_blob64(statement_, index, bytes.data(), bytes.size(), SQLITE_TRANSIENT));
    }
    bool row() {
        const int result = sqlite3_step(statement_);
        if (result != SQLITE_ROW && result != SQLITE_DONE) fail();
        return result == SQLITE_ROW;
    }
    void run() {
        while (row()) {
        }
    }
    [[nodiscard]] std::int64_t number_at(int column) const { return sqlite3_column_int64(statement_, column); }
    [[nodiscard]] std::string text_at(int column) const {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
        return bytes == nullptr ? std::string() : std::string(bytes, size);
    }
    template <typename Message>
    [[nodiscard]] Message message_at(int column) const {
        Message message;
        if (!message.ParseFromString(text_at(column))) throw std::runtime_error("read model: a row is not readable");
        return message;
    }

private:
    Statement& check(int result) {
        if (result != SQLITE_OK) fail();
        return *this;
    }
    [[noreturn]] void fail() const { throw std::runtime_error(fmt::format("read model: {}", sqlite3_errmsg(db_))); }

    sqlite3* db_;
    sqlite3_stmt* statement_ = nullptr;
};

} // namespace

ReadModel::ReadModel(const std::string& path) {
    open(path);
    if (usable()) return;
    // Of another schema, or damaged: it holds nothing that replay does not bring back.
    sqlite3_close(db_);
    db_ = nullptr;
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path + suffix);
    open(path);
    run(schema);
    run(fmt::format("PRAGMA user_version = {}", schema_version).c_str());
}

ReadModel::~ReadModel() { sqlite3_close(db_); }

void ReadModel::open(const std::string& path) {
    if (sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) != SQLITE_OK) {
        const std::string reason = sqlite3_errmsg(db_);
        sqlite3_close(db_);
        db_ = nullptr;
        throw std::runtime_error(fmt::format("{}: {}", path, reason));
    }
}

bool ReadModel::usable() {
    try {
        run("PRAGMA locking_mode = EXCLUSIVE");
        run("PRAGMA journal_mode = WAL");
        run("PRAGMA synchronous = OFF");
        Statement version(db_, "PRAGMA user_version");
        if (!version.row() || version.number_at(0) != schema_version) return false;
        Statement check(db_, "PRAGMA quick_check(1)");
        return check.row() && check.text_at(0) == "ok";
    } catch (const std::runtime_error&) {
        return false; // not a database, or not one that can be read: the caller makes a new one
    }
}

void ReadModel::run(const char* sql) const {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw std::runtime_error(fmt::format("read model: {}", sqlite3_errmsg(db_)));
}

void ReadModel::begin() {
    if (in_transaction_) return;
    run("BEGIN");
    in_transaction_ = true;
}

void ReadModel::commit() {
    if (!in_transaction_) return;
    run("COMMIT");
    in_transaction_ = false;
}

void ReadModel::put_score(const ScoreRow& row) {
    Statement put(db_, "INSERT INTO score VALUES (?1,?2,?3,?4,?5,?6,?7,?8) "
                       "ON CONFLICT DO UPDATE SET seq = ?5, unit = ?6, bed = ?7, point = ?8 WHERE ?5 >= seq");
    put.text(1, row.encounter).text(2, row.definition).text(3, row.product).number(4, row.point.at_ms());
    put.number(5, row.seq).text(6, row.unit).text(7, row.bed).blob(8, row.point).run();
}

void ReadModel::put_alert(const vigil::v1::Alert& alert, std::uint64_t seq) {
    const bool closed = alert.signal() == vigil::v1::SIGNAL_STATE_CLOSED;
    Statement revision(db_, "INSERT OR IGNORE INTO alert_revision VALUES (?1,?2,?3,?4)");
    revision.text(1, alert.id()).number(2, alert.revision()).number(3, seq).blob(4, alert).run();
    Statement latest(db_, "INSERT INTO alert VALUES (?1,?2,?3,?4,?5) ON CONFLICT DO UPDATE SET "
                          "revision = ?2, closed = ?3, revised_ms = ?4, alert = ?5 WHERE ?2 >= revision");
    latest.text(1, alert.id()).number(2, alert.revision()).number(3, std::int64_t{closed ? 1 : 0});
    latest.number(4, alert.revised_at_ms()).blob(5, alert).run();
}

void ReadModel::put_event(const std::string& unit, const std::string& bed, const vigil::v1::BedEvent& event,
                          std::uint64_t seq, std::int64_t event_time_ms) {
    Statement put(db_, "INSERT OR IGNORE INTO bed_event VALUES (?1,?2,?3,?4,?5,?6)");
    put.number(1, seq).text(2, unit).text(3, bed).text(4, event.encounter());
    put.number(5, event_time_ms).blob(6, event).run();
}

Cursor ReadModel::cursor(const std::string& cls) const {
    Statement get(db_, "SELECT seq, log_time_ms FROM cursor WHERE cls = ?1");
    get.text(1, cls);
    if (!get.row()) return {};
    return {static_cast<std::uint64_t>(get.number_at(0)), get.number_at(1)};
}

void ReadModel::set_cursor(const std::string& cls, const Cursor& cursor) {
    Statement put(db_, "INSERT OR REPLACE INTO cursor VALUES (?1,?2,?3)");
    put.text(1, cls).number(2, cursor.seq).number(3, cursor.log_time_ms).run();
}

std::optional<vigil::page::v1::TrendPoint> ReadModel::score_at(const std::string& encounter,
                                                               const std::string& definition,
                                                               const std::string& product, std::int64_t at_ms) const {
    Statement get(db_, "SELECT point FROM score WHERE encounter = ?1 AND definition = ?2 AND product = ?3 "
                       "AND as_of_ms <= ?4 ORDER BY as_of_ms DESC LIMIT 1");
    get.text(1, encounter).text(2, definition).text(3, product).number(4, at_ms);
    if (!get.row()) return std::nullopt;
    return get.message_at<vigil::page::v1::TrendPoint>(0);
}

std::vector<vigil::page::v1::TrendPoint> ReadModel::trend(const std::string& encounter, const std::string& definition,
                                                          const std::string& product, std::int64_t from_ms,
                                                          std::int64_t to_ms) const {
    std::vector<vigil::page::v1::TrendPoint> points;
    if (auto first = score_at(encounter, definition, product, from_ms)) points.push_back(*std::move(first));
    Statement get(db_, "SELECT point FROM score WHERE encounter = ?1 AND definition = ?2 AND product = ?3 "
                       "AND as_of_ms > ?4 AND as_of_ms <= ?5 ORDER BY as_of_ms");
    get.text(1, encounter).text(2, definition).text(3, product).number(4, from_ms).number(5, to_ms);
    while (get.row()) points.push_back(get.message_at<vigil::page::v1::TrendPoint>(0));
    return points;
}

std::optional<vigil::page::v1::Why> ReadModel::why(const std::string& alert) const {
    Statement latest(db_, "SELECT alert FROM alert WHERE id = ?1");
    latest.text(1, alert);
    if (!latest.row()) return std::nullopt;
    vigil::page::v1::Why answer;
    *answer.mutable_alert() = latest.message_at<vigil::v1::Alert>(0);
    Statement revisions(db_, "SELECT alert FROM alert_revision WHERE id = ?1 ORDER BY revision");
    revisions.text(1, alert);
    while (revisions.row()) *answer.add_revisions() = revisions.message_at<vigil::v1::Alert>(0);
    return answer;
}

std::vector<vigil::v1::Alert> ReadModel::closed_alerts(std::int64_t since_ms, unsigned most) const {
    Statement get(db_,
                  "SELECT alert FROM alert WHERE closed = 1 AND revised_ms >= ?1 ORDER BY revised_ms DESC LIMIT ?2");
    get.number(1, since_ms).number(2, std::int64_t{most});
    std::vector<vigil::v1::Alert> alerts;
    while (get.row()) alerts.push_back(get.message_at<vigil::v1::Alert>(0));
    return alerts;
}

vigil::page::v1::AlertRevisions ReadModel::revisions_after(std::uint64_t seq, unsigned most) const {
    Statement get(db_, "SELECT seq, alert FROM alert_revision WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    get.number(1, seq).number(2, std::int64_t{most});
    vigil::page::v1::AlertRevisions answer;
    while (get.row()) {
        auto& row = *answer.add_revisions();
        row.set_seq(static_cast<std::uint64_t>(get.number_at(0)));
        *row.mutable_alert() = get.message_at<vigil::v1::Alert>(1);
        answer.set_to(row.seq());
    }
    answer.set_more(answer.revisions_size() == static_cast<int>(most));
    answer.set_forgotten_to(cursor(forgotten).seq);
    return answer;
}

void ReadModel::forget_before(std::int64_t time_ms) {
    Statement(db_, "DELETE FROM score WHERE as_of_ms < ?1").number(1, time_ms).run();
    Statement newest(db_, "SELECT max(seq) FROM alert_revision WHERE id IN "
                          "(SELECT id FROM alert WHERE closed = 1 AND revised_ms < ?1)");
    newest.number(1, time_ms);
    const auto gone = newest.row() ? static_cast<std::uint64_t>(newest.number_at(0)) : std::uint64_t{0};
    if (gone > cursor(forgotten).seq) set_cursor(forgotten, {gone, time_ms});
    Statement(db_, "DELETE FROM alert_revision WHERE id IN (SELECT id FROM alert WHERE closed = 1 AND revised_ms < ?1)")
        .number(1, time_ms)
        .run();
    Statement(db_, "DELETE FROM alert WHERE closed = 1 AND revised_ms < ?1").number(1, time_ms).run();
    Statement(db_, "DELETE FROM bed_event WHERE event_time_ms < ?1").number(1, time_ms).run();
}

void ReadModel::drop() {
    begin();
    for (const char* table : {"cursor", "score", "alert", "alert_revision", "bed_event"})
        run(fmt::format("DELETE FROM {}", table).c_str());
    commit();
}

std::uint64_t ReadModel::rows() const {
    Statement get(db_, "SELECT (SELECT count(*) FROM score) + (SELECT count(*) FROM alert_revision)");
    return get.row() ? static_cast<std::uint64_t>(get.number_at(0)) : std::uint64_t{0};
}

} // namespace vigil::gateway
