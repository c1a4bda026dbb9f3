#include "core/scores/sepsis3.hpp"

#include "core/scores/bands.hpp"

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

// An infection is suspected: a culture and an antibiotic close to each other.
struct Suspicion {
    Sample culture, antibiotic;
    EventTime at;    // of the earlier one
    EventTime known; // of the later one
};

// What SOFA was before: as attested, else its least in the day before the window, else 0.
struct Before {
    std::int32_t points = 0;
    Signal told_by = Signal::sofa_baseline;
    std::optional<Sample> from; // empty: assumed
    std::int32_t unknown = 0;   // points of what was not measured then
};

// SOFA around one suspicion.
struct Episode {
    Suspicion suspicion;
    Before before;
    PointRange rise;               // the greatest in the window, above what was before
    std::optional<Sample> highest; // of the course in the window
    std::optional<Sample> met_by;  // the first that is certainly high enough
    bool grew_known = false;       // what was not measured before is measured now: some of the rise may be older
    std::optional<EventTime> met;  // when it was met first, with the suspicion known
};

bool is_treatment(Sample const& s) { return s.is_word ? s.word == model::Word::treatment : s.value.mantissa > 0; }

// Culture first: the antibiotic follows within three days; antibiotic first: the culture within one. Both ends count.
bool belong_together(SepsisTables const& t, Sample const& culture, Sample const& antibiotic) {
    return culture.time <= antibiotic.time ? antibiotic.time - culture.time <= t.antibiotic_within
                                           : culture.time - antibiotic.time <= t.culture_within;
}

bool cultured(Inquiry const& q, Sample const& antibiotic) {
    auto const& t = q.rules.tables.sepsis3;
    const auto from = antibiotic.time - t.antibiotic_within - model::Duration{1};
    const auto all = q.timeline.range(Signal::culture, from, std::min(q.at, antibiotic.time + t.culture_within));
    return !all.empty();
}

// Oldest first, one for each instant.
std::vector<Suspicion> suspicions(Inquiry& q) {
    auto const& t = q.rules.tables.sepsis3;
    std::vector<Suspicion> out;
    for (auto const& c : q.timeline.range(Signal::culture, q.at - t.holds, q.at))
        for (auto const& a : q.timeline.range(Signal::antibiotic, q.at - t.holds, q.at)) {
            if (!is_treatment(a) || !belong_together(t, c, a)) continue;
            out.push_back({c, a, std::min(c.time, a.time), std::max(c.time, a.time)});
        }
    std::stable_sort(out.begin(), out.end(), [](Suspicion const& a, Suspicion const& b) {
        return a.at != b.at ? a.at < b.at : a.known < b.known;
    });
    const auto same = [](Suspicion const& a, Suspicion const& b) { return a.at == b.at; };
    out.erase(std::unique(out.begin(), out.end(), same), out.end());
    for (auto const& s : out) q.due.at(s.at + t.holds);
    return out;
}

// Each value of the course that was in force at some instant of [from, to].
std::vector<Sample> in_force(Inquiry const& q, Signal signal, EventTime from, EventTime to) {
    std::vector<Sample> out;
    if (const auto first = q.timeline.latest(signal, from, {})) out.push_back(*first);
    for (auto const& s : q.timeline.range(signal, from, std::min(to, q.at))) out.push_back(s);
    return out;
}

std::int32_t sofa_of(Sample const& s) { return static_cast<std::int32_t>(s.value.mantissa); }

bool lower(Sample const& a, Sample const& b) { return sofa_of(a) < sofa_of(b); }

// What was certain, and with it what was not measured.
struct Known {
    Sample sum;
    std::int32_t most = 0;
    std::int32_t unknown() const { return most - sofa_of(sum); }
};

// The course at each instant of [from, to] at which either of its series changed.
std::vector<Known> course(Inquiry const& q, EventTime from, EventTime to) {
    const auto most = in_force(q, Signal::sofa_most, from, to);
    std::vector<Known> out;
    auto m = most.begin();
    std::optional<Sample> upper;
    for (auto const& s : in_force(q, Signal::sofa_sum, from, to)) {
        for (; m != most.end() && m->time <= s.time; ++m) {
            if (!out.empty() && m->time < s.time) out.push_back({out.back().sum, sofa_of(*m)});
            upper = *m;
        }
        out.push_back({s, upper ? sofa_of(*upper) : q.rules.tables.sepsis3.sofa_most});
    }
    for (; m != most.end() && !out.empty(); ++m) out.push_back({out.back().sum, sofa_of(*m)});
    return out;
}

Before before_window(Inquiry& q, EventTime window) {
    const auto known = q.timeline.latest(Signal::sofa_baseline, q.at, {});
    if (known && known->until) q.due.at(*known->until);
    if (known && !known->is_word && !(known->until && *known->until <= q.at)) {
        const auto whole = model::round_half_up(model::ratio(known->value), 0);
        if (whole) return {static_cast<std::int32_t>(whole->mantissa), Signal::sofa_baseline, *known, 0};
    }
    // An organ that was not measured for a while is no better: of the day only the instants count at which most was
    // known.
    const auto day = course(q, window - q.rules.tables.sepsis3.baseline_over, window - model::Duration{1});
    const auto less = [](Known const& a, Known const& b) {
        return a.unknown() != b.unknown() ? a.unknown() < b.unknown() : sofa_of(a.sum) < sofa_of(b.sum);
    };
    const auto least = std::min_element(day.begin(), day.end(), less);
    if (least == day.end()) return {};
    return {sofa_of(least->sum), Signal::sofa_sum, least->sum, least->unknown()};
}

Episode episode_of(Inquiry& q, Suspicion const& s) {
    auto const& t = q.rules.tables.sepsis3;
    const auto from = s.at - t.window_before, to = s.at + t.window_after;
    Episode e{s, before_window(q, from), {0, 0}, {}, {}, false, {}};
    const auto sums = in_force(q, Signal::sofa_sum, from, to);
    const auto most = in_force(q, Signal::sofa_most, from, to);
    const auto rise = [&](Sample const& x) { return std::max(0, sofa_of(x) - e.before.points); };
    for (auto const& x : sums) e.rise.lower = std::max(e.rise.lower, rise(x));
    e.rise.upper = sums.empty() ? std::max(0, t.sofa_most - e.before.points) : e.rise.lower;
    for (auto const& x : most) e.rise.upper = std::max(e.rise.upper, rise(x));
    const auto high = std::find_if(sums.begin(), sums.end(), [&](Sample const& x) { return rise(x) >= t.rise; });
    if (high != sums.end()) {
        e.met_by = *high;
        e.met = std::max({high->time, from, s.known});
    }
    if (!sums.empty()) e.highest = *std::max_element(sums.begin(), sums.end(), lower);
    const auto window = course(q, from, to);
    e.grew_known = e.before.from && e.before.told_by == Signal::sofa_sum &&
                   std::any_of(window.begin(), window.end(),
                               [&](Known const& k) { return rise(k.sum) >= t.rise && k.unknown() < e.before.unknown; });
    return e;
}

// Sepsis that was met first; else what could be; else the greatest rise.
bool comes_before(SepsisTables const& t, Episode const& a, Episode const& b) {
    if (a.met && b.met) return *a.met < *b.met;
    if (a.met || b.met) return a.met.has_value();
    const bool a_possible = a.rise.upper >= t.rise, b_possible = b.rise.upper >= t.rise;
    return a_possible != b_possible ? a_possible : a.rise.lower > b.rise.lower;
}

// Nobody suspects an infection only where both cultures and antibiotics are told of at all.
ScorePart unsuspected(Inquiry const& q) {
    ScorePart part;
    part.part = Part::suspicion;
    const std::array newest = {q.timeline.latest(Signal::culture, q.at, {}),
                               q.timeline.latest(Signal::antibiotic, q.at, {})};
    const bool told = newest[0] && newest[1];
    if (told) {
        part.state = model::PartState::valued;
        part.label = Label::not_suspected;
    }
    if (!q.explain) return part;
    part.evidence.push_back(
        newest[0] ? evidence_of(Signal::culture, *newest[0], model::Verdict::refused, model::Reason::not_in_window)
                  : missing(Signal::culture));
    part.evidence.push_back(newest[1] ? evidence_of(Signal::antibiotic, *newest[1], model::Verdict::refused,
                                                    !is_treatment(*newest[1]) ? model::Reason::prophylaxis
                                                    : cultured(q, *newest[1]) ? model::Reason::not_in_window
                                                                              : model::Reason::no_culture)
                                      : missing(Signal::antibiotic));
    return part;
}

void tell_episode(Inquiry const& q, Episode const& e, std::span<ScorePart> all) {
    auto const& t = q.rules.tables.sepsis3;
    for (auto& part : all) part.state = model::PartState::valued;
    all[sepsis_suspicion].label = Label::suspected;
    all[sepsis_rise].points = e.rise.lower;
    all[sepsis_rise].lower = e.rise.lower;
    all[sepsis_rise].upper = e.rise.upper;
    settle(all[sepsis_baseline], e.before.points);
    if (!e.before.from || e.grew_known)
        for (const auto i : {sepsis_whole, sepsis_baseline}) add_flag(all[i], model::Flag::baseline_assumed);
    all[sepsis_whole].label = e.met ? Label::sepsis : e.rise.upper >= t.rise ? Label::possible : Label::no_sepsis;
    if (!q.explain) return;
    using model::Verdict;
    const auto culture = evidence_of(Signal::culture, e.suspicion.culture, Verdict::used);
    const auto antibiotic = evidence_of(Signal::antibiotic, e.suspicion.antibiotic, Verdict::used);
    const auto told = [](std::optional<Sample> const& s) {
        return s ? evidence_of(Signal::sofa_sum, *s, Verdict::used) : missing(Signal::sofa_sum);
    };
    const auto highest = told(e.highest);
    const auto before = e.before.from ? evidence_of(e.before.told_by, *e.before.from, Verdict::used)
                                      : missing(Signal::sofa_baseline, model::Reason::no_baseline);
    const bool culture_first = e.suspicion.culture.time <= e.suspicion.antibiotic.time;
    all[sepsis_suspicion].evidence =
        culture_first ? std::vector{culture, antibiotic} : std::vector{antibiotic, culture};
    all[sepsis_rise].evidence = {highest, before};
    all[sepsis_baseline].evidence = {before};
    all[sepsis_whole].evidence = {e.met_by ? told(e.met_by) : highest, culture, antibiotic, before};
}

void answer(Inquiry& q, std::span<ScorePart> parts) {
    const auto all = sepsis3(q);
    std::copy(all.begin(), all.end(), parts.begin());
}

constexpr std::array parts = {Part::sepsis, Part::suspicion, Part::rise, Part::baseline};
constexpr std::array components = {Component{answer, 0, parts.size()}};
constexpr std::array signals = {Signal::culture, Signal::antibiotic, Signal::sofa_baseline, Signal::sofa_sum,
                                Signal::sofa_most};

} // namespace

std::array<ScorePart, sepsis_parts> sepsis3(Inquiry& q) {
    auto const& t = q.rules.tables.sepsis3;
    std::array<ScorePart, sepsis_parts> all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i].part = parts[i];
    all[sepsis_rise].upper = t.sofa_most;
    all[sepsis_baseline].upper = t.sofa_most;
    std::optional<Episode> chosen;
    for (auto const& s : suspicions(q)) {
        auto e = episode_of(q, s);
        if (!chosen || comes_before(t, e, *chosen)) chosen = std::move(e);
    }
    if (chosen) {
        tell_episode(q, *chosen, all);
        return all;
    }
    all[sepsis_suspicion] = unsuspected(q);
    if (all[sepsis_suspicion].label) {
        all[sepsis_whole].state = model::PartState::valued;
        all[sepsis_whole].label = Label::no_sepsis;
    }
    if (q.explain) all[sepsis_whole].evidence = all[sepsis_suspicion].evidence;
    return all;
}

constinit const Definition sepsis3_definition{model::ScoreId::sepsis3,     parts, components, nullptr, signals,
                                              edition_of<&Tables::sepsis3>};

} // namespace vigil::scores
