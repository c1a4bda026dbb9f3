#include "core/model/canonical.hpp"
#include "core/model/series.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <random>

using namespace vigil;
using namespace vigil::model;

namespace {

using Dice = std::mt19937_64;

// Mostly like the element before, now and then anything at all.
template <class T>
void vary(Dice& dice, T& x) {
    if (dice() % 4 == 0)
        x = static_cast<T>(dice());
    else if (dice() % 2 == 0)
        x = static_cast<T>(x + static_cast<T>(dice() % 5));
}

Reading reading(Dice& dice, Reading r) {
    r.channel.value += 1;
    if (dice() % 8 == 0) vary(dice, r.channel.value);
    r.value.kind = static_cast<Value::Kind>(dice() % 8 == 0 ? dice() % 3 : 1);
    r.value.word = static_cast<Word>(dice() % 8 == 0 ? dice() % word_count : 0);
    vary(dice, r.value.number.mantissa);
    r.value.number.scale = static_cast<std::uint8_t>(dice() % 4);
    if (dice() % 6 == 0)
        r.time = dice() % 2 == 0 ? std::nullopt : std::optional{DeviceTime{static_cast<std::int64_t>(dice())}};
    if (r.time) vary(dice, r.time->ms);
    if (dice() % 6 == 0)
        r.until = dice() % 2 == 0 ? std::nullopt : std::optional{DeviceTime{static_cast<std::int64_t>(dice())}};
    r.status = static_cast<Status>(dice() % 8 == 0 ? dice() % 10 : 1);
    r.validity = static_cast<Validity>(dice() % 8 == 0 ? dice() % 7 : 0);
    r.order = static_cast<std::uint16_t>(dice() % 8 == 0 ? dice() : 0);
    return r;
}

Frame frame(Dice& dice, std::size_t readings) {
    Frame f;
    f.source = {1};
    f.message_id = "m1";
    if (dice() % 2 == 0) f.message_time = DeviceTime{static_cast<std::int64_t>(dice() % 2'000'000'000'000)};
    f.received = DeviceTime{1'900'000'000'000};
    Reading r;
    r.time = f.message_time;
    while (f.readings.size() < readings) f.readings.push_back(r = reading(dice, r));
    return f;
}

bool operator==(Reading const& a, Reading const& b) {
    return core::encode(a.value) == core::encode(b.value) && a.channel == b.channel && a.time == b.time &&
           a.until == b.until && a.time_quality == b.time_quality && a.status == b.status && a.validity == b.validity &&
           a.order == b.order;
}

Sample sample(Dice& dice, Sample s) {
    vary(dice, s.time.ms);
    vary(dice, s.message_time.ms);
    vary(dice, s.value.mantissa);
    vary(dice, s.ref.seq);
    vary(dice, s.ref.index);
    if (dice() % 8 == 0)
        s.until = dice() % 2 == 0 ? std::nullopt : std::optional{EventTime{static_cast<std::int64_t>(dice())}};
    if (dice() % 8 == 0) vary(dice, s.order);
    if (dice() % 8 == 0) s.suspect = !s.suspect;
    if (dice() % 8 == 0) vary(dice, s.channel.value);
    return s;
}

MinuteRecord record(Dice& dice, MinuteRecord r) {
    vary(dice, r.minute);
    vary(dice, r.median);
    r.set_seq(dice() >> (dice() % 2 == 0 ? 16U : 40U));
    vary(dice, r.below);
    vary(dice, r.above);
    vary(dice, r.offset_ms);
    vary(dice, r.channel);
    vary(dice, r.valid);
    vary(dice, r.total);
    if (dice() % 8 == 0) vary(dice, r.scale);
    return r;
}

// A list alone, as a series writes it.
template <class T>
struct Listed {
    std::vector<T> list;
    template <class S, class V>
    static void fields(S& s, V&& v) {
        run(s.list, v, T{});
    }
};

auto members(Sample const& s) { return core::encode(s); }
auto members(MinuteRecord const& r) {
    return std::tuple(r.minute, r.median, r.seq(), r.below, r.above, r.offset_ms, r.channel, r.valid, r.total, r.index,
                      r.scale, r.unit, r.method);
}

template <class T, class Next>
void comes_back(Next next) {
    Dice dice{11};
    for (std::size_t n = 0; n < 200; ++n) {
        Listed<T> given;
        T last{};
        while (given.list.size() < n % 40) given.list.push_back(last = next(dice, last));
        const auto bytes = core::encode(given);
        const auto read = core::decode<Listed<T>>(bytes);
        REQUIRE(read);
        REQUIRE(read->list.size() == given.list.size());
        for (std::size_t i = 0; i < given.list.size(); ++i) CHECK(members(read->list[i]) == members(given.list[i]));
        CHECK(core::encode(*read) == bytes);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) CHECK_FALSE(core::decode<Listed<T>>(bytes.substr(0, cut)));
    }
}

} // namespace

TEST_CASE("a run of samples comes back whole, whatever stands in it") { comes_back<Sample>(sample); }

TEST_CASE("a run of minute records comes back whole, whatever stands in it") { comes_back<MinuteRecord>(record); }

TEST_CASE("a frame comes back whole, and no part of it is taken for one") {
    Dice dice{5};
    for (std::size_t n = 0; n < 200; ++n) {
        const auto given = frame(dice, n % 33);
        const auto bytes = core::encode(given);
        const auto read = core::decode<Frame>(bytes);
        REQUIRE(read);
        REQUIRE(read->readings.size() == given.readings.size());
        for (std::size_t i = 0; i < given.readings.size(); ++i) CHECK((read->readings[i] == given.readings[i]));
        CHECK(core::encode(*read) == bytes);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) CHECK_FALSE(core::decode<Frame>(bytes.substr(0, cut)));
    }
}

TEST_CASE("the extremes of time and sequence differ by what brings one to the other") {
    constexpr auto least = std::numeric_limits<std::int64_t>::min(),
                   greatest = std::numeric_limits<std::int64_t>::max();
    Listed<Sample> given;
    for (const auto ms : {least, greatest, std::int64_t{0}, greatest, least}) {
        Sample s;
        s.time.ms = ms;
        s.message_time.ms = greatest;
        s.ref.seq = static_cast<std::uint64_t>(ms);
        given.list.push_back(s);
    }
    const auto read = core::decode<Listed<Sample>>(core::encode(given));
    REQUIRE(read);
    REQUIRE(read->list.size() == given.list.size());
    for (std::size_t i = 0; i < given.list.size(); ++i) CHECK(members(read->list[i]) == members(given.list[i]));
}

TEST_CASE("a stream takes few bytes a reading") {
    Dice dice{3};
    Frame f;
    f.received = DeviceTime{1'900'000'000'500};
    f.message_time = DeviceTime{1'900'000'000'000};
    Listed<Sample> stream;
    Listed<MinuteRecord> day;
    for (std::int64_t i = 0; i < 30; ++i) {
        Reading r;
        r.channel = {static_cast<std::uint32_t>(i + 1)};
        r.value.kind = Value::Kind::number;
        r.value.number = {static_cast<std::int64_t>(dice() % 200), static_cast<std::uint8_t>(i / 10)};
        r.time = f.message_time;
        f.readings.push_back(r);
    }
    for (std::int64_t i = 0; i < 1000; ++i) {
        Sample s;
        s.time = s.message_time = {1'900'000'000'000 + i * 1000};
        s.value = {60 + static_cast<std::int64_t>(dice() % 10), 0};
        s.ref = {static_cast<std::uint64_t>(i) * 1000 + dice() % 50, 3};
        stream.list.push_back(s);
        MinuteRecord m;
        m.minute = static_cast<std::uint32_t>(31'000'000 + i);
        m.median = static_cast<std::int32_t>(60 + dice() % 10);
        m.below = m.above = 5;
        m.valid = m.total = 60;
        m.offset_ms = static_cast<std::uint16_t>(dice() % 60 * 1000);
        m.set_seq(static_cast<std::uint64_t>(i) * 60'000 + dice() % 60'000);
        day.list.push_back(m);
    }
    CHECK(core::encode(f).size() <= 150);
    CHECK(core::encode(stream).size() <= 5'000);
    CHECK(core::encode(day).size() <= 9'000);
}
