// Append, commit, recover: what a restart finds is what was committed.

#include "tests/unit/store/ward.hpp"

#include "store/verify.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::testing;

TEST_CASE("a new journal is empty until its first batch opens a segment") {
    const TempDir dir;
    auto r = recovered(options_for(dir));
    CHECK(r.fresh);
    CHECK(r.next_seq == 1);
    CHECK(store::list_segments(options_for(dir).directory).empty());
}

TEST_CASE("recovery gives the state that the committed events lead to") {
    const TempDir dir;
    const auto options = options_for(dir);
    Ward ward{1};
    {
        store::CommitThread thread{std::move(recovered(options).journal)};
        commit(thread, ward.opening());
        for (int i = 0; i < 50; ++i) {
            store::Batch b;
            ward.second(b);
            if (i == 30) ward.snapshot(b);
            const auto last = b.rows().back().seq;
            CHECK(commit(thread, std::move(b)).last_seq == last);
        }
    }
    auto r = recovered(options);
    CHECK_FALSE(r.fresh);
    CHECK(r.notes.empty());
    CHECK(r.next_seq == ward.next_seq());
    CHECK(r.replayed == 19 * 5);
    CHECK(core::encode(r.state) == core::encode(ward.engine().state()));
    CHECK(r.rulebook_digest == shipped_rulebook()->digest);

    SECTION("and the journal goes on from there") {
        Ward again{r, 2};
        store::CommitThread thread{std::move(r.journal)};
        for (int i = 0; i < 10; ++i) {
            store::Batch b;
            again.second(b);
            commit(thread, std::move(b));
        }
        thread.drain();
        const auto report = store::verify(options.directory, rulebooks(), {});
        if (report.problem) FAIL(report.problem->where << ": " << report.problem->what);
        CHECK(report.all_re_stepped());
    }
}

TEST_CASE("one writer: a second one is refused") {
    const TempDir dir;
    const auto first = recovered(options_for(dir));
    const auto second = store::recover(options_for(dir), rulebooks());
    REQUIRE_FALSE(second);
    CHECK(second.refusal().why == store::Refusal::Why::in_use);
}

TEST_CASE("a production journal is refused by a simulated daemon and untouched by the refusal") {
    const TempDir dir;
    auto options = options_for(dir);
    options.kind = store::JournalKind::production;
    {
        Ward ward{1};
        store::CommitThread thread{std::move(recovered(options).journal)};
        commit(thread, ward.opening());
    }
    const auto before = fingerprint(options.directory);
    options.kind = store::JournalKind::simulated;
    const auto r = store::recover(options, rulebooks());
    REQUIRE_FALSE(r);
    CHECK(r.refusal().why == store::Refusal::Why::wrong_kind);
    CHECK(fingerprint(options.directory) == before);
}
