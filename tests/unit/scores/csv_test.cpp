#include "adapters/csv/reading_row.hpp"
#include "adapters/csv/record_reader.hpp"
#include "core/model/spoken_word.hpp"

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <zlib.h>

using namespace vigil;

namespace {

struct TempFile {
    std::string path;
    explicit TempFile(std::string const& content, bool gzip = false) {
        char name[] = "/tmp/vigil-csv-XXXXXX";
        const int fd = mkstemp(name);
        REQUIRE(fd >= 0);
        path = name;
        if (gzip) {
            const auto file = gzdopen(fd, "wb");
            gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
            gzclose(file);
        } else {
            std::fclose(fdopen(fd, "wb"));
            std::ofstream{path, std::ios::binary} << content;
        }
    }
    ~TempFile() { std::filesystem::remove(path); }
};

std::vector<std::vector<std::string>> records(std::string const& content, bool gzip = false) {
    const TempFile file{content, gzip};
    csv::RecordReader reader{file.path};
    std::vector<std::vector<std::string>> out;
    for (std::vector<std::string_view> fields; reader.next(fields);) out.emplace_back(fields.begin(), fields.end());
    return out;
}

} // namespace

TEST_CASE("records: quotes, line ends, byte order mark, gzip, no final line feed") {
    using Rows = std::vector<std::vector<std::string>>;
    const Rows expected = {{"a", "b"}, {"1", "x,y"}, {"2", "say \"hi\"\nthere"}, {"3", ""}};
    const std::string text = "\xEF\xBB\xBF"
                             "a,b\r\n1,\"x,y\"\r\n2,\"say \"\"hi\"\"\nthere\"\n\n3,";
    CHECK(records(text) == expected);
    CHECK(records(text, true) == expected);
    CHECK(records("") == Rows{});
    CHECK(records("a,\"b") == Rows{{}});
    CHECK(records("a,\"b\"c") == Rows{{}});
    // A quote within a field is text and costs no row after it.
    CHECK(records("a,5\" tube,b\n1,2,3\n") == Rows{{"a", "5\" tube", "b"}, {"1", "2", "3"}});
    CHECK(records("a,\"say \"\"x\"\"\",b\n1,2,3\n") == Rows{{"a", "say \"x\"", "b"}, {"1", "2", "3"}});
}

TEST_CASE("records: empty lines before the first, after a byte order mark among them") {
    using Rows = std::vector<std::vector<std::string>>;
    for (auto const* before : {"\n", "\r\n\n\r\n", "\xEF\xBB\xBF\n\n", "\xEF\xBB\xBF\r\n"})
        CHECK(records(before + std::string{"a,b\n1,2\n"}) == Rows{{"a", "b"}, {"1", "2"}});
}

TEST_CASE("records: one that is too long is one fault to its end, and the next has its line") {
    const std::string much(3U << 20, 'x'), tail = ",1,2\n";
    struct Case {
        std::string text;
        std::uint64_t next; // the line that is read after it
    };
    const Case cases[] = {
        {much + tail, 3},
        {"1," + much + ",\"a\nb\"\n", 4},            // a line feed within quotes ends nothing
        {"\"a\nb\"," + much + ",\"a\n\"\"b\"\n", 5}, // also where quotes stood before
        {"1,\"" + much + "\n", 3},                   // a quote that nobody closed: the next line feed
        {"1," + much + ",\"" + much + "\n", 3},
        {"1,\"a\n" + much + "\",\"" + "a\nb\"\n", 5}, // open at a MiB, and closed later
    };
    for (auto const& one : cases) {
        const TempFile file{"h,i\n" + one.text + "next,row\n"};
        csv::RecordReader reader{file.path};
        std::vector<std::string_view> fields;
        REQUIRE(reader.next(fields));
        REQUIRE(reader.next(fields));
        CHECK(reader.fault() == "record longer than 1 MiB");
        CHECK(reader.line() == 2);
        CHECK(fields.empty());
        REQUIRE(reader.next(fields));
        CHECK(fields == std::vector<std::string_view>{"next", "row"});
        CHECK(reader.line() == one.next);
        CHECK_FALSE(reader.next(fields));
    }
    const TempFile cut{"h,i\n1,\"" + much};
    csv::RecordReader reader{cut.path};
    std::vector<std::string_view> fields;
    REQUIRE(reader.next(fields));
    REQUIRE(reader.next(fields));
    CHECK(reader.fault() == "record longer than 1 MiB");
    CHECK_FALSE(reader.next(fields));
}

TEST_CASE("a large file in pieces, and where a record stands") {
    std::string text = "h,i\n";
    for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + ",value " + std::to_string(i) + "\n";
    const TempFile file{text, true};
    csv::RecordReader reader{file.path};
    std::vector<std::string_view> fields;
    std::uint64_t n = 0;
    while (reader.next(fields)) {
        ++n;
        REQUIRE(reader.line() == n);
        if (n > 1) REQUIRE(fields.at(0) == std::to_string(n - 2));
    }
    CHECK(n == 200'001);
    CHECK_FALSE(reader.damaged());
    CHECK_FALSE(csv::RecordReader{"/nowhere"}.is_open());
}

TEST_CASE("rows: columns by name, values, times, and what is refused") {
    std::string why;
    CHECK_FALSE(csv::read_header({"obs_ts", "code", "value", "unit", "encounter"}, why));
    CHECK(why == "column 'system' is missing");
    why.clear();
    const auto columns = csv::read_header(
        {"value", "unit", "code", "system", "encounter", "obs_ts", "status", "comment", "seq", "kind"}, why);
    REQUIRE(columns);
    csv::RowParser parser{*columns};
    csv::ReadingRow row;
    CHECK(parser.parse({"<10", "10*9/L", "777-3", "LN", "7", "2026-11-21T09:00:00+01:00", "C", "", "3", ""}, row)
              .empty());
    CHECK(row.reading.value.comparator == model::Comparator::less);
    CHECK(row.reading.value.number == model::Decimal{10, 0});
    CHECK(row.reading.status == model::Status::corrected);
    CHECK(row.time.ms == csv::parse_instant("2026-11-21T08:00:00Z"));
    CHECK(row.seq == 3);
    CHECK(parser.parse({"NT", "{score}", "9270-0", "LN", "7", "2026-11-21T09:00Z", "", "", "", ""}, row).empty());
    CHECK(row.reading.value.word == model::Word::NT);
    CHECK(parser
              .parse({"CMV/ASSIST/AutoFlow", "", "vent_mode", "VIGIL", "7", "2026-11-21 09:00:00.25Z", "", "", "", ""},
                     row)
              .empty());
    CHECK(row.reading.value.word == model::Word::assisted);
    CHECK(model::ventilator_mode("Standby") == model::Word::standby);
    for (auto const* off : {"off", "Stand-by", "paused", "Not connected", "aus", "none"})
        CHECK(model::ventilator_mode(off) == model::Word::standby);
    for (auto const* stopped : {"Off", "HELD", "discontinued", "stopped"})
        CHECK(model::spoken_word(stopped) == model::Word::stopped);
    CHECK(model::ventilator_mode("disconnected") == model::Word::standby);
    // A pump that is disconnected is out of reach: nobody knows whether it runs.
    for (auto const* unknown : {"disconnected", "see note"}) CHECK_FALSE(model::spoken_word(unknown).has_value());
    CHECK(model::ventilator_mode("CPAP/PSV") == model::Word::spontaneous);
    CHECK(model::ventilator_mode("cpap") == model::Word::cpap);
    CHECK(model::ventilator_mode("BiPAP") == model::Word::niv);
    CHECK(model::ventilator_mode("something new") == model::Word::other);
    CHECK(csv::parse_value(model::CodeSystem::LN, "20124-4", "CMV/ASSIST").word == model::Word::assisted);
    CHECK(csv::parse_value(model::CodeSystem::VIGIL, "resp_device", "IMV").word == model::Word::imv);
    CHECK(csv::parse_value(model::CodeSystem::LN, "9270-0", "nt").word == model::Word::NT);
    CHECK(parser.parse({"", "", "x", "LN", "7", "2026-11-21T09:00:00Z", "", "", "", "adt"}, row).empty());
    CHECK(row.other_kind);
    CHECK(parser.parse({"1", "", "x", "LN", "7", "2026-11-21T09:00:00", "", "", "", ""}, row) ==
          "obs_ts is no ISO 8601 time with an offset");
    CHECK(parser.parse({"1", "", "x", "LN", "", "2026-11-21T09:00:00Z", "", "", "", ""}, row) ==
          "no encounter, patient or location");
    CHECK(parser.parse({"1", "", "x", "LN", "7", "2026-11-21T09:00:00Z", "Q", "", "", ""}, row) ==
          "status is no letter of HL7 table 0085");
    CHECK(parser.parse({"1", "", "x"}, row) == "too few fields");
    CHECK_FALSE(csv::parse_instant("2026-02-30T09:00:00Z"));
    CHECK(csv::parse_instant("2137-02-25T23:37:00Z") == 5'274'891'420'000);
}
