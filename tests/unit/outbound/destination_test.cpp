#include "alerts.hpp"
#include "outbound/destination.hpp"
#include "outbound/http_courier.hpp"

#include <catch2/catch.hpp>
#include <deque>

using namespace vigil;
using namespace vigil::outbound;
using outbound_test::alert;
using outbound_test::revision;

namespace {

// A receiver whose answers are written down; with none left it takes everything.
struct Receiver final : Courier {
    std::deque<Answer> answers;
    std::vector<std::string> keys;
    Answer deliver(Delivery const& delivery) override {
        keys.push_back(key_of(delivery));
        if (answers.empty()) return {Verdict::delivered};
        auto answer = answers.front();
        answers.pop_front();
        return answer;
    }
};

struct Bench {
    std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("vigil-destination-" + std::to_string(getpid()));
    std::int64_t now = 1'000'000;
    Receiver receiver;
    std::vector<std::string> said;
    std::unique_ptr<Outbox> outbox;
    std::unique_ptr<Destination> destination;

    explicit Bench(std::initializer_list<std::string> alerts, Patience patience = {}) {
        clear();
        outbox = std::make_unique<Outbox>(file, std::vector<Recipient>{{"manager", Kind::pcd04, {}}});
        outbox->enrol({}, 1, now);
        std::vector<Revision> all;
        for (auto const& id : alerts) all.push_back(revision(alert("high present on", 1, id), all.size() + 2));
        outbox->take(all, all.size() + 2, now);
        destination = std::make_unique<Destination>(
            "manager", patience, *outbox, receiver, [this] { return now; },
            [this](Loudness, std::string const& line) { said.push_back(line); });
    }
    ~Bench() {
        outbox.reset();
        clear();
    }
    Bench(Bench const&) = delete;
    Bench& operator=(Bench const&) = delete;
    void clear() const {
        for (auto const* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end);
    }
    // Until nothing waits, or the time is over.
    void run(std::int64_t until) {
        while (now < until && outbox->depth("manager").waiting > 0) now = std::max(now, destination->turn());
    }
};

} // namespace

TEST_CASE("waits grow to their bound, differ by seed, and are the same for the same seed") {
    const Backoff backoff(1'000, 30'000, "manager"), same(1'000, 30'000, "manager"), other(1'000, 30'000, "hook");
    bool differs = false;
    for (std::int64_t n = 1; n < 200; ++n) {
        const auto whole = n < 6 ? 1'000 << (n - 1) : 30'000;
        CHECK(backoff.after(n) <= whole);
        CHECK(backoff.after(n) >= whole * 3 / 4);
        CHECK(backoff.after(n) == same.after(n));
        differs = differs || backoff.after(n) != other.after(n);
    }
    CHECK(differs);
}

TEST_CASE("a receiver that is away is tried in bounded pauses, then given everything in order") {
    Bench bench({"a", "b", "c"});
    for (int n = 0; n < 20; ++n) bench.receiver.answers.push_back({Verdict::unreachable, "no connection"});
    const auto began = bench.now;
    bench.run(began + 3'600'000);
    CHECK(bench.now - began > 300'000);
    CHECK(bench.now - began <= 31'000 + 15 * 30'000);
    const std::vector<std::string> last(bench.receiver.keys.end() - 3, bench.receiver.keys.end());
    CHECK(last == std::vector<std::string>{"a-1", "b-1", "c-1"});
    CHECK(bench.receiver.keys.size() == 23);
    REQUIRE(bench.said.size() == 3);
    CHECK(bench.said[0] == "manager: does not take alerts: no connection");
    CHECK_THAT(bench.said[1], Catch::Contains("manager: down for") && Catch::Contains("3 messages wait"));
    CHECK_THAT(bench.said[2], Catch::Contains("takes alerts again"));
    CHECK_FALSE(bench.destination->counts().down);
}

TEST_CASE("down is said while it lasts, and counted") {
    Bench bench({"a"});
    for (int n = 0; n < 20; ++n) bench.receiver.answers.push_back({Verdict::unanswered, "no answer in time"});
    bench.run(bench.now + 120'000 + 30'000); // down_after, and the longest pause
    CHECK(bench.destination->counts().down);
    CHECK(bench.outbox->depth("manager").oldest_queued_ms == 1'000'000);
}

TEST_CASE("a refused message is tried a bounded number of times and given up with its reason; others go on") {
    Bench bench({"a", "b"});
    bench.receiver.answers = {{Verdict::refused, "AE busy"}, {Verdict::delivered}};
    for (int n = 0; n < 4; ++n) bench.receiver.answers.push_back({Verdict::refused, "AE unknown bed"});
    bench.run(bench.now + 3'600'000);
    CHECK(bench.receiver.keys == std::vector<std::string>{"a-1", "b-1", "a-1", "a-1", "a-1", "a-1"});
    const auto counts = bench.destination->counts();
    CHECK((counts.delivered == 1 && counts.retried == 4 && counts.given_up == 1));
    CHECK_THAT(bench.said.back(),
               Catch::Contains("a-1 (start) given up, the receiver does not have it: refused 5 times: AE unknown bed"));
}

TEST_CASE("what is rejected is given up at once") {
    Bench bench({"a", "b"});
    bench.receiver.answers = {{Verdict::rejected, "AR unsupported"}};
    bench.run(bench.now + 60'000);
    CHECK(bench.receiver.keys == std::vector<std::string>{"a-1", "b-1"});
    CHECK(bench.destination->counts().given_up == 1);
    CHECK_THAT(bench.said.at(0), Catch::Contains("AR unsupported"));
}

TEST_CASE("a receiver may ask for time, up to a bound") {
    Bench bench({"a"});
    bench.receiver.answers = {{Verdict::later, "HTTP 429", 60'000}, {Verdict::later, "HTTP 503", 86'400'000}};
    const auto began = bench.now;
    bench.now = bench.destination->turn();
    CHECK(bench.now - began == 60'000);
    bench.now = bench.destination->turn();
    CHECK(bench.now - began == 360'000);
    bench.run(began + 3'600'000);
    CHECK(bench.destination->counts().delivered == 1);
}

TEST_CASE("what could not be delivered for very long is given up, not tried for ever") {
    Patience patience;
    patience.give_up_after_ms = 600'000;
    Bench bench({"a"}, patience);
    for (int n = 0; n < 100; ++n) bench.receiver.answers.push_back({Verdict::unreachable, "no connection"});
    bench.run(bench.now + 3'600'000);
    CHECK(bench.destination->counts().given_up == 1);
    CHECK_THAT(bench.said.back(), Catch::Contains("not delivered within 600 s"));
}

TEST_CASE("what an HTTP status means") {
    for (const long status : {200L, 201L, 204L, 299L}) CHECK(verdict_of_status(status) == Verdict::delivered);
    for (const long status : {301L, 302L, 307L, 408L, 429L, 500L, 502L, 503L, 504L})
        CHECK(verdict_of_status(status) == Verdict::later);
    for (const long status : {400L, 401L, 404L, 409L, 410L, 422L})
        CHECK(verdict_of_status(status) == Verdict::rejected);
}
