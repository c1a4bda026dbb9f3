#include "core/scores/sic.hpp"

#include "core/scores/circuits.hpp"
#include "core/scores/laboratory.hpp"
#include "core/scores/signal_groups.hpp"
#include "core/scores/sofa.hpp"
#include "core/scores/total.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vigil::scores {

using model::Label;
using model::Part;
using model::ScorePart;
using model::Signal;

namespace {

// The four organs in the same question, under SOFA's first policy, which is `published`.
std::array<ScorePart, 5> organs_of_sofa(Inquiry& q) {
    const auto own = std::exchange(q.key, model::ScoreKey{model::ScoreId::sofa, q.key.product, q.key.basis, 0});
    std::array<ScorePart, 5> out = {ScorePart{}, sofa_resp(q), sofa_cardio(q), sofa_liver(q), sofa_renal(q)};
    q.key = own;
    add_up(out);
    return out;
}

// Their sum, which counts up to a limit. Evidence and flags of the organs, the worst first.
ScorePart organs(Inquiry& q) {
    const auto most = q.rules.tables.sic.organs_most;
    auto sofa = organs_of_sofa(q);
    ScorePart part = sofa[0];
    part.part = Part::organs;
    if (part.points) part.points = std::min(*part.points, most);
    part.lower = std::min(part.lower, most);
    part.upper = std::min(part.upper, most);
    std::stable_sort(sofa.begin() + 1, sofa.end(),
                     [](ScorePart const& a, ScorePart const& b) { return a.lower > b.lower; });
    for (auto const& organ : std::span{sofa}.subspan(1)) {
        for (const auto flag : organ.flags) add_flag(part, flag);
        part.evidence.insert(part.evidence.end(), organ.evidence.begin(), organ.evidence.end());
    }
    return part;
}

// Both conditions by the least that is certain, or one of them out of reach; neither is said without sepsis.
void total_of(Inquiry& q, std::span<ScorePart> all) {
    auto const& t = q.rules.tables.sic;
    add_up(all);
    auto& total = all[0];
    auto const& inr = all[1];
    auto const& plt = all[2];
    const bool certain = total.lower >= t.from && inr.lower + plt.lower > t.coagulation_above;
    const bool possible = total.upper >= t.from && inr.upper + plt.upper > t.coagulation_above;
    const auto sepsis = q.timeline.latest(Signal::sepsis, q.at, {});
    if (attested_now(q, Signal::sepsis) && certain == possible) total.label = certain ? Label::sic : Label::no_sic;
    if (q.explain)
        total.evidence.push_back(sepsis ? evidence_of(Signal::sepsis, *sepsis, model::Verdict::used)
                                        : missing(Signal::sepsis, model::Reason::none));
}

void sic(Inquiry& q, std::span<ScorePart> all) {
    auto const& columns = q.rules.tables.sic.columns;
    all[1] = laboratory(q, columns, Part::inr, Signal::inr);
    all[2] = laboratory(q, columns, Part::plt, Signal::plt);
    all[3] = organs(q);
    total_of(q, all);
}

constexpr std::array parts = {Part::total, Part::inr, Part::plt, Part::organs};
// One component, for the label needs all of them; what the organs note of the past does not overlap.
constexpr std::array components = {Component{sic, 0, parts.size()}};
constexpr std::array own_signals = {
    Signal::inr, Signal::plt, Signal::sepsis, Signal::bili, Signal::crea, Signal::uo, Signal::uo_day, Signal::rrt,
};
constexpr auto signals = joined(own_signals, oxygenation_signals, pressure_signals, vasoactive_signals);

} // namespace

constinit const Definition sic_definition{model::ScoreId::sic,      parts, components, nullptr, signals,
                                          edition_of<&Tables::sic>, true};

} // namespace vigil::scores
