// A readings CSV that is followed: nothing is lost and nothing doubled, and what could not be kept is told.

#include "adapters/csv/feed.hpp"
#include "adapters/csv/position.hpp"
#include "csv_rows.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

using namespace vigil;
using namespace vigil::adapters;
using namespace vigil::csv::testing;

namespace {

// An adapter's runtime without a socket and without a clock, and a vigild that answers when it is told to.
struct Ward : Host {
    boost::asio::io_context context;
    Counters counted;
    std::int64_t at = 1'000'000;
    bool up = true;
    std::vector<v1::ObservationBatch> heard; // in the order they came, repeats among them
    std::size_t answered = 0;
    std::function<void(Instant)> call;
    std::optional<int> finished;
    Link the_link{{"export", "csv", "0", true, 7}, [this](std::string_view bytes) {
                      v1::IngestMessage message;
                      REQUIRE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
                      if (up && message.has_batch()) heard.push_back(message.batch());
                      return up;
                  }};

    boost::asio::io_context& loop() override { return context; }
    Link& link() override { return the_link; }
    Counters& counters() override { return counted; }
    Instant now() const override { return {at, at}; }
    void listen(OpenSession) override { FAIL("a file is read"); }
    void each_tick(std::function<void(Instant)> function) override { call = std::move(function); }
    void card(v1::IdentityCard&) override {}
    void observe_clock(std::int64_t) override {}
    std::optional<std::int64_t> clock_offset() const override { return {}; }
    void finish(int code) override { finished = code; }
    bool finishing() const override { return finished.has_value(); }

    void hello(std::uint64_t daemon = 1) { reply(v1::IngestReply::VERDICT_HELLO, 0, daemon); }
    void tick(std::int64_t later = 1'000) {
        at += later;
        call(now());
        the_link.tick(now());
    }
    void reply(v1::IngestReply::Verdict verdict, std::uint64_t sequence, std::uint64_t daemon = 1) {
        v1::IngestReply r;
        r.set_adapter_epoch(7);
        r.set_frame_seq(sequence);
        r.set_verdict(verdict);
        r.set_credit(16);
        r.set_daemon_epoch(daemon);
        the_link.receive(r.SerializeAsString(), now());
    }
    void answer_all(v1::IngestReply::Verdict verdict = v1::IngestReply::VERDICT_COMMITTED) {
        while (answered < heard.size()) reply(verdict, heard[answered++].frame_seq());
    }
    // What vigild would hold: the same message is one, however often it came.
    std::vector<std::string> held() const {
        std::vector<std::string> out;
        std::set<std::string> known;
        for (auto const& batch : heard)
            if (known.insert(batch.message_id() + batch.content_digest()).second)
                for (auto const& r : batch.readings())
                    out.push_back(model::to_string({r.mantissa(), static_cast<std::uint8_t>(r.scale())}));
        return out;
    }
};

struct Export {
    std::filesystem::path folder;
    Export() {
        std::string name = (std::filesystem::temp_directory_path() / "vigil-csv-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
    }
    ~Export() { std::filesystem::remove_all(folder); }
    std::string file() const { return folder / "readings.csv"; }
    void append(std::string const& text) const { std::ofstream{file(), std::ios::app} << text; }
    std::unique_ptr<Feed> follower() const { return csv::follow({row_settings(), file(), folder / "position"}); }
};

using Values = std::vector<std::string>;

} // namespace

TEST_CASE("a file is followed from before it is there, line by line as they are ended", "[csv]") {
    Export file;
    Ward ward;
    auto feed = file.follower();
    feed->start(ward);
    ward.tick();
    ward.hello();
    ward.tick();
    CHECK(ward.heard.empty());
    file.append(header + value_at("06:00:00", 1) + value_at("06:00:00", 2) + "2026-03-01T06:00:05Z,v1,icu/1,LN,777-3,");
    ward.tick();
    CHECK(ward.held() == Values{"1", "2"});
    file.append("3,10*3/uL,,,\nnonsense\n" + value_at("06:00:09", 4));
    ward.tick();
    CHECK(ward.held() == Values{"1", "2", "3", "4"});
    CHECK(ward.counted.messages == 4);
    CHECK(ward.counted.by_reason.at("unreadable_row") == 1);
    CHECK_FALSE(ward.finished);
}

TEST_CASE("no more is read than vigild has credit for", "[csv]") {
    Export file;
    Ward ward;
    auto feed = file.follower();
    feed->start(ward);
    ward.tick();
    ward.hello();
    std::string rows = header;
    for (int i = 0; i < 40; ++i) rows += value_at("06:00:" + std::to_string(10 + i), i);
    file.append(rows);
    ward.tick();
    CHECK(ward.heard.size() == 16);
    ward.answer_all();
    CHECK(ward.heard.size() == 40);
}

TEST_CASE("whatever was under way when the adapter died is sent again as the same messages", "[csv]") {
    Export file;
    Ward first;
    auto feed = file.follower();
    feed->start(first);
    first.tick();
    first.hello();
    // Looked at in three sizes, two of them within a second of the patient's.
    file.append(header + value_at("06:00:00", 1));
    first.tick();
    first.answer_all();
    file.append(value_at("06:00:05", 2));
    first.tick();
    file.append(value_at("06:00:05", 3) + "2026-03-01T");
    first.tick();
    CHECK(first.held() == Values{"1", "2", "3"});
    feed.reset(); // 2 and 3 were never answered

    Ward second;
    second.heard = first.heard;
    second.answered = first.heard.size();
    feed = file.follower();
    feed->start(second);
    second.tick();
    second.hello();
    second.tick();
    CHECK(second.heard.size() == first.heard.size() + 2);
    file.append("06:00:05Z,v1,icu/1,LN,777-3,4,10*3/uL,,,\n");
    second.tick();
    CHECK(second.held() == Values{"1", "2", "3", "4"});
    second.answer_all();
    feed.reset();

    Ward third; // everything was answered: nothing comes again
    feed = file.follower();
    feed->start(third);
    third.tick();
    third.hello();
    third.tick();
    CHECK(third.heard.empty());
}

TEST_CASE("what was shown but not stored is asked about again until it is", "[csv]") {
    Export file;
    Ward ward;
    auto feed = file.follower();
    feed->start(ward);
    ward.tick();
    ward.hello();
    file.append(header + value_at("06:00:00", 1));
    ward.tick();
    ward.answer_all(v1::IngestReply::VERDICT_TAKEN_NOT_DURABLE);
    file.append(value_at("06:00:05", 2));
    ward.tick();
    CHECK(ward.held() == Values{"1"}); // the disk is sick: nothing more is read
    ward.tick(5'000);                  // the link tries again
    ward.answer_all();
    ward.tick();
    ward.answer_all();
    ward.tick();
    ward.answer_all();
    CHECK(ward.held() == Values{"1", "2"});
    CHECK(ward.the_link.unacknowledged() == 0);
    CHECK(csv::read_position(file.folder / "position")->done.offset == std::filesystem::file_size(file.file()));
}

TEST_CASE("a file that takes the place of another is read from its beginning, after the other's end", "[csv]") {
    Export file;
    Ward ward;
    auto feed = file.follower();
    feed->start(ward);
    ward.tick();
    ward.hello();
    file.append(header + value_at("06:00:00", 1));
    ward.tick();
    file.append(value_at("06:00:05", 2));
    std::filesystem::rename(file.file(), file.folder / "old.csv");
    file.append(header + value_at("06:01:00", 3));
    ward.tick();
    ward.answer_all();
    ward.tick();
    ward.answer_all();
    CHECK(ward.held() == Values{"1", "2", "3"});

    std::filesystem::resize_file(file.file(), 0);
    ward.tick();
    file.append(header + value_at("06:02:00", 4));
    ward.tick();
    CHECK(ward.held() == Values{"1", "2", "3", "4"});
}

TEST_CASE("a file that is written over, as long as before or longer, is read from its first row", "[csv]") {
    for (std::string const& more : {std::string{}, value_at("06:02:05", 7), value_at("06:02:05", 7) + "\n\n"}) {
        Export file;
        Ward ward;
        auto feed = file.follower();
        feed->start(ward);
        ward.hello();
        file.append(header + value_at("06:00:00", 1) + value_at("06:00:05", 2));
        ward.tick();
        ward.answer_all();
        ward.tick();
        std::ofstream{file.file(), std::ios::in | std::ios::out}
            << header + value_at("06:02:00", 5) + value_at("06:02:01", 6) + more; // the same file, as cp does it
        for (int i = 0; i < 30; ++i) {
            ward.tick();
            ward.answer_all();
        }
        CHECK(ward.held() == (more.empty() ? Values{"1", "2", "5", "6"} : Values{"1", "2", "5", "6", "7"}));
    }
}

TEST_CASE("a file that is cut behind what was read goes on from there", "[csv]") {
    const bool restarted = GENERATE(false, true);
    Export file;
    auto ward = std::make_unique<Ward>();
    auto feed = file.follower();
    feed->start(*ward);
    ward->tick();
    ward->hello();
    std::string rows = header;
    for (int i = 0; i < 20; ++i) rows += value_at("06:00:" + std::to_string(10 + i), i);
    const auto kept = rows.size();
    for (int i = 20; i < 40; ++i) rows += value_at("06:00:" + std::to_string(10 + i), i);
    file.append(rows);
    ward->tick(); // vigild has room for 16
    std::filesystem::resize_file(file.file(), kept);
    if (restarted) {
        feed = file.follower();
        ward = std::make_unique<Ward>();
        feed->start(*ward);
        ward->tick();
        ward->hello();
    }
    const auto go_on = [&ward] {
        for (int i = 0; i < 5; ++i) {
            ward->answer_all();
            ward->tick();
        }
    };
    go_on();
    file.append(value_at("06:02:00", 77));
    go_on();
    Values expected;
    for (int i = 0; i < 20; ++i) expected.push_back(std::to_string(i));
    // What was cut away may have been read before.
    auto held = ward->held();
    REQUIRE(held.size() >= 21);
    CHECK(held.back() == "77");
    held.resize(20);
    CHECK(held == expected);
}

TEST_CASE("a file whose header lacks what is needed ends the adapter", "[csv]") {
    Export file;
    Ward ward;
    auto feed = file.follower();
    feed->start(ward);
    file.append("obs_ts,encounter,code,value,unit\n");
    ward.tick();
    CHECK(ward.finished == 65);
}

TEST_CASE("empty lines before the header are passed over, with a byte order mark or without", "[csv]") {
    for (char const* before : {"\n", "\r\n\n\r\n", "\xEF\xBB\xBF\n\n", "\xEF\xBB\xBF"}) {
        Export file;
        Ward ward;
        auto feed = file.follower();
        feed->start(ward);
        ward.hello();
        file.append(before);
        ward.tick();
        CHECK_FALSE(ward.finished);
        file.append(header + value_at("06:00:00", 1) + "nonsense\n");
        ward.tick();
        CHECK(ward.held() == Values{"1"});
        CHECK_FALSE(ward.finished);
        const auto lines = csv::read_position(file.folder / "position");
        REQUIRE(lines);
        CHECK(lines->seen == std::deque<std::uint64_t>{std::filesystem::file_size(file.file())});
    }
}

TEST_CASE("a file without a header that ends ends the adapter, once, and it is counted", "[csv]") {
    for (std::string const& text : {std::string(2U << 20, 'x'), std::string(5U << 20, '\n')}) {
        Export file;
        Ward ward;
        auto feed = file.follower();
        feed->start(ward);
        file.append(text.substr(0, 1U << 20));
        ward.tick();
        CHECK_FALSE(ward.finished);
        file.append(text.substr(1U << 20));
        ward.tick();
        ward.tick();
        CHECK(ward.finished == 65);
        CHECK(ward.counted.refused == 1);
        CHECK(ward.counted.by_reason["unreadable_header"] == 1);
    }
}

TEST_CASE("a line that is too long is passed over to its end, also across a restart", "[csv]") {
    Export file;
    Ward first;
    auto feed = file.follower();
    feed->start(first);
    first.tick();
    first.hello();
    file.append(header + value_at("06:00:00", 1) + std::string(6U << 20, 'x'));
    first.tick();
    first.answer_all();
    CHECK(first.held() == Values{"1"});
    CHECK(first.counted.by_reason["unreadable_row"] == 1);
    feed.reset();

    Ward second;
    feed = file.follower();
    feed->start(second);
    second.tick();
    second.hello();
    file.append(value_at("06:00:01", 9) + value_at("06:00:02", 2)); // the end of the long line would be a row
    second.tick();
    CHECK(second.held() == Values{"2"});
    CHECK(second.counted.by_reason.count("unreadable_row") == 0);
    CHECK(second.counted.by_reason.count("noted_file_replaced") == 0);
}

TEST_CASE("that a file was replaced while nobody read is told, and the new one is read from its first row", "[csv]") {
    Export file;
    auto ward = std::make_unique<Ward>();
    auto feed = file.follower();
    feed->start(*ward);
    ward->tick();
    ward->hello();
    file.append(header + value_at("06:00:00", 1));
    ward->tick();
    ward->answer_all();
    CHECK(ward->counted.by_reason.count("noted_file_replaced") == 0); // there was none before
    feed.reset();

    file.append(value_at("06:00:05", 2)); // nobody will ever read it
    std::filesystem::rename(file.file(), file.folder / "old.csv");
    ward = std::make_unique<Ward>();
    feed = file.follower();
    feed->start(*ward);
    ward->hello();
    ward->tick();
    file.append(header + value_at("06:01:00", 3) + value_at("06:01:05", 4));
    ward->tick();
    ward->answer_all();
    CHECK(ward->held() == Values{"3", "4"});
    CHECK(ward->counted.by_reason["noted_file_replaced"] == 1);

    // Replaced while it is followed it is read to its end first.
    std::filesystem::rename(file.file(), file.folder / "old.csv");
    file.append(header + value_at("06:02:00", 5));
    for (int i = 0; i < 3; ++i) {
        ward->tick();
        ward->answer_all();
    }
    CHECK(ward->held() == Values{"3", "4", "5"});
    CHECK(ward->counted.by_reason["noted_file_replaced"] == 1);
}
