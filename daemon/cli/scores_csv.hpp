#pragma once
// Scores that vigild gave, in the CSV of design 4.3, so that live and offline results can be laid side by side.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vigil::v1 {
class Score;
class ScorePart;
} // namespace vigil::v1

namespace vigil::cli {

inline constexpr std::string_view scores_csv_header = "encounter,at,definition,part,value,state,lower,upper,missing\n";
// With the reading that decided the part.
inline constexpr std::string_view scores_csv_header_deciding =
    "encounter,at,definition,part,value,state,lower,upper,missing,"
    "deciding_signal,deciding_at,deciding_value,deciding_unit\n";

// Where any of the scores has parts that have a class beside points, or are quantities; appended behind everything
// else but codes.
inline constexpr std::string_view scores_csv_header_meanings = "class,quantity,quantity_unit\n";
// With the code of each part, behind everything else.
inline constexpr std::string_view scores_csv_header_codes = "code_system,code\n";
std::string scores_csv_heading(bool deciding, bool meanings, bool codes = false);
// One of them has such parts.
bool any_meanings(std::span<std::string const> scores);

// Also name the deciding reading; its time is told as `shift_ms` earlier than vigild says.
struct Deciding {
    std::int64_t shift_ms = 0;
};
// One row a part.
std::string scores_csv_rows(std::string_view encounter, std::string_view at, v1::Score const& score,
                            std::optional<Deciding> deciding = {}, bool meanings = false, bool codes = false);

} // namespace vigil::cli
