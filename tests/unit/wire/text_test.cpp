#include "wire/text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace vigil::wire;
using namespace std::string_literals;

TEST_CASE("identifiers are tokens without spaces") {
    CHECK(is_identifier("v:ab12-_./+="));
    for (auto const& bad : {""s, "a b"s, "M\xC3\xBCller"s, "a^b"s, "a\nb"s, "a\0b"s, std::string(65, 'a')})
        CHECK_FALSE(is_identifier(bad));
}

TEST_CASE("printable text is valid UTF-8 without controls") {
    CHECK(is_printable("", 8));
    CHECK(is_printable("\xC2\xB5mol/L", 8));
    CHECK(is_printable("\xF0\x9F\x98\x80", 8));
    CHECK_FALSE(is_printable("123456789", 8));
    for (auto const& bad : {"a\nb"s, "a\0b"s, "\x7F"s, "\xC0\x80"s, "\xED\xA0\x80"s, "\xF5\x80\x80\x80"s, "\xE2\x82"s,
                            "\x80"s, "\xC2\x85"s, "\xE0\x80\x80"s})
        CHECK_FALSE(is_printable(bad, 8));
}
