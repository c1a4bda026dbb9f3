#pragma once
// What met the threshold, in the words of whoever checks it on paper: the same quantity in another unit, or another one
// that was worked out from the reading.

#include <string>
#include <string_view>

namespace vigil::v1 {
class Evidence;
class ScorePart;
} // namespace vigil::v1

namespace vigil::wire {

// What an evidence was told for.
struct Told {
    std::string_view definition;         // id@version+policy; empty: not of a score
    v1::ScorePart const* part = nullptr; // that it stands in; nullptr: in no part
};

// "uo (first counted)"
std::string name_shown(v1::Evidence const& e, Told const& told);
// "giving P/F 140.0 mm[Hg]", "compared as 48.000 10*9/L"; empty where nothing was compared.
std::string comparison(v1::Evidence const& e, Told const& told);

} // namespace vigil::wire
