#pragma once
// One minute of a monitor signal, summed up: what stands for it instead of up to sixty samples.

#include "core/model/reading.hpp"
#include "core/model/run.hpp"
#include "core/model/time.hpp"
#include "core/model/unit.hpp"

#include <cstdint>
#include <tuple>
#include <type_traits>

namespace vigil::model {

inline constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t minute_of(EventTime t) { return t.ms / minute_ms - (t.ms % minute_ms < 0 ? 1 : 0); }
constexpr EventTime start_of_minute(std::int64_t minute) { return {minute * minute_ms}; }

struct MinuteRecord {
    std::uint32_t minute = 0;  // since 1970; enough until the year 10136
    std::int32_t median = 0;   // mantissa at `digits()`, as the extremes
    std::uint32_t seq_low = 0; // of the median sample's ref
    std::uint16_t seq_high = 0;
    std::uint16_t below = 0, above = 0; // from the median to the extremes, at most 65,535
    std::uint16_t offset_ms = 0;        // of the median sample
    std::uint16_t channel = 0;          // index into the series' channels
    std::uint8_t valid = 0, total = 0;  // at most 255
    std::uint8_t index = 0;
    std::uint8_t scale = 0; // digits after the point; in the upper half how many of the median's zeros nobody said
    Unit unit{};
    Method method{};
    std::uint64_t seq() const { return (std::uint64_t{seq_high} << 32U) | seq_low; }
    void set_seq(std::uint64_t seq) {
        seq_low = static_cast<std::uint32_t>(seq);
        seq_high = static_cast<std::uint16_t>(seq >> 32U);
    }
    // "37" beside an extreme of "36.9" is 370 of one digit, one of them not said.
    std::uint8_t digits() const { return scale & 0xFU; }
    std::uint8_t unsaid() const { return static_cast<std::uint8_t>(scale >> 4U); }
    void set_scale(std::uint8_t digits, std::uint8_t said) {
        scale = static_cast<std::uint8_t>(digits | ((digits - said) << 4U));
    }
    bool is_sound() const { return digits() <= Decimal::max_scale && unsaid() <= digits(); }
    EventTime time() const { return {start_of_minute(minute).ms + offset_ms}; }
    EventTime end() const { return start_of_minute(std::int64_t{minute} + 1); }

    // Which stream it is of.
    static auto stream(auto& r) { return std::tie(r.channel, r.index, r.scale, r.unit, r.method); }

    // In a run: the next minute, as many frames on, of the same stream.
    static MinuteRecord expected(MinuteRecord const& last, MinuteRecord const& before) {
        MinuteRecord r = last;
        r.minute = last.minute + 1;
        r.set_seq(plus(last.seq(), difference(last.seq(), before.seq())));
        return r;
    }
    template <class S, class V>
    static void written(S& r, MinuteRecord const& e, V& v) {
        std::uint8_t mask = 0;
        std::uint64_t seq = r.seq();
        if constexpr (std::is_const_v<S>)
            mask = bits(r.minute != e.minute, r.median != e.median, seq != e.seq(),
                        r.below != e.below || r.above != e.above, r.offset_ms != e.offset_ms,
                        r.valid != e.valid || r.total != e.total, stream(r) != stream(e));
        Changes<S, V> c{v, mask};
        c.number(0, r.minute, e.minute);
        c.number(1, r.median, e.median);
        c.number(2, seq, e.seq());
        c.group(3, std::tie(r.below, r.above), std::tie(e.below, e.above));
        c.group(4, std::tie(r.offset_ms), std::tie(e.offset_ms));
        c.group(5, std::tie(r.valid, r.total), std::tie(e.valid, e.total));
        c.group(6, stream(r), stream(e));
        if constexpr (!std::is_const_v<S>) r.set_seq(seq);
    }
};
static_assert(sizeof(MinuteRecord) == 28);

} // namespace vigil::model
