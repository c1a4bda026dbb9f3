#pragma once
// A reading as it arrived: the device's own code, unit and number, with nothing decided about it yet.

#include "core/model/decimal.hpp"
#include "core/model/id.hpp"
#include "core/model/run.hpp"
#include "core/model/signal.hpp"
#include "core/model/time.hpp"
#include "core/model/unit.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace vigil::model {

// clang-format off
#define VIGIL_CODE_SYSTEMS(X) X(unspecified) X(LN) X(MDC) X(ATC) X(VIGIL) X(LOCAL)
#define VIGIL_STATUSES(X) X(unspecified) X(final) X(preliminary) X(unverified) X(corrected) X(deleted) X(wrong) X(cannot_obtain) X(final_unchanged) X(no_value)
#define VIGIL_VALIDITIES(X) X(unspecified) X(ok) X(questionable) X(invalid) X(demo) X(test) X(calibrating)
#define VIGIL_COMPARATORS(X) X(exactly) X(less) X(less_equal) X(greater) X(greater_equal)
#define VIGIL_TIME_QUALITIES(X) X(unspecified) X(synchronised) X(zone_assumed) X(substituted) X(ambiguous) X(date_only)
#define VIGIL_SPECIMENS(X) X(unspecified) X(arterial) X(venous) X(capillary) X(mixed_venous) X(other) X(not_blood)
#define VIGIL_METHODS(X) X(unspecified) X(measured) X(setting) X(calculated) X(alarm) X(technical_alarm)
#define VIGIL_ABSENT_REASONS(X) X(unspecified) X(not_sent) X(text) X(several) X(unreadable) X(sentinel)
#define VIGIL_PROCESSINGS(X) X(unspecified) X(production) X(training) X(debugging)
// clang-format on
VIGIL_ENUM(CodeSystem, std::uint8_t, code_system, VIGIL_CODE_SYSTEMS) // the numbering equals the wire's
VIGIL_ENUM(Status, std::uint8_t, status, VIGIL_STATUSES)              // HL7 table 0085
VIGIL_ENUM(Validity, std::uint8_t, validity, VIGIL_VALIDITIES)
VIGIL_ENUM(Comparator, std::uint8_t, comparator, VIGIL_COMPARATORS)
VIGIL_ENUM(TimeQuality, std::uint8_t, time_quality, VIGIL_TIME_QUALITIES)
VIGIL_ENUM(Specimen, std::uint8_t, specimen, VIGIL_SPECIMENS)
VIGIL_ENUM(Method, std::uint8_t, method, VIGIL_METHODS)
VIGIL_ENUM(AbsentReason, std::uint8_t, absent_reason, VIGIL_ABSENT_REASONS)
VIGIL_ENUM(Processing, std::uint8_t, processing, VIGIL_PROCESSINGS)

// What a source calls a quantity. Everything that is the same for reading after reading stands here once.
struct Channel {
    SourceId source;
    CodeSystem system = CodeSystem::unspecified;
    std::string code;
    std::string local_system;
    std::string unit;   // as the device spelt it
    std::string sub_id; // OBX-4 or device channel; part of the result key
    Method method = Method::unspecified;
    Specimen specimen = Specimen::unspecified;

    template <class Self, class Visit>
    static void fields(Self& s, Visit&& visit) {
        visit(s.source, s.system, s.code, s.local_system, s.unit, s.sub_id, s.method, s.specimen);
    }
    friend bool operator==(Channel const&, Channel const&) = default;
};

// A number, a word of a closed list, or the reason there is neither.
struct Value {
    enum class Kind : std::uint8_t { absent, number, word };
    Kind kind = Kind::absent;
    Comparator comparator = Comparator::exactly;
    Word word = Word::none;
    AbsentReason absent = AbsentReason::unspecified;
    Decimal number;

    template <class Self, class Visit>
    static void fields(Self& s, Visit&& visit) {
        visit(s.kind, s.comparator, s.word, s.absent, s.number.mantissa, s.number.scale);
    }
};

struct Reading {
    ChannelId channel;
    Value value;
    std::optional<DeviceTime> time;  // as the device said it; none only when nothing could be read
    std::optional<DeviceTime> until; // end of an interval quantity
    TimeQuality time_quality = TimeQuality::unspecified;
    Status status = Status::final;
    Validity validity = Validity::unspecified;
    std::uint16_t order = 0; // 1-based index into Frame::orders; 0 = none

    // What kind of value it is, and how far it may be believed.
    static auto sort(auto& v) { return std::tie(v.kind, v.comparator, v.word, v.absent); }
    static auto standing(auto& r) { return std::tie(r.time_quality, r.status, r.validity); }

    // In a run: the channel after the one before, at the same time and of the same standing. Numbers are written whole.
    static Reading expected(Reading const& last, Reading const&) {
        Reading r = last;
        ++r.channel.value;
        return r;
    }
    template <class Self, class Visit>
    static void written(Self& r, Reading const& e, Visit& v) {
        std::uint8_t mask = 0;
        if constexpr (std::is_const_v<Self>)
            mask = bits(r.channel != e.channel, sort(r.value) != sort(e.value),
                        r.value.number.scale != e.value.number.scale, r.time != e.time, r.until != e.until,
                        standing(r) != standing(e), r.order != e.order);
        Changes<Self, Visit> c{v, mask};
        c.number(0, r.channel.value, e.channel.value);
        c.group(1, sort(r.value), sort(e.value));
        c.group(2, std::tie(r.value.number.scale), std::tie(e.value.number.scale));
        v(r.value.number.mantissa);
        written_time(c, 3, r.time, e.time, v);
        written_time(c, 4, r.until, e.until, v);
        c.group(5, standing(r), standing(e));
        c.group(6, std::tie(r.order), std::tie(e.order));
    }

private:
    template <class C, class T, class Visit>
    static void written_time(C const& c, unsigned bit, T& t, std::optional<DeviceTime> const& e, Visit& v) {
        if (!c[bit]) {
            if constexpr (!std::is_const_v<T>) t = e;
            return;
        }
        bool there = t.has_value();
        v(there);
        if (!there) {
            if constexpr (!std::is_const_v<T>) t.reset();
            return;
        }
        const auto base = e ? e->ms : std::int64_t{0};
        if constexpr (std::is_const_v<T>) {
            v(difference(t->ms, base));
        } else {
            std::int64_t d = 0;
            v(d);
            t = DeviceTime{plus(base, d)};
        }
    }
};

struct Location {
    std::string unit; // [a-z0-9_]{1,32}
    std::string bed;
    template <class Self, class Visit>
    static void fields(Self& s, Visit&& visit) {
        visit(s.unit, s.bed);
    }
    friend auto operator<=>(Location const&, Location const&) = default;
    friend bool operator==(Location const&, Location const&) = default;
};

// Whom a message speaks of, in tokens.
struct Subject {
    std::string visit;                 // empty when the message has none
    std::vector<std::string> patients; // the configured authority's first
    std::optional<Location> location;
    template <class Self, class Visit>
    static void fields(Self& s, Visit&& visit) {
        visit(s.visit, s.patients, s.location);
    }
    friend bool operator==(Subject const&, Subject const&) = default;
};

// What a source sent in one frame: at most 256 readings of one subject. New channels and subjects are introduced by the
// first frame that uses them; ids continue from the state's dictionaries.
struct Frame {
    SourceId source;
    std::string message_id;
    Digest content{};
    std::uint32_t part = 0;
    std::optional<DeviceTime> message_time;
    DeviceTime received;                  // adapter clock at the first byte
    std::optional<Duration> clock_offset; // adapter clock minus device clock, as measured
    Processing processing = Processing::unspecified;
    SubjectId subject;
    std::vector<Channel> new_channels;
    std::vector<Subject> new_subjects;
    std::vector<std::string> orders; // tokens of order or specimen ids
    std::vector<Reading> readings;

    template <class Self, class Visit>
    static void fields(Self& s, Visit&& visit) {
        visit(s.source, s.message_id, s.content, s.part, s.message_time, s.received, s.clock_offset, s.processing,
              s.subject, s.new_channels, s.new_subjects, s.orders);
        Reading first;
        first.time = s.message_time ? s.message_time : s.received;
        run(s.readings, visit, first);
    }
};

} // namespace vigil::model
