// Creatinine of APACHE II. Acute renal failure, which doubles its points, is what a person says it is; else KDIGO stage
// 2 and more, or renal replacement, in somebody who was not on dialysis before (scores.md 10.1). Urine that was not
// told leaves nothing open: creatinine is there.

#include "core/scores/apache2.hpp"

#include "core/scores/first_day.hpp"
#include "core/scores/kdigo.hpp"
#include "core/scores/support.hpp"

namespace vigil::scores {

using model::EventTime;
using model::Part;
using model::PartState;
using model::ScorePart;
using model::Signal;
using model::Verdict;

namespace {

struct Failure {
    Known present = Known::unknown;
    bool presumed = false; // against a baseline that nobody measured
    model::Flags flags;
    std::vector<model::Evidence> evidence;
};

Failure said_by(Inquiry const& q, Signal signal, YesNo const& fact, bool present) {
    Failure out;
    out.present = present ? Known::yes : Known::no;
    if (q.explain) out.evidence.push_back(evidence_of(signal, *fact.sample, Verdict::used));
    return out;
}

// What is certain of a path of KDIGO.
Known reaches(ScorePart const& path, std::int32_t stage) {
    if (path.lower >= stage) return Known::yes;
    return path.upper < stage ? Known::no : Known::unknown;
}

Failure acute_failure(Inquiry& q, EventTime asked) {
    const auto dialysis = yes_or_no(q, Signal::chronic_dialysis, asked);
    if (dialysis.said == true) return said_by(q, Signal::chronic_dialysis, dialysis, false);
    const auto attested = yes_or_no(q, Signal::acute_renal_failure, asked);
    if (attested.said) return said_by(q, Signal::acute_renal_failure, attested, *attested.said);
    const auto stage = q.rules.tables.apache2.failure_stage;
    const auto rrt = kdigo_rrt(q), crea = kdigo_creatinine(q);
    const auto by_rrt = reaches(rrt, stage), by_crea = reaches(crea, stage);
    if (const auto urine = kdigo_urine(q); by_rrt != Known::yes && by_crea != Known::yes && urine.lower >= stage)
        return {Known::yes, false, urine.flags, urine.evidence};
    Failure out;
    auto const& decides = by_rrt == Known::yes || (by_rrt == Known::unknown && by_crea != Known::yes) ? rrt : crea;
    out.flags = decides.flags;
    out.evidence = decides.evidence;
    if (by_rrt == Known::yes || by_crea == Known::yes)
        out.present = Known::yes;
    else if (by_rrt == Known::no && by_crea == Known::no)
        out.present = Known::no;
    else if (crea.points && *crea.points >= stage) {
        out.present = Known::yes;
        out.presumed = true;
        out.flags = crea.flags;
        out.evidence = crea.evidence;
    }
    return out;
}

} // namespace

ScorePart apache2_creatinine(Inquiry& q, EventTime asked) {
    auto const& t = q.rules.tables.apache2;
    auto part = worst_result(q, t.columns, Part::crea, Signal::crea);
    if (part.upper == 0) return part; // twice nothing
    const auto failure = acute_failure(q, asked);
    const bool certain = failure.present == Known::yes && !failure.presumed;
    if (failure.present != Known::no) part.upper *= t.failure_times;
    if (certain) part.lower *= t.failure_times;
    if (failure.present == Known::yes && part.points) part.points = *part.points * t.failure_times;
    if (failure.presumed && part.points) part.state = PartState::provisional;
    if (part.points || failure.present != Known::no)
        for (auto f : failure.flags) add_flag(part, f);
    part.evidence.insert(part.evidence.end(), failure.evidence.begin(), failure.evidence.end());
    return part;
}

} // namespace vigil::scores
