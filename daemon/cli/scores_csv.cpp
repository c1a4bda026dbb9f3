#include "cli/scores_csv.hpp"

#include "cli/table_file.hpp"
#include "vigil/v1/score.pb.h"

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

} // namespace

std::string scores_csv_rows(std::string_view encounter, std::string_view at, v1::Score const& score) {
    std::string out;
    for (auto const& part : score.parts()) {
        const std::string value = part.has_points() ? std::to_string(part.points()) : part.label();
        out += fmt::format("{},{},{},{},{},{},", csv_cell(encounter), csv_cell(at), csv_cell(score.definition()),
                           part.part(), value, state_name(part.state()));
        // The same row as `vigil score` writes: bounds where there are points to bound, one missing for a component.
        const bool bounded = part.label().empty() && part.state() != v1::PART_STATE_NOT_APPLICABLE;
        const auto missing = part.part() == "total" ? part.missing() : part.has_points() ? 0U : 1U;
        out += bounded ? fmt::format("{},{},{}\n", part.lower(), part.upper(), missing) : ",,\n";
    }
    return out;
}

} // namespace vigil::cli
