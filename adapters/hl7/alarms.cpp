#include "adapters/hl7/alarms.hpp"

#include <array>
#include <charconv>

namespace vigil::hl7 {

namespace {

using adapters::trimmed;
using model::AbsentReason;

// Small letters alone: "De-Escalate" and "deescalate" are one word. Longer than any word that is known: empty.
struct Plain {
    explicit Plain(std::string_view text) {
        for (const char c : text) {
            const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            if (small < 'a' || small > 'z') continue;
            if (size_ == room_.size()) {
                size_ = 0;
                return;
            }
            room_[size_++] = small;
        }
    }
    bool is(std::string_view word) const { return std::string_view(room_.data(), size_) == word; }
    template <class... Words>
    bool any_of(Words... words) const {
        return (is(words) || ...);
    }

private:
    std::array<char, 16> room_{};
    std::size_t size_ = 0;
};

struct Attribute {
    std::uint32_t code;
    std::string_view refid;
    Facet facet;
};
constexpr Attribute attributes[] = {
    {68164, "MDC_ATTR_ALERT_SOURCE", Facet::source}, // older numbers of the two
    {68165, "MDC_ATTR_EVENT_PHASE", Facet::phase},
    {68480, "MDC_ATTR_ALERT_SOURCE", Facet::source},
    {68481, "MDC_ATTR_EVENT_PHASE", Facet::phase},
    {68482, "MDC_ATTR_ALARM_STATE", Facet::state},
    {68483, "MDC_ATTR_ALARM_INACTIVATION_STATE", Facet::inactivation},
    {68484, "MDC_ATTR_ALARM_PRIORITY", Facet::priority},
    {68485, "MDC_ATTR_ALERT_TYPE", Facet::type},
};

// How the device ranks it. A bare number is no rank: whose 1 is the most urgent nobody says.
std::string_view rank_of(std::string_view priority) {
    const Plain word{priority};
    if (word.is("ph")) return "high";
    if (word.is("pm")) return "medium";
    if (word.is("pl")) return "low";
    if (word.is("pn")) return "note";
    return "unranked";
}

enum class Says : std::uint8_t { nothing, stands, over, unclear };

// Of something that has no duration.
bool is_moment(Plain const& phase) { return phase.is("tpoint"); }

Says by_phase(Plain const& phase, std::string_view text) {
    if (text.empty()) return Says::nothing;
    if (phase.any_of("start", "continue", "update", "escalate", "deescalate", "present", "tpoint")) return Says::stands;
    return phase.any_of("end", "reset") ? Says::over : Says::unclear;
}

// A latched alarm is over at the patient: what still sounds is the device.
Says by_state(Plain const& state, std::string_view text) {
    if (text.empty()) return Says::nothing;
    if (state.is("active")) return Says::stands;
    return state.any_of("inactive", "latched", "off") ? Says::over : Says::unclear;
}

// Both say so, or the one that says anything; the state of an update. What contradicts itself says neither.
Says said_of(Plain const& phase, Says by_phase, Says by_state) {
    const auto clear = [](Says s) { return s == Says::stands || s == Says::over; };
    if (is_moment(phase)) return Says::stands; // whatever its state is by then, it happened
    if (!clear(by_state)) return clear(by_phase) ? by_phase : std::max(by_phase, by_state);
    if (by_phase == Says::over && by_state == Says::stands) return Says::unclear;
    if (phase.any_of("start", "escalate", "present") && by_state == Says::over) return Says::unclear;
    return by_state;
}

} // namespace

Facet facet_of(std::string_view obx3, Delimiters const& d) {
    const auto one = trimmed(component(obx3, d, 1)), two = trimmed(component(obx3, d, 2));
    for (auto const& known : attributes) {
        std::array<char, 8> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), known.code).ptr;
        const std::string_view number(digits.data(), static_cast<std::size_t>(end - digits.data()));
        if (one == number || one == known.refid || two == known.refid) return known.facet;
    }
    return Facet::none;
}

void take_priority(std::string_view text, AlarmEvent& event) {
    if (Plain{text}.any_of("ph", "pm", "pl", "pn")) event.priority = trimmed(text);
}

void take_type(std::string_view text, AlarmEvent& event) {
    const Plain type{text};
    if (!type.any_of("st", "sp", "sa")) return;
    event.technical = type.is("st");
    event.typed = true;
}

void take_flags(std::string_view obx8, Delimiters const& d, AlarmEvent& event) {
    each_repetition(obx8, d.repetition, [&](std::string_view one) {
        take_priority(one, event);
        take_type(one, event);
    });
}

bool is_own_code(std::string_view coded, Delimiters const& d) {
    constexpr std::string_view own = "MDCX_VIGIL_";
    for (const std::size_t n : {1U, 2U, 5U})
        if (trimmed(component(coded, d, n)).starts_with(own)) return true;
    return false;
}

bool is_of_a_moment(AlarmEvent const& event) { return is_moment(Plain{event.phase}); }

void fold(AlarmEvent const& event, When const& made, Notes& notes, Result& out) {
    const Plain phase{event.phase};
    const auto says = said_of(phase, by_phase(phase, event.phase), by_state(Plain{event.state}, event.state));
    out.method = event.technical ? model::Method::technical_alarm : model::Method::alarm;
    out.status = event.retracted ? model::Status::wrong : model::Status::final;
    out.validity = event.validity;
    switch (says) {
    case Says::stands: out.coded = rank_of(event.priority); break;
    case Says::over: out.coded = "ended"; break;
    case Says::nothing: out.absent = AbsentReason::not_sent; break;
    case Says::unclear: out.absent = AbsentReason::text; break;
    }
    if (out.coded.empty()) ++notes.unclear_alarms;
    // That it still stands is true of when it is said; when it began and when it was over, of OBX-14.
    const bool change = says == Says::over || phase.is("start") || is_moment(phase) || event.phase.empty();
    When const& first = change ? event.changed : made;
    When const& second = change ? made : event.changed;
    When const& when = first.ms || first.unreadable ? first : second;
    out.time_ms = when.ms;
    if (when.ms) out.time_quality = when.quality;
    out.time_unreadable = when.unreadable;
    if (when.unreadable) ++notes.unreadable_times;
}

} // namespace vigil::hl7
