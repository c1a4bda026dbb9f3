// What a start does not read: segments sealed long ago.

#include "tests/unit/store/ward.hpp"

#include "store/database.hpp"
#include "store/sealed_check.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace vigil;
using namespace vigil::testing;

namespace {

const auto never_stops = [] { return true; };

void three_segments(store::Options const& options, unsigned seed) {
    Ward ward{seed};
    store::CommitThread thread{std::move(recovered(options).journal)};
    commit(thread, ward.opening());
    for (int i = 0; i < 30; ++i) {
        store::Batch b;
        if (i == 10 || i == 20) ward.open_segment(b);
        ward.second(b);
        commit(thread, std::move(b));
    }
}

} // namespace

TEST_CASE("the chain of sealed segments is walked, the newest left to the start") {
    const TempDir dir;
    const auto options = options_for(dir);
    three_segments(options, 3);
    const auto before = fingerprint(options.directory);
    const auto whole = store::check_sealed(options.directory, 3, never_stops);
    CHECK_FALSE(whole.problem);
    CHECK(whole.segments == 2);
    CHECK(fingerprint(options.directory) == before);
    CHECK(store::check_sealed(options.directory, 3, [] { return false; }).segments == 1); // told to end
}

TEST_CASE("an edit in a sealed segment lets the daemon start, and is found by the walk") {
    const TempDir dir;
    const auto options = options_for(dir);
    three_segments(options, 4);
    const auto file = store::segment_path(options.directory, 1);
    SECTION("of a row") {
        store::Database db{file, store::Access::write};
        db.run("UPDATE records SET log_time = log_time + 1 WHERE seq = 9");
        db.run("PRAGMA journal_mode = DELETE");
    }
    SECTION("of its end: the next one does not go on from it") {
        store::Database db{file, store::Access::write};
        db.run("DELETE FROM records WHERE seq = (SELECT max(seq) FROM records)");
        db.run("DELETE FROM frames WHERE seq > (SELECT max(seq) FROM records)");
        db.run("PRAGMA journal_mode = DELETE");
    }
    SECTION("of a row, by who left his log beside it") {
        store::Database db{file, store::Access::write};
        db.run("UPDATE records SET log_time = log_time + 1 WHERE seq = 9");
    }
    REQUIRE(store::recover(options, rulebooks()));
    const auto found = store::check_sealed(options.directory, 3, never_stops);
    REQUIRE(found.problem);
    CHECK(found.problem->why == store::Refusal::Why::damaged);
}

TEST_CASE("a newest segment that cannot be read is named, and why in words") {
    const TempDir dir;
    const auto options = options_for(dir);
    three_segments(options, 5);
    const auto file = store::segment_path(options.directory, 3);
    std::filesystem::remove(store::wal_path(file));
    std::ofstream{file, std::ios::binary | std::ios::trunc} << std::string(100'000, 'x');
    const auto refused = store::recover(options, rulebooks());
    REQUIRE_FALSE(refused);
    CHECK(refused.refusal().where == file.string());
    CHECK(refused.refusal().what.find("SELECT") == std::string::npos);
    CHECK(refused.refusal().what.find("PRAGMA") == std::string::npos);
    CHECK(refused.refusal().what.find("not a database") != std::string::npos);
}
