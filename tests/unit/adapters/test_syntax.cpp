// Delimiters, segments, escapes, character sets, batches.

#include "adapters/hl7/charset.hpp"
#include "adapters/hl7/syntax.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace vigil::hl7;

namespace {

std::string unescape(std::string_view text, unsigned* unknown_out = nullptr) {
    Scratch scratch;
    unsigned unknown = 0;
    const std::string out(unescaped(text, Delimiters{}, scratch, unknown));
    if (unknown_out) *unknown_out = unknown;
    return out;
}

} // namespace

TEST_CASE("delimiters come from the message", "[syntax]") {
    struct Row {
        char const* msh;
        SyntaxFault fault;
    };
    const Row rows[] = {
        {"MSH|^~\\&|A", SyntaxFault::none},
        {"MSH|^~\\&#|A", SyntaxFault::none},
        {"MSH#*$!@#A", SyntaxFault::none},
        {"MSH|^^\\&|A", SyntaxFault::bad_delimiters},   // twice the same
        {"MSH|^~\\|A", SyntaxFault::bad_delimiters},    // one missing
        {"MSH|^~\\&##|A", SyntaxFault::bad_delimiters}, // one too many
        {"MSH|abcd|A", SyntaxFault::bad_delimiters},    // letters
        {"MSH ^~\\& A", SyntaxFault::bad_delimiters},   // a blank
        {"MSHX^~\\&XA", SyntaxFault::bad_delimiters},
        {"MSH||", SyntaxFault::bad_delimiters},
        {"MSH", SyntaxFault::bad_delimiters},
        {"PID|1", SyntaxFault::no_msh},
        {"", SyntaxFault::no_msh},
    };
    for (auto const& row : rows) {
        INFO(row.msh);
        Message m;
        parse(row.msh, m);
        CHECK(m.fault == row.fault);
    }
    Message m;
    parse("MSH#*$!@#APP#FAC\rPID#1##77*x@y\r", m);
    REQUIRE(m.segments.size() == 2);
    const Fields pid(m.segments[1], m.delimiters);
    CHECK(pid[3] == "77*x@y");
    CHECK(component(pid[3], m.delimiters, 2) == "x");
}

TEST_CASE("CR, LF and CRLF end a segment; what is no segment is counted", "[syntax]") {
    for (char const* end : {"\r", "\n", "\r\n"}) {
        Message m;
        const std::string e = end;
        parse("MSH|^~\\&|A" + e + "PID|1" + e + "not a segment" + e + e + "ZZ1|x" + e, m);
        CHECK(m.segments.size() == 3);
        CHECK(m.stray_lines == 1);
        CHECK(m.terminated);
    }
    Message m;
    parse("MSH|^~\\&|A\rPID|1", m);
    CHECK_FALSE(m.terminated);
}

TEST_CASE("MSH counts its separator", "[syntax]") {
    const Fields msh("MSH|^~\\&|APP|FAC|||20260101||ORU^R01|ID7|P|2.5", Delimiters{});
    CHECK(msh[2] == "^~\\&");
    CHECK(msh[3] == "APP");
    CHECK(msh[9] == "ORU^R01");
    CHECK(msh[10] == "ID7");
    CHECK(msh[12] == "2.5");
    CHECK(msh[40].empty());
}

TEST_CASE("escape sequences", "[syntax]") {
    CHECK(unescape("plain") == "plain");
    CHECK(unescape("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f\\P\\g") == "a|b^c&d~e\\f#g");
    CHECK(unescape("\\X41\\\\X4243\\") == "ABC");
    CHECK(unescape("\\H\\bold\\N\\") == "bold");
    CHECK(unescape("one\\.br\\two") == "one\ntwo");
    unsigned unknown = 0;
    CHECK(unescape("\\Q\\x", &unknown) == "\\Q\\x");
    CHECK(unknown == 1);
    CHECK(unescape("\\X4\\", &unknown) == "\\X4\\");
    CHECK(unknown == 1);
    CHECK(unescape("half\\", &unknown) == "half\\");
    CHECK(unknown == 1);
    CHECK(unescape("\\Zxy\\", &unknown) == "\\Zxy\\");
    CHECK(unescape("\\") == "\\");
}

TEST_CASE("batches fall apart into their messages", "[syntax]") {
    const std::string one = "MSH|^~\\&|A\rPID|1\r", two = "MSH|^~\\&|B\rPID|2\r";
    const std::string batch = "FHS|^~\\&|x\rBHS|^~\\&\r" + one + two + "BTS|2\rFTS|1\r";
    const auto found = messages_of(batch);
    REQUIRE(found.size() == 2);
    CHECK(found[0] == one);
    CHECK(found[1] == two);
    CHECK(messages_of(one + two).size() == 2);
    CHECK(messages_of("\xef\xbb\xbf" + one).front() == one);
    CHECK(messages_of("\r\n" + one).front() == one);
    CHECK(messages_of("garbage").size() == 1);
    CHECK(messages_of("").size() == 1);
    CHECK(messages_of("BHS|^~\\&\rBTS|0\r").size() == 1);
}

TEST_CASE("character sets", "[syntax]") {
    Scratch s;
    CHECK(charset_of("") == Charset::undeclared);
    CHECK(charset_of("8859/1") == Charset::latin1);
    CHECK(charset_of("8859/15") == Charset::latin9);
    CHECK(charset_of("UNICODE UTF-8") == Charset::utf8);
    CHECK(charset_of("ASCII") == Charset::ascii);
    CHECK_FALSE(charset_of("ISO IR87").has_value());
    CHECK(to_utf8("plain", Charset::utf8, Charset::latin1, s) == "plain");
    CHECK(to_utf8("M\xfcller", Charset::latin1, Charset::latin1, s) == "M\xc3\xbcller");
    CHECK(to_utf8("\xa4", Charset::latin9, Charset::latin1, s) == "\xe2\x82\xac");
    CHECK(to_utf8("M\xc3\xbcller", Charset::undeclared, Charset::latin9, s) == "M\xc3\xbcller");
    CHECK(to_utf8("M\xfcller", Charset::undeclared, Charset::latin1, s) == "M\xc3\xbcller");
    CHECK(to_utf8("\xa4", Charset::undeclared, Charset::latin9, s) == "\xe2\x82\xac");
    CHECK(to_utf8("M\xfcller", Charset::utf8, Charset::latin1, s) == "M\xef\x9f\xbcller"); // U+F7FC
    CHECK(to_utf8("\x83\x65", std::nullopt, Charset::latin1, s) == "\xef\x9e\x83\x65");
    // What cannot be read stays apart: these may be numbers of people.
    CHECK(to_utf8("\x83", std::nullopt, Charset::latin1, s) != to_utf8("\x84", std::nullopt, Charset::latin1, s));
    CHECK(to_utf8("M\xc3\xbcller", std::nullopt, Charset::latin1, s) == "M\xc3\xbcller");
    CHECK(to_utf8("M\xc3\xbcller", Charset::ascii, Charset::latin1, s) == "M\xc3\xbcller");
    CHECK(to_utf8("\x1b$B;3\x1b(B", std::nullopt, Charset::latin1, s) == "\xef\x9c\x9b$B;3\xef\x9c\x9b(B");
    CHECK(to_utf8("\xa3\xf3", charset_of("8859/2"), Charset::latin1, s) == "\xc5\x81\xc3\xb3");
    CHECK(to_utf8("\xb8\xd2", charset_of("ISO 8859-5"), Charset::latin1, s) == "\xd0\x98\xd0\xb2");
    CHECK_FALSE(charset_of("8859/12").has_value());
    CHECK(charset_of_field("ASCII~UNICODE UTF-8", '~') == Charset::utf8);
    CHECK(charset_of_field("~ISO IR87", '~') == std::nullopt);
    CHECK(charset_of_field("ISO IR87~8859/2", '~') == charset_of("8859/2"));
    CHECK(charset_of_field("ASCII~ISO IR87", '~') == Charset::ascii);
    CHECK(charset_of_field("", '~') == Charset::undeclared);
    CHECK(is_utf8("\xf0\x9f\x92\x89"));
    CHECK_FALSE(is_utf8("\xc0\x80"));
    CHECK_FALSE(is_utf8("\xed\xa0\x80"));
    CHECK_FALSE(is_utf8("\xc3"));
}
