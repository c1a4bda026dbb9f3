// ARDS by the Kigali modification of Berlin (doi 10.1164/rccm.201503-0584OC; scores.md 5.2, 5.9): S/F for P/F, no
// pressure, no grades; imaging, origin and onset as Berlin. Parts and products as of Berlin.

#include "core/scores/ards_criteria.hpp"
#include "core/scores/bands.hpp"
#include "core/scores/lung_formulas.hpp"
#include "core/scores/lungs.hpp"
#include "core/scores/saturation.hpp"

#include <array>
#include <utility>

namespace vigil::scores {

using model::EventTime;
using model::Flag;
using model::Label;
using model::Part;
using model::Reason;
using model::Signal;
using model::Verdict;

namespace {

constexpr std::array signals = {
    Signal::spo2,    Signal::pi,          Signal::fio2,         Signal::fio2_set,    Signal::fio2_unreadable,
    Signal::o2_flow, Signal::resp_device, Signal::vent_mode,    Signal::peep_set,    Signal::rr_set,
    Signal::vt_set,  Signal::ecls,        Signal::ards_imaging, Signal::ards_origin, Signal::ards_onset,
};

struct Judged {
    Met met;
    Saturation from;
    std::optional<model::Ratio> ratio;
};

struct Choice {
    std::optional<Judged> best;
    std::optional<Saturation> too_high;
};

// The newest saturation that can be judged; of a day one that meets the criterion, if there is any.
Choice choose(Inquiry& q, EventTime after, bool worst, bool on_circuit) {
    auto const& t = q.rules.tables.ards_kigali;
    Choice c;
    QuarterHours all;
    quarter_hours(q, {{}, nullptr, Estimates::by_litre}, all);
    all.each([&](Saturation const& s) {
        if (s.sample.time <= after || (!on_circuit && ecls_at(q, s.sample.time))) return;
        if (s.percent > t.saturation_most) {
            c.too_high = s;
            return;
        }
        const auto ratio = saturation_ratio(s.percent, *s.inspired.percent);
        if (!ratio) return;
        const auto severity = points_at(t.sf, *ratio);
        if (worst && c.best && severity < c.best->met.severity) return;
        c.best = Judged{Met{s.sample.time, severity > 0 ? Label::meets_kigali : Label::none,
                            severity > 0 ? Label::yes : Label::no, severity},
                        s, ratio};
    });
    return c;
}

model::Evidence deciding(Judged const& j) {
    auto e = evidence_of(Signal::spo2, j.from.sample, Verdict::used);
    e.compared = model::round_half_up(*j.ratio, 1);
    e.compared_unit = model::Unit::percent;
    return e;
}

void kigali(Inquiry& q, std::span<model::ScorePart> parts) {
    auto const& t = q.rules.tables.ards_kigali;
    const bool day = q.key.product == model::Product::day;
    const Onset onset{t.onset_within, nullptr, true};
    const auto circuit = last_circuit(q);
    const auto after = day ? q.after : q.at - t.gas_max_age - model::Duration{1};
    const auto decided = choose(q, after, day, circuit && !circuit->ended);
    auto const& best = decided.best;
    auto oxygenation = labelled(Part::oxygenation, best ? best->met.oxygenation : Label::unknown);
    if (best) {
        if (best->from.inspired.estimated) add_flag(oxygenation, Flag::fio2_estimated);
        if (best->from.sample.suspect) add_flag(oxygenation, Flag::extreme_verify);
        oxygenation.evidence.push_back(deciding(*best));
        auto const& oxygen = best->from.inspired.evidence;
        oxygenation.evidence.insert(oxygenation.evidence.end(), oxygen.begin(), oxygen.end());
        if (!day) q.outlives(best->met.time, t.gas_max_age);
    } else if (decided.too_high) {
        add_flag(oxygenation, Flag::spo2_too_high);
        oxygenation.evidence.push_back(
            evidence_of(Signal::spo2, decided.too_high->sample, Verdict::refused, Reason::too_high));
    }
    if (q.unexplained(oxygenation)) oxygenation.evidence.push_back(unusable_saturation(q, Estimates::by_litre));
    auto ards = class_of(q, best ? std::optional{best->met} : std::nullopt, onset);
    // There are no grades to freeze.
    if (circuit && !circuit->ended) freeze(q, *circuit, {}, std::nullopt, ards, oxygenation);
    if (ards.evidence.empty()) ards.evidence = oxygenation.evidence;
    parts[0] = std::move(ards);
    parts[1] = std::move(oxygenation);
}

constexpr std::array parts_shown = {Part::ards, Part::oxygenation};
constexpr std::array components = {Component{kigali, 0, 2}};

} // namespace

constinit const Definition ards_kigali_definition{
    model::ScoreId::ards_kigali, parts_shown, components, nullptr, signals, edition_of<&Tables::ards_kigali>};

} // namespace vigil::scores
