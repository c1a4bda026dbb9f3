#include "core/scores/meld.hpp"

#include "core/scores/dialysis.hpp"
#include "core/scores/laboratory.hpp"
#include "core/scores/meld_formula.hpp"

#include <algorithm>
#include <array>

namespace vigil::scores {

using model::Comparator;
using model::Decimal;
using model::Flag;
using model::Sample;
using model::ScoreId;
using model::Signal;

namespace {

// All a comparator allows, within the plausible range.
struct Range {
    Decimal low, high;
    bool exact() const { return low == high; }
};

struct Input {
    Signal signal;
    Clamp MeldTables::*clamp;
    Decimal MeldInputs::*value;
    std::optional<Sample> sample{};
    Range range{};
};
constexpr std::array all_inputs = {
    Input{Signal::bili, &MeldTables::bilirubin, &MeldInputs::bilirubin},
    Input{Signal::inr, &MeldTables::inr, &MeldInputs::inr},
    Input{Signal::crea, &MeldTables::creatinine, &MeldInputs::creatinine},
    Input{Signal::na, &MeldTables::sodium, &MeldInputs::sodium},
    Input{Signal::alb, &MeldTables::albumin, &MeldInputs::albumin},
};
constexpr std::size_t inputs_of_meld = 3, inputs_of_meld_na = 4, inputs_of_meld3 = 5;

MeldTables const& tables_of(Inquiry const& q) {
    auto const& t = q.rules.tables;
    return q.key.id == ScoreId::meld3 ? t.meld3 : q.key.id == ScoreId::meld_na ? t.meld_na : t.meld;
}

std::span<Input const> inputs_of(ScoreId id) {
    const auto n = id == ScoreId::meld3 ? inputs_of_meld3 : id == ScoreId::meld_na ? inputs_of_meld_na : inputs_of_meld;
    return std::span{all_inputs}.first(n);
}

// A converted value has six digits, far more than was measured.
std::optional<Decimal> conventional(Inquiry const& q, Signal signal, Sample const& s) {
    if (s.unit == core::entry(q.rules, signal).canonical) return s.value;
    const auto v = core::canonical(q.rules, signal, s.value, s.unit);
    return v ? model::round_half_up(*v, 6) : std::nullopt;
}

std::optional<Range> range_of(Inquiry const& q, Input const& in, Sample const& s) {
    const auto value = s.is_word ? std::nullopt : conventional(q, in.signal, s);
    if (!value) return std::nullopt;
    auto const& entry = core::entry(q.rules, in.signal);
    Range r{*value, *value};
    if (s.comparator == Comparator::less || s.comparator == Comparator::less_equal)
        r.low = std::min(*value, entry.hard_low.value_or(*value));
    if (s.comparator == Comparator::greater || s.comparator == Comparator::greater_equal)
        r.high = std::max(*value, entry.hard_high.value_or(*value));
    auto const& clamp = tables_of(q).*in.clamp;
    return Range{within(clamp, r.low), within(clamp, r.high)};
}

// The newest that is a number; worst values of a day do not belong together.
void find_newest(Inquiry& q, Input& in) {
    auto const& t = q.rules.tables.sofa;
    const auto after = q.now() ? q.at - t.carried_for - model::Duration{1} : q.after;
    const auto samples = q.timeline.range(in.signal, after, q.at);
    for (auto s = samples.rbegin(); s != samples.rend() && !in.sample; ++s)
        if (const auto range = range_of(q, in, *s)) {
            in.sample = *s;
            in.range = *range;
        }
    if (!in.sample) return;
    const auto at = in.sample->time;
    if (q.now())
        q.outlives(at, q.at - at <= t.valued_for ? t.valued_for : t.carried_for);
    else
        q.leaves(at);
}

struct Set {
    std::vector<Input> inputs;
    std::optional<Sample> dialysis;
    std::optional<Sample> unread; // told last of replacement: it may have gone on
    std::uint8_t missing = 0;
    model::EventTime oldest, newest;
    bool apart = false;
};

Set find_set(Inquiry& q) {
    Set set;
    const auto wanted = inputs_of(q.key.id);
    set.inputs.assign(wanted.begin(), wanted.end());
    bool first = true;
    for (auto& in : set.inputs) {
        find_newest(q, in);
        if (!in.sample) {
            ++set.missing;
            continue;
        }
        set.oldest = first ? in.sample->time : std::min(set.oldest, in.sample->time);
        set.newest = first ? in.sample->time : std::max(set.newest, in.sample->time);
        first = false;
    }
    set.apart = !first && set.newest - set.oldest > tables_of(q).apart;
    set.dialysis = enough_dialysis(q, tables_of(q).dialysis);
    if (!set.dialysis) set.unread = unreadable_replacement(q, tables_of(q).dialysis.within);
    return set;
}

struct Points {
    std::int32_t lower = 0, upper = 0;
};

Points points_of(Inquiry const& q, MeldInputs const& in) {
    auto const& t = tables_of(q);
    if (q.key.id == ScoreId::meld_na) {
        const auto p = meld_na_points(t, in);
        return {p, p};
    }
    if (q.key.id == ScoreId::meld) {
        const auto p = meld_points(t, in);
        return {p, p};
    }
    const auto female = female_of(q);
    const auto a = meld3_points(t, in, female.value_or(false)), b = meld3_points(t, in, female.value_or(true));
    return {std::min(a, b), std::max(a, b)};
}

// MELD(i) and MELD-Na rise with every input, MELD 3.0 is linear in each logarithm and deficit alone: the least and the
// most that can be lie where every input is at an end of its range.
Points points_of(Inquiry const& q, Set const& set, bool dialysis) {
    Points out{tables_of(q).most, tables_of(q).least};
    for (std::size_t ends = 0; ends < (std::size_t{1} << set.inputs.size()); ++ends) {
        MeldInputs in;
        in.dialysis = dialysis;
        bool repeats = false; // an exact input has one end
        for (std::size_t i = 0; i < set.inputs.size(); ++i) {
            auto const& input = set.inputs[i];
            const bool high = (ends >> i & 1U) != 0;
            repeats = repeats || (high && input.range.exact());
            in.*input.value = high ? input.range.high : input.range.low;
        }
        if (repeats) continue;
        const auto p = points_of(q, in);
        out.lower = std::min(out.lower, p.lower);
        out.upper = std::max(out.upper, p.upper);
    }
    return out;
}

// As it was reported, of what was converted three digits.
std::optional<Decimal> printed(Decimal value) {
    return value.scale <= 3 ? value : model::round_half_up(model::ratio(value), 3);
}

void add_evidence(Inquiry& q, model::ScorePart& part, Set const& set) {
    auto const& t = tables_of(q);
    for (auto const& in : set.inputs) {
        if (!in.sample) {
            part.evidence.push_back(missing_or_stale(q, in.signal));
            continue;
        }
        auto const& s = *in.sample;
        const bool replaced = in.signal == Signal::crea && set.dialysis;
        const bool too_old = set.apart && set.newest - s.time > t.apart;
        auto e = too_old ? evidence_of(in.signal, s, model::Verdict::stale, model::Reason::stale)
                 : in.range.exact() || replaced
                     ? evidence_of(in.signal, s, model::Verdict::used)
                     : evidence_of(in.signal, s, model::Verdict::refused, model::Reason::comparator);
        if (replaced)
            e.compared = t.creatinine.most;
        else if (in.range.exact())
            e.compared = printed(in.range.low);
        e.compared_unit = core::entry(q.rules, in.signal).canonical;
        part.evidence.push_back(e);
    }
    if (set.dialysis) part.evidence.push_back(evidence_of(Signal::rrt, *set.dialysis, model::Verdict::used));
    if (set.unread) part.evidence.push_back(evidence_of(Signal::rrt, *set.unread, model::Verdict::refused));
}

void add_flags(Inquiry const& q, model::ScorePart& part, Set const& set) {
    if (set.dialysis) add_flag(part, Flag::creatinine_by_dialysis);
    if (set.unread) add_flag(part, Flag::unreadable);
    for (auto const& in : set.inputs) {
        if (!in.sample) continue;
        if (in.sample->comparator != Comparator::exactly) add_flag(part, Flag::comparator_bound);
        if (in.sample->suspect) add_flag(part, Flag::extreme_verify);
        if (unit_in_doubt(q.rules, in.signal, *in.sample)) add_flag(part, Flag::unit_suspect);
    }
    if (q.key.id == ScoreId::meld3 && !female_of(q)) add_flag(part, Flag::sex_unknown);
}

model::ScorePart meld(Inquiry& q) {
    auto const& t = tables_of(q);
    auto part = unmeasured(model::Part::total, t.most);
    part.lower = t.least;
    const auto set = find_set(q);
    part.missing = set.missing;
    add_flags(q, part, set);
    if (q.explain) add_evidence(q, part, set);
    if (set.missing > 0 || set.apart) return part;
    auto points = points_of(q, set, set.dialysis.has_value());
    if (set.unread) points.upper = std::max(points.upper, points_of(q, set, true).upper);
    part.lower = points.lower;
    part.upper = points.upper;
    if (points.lower != points.upper) return part;
    const bool carried = q.now() && q.at - set.oldest > q.rules.tables.sofa.valued_for;
    settle(part, points.lower, carried ? model::PartState::carried : model::PartState::valued);
    return part;
}

constexpr std::array parts = {model::Part::total};
constexpr std::array components = {Component{one_part<meld>, 0}};
constexpr std::array signals = {Signal::rrt, Signal::bili, Signal::inr, Signal::crea, Signal::na, Signal::alb};
constexpr std::span<Signal const> read_by(std::size_t inputs) { return std::span{signals}.first(1 + inputs); }

} // namespace

std::optional<bool> female_of(Inquiry const& q) {
    if (q.sex == model::Sex::female) return true;
    if (q.sex == model::Sex::male) return false;
    return std::nullopt;
}

constinit const Definition meld_definition{
    ScoreId::meld, parts, components, nullptr, read_by(inputs_of_meld), edition_of<&Tables::meld>};
constinit const Definition meld_na_definition{
    ScoreId::meld_na, parts, components, nullptr, read_by(inputs_of_meld_na), edition_of<&Tables::meld_na>};
constinit const Definition meld3_definition{
    ScoreId::meld3, parts, components, nullptr, read_by(inputs_of_meld3), edition_of<&Tables::meld3>};

} // namespace vigil::scores
