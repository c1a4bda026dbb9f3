// The hand-written minimum that Vigil's speed is a ratio of: ROUTER receives a batch → parse → intern → 24 h minimum
// and maximum per bed and signal → SQLite commit → acknowledge and publish. Nothing else: no check, no census, no
// score, no chain, no recovery. Two threads: this one receives, the other owns the database; while one batch commits
// the next one gathers. It speaks the ingest contract of proto/vigil/v1, so that one load generator drives it and
// vigild alike.
//
//   bench-ceiling --ingest ENDPOINT --feed ENDPOINT --db FILE

#include "vigil/v1/observation.pb.h"

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>
#include <zmq.hpp>

namespace {

using vigil::v1::IngestMessage;
using vigil::v1::IngestReply;
using vigil::v1::ObservationBatch;

constexpr std::int64_t window_ms = 86'400'000;
constexpr double alert_above = 9'000; // no vital sign of the load reaches it; the provoking results do
constexpr int frames_per_turn = 64;
constexpr unsigned credit = 16;

// The greatest (or least) value of a sliding window: candidates stand in order of time, each one beaten by none after
// it.
template <bool greatest>
class Extreme {
public:
    void put(std::int64_t time, float value) {
        if (!queue_.empty() && time < queue_.back().time) return put_late(time, value);
        while (queue_.size() > first_ && beats(value, queue_.back().value)) queue_.pop_back();
        queue_.push_back({time, value});
    }

    float top(std::int64_t since) {
        while (first_ + 1 < queue_.size() && queue_[first_].time < since) ++first_;
        if (first_ > 32 && first_ * 2 > queue_.size()) {
            queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(first_));
            first_ = 0;
        }
        return queue_[first_].value;
    }

private:
    struct Candidate {
        std::int64_t time;
        float value;
    };
    static bool beats(float a, float b) { return greatest ? a >= b : a <= b; }
    void put_late(std::int64_t time, float value) {
        auto at = queue_.size();
        while (at > first_ && queue_[at - 1].time > time) --at;
        if (at < queue_.size() && beats(queue_[at].value, value)) return;
        auto from = at;
        while (from > first_ && beats(value, queue_[from - 1].value)) --from;
        const auto place = queue_.begin() + static_cast<std::ptrdiff_t>(from);
        queue_.insert(queue_.erase(place, queue_.begin() + static_cast<std::ptrdiff_t>(at)), {time, value});
    }

    std::vector<Candidate> queue_;
    std::size_t first_ = 0;
};

struct Window {
    Extreme<false> least;
    Extreme<true> greatest;
    float low = 0, high = 0;

    void put(std::int64_t time, float value) {
        least.put(time, value);
        greatest.put(time, value);
        low = least.top(time - window_ms);
        high = greatest.top(time - window_ms);
    }
};

class Names {
public:
    // Names of a frame come in the order of the frame before: `place` in it is where to look first.
    std::size_t of(std::string_view name, std::size_t place) {
        if (place >= last_.size()) last_.resize(place + 1);
        auto& [known, id] = last_[place];
        if (known != name || name.empty()) {
            id = of(name);
            known = name;
        }
        return id;
    }
    std::size_t of(std::string_view name) {
        const auto found = ids_.find(name);
        if (found != ids_.end()) return found->second;
        return ids_.emplace(std::string{name}, ids_.size()).first->second;
    }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
    };
    std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> ids_;
    std::vector<std::pair<std::string, std::size_t>> last_;
};

// over

struct Row {
    std::int64_t bed, signal, time, received;
    double value;
};
struct AlertRow {
    std::int64_t bed, time;
    std::string topic, body;
};
struct Answer {
    std::string route;
    std::uint64_t epoch, frame;
};
struct Work {
    std::vector<Row> rows;
    std::vector<AlertRow> alerts;
    std::vector<Answer> answers;

    bool empty() const { return answers.empty(); }
    void clear() {
        rows.clear();
        alerts.clear();
        answers.clear();
    }
};

class Database {
public:
    explicit Database(std::string const& file) {
        for (auto const* tail : {"", "-wal", "-shm"}) std::filesystem::remove(file + tail);
        if (sqlite3_open(file.c_str(), &db_) != SQLITE_OK) fail("open");
        run("PRAGMA journal_mode=WAL");
        run("PRAGMA synchronous=FULL");
        run("PRAGMA cache_size=-65536");
        run("PRAGMA wal_autocheckpoint=16000"); // 64 MiB, as a segment of the journal
        run("CREATE TABLE reading(id INTEGER PRIMARY KEY, bed INT, signal INT, time INT, received INT, value REAL)");
        run("CREATE TABLE alert(id INTEGER PRIMARY KEY, bed INT, time INT, body BLOB)");
        reading_ = prepare("INSERT INTO reading(bed, signal, time, received, value) VALUES(?, ?, ?, ?, ?)");
        alert_ = prepare("INSERT INTO alert(bed, time, body) VALUES(?, ?, ?)");
        begin_ = prepare("BEGIN IMMEDIATE");
        commit_ = prepare("COMMIT");
    }
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;
    ~Database() {
        for (auto* s : {reading_, alert_, begin_, commit_}) sqlite3_finalize(s);
        sqlite3_close(db_);
    }

    void write(Work const& work) {
        step(begin_);
        for (auto const& r : work.rows) {
            sqlite3_bind_int64(reading_, 1, r.bed);
            sqlite3_bind_int64(reading_, 2, r.signal);
            sqlite3_bind_int64(reading_, 3, r.time);
            sqlite3_bind_int64(reading_, 4, r.received);
            sqlite3_bind_double(reading_, 5, r.value);
            step(reading_);
        }
        for (auto const& a : work.alerts) {
            sqlite3_bind_int64(alert_, 1, a.bed);
            sqlite3_bind_int64(alert_, 2, a.time);
            sqlite3_bind_blob(alert_, 3, a.body.data(), static_cast<int>(a.body.size()), SQLITE_STATIC);
            step(alert_);
        }
        step(commit_);
    }

private:
    [[noreturn]] void fail(std::string const& what) const {
        throw std::runtime_error(what + ": " + sqlite3_errmsg(db_));
    }
    void run(char const* sql) {
        if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
    }
    sqlite3_stmt* prepare(char const* sql) {
        sqlite3_stmt* out = nullptr;
        if (sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &out, nullptr) != SQLITE_OK) fail(sql);
        return out;
    }
    void step(sqlite3_stmt* statement) {
        if (sqlite3_step(statement) != SQLITE_DONE) fail("step");
        sqlite3_reset(statement);
    }

    sqlite3* db_ = nullptr;
    sqlite3_stmt *reading_ = nullptr, *alert_ = nullptr, *begin_ = nullptr, *commit_ = nullptr;
};

constexpr char const* done_endpoint = "inproc://done";

// Owns the database and the PUB socket: what has been committed is published here at once, then handed back to be
// acknowledged.
class CommitThread {
public:
    CommitThread(zmq::context_t& context, std::string const& file, std::string const& feed)
        : thread_{[this, &context, file, feed] { run(context, file, feed); }} {}
    CommitThread(CommitThread const&) = delete;
    CommitThread& operator=(CommitThread const&) = delete;
    ~CommitThread() {
        {
            const std::lock_guard lock{mutex_};
            stop_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }

    // Takes the work when idle; the other thread's emptied buffers come back in exchange.
    bool hand_over(Work& work) {
        {
            const std::lock_guard lock{mutex_};
            if (busy_) return false;
            std::swap(work_, work);
            busy_ = true;
        }
        wake_.notify_one();
        return true;
    }
    std::vector<Answer> take_committed() {
        const std::lock_guard lock{mutex_};
        return std::exchange(committed_, {});
    }

private:
    void run(zmq::context_t& context, std::string const& file, std::string const& feed) {
        Database database{file};
        zmq::socket_t publisher{context, zmq::socket_type::pub};
        publisher.set(zmq::sockopt::sndhwm, 100'000);
        publisher.bind(feed);
        zmq::socket_t done{context, zmq::socket_type::push};
        done.connect(done_endpoint);
        for (;;) {
            std::unique_lock lock{mutex_};
            wake_.wait(lock, [this] { return stop_ || busy_; });
            if (!busy_) return;
            lock.unlock();
            database.write(work_); // nobody else touches it while busy
            for (auto const& a : work_.alerts) {
                publisher.send(zmq::buffer(a.topic), zmq::send_flags::sndmore);
                publisher.send(zmq::buffer(a.body), zmq::send_flags::none);
            }
            lock.lock();
            for (auto& a : work_.answers) committed_.push_back(std::move(a));
            work_.clear();
            busy_ = false;
            lock.unlock();
            done.send(zmq::message_t{}, zmq::send_flags::none);
        }
    }

    std::mutex mutex_;
    std::condition_variable wake_;
    Work work_;
    std::vector<Answer> committed_;
    bool busy_ = false;
    bool stop_ = false;
    std::thread thread_;
};

std::int64_t utc_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

class Pipeline {
public:
    Pipeline(zmq::context_t& context, std::string const& ingest)
        : ingest_{context, zmq::socket_type::router} {
        ingest_.set(zmq::sockopt::rcvhwm, 100'000);
        ingest_.set(zmq::sockopt::sndhwm, 100'000);
        ingest_.bind(ingest);
    }
    zmq::socket_t& socket() { return ingest_; }
    Work& gathered() { return work_; }

    void take_turn() {
        for (int n = 0; n < frames_per_turn; ++n) {
            if (!ingest_.recv(route_, zmq::recv_flags::dontwait)) return;
            if (!ingest_.recv(body_, zmq::recv_flags::none)) return;
            if (!message_.ParseFromArray(body_.data(), static_cast<int>(body_.size()))) continue;
            if (message_.has_batch()) take(message_.batch());
            if (message_.has_hello()) greet(message_.hello().adapter_epoch());
        }
    }

    void acknowledge(std::vector<Answer> const& answers) {
        for (auto const& a : answers) {
            reply_.Clear();
            reply_.set_adapter_epoch(a.epoch);
            reply_.set_frame_seq(a.frame);
            reply_.set_verdict(IngestReply::VERDICT_COMMITTED);
            send(a.route);
        }
    }

private:
    void greet(std::uint64_t epoch) {
        reply_.Clear();
        reply_.set_adapter_epoch(epoch);
        reply_.set_verdict(IngestReply::VERDICT_HELLO);
        reply_.set_credit(credit);
        send(route_.to_string());
    }

    void send(std::string const& route) {
        reply_.SerializeToString(&encoded_);
        ingest_.send(zmq::buffer(route), zmq::send_flags::sndmore);
        ingest_.send(zmq::buffer(encoded_), zmq::send_flags::none);
    }

    void take(ObservationBatch const& batch) {
        const auto bed = beds_.of(batch.subject().visit());
        if (bed >= windows_.size()) windows_.resize(bed + 1);
        auto& windows = windows_[bed];
        const auto received = utc_ms();
        std::size_t place = 0;
        for (auto const& r : batch.readings()) {
            const auto signal = signals_.of(r.code(), place++);
            const double value = static_cast<double>(r.mantissa()) / scale_[r.scale() % scale_.size()];
            if (signal >= windows.size()) windows.resize(signal + 1);
            windows[signal].put(r.time_ms(), static_cast<float>(value));
            work_.rows.push_back(
                {static_cast<std::int64_t>(bed), static_cast<std::int64_t>(signal), r.time_ms(), received, value});
            if (value > alert_above) raise(batch, r, bed);
        }
        work_.answers.push_back({route_.to_string(), batch.adapter_epoch(), batch.frame_seq()});
    }

    void raise(ObservationBatch const& batch, vigil::v1::Reading const& reading, std::size_t bed) {
        auto const& place = batch.subject().location();
        AlertRow out{static_cast<std::int64_t>(bed), reading.time_ms(), {}, {}};
        out.topic = "vigil.v1.alert.demo." + place.unit() + '.' + place.bed() + '.' + reading.code();
        out.body = reading.SerializeAsString();
        work_.alerts.push_back(std::move(out));
    }

    zmq::socket_t ingest_;
    zmq::message_t route_, body_;
    IngestMessage message_; // reused: parsing into it allocates nothing after the first frames
    IngestReply reply_;
    std::string encoded_;
    Names beds_, signals_;
    std::vector<std::vector<Window>> windows_;
    Work work_;
    static constexpr std::array<double, 7> scale_{1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};
};

volatile std::sig_atomic_t stopped = 0;

void run(std::string const& ingest, std::string const& feed, std::string const& file) {
    zmq::context_t context{1};
    zmq::socket_t done{context, zmq::socket_type::pull};
    done.bind(done_endpoint);
    Pipeline pipeline{context, ingest};
    CommitThread commits{context, file, feed};
    while (stopped == 0) {
        std::array<zmq::pollitem_t, 2> items{
            {{pipeline.socket().handle(), 0, ZMQ_POLLIN, 0}, {done.handle(), 0, ZMQ_POLLIN, 0}}};
        try {
            zmq::poll(items.data(), items.size(), std::chrono::milliseconds{100});
        } catch (zmq::error_t const& e) {
            if (e.num() != EINTR) throw;
        }
        pipeline.take_turn();
        zmq::message_t signal;
        while (done.recv(signal, zmq::recv_flags::dontwait)) pipeline.acknowledge(commits.take_committed());
        if (!pipeline.gathered().empty()) commits.hand_over(pipeline.gathered());
    }
}

} // namespace

int main(int argc, char** argv) {
    std::string ingest, feed, file;
    CLI::App app{"The hand-written minimum Vigil is compared with"};
    app.add_option("--ingest", ingest, "endpoint of the ROUTER")->required();
    app.add_option("--feed", feed, "endpoint of the PUB")->required();
    app.add_option("--db", file, "database, made anew")->required();
    CLI11_PARSE(app, argc, argv);
    for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, [](int) { stopped = 1; });
    try {
        run(ingest, feed, file);
    } catch (std::exception const& e) {
        std::fprintf(stderr, "bench-ceiling: %s\n", e.what());
        return 70;
    }
    return 0;
}
