#include "core/scores/isth_dic.hpp"

#include "core/scores/circuits.hpp"
#include "core/scores/laboratory.hpp"
#include "core/scores/total.hpp"

#include <array>

namespace vigil::scores {

using model::Flag;
using model::Label;
using model::Part;
using model::ScorePart;
using model::Signal;

namespace {

// What the score counts of a prothrombin time is how long it is beyond the upper limit.
void show_prolonged(Inquiry const& q, ScorePart& part) {
    auto const& limit = q.rules.tables.isth_dic.pt_upper_limit;
    for (auto& e : part.evidence) {
        if (!e.compared) continue;
        const auto beyond =
            model::sum(model::ratio(*e.compared), model::ratio(model::Decimal{-limit.mantissa, limit.scale}));
        e.compared = beyond ? model::round_half_up(*beyond, std::max(e.compared->scale, limit.scale)) : std::nullopt;
    }
}

// By cut-points that the laboratory has to set.
ScorePart local(Inquiry& q, Part name, Signal signal) {
    auto part = laboratory(q, q.rules.tables.isth_dic.columns, name, signal);
    if (!q.rules.tables.isth_dic.local) add_flag(part, Flag::local_limits_unset);
    return part;
}

// Points only grow with what is not measured yet: overt stands when the least is enough, not overt when the most is
// not. Neither is said of a patient without a disorder that is known to cause it.
void total_of(Inquiry& q, std::span<ScorePart> all) {
    auto const& t = q.rules.tables.isth_dic;
    add_up(all);
    auto& total = all[0];
    const auto disorder = q.timeline.latest(Signal::dic_disorder, q.at, {});
    const bool present = attested_now(q, Signal::dic_disorder);
    if (present && total.lower >= t.overt) total.label = Label::overt;
    if (present && total.upper < t.overt) total.label = Label::not_overt;
    if (q.explain)
        total.evidence.push_back(disorder ? evidence_of(Signal::dic_disorder, *disorder, model::Verdict::used)
                                          : missing(Signal::dic_disorder, model::Reason::none));
    // A circuit consumes platelets and fibrinogen.
    if (const auto circuits = circuits_in_question(q, Signal::ecls); !circuits.empty()) {
        add_flag(total, Flag::on_ecls);
        if (q.explain)
            total.evidence.push_back(evidence_of(Signal::ecls, circuits.back().sample, model::Verdict::used));
    }
}

void isth_dic(Inquiry& q, std::span<ScorePart> all) {
    all[1] = laboratory(q, q.rules.tables.isth_dic.columns, Part::plt, Signal::plt);
    all[2] = local(q, Part::marker, Signal::ddimer);
    all[3] = local(q, Part::pt, Signal::pt);
    show_prolonged(q, all[3]);
    all[4] = laboratory(q, q.rules.tables.isth_dic.columns, Part::fib, Signal::fib);
    total_of(q, all);
}

constexpr std::array parts = {Part::total, Part::plt, Part::marker, Part::pt, Part::fib};
constexpr std::array components = {Component{isth_dic, 0, parts.size()}};
constexpr std::array signals = {Signal::plt, Signal::ddimer,       Signal::pt,
                                Signal::fib, Signal::dic_disorder, Signal::ecls};

} // namespace

constinit const Definition isth_dic_definition{model::ScoreId::isth_dic,      parts, components, nullptr, signals,
                                               edition_of<&Tables::isth_dic>, true};

} // namespace vigil::scores
