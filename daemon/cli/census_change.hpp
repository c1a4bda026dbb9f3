#pragma once
// A row of a census file, or the arguments of a census subcommand, as the event that vigild takes.

#include "cli/identify.hpp"
#include "cli/table_file.hpp"

#include <string>

namespace vigil::v1 {
class CensusEvent;
}

namespace vigil::cli {

// Columns, all optional but what the kind needs: kind (admit), visit, patient, bed (UNIT/BED) or unit and bed,
// prior_bed, at, age, sex (f m o), absorbed_patient, absorbed_visit. Answers what is wrong, or nothing.
std::string census_change(TableRow const& row, Identify const& identify, v1::CensusEvent& out);

} // namespace vigil::cli
