#include "outbound/outbox.hpp"

#include <set>

namespace vigil::outbound {

namespace {

using store::Statement;
using store::Transaction;

constexpr std::int64_t application_id = 0x56474F42; // "VGOB"
constexpr std::int64_t schema_version = 1;
constexpr int acknowledged = 1, given_up = 2; // states of a delivery; 0: it waits

constexpr auto schema = R"sql(
CREATE TABLE cursor (seq INTEGER NOT NULL);
CREATE TABLE destinations (name TEXT PRIMARY KEY, since_seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE threads (
    destination TEXT NOT NULL, alert TEXT NOT NULL,
    told BLOB NOT NULL,             -- the revision queued last
    simulated INTEGER NOT NULL, closed INTEGER NOT NULL, repeats INTEGER NOT NULL, touched_ms INTEGER NOT NULL,
    PRIMARY KEY (destination, alert)) WITHOUT ROWID;
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    destination TEXT NOT NULL, alert TEXT NOT NULL, revision INTEGER NOT NULL,
    unrecorded INTEGER NOT NULL,    -- epoch of a vigild that could not record it, else 0
    repeat INTEGER NOT NULL, phase INTEGER NOT NULL, seq INTEGER NOT NULL, simulated INTEGER NOT NULL,
    at_ms INTEGER NOT NULL, body BLOB NOT NULL,
    state INTEGER NOT NULL,         -- 0 waits, 1 acknowledged, 2 given up
    reason TEXT NOT NULL,           -- of the last try that failed
    tries INTEGER NOT NULL, refusals INTEGER NOT NULL,
    queued_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL, settled_ms INTEGER,
    UNIQUE (destination, alert, revision, unrecorded, repeat));
CREATE INDEX waiting ON deliveries (destination, id) WHERE state = 0;
CREATE INDEX waiting_of_alert ON deliveries (destination, alert, id) WHERE state = 0;
CREATE INDEX settled ON deliveries (settled_ms) WHERE state <> 0;
)sql";

std::string sql(std::string_view name, std::int64_t value) {
    return "PRAGMA " + std::string(name) + "=" + std::to_string(value);
}

bool closed(v1::Alert const& alert) { return alert.signal() == v1::SIGNAL_STATE_CLOSED; }

v1::Alert alert_from(std::string_view bytes) {
    v1::Alert out;
    if (!out.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        throw store::DatabaseError(SQLITE_CORRUPT, 0, "a row of the outbox is no alert");
    return out;
}

} // namespace

struct Outbox::Thread {
    v1::Alert told;
};

Outbox::Outbox(std::filesystem::path const& file, std::vector<Recipient> recipients)
    : recipients_(std::move(recipients)) {
    const auto shown = file.string();
    try {
        open(file);
    } catch (store::DatabaseError const& error) {
        if ((error.code & 0xFF) == SQLITE_BUSY) throw OutboxRefused(shown + ": another vigil-outbound has it open");
        if (error.damaged()) throw OutboxRefused(shown + ": is damaged: " + error.reason);
        throw;
    }
}

Outbox::~Outbox() = default;

void Outbox::open(std::filesystem::path const& file) {
    db_ = std::make_unique<store::Database>(file, store::Access::create);
    db_->run("PRAGMA locking_mode=EXCLUSIVE");
    db_->run("PRAGMA journal_mode=WAL");
    db_->run("PRAGMA synchronous=FULL");
    sqlite3_wal_autocheckpoint(db_->handle(), 1'000);
    sqlite3_db_config(db_->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    Transaction changing(*db_); // takes the lock that keeps a second program out
    const auto id = db_->number("PRAGMA application_id");
    if (id == 0 && db_->number("SELECT count(*) FROM sqlite_schema") == 0) {
        db_->run(schema);
        db_->run(sql("application_id", application_id));
        db_->run(sql("user_version", schema_version));
    } else if (id != application_id || db_->number("PRAGMA user_version") != schema_version) {
        throw OutboxRefused(file.string() + ": is no outbox of this version");
    }
    changing.commit();
    Statement check(*db_, "PRAGMA integrity_check(1)");
    check.step();
    if (const auto said = check.bytes(0); said != "ok")
        throw OutboxRefused(file.string() + ": is damaged: " + std::string(said));
}

std::optional<std::uint64_t> Outbox::cursor() {
    const std::scoped_lock lock(mutex_);
    const auto seq = db_->maybe_number("SELECT seq FROM cursor");
    if (!seq) return std::nullopt;
    return static_cast<std::uint64_t>(*seq);
}

void Outbox::set_cursor(std::uint64_t seq) {
    db_->run("DELETE FROM cursor");
    Statement(*db_, "INSERT INTO cursor VALUES (?)").bind(1, seq).execute();
}

std::optional<std::int64_t> Outbox::since(std::string const& destination) {
    Statement find(*db_, "SELECT since_seq FROM destinations WHERE name = ?");
    find.bind_text(1, destination);
    if (!find.step()) return std::nullopt;
    return find.number(0);
}

std::size_t Outbox::enrol(std::span<Revision const> standing, std::uint64_t seq, std::int64_t now_ms) {
    const std::scoped_lock lock(mutex_);
    Transaction all(*db_);
    const auto before = db_->number("SELECT count(*) FROM deliveries");
    for (auto const& to : recipients_) {
        if (since(to.name)) continue;
        Statement(*db_, "INSERT INTO destinations VALUES (?, ?)").bind_text(1, to.name).bind(2, seq).execute();
        for (auto const& revision : standing) offer(to, revision, now_ms);
    }
    if (!db_->maybe_number("SELECT seq FROM cursor")) set_cursor(seq);
    const auto after = db_->number("SELECT count(*) FROM deliveries");
    all.commit();
    return static_cast<std::size_t>(after - before);
}

void Outbox::take(std::span<Revision const> revisions, std::uint64_t cursor, std::int64_t now_ms) {
    const std::scoped_lock lock(mutex_);
    Transaction all(*db_);
    for (auto const& to : recipients_) {
        const auto from = since(to.name);
        for (auto const& revision : revisions)
            if (from && static_cast<std::int64_t>(revision.seq) > *from) offer(to, revision, now_ms);
    }
    set_cursor(cursor);
    all.commit();
}

void Outbox::take_unrecorded(std::span<Revision const> revisions, std::int64_t now_ms) {
    const std::scoped_lock lock(mutex_);
    Transaction all(*db_);
    for (auto const& to : recipients_)
        for (auto const& revision : revisions)
            if (since(to.name)) offer(to, revision, now_ms);
    all.commit();
}

std::size_t Outbox::begin_again(std::span<Revision const> standing, std::uint64_t seq, std::int64_t now_ms) {
    const std::scoped_lock lock(mutex_);
    Transaction all(*db_);
    std::set<std::string, std::less<>> known;
    for (auto const& revision : standing) known.insert(revision.alert.id());
    std::set<std::string, std::less<>> orphans;
    {
        Statement open_threads(*db_, "SELECT DISTINCT alert FROM threads WHERE closed = 0");
        while (open_threads.step())
            if (std::string id(open_threads.bytes(0)); !known.contains(id)) orphans.insert(std::move(id));
    }
    for (auto const& id : orphans)
        Statement(*db_, "UPDATE threads SET closed = 1 WHERE alert = ?").bind_text(1, id).execute();
    Statement(*db_, "UPDATE destinations SET since_seq = ?").bind(1, seq).execute();
    for (auto const& to : recipients_)
        for (auto const& revision : standing) offer(to, revision, now_ms);
    set_cursor(seq);
    all.commit();
    return orphans.size();
}

std::optional<Outbox::Thread> Outbox::thread_of(std::string const& destination, std::string const& alert) {
    Statement find(*db_, "SELECT told FROM threads WHERE destination = ? AND alert = ?");
    find.bind_text(1, destination).bind_text(2, alert);
    if (!find.step()) return std::nullopt;
    return Thread{alert_from(find.bytes(0))};
}

bool Outbox::is_known(std::string const& destination, Delivery const& delivery) {
    Statement find(*db_, "SELECT 1 FROM deliveries WHERE destination = ? AND alert = ? AND revision = ? AND "
                         "unrecorded = ? AND repeat = ?");
    find.bind_text(1, destination).bind_text(2, delivery.alert.id()).bind(3, delivery.alert.revision());
    find.bind(4, delivery.unrecorded).bind(5, std::int64_t{delivery.repeat});
    return find.step();
}

void Outbox::offer(Recipient const& to, Revision const& revision, std::int64_t now_ms) {
    auto const& alert = revision.alert;
    Delivery delivery;
    delivery.alert = alert;
    delivery.seq = revision.recorded ? revision.seq : 0;
    delivery.unrecorded = revision.recorded ? 0 : revision.epoch;
    delivery.simulated = revision.simulated;
    delivery.at_ms = revision.log_time_ms;
    delivery.queued_ms = now_ms;
    if (is_known(to.name, delivery)) return;
    const auto thread = thread_of(to.name, alert.id());
    const v1::Alert* before = thread ? &thread->told : nullptr;
    if (!is_told(to.kind, to.filter, before, alert)) return;
    delivery.phase = phase_of(before, alert);
    const auto bytes = alert.SerializeAsString();
    insert(to.name, delivery, bytes);
    Statement keep(*db_, "INSERT INTO threads VALUES (?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO UPDATE SET told = "
                         "excluded.told, simulated = excluded.simulated, closed = excluded.closed, touched_ms = "
                         "excluded.touched_ms");
    keep.bind_text(1, to.name).bind_text(2, alert.id()).bind(3, std::string_view(bytes));
    keep.bind(4, std::int64_t{revision.simulated}).bind(5, std::int64_t{closed(alert)}).bind(6, now_ms).execute();
}

void Outbox::insert(std::string const& destination, Delivery const& d, std::string_view bytes) {
    Statement in(*db_,
                 "INSERT INTO deliveries (destination, alert, revision, unrecorded, repeat, phase, seq, simulated, "
                 "at_ms, body, queued_ms, state, reason, tries, refusals, next_ms) VALUES (?, ?, ?, ?, ?, ?, ?, "
                 "?, ?, ?, ?, 0, '', 0, 0, 0)");
    in.bind_text(1, destination).bind_text(2, d.alert.id()).bind(3, d.alert.revision()).bind(4, d.unrecorded);
    in.bind(5, std::int64_t{d.repeat}).bind(6, std::int64_t{static_cast<int>(d.phase)}).bind(7, d.seq);
    in.bind(8, std::int64_t{d.simulated}).bind(9, d.at_ms).bind(10, bytes).bind(11, d.queued_ms).execute();
}

std::optional<Delivery> Outbox::next(std::string const& destination, std::int64_t now_ms) {
    const std::scoped_lock lock(mutex_);
    Statement find(*db_,
                   "SELECT id, phase, seq, unrecorded, repeat, simulated, at_ms, queued_ms, tries, refusals, body "
                   "FROM deliveries d WHERE destination = ?1 AND state = 0 AND next_ms <= ?2 AND NOT EXISTS "
                   "(SELECT 1 FROM deliveries e WHERE e.destination = ?1 AND e.alert = d.alert AND e.state = 0 "
                   "AND e.id < d.id) ORDER BY id LIMIT 1");
    find.bind_text(1, destination).bind(2, now_ms);
    if (!find.step()) return std::nullopt;
    Delivery out;
    out.id = find.number(0);
    out.phase = static_cast<Phase>(find.number(1));
    out.seq = find.unsigned_number(2);
    out.unrecorded = find.unsigned_number(3);
    out.repeat = static_cast<std::uint32_t>(find.number(4));
    out.simulated = find.number(5) != 0;
    out.at_ms = find.number(6);
    out.queued_ms = find.number(7);
    out.tries = find.number(8);
    out.refusals = find.number(9);
    out.alert = alert_from(find.bytes(10));
    return out;
}

void Outbox::settle(std::int64_t id, int state, std::string_view reason, std::int64_t now_ms) {
    const std::scoped_lock lock(mutex_);
    Statement(*db_,
              "UPDATE deliveries SET state = ?, reason = CASE WHEN ?2 = '' THEN reason ELSE ?2 END, tries = tries "
              "+ 1, settled_ms = ? WHERE id = ?")
        .bind(1, std::int64_t{state})
        .bind_text(2, reason)
        .bind(3, now_ms)
        .bind(4, id)
        .execute();
}

void Outbox::delivered(std::int64_t id, std::int64_t now_ms) { settle(id, acknowledged, "", now_ms); }

void Outbox::gave_up(std::int64_t id, std::string_view reason, std::int64_t now_ms) {
    settle(id, given_up, reason, now_ms);
}

void Outbox::tried(std::int64_t id, std::string_view reason, bool refused, std::int64_t next_ms) {
    const std::scoped_lock lock(mutex_);
    Statement(*db_,
              "UPDATE deliveries SET reason = ?, tries = tries + 1, refusals = refusals + ?, next_ms = ? WHERE id "
              "= ?")
        .bind_text(1, reason)
        .bind(2, std::int64_t{refused})
        .bind(3, next_ms)
        .bind(4, id)
        .execute();
}

std::size_t Outbox::repeat(std::string const& destination, std::int64_t every_ms, std::int64_t now_ms) {
    const std::scoped_lock lock(mutex_);
    Transaction all(*db_);
    struct Due {
        Delivery delivery;
        std::string bytes;
    };
    std::vector<Due> due;
    {
        Statement find(*db_, "SELECT told, simulated, repeats FROM threads t WHERE destination = ?1 AND closed = 0 AND "
                             "touched_ms <= ?2 AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.destination = ?1 AND "
                             "d.alert = t.alert AND d.state = 0)");
        find.bind_text(1, destination).bind(2, now_ms - every_ms);
        while (find.step()) {
            Due one;
            one.bytes = find.bytes(0);
            one.delivery.alert = alert_from(one.bytes);
            one.delivery.phase = Phase::continues;
            one.delivery.simulated = find.number(1) != 0;
            one.delivery.repeat = static_cast<std::uint32_t>(find.number(2)) + 1;
            one.delivery.at_ms = one.delivery.queued_ms = now_ms;
            due.push_back(std::move(one));
        }
    }
    for (auto const& one : due) {
        insert(destination, one.delivery, one.bytes);
        Statement(*db_, "UPDATE threads SET repeats = repeats + 1, touched_ms = ? WHERE destination = ? AND alert = ?")
            .bind(1, now_ms)
            .bind_text(2, destination)
            .bind_text(3, one.delivery.alert.id())
            .execute();
    }
    all.commit();
    return due.size();
}

Depth Outbox::depth(std::string const& destination) {
    const std::scoped_lock lock(mutex_);
    Statement find(*db_, "SELECT count(*), min(queued_ms) FROM deliveries WHERE destination = ? AND state = 0");
    find.bind_text(1, destination);
    find.step();
    Depth out{find.number(0), std::nullopt};
    if (out.waiting > 0) out.oldest_queued_ms = find.number(1);
    return out;
}

std::vector<std::pair<std::string, std::int64_t>> Outbox::dismiss_strangers(std::int64_t now_ms) {
    const std::scoped_lock lock(mutex_);
    Transaction all(*db_);
    std::vector<std::pair<std::string, std::int64_t>> out;
    {
        Statement names(*db_, "SELECT name FROM destinations");
        while (names.step()) {
            std::string name(names.bytes(0));
            const auto same = [&name](Recipient const& one) { return one.name == name; };
            if (std::none_of(recipients_.begin(), recipients_.end(), same)) out.emplace_back(std::move(name), 0);
        }
    }
    for (auto& [name, given] : out) {
        Statement(*db_, "UPDATE deliveries SET state = 2, reason = 'no longer configured', settled_ms = ? WHERE "
                        "destination = ? AND state = 0")
            .bind(1, now_ms)
            .bind_text(2, name)
            .execute();
        given = sqlite3_changes64(db_->handle());
        for (auto const* table :
             {"DELETE FROM destinations WHERE name = ?", "DELETE FROM threads WHERE destination = ?"})
            Statement(*db_, table).bind_text(1, name).execute();
    }
    all.commit();
    return out;
}

void Outbox::prune(std::int64_t before_ms) {
    const std::scoped_lock lock(mutex_);
    Transaction all(*db_);
    Statement(*db_, "DELETE FROM deliveries WHERE state <> 0 AND settled_ms < ?").bind(1, before_ms).execute();
    Statement(*db_, "DELETE FROM threads AS t WHERE closed = 1 AND touched_ms < ? AND NOT EXISTS (SELECT 1 FROM "
                    "deliveries d WHERE d.destination = t.destination AND d.alert = t.alert AND d.state = 0)")
        .bind(1, before_ms)
        .execute();
    all.commit();
}

} // namespace vigil::outbound
