// Hypotension of CRS: pressure without a drug, and the vasopressors that run at one time; vasopressin and what acts
// like it are not counted beside others (Lee 2019, table 3; scores.md 11.1).

#include "core/scores/crs.hpp"
#include "core/scores/cuff_and_line.hpp"
#include "core/scores/infusion.hpp"
#include "core/scores/pressure.hpp"
#include "core/scores/rates.hpp"

#include <array>

namespace vigil::scores {

using model::Decimal;
using model::Duration;
using model::EventTime;
using model::Flag;
using model::Part;
using model::Sample;
using model::Signal;
using model::Verdict;

namespace {

RangeTable const& column(Inquiry const& q, Signal signal) {
    return columns_of(q.rules.tables.crs.columns, Part::hypotension, signal).front();
}

// The pressure that is usual for the patient, as attested.
std::optional<Sample> usual_systolic(Inquiry& q) {
    const auto s = q.timeline.latest(Signal::sbp_baseline, q.at, {});
    if (!s) return std::nullopt;
    if (s->until) q.due.at(*s->until);
    const bool over = s->until && *s->until <= q.at;
    return over || s->is_word || s->comparator != model::Comparator::exactly ? std::nullopt : s;
}

// Also what lies further below the usual pressure than it may.
RangeTable systolic_table(Inquiry const& q, std::optional<Sample> const& usual) {
    auto table = column(q, Signal::sbp);
    const auto value = usual ? in_canonical(q, Signal::sbp_baseline, usual->value, usual->unit) : std::nullopt;
    if (!value) return table;
    auto drop = q.rules.tables.crs.systolic_drop;
    drop.mantissa = -drop.mantissa;
    const auto least = model::sum(model::ratio(*value), model::ratio(drop));
    const auto from = least ? model::round_half_up(*least, 3) : std::nullopt;
    if (from && *from > *table.ranges[1].from) table.ranges[1].from = *from;
    return table;
}

Finding mean_finding(Inquiry& q, EventTime t0) {
    auto const& table = column(q, Signal::map);
    const auto all = mean_pressures(q, *table.ranges[1].from);
    auto f = nothing_told(table);
    if (all.artefact_dropped) f.flags.add(Flag::artefact_dropped);
    if (!all.lowest || all.lowest->sample.time <= t0) return f;
    auto const& p = *all.lowest;
    const auto points = table.ranges[range_of(table, p.value)].points;
    f.told = f.decides = true;
    f.points = {points, points};
    f.time = p.sample.time;
    f.side = points > 0 ? Side::low : Side::normal;
    if (p.derived) f.flags.add(Flag::map_derived);
    if (p.extreme) f.flags.add(Flag::extreme_verify);
    if (!q.explain) return f;
    auto e = evidence_of(p.signal, p.sample, Verdict::used);
    e.compared = p.value;
    e.compared_unit = model::Unit::mmHg;
    f.evidence.push_back(e);
    return f;
}

model::ScorePart pressures(Inquiry& q, Course const& course) {
    const auto usual = usual_systolic(q);
    const auto table = systolic_table(q, usual);
    auto systolic = systolic_pressure(q, table);
    if (systolic.told && *systolic.time <= course.t0) systolic = nothing_told(table);
    std::array found = {std::move(systolic), mean_finding(q, course.t0)};
    auto part = part_of(Part::hypotension, found);
    for (auto const& f : found)
        if (f.flags.has(Flag::artefact_dropped)) add_flag(part, Flag::artefact_dropped);
    const bool fell = part.points && *part.points > 0 && usual && found[0].decides && table.ranges[1].from &&
                      *table.ranges[1].from > *column(q, Signal::sbp).ranges[1].from;
    if (fell && q.explain) part.evidence.push_back(evidence_of(Signal::sbp_baseline, *usual, Verdict::used));
    if (q.unexplained(part)) part.evidence.push_back(missing_or_stale(q, Signal::sbp));
    append_cuff_and_line(q, part, course.t0);
    return part;
}

// A stretch in which a vasopressor ran, or may have.
struct Spell {
    Signal drug{};
    Sample rate; // as heard last
    EventTime from, to;
    bool lasts = false; // at the instant asked for
    bool counted = true;
    bool heard = true; // else nobody knows whether it ran
    bool silent = false;
    bool holds_at(EventTime t) const { return from <= t && (t < to || lasts); }
};

// Pauses of at most `gap` are none. What is over before it can be told from a bolus is none (scores.md 2.1).
std::vector<Spell> spells(Inquiry& q, Duration gap) {
    std::vector<Spell> out;
    auto const& t = q.rules.tables.crs;
    const auto take = [&](std::vector<Signal> const& drugs, bool counted) {
        for (auto drug : drugs) {
            if (q.timeline.empty(drug)) continue;
            for (auto const& run : runs_of(q, drug, gap)) {
                if (!run.running && run.length() < q.rules.tables.sofa.bolus_max) continue;
                out.push_back({drug, *run.segments.back().rate, run.from, run.to, run.running, counted, true,
                               run.running && run.silent});
            }
            for (auto const& u : unheard_of(q, drug))
                out.push_back({drug, *u.rate, u.from, u.to, u.lasts, counted, false, true});
        }
    };
    take(t.vasopressors, true);
    take(t.not_counted, false);
    return out;
}

std::int32_t points_at(CrsTables const& t, std::vector<Spell> const& all, EventTime at, bool unheard_too) {
    std::vector<Signal> counted;
    bool other = false;
    for (auto const& s : all) {
        if (!s.holds_at(at) || (!s.heard && !unheard_too)) continue;
        if (!s.counted)
            other = true;
        else if (std::find(counted.begin(), counted.end(), s.drug) == counted.end())
            counted.push_back(s.drug);
    }
    if (counted.size() > 1) return t.several_vasopressors;
    return counted.empty() && !other ? 0 : t.one_vasopressor;
}

// What ran at T0 and has run since: its points, lower whenever one of them was off.
class Before {
public:
    Before(Inquiry& q, Course const& course)
        : tables_{q.rules.tables.crs},
          t0_{course.t0},
          all_{spells(q, q.rules.tables.crs.weaned_for)},
          points_{points_at(tables_, spells(q, q.rules.tables.sofa.infusion_gap), t0_, false)} {
        const auto s = q.timeline.latest(Signal::vasopressors_before, q.at, {});
        if (!s || s->time < t0_ || s->is_word || s->comparator != model::Comparator::exactly) return;
        attested_ = *s;
        points_ = s->value <= Decimal{0, 0}  ? 0
                  : s->value < Decimal{2, 0} ? tables_.one_vasopressor
                                             : tables_.several_vasopressors;
    }
    std::int32_t points(EventTime t) const {
        auto least = points_;
        for (auto const& s : all_)
            if (least > 0 && !s.lasts && s.to > t0_ && s.to <= t)
                least = std::min(least, points_at(tables_, all_, s.to, false));
        return least;
    }
    std::optional<Sample> const& attested() const { return attested_; }

private:
    CrsTables const& tables_;
    EventTime t0_;
    std::vector<Spell> all_;
    std::int32_t points_;
    std::optional<Sample> attested_;
};

// The worst of the question.
struct Drugs {
    std::int32_t lower = 0, upper = 0;
    EventTime at;
    bool excluded = false; // some of what ran was there before
};

std::vector<EventTime> instants(Inquiry& q, std::vector<Spell> const& all) {
    if (q.now()) return {q.at};
    std::vector<EventTime> out{EventTime{q.after.ms + 1}};
    for (auto const& s : all)
        for (auto t : {s.from, s.to}) {
            if (t > q.after && t <= q.at) out.push_back(t);
            q.leaves(t);
            if (q.key.product != model::Product::day) q.due.at(t + q.window() - Duration{1});
        }
    std::sort(out.begin(), out.end());
    if (out.front() > q.at) out.clear();
    return out;
}

Drugs worst(Inquiry& q, std::vector<Spell> const& all, Before const& before) {
    auto const& t = q.rules.tables.crs;
    Drugs out;
    for (auto at : instants(q, all)) {
        const auto here = points_at(t, all, at, false), most = points_at(t, all, at, true);
        const auto was = before.points(at);
        out.excluded = out.excluded || (here > 0 && here <= was);
        if (here > was && here >= out.lower) {
            out.lower = here;
            out.at = at;
        }
        if (most > was) out.upper = std::max(out.upper, most);
    }
    out.upper = std::max(out.upper, out.lower);
    return out;
}

void append_drugs(Inquiry const& q, model::ScorePart& part, std::vector<Spell> const& all, Drugs const& drugs) {
    bool silent = false;
    std::vector<model::Evidence> evidence;
    for (auto const& s : all) {
        const bool holds = s.heard && drugs.lower > 0 && s.holds_at(drugs.at);
        const bool unknown = !s.heard && drugs.upper > drugs.lower && (q.now() ? s.lasts : s.to > q.after);
        if (!holds && !unknown) continue;
        const bool late = unknown || (s.silent && s.lasts && drugs.at >= s.to);
        silent = silent || late;
        if (late) add_flag(part, flag_of_unheard(s.rate));
        if (q.explain)
            evidence.push_back(evidence_of(s.drug, s.rate, unknown ? Verdict::stale : Verdict::used,
                                           late ? model::Reason::pump_silent : model::Reason::none));
    }
    part.evidence.insert(part.evidence.begin(), evidence.begin(), evidence.end());
    if (silent && part.points && *part.points == drugs.lower) part.state = model::PartState::carried;
}

} // namespace

model::ScorePart crs_hypotension(Inquiry& q, Course const& course) {
    auto part = pressures(q, course);
    const auto all = spells(q, q.rules.tables.sofa.infusion_gap);
    const Before before{q, course};
    const auto drugs = worst(q, all, before);
    // A drug is worth more than any pressure: what that is does not matter then.
    settle_within(part, std::max(part.lower, drugs.lower), std::max(part.upper, drugs.upper));
    append_drugs(q, part, all, drugs);
    if (drugs.excluded) {
        add_flag(part, Flag::support_before_product);
        if (q.explain && before.attested())
            part.evidence.push_back(evidence_of(Signal::vasopressors_before, *before.attested(), Verdict::used));
    }
    return part;
}

} // namespace vigil::scores
