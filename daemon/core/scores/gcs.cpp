#include "core/scores/gcs.hpp"

#include "core/scores/infusion.hpp"

namespace vigil::scores {

using model::Decimal;
using model::EventTime;
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
    if (option == Verbal::none) return std::nullopt;
    if (option == Verbal::motor) {
        constexpr std::int32_t totals[] = {3, 6, 8, 12, 14, 15};
        return totals[motor - 1];
    }
    const auto verbal = model::round_half_up(model::ratio(Decimal{-3756 + 5713 * motor + 4233 * eye, 4}), 0);
    return verbal ? std::optional{eye + motor +
                                  static_cast<std::int32_t>(std::clamp<std::int64_t>(verbal->mantissa, 1, 5))}
                  : std::nullopt;
}

std::optional<Coma> from_parts(Inquiry const& q, Verbal option, Sample const& motor) {
    const auto reach = q.rules.tables.sofa.gcs_set;
    auto const* eye = nearest(q, Signal::gcs_eye, motor.time, reach);
    auto const* verbal = nearest(q, Signal::gcs_verbal, motor.time, reach);
    const auto e = whole(eye, 1, 4), m = whole(&motor, 1, 6), v = whole(verbal, 1, 5);
    if (!e || !m) return std::nullopt;
    Coma c;
    c.time = std::max(eye->time, motor.time);
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
        if (s.from <= c.time && (c.time < s.to || s.running)) c.sedated = true;
        if (s.to <= c.time && c.time - s.to <= recent) c.after_sedation = true;
    }
    if (!c.evidence.empty()) {
        c.evidence.front().compared = Decimal{c.total, 0};
        c.evidence.front().compared_unit = model::Unit::score;
    }
}

} // namespace

std::vector<Sedation> sedations(Inquiry& q) {
    std::vector<Sedation> out;
    bool stopped = false, unheard = false; // at this instant
    for (auto drug : model::sedating) {
        if (q.timeline.empty(drug)) continue;
        for (auto const& run : runs_of(q, drug, q.rules.tables.sofa.infusion_gap)) {
            out.push_back({run.from, run.to, run.running, run.running ? q.at : run.to});
            stopped = stopped || (!run.running && run.to == q.at);
        }
        for (auto const& u : unheard_of(q, drug)) {
            out.push_back({u.rate->time, u.to, u.lasts, u.rate->time});
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
        merged.back().known_to = std::max(merged.back().known_to, s.known_to);
    }
    return merged;
}

std::vector<Coma> coma_scores(Inquiry& q, Verbal verbal, std::vector<Sedation> const& sedation, EventTime after) {
    std::vector<Coma> out;
    const auto recent = q.rules.tables.sofa.recent_sedation;
    for (auto const& motor : q.timeline.range(Signal::gcs_motor, after, q.at))
        if (auto c = from_parts(q, verbal, motor)) out.push_back(std::move(*c));
    for (auto const& s : q.timeline.range(Signal::gcs_total, after, q.at)) {
        const auto total = whole(&s, 3, 15);
        const bool has_parts = std::any_of(out.begin(), out.end(), [&](Coma const& c) { return c.time == s.time; });
        if (!total || has_parts) continue;
        Coma c;
        c.time = s.time;
        c.total = *total;
        if (q.explain) c.evidence.push_back(evidence_of(Signal::gcs_total, s, Verdict::used));
        out.push_back(std::move(c));
    }
    for (auto& c : out) mark(c, sedation, recent);
    std::stable_sort(out.begin(), out.end(), [](Coma const& a, Coma const& b) { return a.time < b.time; });
    std::erase_if(out, [&](Coma const& c) { return c.time <= after; });
    return out;
}

} // namespace vigil::scores
