// Every write and every sync going wrong once: no batch is called committed that is not there, what was committed is
// there after the restart, and sending the rest again gives each message exactly once.

#include "tests/faults/store/fault_vfs.hpp"
#include "tests/unit/store/ward.hpp"

#include "store/reader.hpp"
#include "store/verify.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <iostream>
#include <map>

using namespace vigil;
using namespace vigil::testing;

namespace {

constexpr int seconds = 24;

struct Sender {
    std::vector<Message> sent;
    std::uint64_t acked_seq = 0;
    std::size_t acked = 0; // of `sent`
    std::optional<store::Failed> failure;
};

void run_until_failure(Ward& ward, store::CommitThread& thread, Sender& sender) {
    for (int i = -1; i < seconds && !sender.failure; ++i) {
        store::Batch b;
        if (i < 0)
            b = ward.opening();
        else {
            if (i % 10 == 9) ward.open_segment(b);
            ward.tick(b);
            for (int bed = 1; bed <= 2; ++bed) {
                sender.sent.push_back(ward.message(bed));
                ward.send(b, sender.sent.back());
            }
        }
        thread.submit(std::move(b), {});
        thread.drain();
        for (auto& back : thread.take()) {
            if (auto* failed = std::get_if<store::Failed>(&back))
                sender.failure = std::move(*failed);
            else {
                sender.acked_seq = std::get<store::Committed>(back).last_seq;
                sender.acked = sender.sent.size();
            }
        }
    }
}

// After a restart with a healthy disk everything not acknowledged is sent again.
void resend(store::Options options, Sender const& sender) {
    auto r = recovered(options);
    REQUIRE(r.next_seq - 1 >= sender.acked_seq);
    Ward ward{r, 99, 2};
    const bool fresh = r.fresh;
    {
        store::CommitThread thread{std::move(r.journal)};
        if (fresh) commit(thread, ward.opening());
        store::Batch b;
        ward.tick(b);
        for (auto const& message : sender.sent) ward.send(b, message);
        commit(thread, std::move(b));
    }
    const auto report = store::verify(options.directory, rulebooks(), {});
    if (report.problem) FAIL(report.problem->where << ": " << report.problem->what);
    std::map<std::string, int> times;
    store::Reader reader{options.directory};
    store::ReadRequest request;
    request.kinds.set(store::frame_kind);
    const auto page = reader.read(request);
    REQUIRE(page);
    for (auto const& row : page->rows) ++times[std::get<model::Frame>(store::event_of(row)->what).message_id];
    REQUIRE(times.size() == sender.sent.size());
    for (auto const& [id, n] : times) REQUIRE(n == 1);
}

// The number of operations of the fault-free run when n lies behind it.
bool one_fault(std::uint64_t n, Fault fault) {
    const TempDir dir;
    FaultVfs disk;
    auto options = options_for(dir);
    options.vfs = disk.name();
    Sender sender;
    Ward ward{static_cast<unsigned>(n), 2};
    std::optional<std::string> sealing;
    {
        store::CommitThread thread{std::move(recovered(options).journal)};
        disk.fail_at(n, fault);
        run_until_failure(ward, thread, sender);
        if (sender.failure) {
            CHECK(sender.failure->kind == (fault == Fault::io_error || sender.failure->sqlite_code != SQLITE_FULL
                                               ? store::Failed::Kind::error
                                               : store::Failed::Kind::full));
            store::Batch b;
            ward.second(b);
            thread.submit(std::move(b), {});
            thread.drain();
            const auto back = thread.take();
            REQUIRE(back.size() == 1);
            CHECK(std::get<store::Failed>(back.front()).kind == store::Failed::Kind::closed);
        }
    }
    const bool hit = disk.failed();
    disk.fail_at(0, Fault::none);
    options.vfs.clear();
    resend(options, sender);
    return hit;
}

} // namespace

TEST_CASE("every single write and sync that fails") {
    const auto fault = GENERATE(Fault::io_error, Fault::no_room, Fault::short_write);
    std::uint64_t n = 1;
    while (one_fault(n, fault)) n += share_of_states;
    std::cout << "errors: kind " << static_cast<int>(fault) << ", operations 1, " << 1 + share_of_states << ", … "
              << n - share_of_states << " failed once each\n";
    CHECK(n > 100);
}

TEST_CASE("a sync that hangs is seen by its age, and its batch is not called committed") {
    using namespace std::chrono_literals;
    const TempDir dir;
    FaultVfs disk;
    auto options = options_for(dir);
    options.vfs = disk.name();
    Ward ward{1, 2};
    store::CommitThread thread{std::move(recovered(options).journal)};
    commit(thread, ward.opening());
    const store::CommitThread::Instant t0{100s};
    CHECK_FALSE(thread.oldest_inflight());
    disk.hold_syncs();
    store::Batch first, second;
    first.id = 7;
    ward.second(first);
    thread.submit(std::move(first), t0);
    disk.wait_for_held_sync();
    second.id = 8;
    ward.second(second);
    thread.submit(std::move(second), t0 + 1s);
    const auto now = t0 + 2s;
    const auto oldest = thread.oldest_inflight();
    REQUIRE(oldest);
    CHECK(oldest->batch == 7);
    CHECK(now - oldest->submitted >= 2s);
    CHECK(thread.inflight() == 2);
    CHECK(thread.take().empty());

    SECTION("when the disk comes back the batches do too, in order") {
        disk.release_syncs();
        thread.drain();
        const auto back = thread.take();
        REQUIRE(back.size() == 2);
        CHECK(std::get<store::Committed>(back[0]).batch == 7);
        CHECK(std::get<store::Committed>(back[1]).batch == 8);
        CHECK_FALSE(thread.oldest_inflight());
    }
    SECTION("it need not come back for the rest of the process to go on") {
        CHECK(thread.inflight() == 2);
        disk.release_syncs();
        thread.drain();
    }
}

TEST_CASE("an abandoned commit thread does not keep the process") {
    const TempDir dir;
    auto& disk = *new FaultVfs; // the thread that is left behind hangs in it until the process ends
    static auto* const kept [[maybe_unused]] = &disk;
    auto options = options_for(dir);
    options.vfs = disk.name();
    Ward ward{1, 2};
    {
        store::CommitThread thread{std::move(recovered(options).journal)};
        commit(thread, ward.opening());
        disk.hold_syncs();
        store::Batch b;
        ward.second(b);
        thread.submit(std::move(b), {});
        disk.wait_for_held_sync();
        thread.abandon();
    }
    SUCCEED("the destructor returned while the sync hangs");
}
