#pragma once
// A reading once it has been attributed, mapped, timed and found plausible: what the rules see.

#include "core/model/evidence.hpp"
#include "core/model/reading.hpp"
#include "core/model/run.hpp"

#include <tuple>

namespace vigil::model {

struct Sample {
    // Thousands of them are a bed: small members stand in the room that large ones leave.
    EventTime time;
    EventTime message_time;         // of the message that brought it, else its own time: breaks ties by content
    std::optional<EventTime> until; // interval quantities: the volume covers [time, until); of an alarm: a moment only
    Method method = Method::unspecified;
    SaltId salt; // of a drug's rate
    ChannelId channel;
    [[no_unique_address]] Decimal value; // as reported, in `unit`
    Unit unit = Unit::none;
    bool is_word = false;
    Word word = Word::none;
    Comparator comparator = Comparator::exactly;
    Status status = Status::final;
    bool suspect = false; // outside the soft range, or marked questionable; of cannot_obtain: its time is not known
    Specimen specimen = Specimen::unspecified;
    std::uint64_t order = 0; // digest of (order token, code, sub-id): with the code, the result key; 0 = none
    std::uint64_t tie = 0;   // digest of (source name, code, sub-id): the last tie-break but the value, by content
    [[no_unique_address]] ReadingRef ref;
    SourceId source;
    SubjectId subject; // whom the message spoke of: attribution is revised when the census is
    // Of a drug's rate: which of its source's pumps gives it, where that is named. It follows from the channel, and is
    // not written.
    PumpId pump;

    // What mostly stays from one to the next; it stands first because its type is deduced.
    static auto long_lived(auto& s) {
        return std::tie(s.until, s.is_word, s.word, s.comparator, s.value.scale, s.unit, s.status, s.suspect,
                        s.specimen, s.method, s.salt.value, s.source, s.channel, s.order, s.tie, s.subject);
    }

    template <class Self, class Visit>
    static void fields(Self& s, Visit&& visit) {
        visit(s.time, s.message_time, s.value.mantissa, s.ref.seq, s.ref.index);
        visit_long_lived(s, visit);
    }

    // In a run: the next is as far from the last as that from the one before.
    static Sample expected(Sample const& last, Sample const& before) {
        Sample s = last;
        const auto step = difference(last.time.ms, before.time.ms);
        s.time.ms = plus(last.time.ms, step);
        s.message_time.ms = plus(last.message_time.ms, step);
        s.ref.seq = plus(last.ref.seq, difference(last.ref.seq, before.ref.seq));
        return s;
    }
    template <class Self, class Visit>
    static void written(Self& s, Sample const& e, Visit& v) {
        std::uint8_t mask = 0;
        if constexpr (std::is_const_v<Self>)
            mask = bits(s.time != e.time, lag(s) != lag(e), s.value.mantissa != e.value.mantissa,
                        s.ref.seq != e.ref.seq, s.ref.index != e.ref.index, long_lived(s) != long_lived(e));
        Changes<Self, Visit> c{v, mask};
        c.number(0, s.time.ms, e.time.ms);
        c.number(1, s.message_time.ms, plus(s.time.ms, lag(e)));
        c.number(2, s.value.mantissa, e.value.mantissa);
        c.number(3, s.ref.seq, e.ref.seq);
        c.number(4, s.ref.index, e.ref.index);
        c.group(5, long_lived(s), long_lived(e));
    }

private:
    static std::int64_t lag(Sample const& s) { return difference(s.message_time.ms, s.time.ms); }
    template <class Self, class Visit>
    static void visit_long_lived(Self& s, Visit& v) {
        std::apply([&v](auto&... member) { v(member...); }, long_lived(s));
    }
};

static_assert(sizeof(Sample) == 96);

// Something that holds until it is told otherwise was told, and cannot be read: what stood before it is known to have
// held until then, and nothing of what holds since.
inline bool is_unreadable(Sample const& s) { return s.is_word && s.word == Word::unreadable; }

// Of a rate or a circuit: says that it does not run.
inline bool stops(Sample const& s) {
    if (s.is_word) return s.word == Word::stopped || s.word == Word::ended || s.word == Word::none;
    return s.value.mantissa <= 0 && s.comparator != Comparator::greater; // more than nothing is something
}

// Of alarms: statements about the same one. Its sender's own number for it is in the order, its code in both.
inline bool same_alarm(Sample const& a, Sample const& b) { return a.tie == b.tie && a.order == b.order; }

// Of two statements about an alarm, the one its sender made first: what was said last holds, however they arrived.
inline bool said_before(Sample const& a, Sample const& b) {
    const auto key = [](Sample const& s) { return std::tuple(s.message_time, s.time, stops(s)); };
    return key(a) < key(b);
}

} // namespace vigil::model
