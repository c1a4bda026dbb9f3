// Creatinine: a rise within two days, or a multiple of the baseline (scores.md 7). Everything is compared in mg/dL,
// exactly: values and limits of another unit are converted as quotients. A comparator leaves one end of a value open;
// a reading decides when both ends give one stage.

#include "core/scores/bands.hpp"
#include "core/scores/kdigo.hpp"
#include "core/scores/laboratory.hpp"

namespace vigil::scores {

using model::Comparator;
using model::Duration;
using model::Flag;
using model::Part;
using model::PartState;
using model::Ratio;
using model::Reason;
using model::Sample;
using model::Signal;
using model::Verdict;

namespace {

// One end of a value; `open`: short of it, but as near as one likes.
struct End {
    Ratio value;
    bool open = false;
    bool infinite = false;
};

struct Amount {
    Ratio said; // without its comparator
    End low, high;
};

std::optional<Amount> amount_of(Inquiry const& q, Signal signal, Sample const& s) {
    if (s.is_word) return std::nullopt;
    const auto said = core::canonical(q.rules, signal, s.value, s.unit);
    if (!said || said->num <= 0) return std::nullopt;
    Amount a{*said, {*said}, {*said}};
    switch (s.comparator) {
    case Comparator::exactly: break;
    case Comparator::less: a.high.open = true; [[fallthrough]];
    case Comparator::less_equal: a.low.value = {}; break;
    case Comparator::greater: a.low.open = true; [[fallthrough]];
    case Comparator::greater_equal: a.high.infinite = true; break;
    }
    return a;
}

bool before(End const& a, End const& b) {
    if (a.infinite || b.infinite) return !a.infinite && b.infinite;
    const auto order = a.value <=> b.value;
    return order != 0 ? order < 0 : a.open < b.open; // a closed end is taken where an open one is not
}

// What a reading is compared with.
struct Reference {
    Amount amount;
    std::optional<Sample> sample; // none: presumed
    Signal signal = Signal::crea;
};

// The lowest of the readings; of equal ones the newest.
std::optional<Reference> lowest_of(Inquiry const& q, std::span<Sample const> samples) {
    std::optional<Reference> out;
    for (auto const& s : samples) {
        const auto a = amount_of(q, Signal::crea, s);
        if (!a) continue;
        if (!out) {
            out = Reference{*a, s, Signal::crea};
            continue;
        }
        auto& lowest = out->amount;
        if (before(a->low, lowest.low)) lowest.low = a->low;
        if (before(a->high, lowest.high)) lowest.high = a->high;
        if (a->said > lowest.said) continue;
        lowest.said = a->said;
        out->sample = s;
    }
    return out;
}

// Creatinine before the illness, as a person entered it. It is true of the whole stay, whenever it was entered.
std::optional<Reference> known_baseline(Inquiry& q) {
    const auto s = q.timeline.latest(Signal::crea_baseline, q.at, {});
    if (!s) return std::nullopt;
    if (s->until) q.due.at(*s->until);
    if (s->until && *s->until <= q.at) return std::nullopt;
    const auto a = amount_of(q, Signal::crea_baseline, *s);
    return a ? std::optional{Reference{*a, s, Signal::crea_baseline}} : std::nullopt;
}

std::optional<Reference> presumed_baseline(Inquiry const& q) {
    auto const& t = q.rules.tables.kdigo.presumed;
    const bool female = q.sex == model::Sex::female;
    if (!q.age_years || *q.age_years < t.first || (!female && q.sex != model::Sex::male)) return std::nullopt;
    auto const& of_sex = female ? t.female : t.male;
    if (of_sex.empty()) return std::nullopt;
    const auto value = model::ratio(of_sex[std::min<std::size_t>(*q.age_years - t.first, of_sex.size() - 1)]);
    return Reference{{value, {value}, {value}}, std::nullopt, Signal::crea_baseline};
}

// The limits of a reading's column, in mg/dL.
struct Limits {
    Ratio rise, severe;
    model::Unit unit{};
};

Limits limits_for(Inquiry const& q, Sample const& s, model::Basis basis) {
    auto const& all = q.rules.tables.kdigo.limits;
    auto const* column = &all.front();
    for (auto const& c : all)
        if (basis == model::Basis::native && c.unit == s.unit) column = &c;
    const auto mg = [&](model::Decimal d) {
        return core::canonical(q.rules, Signal::crea, d, column->unit).value_or(model::ratio(d));
    };
    return {mg(column->rise), mg(column->severe), column->unit};
}

// At least as much as the limit, and more where one of both is open.
bool reaches(End const& value, std::optional<Ratio> const& limit, bool open) {
    if (!limit) return false;
    if (value.infinite) return true;
    const auto order = value.value <=> *limit;
    return value.open || open ? order > 0 : order >= 0;
}

std::int32_t stage(KdigoTables const& t, Limits const& limits, End const& value, std::optional<End> const& baseline,
                   std::optional<End> const& lowest) {
    std::int32_t points = 0;
    if (baseline && !baseline->infinite)
        for (auto const& b : t.ratios.bands)
            if (points == 0 &&
                reaches(value, model::scaled(baseline->value, b.bound, model::Decimal{1, 0}), baseline->open))
                points = b.points;
    if (lowest && !lowest->infinite && reaches(value, model::sum(lowest->value, limits.rise), lowest->open))
        points = std::max(points, t.rise_points);
    // A high creatinine alone is no acute injury.
    if (points > 0 && reaches(value, limits.severe, false)) points = std::max(points, t.severe_points);
    return points;
}

// One reading with what it is compared with.
struct Judged {
    Sample sample;
    Amount amount;
    std::optional<Reference> baseline, lowest; // lowest: of the two days before it
    Limits limits;
    std::int32_t points = 0; // that are certain, the baseline granted
    bool usable = false;
    std::int32_t lower = 0, upper = 0;

    bool presumed() const { return baseline && !baseline->sample; }
    bool certain() const { return usable && lower == points; }
};

std::optional<End> low_of(std::optional<Reference> const& r) { return r ? std::optional{r->amount.low} : std::nullopt; }

void grade(Inquiry const& q, Judged& j) {
    auto const& t = q.rules.tables.kdigo;
    if (!j.baseline) {
        j.upper = worst_stage(q);
        return;
    }
    // The least the reading can be against the most the references can, where it does not matter which ends are open.
    const auto closed = [](std::optional<Reference> const& r) -> std::optional<End> {
        if (!r) return std::nullopt;
        return End{r->amount.high.value, false, r->amount.high.infinite};
    };
    j.points = stage(t, j.limits, {j.amount.low.value}, closed(j.baseline), closed(j.lowest));
    const auto most = stage(t, j.limits, j.amount.high, low_of(j.baseline), low_of(j.lowest));
    j.usable = most == j.points || j.points > 0;
    j.lower = j.presumed() ? 0 : j.points;
    // Of what came before in the two days nothing is known: it may have risen.
    const auto unseen = j.lowest ? low_of(j.lowest) : End{};
    j.upper = std::max(most, stage(t, j.limits, j.amount.high, low_of(j.baseline), unseen));
}

// Readings within [t - age, t).
std::span<Sample const> preceding(std::span<Sample const> all, model::EventTime t, Duration age) {
    const auto first = std::partition_point(all.begin(), all.end(), [&](Sample const& s) { return s.time < t - age; });
    return {first, std::partition_point(first, all.end(), [&](Sample const& s) { return s.time < t; })};
}

std::optional<Judged> judge(Inquiry const& q, Sample const& s, std::span<Sample const> all,
                            std::optional<Reference> const& known, model::Basis basis) {
    auto const& t = q.rules.tables.kdigo;
    const auto amount = amount_of(q, Signal::crea, s);
    if (!amount) return std::nullopt;
    Judged j{s, *amount, known, lowest_of(q, preceding(all, s.time, t.rise_within)), limits_for(q, s, basis)};
    if (!j.baseline) j.baseline = lowest_of(q, preceding(all, s.time, t.baseline_within));
    if (!j.baseline) j.baseline = presumed_baseline(q);
    grade(q, j);
    return j;
}

bool worse(Judged const& a, Judged const& b) {
    if (a.usable != b.usable) return a.usable;
    if (a.points != b.points) return a.points > b.points;
    if (a.certain() != b.certain()) return a.certain();
    return a.sample.time >= b.sample.time;
}

// Such a change is a mistaken unit or another patient's blood more often than it is true.
bool doubted(Inquiry const& q, Judged const& j) {
    const auto far_from = [&](std::optional<Reference> const& r) {
        if (!r) return false;
        const model::Decimal fold{q.rules.tables.kdigo.verify_fold, 0};
        const auto up = model::scaled(r->amount.said, fold, {1, 0}), down = model::scaled(j.amount.said, fold, {1, 0});
        return (up && j.amount.said >= *up) || (down && r->amount.said >= *down);
    };
    const auto suspect = [](std::optional<Reference> const& r) { return r && r->sample && r->sample->suspect; };
    return j.sample.suspect || suspect(j.baseline) || suspect(j.lowest) || far_from(j.baseline) || far_from(j.lowest);
}

bool compared_as_bound(Judged const& j) {
    const auto is = [](std::optional<Reference> const& r) {
        return r && r->sample && r->sample->comparator != Comparator::exactly;
    };
    return j.sample.comparator != Comparator::exactly || is(j.baseline) || is(j.lowest);
}

std::optional<model::Decimal> times_baseline(Judged const& j) {
    const auto r = model::quotient(j.amount.said, j.baseline->amount.said);
    return r ? model::round_half_up(*r, 3) : std::nullopt;
}

// In the column's unit.
std::optional<model::Decimal> risen(Inquiry const& q, Judged const& j) {
    auto lowest = j.lowest->amount.said;
    lowest.num = -lowest.num;
    const auto mg = model::sum(j.amount.said, lowest);
    const auto one = core::canonical(q.rules, Signal::crea, model::Decimal{1, 0}, j.limits.unit); // mg/dL
    if (!mg || !one || one->num <= 0) return std::nullopt;
    // quotient() is of positive values.
    const Ratio size{mg->num < 0 ? -mg->num : mg->num, mg->den};
    const auto r = model::quotient(size, *one);
    auto d = r ? model::round_half_up(*r, 3) : std::nullopt;
    if (d && mg->num < 0) d->mantissa = -d->mantissa;
    return d;
}

// The reading, its baseline, the lowest of the two days before it.
void explain(Inquiry const& q, Judged const& j, model::ScorePart& part) {
    auto deciding = evidence_of(Signal::crea, j.sample, Verdict::used);
    auto base = j.baseline->sample ? evidence_of(j.baseline->signal, *j.baseline->sample, Verdict::used)
                                   : missing(Signal::crea_baseline, Reason::no_baseline);
    if (j.presumed()) {
        base.verdict = Verdict::substituted;
        base.compared = model::round_half_up(j.baseline->amount.said, 4);
        base.compared_unit = model::Unit::mg_per_dL;
    } else {
        base.compared = times_baseline(j);
    }
    deciding.compared = times_baseline(j);
    std::optional<model::Evidence> low;
    if (j.lowest) {
        low = evidence_of(Signal::crea, *j.lowest->sample, Verdict::used);
        low->compared = risen(q, j);
        low->compared_unit = j.limits.unit;
        // The rise decides where the multiple alone is too little.
        const auto least =
            model::scaled(j.baseline->amount.said, q.rules.tables.kdigo.ratios.bands.back().bound, {1, 0});
        if (j.points > 0 && least && j.amount.said < *least) {
            deciding.compared = low->compared;
            deciding.compared_unit = low->compared_unit;
        }
    }
    part.evidence.push_back(deciding);
    part.evidence.push_back(base);
    if (low) part.evidence.push_back(*low);
}

// Readings of the question, each judged as of its own time.
std::vector<Judged> judged(Inquiry& q, std::span<Sample const> all, std::span<Sample const> asked, model::Basis basis) {
    const auto known = known_baseline(q);
    std::vector<Judged> out;
    for (auto const& s : asked)
        if (auto j = judge(q, s, all, known, basis)) out.push_back(*std::move(j));
    return out;
}

Judged const* worst_of(std::span<Judged const> all) {
    Judged const* worst = nullptr;
    for (auto const& j : all)
        if (worst == nullptr || worse(j, *worst)) worst = &j;
    return worst;
}

// The newest result, as long as it may be carried; several of one instant count alike.
std::span<Sample const> newest(Inquiry& q, std::span<Sample const> all) {
    auto const& limits = q.rules.tables.sofa;
    if (all.empty() || q.at - all.back().time > limits.carried_for) return {};
    const auto t = all.back().time;
    q.outlives(t, q.at - t <= limits.valued_for ? limits.valued_for : limits.carried_for);
    return {std::partition_point(all.begin(), all.end(), [t](Sample const& s) { return s.time < t; }), all.end()};
}

} // namespace

model::ScorePart kdigo_creatinine(Inquiry& q) {
    if (auto chronic = on_chronic_dialysis(q, Part::aki_crea)) return *std::move(chronic);
    auto const& limits = q.rules.tables.sofa;
    auto part = unmeasured(Part::aki_crea, worst_stage(q));
    const auto after = q.now() ? q.at - limits.carried_for - Duration{1} : q.after;
    const auto all = q.timeline.range(Signal::crea, after - q.rules.tables.kdigo.baseline_within, q.at);
    const auto in_window = std::partition_point(all.begin(), all.end(), [&](auto const& s) { return s.time <= after; });
    const auto asked = q.now() ? newest(q, all) : std::span<Sample const>{in_window, all.end()};
    const auto readings = judged(q, all, asked, q.key.basis);
    auto const* const worst = worst_of(readings);
    if (worst == nullptr) {
        if (q.explain) part.evidence.push_back(missing_or_stale(q, Signal::crea));
        return part;
    }
    part.upper = 0;
    for (auto const& j : readings) {
        if (!q.now()) q.leaves(j.sample.time);
        part.lower = std::max(part.lower, j.lower);
        part.upper = std::max(part.upper, j.upper);
        if (doubted(q, j)) add_flag(part, Flag::extreme_verify);
        if (unit_in_doubt(q.rules, Signal::crea, j.sample)) add_flag(part, Flag::unit_suspect);
    }
    if (compared_as_bound(*worst)) add_flag(part, Flag::comparator_bound);
    if (!worst->usable) {
        if (!q.explain) return part;
        const auto why = worst->baseline ? Reason::comparator : Reason::no_baseline;
        part.evidence.push_back(evidence_of(Signal::crea, worst->sample, Verdict::refused, why));
        if (!worst->baseline) part.evidence.push_back(missing(Signal::crea_baseline, Reason::no_baseline));
        return part;
    }
    part.points = worst->points;
    const bool old = q.now() && q.at - worst->sample.time > limits.valued_for;
    part.state = worst->presumed() ? PartState::provisional : old ? PartState::carried : PartState::valued;
    if (worst->presumed()) add_flag(part, Flag::baseline_presumed);
    if (q.explain) explain(q, *worst, part);
    const bool one_column = std::all_of(
        asked.begin(), asked.end(), [&](auto const& s) { return s.unit == q.rules.tables.kdigo.limits.front().unit; });
    if (one_column) return part;
    const auto other =
        judged(q, all, asked, q.key.basis == model::Basis::native ? model::Basis::conventional : model::Basis::native);
    auto const* const there = worst_of(other);
    if (there != nullptr && there->usable && there->points != worst->points) add_flag(part, Flag::basis_disagreement);
    return part;
}

} // namespace vigil::scores
