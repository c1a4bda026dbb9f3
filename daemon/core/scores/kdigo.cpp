#include "core/scores/kdigo.hpp"

#include "core/scores/bands.hpp"
#include "core/scores/circuits.hpp"
#include "core/scores/replacement.hpp"

#include <array>

namespace vigil::scores {

using model::Part;
using model::PartState;
using model::Signal;
using model::Verdict;

namespace {

constexpr std::array signals = {
    Signal::crea,   Signal::crea_baseline, Signal::chronic_dialysis, Signal::uo, Signal::uo_day,
    Signal::weight, Signal::rrt,
};

constexpr std::array parts = {Part::total, Part::aki_crea, Part::aki_urine, Part::aki_rrt};

constexpr std::array components = {
    Component{one_part<kdigo_creatinine>, 1},
    Component{one_part<kdigo_urine>, 2},
    Component{one_part<kdigo_rrt>, 3},
};

int uncertainty(PartState s) { return s == PartState::provisional ? 2 : s == PartState::carried ? 1 : 0; }

// The worst path is the stage. That nobody charted renal replacement says nothing of the kidney, and enough urine
// nothing of the creatinine: a stage that creatinine gave has not passed because that is no longer measured. There is
// no stage 0 without one.
void worst_of(std::span<model::ScorePart> all) {
    model::ScorePart total;
    bool measured = false, applies = false;
    std::int32_t points = 0;
    for (auto const& p : all.subspan(1)) {
        total.lower = std::max(total.lower, p.lower);
        total.upper = std::max(total.upper, p.upper);
        if (p.state == PartState::not_measured) ++total.missing;
        applies = applies || p.state != PartState::not_applicable;
        if (!p.points) continue;
        measured = measured || p.part == Part::aki_crea || *p.points > 0;
        points = std::max(points, *p.points);
    }
    if (!applies) total.state = PartState::not_applicable;
    if (measured) {
        total.points = points;
        total.state = PartState::valued;
        for (auto const& p : all.subspan(1))
            if (p.points == points && uncertainty(p.state) > uncertainty(total.state)) total.state = p.state;
    }
    // While nobody knows whether replacement runs, what creatinine and urine say is no recovery.
    const auto& rrt = all[3];
    for (auto lost : {model::Flag::replacement_unheard, model::Flag::unreadable}) {
        if (!rrt.flags.has(lost) || points >= rrt.upper) continue;
        total.points.reset();
        total.state = PartState::not_measured;
        total.flags.add(lost);
    }
    all[0] = total;
}

} // namespace

constinit const Definition kdigo_definition{model::ScoreId::kdigo,     parts, components, worst_of, signals,
                                            edition_of<&Tables::kdigo>};

std::int32_t worst_stage(Inquiry const& q) { return worst_points(q.rules.tables.kdigo.ratios); }

std::optional<model::ScorePart> on_chronic_dialysis(Inquiry& q, Part part) {
    if (!attested_now(q, Signal::chronic_dialysis)) return std::nullopt;
    auto out = unmeasured(part, 0);
    out.state = PartState::not_applicable;
    if (q.explain)
        if (const auto s = q.timeline.latest(Signal::chronic_dialysis, q.at, {}))
            out.evidence.push_back(evidence_of(Signal::chronic_dialysis, *s, Verdict::used));
    return out;
}

// Replacement in the window, for whatever renal reason. Nobody charts that there is none; but of one that was begun and
// neither ended nor charted for long nobody knows.
model::ScorePart kdigo_rrt(Inquiry& q) {
    if (auto chronic = on_chronic_dialysis(q, Part::aki_rrt)) return *std::move(chronic);
    auto const& t = q.rules.tables.kdigo;
    auto part = unmeasured(Part::aki_rrt, worst_stage(q));
    const auto r = replacement(q, t.rrt);
    auto const& counts = r.continuous ? r.continuous : r.session;
    if (counts) {
        settle(part, t.rrt_points);
        if (q.explain) part.evidence.push_back(evidence_of(Signal::rrt, *counts, Verdict::used));
    } else if (r.lost) {
        add_flag(part, flag_of_lost(*r.lost));
        if (q.explain) part.evidence.push_back(evidence_of(Signal::rrt, *r.lost, Verdict::stale, model::Reason::stale));
    } else {
        settle(part, 0);
        if (q.explain) part.evidence.push_back(missing(Signal::rrt));
    }
    return part;
}

} // namespace vigil::scores
