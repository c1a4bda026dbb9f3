#include "wire/batch.hpp"

#include "wire/limits.hpp"
#include "wire/text.hpp"
#include "wire/topic.hpp"

#include "vigil/v1/observation.pb.h"

#include <algorithm>

namespace vigil::wire {

namespace {

// The core's enumerations have the wire's numbering; a number of a newer contract is not guessed at.
static_assert(model::code_system_count == v1::CodeSystem_ARRAYSIZE && model::status_count == v1::Status_ARRAYSIZE);
static_assert(model::validity_count == v1::Validity_ARRAYSIZE && model::comparator_count == v1::Comparator_ARRAYSIZE);
static_assert(model::time_quality_count == v1::TimeQuality_ARRAYSIZE &&
              model::specimen_count == v1::Specimen_ARRAYSIZE);
static_assert(model::method_count == v1::Method_ARRAYSIZE && model::absent_reason_count == v1::AbsentReason_ARRAYSIZE);
static_assert(model::processing_count == v1::Processing_ARRAYSIZE &&
              model::sex_count == v1::CensusEvent::Sex_ARRAYSIZE);
static_assert(static_cast<int>(core::CensusKind::merge) == v1::CensusEvent::KIND_MERGE);

bool in_time(std::int64_t ms) { return ms >= earliest_ms && ms <= latest_ms; }

bool known_enums(v1::Reading const& r) {
    return v1::CodeSystem_IsValid(r.system()) && v1::Comparator_IsValid(r.comparator()) &&
           v1::AbsentReason_IsValid(r.absent()) && v1::TimeQuality_IsValid(r.time_quality()) &&
           v1::Status_IsValid(r.status()) && v1::Validity_IsValid(r.validity()) && v1::Method_IsValid(r.method()) &&
           v1::Specimen_IsValid(r.specimen());
}

Refusal check_reading(v1::Reading const& r) {
    if (!known_enums(r)) return "unknown_enum";
    if (r.system() == v1::CODE_SYSTEM_UNSPECIFIED || r.code().empty()) return "reading_without_code";
    if (!is_printable(r.code(), code_bytes) || !is_printable(r.local_system(), code_bytes) ||
        !is_printable(r.sub_id(), token_bytes) || !is_printable(r.unit(), unit_bytes))
        return "bad_text";
    if (!r.order().empty() && !is_identifier(r.order())) return "bad_identifier";
    if (r.has_mantissa() && r.has_coded()) return "two_values";
    if (r.has_mantissa() && !model::make_decimal(r.mantissa(), r.scale())) return "number_out_of_bounds";
    if (r.has_coded() && !is_identifier(r.coded())) return "bad_text";
    if ((r.has_time_ms() && !in_time(r.time_ms())) || (r.has_until_ms() && !in_time(r.until_ms())))
        return "time_out_of_bounds";
    return {};
}

Refusal check_head(v1::ObservationBatch const& b) {
    if (!is_token(b.source())) return "bad_source";
    if (b.message_id().empty() || !is_printable(b.message_id(), message_id_bytes)) return "bad_message_id";
    if (b.content_digest().size() != model::Digest{}.size()) return "bad_digest";
    if (b.part() > parts_per_message || b.parts() > parts_per_message) return "too_many_parts";
    if (b.has_message_time_ms() && !in_time(b.message_time_ms())) return "time_out_of_bounds";
    if (!in_time(b.received_ms())) return "time_out_of_bounds";
    if (b.has_clock_offset_ms() && (b.clock_offset_ms() > offset_ms || b.clock_offset_ms() < -offset_ms))
        return "time_out_of_bounds";
    if (b.readings_size() > static_cast<int>(readings_per_frame)) return "too_many_readings";
    if (b.census_size() > static_cast<int>(census_per_frame)) return "too_many_census_events";
    if (b.readings_size() > 0 && !b.has_subject()) return "no_subject";
    return {};
}

template <class To, class From>
To as(From value) {
    return static_cast<To>(static_cast<int>(value));
}

std::optional<model::Location> read_location(v1::Location const& in) {
    if (!is_token(in.unit()) || !is_token(in.bed())) return std::nullopt;
    return model::Location{in.unit(), in.bed()};
}

model::Value read_value(v1::Reading const& in) {
    model::Value out;
    out.comparator = as<model::Comparator>(in.comparator());
    if (in.has_mantissa()) {
        const auto number = model::make_decimal(in.mantissa(), in.scale());
        assert(number); // checked
        out.kind = model::Value::Kind::number;
        out.number = *number;
    } else if (const auto word = in.has_coded() ? model::parse_word(in.coded()) : std::nullopt) {
        out.kind = model::Value::Kind::word;
        out.word = *word;
    } else { // a word this version does not know is no value, and is counted as one that could not be read
        out.absent = in.has_coded() ? model::AbsentReason::unreadable : as<model::AbsentReason>(in.absent());
    }
    return out;
}

} // namespace

std::optional<model::Subject> read_subject(v1::Subject const& in) {
    model::Subject out;
    if (in.has_visit() && !is_identifier(in.visit())) return std::nullopt;
    if (in.patients_size() > static_cast<int>(patients_per_subject)) return std::nullopt;
    out.visit = in.visit();
    for (auto const& token : in.patients()) {
        if (!is_identifier(token)) return std::nullopt;
        out.patients.push_back(token);
    }
    if (in.has_location()) {
        out.location = read_location(in.location());
        if (!out.location) return std::nullopt;
    }
    return out;
}

std::optional<core::CensusChange> read_census(v1::CensusEvent const& in) {
    if (in.kind() == v1::CensusEvent::KIND_UNSPECIFIED || !v1::CensusEvent::Kind_IsValid(in.kind()))
        return std::nullopt;
    if (!v1::CensusEvent::Sex_IsValid(in.sex()) || in.absorbed_patients_size() > static_cast<int>(patients_per_subject))
        return std::nullopt;
    if (in.has_effective_ms() && !in_time(in.effective_ms())) return std::nullopt;
    if (in.has_age_years() && in.age_years() > 130) return std::nullopt;
    auto subject = read_subject(in.subject());
    if (!subject) return std::nullopt;
    core::CensusChange out;
    out.kind = as<core::CensusKind>(in.kind());
    out.subject = std::move(*subject);
    if (in.has_prior_location()) {
        out.prior_location = read_location(in.prior_location());
        if (!out.prior_location) return std::nullopt;
    }
    if (in.has_effective_ms()) out.effective = model::EventTime{in.effective_ms()};
    for (auto const& token : in.absorbed_patients()) {
        if (!is_identifier(token)) return std::nullopt;
        out.absorbed_patients.push_back(token);
    }
    if (in.has_absorbed_visit() && !is_identifier(in.absorbed_visit())) return std::nullopt;
    out.absorbed_visit = in.absorbed_visit();
    if (in.has_age_years()) out.age_years = in.age_years();
    out.sex = as<core::Sex>(in.sex());
    return out;
}

Refusal BatchReader::check(v1::ObservationBatch const& batch, bool simulated) {
    if (const auto why = check_head(batch); !why.empty()) return why;
    if (!v1::Processing_IsValid(batch.processing())) return "unknown_enum";
    if (simulated && batch.processing() != v1::PROCESSING_TRAINING) return "not_training"; // design 1.10
    for (auto const& reading : batch.readings())
        if (const auto why = check_reading(reading); !why.empty()) return why;
    return {};
}

Refusal BatchReader::read(v1::ObservationBatch const& batch, core::Engine const& engine, model::SourceId source,
                          Taken& out) {
    out.census.clear();
    auto& frame = out.frame;
    frame.source = source;
    frame.message_id = batch.message_id();
    std::copy(batch.content_digest().begin(), batch.content_digest().end(), frame.content.begin());
    frame.part = batch.part();
    frame.message_time.reset();
    if (batch.has_message_time_ms()) frame.message_time = model::DeviceTime{batch.message_time_ms()};
    frame.received = {batch.received_ms()};
    frame.clock_offset.reset();
    if (batch.has_clock_offset_ms()) frame.clock_offset = model::Duration{batch.clock_offset_ms()};
    frame.processing = as<model::Processing>(batch.processing());
    frame.subject = {};
    frame.new_channels.clear();
    frame.new_subjects.clear();
    frame.orders.clear();
    frame.readings.clear();

    for (auto const& event : batch.census()) {
        auto change = read_census(event);
        if (!change) return "bad_census_event";
        change->source = batch.source();
        change->message_id = frame.message_id;
        change->content = frame.content;
        change->processing = frame.processing;
        change->message_time = frame.message_time;
        out.census.push_back(std::move(*change));
    }
    out.has_frame = true;

    auto subject = read_subject(batch.subject());
    if (!subject) return "bad_subject";
    if (const auto known = engine.find_subject(*subject)) {
        frame.subject = *known;
    } else {
        frame.subject = {static_cast<std::uint32_t>(engine.state().subjects.size() + 1)};
        frame.new_subjects.push_back(std::move(*subject));
    }
    frame.readings.reserve(static_cast<std::size_t>(batch.readings_size()));
    std::size_t position = 0;
    for (auto const& reading : batch.readings())
        if (const auto why = take_reading(reading, engine, source, position++, frame); !why.empty()) return why;
    return {};
}

Refusal BatchReader::take_reading(v1::Reading const& in, core::Engine const& engine, model::SourceId source,
                                  std::size_t position, model::Frame& frame) {
    auto& out = frame.readings.emplace_back();
    out.channel = channel_of(in, engine, source, position, frame);
    out.value = read_value(in);
    if (in.has_time_ms()) out.time = model::DeviceTime{in.time_ms()};
    if (in.has_until_ms()) out.until = model::DeviceTime{in.until_ms()};
    out.time_quality = as<model::TimeQuality>(in.time_quality());
    out.status = as<model::Status>(in.status());
    out.validity = as<model::Validity>(in.validity());
    out.order = order_of(in.order(), frame);
    return {};
}

namespace {

bool same(model::Channel const& c, v1::Reading const& in) {
    return c.system == as<model::CodeSystem>(in.system()) && c.method == as<model::Method>(in.method()) &&
           c.specimen == as<model::Specimen>(in.specimen()) && c.code == in.code() && c.unit == in.unit() &&
           c.sub_id == in.sub_id() && c.local_system == in.local_system();
}

} // namespace

model::ChannelId BatchReader::channel_of(v1::Reading const& in, core::Engine const& engine, model::SourceId source,
                                         std::size_t position, model::Frame& frame) {
    auto const& known = engine.state().channels;
    auto& usual = usual_[source.value];
    if (position < usual.size() && usual[position].value != 0 && usual[position].value <= known.size() &&
        same(known[usual[position].value - 1], in))
        return usual[position];

    scratch_.source = source;
    scratch_.system = as<model::CodeSystem>(in.system());
    scratch_.code = in.code();
    scratch_.local_system = in.local_system();
    scratch_.unit = in.unit();
    scratch_.sub_id = in.sub_id();
    scratch_.method = as<model::Method>(in.method());
    scratch_.specimen = as<model::Specimen>(in.specimen());
    const auto wanted = [&] {
        const auto found = engine.find_channel(scratch_);
        if (found || channels_of(engine, source, frame) < channels_with_sub_id) return found;
        scratch_.sub_id.clear();
        const auto plain = engine.find_channel(scratch_);
        if (plain || channels_of(engine, source, frame) < channels_per_source) return plain;
        scratch_ = {source, model::CodeSystem::LOCAL, "overflow", {}, {}, {}, {}, {}};
        return engine.find_channel(scratch_);
    };
    if (const auto found = wanted()) {
        if (usual.size() <= position) usual.resize(position + 1);
        usual[position] = *found;
        return *found;
    }
    const auto first = known.size() + 1;
    for (std::size_t i = 0; i < frame.new_channels.size(); ++i)
        if (frame.new_channels[i] == scratch_) return {static_cast<std::uint32_t>(first + i)};
    frame.new_channels.push_back(scratch_);
    return {static_cast<std::uint32_t>(first + frame.new_channels.size() - 1)};
}

std::size_t BatchReader::channels_of(core::Engine const& engine, model::SourceId source, model::Frame const& frame) {
    auto const& known = engine.state().channels;
    if (known.size() < counted_) { // another engine
        channels_.clear();
        counted_ = 0;
    }
    for (; counted_ < known.size(); ++counted_) ++channels_[known[counted_].source.value];
    return channels_[source.value] + frame.new_channels.size();
}

std::uint16_t BatchReader::order_of(std::string const& token, model::Frame& frame) {
    if (token.empty()) return 0;
    const auto found =
        std::find(frame.orders.rbegin(), frame.orders.rend(), token); // results of one order stand together
    if (found == frame.orders.rend()) {
        frame.orders.push_back(token);
        return static_cast<std::uint16_t>(frame.orders.size());
    }
    return static_cast<std::uint16_t>(frame.orders.rend() - found);
}

} // namespace vigil::wire
