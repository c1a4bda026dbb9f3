// Whose sample, of which order and of what time the rows of a message are: OBR, ORC and SPM in the order of a
// laboratory (ORU^R01) and of an analyser (OUL).

#include "adapters/hl7/observations.hpp"

#include "adapters/hl7/tables.hpp"

namespace vigil::hl7 {

using adapters::trimmed;
using model::Specimen;
using model::TimeQuality;

void ObservationReader::begin_patient() {
    order_ = {};
    order_.first_result = out_->results.size();
    ordered_ = false;
    by_sample_ = false;
    sample_ = {};
    control_ = {};
}

void ObservationReader::begin_order(std::string_view segment) {
    finish_order();
    const Fields obr(segment, d_);
    ordered_ = true;
    order_.open = true;
    order_.filler = obr[3].empty() || is_null(obr[3]) ? control_ : first(obr[3], d_);
    control_ = {};
    order_.status = obr[25];
    order_.parent = obr[29];
    order_.start = time_of(obr[7]);
    order_.end = time_of(obr[8]);
    order_.reported = time_of(obr[22]);
    order_.of_sample = by_sample_ || !trimmed(obr[15]).empty();
    order_.of_obr.kind = specimen_of(obr[15], d_, settings_);
    order_.of_obr.of_nobody = is_role_of_nobody(component(obr[15], d_, 7));
    order_.first_result = out_->results.size();
}

// ORC comes before its OBR, or behind it (OUL), where what follows are still that OBR's results.
void ObservationReader::read_control(std::string_view segment) {
    const std::string_view sent = first(Fields(segment, d_)[3], d_);
    const std::string_view filler = is_null(trimmed(sent)) ? std::string_view{} : sent;
    const auto number = [&](std::string_view ei) { return trimmed(component(ei, d_, 1)); };
    const bool other =
        !number(filler).empty() && !number(order_.filler).empty() && number(filler) != number(order_.filler);
    if (!order_.open || other) finish_order();
    control_ = filler;
}

// SPM stands behind its order's results, or before its orders (OUL): which of the two, the first one of a patient says.
void ObservationReader::read_specimen(std::string_view segment) {
    const Fields spm(segment, d_);
    by_sample_ = by_sample_ || !ordered_;
    if (by_sample_) {
        sample_ = {};
        finish_order();
    }
    Sample& sample = by_sample_ ? sample_ : order_.sample;
    sample.kind = kind_of_both(sample.kind, specimen_of(spm[4], d_, settings_));
    sample.of_nobody = sample.of_nobody || is_role_of_nobody(component(spm[11], d_, 1));
    if (trimmed(sample.id).empty()) sample.id = first(spm[2], d_);
    const When collected = time_of(part(spm[17], d_.component, 1));
    if (!sample.collected.ms && !sample.collected.unreadable)
        sample.collected = collected;
    else if (collected.ms && collected.ms != sample.collected.ms) // two times: of which a result is, nobody says
        sample.collected = {std::nullopt, TimeQuality::unspecified, true};
    if (by_sample_) order_.sample = sample_;
    order_.of_sample = true;
}

// Specimen, collection time and order number are known only when the order's segments have all been read.
void ObservationReader::finish_order() {
    if (alarms_) return finish_alarm();
    auto& results = out_->results;
    std::string_view number = trimmed(order_.filler);
    std::string_view kind = "order";
    if (number.empty() || is_null(number)) {
        number = trimmed(order_.sample.id);
        kind = "specimen";
    }
    std::string_view token;
    if (!number.empty() && !is_null(number) && order_.first_result < results.size())
        token = scratch_.keep(settings_.key.token(kind, {}, number));
    for (std::size_t i = order_.first_result; i < results.size(); ++i) {
        results[i].order = token;
        finish_result(results[i]);
    }
    order_ = {};
    order_.sample = sample_;
    order_.first_result = results.size();
}

void ObservationReader::finish_result(Result& r) {
    Sample const& sample = order_.sample;
    const auto kind = sample.kind != Specimen::unspecified ? sample.kind : order_.of_obr.kind;
    // A volume of urine is of urine.
    r.specimen = kind == Specimen::not_blood && is_volume(r.system, r.code) ? Specimen::other : kind;
    if (sample.of_nobody || order_.of_obr.of_nobody) r.validity = model::Validity::test;
    // What was drawn is not of the moment at which the laboratory reported it, though some write that into OBX-14.
    When const& drawn = order_.start;
    if (order_.of_sample && r.time_ms && r.time_ms == order_.reported.ms && drawn.ms && *drawn.ms < *r.time_ms &&
        drawn.quality != TimeQuality::date_only && drawn.quality != TimeQuality::ambiguous) {
        r.time_ms = drawn.ms;
        r.time_quality = drawn.quality;
    }
    When const& collected = sample.collected;
    if (r.time_ms && r.time_quality == TimeQuality::date_only) {
        const When when = completed({r.time_ms, r.time_quality}, collected);
        r.time_ms = when.ms;
        r.time_quality = when.quality;
    }
    if (r.time_ms || r.time_quality != TimeQuality::unspecified || r.time_unreadable) return;
    if (collected.unreadable) {
        r.time_unreadable = true;
        ++out_->notes.unreadable_times;
    } else if (collected.ms) {
        r.time_ms = collected.ms;
        r.time_quality = collected.quality;
    } else if (message_time_) {
        r.time_ms = message_time_;
        r.time_quality = TimeQuality::substituted;
    }
}

} // namespace vigil::hl7
