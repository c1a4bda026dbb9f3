// MLLP framing: what comes out never depends on where the reads were cut.

#include "adapters/hl7/mllp.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace vigil::hl7;

using Seen = std::vector<std::pair<std::string, std::string>>; // payload, fault

std::string bytes(std::string_view text) { // < > stand for VT and FS, ! for CR, 0 for NUL
    std::string out;
    for (const char c : text)
        out.push_back(c == '<' ? '\x0b' : c == '>' ? '\x1c' : c == '!' ? '\r' : c == '0' ? '\0' : c);
    return out;
}

struct Reading {
    Seen seen;
    Framer framer;
    explicit Reading(std::size_t limit = 4096)
        : framer(limit,
                 [this](Frame const& f) { seen.emplace_back(std::string(f.payload), std::string(name(f.fault))); }) {}
};

Seen whole(std::string const& input, std::uint64_t& skipped, std::size_t limit = 4096) {
    Reading r(limit);
    r.framer.feed(input);
    skipped = r.framer.skipped();
    return r.seen;
}

} // namespace

TEST_CASE("frames and what is wrong with them", "[mllp]") {
    struct Row {
        char const* what;
        std::string input;
        Seen expected;
        std::uint64_t skipped;
    };
    const std::vector<Row> rows = {
        {"one frame", "<MSH>!", {{"MSH", "none"}}, 0},
        {"two in one read", "<a>!<b>!", {{"a", "none"}, {"b", "none"}}, 0},
        {"bytes between frames are skipped and counted", "xx<a>!yyy<b>!z", {{"a", "none"}, {"b", "none"}}, 6},
        {"an empty frame", "<>!", {{"", "none"}}, 0},
        {"no CR after FS, the next frame follows", "<a><b>!", {{"a", "none"}, {"b", "none"}}, 0},
        {"FS and then something else", "<a>x<b>!", {{"a", "frame_stray_end"}, {"b", "none"}}, 1},
        {"VT inside: the first was never finished", "<aa<b>!", {{"aa", "frame_restarted"}, {"b", "none"}}, 0},
        {"NUL inside", "<a0a>!<b>!", {{bytes("a0a"), "nul_byte"}, {"b", "none"}}, 0},
        {"no end: nothing comes out", "<abc", {}, 0},
        {"no start", "abc>!", {}, 5},
    };
    for (auto const& row : rows) {
        INFO(row.what);
        std::uint64_t skipped = 0;
        CHECK(whole(bytes(row.input), skipped) == row.expected);
        CHECK(skipped == row.skipped);
        // Byte by byte.
        Reading slow;
        for (const char c : bytes(row.input)) slow.framer.feed(std::string_view(&c, 1));
        CHECK(slow.seen == row.expected);
        CHECK(slow.framer.skipped() == row.skipped);
    }
}

TEST_CASE("a frame over the limit costs that frame and no memory", "[mllp]") {
    const std::string head(4096, 'h');
    const std::string input = bytes("<") + head + std::string(100'000, 'x') + bytes(">!<next>!");
    std::uint64_t skipped = 0;
    const Seen expected = {{head, "frame_too_long"}, {"next", "none"}};
    CHECK(whole(input, skipped, 8192) == expected);

    Reading r(8192);
    r.framer.feed(bytes("<"));
    std::size_t most = 0;
    for (int i = 0; i < 100'000; ++i) { // 100 MB
        r.framer.feed(std::string_view(head).substr(0, 1024));
        most = std::max(most, r.framer.buffered());
    }
    CHECK(most <= 8192);
    r.framer.feed(bytes(">!<b>!"));
    CHECK(r.seen == Seen{{head, "frame_too_long"}, {"b", "none"}});
}

TEST_CASE("exactly the limit is not over it", "[mllp]") {
    std::uint64_t skipped = 0;
    const std::string fits(4096, 'a');
    CHECK(whole(framed(fits), skipped) == Seen{{fits, "none"}});
    CHECK(whole(framed(fits + "a"), skipped) == Seen{{fits, "frame_too_long"}});
}

TEST_CASE("a lone FS ends the frame when the caller says so, and not before", "[mllp]") {
    Reading r;
    r.framer.feed(bytes("<a>"));
    CHECK(r.seen.empty());
    CHECK(r.framer.at_lone_fs());
    r.framer.end_at_lone_fs();
    CHECK(r.seen == Seen{{"a", "none"}});
    r.framer.feed(bytes("!<b>!"));
    CHECK(r.seen.back() == std::pair<std::string, std::string>{"b", "none"});
}

TEST_CASE("an abandoned frame is told once and the next one is read", "[mllp]") {
    Reading r;
    r.framer.feed(bytes("<half"));
    r.framer.abandon(FrameFault::unfinished);
    r.framer.abandon(FrameFault::unfinished);
    CHECK(r.seen == Seen{{"half", "frame_unfinished"}});
    r.framer.feed(bytes("<b>!"));
    CHECK(r.seen.size() == 2);
}

TEST_CASE("frames do not depend on the cuts, whatever the bytes", "[mllp][property]") {
    const unsigned seed = Catch::rngSeed() != 0 ? Catch::rngSeed() : std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::string alphabet = bytes("<<<>>>!!!0abcdefgh|^");
    for (int round = 0; round < 3000; ++round) {
        std::string input;
        const std::size_t length = random() % 400;
        for (std::size_t i = 0; i < length; ++i) input.push_back(alphabet[random() % alphabet.size()]);
        if (round % 10 == 0) input += bytes("<") + std::string(9000, 'L') + bytes(">!<after>!");
        std::uint64_t skipped = 0;
        const Seen expected = whole(input, skipped);
        for (int cut = 0; cut < 4; ++cut) {
            Reading r;
            std::string_view rest = input;
            while (!rest.empty()) {
                const std::size_t take = std::min<std::size_t>(rest.size(), 1 + random() % (cut == 0 ? 3 : 700));
                r.framer.feed(rest.substr(0, take));
                rest.remove_prefix(take);
            }
            REQUIRE(r.seen == expected);
            REQUIRE(r.framer.skipped() == skipped);
        }
    }
}
