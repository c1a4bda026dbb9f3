#pragma once
// Scores that vigild gave, in the CSV of design 4.3, so that live and offline results can be laid side by side.

#include <cstdint>
#include <string>
#include <string_view>

namespace vigil::v1 {
class Score;
}

namespace vigil::cli {

inline constexpr std::string_view scores_csv_header = "encounter,at,definition,part,value,state,lower,upper,missing\n";
// One row a part.
std::string scores_csv_rows(std::string_view encounter, std::string_view at, v1::Score const& score);

} // namespace vigil::cli
