#pragma once
// From the codes nobody knew to the rows of a source map that a person completes.

#include <string>

namespace vigil::v1 {
class DaemonStatus;
}

namespace vigil::cli {

// Rows of config/maps/*.tsv, most frequent codes first; the signal stands there where the unit or a known relative
// suggests one, as a comment. Every row is commented out: nothing is mapped before somebody has looked.
std::string map_skeleton(v1::DaemonStatus const& status);

} // namespace vigil::cli
