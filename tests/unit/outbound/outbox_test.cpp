#include "alerts.hpp"

#include <catch2/catch.hpp>
#include <fstream>

using namespace vigil;
using namespace vigil::outbound;
using outbound_test::alert;
using outbound_test::revision;

namespace {

struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "vigil-outbox-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    [[nodiscard]] std::filesystem::path file() const { return path / "outbox.sqlite"; }
};

const std::vector<Recipient> both{{"manager", Kind::pcd04, {}}, {"hook", Kind::webhook, {}}};

std::vector<Revision> some(std::initializer_list<Revision> all) { return all; }

// What a receiver that takes everything is given, in order.
std::vector<std::string> deliver_all(Outbox& outbox, std::string const& destination) {
    std::vector<std::string> out;
    while (const auto one = outbox.next(destination, 1'000)) {
        out.push_back(key_of(*one) + " " + std::string(name_of(one->phase)));
        outbox.delivered(one->id, 1'000);
    }
    return out;
}

} // namespace

TEST_CASE("on the first start what stands is handed on, later ones from the cursor, each once") {
    Folder folder;
    {
        Outbox outbox(folder.file(), both);
        CHECK_FALSE(outbox.cursor());
        CHECK(outbox.enrol(some({revision(alert("high present on", 3, "a"), 40)}), 50, 1) == 2);
        CHECK(outbox.cursor() == 50u);
        outbox.take(some({revision(alert("high present acknowledged", 4, "a"), 60),
                          revision(alert("low present on", 1, "b"), 61)}),
                    61, 2);
    }
    Outbox outbox(folder.file(), both); // as after a crash
    CHECK(outbox.cursor() == 61u);
    CHECK(outbox.enrol(some({revision(alert("high present acknowledged", 4, "a"), 60)}), 61, 3) == 0);
    outbox.take(some({revision(alert("high present acknowledged", 4, "a"), 60)}), 61, 3); // told again: nothing
    const std::vector<std::string> expected{"a-3 start", "a-4 update", "b-1 start"};
    CHECK(deliver_all(outbox, "manager") == expected);
    CHECK(outbox.depth("hook").waiting == 3);
    CHECK(deliver_all(outbox, "hook") == expected);
    CHECK(outbox.depth("hook").waiting == 0);
    CHECK_FALSE(outbox.depth("hook").oldest_queued_ms);
}

TEST_CASE("later revisions of an alert wait for the earlier one, other alerts do not") {
    Folder folder;
    Outbox outbox(folder.file(), both);
    outbox.enrol({}, 1, 0);
    outbox.take(
        some({revision(alert("high present on", 1, "a"), 2), revision(alert("high present acknowledged", 2, "a"), 3),
              revision(alert("high present on", 1, "b"), 4)}),
        4, 0);
    const auto first = outbox.next("manager", 100);
    REQUIRE(first);
    CHECK(key_of(*first) == "a-1");
    outbox.tried(first->id, "AE", true, 500);
    const auto other = outbox.next("manager", 100);
    REQUIRE(other);
    CHECK(key_of(*other) == "b-1");
    outbox.delivered(other->id, 100);
    CHECK_FALSE(outbox.next("manager", 499));
    const auto again = outbox.next("manager", 500);
    REQUIRE(again);
    CHECK((key_of(*again) == "a-1" && again->tries == 1 && again->refusals == 1));
    outbox.gave_up(again->id, "refused", 500);
    CHECK(deliver_all(outbox, "manager") == std::vector<std::string>{"a-2 update"});
}

TEST_CASE("what vigild could not record is handed on, and so is the other revision of that number it records later") {
    Folder folder;
    Outbox outbox(folder.file(), both);
    outbox.enrol({}, 1, 0);
    auto lost = revision(alert("high present on", 1, "a"), 0);
    lost.recorded = false;
    outbox.take_unrecorded(some({lost}), 0);
    outbox.take_unrecorded(some({lost}), 0); // part of a later snapshot
    outbox.take(some({revision(alert("medium present on", 1, "a"), 9)}), 9, 0);
    CHECK(deliver_all(outbox, "manager") == std::vector<std::string>{"a-1-u7 start", "a-1 deescalate"});
}

TEST_CASE("a new destination begins with what stands; one that is gone is given up aloud") {
    Folder folder;
    {
        Outbox outbox(folder.file(), both);
        outbox.enrol({}, 1, 0);
        outbox.take(some({revision(alert("high present on", 1, "a"), 2)}), 2, 0);
    }
    Outbox outbox(folder.file(), {both[1], {"second", Kind::webhook, {}}});
    CHECK(outbox.dismiss_strangers(5) == std::vector<std::pair<std::string, std::int64_t>>{{"manager", 1}});
    CHECK(outbox.depth("manager").waiting == 0);
    // The state is of 4; the journal is read from 2 on, and what the state contains is not told twice.
    outbox.enrol(some({revision(alert("high present on", 2, "a"), 3)}), 4, 5);
    outbox.take(
        some({revision(alert("high present on", 2, "a"), 3), revision(alert("high present paused", 3, "a"), 5)}), 5, 5);
    CHECK(deliver_all(outbox, "second") == std::vector<std::string>{"a-2 start", "a-3 update"});
    CHECK(deliver_all(outbox, "hook") == std::vector<std::string>{"a-1 start", "a-2 update", "a-3 update"});
}

TEST_CASE("another journal: what stands in it is handed on, and what it does not know is counted") {
    Folder folder;
    Outbox outbox(folder.file(), both);
    outbox.enrol({}, 1, 0);
    outbox.take(some({revision(alert("high present on", 1, "a"), 80)}), 90, 0);
    CHECK(outbox.begin_again(some({revision(alert("low present on", 1, "b"), 5)}), 6, 1) == 1);
    CHECK(outbox.cursor() == 6u);
    CHECK(deliver_all(outbox, "manager") == std::vector<std::string>{"a-1 start", "b-1 start"});
    outbox.take(some({revision(alert("high present on", 2, "b"), 7)}), 7, 1);
    CHECK(deliver_all(outbox, "manager") == std::vector<std::string>{"b-2 escalate"});
    CHECK(outbox.repeat("manager", 10, 100) == 1); // of b alone
}

TEST_CASE("what stands unchanged is repeated under another key, once nothing of it waits") {
    Folder folder;
    Outbox outbox(folder.file(), both);
    outbox.enrol({}, 1, 0);
    outbox.take(some({revision(alert("high present on", 1, "a"), 2)}), 2, 0);
    CHECK(outbox.repeat("manager", 60'000, 60'000) == 0); // the first still waits
    deliver_all(outbox, "manager");
    CHECK(outbox.repeat("manager", 60'000, 59'999) == 0);
    CHECK(outbox.repeat("manager", 60'000, 60'000) == 1);
    CHECK(deliver_all(outbox, "manager") == std::vector<std::string>{"a-1-c1 continue"});
    CHECK(outbox.repeat("manager", 60'000, 60'001) == 0);
    outbox.take(some({revision(alert("high absent closed", 2, "a"), 3)}), 3, 60'002);
    CHECK(deliver_all(outbox, "manager") == std::vector<std::string>{"a-2 end"});
    CHECK(outbox.repeat("manager", 60'000, 600'000) == 0);
}

TEST_CASE("what was settled is forgotten in time, what waits or stands is not") {
    Folder folder;
    Outbox outbox(folder.file(), both);
    outbox.enrol({}, 1, 0);
    outbox.take(some({revision(alert("high present on", 1, "a"), 2), revision(alert("high present on", 1, "b"), 3),
                      revision(alert("high absent closed", 2, "b"), 4)}),
                4, 0);
    deliver_all(outbox, "manager");
    outbox.prune(2'000);
    CHECK(outbox.depth("hook").waiting == 3);
    outbox.take(some({revision(alert("high present acknowledged", 2, "a"), 5)}), 5, 0);
    CHECK(deliver_all(outbox, "manager") == std::vector<std::string>{"a-2 update"});
}

TEST_CASE("a second program, a foreign file and a damaged outbox are refused") {
    Folder folder;
    {
        Outbox outbox(folder.file(), both);
        outbox.enrol({}, 1, 0);
        CHECK_THROWS_WITH(Outbox(folder.file(), both), Catch::Contains("another vigil-outbound"));
        std::vector<Revision> many;
        for (std::uint64_t n = 2; n < 400; ++n)
            many.push_back(revision(alert("high present on", 1, std::to_string(n)), n));
        outbox.take(many, 400, 0);
    }
    SECTION("a page in its middle is overwritten") {
        const auto size = std::filesystem::file_size(folder.file());
        std::fstream file(folder.file(), std::ios::in | std::ios::out | std::ios::binary);
        for (auto at = size / 4 / 4096 * 4096; at + 4096 < size * 3 / 4; at += 4096) {
            file.seekp(static_cast<std::streamoff>(at));
            file << std::string(4096, '\x5a');
        }
        file.close();
        CHECK_THROWS_WITH(Outbox(folder.file(), both), Catch::Contains("is damaged"));
    }
    SECTION("it is not a database") {
        std::ofstream(folder.file(), std::ios::binary | std::ios::trunc) << std::string(8192, 'x');
        CHECK_THROWS_WITH(Outbox(folder.file(), both), Catch::Contains("is damaged"));
    }
    SECTION("it is a database of something else") {
        std::filesystem::remove(folder.file());
        {
            store::Database other(folder.file(), store::Access::create);
            other.run("CREATE TABLE t (a)");
        }
        CHECK_THROWS_WITH(Outbox(folder.file(), both), Catch::Contains("no outbox"));
    }
}
