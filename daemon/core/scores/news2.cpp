// National Early Warning Score 2 (scores.md 6.5). Products over a window take the worst of each part; the aggregate of
// one set of observations is the product `now`.

#include "core/scores/news2.hpp"

#include "core/scores/circuits.hpp"
#include "core/scores/gcs.hpp"
#include "core/scores/rates.hpp"
#include "core/scores/total.hpp"

#include <array>
#include <map>
#include <utility>

namespace vigil::scores {

using model::EventTime;
using model::Flag;
using model::Label;
using model::Part;
using model::Reason;
using model::Sample;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

constexpr model::Decimal perfused{3, 1};  // perfusion index, per cent
constexpr auto reach = model::minutes(5); // of a perfusion index

constexpr std::array signals = {
    Signal::rr,           Signal::rr_total,        Signal::spo2,      Signal::pi,
    Signal::news2_scale2, Signal::resp_device,     Signal::vent_mode, Signal::peep_set,
    Signal::rr_set,       Signal::vt_set,          Signal::o2_flow,   Signal::fio2,
    Signal::fio2_set,     Signal::fio2_unreadable, Signal::sbp,       Signal::dbp,
    Signal::nibp_sbp,     Signal::nibp_dbp,        Signal::ecls,      Signal::mcs,
    Signal::hr,           Signal::pulse,           Signal::acvpu,     Signal::gcs_total,
    Signal::gcs_eye,      Signal::gcs_verbal,      Signal::gcs_motor, Signal::temp,
};

RangeTable const& column(Inquiry const& q, Part part, Signal signal) {
    return columns_of(q.rules.tables.news2.columns, part, signal).front();
}

model::ScorePart breathing(Inquiry& q) {
    return part_of(Part::rr, respiratory_rate(q, column(q, Part::rr, Signal::rr)));
}

model::ScorePart pressure(Inquiry& q) {
    return part_of(Part::sbp, systolic_pressure(q, column(q, Part::sbp, Signal::sbp)));
}

model::ScorePart heart(Inquiry& q) { return part_of(Part::pulse, heart_rate(q, column(q, Part::pulse, Signal::hr))); }

model::ScorePart temperature(Inquiry& q) {
    const std::array sources = {Source{Signal::temp}};
    return part_of(Part::temp, vital_sign(q, sources, column(q, Part::temp, Signal::temp)));
}

// Perfusion index below 0.3 % (scores.md 13.4).
bool is_low(model::Unit unit, model::Decimal v) { return unit == model::Unit::percent && v < perfused; }

// Any time after `from`. Whole blocks of minutes tell by what is lowest in them.
bool ever_low(Inquiry const& q, EventTime from) {
    const auto high = [](model::MinuteBlock const& b) {
        return b.outline.even && !is_low(b.outline.unit, b.outline.value(b.outline.lowest));
    };
    for (bool ever = false;;) {
        const auto row = q.timeline.whole_row(Signal::pi, model::minute_of(from) + 1, model::minute_of(q.at), high);
        // The minute before the row is over where the row begins.
        const auto end = row.empty() ? model::minute_of(q.at) + 1 : std::int64_t{row.front().first};
        q.timeline.minutes(
            Signal::pi, from, row.empty() ? q.at : model::start_of_minute(end),
            [&](model::Minute const& m) { ever = ever || (m.minute < end && is_low(m.unit, m.lowest)); });
        if (ever || row.empty()) return ever;
        from = model::start_of_minute(std::int64_t{row.back().last} + 1) - model::Duration{1};
    }
}

Source well_perfused(Inquiry& q) {
    // Mostly there is nothing to look for.
    if (!ever_low(q, (q.now() ? q.at : q.after) - model::hours(1))) return {Signal::spo2};
    return {Signal::spo2, [&q](model::Minute const& m) {
                const auto pi = q.timeline.latest(Signal::pi, m.time, reach);
                return pi && is_low(pi->unit, pi->value) ? Reason::artefact : Reason::none;
            }};
}

// Scale 2 only by order. Its upper rows are about oxygen: both columns apply while it is not known which.
Scales saturation_scales(Inquiry& q, EventTime t) {
    auto const& n = q.rules.tables.news2;
    if (!attested(q, Signal::news2_scale2, t)) {
        auto const& one = column(q, Part::spo2, Signal::spo2);
        return {&one, &one};
    }
    const bool explain = std::exchange(q.explain, false);
    const auto oxygen = supplied_at(q, t).oxygen;
    q.explain = explain;
    return {oxygen == Known::no ? &n.scale2_air : &n.scale2_oxygen,
            oxygen == Known::yes ? &n.scale2_oxygen : &n.scale2_air};
}

model::ScorePart saturation(Inquiry& q) {
    const std::array sources = {well_perfused(q)};
    // Nobody ever ordered the other scale.
    if (!q.timeline.latest(Signal::news2_scale2, q.at, {}))
        return part_of(Part::spo2, vital_sign(q, sources, column(q, Part::spo2, Signal::spo2)));
    std::map<std::int64_t, Scales> known;
    const auto scales = [&](EventTime t) {
        const auto at = known.find(t.ms);
        return at != known.end() ? at->second : known.emplace(t.ms, saturation_scales(q, t)).first->second;
    };
    std::array found = {vital_sign(q, sources, scales)};
    const auto time = found[0].time;
    auto part = part_of(Part::spo2, found);
    if (!time || !q.explain || !attested(q, Signal::news2_scale2, *time)) return part;
    if (const auto order = q.timeline.latest(Signal::news2_scale2, *time, {}))
        part.evidence.push_back(evidence_of(Signal::news2_scale2, *order, Verdict::used));
    for (auto const& e : supplied_at(q, *time).evidence) part.evidence.push_back(e);
    return part;
}

// A level of consciousness as charted, or what a coma score stands for it.
struct Level {
    EventTime time;
    bool alert = true;
    Sample const* word = nullptr;
    Coma const* coma = nullptr;
};

// Levels, and the coma scores that none was charted with, oldest first.
std::vector<Level> levels(Inquiry const& q, std::span<Sample const> words, std::vector<Coma> const& comas,
                          EventTime after) {
    auto const& t = q.rules.tables.news2;
    std::vector<Level> out;
    for (auto const& s : words)
        if (s.is_word && s.time > after) out.push_back({s.time, s.word == Word::alert, &s, nullptr});
    for (auto const& c : comas) {
        // Charted with it, but for one that tells of a fall since.
        const auto near = [&](Sample const& s) {
            const bool fell = s.time < c.time && s.is_word && s.word == Word::alert && c.total < t.alert_gcs;
            return !fell && s.time >= c.time - t.word_before_gcs && s.time <= c.time + t.word_before_gcs;
        };
        if (c.time > after && std::none_of(words.begin(), words.end(), near))
            out.push_back({c.time, c.total >= t.alert_gcs, nullptr, &c});
    }
    std::stable_sort(out.begin(), out.end(), [](Level const& a, Level const& b) { return a.time < b.time; });
    return out;
}

// What was observed counts, under sedation as well: the score asks how awake the patient is, not why.
model::ScorePart consciousness(Inquiry& q) {
    auto const& t = q.rules.tables.news2;
    auto part = unmeasured(Part::consciousness, t.not_alert_points);
    const auto age = std::max(q.max_age(Signal::acvpu), q.max_age(Signal::gcs_motor));
    const auto after = q.now() ? q.at - age - model::Duration{1} : q.after;
    const auto words = q.timeline.range(Signal::acvpu, after - t.word_before_gcs, q.at);
    const auto comas = coma_scores(q, Verbal::regression, {}, after - q.rules.tables.sofa.gcs_set);
    const auto all = levels(q, words, comas, after);
    Level const* chosen = nullptr;
    for (auto const& l : all) {
        const auto own = q.max_age(l.word != nullptr ? Signal::acvpu : Signal::gcs_motor);
        if (q.now() ? q.at - l.time <= own : chosen == nullptr || !l.alert || chosen->alert) chosen = &l;
        if (q.now())
            q.outlives(l.time, own);
        else
            q.leaves(l.time);
    }
    if (chosen == nullptr) {
        if (q.explain) part.evidence.push_back(missing_or_stale(q, Signal::acvpu));
        return part;
    }
    settle(part, chosen->alert ? 0 : t.not_alert_points);
    if (chosen->coma != nullptr) {
        add_flag(part, Flag::surrogate);
        if (chosen->coma->verbal_imputed) add_flag(part, Flag::verbal_imputed);
        if (chosen->coma->contradicted) add_flag(part, Flag::gcs_disagrees);
        part.evidence = chosen->coma->evidence;
    } else if (q.explain) {
        part.evidence.push_back(evidence_of(Signal::acvpu, *chosen->word, Verdict::used));
    }
    return part;
}

Label class_of(News2Tables const& t, std::int32_t total, bool single) {
    if (total >= t.high_from) return Label::high;
    if (total >= t.medium_from) return Label::medium;
    return single ? Label::low_medium : Label::low;
}

// The class that is certain; `low` only when what is missing cannot change it.
void conclude(std::span<model::ScorePart> parts, core::Rulebook const& rules) {
    auto const& t = rules.tables.news2;
    const auto single = [&](auto member) {
        return std::any_of(parts.begin() + 1, parts.end(),
                           [&](model::ScorePart const& p) { return p.*member >= t.single_from; });
    };
    auto& total = parts[0];
    const auto least = class_of(t, total.lower, single(&model::ScorePart::lower)),
               most = class_of(t, total.upper, single(&model::ScorePart::upper));
    total.label = least == Label::low && most != Label::low ? Label::unknown : least;
    for (auto const& p : parts.subspan(1))
        if (p.flags.has(Flag::not_validated)) add_flag(total, Flag::not_validated);
}

constexpr std::array parts = {Part::total, Part::rr,    Part::spo2,          Part::oxygen,
                              Part::sbp,   Part::pulse, Part::consciousness, Part::temp};

constexpr std::array components = {
    Component{one_part<breathing>, 1},   Component{one_part<saturation>, 2}, Component{one_part<news2_oxygen>, 3},
    Component{one_part<pressure>, 4},    Component{one_part<heart>, 5},      Component{one_part<consciousness>, 6},
    Component{one_part<temperature>, 7},
};

} // namespace

constinit const Definition news2_definition{model::ScoreId::news2,      parts, components, add_up, signals,
                                            edition_of<&Tables::news2>, true,  conclude};

} // namespace vigil::scores
