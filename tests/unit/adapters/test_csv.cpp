// The readings CSV as a feed: what rows become, and that following a file loses and doubles nothing.

#include "adapters/csv/feed.hpp"
#include "adapters/csv/position.hpp"
#include "decoding.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

using namespace vigil;
using namespace vigil::adapters;
using hl7::testing::test_key;

namespace {

const std::string header = "obs_ts,encounter,location,system,code,value,unit,status,order_id,kind\n";

csv::RowSettings row_settings() { return {test_key(), {}, {}, {}, true}; }

std::vector<csv::Stretch> stretches(std::string const& rows, csv::RowSettings const& settings = row_settings(),
                                    std::string columns = header) {
    columns.pop_back();
    std::vector<std::string_view> fields;
    for (std::string_view rest = columns;; rest.remove_prefix(rest.find(',') + 1)) {
        fields.push_back(rest.substr(0, rest.find(',')));
        if (rest.find(',') == std::string_view::npos) break;
    }
    std::string why;
    const auto read = csv::read_header(fields, why);
    REQUIRE(read);
    csv::StretchReader reader{settings, *read};
    std::vector<csv::Stretch> out;
    csv::FilePlace at{100, 1};
    while (auto stretch = reader.next(std::string_view{rows}.substr(at.offset - 100), at)) {
        at = stretch->end;
        out.push_back(std::move(*stretch));
    }
    return out;
}

std::string brief(v1::Reading const& r) {
    std::string out = v1::CodeSystem_Name(r.system()).substr(12) + " " + r.code() + " ";
    if (r.has_mantissa())
        out += (r.comparator() == v1::COMPARATOR_LESS ? "<" : "") +
               model::to_string({r.mantissa(), static_cast<std::uint8_t>(r.scale())});
    else
        out += r.has_coded() ? r.coded() : "(" + v1::AbsentReason_Name(r.absent()).substr(14) + ")";
    return out + (r.unit().empty() ? "" : " " + r.unit());
}

std::string row(std::string const& time, std::string const& rest) { return "2026-03-01T" + time + "Z," + rest + "\n"; }

} // namespace

TEST_CASE("what a row becomes", "[csv]") {
    const auto only = [](std::string const& rest) {
        const auto got = stretches(row("06:00:00", rest));
        REQUIRE(got.size() == 1);
        REQUIRE(got[0].batches.size() == 1);
        return got[0].batches[0].readings(0);
    };
    CHECK(brief(only("v1,,LN,777-3,45.0,10*3/uL,,,")) == "LOINC 777-3 45.0 10*3/uL");
    CHECK(brief(only("v1,,LN,777-3,<5,10*3/uL,,,")) == "LOINC 777-3 <5 10*3/uL");
    CHECK(brief(only("v1,,VIGIL,resp_device,imv,,,,")) == "VIGIL resp_device imv");
    // Nobody knows the code yet: it is kept as the file's own.
    CHECK(brief(only("v1,,LAB,BILT,3.1,mg/dL,,,")) == "LOCAL BILT 3.1 mg/dL");
    const auto reading = only("v1,,LN,777-3,45,10*3/uL,C,order 7,");
    CHECK(reading.status() == v1::STATUS_CORRECTED);
    CHECK(reading.order() == test_key().token("order", {}, "order 7"));
    CHECK(reading.time_ms() == 1'772'344'800'000);
    CHECK(reading.time_quality() == v1::TIME_QUALITY_SYNCHRONISED);
}

TEST_CASE("no identifier and no text of a row leaves as it is", "[csv]") {
    auto settings = row_settings();
    settings.patient_authority = "HOSP";
    const auto got = stretches("2026-03-01T06:00:00Z,PLANTED1,PLANTED2,LN,777-3,PLANTED three,PLANTED four,PLANTED5\n"
                               "2026-03-01T06:00:00Z,PLANTED1,PLANTED2,L,PLANTED six,1,PLANTED seven,PLANTED eight\n",
                               settings, "obs_ts,encounter,patient,system,code,value,unit,order_id\n");
    REQUIRE(got.size() == 1);
    REQUIRE(got[0].batches.size() == 1);
    CHECK(got[0].texts == 1);
    auto const& batch = got[0].batches[0];
    CHECK(batch.SerializeAsString().find("PLANTED") == std::string::npos);
    CHECK(batch.subject().visit() == test_key().token("visit", {}, "PLANTED1"));
    CHECK(batch.subject().patients(0) == test_key().patient_token("HOSP", "PLANTED2"));
    CHECK(batch.readings(0).absent() == v1::ABSENT_REASON_TEXT);
}

TEST_CASE("a bed is named as in HL7 or as unit/bed; a unit alone is none", "[csv]") {
    const auto bed = [](std::string const& location) {
        const auto got = stretches(row("06:00:00", "," + location + ",LN,777-3,45,10*3/uL,,,"));
        REQUIRE(got.size() == 1);
        if (got[0].batches.empty()) return std::string{got[0].refused.at(0).why};
        auto const& place = got[0].batches[0].subject().location();
        return place.unit() + "/" + place.bed();
    };
    CHECK(bed("ICU^101^A") == "icu/101_a");
    CHECK(bed("icu/3") == "icu/3");
    CHECK(bed("ICU") == "the location is no bed");
}

TEST_CASE("a batch for each patient and instant; a second is a stretch", "[csv]") {
    const auto got =
        stretches(row("06:00:00", "v1,,LN,777-3,45,10*3/uL,,,") + row("06:00:00", "v2,,LN,777-3,46,10*3/uL,,,") +
                  row("06:00:00", "v1,,LN,2160-0,1,mg/dL,,,") + row("06:00:00.5", "v1,,LN,8867-4,80,/min,,,") +
                  row("06:00:01", "v1,,LN,8867-4,81,/min,,,"));
    REQUIRE(got.size() == 2);
    REQUIRE(got[0].batches.size() == 3);
    CHECK(got[0].batches[0].readings_size() == 2);
    CHECK(got[0].batches[2].message_time_ms() == 1'772'344'800'500);
    CHECK(got[1].batches.size() == 1);
    std::set<std::string> names;
    for (auto const& stretch : got)
        for (auto const& batch : stretch.batches) names.insert(batch.message_id() + batch.content_digest());
    CHECK(names.size() == 4);

    std::string many;
    for (int i = 0; i < 600; ++i) many += row("06:00:00", "v1,,LN,8867-4," + std::to_string(i) + ",/min,,,");
    const auto parts = stretches(many);
    REQUIRE(parts.size() == 3);
    CHECK(parts[2].readings == 600 - 2 * 256);
}

TEST_CASE("a row that cannot be read is told by its line and holds nothing back", "[csv]") {
    const auto got = stretches(row("06:00:00", "v1,,LN,777-3,45,10*3/uL,,,") + "nonsense\n\n" +
                               row("06:00:00", "v1,,LN,\"777-3,45,10*3/uL,,,") + row("06:00:00", "v1,,,,,,,,adt") +
                               "0001-01-01T00:00:00Z,v1,,LN,777-3,1,10*3/uL,,,\n" + std::string(2U << 20, 'x') + "\n" +
                               row("06:00:00", "v1,,LN,2160-0,1,mg/dL,,,") + "2026-03-01T06:00:00Z,v1,,LN,cut");
    std::vector<std::string> refused;
    std::uint32_t readings = 0, others = 0;
    for (auto const& stretch : got) {
        for (auto const& one : stretch.refused)
            refused.push_back(std::to_string(one.at.lines + 1) + " " + std::string{one.why});
        readings += stretch.readings;
        others += stretch.other_kinds;
    }
    CHECK(refused == std::vector<std::string>{"3 too few fields", "5 quote without end",
                                              "7 a time before 1800 or after 2300", "8 record longer than 1 MiB"});
    CHECK(readings == 2);
    CHECK(others == 1);
    CHECK(got.back().end.lines == 9); // the last line has not ended
}

TEST_CASE("a file cut at any byte gives the rows that are whole, and the rest later", "[csv]") {
    const auto rows = row("06:00:00", "v1,icu/1,LN,777-3,\"45\",10*3/uL,,,") +
                      row("06:00:01", "v2,icu/2,LN,777-3,46,10*3/uL,F,o,obs");
    const auto whole = stretches(rows);
    for (std::size_t cut = 0; cut < rows.size(); ++cut) {
        const auto got = stretches(rows.substr(0, cut));
        CHECK(got.size() == static_cast<std::size_t>(
                                std::count(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(cut), '\n')));
        for (std::size_t i = 0; i < got.size(); ++i)
            CHECK(got[i].batches[0].SerializeAsString() == whole[i].batches[0].SerializeAsString());
    }
}

TEST_CASE("a position is read as it was written, and nothing else is one", "[csv]") {
    const csv::Position p{"00ff", {1234, 56}, {1300, 1400}};
    const auto text = csv::text_of(p);
    const auto back = csv::parse_position(text);
    REQUIRE(back);
    CHECK(csv::text_of(*back) == text);
    CHECK_FALSE(csv::parse_position(""));
    CHECK_FALSE(csv::parse_position("vigil-csv-position 2\n"));
    CHECK_FALSE(csv::parse_position("vigil-csv-position 1\nfile aa\ndone 10 1\nseen 9\n"));
}

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

std::string value_at(std::string const& time, int value) {
    return row(time, "v1,icu/1,LN,777-3," + std::to_string(value) + ",10*3/uL,,,");
}

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

TEST_CASE("a file whose header lacks what is needed ends the adapter", "[csv]") {
    Export file;
    Ward ward;
    auto feed = file.follower();
    feed->start(ward);
    file.append("obs_ts,encounter,code,value,unit\n");
    ward.tick();
    CHECK(ward.finished == 65);
}

TEST_CASE("the section csv", "[csv][config]") {
    const auto errors_of = [](std::string const& more) {
        std::vector<ConfigError> errors;
        const auto config =
            read_config("a.toml", "source = \"export\"\nkind = \"csv\"\ningest = \"ipc:///x\"\n" + more, errors);
        errors.clear(); // of the rest: the site key is not there
        csv::settings_of(config, errors);
        std::vector<std::string> out;
        for (auto const& e : errors) out.push_back(describe("a.toml", e));
        return out;
    };
    CHECK(errors_of(
              "[csv]\nfile = \"r.csv\"\nposition_file = \"p\"\npatient_authority = \"HOSP\"\nbed_labels = \"unit\"\n"
              "[csv.places]\n\"ICU^R1^BED3\" = \"icu/3\"\n") == std::vector<std::string>{});
    CHECK(errors_of("") ==
          std::vector<std::string>{
              "a.toml:0:0: csv.file: is missing: the readings CSV that is followed",
              "a.toml:0:0: csv.position_file: is missing: where it is kept how far the file has been read"});
    CHECK(errors_of("listen = \"127.0.0.1:1\"\n[csv]\nfile = \"r.csv.gz\"\nposition_file = \"p\"\nfiel = 1\n") ==
          std::vector<std::string>{"a.toml:1:1: listen: a file is read, nobody connects",
                                   "a.toml:5:1: csv.file: a compressed file cannot be followed while it grows",
                                   "a.toml:8:8: csv.fiel: is not a key of this table"});
}
