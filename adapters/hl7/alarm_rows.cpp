// The rows of an ORU^R40 as they come: an OBR is one alarm, its OBX are facets of it (devices.md 7).

#include "adapters/hl7/observations.hpp"

#include "adapters/hl7/tables.hpp"

#include <algorithm>

namespace vigil::hl7 {

namespace {

using adapters::trimmed;
using model::CodeSystem;
using model::TimeQuality;

constexpr std::uint32_t alarm_event = 196616; // MDC_EVT_ALARM: says only that it is one

bool is_event(std::uint32_t mdc) { return mdc >= 196608 && mdc < 262144; }
bool is_device(std::uint32_t mdc) { return mdc >= 65536 && mdc < 131072; }

// A name of the nomenclature that has no number yet (0^MDCX_...), under which it must stay apart from the others.
Code named(std::string_view coded, Delimiters const& d, Code found, adapters::SiteKey const& key, Scratch& scratch) {
    if (found.system != CodeSystem::LOCAL || (found.code != "0" && !found.code.empty())) return found;
    const auto name = trimmed(component(coded, d, 2));
    found.code = name.empty() ? std::string_view{} : plain_or_token(name, "code", 40, key, scratch);
    return found;
}

} // namespace

// The event is what stands in facet 1, or what has a code of one; technical alarms carry it as their value.
void ObservationReader::take_event(Fields const& obx, Code const& found) {
    const bool coded = found.mdc == alarm_event;
    if (coded && !trimmed(obx[2]).starts_with('C')) return;
    const std::string_view field = coded ? first(obx[5], d_) : obx[3];
    event_.code = named(field, d_, coded ? code(field) : found, settings_.key, scratch_);
    event_.own = is_own_code(field, d_);
    if (event_.code.code.empty()) return;
    has_event_ = true;
    if (coded && !event_.typed) event_.technical = true;
    event_.changed = time_of(obx[14]);
    event_.validity = validity_of(obx[8], d_);
    const auto status = status_of(obx, order_.status, out_->notes.unknown_statuses);
    event_.retracted = status == model::Status::wrong || status == model::Status::deleted;
    if (found.disagreement) ++out_->notes.code_disagreements;
    take_flags(obx[8], d_, event_);
}

void ObservationReader::read_alarm_row(std::string_view segment) {
    const Fields obx(segment, d_);
    const auto value = trimmed(component(obx[5], d_, 1));
    switch (facet_of(obx[3], d_)) {
    case Facet::phase: event_.phase = value; return;
    case Facet::state: event_.state = value; return;
    case Facet::priority: take_priority(value, event_); return;
    case Facet::type: take_type(value, event_); return;
    case Facet::inactivation: return; // what somebody did about it at the device
    case Facet::source:
        if (event_.about.empty()) event_.about = code(first(obx[5], d_)).code;
        return;
    case Facet::none: break;
    }
    const Code found = code(obx[3]);
    const auto place = containment_of(obx[4]);
    const bool first_facet = place && place->depth >= 5 && place->level[4] == 1;
    if (is_device(found.mdc)) {
        ++out_->notes.structural;
    } else if (!has_event_ && (first_facet || is_event(found.mdc))) {
        take_event(obx, found);
    } else if (!is_event(found.mdc) && found.system == CodeSystem::MDC && event_.about.empty()) {
        event_.about = found.code; // the quantity, with its value at that moment: PCD-01 tells that one
    }
}

void ObservationReader::finish_alarm() {
    const bool any = order_.open && (has_event_ || !event_.phase.empty() || !event_.state.empty());
    const std::string_view first_message = component(order_.parent, d_, 2);
    const auto space = [&](std::string_view field, std::size_t n, std::size_t sub) {
        return trimmed(part(part(field, d_.component, n), d_.subcomponent, sub));
    };
    event_.own = event_.own || space(order_.parent, 2, 2) == "VIGIL" || space(order_.filler, 2, 1) == "VIGIL";
    if (any && event_.own) {
        ++out_->notes.own_alerts;
    } else if (any && !has_event_) {
        ++out_->notes.alarms_without_event;
    } else if (any) {
        Result& result = out_->results.emplace_back();
        result.system = event_.code.system;
        result.code = event_.code.code;
        result.local_system = event_.code.local_system;
        result.sub_id = plain_or_token(event_.about, "sub", 32, settings_.key, scratch_);
        fold(event_, order_.start, out_->notes, result);
        if (!result.time_ms && !result.time_unreadable && message_time_) {
            result.time_ms = message_time_;
            result.time_quality = TimeQuality::substituted;
        }
        if (is_of_a_moment(event_)) result.until_ms = result.time_ms;
        // Its first message names it; without that (some senders keep one number from beginning to end) its own.
        auto identity = trimmed(first_message.empty() ? component(order_.parent, d_, 1) : first_message);
        if (identity.empty() || is_null(identity)) identity = trimmed(component(order_.filler, d_, 1));
        if (!identity.empty() && !is_null(identity))
            result.order = scratch_.keep(settings_.key.token("alarm", {}, identity));
    }
    event_ = {};
    has_event_ = false;
    order_ = {};
    order_.first_result = out_->results.size();
}

} // namespace vigil::hl7
