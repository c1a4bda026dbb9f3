#pragma once
// A reading once it has been attributed, mapped, timed and found plausible: what the rules see.

#include "core/model/evidence.hpp"
#include "core/model/reading.hpp"

namespace vigil::model {

struct Sample {
    EventTime time;
    std::optional<EventTime> until; // interval quantities: the volume covers [time, until)
    bool is_word = false;
    Word word = Word::none;
    Comparator comparator = Comparator::exactly;
    Decimal value; // as reported, in `unit`
    Unit unit = Unit::none;
    Status status = Status::final;
    bool suspect = false; // outside the soft range, or marked questionable
    Specimen specimen = Specimen::unspecified;
    Method method = Method::unspecified;
    SourceId source;
    ChannelId channel;
    EventTime message_time;  // of the message that brought it, else its own time: breaks ties by content
    std::uint64_t order = 0; // digest of (order token, code, sub-id): with the code, the result key; 0 = none
    std::uint64_t tie = 0;   // digest of (source name, code, sub-id): the last tie-break but the value, by content
    SubjectId subject;       // whom the message spoke of: attribution is revised when the census is
    ReadingRef ref;

    template <class Self, class Visit>
    static void fields(Self& s, Visit&& visit) {
        visit(s.time, s.until, s.is_word, s.word, s.comparator, s.value.mantissa, s.value.scale, s.unit, s.status,
              s.suspect, s.specimen, s.method, s.source, s.channel, s.message_time, s.order, s.tie, s.subject,
              s.ref.seq, s.ref.index);
    }
};

// Of a rate or a circuit: says that it does not run.
inline bool stops(Sample const& s) {
    return s.is_word ? s.word == Word::stopped || s.word == Word::ended || s.word == Word::none : s.value.mantissa <= 0;
}

} // namespace vigil::model
