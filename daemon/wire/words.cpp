#include "wire/words.hpp"

#include "core/model/decimal.hpp"
#include "core/scores/codes.hpp"

#include <fmt/format.h>

namespace vigil::wire {

std::string priority(v1::Alert const& a) { return word(a.priority(), v1::Priority_Name(a.priority()), "PRIORITY_"); }
std::string condition(v1::Alert const& a) {
    return word(a.condition(), v1::ConditionState_Name(a.condition()), "CONDITION_STATE_");
}
std::string signal_state(v1::Alert const& a) {
    return word(a.signal(), v1::SignalState_Name(a.signal()), "SIGNAL_STATE_");
}
std::string notify(v1::Alert const& a) { return word(a.notify(), v1::Notify_Name(a.notify()), "NOTIFY_"); }
std::string verdict(v1::Evidence const& e) { return word(e.verdict(), v1::Verdict_Name(e.verdict()), "VERDICT_"); }
std::string state(v1::ScorePart const& p) { return word(p.state(), v1::PartState_Name(p.state()), "PART_STATE_"); }

std::string decimal(std::int64_t mantissa, std::uint32_t scale) {
    const auto value = model::make_decimal(mantissa, scale);
    return value ? model::to_string(*value) : "?";
}

std::string value_of(v1::Evidence const& evidence) {
    if (evidence.has_mantissa())
        return evidence.comparator() + decimal(evidence.mantissa(), evidence.scale()) +
               (evidence.unit().empty() ? "" : " " + evidence.unit());
    return evidence.coded().empty() ? "–" : evidence.coded();
}

ShownCode code_shown(v1::Score const& score, v1::ScorePart const& part) {
    if (!part.code().empty()) return {part.code_system(), part.code()};
    const std::string_view definition = score.definition();
    return {std::string{name_of(scores::TermSystem::VIGIL)},
            scores::local_code(definition.substr(0, definition.find('@')), part.part())};
}

} // namespace vigil::wire
