#include "core/scores/gcs.hpp"

#include "core/scores/infusion.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/support.hpp"

#include <limits>
#include <span>

namespace vigil::scores {

using model::Decimal;
using model::EventTime;
using model::PartState;
using model::Sample;
using model::Signal;
using model::Verdict;
using model::Word;

namespace {

// The reading of `signal` nearest to `t` within `reach`, the earlier of two; known by q.at.
Sample const* nearest(Inquiry const& q, Signal signal, EventTime t, model::Duration reach) {
    Sample const* best = nullptr;
    std::int64_t away = reach.ms + 1;
    for (auto const& s : q.timeline.range(signal, t - reach - model::Duration{1}, std::min(q.at, t + reach))) {
        const auto d = s.time < t ? (t - s.time).ms : (s.time - t).ms;
        if (d > away || (d == away && best != nullptr && s.time != best->time)) continue;
        best = &s;
        away = d;
    }
    return best;
}

std::optional<std::int32_t> whole(Sample const* s, std::int32_t low, std::int32_t high) {
    if (s == nullptr || s->is_word || s->comparator != model::Comparator::exactly) return std::nullopt;
    auto v = s->value.mantissa;
    for (auto scale = s->value.scale; scale > 0; --scale) {
        if (v % 10 != 0) return std::nullopt;
        v /= 10;
    }
    if (v < low || v > high) return std::nullopt;
    return static_cast<std::int32_t>(v);
}

bool not_testable(Sample const* s) { return s != nullptr && s->is_word && s->word == Word::NT; }

// Verbal from eyes and motor. Regression: Meredith et al., J Trauma 1998;44:839-845, verbal = -0.3756 + 0.5713 M +
// 0.4233 E, to the nearest whole of 1..5. Motor: the best motor response alone stands for the scale (SOFA-2, footnote
// d): 6, 5, 4, 3, 2, 1 give the totals 15, 14, 12, 8, 6, 3, so that it falls in the same band.
std::optional<std::int32_t> total_without_verbal(Verbal option, std::int32_t eye, std::int32_t motor) {
    if (option == Verbal::none || option == Verbal::best_motor) return std::nullopt;
    if (option == Verbal::motor) {
        constexpr std::int32_t totals[] = {3, 6, 8, 12, 14, 15};
        return totals[motor - 1];
    }
    const auto verbal = model::round_half_up(model::ratio(Decimal{-3756 + 5713 * motor + 4233 * eye, 4}), 0);
    return verbal ? std::optional{eye + motor +
                                  static_cast<std::int32_t>(std::clamp<std::int64_t>(verbal->mantissa, 1, 5))}
                  : std::nullopt;
}

// No air passes the cords: a tube, or a cannula in the trachea.
bool cannot_speak(Inquiry const& q, EventTime t) {
    const auto support = support_at(q, t, {});
    return support.invasive == Known::yes || support.device == Word::trach_collar;
}

// A total where no speech was charted was assessed by somebody. Beside eyes and the 1 that stands for the tube it is
// their sum, with or without that 1 ("10T"), or contradicts them.
bool assessed_total(Inquiry const& q, EventTime t, Sample const* eye, Sample const* verbal) {
    const bool in_parts = whole(eye, 1, 4) && whole(verbal, 1, 1);
    return !in_parts && whole(nearest(q, Signal::gcs_total, t, q.rules.tables.sofa.gcs_set), 3, 15);
}

// Whoever charts motor alone, and neither eyes nor speech nor a total within the hour, had no more to assess. What was
// charted a little apart is a set that is not whole.
constexpr auto apart_from_alone = model::hours(1);
bool motor_alone(Inquiry const& q, EventTime t) {
    const auto charted = [&](Signal s) { return nearest(q, s, t, apart_from_alone) != nullptr; };
    return !charted(Signal::gcs_eye) && !charted(Signal::gcs_verbal) && !charted(Signal::gcs_total);
}

void tell_parts(Coma& c, std::optional<std::int32_t> eye, std::int32_t motor, std::optional<std::int32_t> verbal) {
    if (!eye) return;
    c.eyes_and_motor = *eye + motor;
    if (verbal) c.verbal = *verbal;
}

// Where eyes or speech cannot be assessed the best motor response stands alone. Without air speech cannot, whether it
// was charted as none or not at all; but whoever charted a total there assessed it.
std::optional<Coma> from_motor(Inquiry const& q, Sample const& motor, std::int32_t points, Sample const* eye,
                               Sample const* verbal) {
    bool untestable = not_testable(eye) || not_testable(verbal);
    if (!untestable && (verbal == nullptr || whole(verbal, 1, 1)))
        untestable =
            (cannot_speak(q, motor.time) && !assessed_total(q, motor.time, eye, verbal)) || motor_alone(q, motor.time);
    if (!untestable) return std::nullopt;
    Coma c;
    c.motor_only = true;
    c.motor = points;
    c.time = motor.time;
    tell_parts(c, whole(eye, 1, 4), points, whole(verbal, 1, 1));
    for (auto const* s : {eye, verbal})
        if (not_testable(s)) c.time = std::max(c.time, s->time);
    if (!q.explain) return c;
    c.evidence.push_back(evidence_of(Signal::gcs_motor, motor, Verdict::used));
    for (auto const* s : {eye, verbal})
        if (not_testable(s))
            c.evidence.push_back(evidence_of(s == eye ? Signal::gcs_eye : Signal::gcs_verbal, *s, Verdict::substituted,
                                             model::Reason::not_testable));
    return c;
}

std::optional<Coma> from_parts(Inquiry const& q, Verbal option, Sample const& motor) {
    const auto reach = q.rules.tables.sofa.gcs_set;
    auto const* eye = nearest(q, Signal::gcs_eye, motor.time, reach);
    auto const* verbal = nearest(q, Signal::gcs_verbal, motor.time, reach);
    const auto e = whole(eye, 1, 4), m = whole(&motor, 1, 6), v = whole(verbal, 1, 5);
    if (m && option == Verbal::best_motor && (!e || !v || *v == 1))
        if (auto c = from_motor(q, motor, *m, eye, verbal)) return c;
    if (!e || !m) return std::nullopt;
    Coma c;
    c.time = std::max(eye->time, motor.time);
    tell_parts(c, e, *m, v);
    if (v) {
        c.total = *e + *v + *m;
    } else if (not_testable(verbal)) {
        const auto total = total_without_verbal(option, *e, *m);
        if (!total) return std::nullopt;
        c.total = *total;
        c.verbal_imputed = true;
    } else {
        return std::nullopt;
    }
    c.time = std::max(c.time, verbal->time);
    if (!q.explain) return c;
    for (auto const* s : {&motor, eye})
        c.evidence.push_back(evidence_of(s == eye ? Signal::gcs_eye : Signal::gcs_motor, *s, Verdict::used));
    c.evidence.push_back(
        v ? evidence_of(Signal::gcs_verbal, *verbal, Verdict::used)
          : evidence_of(Signal::gcs_verbal, *verbal, Verdict::substituted, model::Reason::not_testable));
    return c;
}

void mark(Coma& c, std::vector<Sedation> const& sedation, model::Duration recent) {
    for (auto const& s : sedation) {
        // What was charted as the drug was begun was seen before it.
        if (s.from < c.time && (c.time < s.to || s.running)) {
            c.sedated = true;
            const bool ran = std::any_of(s.certain.begin(), s.certain.end(), [&c](Sedation::Span const& known) {
                return known.from < c.time && c.time <= known.to;
            });
            c.in_doubt = ran ? nullptr : s.doubtful;
        }
        if (!s.running && s.to <= c.time && c.time - s.to <= recent) c.after_sedation = true;
    }
    if (!c.evidence.empty()) {
        c.evidence.front().compared = Decimal{c.motor_only ? c.motor : c.total, 0};
        c.evidence.front().compared_unit = model::Unit::score;
    }
}

// The sets of the motor scores in (after, q.at]. Of those that are over it goes by what is remembered.
std::vector<Coma> sets(Inquiry& q, Verbal verbal, EventTime after) {
    std::vector<Coma> out;
    auto* const known = q.keeps && q.notes != nullptr ? &q.notes->comas : nullptr;
    auto from = after;
    if (known != nullptr) {
        if (!known->since || after < *known->since) {
            known->list.clear();
            known->since = known->up_to = after;
        }
        auto& list = known->list;
        list.erase(list.begin(),
                   std::find_if(list.begin(), list.end(), [&](auto const& k) { return k.motor > after; }));
        known->since = after;
        from = known->up_to = std::max(known->up_to, after);
        out.reserve(list.size() + 1);
        for (auto const& k : list) out.push_back(k.coma);
    }
    const auto over = q.at - std::max(apart_from_alone, q.rules.tables.sofa.gcs_set);
    for (auto const& motor : q.timeline.range(Signal::gcs_motor, from, q.at)) {
        auto c = from_parts(q, verbal, motor);
        if (!c) continue;
        if (known != nullptr && motor.time <= over) known->list.push_back({motor.time, *c});
        out.push_back(std::move(*c));
    }
    if (known != nullptr) known->up_to = std::max(known->up_to, over);
    return out;
}

bool contradicts(Inquiry const& q, Coma const& c, std::int32_t total) {
    const auto em = c.eyes_and_motor;
    if (em == 0) return false;
    if (c.verbal == 0) return total < em || total > em + 5;
    const bool without_tube = total == em && c.verbal == 1 && cannot_speak(q, c.time); // "10T"
    return total != em + c.verbal && !without_tube;
}

// A total that is not the sum of the parts charted with it: at one instant the parts count, for they tell what they are
// made of; charted a moment apart both do, and neither is certain. Answers such a set.
Coma const* tell_contradiction(Inquiry& q, Sample const& charted, std::int32_t total, std::span<Coma> sets) {
    const auto reach = q.rules.tables.sofa.gcs_set;
    // The sum of its own set is not held against another one.
    for (auto const& c : sets)
        if (c.time == charted.time && c.eyes_and_motor > 0 && !contradicts(q, c, total)) return nullptr;
    Coma const* found = nullptr;
    for (auto& c : sets) {
        const auto apart = c.time < charted.time ? charted.time - c.time : c.time - charted.time;
        if (apart > reach || !contradicts(q, c, total)) continue;
        if (!c.contradicted && q.explain)
            c.evidence.push_back(evidence_of(Signal::gcs_total, charted, Verdict::refused, model::Reason::conflict));
        c.contradicted = true;
        found = &c;
        for (auto t : {c.time, charted.time}) { // either is looked at for so long
            if (q.now())
                q.outlives(t, q.max_age(Signal::gcs_motor) + reach);
            else
                q.leaves(t + reach);
        }
    }
    return found;
}

Coma const* last_awake(std::vector<Coma> const& all, EventTime up_to) {
    Coma const* found = nullptr;
    for (auto const& c : all)
        if (!c.sedated && c.time <= up_to) found = &c;
    return found;
}

DecidingComa newest(Inquiry& q, std::vector<Coma> const& all, std::vector<Sedation> const& sedation) {
    for (auto const& s : sedation)
        if (s.from <= q.at && (q.at < s.to || s.running))
            return q.at <= s.known_to ? DecidingComa{last_awake(all, s.from), PartState::carried} : DecidingComa{};
    const auto age = q.max_age(model::Signal::gcs_motor);
    auto const* c = last_awake(all, q.at);
    if (c != nullptr && q.at - c->time > age) c = nullptr;
    if (c != nullptr) q.outlives(c->time, age);
    return {c, PartState::valued};
}

DecidingComa worst(Inquiry& q, std::vector<Coma> const& all, std::vector<Sedation> const& sedation, CompareComas worse,
                   CompareComas same) {
    DecidingComa best;
    const auto consider = [&](Coma const& c, PartState state) {
        if (best.coma == nullptr || worse(q, c, *best.coma) || (same(q, c, *best.coma) && state == PartState::valued))
            best = {&c, state};
    };
    for (auto const& s : sedation) {
        if (!s.running && s.to <= q.after) continue;
        if (!s.running) q.leaves(s.to);
        if (s.known_to <= q.after) continue;
        q.leaves(s.known_to);
        if (auto const* c = last_awake(all, s.from)) consider(*c, PartState::carried);
    }
    for (auto const& c : all) {
        if (c.time <= q.after || c.sedated) continue;
        consider(c, PartState::valued);
        q.leaves(c.time);
    }
    return best;
}

} // namespace

namespace {

constexpr EventTime never_known{std::numeric_limits<std::int64_t>::min()};

bool ran_before(Inquiry const& q, Signal drug, EventTime t) {
    const auto all = q.timeline.range(drug, t - q.rules.tables.sofa.stop_unheard, t - model::Duration{1});
    const auto last = std::find_if_not(all.rbegin(), all.rend(), [](Sample const& s) { return is_unreadable(s); });
    return last != all.rend() && !model::stops(*last);
}

} // namespace

std::vector<Sedation> sedations(Inquiry& q, std::optional<Signal> except) {
    std::vector<Sedation> out;
    bool stopped = false, unheard = false; // at this instant
    for (auto drug : model::sedating) {
        if (drug == except || q.timeline.empty(drug)) continue;
        for (auto const& run : runs_of(q, drug, q.rules.tables.sofa.infusion_gap)) {
            const auto known_to = run.running ? q.at : run.to;
            out.push_back({run.from,
                           run.to,
                           run.running,
                           known_to,
                           drug,
                           run.segments.back().rate,
                           {{run.from, known_to}},
                           nullptr});
            stopped = stopped || (!run.running && run.to == q.at);
        }
        for (auto const& u : unheard_of(q, drug)) {
            // Words about a drug that is often given by single doses say nothing of an infusion that nobody told of.
            if (is_unreadable(*u.rate) && !ran_before(q, drug, u.rate->time)) continue;
            // What cannot be read does not say, either, that it ran until then.
            const auto known_to = is_unreadable(*u.rate) ? never_known : u.rate->time;
            out.push_back({u.rate->time, u.to, u.lasts, known_to, drug, u.rate, {}, u.rate});
            unheard = unheard || u.lasts;
        }
    }
    // A moment later the drug that nobody has heard of for a day is all that is left.
    if (q.now() && stopped && unheard) q.due.at(q.at + model::Duration{1});
    std::sort(out.begin(), out.end(), [](Sedation const& a, Sedation const& b) { return a.from < b.from; });
    std::vector<Sedation> merged;
    for (auto const& s : out) {
        if (merged.empty() || s.from > merged.back().to) {
            merged.push_back(s);
            continue;
        }
        merged.back().to = std::max(merged.back().to, s.to);
        merged.back().running = merged.back().running || s.running;
        merged.back().certain.insert(merged.back().certain.end(), s.certain.begin(), s.certain.end());
        if (s.doubtful != nullptr) merged.back().doubtful = s.doubtful;
        if (s.known_to < merged.back().known_to || (s.known_to == merged.back().known_to && !s.running)) continue;
        merged.back().known_to = s.known_to;
        merged.back().drug = s.drug;
        merged.back().rate = s.rate;
    }
    return merged;
}

std::vector<Coma> coma_scores(Inquiry& q, Verbal verbal, std::vector<Sedation> const& sedation, EventTime after) {
    auto out = sets(q, verbal, after);
    const auto recent = q.rules.tables.sofa.recent_sedation;
    const auto in_parts = out.size(); // totals stand behind them
    for (auto const& s : q.timeline.range(Signal::gcs_total, after, q.at)) {
        const auto total = whole(&s, 3, 15);
        const std::span known{out.data(), in_parts};
        const bool repeated = out.size() > in_parts && out.back().time == s.time;
        const bool has_parts =
            repeated || std::any_of(known.begin(), known.end(), [&](Coma const& c) {
                const auto apart = c.time < s.time ? s.time - c.time : c.time - s.time;
                if (c.time == s.time) return true;
                return c.motor_only && apart <= q.rules.tables.sofa.gcs_set && !(total && contradicts(q, c, *total));
            });
        auto const* contradicting = total ? tell_contradiction(q, s, *total, known) : nullptr;
        if (!total || has_parts) continue;
        Coma c;
        c.time = s.time;
        c.total = *total;
        c.contradicted = contradicting != nullptr;
        if (q.explain) c.evidence.push_back(evidence_of(Signal::gcs_total, s, Verdict::used));
        if (contradicting != nullptr && !contradicting->evidence.empty()) {
            auto motor = contradicting->evidence.front();
            motor.verdict = Verdict::refused;
            motor.reason = model::Reason::conflict;
            c.evidence.push_back(motor);
        }
        out.push_back(std::move(c));
    }
    for (auto& c : out) mark(c, sedation, recent);
    const auto earlier = [](Coma const& a, Coma const& b) { return a.time < b.time; };
    if (!std::is_sorted(out.begin(), out.end(), earlier)) std::stable_sort(out.begin(), out.end(), earlier);
    std::erase_if(out, [&](Coma const& c) { return c.time <= after; });
    return out;
}

DecidingComa deciding_coma(Inquiry& q, std::vector<Coma> const& all, std::vector<Sedation> const& sedation,
                           CompareComas worse, CompareComas same) {
    return q.now() ? newest(q, all, sedation) : worst(q, all, sedation, worse, same);
}

void bound_by_doubtful(Inquiry& q, model::ScorePart& part, std::vector<Coma> const& all,
                       std::function<std::int32_t(Coma const&)> const& points) {
    if (q.now()) return; // the newest score decides, or nobody knows
    for (auto const& c : all) {
        if (c.in_doubt == nullptr || c.time <= q.after) continue;
        q.leaves(c.time);
        const auto most = points(c);
        if (most <= part.upper) continue;
        part.upper = most;
        add_flag(part, flag_of_unheard(*c.in_doubt));
    }
}

model::Evidence unusable_coma(Inquiry& q) {
    const auto motor = missing_or_stale(q, Signal::gcs_motor), total = missing_or_stale(q, Signal::gcs_total);
    return total.time && (!motor.time || *total.time > *motor.time) ? total : motor;
}

void append_observed(Inquiry& q, model::ScorePart& part, std::vector<Coma> const& all) {
    Coma const* observed = nullptr;
    for (auto const& c : all)
        if (c.sedated && c.time > q.after) observed = &c;
    if (observed == nullptr) return;
    for (auto e : observed->evidence) {
        e.verdict = Verdict::refused;
        e.reason = observed->in_doubt == nullptr        ? model::Reason::sedated
                   : is_unreadable(*observed->in_doubt) ? model::Reason::unreadable
                                                        : model::Reason::pump_silent;
        part.evidence.push_back(e);
    }
    q.leaves(observed->time);
}

} // namespace vigil::scores
