#pragma once
// Rows of the record of days as CSV, in the words of `vigil score` (design 4.3) where they mean the same.

#include "core/days.hpp"

#include <string>
#include <string_view>

namespace vigil::wire {

inline constexpr std::string_view days_csv_header =
    "encounter,at,definition,part,value,state,lower,upper,missing,class,quantity,quantity_unit,"
    "basis,day,from,status,revision,reason,recorded_at,seq,sha256\n";

// One row a part; of a day that was not scored one row, without value and state. `subject`: a first cell; null: none.
std::string days_csv_rows(core::DayScored const& day, std::uint64_t seq, model::LogTime recorded_at,
                          std::string const* subject);

} // namespace vigil::wire
