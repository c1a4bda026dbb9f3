#include "gateway/read_model.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace vigil::gateway;

namespace {

struct TemporaryFolder {
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "vigil-read-model-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

ScoreRow row(std::int64_t at, std::optional<int> points, std::uint64_t seq) {
    ScoreRow out{"enc", "icu", "b1", "sofa", "rolling", seq, {}};
    out.point.set_at_ms(at);
    if (points) out.point.set_points(*points);
    return out;
}

} // namespace

TEST_CASE("a trend begins with what was true at its start, and keeps what was not measured without a number") {
    TemporaryFolder folder;
    ReadModel model((folder.path / "r.sqlite").string());
    for (const auto& item : {row(10, 3, 1), row(20, std::nullopt, 2), row(30, 5, 3), row(40, 6, 4)})
        model.put_score(item);
    const auto points = model.trend("enc", "sofa", "rolling", 25, 35);
    REQUIRE(points.size() == 2);
    CHECK(points[0].at_ms() == 20);
    CHECK_FALSE(points[0].has_points());
    CHECK(points[1].points() == 5);
    CHECK(model.trend("enc", "sofa", "now", 0, 100).empty());
    CHECK(model.trend("other", "sofa", "rolling", 0, 100).empty());
    CHECK_FALSE(model.score_at("enc", "sofa", "rolling", 9));
}

TEST_CASE("writing the same again changes nothing, and a correction replaces what it corrects") {
    TemporaryFolder folder;
    ReadModel model((folder.path / "r.sqlite").string());
    model.put_score(row(10, 3, 5));
    model.put_score(row(10, 3, 5));
    model.put_score(row(10, 9, 4)); // older word on the same instant
    CHECK(model.trend("enc", "sofa", "rolling", 0, 100)[0].points() == 3);
    model.put_score(row(10, 4, 6));
    CHECK(model.trend("enc", "sofa", "rolling", 0, 100).size() == 1);
    CHECK(model.trend("enc", "sofa", "rolling", 0, 100)[0].points() == 4);
}

TEST_CASE("an alert keeps every revision and shows the newest") {
    TemporaryFolder folder;
    ReadModel model((folder.path / "r.sqlite").string());
    vigil::v1::Alert alert;
    alert.set_id("a");
    for (const std::uint64_t revision : {2U, 1U, 3U, 2U}) {
        alert.set_revision(revision);
        alert.set_revised_at_ms(static_cast<std::int64_t>(revision) * 100);
        alert.set_signal(revision == 3 ? vigil::v1::SIGNAL_STATE_CLOSED : vigil::v1::SIGNAL_STATE_ON);
        model.put_alert(alert, revision);
    }
    const auto why = model.why("a");
    REQUIRE(why);
    CHECK(why->alert().revision() == 3);
    CHECK(why->revisions_size() == 3);
    CHECK(model.closed_alerts(0, 10).size() == 1);
    CHECK_FALSE(model.why("b"));
    model.forget_before(301);
    CHECK_FALSE(model.why("a"));
}

TEST_CASE("revisions after a place in the journal, oldest first; where some are forgotten it says so") {
    TemporaryFolder folder;
    ReadModel model((folder.path / "r.sqlite").string());
    const auto put = [&model](const char* id, std::uint64_t revision, std::uint64_t seq, bool closed) {
        vigil::v1::Alert alert;
        alert.set_id(id);
        alert.set_revision(revision);
        alert.set_revised_at_ms(static_cast<std::int64_t>(seq) * 100);
        alert.set_signal(closed ? vigil::v1::SIGNAL_STATE_CLOSED : vigil::v1::SIGNAL_STATE_ON);
        model.put_alert(alert, seq);
    };
    put("a", 1, 3, false);
    put("b", 1, 5, false);
    put("a", 2, 7, true);
    const auto all = model.revisions_after(3, 10);
    REQUIRE(all.revisions_size() == 2);
    CHECK(all.revisions(0).seq() == 5);
    CHECK(all.revisions(0).alert().id() == "b");
    CHECK(all.revisions(1).alert().revision() == 2);
    CHECK_FALSE(all.more());
    CHECK(all.forgotten_to() == 0);
    const auto page = model.revisions_after(0, 2);
    CHECK(page.more());
    CHECK(page.to() == 5); // the next page begins here
    CHECK(model.revisions_after(7, 10).revisions().empty());
    model.forget_before(701);
    CHECK(model.revisions_after(0, 10).revisions_size() == 1);
    CHECK(model.revisions_after(0, 10).forgotten_to() == 7);
    model.drop();
    CHECK(model.revisions_after(0, 10).forgotten_to() == 0);
}

TEST_CASE("what is kept outlives the program; another schema or a damaged file begins anew") {
    TemporaryFolder folder;
    const auto path = (folder.path / "r.sqlite").string();
    {
        ReadModel model(path);
        model.begin();
        model.put_score(row(10, 3, 5));
        model.set_cursor("score", {5, 77});
        model.commit();
    }
    {
        ReadModel model(path);
        CHECK(model.cursor("score").seq == 5);
        CHECK(model.cursor("score").log_time_ms == 77);
        CHECK(model.rows() == 1);
        model.drop();
        CHECK(model.rows() == 0);
        CHECK(model.cursor("score").seq == 0);
        model.put_score(row(10, 3, 5));
    }
    {
        std::ofstream file(path, std::ios::binary | std::ios::trunc);
        file << "this is not a database, whatever its name says, and it is longer than a header";
    }
    ReadModel model(path);
    CHECK(model.rows() == 0);
    model.put_score(row(10, 3, 5));
    CHECK(model.rows() == 1);
}

TEST_CASE("a database that cannot be made says where and why") {
    CHECK_THROWS_WITH(ReadModel("/nonexistent/folder/r.sqlite"), Catch::Contains("/nonexistent/folder/r.sqlite"));
}
