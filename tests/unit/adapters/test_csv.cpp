// The readings CSV as a feed: what rows become, and how it is set up.

#include "adapters/csv/feed.hpp"
#include "adapters/csv/position.hpp"
#include "csv_rows.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace vigil;
using namespace vigil::adapters;
using namespace vigil::csv::testing;
using hl7::testing::test_key;

namespace {

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
                                              "7 obs_ts is not of the years 1800 to 2300",
                                              "8 record longer than 1 MiB"});
    CHECK(readings == 2);
    CHECK(others == 1);
    CHECK(got.back().end.lines == 9); // the last line has not ended
}

TEST_CASE("a line that is too long is one refusal, however little of it is in sight", "[csv]") {
    std::string why;
    const auto columns = csv::read_header({"obs_ts", "encounter", "system", "code", "value", "unit"}, why);
    REQUIRE(columns);
    const auto settings = row_settings();
    csv::StretchReader reader{settings, *columns};
    const std::string before = "2026-03-01T06:00:00Z,v1,LN,777-3,1,10*3/uL\n";
    const std::string after = "2026-03-01T06:00:00Z,v1,LN,777-3,2,10*3/uL\n";
    // Its tail would be a row.
    const auto text = before + std::string(5U << 20, 'x') + "," + after.substr(0, after.size() - 1) + "\n" + after;
    std::set<std::string> messages;
    for (const std::size_t step : {text.size(), std::size_t{3U << 20}, std::size_t{2U << 20} - 7}) {
        csv::FilePlace at{0, 1};
        std::vector<std::string> refused;
        std::string all;
        std::uint32_t readings = 0;
        for (std::size_t seen = step;; seen += step) {
            const auto sight = std::string_view{text}.substr(0, seen);
            while (auto stretch = reader.next(sight.substr(at.offset), at)) {
                at = stretch->end;
                readings += stretch->readings;
                for (auto const& batch : stretch->batches) all += batch.SerializeAsString();
                for (auto const& one : stretch->refused)
                    refused.push_back(std::to_string(one.at.lines + 1) + " " + std::string{one.why});
            }
            if (seen >= text.size()) break;
        }
        messages.insert(all);
        CHECK(readings == 2);
        CHECK(refused == std::vector<std::string>{"3 record longer than 1 MiB"});
        CHECK(at == csv::FilePlace{text.size(), 4});
    }
    CHECK(messages.size() == 1);
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
    for (const bool within : {false, true}) {
        const csv::Position p{"00ff", {1234, 56, within}, {1300, 1400}};
        const auto text = csv::text_of(p);
        const auto back = csv::parse_position(text);
        REQUIRE(back);
        CHECK(back->done == p.done);
        CHECK(csv::text_of(*back) == text);
    }
    CHECK_FALSE(csv::parse_position(""));
    CHECK_FALSE(csv::parse_position("vigil-csv-position 2\n"));
    CHECK_FALSE(csv::parse_position("vigil-csv-position 1\nfile aa\ndone 10 1\nseen 9\n"));
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
