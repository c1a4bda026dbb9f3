#include "core/scores/codes.hpp"

#include <array>

namespace vigil::scores {

using model::Part;
using model::ScoreId;

namespace {

struct Published {
    ScoreId score{};
    Part part{};
    PublicCode code;
};

// A code means one quantity by one definition, so that no two parts share one.
// - SOFA-2 has no LOINC term and its organs are other quantities than those of SOFA: it never goes by SOFA's codes.
// - Points for P/F (Murray) are no P/F; the worst of a day is one, as is the newest.
// - SNOMED CT 67782005 is the disorder ARDS, a finding about the patient. That a definition's criteria are met is not
//   that finding, so the classes of Berlin, the Global definition and Kigali stay local.
// - The panel SOFA, LOINC 96789-3, is the set of these and no part.
constexpr std::array published = {
    // LOINC 2.70 and later, panel 96789-3.
    Published{ScoreId::sofa, Part::total, {TermSystem::LN, "96790-1"}},
    Published{ScoreId::sofa, Part::resp, {TermSystem::LN, "96823-0"}},
    Published{ScoreId::sofa, Part::coag, {TermSystem::LN, "96824-8"}},
    Published{ScoreId::sofa, Part::liver, {TermSystem::LN, "96825-5"}},
    Published{ScoreId::sofa, Part::cardio, {TermSystem::LN, "96826-3"}},
    Published{ScoreId::sofa, Part::cns, {TermSystem::LN, "96827-1"}},
    Published{ScoreId::sofa, Part::renal, {TermSystem::LN, "96828-9"}},
    // LOINC: quick SOFA.
    Published{ScoreId::qsofa, Part::total, {TermSystem::LN, "96791-9"}},
    // LOINC: Horowitz index in arterial blood; only arterial gases count for the part.
    Published{ScoreId::lung_indices, Part::pf, {TermSystem::LN, "50984-4"}},
    // SNOMED CT UK edition: Royal College of Physicians National Early Warning Score 2, total score.
    Published{ScoreId::news2, Part::total, {TermSystem::SCT, "1104051000000101"}},
};

} // namespace

std::optional<PublicCode> public_code(ScoreId score, Part part) {
    for (auto const& p : published)
        if (p.score == score && p.part == part) return p.code;
    return std::nullopt;
}

std::string local_code(std::string_view score, std::string_view part) {
    std::string out{score};
    if (part != model::name_of(Part::total)) out.append(1, '.').append(part);
    return out;
}

Code code_of(ScoreId score, Part part) {
    if (const auto known = public_code(score, part)) return {known->system, std::string{known->code}};
    return {TermSystem::VIGIL, local_code(model::name_of(score), model::name_of(part))};
}

} // namespace vigil::scores
