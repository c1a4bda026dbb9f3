#pragma once
// The code that a part of a score is known by elsewhere: LOINC or SNOMED CT where one was published for exactly this
// quantity, and a local one where none was.

#include "core/model/score.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vigil::scores {

// clang-format off
#define VIGIL_TERM_SYSTEMS(X) X(LN) X(SCT) X(VIGIL)
// clang-format on
VIGIL_ENUM(TermSystem, std::uint8_t, term_system, VIGIL_TERM_SYSTEMS) // LOINC, SNOMED CT, local

struct PublicCode {
    TermSystem system{};
    std::string_view code;
};
// Nothing where none was published.
std::optional<PublicCode> public_code(model::ScoreId score, model::Part part);

// By the names of score and part: "sofa2.kidney"; of a total the score alone, "sofa2".
std::string local_code(std::string_view score, std::string_view part);

struct Code {
    TermSystem system{};
    std::string code;
};
// Every part of every score has one.
Code code_of(model::ScoreId score, model::Part part);

} // namespace vigil::scores
