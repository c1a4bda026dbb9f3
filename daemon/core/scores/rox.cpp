// ROX (scores.md 5.5): SpO2 (%) / FiO2 (fraction) / respiratory rate, on high-flow nasal oxygen only. Saturation and
// rate are the medians of one quarter hour. What it means depends on the time since high flow began, as charted; before
// the first cut-point it means nothing.

#include "core/scores/lung_formulas.hpp"
#include "core/scores/lungs.hpp"
#include "core/scores/quantity.hpp"
#include "core/scores/saturation.hpp"

#include <array>
#include <limits>
#include <map>
#include <utility>

namespace vigil::scores {

using model::EventTime;
using model::Flag;
using model::Label;
using model::Minute;
using model::Part;
using model::PartState;
using model::Ratio;
using model::Reason;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

constexpr std::array signals = {
    Signal::spo2,     Signal::pi,          Signal::rr,
    Signal::fio2,     Signal::fio2_set,    Signal::fio2_unreadable,
    Signal::o2_flow,  Signal::resp_device, Signal::vent_mode,
    Signal::peep_set, Signal::rr_set,      Signal::vt_set,
    Signal::ecls,
};

constexpr Quantity rox_index{Part::rox, model::Unit::fraction, 2, false};

// Since when high flow runs without another device in between.
std::optional<EventTime> began(Inquiry const& q, EventTime t) {
    std::optional<EventTime> start;
    const auto all = q.timeline.range(Signal::resp_device, {std::numeric_limits<std::int64_t>::min()}, t);
    for (auto s = all.rbegin(); s != all.rend() && s->is_word && s->word == Word::hfno; ++s) start = s->time;
    return start;
}

Label meaning(RoxTables const& t, Ratio const& value, model::Duration on_high_flow) {
    RoxCut const* cut = nullptr;
    for (auto const& c : t.failure)
        if (on_high_flow >= c.from) cut = &c;
    if (cut == nullptr) return Label::unknown;
    if (value < cut->below) return Label::failure;
    return value >= t.low_risk ? Label::low_risk : Label::none;
}

// Respiratory rates by the quarter hour of the wall clock; product `now`: all of the last fifteen minutes under one.
using Rates = std::map<std::int64_t, std::vector<Minute>>;
Rates rates(Inquiry& q) {
    Rates out;
    const auto after = q.now() ? EventTime{q.at.ms - quarter_ms} : q.after;
    EventTime newest{std::numeric_limits<std::int64_t>::min()};
    q.timeline.minutes(Signal::rr, after, q.at, [&](Minute const& m) {
        if (m.open && m.total > 1) q.due.at(m.end());
        if (m.streaming) return q.due.at(m.end());
        if (q.now())
            q.due.at(m.time + model::Duration{quarter_ms});
        else
            q.leaves(m.time);
        if (m.valid == 0) return;
        newest = m.time;
        out[q.now() ? 0 : quarter_of(m.time)].push_back(m);
    });
    const auto age = q.max_age(Signal::rr);
    if (!q.now() || out.empty()) return out;
    q.outlives(newest, age);
    if (q.at - newest > age) out.clear();
    return out;
}

// The middle one, the lower of two.
Minute const& middle(std::vector<Minute>& all) {
    const auto at = all.begin() + static_cast<std::ptrdiff_t>((all.size() - 1) / 2);
    std::sort(all.begin(), all.end(), [](Minute const& a, Minute const& b) {
        if (const auto c = a.value <=> b.value; c != 0) return c < 0;
        return a.time < b.time;
    });
    return *at;
}

struct Judged {
    Found found;
    Label label = Label::unknown;
};

// `all`: looked for once somebody is on high flow.
std::optional<Judged> judge(Inquiry& q, Saturation const& s, std::optional<Rates>& all) {
    if (s.support.device != Word::hfno) return std::nullopt;
    if (!all) all = rates(q);
    const auto own = all->find(q.now() ? 0 : quarter_of(s.sample.time));
    if (own == all->end() || ecls_at(q, s.sample.time)) return std::nullopt;
    auto const& m = middle(own->second);
    const auto rate = core::canonical(q.rules, Signal::rr, m.value, m.unit);
    const auto ratio = saturation_ratio(s.percent, *s.inspired.percent);
    const auto value = rate && ratio ? model::quotient(*ratio, *rate) : std::nullopt;
    const auto start = began(q, s.sample.time);
    if (!value || !start) return std::nullopt;
    Judged j{{*value, s.sample.time, false, {}, {}}, meaning(q.rules.tables.rox, *value, s.sample.time - *start)};
    if (j.label == Label::unknown) j.found.flags.add(Flag::too_early);
    if (s.sample.suspect) j.found.flags.add(Flag::extreme_verify);
    if (q.explain) {
        auto e = evidence_of(Signal::spo2, s.sample, Verdict::used);
        e.compared = model::round_half_up(*value, rox_index.digits);
        e.compared_unit = rox_index.unit;
        j.found.evidence = {e, evidence_of(Signal::rr, m.sample(), Verdict::used)};
        for (auto const* more : {&s.inspired.evidence, &s.support.evidence})
            j.found.evidence.insert(j.found.evidence.end(), more->begin(), more->end());
    }
    return j;
}

// A failure before everything else, then what can be judged before what comes too early, then the lower index.
void keep(std::optional<Judged>& kept, Judged&& j) {
    const auto rank = [](Judged const& x) { return x.label == Label::failure ? 2 : x.label != Label::unknown ? 1 : 0; };
    if (kept && (rank(j) != rank(*kept) ? rank(j) < rank(*kept) : j.found.value > kept->found.value)) return;
    kept = std::move(j);
}

// Another device is charted: the index is not meant for it. When none is, nobody knows.
void without_high_flow(Inquiry& q, model::ScorePart& part) {
    const auto device = device_charted(q, q.at);
    const auto held = q.rules.tables.sofa.support_charted;
    if (device) {
        q.outlives(device->time, held);
        if (device->until) q.due.at(*device->until);
    }
    if (!device || is_unreadable(*device) || q.at - device->time > held) {
        add_flag(part, Flag::support_unknown);
    } else if (device->word != Word::hfno) {
        part.state = PartState::not_applicable;
        part.label.reset();
        if (q.explain) part.evidence.push_back(evidence_of(Signal::resp_device, *device, Verdict::refused));
    }
}

model::ScorePart rox(Inquiry& q) {
    auto part = not_told(rox_index);
    part.label = Label::unknown;
    if (const auto circuit = ecls_at(q, q.at)) {
        if (circuit->until) q.due.at(*circuit->until);
        part.state = PartState::not_applicable;
        part.label = Label::on_ecls;
        add_flag(part, Flag::on_ecls);
        if (q.explain) part.evidence = {evidence_of(Signal::ecls, *circuit, Verdict::used, Reason::ecls)};
        return part;
    }
    const Rating rating{{}, [](Inquiry const&, Saturation&) {}};
    std::optional<Rates> all_rates;
    std::optional<Judged> worst;
    if (q.now()) {
        if (const auto last = last_quarter_hour(q, rating)) worst = judge(q, *last, all_rates);
    } else {
        QuarterHours all;
        quarter_hours(q, rating, all);
        all.each([&](Saturation const& s) {
            if (auto j = judge(q, s, all_rates)) keep(worst, std::move(*j));
        });
    }
    if (worst) {
        part.label = worst->label;
        tell(q, part, std::move(worst->found), rox_index);
    } else {
        without_high_flow(q, part);
    }
    if (q.unexplained(part)) part.evidence.push_back(unusable_saturation(q));
    return part;
}

constexpr std::array parts_shown = {Part::rox};
constexpr std::array components = {Component{one_part<rox>, 0}};

} // namespace

constinit const Definition rox_definition{model::ScoreId::rox,      parts_shown, components, nullptr, signals,
                                          edition_of<&Tables::rox>, true};

} // namespace vigil::scores
