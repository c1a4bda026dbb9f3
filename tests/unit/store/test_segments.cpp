// Rotation, sealing, snapshots, links between segments, versions.

#include "tests/unit/store/ward.hpp"

#include "store/database.hpp"
#include "store/reader.hpp"
#include "store/verify.hpp"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::testing;

namespace {

// Three segments: seconds 0–19, 20–39, 40–59.
Ward three_segments(store::Options const& options, unsigned seed) {
    Ward ward{seed};
    store::CommitThread thread{std::move(recovered(options).journal)};
    commit(thread, ward.opening());
    for (int i = 0; i < 60; ++i) {
        store::Batch b;
        if (i == 20 || i == 40) ward.open_segment(b);
        ward.second(b);
        if (i % 13 == 12) ward.snapshot(b);
        commit(thread, std::move(b));
    }
    return ward;
}

void must_verify(store::Options const& options, std::size_t segments) {
    std::uint64_t told = 0;
    const auto report = store::verify(options.directory, rulebooks(), [&](store::Progress const&) { ++told; });
    if (report.problem) FAIL(report.problem->where << ": " << report.problem->what);
    REQUIRE(report.segments.size() == segments);
    CHECK(report.all_re_stepped());
}

} // namespace

TEST_CASE("segments follow one another; each opens with the state in which the one before ended") {
    const TempDir dir;
    const auto options = options_for(dir);
    const auto ward = three_segments(options, 3);
    CHECK(store::list_segments(options.directory) == std::vector<std::uint32_t>{1, 2, 3});
    must_verify(options, 3);
    auto r = recovered(options);
    CHECK(r.next_seq == ward.next_seq());
    CHECK(r.replayed == 8 * 5); // after the snapshot of second 51

    SECTION("sealed segments are plain files without a log") {
        CHECK_FALSE(store::has_wal(store::segment_path(options.directory, 1)));
        CHECK_FALSE(store::has_wal(store::segment_path(options.directory, 2)));
    }
}

TEST_CASE("the log's size asks for rotation, and the next segment's file is made ahead of time") {
    const TempDir dir;
    auto options = options_for(dir);
    options.rotate_at_wal_bytes = 256 * 1024;
    Ward ward{5};
    {
        store::CommitThread thread{std::move(recovered(options).journal)};
        auto back = commit(thread, ward.opening());
        int rotations = 0;
        for (int i = 0; i < 400 && rotations < 4; ++i) {
            auto b = std::move(back.used);
            b.clear();
            if (back.rotation_due) {
                ward.open_segment(b);
                ++rotations;
            }
            ward.second(b);
            back = commit(thread, std::move(b));
        }
        REQUIRE(rotations == 4);
    }
    must_verify(options, 5);
    const auto r = recovered(options);
    CHECK(core::encode(r.state) == core::encode(ward.engine().state()));
}

TEST_CASE("a file prepared for a rotation that never happened is removed at the next start") {
    const TempDir dir;
    auto options = options_for(dir);
    options.rotate_at_wal_bytes = 1;
    Ward ward{6};
    {
        store::CommitThread thread{std::move(recovered(options).journal)};
        CHECK(commit(thread, ward.opening()).rotation_due);
    }
    REQUIRE(store::list_segments(options.directory).size() == 2);
    const auto r = recovered(options);
    CHECK(r.journal.segment == 1);
    CHECK(r.notes.size() == 1);
    CHECK(store::list_segments(options.directory).size() == 1);
}

TEST_CASE("a missing segment, a renamed one and a shortened one are refused") {
    const TempDir dir;
    const auto options = options_for(dir);
    three_segments(options, 7);
    const auto second = store::segment_path(options.directory, 2);
    SECTION("missing") {
        std::filesystem::remove(second);
        const auto r = store::recover(options, rulebooks());
        REQUIRE_FALSE(r);
        CHECK(r.refusal().why == store::Refusal::Why::damaged);
        CHECK(r.refusal().where == second.string());
    }
    SECTION("another in its place") {
        std::filesystem::copy_file(store::segment_path(options.directory, 1), second,
                                   std::filesystem::copy_options::overwrite_existing);
        CHECK_FALSE(store::recover(options, rulebooks()));
        CHECK(store::verify(options.directory, rulebooks(), {}).problem);
    }
    SECTION("its last row taken out") {
        {
            store::Database db{second, store::Access::write};
            db.run("DELETE FROM frames WHERE seq = (SELECT max(seq) FROM frames); DELETE FROM blocks");
        }
        const auto r = store::recover(options, rulebooks());
        REQUIRE_FALSE(r);
        CHECK(r.refusal().why == store::Refusal::Why::cut);
    }
}

TEST_CASE("an edited row is noticed by verify, wherever it is") {
    const TempDir dir;
    const auto options = options_for(dir);
    three_segments(options, 8);
    {
        store::Database db{store::segment_path(options.directory, 1), store::Access::write};
        db.run("UPDATE records SET log_time = log_time + 1 WHERE seq = 9");
    }
    const auto report = store::verify(options.directory, rulebooks(), {});
    REQUIRE(report.problem);
    CHECK(report.problem->why == store::Refusal::Why::damaged);
    CHECK(report.problem->where.find("at sequence 9") != std::string::npos);
    CHECK_FALSE(report.segments.back().chain_ok);
}

TEST_CASE("a log that was cut or removed is noticed by the watermark, and nothing is touched") {
    const TempDir dir;
    const auto options = options_for(dir);
    three_segments(options, 9);
    const auto log = store::wal_path(store::segment_path(options.directory, 3));
    SECTION("removed: the segment looks as if it had never been opened") { std::filesystem::remove(log); }
    SECTION("emptied") { std::filesystem::resize_file(log, 0); }
    SECTION("shortened by a frame") { std::filesystem::resize_file(log, std::filesystem::file_size(log) - 4096); }
    SECTION("halved") { std::filesystem::resize_file(log, std::filesystem::file_size(log) / 2); }
    const auto before = fingerprint(options.directory);
    const auto r = store::recover(options, rulebooks());
    REQUIRE_FALSE(r);
    CHECK(r.refusal().why == store::Refusal::Why::cut);
    CHECK(store::verify(options.directory, rulebooks(), {}).problem);
    CHECK(fingerprint(options.directory) == before);
}

TEST_CASE("a journal from a newer version is refused, named, and byte for byte as it was") {
    const TempDir dir;
    const auto options = options_for(dir);
    three_segments(options, 10);
    const bool with_log = GENERATE(true, false);
    {
        store::Database db{store::segment_path(options.directory, 3), store::Access::write};
        db.run("PRAGMA user_version=99");
        if (!with_log) db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    const auto before = fingerprint(options.directory);
    const auto r = store::recover(options, rulebooks());
    REQUIRE_FALSE(r);
    CHECK(r.refusal().why == store::Refusal::Why::newer);
    CHECK(r.refusal().where == store::segment_path(options.directory, 3).string());
    CHECK(r.refusal().what.find("99") != std::string::npos);
    CHECK(fingerprint(options.directory) == before);
}

TEST_CASE("a journal of a format from before the first release is refused and not touched") {
    const TempDir dir;
    const auto options = options_for(dir);
    three_segments(options, 10);
    {
        store::Database db{store::segment_path(options.directory, 3), store::Access::write};
        db.run("PRAGMA user_version=2");
        db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    const auto before = fingerprint(options.directory);
    const auto r = store::recover(options, rulebooks());
    REQUIRE_FALSE(r);
    CHECK(r.refusal().why == store::Refusal::Why::older);
    CHECK(fingerprint(options.directory) == before);
}

TEST_CASE("a journal of the format before is read, and says so: what follows stands in a segment of its own") {
    const TempDir dir;
    const auto options = options_for(dir);
    {
        Ward ward{10};
        store::CommitThread thread{std::move(recovered(options).journal)};
        commit(thread, ward.opening());
    }
    CHECK(store::recover(options, rulebooks())->format == core::newest_format);
    {
        store::Database db{store::segment_path(options.directory, 1), store::Access::write};
        db.run("PRAGMA user_version=7"); // nobody was there and nothing was told: the bytes are the same
        db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    const auto r = store::recover(options, rulebooks());
    REQUIRE(r);
    CHECK(r->format == 7);
}

TEST_CASE("a segment of another core version: chain ok, not re-stepped") {
    const TempDir dir;
    const auto options = options_for(dir);
    Ward ward{11};
    {
        store::CommitThread thread{std::move(recovered(options).journal)};
        store::Batch first = ward.opening();
        auto opening = *first.opening();
        opening.core_version = "0";
        first.open_segment(opening);
        commit(thread, std::move(first));
        store::Batch b;
        ward.second(b);
        commit(thread, std::move(b));
    }
    const auto report = store::verify(options.directory, rulebooks(), {});
    CHECK_FALSE(report.problem);
    REQUIRE(report.segments.size() == 1);
    CHECK(report.segments[0].chain_ok);
    CHECK_FALSE(report.segments[0].re_stepped);
    const auto r = recovered(options);
    CHECK(r.core_version == "0");
    CHECK(core::encode(r.state) == core::encode(ward.engine().state()));
}

TEST_CASE("effects that the core does not give are noticed by verify and at start") {
    const TempDir dir;
    const auto options = options_for(dir);
    Ward ward{12};
    {
        store::CommitThread thread{std::move(recovered(options).journal)};
        commit(thread, ward.opening());
        store::Batch b;
        ward.second(b);
        const auto cause = b.rows().back().seq;
        const auto at = b.rows().back().at;
        while (b.rows().back().kind != store::frame_kind) FAIL("the second ends with a frame");
        b.add(cause + 1, at, cause, core::Effect{core::CommandAnswered{}});
        commit(thread, std::move(b));
    }
    const auto report = store::verify(options.directory, rulebooks(), {});
    REQUIRE(report.problem);
    CHECK(report.problem->why == store::Refusal::Why::effects_differ);
    const auto r = store::recover(options, rulebooks());
    REQUIRE_FALSE(r);
    CHECK(r.refusal().why == store::Refusal::Why::effects_differ);
}

TEST_CASE("rulebook bytes that cannot be read are refused") {
    const TempDir dir;
    const auto options = options_for(dir);
    three_segments(options, 13);
    const auto r = store::recover(options, [](std::string_view) { return nullptr; });
    REQUIRE_FALSE(r);
    CHECK(r.refusal().why == store::Refusal::Why::bad_rulebook);
}
