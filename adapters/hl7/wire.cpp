#include "adapters/hl7/wire.hpp"

#include "vigil/v1/identity.pb.h"
#include "vigil/v1/observation.pb.h"

#include <algorithm>

namespace vigil::hl7 {

namespace {

// The numbering of the model's enumerations is the wire's.
static_assert(static_cast<int>(model::CodeSystem::LOCAL) == v1::CODE_SYSTEM_LOCAL);
static_assert(static_cast<int>(model::Status::no_value) == v1::STATUS_NO_VALUE);
static_assert(static_cast<int>(model::Validity::calibrating) == v1::VALIDITY_CALIBRATING);
static_assert(static_cast<int>(model::Comparator::greater_equal) == v1::COMPARATOR_GREATER_EQUAL);
static_assert(static_cast<int>(model::TimeQuality::date_only) == v1::TIME_QUALITY_DATE_ONLY);
static_assert(static_cast<int>(model::Specimen::not_blood) == v1::SPECIMEN_NOT_BLOOD);
static_assert(static_cast<int>(model::Method::technical_alarm) == v1::METHOD_TECHNICAL_ALARM);
static_assert(static_cast<int>(model::AbsentReason::sentinel) == v1::ABSENT_REASON_SENTINEL);
static_assert(static_cast<int>(model::Processing::debugging) == v1::PROCESSING_DEBUGGING);
static_assert(static_cast<int>(Movement::Kind::merge) == v1::CensusEvent::KIND_MERGE);
static_assert(static_cast<int>(Movement::Sex::other) == v1::CensusEvent::SEX_OTHER);

void set(v1::Location& out, adapters::Place const& place) {
    out.set_unit(place.unit);
    out.set_bed(place.bed);
}

void set(v1::Subject& out, Subject const& subject) {
    if (!subject.visit.empty()) out.set_visit(subject.visit);
    for (auto const& token : subject.patients) out.add_patients(token);
    if (subject.location) set(*out.mutable_location(), *subject.location);
}

void assign(std::string* out, std::string_view text) { out->assign(text.data(), text.size()); }

void set(v1::Reading& out, Result const& r) {
    out.set_system(static_cast<v1::CodeSystem>(r.system));
    assign(out.mutable_code(), r.code);
    if (!r.local_system.empty()) assign(out.mutable_local_system(), r.local_system);
    if (r.number) {
        out.set_mantissa(r.number->mantissa);
        out.set_scale(r.number->scale);
        out.set_comparator(static_cast<v1::Comparator>(r.comparator));
    } else if (!r.coded.empty()) {
        assign(out.mutable_coded(), r.coded);
    } else {
        out.set_absent(static_cast<v1::AbsentReason>(r.absent));
    }
    if (!r.unit.empty()) assign(out.mutable_unit(), r.unit);
    if (r.time_ms) out.set_time_ms(*r.time_ms);
    if (r.until_ms) out.set_until_ms(*r.until_ms);
    out.set_time_quality(static_cast<v1::TimeQuality>(r.time_quality));
    out.set_status(static_cast<v1::Status>(r.status));
    out.set_validity(static_cast<v1::Validity>(r.validity));
    out.set_method(static_cast<v1::Method>(r.method));
    out.set_specimen(static_cast<v1::Specimen>(r.specimen));
    if (!r.order.empty()) assign(out.mutable_order(), r.order);
    if (!r.sub_id.empty()) assign(out.mutable_sub_id(), r.sub_id);
}

void set(v1::CensusEvent& out, Movement const& m) {
    out.set_kind(static_cast<v1::CensusEvent::Kind>(m.kind));
    set(*out.mutable_subject(), m.subject);
    if (m.prior_location) set(*out.mutable_prior_location(), *m.prior_location);
    if (m.effective_ms) out.set_effective_ms(*m.effective_ms);
    for (auto const& token : m.absorbed_patients) out.add_absorbed_patients(token);
    if (!m.absorbed_visit.empty()) out.set_absorbed_visit(m.absorbed_visit);
    if (m.age) out.set_age_years(*m.age);
    out.set_sex(static_cast<v1::CensusEvent::Sex>(m.sex));
}

std::size_t pieces(std::size_t count, std::size_t size) { return (count + size - 1) / size; }

// Movements travel with the first patient's readings.
std::size_t batches_in(Decoded const& decoded, Group const& group) {
    const std::size_t movements = &group == &decoded.groups.front() ? decoded.movements.size() : 0;
    return std::max(
        {std::size_t{1}, pieces(group.last - group.first, readings_per_batch), pieces(movements, movements_per_batch)});
}

void begin(Decoded const& decoded, Envelope const& envelope, std::uint32_t part, std::uint32_t parts,
           v1::ObservationBatch& batch) {
    batch.Clear();
    batch.set_message_id(decoded.message_id);
    batch.set_content_digest(envelope.digest.data(), envelope.digest.size());
    batch.set_part(part);
    batch.set_parts(parts);
    if (decoded.message_time_ms) batch.set_message_time_ms(*decoded.message_time_ms);
    batch.set_received_ms(envelope.received_ms);
    if (envelope.clock_offset_ms) batch.set_clock_offset_ms(*envelope.clock_offset_ms);
    batch.set_processing(static_cast<v1::Processing>(decoded.processing));
    batch.set_urgent(envelope.urgent);
}

} // namespace

std::size_t batches_in(Decoded const& decoded) {
    std::size_t n = 0;
    for (auto const& group : decoded.groups) n += batches_in(decoded, group);
    return n;
}

void each_batch(Decoded const& decoded, Envelope const& envelope,
                std::function<void(v1::ObservationBatch&)> const& take) {
    v1::ObservationBatch batch;
    const auto parts = static_cast<std::uint32_t>(batches_in(decoded));
    std::uint32_t part = 0;
    for (auto const& group : decoded.groups) {
        const std::size_t pieces_here = batches_in(decoded, group);
        for (std::size_t piece = 0; piece < pieces_here; ++piece, ++part) {
            begin(decoded, envelope, part, parts, batch);
            set(*batch.mutable_subject(), group.subject);
            const std::size_t to = std::min(group.last, group.first + (piece + 1) * readings_per_batch);
            for (std::size_t i = group.first + piece * readings_per_batch; i < to; ++i)
                set(*batch.add_readings(), decoded.results[i]);
            if (&group == &decoded.groups.front())
                for (std::size_t i = piece * movements_per_batch;
                     i < std::min(decoded.movements.size(), (piece + 1) * movements_per_batch); ++i)
                    set(*batch.add_census(), decoded.movements[i]);
            take(batch);
        }
    }
}

void to_wire(Card const& card, v1::IdentityCard& out) {
    for (auto const& token : card.tokens) out.add_tokens(token);
    if (!card.family.empty()) out.set_family_name(card.family);
    if (!card.given.empty()) out.set_given_name(card.given);
    if (!card.birth_date.empty()) out.set_birth_date(card.birth_date);
    for (auto const& id : card.identifiers) {
        auto& wire = *out.add_identifiers();
        wire.set_type(id.type);
        wire.set_authority(id.authority);
        wire.set_value(id.value);
    }
}

} // namespace vigil::hl7
