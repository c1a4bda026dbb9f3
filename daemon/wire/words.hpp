#pragma once
// The words of the wire as people read them, the same in a terminal and on a page.

#include "vigil/v1/alert.pb.h"
#include "vigil/v1/score.pb.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace vigil::wire {

// "PRIORITY_HIGH" → "high"
template <class Enum>
std::string word(Enum value, std::string const& name, std::string_view prefix) {
    if (static_cast<int>(value) == 0 || !name.starts_with(prefix)) return "unknown";
    std::string out = name.substr(prefix.size());
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

std::string priority(v1::Alert const& a);
std::string condition(v1::Alert const& a);
std::string signal_state(v1::Alert const& a);
std::string notify(v1::Alert const& a);
std::string verdict(v1::Evidence const& e);
std::string state(v1::ScorePart const& p);

// "7.40" of mantissa and scale.
std::string decimal(std::int64_t mantissa, std::uint32_t scale);
// What was read, with its comparator and unit; what a word says; "–" for nothing.
std::string value_of(v1::Evidence const& evidence);
// The code of a part as vigild told it; where it told none the local one.
struct ShownCode {
    std::string system, code;
};
ShownCode code_shown(v1::Score const& score, v1::ScorePart const& part);

} // namespace vigil::wire
