#include "cli/ask.hpp"
#include "cli/iso_time.hpp"
#include "cli/mllp_sender.hpp"
#include "cli/scores_csv.hpp"
#include "cli/source_map.hpp"
#include "cli/table_file.hpp"

#include "vigil/v1/query.pb.h"

#include <catch2/catch.hpp>

using namespace vigil::cli;
using namespace vigil;

TEST_CASE("instants are read with their offset and shown in UTC") {
    CHECK(parse_instant("1970-01-01T00:00:00Z") == 0);
    CHECK(parse_instant("2026-11-21T10:50:03+01:00") == parse_instant("2026-11-21T09:50:03Z"));
    CHECK(parse_instant("2110-04-11T15:52:00Z") == 4426674720000);
    for (const char* bad : {"", "2026-11-21", "2026-11-21T09:50:03", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                            "x2026-11-21T09:50:03Z"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_instant(bad));
    }
    CHECK(show_instant(0) == "1970-01-01T00:00:00Z");
    CHECK(show_instant(4426674720250) == "2110-04-11T15:52:00.250Z");
    CHECK(show_instant(-1000) == "1969-12-31T23:59:59Z");
    CHECK(hl7_instant(4426674720250) == "21100411155200.250+0000");
    CHECK(show_length(5000) == "5 s");
    CHECK(show_length(125 * 60'000) == "2 h 05 min");
}

TEST_CASE("tables: quotes, line breaks inside them, byte order mark, wrong widths") {
    const auto table = parse_table("\xef\xbb\xbf"
                                   "a,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n\r\n3\r\n4,5\r\n");
    REQUIRE(table.columns == std::vector<std::string>{"a", "b"});
    REQUIRE(table.rows.size() == 2);
    CHECK(table.rows[0]["b"] == "x, \"y\"\nz");
    CHECK(table.rows[0].line == 2);
    CHECK(table.rows[1]["a"] == "4");
    CHECK(table.rows[1]["nothing"].empty());
    REQUIRE(table.problems.size() == 1);
    CHECK(table.problems[0] == "line 5: has 1 fields, the header has 2");
    CHECK(csv_cell("plain") == "plain");
    CHECK(csv_cell("a,\"b\"") == "\"a,\"\"b\"\"\"");
    CHECK(parse_table("").problems.size() == 1);
}

TEST_CASE("beds are unit/bed or unit.bed, each a token") {
    BedName bed;
    REQUIRE(parse_bed("icu1/bed3", bed));
    CHECK(bed.unit == "icu1");
    CHECK(bed.bed == "bed3");
    CHECK(parse_bed("icu1.bed3", bed));
    for (const char* bad : {"", "icu1", "icu1/", "/bed3", "icu 1/bed3", "icu1/Bed3", "icu1/bed3/x"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_bed(bad, bed));
    }
}

TEST_CASE("MLLP addresses and answers") {
    const auto plain = hl7::parse_mllp("mllp://127.0.0.1:2600");
    REQUIRE(plain);
    CHECK(plain->host == "127.0.0.1");
    CHECK(plain->port == "2600");
    CHECK(hl7::parse_mllp("mllp://adapter")->port == "2575");
    CHECK(hl7::parse_mllp("mllp://[::1]:99")->host == "::1");
    for (const char* bad :
         {"", "tcp://x:1", "mllp://", "mllp://x:", "mllp://x:0", "mllp://x:70000", "mllp://x:12a", "mllp://[::1"}) {
        CAPTURE(bad);
        CHECK_FALSE(hl7::parse_mllp(bad));
    }
    const auto reply = hl7::parse_mllp_reply("MSH|^~\\&|A|B\rMSA|AA|R1-2\r");
    REQUIRE(reply);
    CHECK(reply->code == "AA");
    CHECK(reply->control_id == "R1-2");
    CHECK_FALSE(hl7::parse_mllp_reply("MSH|^~\\&|A|B\r"));
    CHECK_FALSE(hl7::parse_mllp_reply("garbage"));
}

TEST_CASE("scores as CSV: one row a part, nothing unknown as a number") {
    v1::Score score;
    score.set_definition("sofa@1996.1+live");
    auto& total = *score.add_parts();
    total.set_part("total");
    total.set_points(3);
    total.set_state(v1::PART_STATE_VALUED);
    total.set_lower(3);
    total.set_upper(7);
    total.set_missing(1);
    auto& liver = *score.add_parts();
    liver.set_part("liver");
    liver.set_state(v1::PART_STATE_NOT_MEASURED);
    liver.set_upper(4);
    CHECK(scores_csv_rows("31205490", "2026-01-01T01:00:00Z", score) ==
          "31205490,2026-01-01T01:00:00Z,sofa@1996.1+live,total,3,valued,3,7,1\n"
          "31205490,2026-01-01T01:00:00Z,sofa@1996.1+live,liver,,not_measured,0,4,1\n");
}

TEST_CASE("the deciding reading is the first that was used or stood in, as reported and at the time of the recording") {
    v1::Score score;
    score.set_definition("sofa@1996.1+live");
    auto& coag = *score.add_parts();
    coag.set_part("coag");
    coag.set_points(4);
    coag.set_state(v1::PART_STATE_VALUED);
    coag.set_lower(4);
    coag.set_upper(4);
    coag.add_evidence()->set_verdict(v1::VERDICT_REFUSED);
    for (const int mantissa : {105, 99}) {
        auto& used = *coag.add_evidence();
        used.set_verdict(mantissa == 105 ? v1::VERDICT_SUBSTITUTED : v1::VERDICT_USED);
        used.set_signal("plt");
        used.set_mantissa(mantissa);
        used.set_scale(1);
        used.set_comparator("<");
        used.set_unit("10*3/uL");
        used.set_event_time_ms(1'767'229'200'000 + 3'600'000);
    }
    auto& resp = *score.add_parts();
    resp.set_part("resp");
    resp.set_state(v1::PART_STATE_NOT_MEASURED);
    resp.set_upper(4);
    resp.add_evidence()->set_verdict(v1::VERDICT_REFUSED);
    resp.add_evidence()->set_verdict(v1::VERDICT_USED); // the device, of no use without the gas
    CHECK(scores_csv_rows("s1", "2026-01-01T02:00:00Z", score, Deciding{3'600'000}) ==
          "s1,2026-01-01T02:00:00Z,sofa@1996.1+live,coag,4,valued,4,4,0,plt,2026-01-01T01:00:00Z,<10.5,10*3/uL\n"
          "s1,2026-01-01T02:00:00Z,sofa@1996.1+live,resp,,not_measured,0,4,1,,,,\n");
}

TEST_CASE("a class beside points, and a quantity, stand behind everything else; a quantity has no bounds") {
    v1::Score score;
    score.set_definition("lung_indices@1+published");
    auto& ratio = *score.add_parts();
    ratio.set_part("pf");
    ratio.set_state(v1::PART_STATE_VALUED);
    ratio.set_value_mantissa(-1'167); // a sign is no digit
    ratio.set_value_scale(1);
    ratio.set_value_unit("mm[Hg]");
    auto& unknown = *score.add_parts();
    unknown.set_part("oi");
    unknown.set_state(v1::PART_STATE_NOT_MEASURED);
    unknown.set_value_unit("cm[H2O]/mm[Hg]");
    auto& both = *score.add_parts();
    both.set_part("total");
    both.set_label("severe");
    both.set_points(4);
    both.set_lower(4);
    both.set_upper(4);
    both.set_state(v1::PART_STATE_VALUED);
    both.set_value_mantissa(75);
    both.set_value_unit("mm[Hg]");
    CHECK(scores_csv_rows("s1", "t", score, {}, true) ==
          "s1,t,lung_indices@1+published,pf,,valued,,,,,-116.7,mm[Hg]\n"
          "s1,t,lung_indices@1+published,oi,,not_measured,,,,,,\n"
          "s1,t,lung_indices@1+published,total,4,valued,4,4,0,severe,75,mm[Hg]\n");
    CHECK(scores_csv_rows("s1", "t", score, Deciding{}, true)
              .starts_with("s1,t,lung_indices@1+published,pf,,valued,,,,,,,,,-116.7,mm[Hg]\n"));
    CHECK(scores_csv_heading(false, false) == scores_csv_header);
    CHECK(scores_csv_heading(true, false) == scores_csv_header_deciding);
    CHECK(scores_csv_heading(false, true) ==
          "encounter,at,definition,part,value,state,lower,upper,missing,class,quantity,quantity_unit\n");
    CHECK(any_meanings(std::vector<std::string>{"sofa", "rox"}));
    CHECK_FALSE(any_meanings(std::vector<std::string>{"sofa", "ards_berlin", "nothing"}));
}

TEST_CASE("the code of a part stands last: as it was told, or the local one") {
    v1::Score score;
    score.set_definition("sofa@1996+published (locally modified)");
    auto& total = *score.add_parts();
    total.set_part("total");
    total.set_points(3);
    total.set_state(v1::PART_STATE_VALUED);
    auto& brain = *score.add_parts();
    brain.set_part("brain");
    brain.set_state(v1::PART_STATE_NOT_APPLICABLE);
    CHECK(scores_csv_rows("s1", "t", score, {}, true, true) ==
          "s1,t,sofa@1996+published (locally modified),total,3,valued,0,0,0,,,,VIGIL,sofa\n"
          "s1,t,sofa@1996+published (locally modified),brain,,not_applicable,,,,,,,VIGIL,sofa.brain\n");
    total.set_code_system("LN");
    total.set_code("96790-1");
    CHECK(scores_csv_rows("s1", "t", score, {}, false, true)
              .starts_with("s1,t,sofa@1996+published (locally modified),total,3,valued,0,0,0,LN,96790-1\n"));
    CHECK(scores_csv_heading(false, false, true) ==
          "encounter,at,definition,part,value,state,lower,upper,missing,code_system,code\n");
    CHECK(scores_csv_heading(true, true, true)
              .ends_with(",deciding_unit,class,quantity,quantity_unit,code_system,code\n"));
}

TEST_CASE("a map skeleton maps nothing before somebody has looked") {
    v1::DaemonStatus status;
    auto& rare = *status.add_unmapped();
    rare.set_source("lab");
    rare.set_system("LOCAL");
    rare.set_code("KREA");
    rare.set_unit("umol/L");
    rare.set_count(2);
    auto& common = *status.add_unmapped();
    common.set_source("lab");
    common.set_system("LOCAL");
    common.set_code("PLTC");
    common.set_count(9);
    const auto text = map_skeleton(status);
    CHECK(text.find("#lab\tLOCAL\tPLTC\t\t\t\n") < text.find("#lab\tLOCAL\tKREA\tumol/L\t\t\n"));
    CHECK(text.find("perhaps crea bili") != std::string::npos);
    CHECK(text.find("without a unit") != std::string::npos);
    std::size_t live_lines = 0;
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) live_lines += text[at] != '#' ? 1 : 0;
    CHECK(live_lines == 1); // the header
}
