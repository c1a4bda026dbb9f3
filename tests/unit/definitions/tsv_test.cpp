#include "definitions/tsv.hpp"

#include <array>
#include <catch2/catch.hpp>

using namespace vigil::definitions;

namespace {

constexpr auto wanted = std::to_array<std::string_view>({"id", "unit"});
TsvTable read(std::string text, Problems& problems) {
    return read_tsv({"t.tsv", "t.tsv", std::move(text)}, wanted, problems);
}
// The table's views need the text to outlive it.
struct Read {
    Problems problems;
    File file;
    TsvTable table;
    explicit Read(std::string text)
        : file{"t.tsv", "t.tsv", std::move(text)},
          table(read_tsv(file, wanted, problems)) {}
};

} // namespace

TEST_CASE("columns are found by name in any order, comments are passed over, positions are kept") {
    const Read r("# a comment\n\nunit\tid\r\n kPa \tpao2\n");
    REQUIRE(r.problems.empty());
    REQUIRE(r.table.rows.size() == 1);
    CHECK(r.table.rows[0].line == 4);
    CHECK(r.table.rows[0].cells[0] == "pao2");
    CHECK(r.table.rows[0].cells[1] == "kPa");
    CHECK(r.table.rows[0].columns[1] == 2);
    CHECK(r.table.rows[0].columns[0] == 7);
}

TEST_CASE("a missing, an unknown and a doubled column are all reported") {
    Problems problems;
    CHECK(read("id\tid\textra\n", problems).rows.empty());
    REQUIRE(problems.size() == 3);
    CHECK(to_string(problems[0]) == "t.tsv:1:1: unit: the column is missing");
    CHECK(to_string(problems[1]) == "t.tsv:1:4: id: the column stands twice");
    CHECK(to_string(problems[2]) == "t.tsv:1:7: extra: unknown column");
}

TEST_CASE("a row of the wrong width is reported and left out, the others stay") {
    const Read r("id\tunit\na\nb\tkg\nc\tkg\t1\n");
    CHECK(r.table.rows.size() == 1);
    REQUIRE(r.problems.size() == 2);
    CHECK(to_string(r.problems[0]) == "t.tsv:2:1: row: has 1 cells, the header has 2");
    CHECK(r.problems[1].line == 4);
}

TEST_CASE("a table without a header is a problem") {
    Problems problems;
    read("# nothing\n", problems);
    CHECK(problems.size() == 1);
}

TEST_CASE("files packed and unpacked are the same, in the order of their names") {
    const Files files{{"b.tsv", "/etc/b.tsv", "two\n"}, {"a/x.toml", "x", ""}, {"c", "c", std::string("\0\n9\n", 4)}};
    const std::string bytes = pack(files);
    Problems problems;
    const auto back = unpack(bytes, problems);
    REQUIRE(back);
    REQUIRE(back->size() == 3);
    CHECK((*back)[0].name == "a/x.toml");
    CHECK((*back)[1].content == "two\n");
    CHECK((*back)[2].content == files[2].content);
    CHECK(pack(*back) == bytes);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        Problems cut_problems;
        const auto part = unpack(std::string_view(bytes).substr(0, cut), cut_problems);
        CHECK((!part || part->size() < 3));
        CHECK(part.has_value() == cut_problems.empty());
    }
}
