#include "cli/scores_csv.hpp"

#include "cli/iso_time.hpp"
#include "cli/table_file.hpp"
#include "core/model/decimal.hpp"
#include "core/scores/definition.hpp"
#include "vigil/v1/score.pb.h"
#include "wire/words.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace vigil::cli {

namespace {

std::string_view state_name(v1::PartState state) {
    switch (state) {
    case v1::PART_STATE_VALUED: return "valued";
    case v1::PART_STATE_CARRIED: return "carried";
    case v1::PART_STATE_PROVISIONAL: return "provisional";
    case v1::PART_STATE_NOT_APPLICABLE: return "not_applicable";
    default: return "not_measured";
    }
}

// The first reading that was used or stood in for another; where nothing was measured none decided.
std::string deciding_cells(v1::ScorePart const& part, std::int64_t shift_ms) {
    auto const& all = part.evidence();
    const auto used = std::find_if(all.begin(), all.end(), [](auto const& e) {
        return e.verdict() == v1::VERDICT_USED || e.verdict() == v1::VERDICT_SUBSTITUTED;
    });
    if (used == all.end() || part.state() == v1::PART_STATE_NOT_MEASURED) return ",,,,";
    const auto time = used->has_event_time_ms() ? show_instant(used->event_time_ms() - shift_ms) : std::string{};
    const auto value =
        used->has_mantissa()
            ? used->comparator() +
                  model::to_string(model::Decimal{used->mantissa(), static_cast<std::uint8_t>(used->scale())})
            : used->coded();
    return fmt::format(",{},{},{},{}", csv_cell(used->signal()), time, csv_cell(value), csv_cell(used->unit()));
}

std::string meaning_cells(v1::ScorePart const& part) {
    if (!part.has_value_mantissa()) return fmt::format(",{},,", csv_cell(part.label()));
    const model::Decimal value{part.value_mantissa(), static_cast<std::uint8_t>(part.value_scale())};
    return fmt::format(",{},{},{}", csv_cell(part.label()), model::to_string(value), csv_cell(part.value_unit()));
}

} // namespace

std::string scores_csv_heading(bool deciding, bool meanings, bool codes) {
    std::string out{deciding ? scores_csv_header_deciding : scores_csv_header};
    const auto add = [&](std::string_view more) {
        out.back() = ',';
        out += more;
    };
    if (meanings) add(scores_csv_header_meanings);
    if (codes) add(scores_csv_header_codes);
    return out;
}

bool any_meanings(std::span<std::string const> scores) {
    return std::any_of(scores.begin(), scores.end(), [](std::string const& name) {
        const auto id = model::parse_score_id(name);
        return id && scores::definition(*id).meanings;
    });
}

std::string scores_csv_rows(std::string_view encounter, std::string_view at, v1::Score const& score,
                            std::optional<Deciding> deciding, bool meanings, bool codes) {
    std::string out;
    for (auto const& part : score.parts()) {
        const bool is_class = !part.label().empty() && part.part() != "total"; // what a total means stands in no column
        const std::string value = part.has_points() ? std::to_string(part.points()) : is_class ? part.label() : "";
        out += fmt::format("{},{},{},{},{},{},", csv_cell(encounter), csv_cell(at), csv_cell(score.definition()),
                           part.part(), value, state_name(part.state()));
        // The same row as `vigil score` writes: bounds where there are points to bound, one missing for a component.
        const bool only_value = !part.value_unit().empty() && !part.has_points();
        const bool bounded = !is_class && part.state() != v1::PART_STATE_NOT_APPLICABLE && !only_value;
        const auto missing = part.part() == "total" ? part.missing() : part.has_points() ? 0U : 1U;
        out += bounded ? fmt::format("{},{},{}", part.lower(), part.upper(), missing) : ",,";
        if (deciding) out += deciding_cells(part, deciding->shift_ms);
        if (meanings) out += meaning_cells(part);
        if (codes) {
            const auto known = wire::code_shown(score, part);
            out += fmt::format(",{},{}", csv_cell(known.system), csv_cell(known.code));
        }
        out += '\n';
    }
    return out;
}

} // namespace vigil::cli
