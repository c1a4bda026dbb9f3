#include "core/intake.hpp"

#include "core/scores/dose.hpp"

#include <algorithm>

namespace vigil::core {

using model::Reason;

namespace {

constexpr model::Duration offset_that_counts = model::seconds(2); // design 5 "When"
constexpr model::Duration future_tolerance = model::seconds(60);

bool names(std::vector<std::string> const& codes, std::string_view code) {
    return std::any_of(codes.begin(), codes.end(), [code](std::string const& c) {
        if (!c.empty() && c.back() == '*') return code.starts_with(std::string_view{c}.substr(0, c.size() - 1));
        return c == code;
    });
}

bool means(VocabularyEntry const& e, model::Channel const& channel) {
    switch (channel.system) {
    case model::CodeSystem::LN: return names(e.loinc, channel.code);
    case model::CodeSystem::MDC: return names(e.mdc, channel.code);
    case model::CodeSystem::ATC: return names(e.atc, channel.code);
    case model::CodeSystem::VIGIL:
        return model::name_of(e.signal) == channel.code && e.kind != model::SignalKind::derived &&
               e.signal != model::Signal::fio2_unreadable;
    case model::CodeSystem::LOCAL:
    case model::CodeSystem::unspecified: return false;
    }
    return false;
}

// A code of its own for blood that comes from a vein, of what the vocabulary has one row for.
model::Specimen specimen_of(model::Channel const& channel) {
    constexpr std::string_view venous_ph = "2746-6";
    const bool venous = channel.system == model::CodeSystem::LN && channel.code == venous_ph;
    return venous && channel.specimen == model::Specimen::unspecified ? model::Specimen::venous : channel.specimen;
}

// Specimen and method refine what a code alone leaves open (devices.md 8, 6).
model::Signal refined(model::Signal signal, model::Channel const& channel) {
    using model::Signal;
    if (signal == Signal::po2_untyped) {
        if (channel.specimen == model::Specimen::arterial) return Signal::pao2;
        if (channel.specimen == model::Specimen::venous || channel.specimen == model::Specimen::mixed_venous)
            return Signal::pvo2;
    }
    if (signal == Signal::pao2 && channel.specimen != model::Specimen::unspecified &&
        channel.specimen != model::Specimen::arterial)
        return channel.specimen == model::Specimen::venous || channel.specimen == model::Specimen::mixed_venous
                   ? Signal::pvo2
                   : Signal::po2_untyped;
    const bool arterial = channel.specimen == model::Specimen::arterial;
    const bool other = !arterial && channel.specimen != model::Specimen::unspecified;
    if (signal == Signal::pco2_untyped && arterial) return Signal::paco2;
    if (signal == Signal::ph_untyped && arterial) return Signal::ph;
    if (signal == Signal::paco2 && other) return Signal::pco2_untyped;
    if (signal == Signal::ph && other) return Signal::ph_untyped;
    if (channel.method == model::Method::setting) {
        if (signal == Signal::fio2) return Signal::fio2_set;
        if (signal == Signal::peep) return Signal::peep_set;
        if (signal == Signal::vt) return Signal::vt_set;
        if (signal == Signal::rr || signal == Signal::rr_total) return Signal::rr_set;
    }
    return signal;
}

std::optional<model::Unit> usable_unit(Rulebook const& rules, model::Signal signal, std::string_view text) {
    auto const& e = entry(rules, signal);
    const auto unit = model::parse_unit(text);
    if (!e.words.empty() && (text.empty() || unit)) return unit.value_or(model::Unit::none);
    if (!unit) return std::nullopt;
    const bool dose = e.kind == model::SignalKind::infusion; // converted by the score, which knows the weight
    const bool known =
        *unit == e.canonical || dose ||
        std::any_of(e.conversions.begin(), e.conversions.end(), [&](auto const& c) { return c.from == *unit; });
    return known ? unit : std::nullopt;
}

Mapping finished(Rulebook const& rules, model::Signal signal, model::Channel const& channel,
                 std::optional<model::Unit> unit_as) {
    Mapping out;
    out.signal = refined(signal, channel);
    out.kind = entry(rules, *out.signal).kind;
    // What somebody set is not what was measured, and not every setting has a name here.
    if (channel.method == model::Method::setting && out.kind == model::SignalKind::monitor) {
        Mapping unmapped;
        unmapped.reason = Reason::unmapped;
        return unmapped;
    }
    // Every laboratory signal is of blood, whatever the code says: creatinine of a urine is another quantity. A volume
    // of urine is of urine.
    if (channel.specimen == model::Specimen::not_blood && out.kind == model::SignalKind::laboratory &&
        out.signal != model::Signal::uo_day) {
        out.reason = Reason::not_blood;
        return out;
    }
    const auto unit = unit_as ? unit_as : usable_unit(rules, *out.signal, channel.unit);
    if (unit)
        out.unit = *unit;
    else
        out.reason = Reason::unknown_unit;
    return out;
}

// A FiO2 between 0.15 and 1 labelled per cent can only be a fraction; exactly 1 is either, so it stays an error
// (scores.md 13.2).
bool is_mislabelled_fraction(Mapping const& mapping, model::Value const& value) {
    if (*mapping.signal != model::Signal::fio2 && *mapping.signal != model::Signal::fio2_set) return false;
    return mapping.unit == model::Unit::percent && value.kind == model::Value::Kind::number &&
           value.number > model::Decimal{15, 2} && value.number < model::Decimal{1, 0};
}

Reason validity_reason(model::Reading const& reading) {
    switch (reading.validity) {
    case model::Validity::invalid: return Reason::invalid;
    case model::Validity::demo:
    case model::Validity::test: return Reason::demo;
    case model::Validity::calibrating: return Reason::invalid;
    case model::Validity::questionable:
    case model::Validity::ok:
    case model::Validity::unspecified: return Reason::none;
    }
    return Reason::invalid;
}

Reason time_reason(model::Reading const& reading, model::EventTime time, model::LogTime at) {
    if (reading.time_quality == model::TimeQuality::ambiguous) return Reason::ambiguous_time;
    if (reading.time_quality == model::TimeQuality::date_only) return Reason::date_only;
    if (time > model::patient_now(at) + future_tolerance) return Reason::future;
    return Reason::none;
}

// A device, a mode, a circuit, an attestation: a bare number is a code that nobody listed.
bool is_said_in_words(VocabularyEntry const& e) {
    using enum model::SignalKind;
    return e.canonical == model::Unit::none && !e.words.empty() && (e.kind == setting || e.kind == attested);
}

Reason value_reason(Rulebook const& rules, Mapping const& mapping, model::Unit unit, model::Value const& value,
                    bool& suspect) {
    auto const& e = entry(rules, *mapping.signal);
    if (value.kind == model::Value::Kind::word)
        return std::find(e.words.begin(), e.words.end(), value.word) != e.words.end() ? Reason::none : Reason::text;
    if (value.kind == model::Value::Kind::absent) {
        if (value.absent == model::AbsentReason::several) return Reason::several;
        return value.absent == model::AbsentReason::text ? Reason::text : Reason::no_value;
    }
    if (is_said_in_words(e)) return Reason::unmapped;
    // Of a day's urine nobody knows how much less or more it was.
    if (e.signal == model::Signal::uo_day && value.comparator != model::Comparator::exactly) return Reason::comparator;
    if (e.kind == model::SignalKind::infusion) {
        // A pump that tells an impossible rate runs; the dose is refused by whoever works it out, in whatever unit.
        if (value.number.mantissa < 0) return Reason::out_of_range;
        // Of "more than" it is known that the drug runs.
        using model::Comparator;
        const bool at_least_nothing = value.comparator == Comparator::greater_equal && value.number.mantissa == 0;
        if (value.comparator == Comparator::less || value.comparator == Comparator::less_equal || at_least_nothing)
            return Reason::comparator;
        suspect = unit == e.canonical && e.soft_high && value.number > *e.soft_high;
        return Reason::none;
    }
    if (unit == e.canonical) {
        auto const& n = value.number;
        if ((e.hard_low && n < *e.hard_low) || (e.hard_high && n > *e.hard_high)) return Reason::out_of_range;
        suspect = (e.soft_low && n < *e.soft_low) || (e.soft_high && n > *e.soft_high);
        return Reason::none;
    }
    const auto number = canonical(rules, *mapping.signal, value.number, unit);
    if (!number) return Reason::overflow;
    if ((e.hard_low && *number < *e.hard_low) || (e.hard_high && *number > *e.hard_high)) return Reason::out_of_range;
    suspect = (e.soft_low && *number < *e.soft_low) || (e.soft_high && *number > *e.soft_high);
    return Reason::none;
}

// What was told stands for this word.
Reason take_word(model::Reading const& reading, model::Word word, model::Sample& s) {
    if (reading.status == model::Status::cannot_obtain || reading.status == model::Status::no_value)
        return Reason::no_value;
    if (const auto why = validity_reason(reading); why != Reason::none) return why;
    s.unit = model::Unit::none;
    s.is_word = true;
    s.word = word;
    s.suspect = reading.validity == model::Validity::questionable;
    return Reason::none;
}

// Takes the reading's value, or says why no rule may use it.
Reason take_value(Rulebook const& rules, Mapping const& mapping, model::Reading const& reading, model::Sample& s) {
    // A drug that runs at a rate nobody can read runs: without a dose it has its least points (scores.md 2.1). The rate
    // is kept without its unit.
    // A culture counts when it was taken, whatever grew; of an antibiotic that it was given counts, however it is
    // dosed, and of whatever else is given as single doses.
    using Kind = model::Value::Kind;
    const bool told_in_text = reading.value.kind == Kind::absent && reading.value.absent == model::AbsentReason::text;
    if (mapping.signal == model::Signal::culture && (told_in_text || reading.value.kind == Kind::number))
        return take_word(reading, model::Word::taken, s);
    if (mapping.signal == model::Signal::antibiotic && mapping.reason == Reason::unknown_unit &&
        reading.value.kind == Kind::number && reading.value.number.mantissa > 0)
        return take_word(reading, model::Word::treatment, s);
    auto const& words = entry(rules, *mapping.signal).words;
    // A circuit that was stopped has ended.
    if (mapping.kind == model::SignalKind::setting && reading.value.kind == Kind::word &&
        reading.value.word == model::Word::stopped &&
        std::find(words.begin(), words.end(), model::Word::ended) != words.end())
        return take_word(reading, model::Word::ended, s);
    if (reading.value.kind == Kind::number && std::find(words.begin(), words.end(), model::Word::given) != words.end())
        return reading.value.number.mantissa > 0 ? take_word(reading, model::Word::given, s) : Reason::no_value;
    const bool runs = mapping.kind == model::SignalKind::infusion && reading.value.kind == model::Value::Kind::number;
    if (mapping.reason != Reason::none && !(runs && mapping.reason == Reason::unknown_unit)) return mapping.reason;
    if (reading.status == model::Status::cannot_obtain || reading.status == model::Status::no_value)
        return Reason::no_value;
    if (const auto why = validity_reason(reading); why != Reason::none) return why;
    const bool fraction = is_mislabelled_fraction(mapping, reading.value);
    if (fraction) s.unit = model::Unit::fraction;
    if (const auto why = value_reason(rules, mapping, s.unit, reading.value, s.suspect); why != Reason::none)
        return why;
    s.suspect = s.suspect || fraction;
    s.is_word = reading.value.kind == model::Value::Kind::word;
    s.word = reading.value.word;
    s.value = reading.value.number;
    s.comparator = reading.value.comparator;
    s.suspect = s.suspect || reading.validity == model::Validity::questionable;
    return Reason::none;
}

// An alarm whose code nobody lists is an alarm all the same; and what is listed as a quantity is none.
Mapping alarm_of(Rulebook const& rules, std::string_view source, model::Channel const& channel) {
    const auto is_alarm = [&](model::Signal s) { return entry(rules, s).kind == model::SignalKind::alarm; };
    for (auto const& row : rules.source_maps)
        if (row.source == source && row.system == channel.system && row.code == channel.code && is_alarm(row.signal))
            return finished(rules, row.signal, channel, model::Unit::none);
    const bool technical = channel.method == model::Method::technical_alarm;
    if (!technical)
        for (auto const& e : rules.vocabulary)
            if (is_alarm(e.signal) && means(e, channel)) return finished(rules, e.signal, channel, model::Unit::none);
    return finished(rules, technical ? model::Signal::device_alarm : model::Signal::monitor_alarm, channel,
                    model::Unit::none);
}

Mapping meaning_of(Rulebook const& rules, std::string_view source, model::Channel const& channel) {
    if (channel.method == model::Method::alarm || channel.method == model::Method::technical_alarm)
        return alarm_of(rules, source, channel);
    for (auto const& row : rules.source_maps)
        if (row.source == source && row.system == channel.system && row.code == channel.code &&
            (row.unit.empty() || row.unit == channel.unit))
            return finished(rules, row.signal, channel, row.unit_as);
    for (auto const& e : rules.vocabulary)
        if (means(e, channel)) return finished(rules, e.signal, channel, std::nullopt);
    Mapping unmapped;
    unmapped.reason = Reason::unmapped;
    return unmapped;
}

model::SaltId salt_told_by(Rulebook const& rules, std::string_view source) {
    auto name = rules.norepinephrine_as;
    for (auto const& s : rules.sources)
        if (s.source == source && !s.norepinephrine_as.empty()) name = s.norepinephrine_as;
    return scores::find_salt(rules.tables.sofa, name);
}

// Fills in the sample; why it is refused, if it is.
Reason read(Rulebook const& rules, Mapping const& mapping, model::Reading const& reading, Origin const& origin,
            Interpreted& out) {
    auto& s = out.sample;
    if (!mapping.signal) return mapping.reason;
    if (!origin.production) return Reason::not_production;
    if (!out.has_time) return Reason::no_time;
    if (const auto why = time_reason(reading, s.time, origin.at); why != Reason::none) return why;
    if (s.until && *s.until < s.time) return Reason::no_time;
    using model::Status;
    // A confirmation that brings the value is a final result.
    if (reading.status == Status::final_unchanged && reading.value.kind != model::Value::Kind::absent)
        s.status = Status::final;
    else if (reading.status == Status::deleted || reading.status == Status::wrong ||
             reading.status == Status::final_unchanged)
        return Reason::none;
    return take_value(rules, mapping, reading, s);
}

// What a refused reading takes back all the same: a result that was withdrawn or corrected stands no longer, whatever
// is wrong with the rest of the message. Under an order that holds also where nobody can say when it was.
void take_back(Mapping const& mapping, model::Reading const& reading, Interpreted& out) {
    using model::Status;
    auto& s = out.sample;
    const auto why = out.refused;
    if (why == Reason::none || why == Reason::demo || why == Reason::not_production) return;
    const bool untimed =
        why == Reason::no_time || why == Reason::date_only || why == Reason::ambiguous_time || why == Reason::future;
    const bool withdrawn = reading.status == Status::deleted || reading.status == Status::wrong ||
                           reading.status == Status::corrected || reading.status == Status::cannot_obtain;
    if (untimed ? withdrawn && s.order != 0 : withdrawn) {
        out.retracts = true;
        s.status = Status::deleted;
        s.until.reset();
        return;
    }
    // "Hemolyzed" in the place of a number that had been told before. What contradicts itself about an alarm ends none.
    const bool final_word = reading.status == Status::final && s.order != 0 &&
                            reading.value.kind == model::Value::Kind::absent &&
                            mapping.kind != model::SignalKind::alarm;
    // Of a laboratory one order has one result. A flowsheet has many: which of them is meant nobody can tell.
    if (!final_word || (untimed && mapping.kind != model::SignalKind::laboratory)) return;
    out.retracts = true;
    s.status = Status::cannot_obtain;
    s.suspect = untimed;
}

// What these tell holds until they are told otherwise. Circuits of the lung and the heart are not among them: one that
// runs is ended by whoever says so.
bool holds_on(Mapping const& mapping) {
    using model::Signal;
    if (mapping.kind == model::SignalKind::infusion) return true;
    switch (*mapping.signal) {
    case Signal::fio2:
    case Signal::fio2_set:
    case Signal::o2_flow:
    case Signal::peep_set:
    case Signal::rr_set:
    case Signal::vt_set:
    case Signal::vent_mode:
    case Signal::resp_device:
    case Signal::rrt: return true;
    default: return false;
    }
}

// Something was said, and what is not known.
bool says_what_nobody_can_read(Reason why, model::Reading const& reading) {
    using model::Status;
    if (reading.status == Status::deleted || reading.status == Status::wrong ||
        reading.status == Status::cannot_obtain || reading.status == Status::no_value)
        return false;
    // A single dose is no rate, and says nothing of one.
    if (reading.value.kind == model::Value::Kind::word && reading.value.word == model::Word::given) return false;
    switch (why) {
    case Reason::unmapped: return reading.value.kind == model::Value::Kind::number; // a code of something unlisted
    case Reason::text:
    case Reason::several:
    case Reason::comparator:
    case Reason::out_of_range:
    case Reason::overflow:
    case Reason::unknown_unit: return true;
    case Reason::no_value: return reading.value.absent == model::AbsentReason::unreadable;
    default: return false;
    }
}

void stand_unreadable(Mapping const& mapping, model::Reading const& reading, Interpreted& out) {
    if (!out.has_time || !holds_on(mapping) || !says_what_nobody_can_read(out.refused, reading)) return;
    out.unreadable = true;
    auto& s = out.sample;
    s.until.reset();
    s.value = {};
    s.comparator = model::Comparator::exactly;
    s.unit = model::Unit::none; // nothing can be worked out from it
    s.suspect = false;
    s.is_word = true;
    s.word = model::Word::unreadable;
}

} // namespace

std::uint64_t digest64(std::string_view bytes, std::uint64_t seed) {
    std::uint64_t h = seed;
    for (char c : bytes) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return h;
}

std::uint64_t result_name(std::string_view source, model::Channel const& channel) {
    std::uint64_t h = digest64(source);
    for (std::string_view part : {model::name_of(channel.system), std::string_view{channel.local_system},
                                  std::string_view{channel.code}, std::string_view{channel.sub_id}})
        h = digest64(part, digest64("\x1f", h));
    return h;
}

// A bare number is mostly that of a row in its message (OBX-4), another one in the next message.
model::PumpId pump_named(std::string_view sub_id) {
    if (sub_id.find_first_not_of("0123456789") == std::string_view::npos) return {};
    const auto name = digest64(sub_id);
    const auto folded = static_cast<std::uint32_t>(name ^ (name >> 32));
    return {folded == 0 ? 1U : folded};
}

Mapping map_channel(Rulebook const& rules, std::string_view source, model::Channel const& channel) {
    auto mapping = meaning_of(rules, source, channel);
    mapping.name = result_name(source, channel);
    if (mapping.kind == model::SignalKind::infusion) mapping.pump = pump_named(channel.sub_id);
    if (mapping.signal == model::Signal::norepinephrine) {
        mapping.salt = salt_told_by(rules, source);
        mapping.salt_factor = scores::salt_factor(rules.tables.sofa, mapping.salt);
    }
    return mapping;
}

model::EventTime event_time(model::DeviceTime said, std::optional<model::Duration> clock_offset) {
    if (!clock_offset ||
        (*clock_offset <= offset_that_counts && *clock_offset >= model::Duration{-offset_that_counts.ms}))
        return {said.ms};
    return {said.ms + clock_offset->ms};
}

Origin origin_of(model::Frame const& frame, model::LogTime at, std::uint64_t seq, Rulebook const& rules) {
    const auto ours = rules.simulated ? model::Processing::training : model::Processing::production;
    return {frame.source, frame.subject, frame.clock_offset, frame.message_time, at, seq, frame.processing == ours};
}

std::string_view order_of(model::Frame const& frame, model::Reading const& reading) {
    return reading.order == 0 || reading.order > frame.orders.size() ? std::string_view{}
                                                                     : frame.orders[reading.order - 1U];
}

Interpreted interpret(Rulebook const& rules, Mapping const& mapping, model::Channel const& channel,
                      model::Reading const& reading, std::uint32_t index, std::string_view order_token,
                      Origin const& origin) {
    Interpreted out;
    auto& s = out.sample;
    s.source = origin.source;
    s.channel = reading.channel;
    s.subject = origin.subject;
    s.ref = {origin.seq, index};
    s.status = reading.status;
    s.specimen = specimen_of(channel);
    s.method = channel.method;
    s.unit = mapping.unit;
    s.salt = mapping.salt;
    s.pump = mapping.pump;
    s.tie = mapping.name;
    if (!order_token.empty()) s.order = digest64(channel.sub_id, digest64(channel.code, digest64(order_token)));
    if (reading.time) {
        out.has_time = true;
        s.time = event_time(*reading.time, origin.clock_offset);
        if (reading.until) s.until = event_time(*reading.until, origin.clock_offset);
        s.message_time = origin.message_time ? event_time(*origin.message_time, origin.clock_offset) : s.time;
    } else if (origin.message_time) {
        s.time = s.message_time = event_time(*origin.message_time, origin.clock_offset); // of what is taken back alone
    }
    out.refused = read(rules, mapping, reading, origin, out);
    if (mapping.signal) stand_unreadable(mapping, reading, out);
    if (mapping.signal && !out.unreadable && (out.has_time || origin.message_time)) take_back(mapping, reading, out);
    return out;
}

} // namespace vigil::core
