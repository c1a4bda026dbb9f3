#pragma once
// What met the threshold, in the words of whoever checks it on paper: the same quantity in another unit, or another one
// that was worked out from the reading.

#include "vigil/v1/score.pb.h"

#include <string>
#include <string_view>

namespace vigil::wire {

// What an evidence was told for, and what stands beside it.
struct Told {
    std::string_view definition; // id@version+policy; empty: not of a score
    google::protobuf::RepeatedPtrField<v1::Evidence> const* beside = nullptr; // itself among them
    google::protobuf::RepeatedPtrField<std::string> const* flags = nullptr;
};

// "uo (first counted)"
std::string name_shown(v1::Evidence const& e, Told const& told);
// "giving P/F 140.0 mm[Hg]", "compared as 48.000 10*9/L"; empty where nothing was compared.
std::string comparison(v1::Evidence const& e, Told const& told);

} // namespace vigil::wire
