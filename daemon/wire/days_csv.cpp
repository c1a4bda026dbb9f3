#include "wire/days_csv.hpp"

#include "core/model/hex.hpp"
#include "core/scores/definition.hpp"
#include "wire/instant.hpp"
#include "wire/text.hpp"

#include <fmt/format.h>

namespace vigil::wire {

namespace {

std::string value_cells(model::ScorePart const& p) {
    using model::PartState;
    const bool is_class = p.label && p.part != model::Part::total; // what a total means stands under `class`
    const std::string value = p.points   ? std::to_string(*p.points)
                              : is_class ? std::string{model::name_of(*p.label)}
                                         : std::string{};
    const bool only_value = p.value_unit != model::Unit::none && !p.points;
    const bool bounded = !is_class && p.state != PartState::not_applicable && !only_value;
    const unsigned missing = p.part == model::Part::total ? p.missing : p.points ? 0U : 1U;
    auto out = fmt::format("{},{},{},", model::name_of(p.part), value, model::name_of(p.state));
    out += bounded ? fmt::format("{},{},{}", p.lower, p.upper, missing) : ",,";
    out += fmt::format(",{},{},{}", p.label ? model::name_of(*p.label) : std::string_view{},
                       p.value ? model::to_string(*p.value) : "",
                       p.value ? csv_cell(model::ucum(p.value_unit)) : std::string{});
    return out;
}

} // namespace

std::string days_csv_rows(core::DayScored const& day, std::uint64_t seq, model::LogTime recorded_at,
                          std::string const* subject) {
    const auto begin =
        (subject != nullptr ? csv_cell(*subject) + "," : std::string{}) +
        fmt::format("{},{},{},", csv_cell(day.pseudonym), show_instant(day.to.ms), csv_cell(day.definition));
    const auto status = day.status == core::DayStatus::settled ? std::string_view{"final"} : core::name_of(day.status);
    const auto reason = day.reason == core::DayReason::none ? std::string_view{} : core::name_of(day.reason);
    const auto end = fmt::format(",{},{},{},{},{},{},{},{},{}\n", model::name_of(day.key.basis), day.number,
                                 show_instant(day.from.ms), status, day.revision, reason, show_instant(recorded_at.ms),
                                 seq, model::hex(day.sha256));
    if (day.parts.empty())
        return begin + fmt::format("{},,,,,,,,", model::name_of(scores::definition(day.key.id).parts.front())) + end;
    std::string out;
    for (auto const& p : day.parts) out += begin + value_cells(p) + end;
    return out;
}

} // namespace vigil::wire
