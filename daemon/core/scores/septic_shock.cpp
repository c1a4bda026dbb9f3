#include "core/scores/septic_shock.hpp"

#include "core/scores/bands.hpp"
#include "core/scores/infusion.hpp"
#include "core/scores/sepsis3.hpp"
#include "core/scores/signal_groups.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace vigil::scores {

using model::EventTime;
using model::Label;
using model::Part;
using model::Sample;
using model::ScorePart;
using model::Signal;

namespace {

enum ShockPart : std::size_t { whole, sepsis, vasopressor, lactate, fluid, shock_parts };

// When a drug ran, or when nobody knows whether it did.
struct Stretch {
    Signal drug{};
    Sample rate;
    EventTime from, to;   // until it was stopped; the instant asked for while it runs
    bool running = false; // at the instant asked for, as far as is known
    bool certain = true;
};

void add_stretches(Inquiry& q, Signal drug, std::vector<Stretch>& out) {
    const auto runs = runs_of(q, drug, q.rules.tables.sofa.infusion_gap);
    for (auto const& run : runs) {
        // What fell silent is carried: it runs until now, though it was heard until run.to only.
        const auto to = run.running ? q.at : std::min(run.to, q.at);
        out.push_back({drug, *run.segments.back().rate, run.from, to, run.running, true});
    }
    // What was carried until it was not heard for too long is in doubt from when it was heard of last.
    for (auto const& u : unheard_of(q, drug)) {
        auto from = u.from;
        for (auto const& run : runs)
            if (run.from <= u.rate->time && u.rate->time <= run.to) from = std::min(from, run.to);
        out.push_back({drug, *u.rate, from, std::min(u.to, q.at), u.lasts, false});
    }
}

// Those that touch the question: the window, or its last instant.
std::vector<Stretch> stretches(Inquiry& q) {
    std::vector<Stretch> out;
    for (const auto drug : q.rules.tables.septic_shock.drugs)
        if (!q.timeline.empty(drug)) add_stretches(q, drug, out);
    std::erase_if(out, [&](Stretch const& s) { return !s.running && (q.now() || s.to <= q.after); });
    for (auto const& s : out)
        if (!q.now()) q.leaves(s.to);
    // At the very instant at which one ends, one that goes on stands before it already, as it will a moment later.
    std::stable_sort(out.begin(), out.end(), [](Stretch const& a, Stretch const& b) {
        if (a.certain != b.certain) return a.certain;
        return a.to != b.to ? a.to > b.to : a.running && !b.running;
    });
    return out;
}

// How a lactate stands to the limit, and to a drug.
struct Lactate {
    Sample sample;
    PointRange points;
    bool with_drug = false;          // one certainly ran within the reach
    bool with_drug_possibly = false; // or may have
};

std::vector<Lactate> lactates(Inquiry& q, std::span<Stretch const> drugs) {
    auto const& t = q.rules.tables.septic_shock;
    std::vector<Lactate> out;
    const auto columns = columns_of(t.columns, Part::lactate, Signal::lact);
    const auto from = q.now() ? q.at - t.lactate_within - model::Duration{1} : q.after;
    for (auto const& s : q.timeline.range(Signal::lact, from, q.at)) {
        if (s.is_word) continue;
        auto const& column = q.key.basis == model::Basis::native ? native_column(columns, s.unit) : columns.front();
        const auto points = points_of(column, s, q.rules);
        if (!points) continue;
        if (q.now())
            q.outlives(s.time, t.lactate_within);
        else
            q.leaves(s.time);
        Lactate l{s, *points};
        for (auto const& d : drugs) {
            const bool near = d.from - s.time <= t.lactate_within && s.time - d.to <= t.lactate_within;
            l.with_drug = l.with_drug || (near && d.certain);
            l.with_drug_possibly = l.with_drug_possibly || near;
        }
        out.push_back(l);
    }
    // Of the present only the newest speaks.
    if (q.now() && out.size() > 1) out.erase(out.begin(), out.end() - 1);
    return out;
}

enum class Met : std::uint8_t { no, maybe, yes };

Label label_of(Met m) { return m == Met::yes ? Label::yes : m == Met::no ? Label::no : Label::unknown; }

Met sepsis_met(ScorePart const& s) {
    if (s.label == Label::sepsis) return Met::yes;
    return s.label == Label::no_sepsis ? Met::no : Met::maybe;
}

// What a lactate says, by what decides: the best case for shock. A low one beside a drug that may not have run is no
// answer, and takes nothing from another.
enum class Says : std::uint8_t { nothing, low, unsure, high };

Says says(Lactate const& l) {
    if (!l.with_drug) return l.points.upper > 0 ? Says::unsure : Says::nothing;
    return l.points.lower > 0 ? Says::high : l.points.upper > 0 ? Says::unsure : Says::low;
}

// Without any lactate beside a drug nobody knows.
Met lactate_met(std::span<Lactate const> all, Lactate const*& deciding) {
    auto most = Says::nothing;
    for (auto const& l : all) {
        if (!l.with_drug_possibly || (deciding != nullptr && says(l) < most)) continue;
        deciding = &l;
        most = says(l);
    }
    return most == Says::high ? Met::yes : most == Says::low ? Met::no : Met::maybe;
}

ScorePart told(Part part, Met met) {
    ScorePart out;
    out.part = part;
    out.state = met == Met::maybe ? model::PartState::not_measured : model::PartState::valued;
    out.label = label_of(met);
    return out;
}

ScorePart vasopressor_part(Inquiry const& q, std::span<Stretch const> drugs) {
    const Met met = drugs.empty() ? Met::no : drugs.front().certain ? Met::yes : Met::maybe;
    auto part = told(Part::vasopressor, met);
    if (met == Met::maybe) add_flag(part, flag_of_unheard(drugs.front().rate));
    if (q.explain)
        for (auto const& d : drugs)
            part.evidence.push_back(evidence_of(d.drug, d.rate,
                                                d.certain ? model::Verdict::used : model::Verdict::refused,
                                                d.certain ? model::Reason::none : model::Reason::pump_silent));
    return part;
}

ScorePart lactate_part(Inquiry& q, std::span<Lactate const> all) {
    Lactate const* deciding = nullptr;
    auto part = told(Part::lactate, lactate_met(all, deciding));
    part.value_unit = model::Unit::mmol_per_L;
    if (deciding != nullptr) {
        part.value = in_canonical(q, Signal::lact, deciding->sample.value, deciding->sample.unit);
        if (q.explain) part.evidence.push_back(evidence_of(Signal::lact, deciding->sample, model::Verdict::used));
    }
    if (!q.explain) return part;
    for (auto const& l : all)
        if (&l != deciding && !l.with_drug_possibly)
            part.evidence.push_back(
                evidence_of(Signal::lact, l.sample, model::Verdict::refused, model::Reason::not_in_window));
    if (part.evidence.empty()) part.evidence.push_back(missing(Signal::lact));
    return part;
}

ScorePart fluid_part(Inquiry& q) {
    const auto s = q.timeline.latest(Signal::fluid_resuscitated, q.at, {});
    if (s && s->until) q.due.at(*s->until);
    const bool holds = s && s->is_word && !(s->until && *s->until <= q.at);
    auto part = told(Part::fluid, !holds ? Met::maybe : s->word == model::Word::yes ? Met::yes : Met::no);
    if (q.explain)
        part.evidence.push_back(holds ? evidence_of(Signal::fluid_resuscitated, *s, model::Verdict::used)
                                      : missing(Signal::fluid_resuscitated, model::Reason::none));
    return part;
}

void septic_shock(Inquiry& q, std::span<ScorePart> all) {
    all[sepsis] = sepsis3(q)[sepsis_whole];
    const auto drugs = stretches(q);
    const auto results = lactates(q, drugs);
    all[vasopressor] = vasopressor_part(q, drugs);
    all[lactate] = lactate_part(q, results);
    all[fluid] = fluid_part(q);
    const auto met = [](ScorePart const& p) {
        return p.label == Label::yes ? Met::yes : p.label == Label::no ? Met::no : Met::maybe;
    };
    auto weakest = std::min({sepsis_met(all[sepsis]), met(all[vasopressor]), met(all[lactate])});
    // "Despite adequate volume": somebody denies it, and it is not known to be shock yet. Nobody said: flagged.
    if (weakest == Met::yes && met(all[fluid]) == Met::no) weakest = Met::maybe;
    auto& out = all[whole];
    out = told(Part::shock, weakest);
    const bool nothing_told = drugs.empty() && results.empty() && !all[sepsis].label;
    if (nothing_told) {
        out = ScorePart{};
        out.part = Part::shock;
        if (q.explain) out.evidence = all[lactate].evidence;
        return;
    }
    out.state = model::PartState::valued;
    out.label = weakest == Met::yes  ? Label::septic_shock
                : weakest == Met::no ? Label::no_septic_shock
                                     : Label::possible;
    if (weakest != Met::no && met(all[fluid]) == Met::maybe) add_flag(out, model::Flag::fluid_not_attested);
    for (const auto i : {lactate, vasopressor, sepsis})
        out.evidence.insert(out.evidence.end(), all[i].evidence.begin(), all[i].evidence.end());
}

constexpr std::array parts = {Part::shock, Part::sepsis, Part::vasopressor, Part::lactate, Part::fluid};
constexpr std::array components = {Component{septic_shock, 0, parts.size()}};
constexpr std::array own_signals = {
    Signal::culture,   Signal::antibiotic, Signal::sofa_baseline,      Signal::sofa_sum,
    Signal::sofa_most, Signal::lact,       Signal::fluid_resuscitated,
};
constexpr auto signals = joined(own_signals, vasoactive_signals);

} // namespace

constinit const Definition septic_shock_definition{
    model::ScoreId::septic_shock, parts, components, nullptr, signals, edition_of<&Tables::septic_shock>, true};

} // namespace vigil::scores
