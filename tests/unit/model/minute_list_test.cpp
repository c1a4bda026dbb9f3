#include "core/model/canonical.hpp"
#include "core/model/minute_list.hpp"

#include <algorithm>
#include <limits>
#include <random>

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::model;

namespace {

using Dice = std::mt19937_64;

auto members(MinuteRecord const& r) {
    return std::tuple(r.minute, r.median, r.seq(), r.below, r.above, r.offset_ms, r.channel, r.valid, r.total, r.index,
                      r.scale, r.unit, r.method);
}

// As a monitor gives them, and now and then anything at all.
MinuteRecord any_record(Dice& dice, std::uint32_t minute) {
    MinuteRecord r;
    r.minute = minute;
    const bool wild = dice() % 50 == 0;
    r.median = wild ? static_cast<std::int32_t>(dice()) : static_cast<std::int32_t>(60 + dice() % 40);
    r.below = static_cast<std::uint16_t>(wild ? dice() : dice() % 10);
    r.above = static_cast<std::uint16_t>(wild ? dice() : dice() % 10);
    r.offset_ms = static_cast<std::uint16_t>(wild ? dice() % 60'000 : dice() % 60 * 1'000);
    r.set_seq(wild ? dice() >> 16U : std::uint64_t{minute} * 1'200 + dice() % 1'200);
    r.valid = r.total = static_cast<std::uint8_t>(wild ? dice() : 60);
    r.channel = static_cast<std::uint16_t>(dice() % 30 == 0);
    r.index = static_cast<std::uint8_t>(wild ? dice() : 3);
    r.scale = wild ? 2 : 0;
    r.unit = Unit::mmHg;
    r.method = wild ? Method::measured : Method::unspecified;
    return r;
}

// The list and the same in a plain vector.
struct Both {
    MinuteList list;
    std::vector<MinuteRecord> plain;

    void insert(MinuteRecord const& r) {
        const auto at =
            std::partition_point(plain.begin(), plain.end(), [&](auto const& x) { return x.minute < r.minute; });
        if (at != plain.end() && at->minute == r.minute) return;
        plain.insert(at, r);
        list.insert(r);
    }
    template <class Goes>
    void erase_if(std::int64_t from, std::int64_t to, Goes goes) {
        std::vector<std::uint32_t> asked, asked_of_list;
        std::erase_if(plain, [&](MinuteRecord const& r) {
            if (r.minute < from || r.minute >= to) return false;
            asked.push_back(r.minute);
            return goes(r);
        });
        list.erase_if(from, to, [&](MinuteRecord const& r) {
            asked_of_list.push_back(r.minute);
            return goes(r);
        });
        CHECK(asked == asked_of_list);
    }
    void compare(std::int64_t from) const {
        auto expected =
            std::partition_point(plain.begin(), plain.end(), [&](auto const& x) { return x.minute < from; });
        const auto before = expected;
        MinuteList::Reader r{list, from};
        for (; r.get() != nullptr && expected != plain.end(); r.next(), ++expected)
            if (members(*r.get()) != members(*expected)) FAIL("minute " << expected->minute << " differs");
        CHECK(r.get() == nullptr);
        CHECK(expected == plain.end());
        // A stretch of it, from nothing to all.
        for (const std::int64_t wide : {-100, -20, -2, -1, 0, 1, 7, 64, 65, 200, 100'000}) {
            auto one = before;
            MinuteList::Reader part{list, from, from + wide};
            for (; part.get() != nullptr && one != plain.end(); part.next(), ++one)
                if (members(*part.get()) != members(*one)) FAIL("minute " << one->minute << " differs");
            CHECK(part.get() == nullptr);
            CHECK((one == plain.end() || std::int64_t{one->minute} > from + wide));
            if (wide < 0) CHECK(one == before);
        }
        CHECK(list.size() == plain.size());
        CHECK(list.empty() == plain.empty());
        if (!plain.empty()) CHECK(members(list.back()) == members(plain.back()));
        const auto newest = list.at_or_before(from - 1);
        CHECK(newest.has_value() == (before != plain.begin()));
        if (newest && before != plain.begin()) CHECK(members(*newest) == members(*(before - 1)));
        const auto found = list.find(from);
        CHECK(found.has_value() == (before != plain.end() && before->minute == from));
        if (found) CHECK(members(*found) == members(*before));
    }
};

// As a list is encoded.
struct Parts {
    std::vector<MinuteBlock> packed;
    std::vector<MinuteRecord> open;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.packed);
        run(s.open, v, MinuteRecord{});
    }
};

} // namespace

TEST_CASE("a list of minutes holds what a plain one holds, whatever is put in and taken out") {
    const std::uint64_t seed = 20261126;
    CAPTURE(seed);
    Dice dice{seed};
    for (int ward = 0; ward < 60; ++ward) {
        Both both;
        auto minute = static_cast<std::uint32_t>(31'000'000 + dice() % 1'000);
        const auto first = minute;
        for (int i = 0; i < 400; ++i) {
            minute += static_cast<std::uint32_t>(dice() % 10 == 0 ? dice() % 5 : 1);
            const bool late = dice() % 12 == 0;
            both.insert(
                any_record(dice, late ? first + static_cast<std::uint32_t>(dice() % (minute - first + 1)) : minute));
            if (dice() % 40 == 0) {
                const auto from = static_cast<std::int64_t>(first + dice() % (minute - first + 1));
                const auto kept = static_cast<unsigned>(1 + dice() % 4); // all go, or every so many stay
                both.erase_if(dice() % 2 == 0 ? 0 : from, from + static_cast<std::int64_t>(dice() % 200),
                              [kept](MinuteRecord const& r) { return kept == 1 || r.minute % kept != 0; });
            }
            if (dice() % 5 == 0) both.compare(first + static_cast<std::int64_t>(dice() % (minute - first + 3)) - 1);
        }
        const auto bytes = core::encode(both.list);
        auto read = core::decode<MinuteList>(bytes);
        REQUIRE(read);
        CHECK(core::encode(*read) == bytes);
        both.list = std::move(*read);
        both.compare(first);
        both.erase_if(0, minute + 1, [](MinuteRecord const&) { return true; });
        both.compare(first);
    }
}

TEST_CASE("a block comes back whole from one record and from extremes of every member") {
    for (std::size_t n = 1; n <= MinuteBlock::most; ++n) {
        std::vector<MinuteRecord> records;
        for (std::size_t i = 0; i < n; ++i) {
            MinuteRecord r;
            r.minute = i + 1 == n ? std::numeric_limits<std::uint32_t>::max() : static_cast<std::uint32_t>(i * i);
            const bool odd = i % 2 == 1;
            r.median = odd ? std::numeric_limits<std::int32_t>::min() : std::numeric_limits<std::int32_t>::max();
            r.set_seq(odd ? 0 : (std::uint64_t{1} << 48U) - 1);
            r.below = r.above = r.channel = odd ? 0xFFFF : 0;
            r.offset_ms = odd ? 59'999 : 0;
            r.valid = r.total = r.index = odd ? 0xFF : 0;
            records.push_back(r);
        }
        const auto block = MinuteBlock::packed(records);
        std::array<MinuteRecord, MinuteBlock::most> back;
        REQUIRE(block.unpack(back));
        for (std::size_t i = 0; i < n; ++i) CHECK(members(back[i]) == members(records[i]));
    }
}

TEST_CASE("bytes that are no block are told, cut or grown at any place") {
    Dice dice{4};
    std::vector<MinuteRecord> records;
    for (std::uint32_t i = 0; i < 40; ++i) records.push_back(any_record(dice, 31'000'000 + i));
    auto block = MinuteBlock::packed(records);
    std::array<MinuteRecord, MinuteBlock::most> into;
    const auto whole = block.bytes;
    for (std::size_t n = 0; n < whole.size(); ++n) {
        block.bytes = whole.substr(0, n);
        CHECK_FALSE(block.unpack(into));
    }
    block.bytes = whole + '\0';
    CHECK_FALSE(block.unpack(into));
    for (int i = 0; i < 20'000; ++i) { // whatever they are, nothing is read beyond them: the sanitizers watch
        block.bytes = whole;
        for (int n = 0; n < 3; ++n) block.bytes[dice() % whole.size()] = static_cast<char>(dice());
        block.count = static_cast<std::uint8_t>(dice());
        block.unpack(into);
    }
}

TEST_CASE("a list whose minutes do not ascend is not read") {
    Dice dice{6};
    MinuteList list;
    for (std::uint32_t i = 0; i < 200; ++i) list.insert(any_record(dice, 31'000'000 + i));
    auto parts = core::decode<Parts>(core::encode(list));
    REQUIRE(parts);
    REQUIRE(parts->packed.size() >= 2);
    const auto refused = [](Parts const& p) { return !core::decode<MinuteList>(core::encode(p)); };
    CHECK_FALSE(refused(*parts));
    auto swapped = *parts;
    std::swap(swapped.packed[0], swapped.packed[1]);
    CHECK(refused(swapped));
    auto mislabelled = *parts;
    ++mislabelled.packed[0].last;
    CHECK(refused(mislabelled));
    auto twice = *parts;
    twice.open.insert(twice.open.begin(), twice.open.front());
    CHECK(refused(twice));
    auto closed = *parts;
    closed.open.clear();
    CHECK(refused(closed));
}

TEST_CASE("a day of minutes takes under seven bytes each, those that stand open included") {
    Dice dice{8};
    MinuteList day;
    for (std::uint32_t i = 0; i < 24 * 60; ++i) {
        MinuteRecord r;
        r.minute = 31'000'000 + i;
        r.median = static_cast<std::int32_t>(60 + dice() % 20);
        r.below = static_cast<std::uint16_t>(dice() % 8);
        r.above = static_cast<std::uint16_t>(dice() % 8);
        r.valid = r.total = 60;
        r.offset_ms = static_cast<std::uint16_t>(dice() % 60 * 1'000);
        r.set_seq(std::uint64_t{i} * 1'200 + r.offset_ms / 50U + dice() % 20);
        day.insert(r);
    }
    CHECK(day.bytes() <= std::size_t{7 * 24 * 60});
}
