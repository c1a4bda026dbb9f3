#pragma once
// From a reading as it arrived to a sample a rule may use, or the reason why not. The live engine and `vigil score`
// share it.

#include "core/model/evidence.hpp"
#include "core/model/sample.hpp"
#include "core/rulebook.hpp"

#include <boost/system/result.hpp>
#include <optional>
#include <string_view>

namespace vigil::core {

// What a channel means under a rulebook. Decided once a channel, not once a reading.
struct Mapping {
    std::optional<model::Signal> signal;
    model::SignalKind kind{};
    model::Unit unit = model::Unit::none;       // as reported (or as the source map says), known to this signal
    model::Reason reason = model::Reason::none; // unmapped or unknown_unit; of the latter only infusions are used
    std::uint64_t name = 0;                     // of the result
    model::SaltId salt{};                       // rates of the drug are told in
    model::Decimal salt_factor{1, 0};
    model::PumpId pump{}; // that gives it
};
// What its sender calls a result, apart from its unit: with its instant the key of a result without an order.
std::uint64_t result_name(std::string_view source, model::Channel const& channel);
// Which pump of its source a sub-id names.
model::PumpId pump_named(std::string_view sub_id);
// A source map row of this source wins over the vocabulary's codes.
Mapping map_channel(Rulebook const& rules, std::string_view source, model::Channel const& channel);

// The instant a reading was true of the patient: device time, plus the measured offset when that exceeds 2 s (design 5
// "When").
model::EventTime event_time(model::DeviceTime said, std::optional<model::Duration> clock_offset);

// What the frame adds to each of its readings.
struct Origin {
    model::SourceId source;
    model::SubjectId subject;
    std::optional<model::Duration> clock_offset;
    std::optional<model::DeviceTime> message_time;
    model::LogTime at; // log time of the frame: readings more than 60 s ahead of it are `future`
    std::uint64_t seq = 0;
    bool production = true; // the journal's kind matches the frame's processing id
};
Origin origin_of(model::Frame const& frame, model::LogTime at, std::uint64_t seq, Rulebook const& rules);
// Token of the order a reading of the frame answers; empty: of none.
std::string_view order_of(model::Frame const& frame, model::Reading const& reading);

// A usable sample, or why the reading is refused. Retractions (D, W) and U come back as samples with that status and no
// value, whatever their unit. `implausible` readings (outside the hard range) are refused with out_of_range; outside
// the soft range they are `suspect`.
struct Interpreted {
    model::Sample sample; // time, channel and subject are set whenever they are known
    bool has_time = false;
    model::Reason refused = model::Reason::none;
    // Refused, but what stood in its place stands no longer: `sample` is a retraction, to be placed like one. So it is
    // with a correction that has no usable value, with word that a result cannot be had, with a final result that says
    // in words why there is no number, and with what an order takes back at a time nobody can tell: of a laboratory
    // such words as well.
    bool retracts = false;
    // Refused, but it spoke of something that holds until it is told otherwise (a setting, a device, a rate): `sample`
    // is the word `unreadable`, placed so that nothing from before it is taken to hold on.
    bool unreadable = false;
    bool placed() const { return refused == model::Reason::none || retracts || unreadable; }
};
Interpreted interpret(Rulebook const& rules, Mapping const& mapping, model::Channel const& channel,
                      model::Reading const& reading, std::uint32_t index, std::string_view order_token,
                      Origin const& origin);

// place(Signal, SignalKind, Sample const&) for where a reading that is `placed` belongs. Of a measured oxygen fraction
// a stream holds numbers only: that it cannot be read stands under a signal of its own, and a correction takes back
// what it corrects there as well.
template <class Place>
void place_where_it_belongs(Mapping const& mapping, Interpreted const& read, Place&& place) {
    using model::Signal;
    if (*mapping.signal != Signal::fio2) return place(*mapping.signal, mapping.kind, read.sample);
    const auto status = read.sample.status;
    const bool replaces = model::takes_back(status) || status == model::Status::corrected;
    auto taken_back = read.sample;
    if (!model::takes_back(status)) taken_back.status = model::Status::deleted;
    taken_back.until.reset();
    if (!read.unreadable || replaces) place(Signal::fio2, mapping.kind, read.unreadable ? taken_back : read.sample);
    if (read.unreadable || replaces)
        place(Signal::fio2_unreadable, model::SignalKind::setting, read.unreadable ? read.sample : taken_back);
}
// A reading of `told` may be placed under `signal`.
constexpr bool may_stand_under(model::Signal told, model::Signal signal) {
    return told == signal || (told == model::Signal::fio2 && signal == model::Signal::fio2_unreadable);
}
inline bool may_stand_under(model::Signal told, model::SignalSet const& any) {
    const auto in = [&any](model::Signal s) { return any.test(static_cast<std::size_t>(s)); };
    return in(told) || (told == model::Signal::fio2 && in(model::Signal::fio2_unreadable));
}

// FNV-1a over bytes: stable across compilers and machines; for result keys and tie-breaks, never for safety.
std::uint64_t digest64(std::string_view bytes, std::uint64_t seed = 14695981039346656037ULL);

} // namespace vigil::core
