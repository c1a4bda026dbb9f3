// A single value says where a patient is, two of them where he goes: lactate that is not cleared, a ratio that falls, a
// dose that rises.

#include "core/alerts/evaluate.hpp"
#include "core/alerts/oxygenation.hpp"
#include "core/scores/registry.hpp"
#include "core/scores/saturation.hpp"

#include <algorithm>
#include <map>

namespace vigil::alerts {

namespace {

using model::EventTime;
using model::Ratio;

struct Value {
    EventTime time;
    Ratio value;
    model::Evidence evidence;
};
struct Values : std::vector<Value> { // oldest first
    // The newest that is known is none to compare: so it is judged as this, whatever came before it.
    std::optional<ConditionState> otherwise;
};

Values results(PatientView const& view, Trend const& rule) {
    Values out;
    const auto from = view.now - rule.within - rule.fresh_for;
    for (auto const& s : view.patient.timeline->range(rule.signal, from, view.now)) {
        const auto value = s.is_word ? std::nullopt : core::canonical(view.rules, rule.signal, s.value, s.unit);
        // A bound is no value: what lies beyond it cannot be said to have moved. Below the least that counts it is
        // over.
        out.otherwise.reset();
        if (!value || s.comparator != model::Comparator::exactly) {
            const bool below =
                value && rule.at_least && *value <= *rule.at_least &&
                (s.comparator == model::Comparator::less || s.comparator == model::Comparator::less_equal);
            out.otherwise = below ? ConditionState::absent : ConditionState::unknown;
            continue;
        }
        out.push_back({s.time, *value, evidence_of(rule.signal, s)});
    }
    return out;
}

// At each gas of the interval, as the ARDS evaluation pairs it.
Values gas_ratios(PatientView const& view, Trend const& rule) {
    Values out;
    const auto from = view.now - rule.within - rule.fresh_for;
    for (auto const& s : view.patient.timeline->range(model::Signal::pao2, from, view.now)) {
        const auto gas = gas_ratio(view.patient, view.rules, s.time);
        if (!gas || gas->time != s.time || (!out.empty() && out.back().time == s.time)) continue;
        out.push_back({s.time, gas->pf, evidence_of(model::Signal::pao2, s)});
    }
    return out;
}

bool is_vasoactive(core::VocabularyEntry const& e) {
    return e.kind == model::SignalKind::infusion && scores::reads(model::ScoreId::vasoactive, e.signal);
}

// Any of these drugs was last told to run.
bool any_runs(PatientView const& view) {
    return std::any_of(view.rules.vocabulary.begin(), view.rules.vocabulary.end(), [&](core::VocabularyEntry const& e) {
        const auto last = is_vasoactive(e) ? view.patient.timeline->latest(e.signal, view.now, {}) : std::nullopt;
        return last && !model::stops(*last);
    });
}

// `percent` of the earlier one.
bool reaches(Ratio const& newest, Ratio const& earlier, std::int32_t percent) {
    const auto limit = model::scaled(earlier, model::Decimal{percent, 0}, model::Decimal{100, 0});
    return limit && newest >= *limit;
}

bool moved(Trend const& rule, Ratio const& earlier, Ratio const& newest) {
    switch (rule.way) {
    case Trend::Way::not_falling:
        return (!rule.at_least || earlier >= *rule.at_least) &&
               (reaches(newest, earlier, 100 - rule.percent) && !(newest == earlier && rule.percent == 0));
    case Trend::Way::falling: {
        const auto limit = model::scaled(earlier, model::Decimal{100 - rule.percent, 0}, model::Decimal{100, 0});
        return limit && newest <= *limit;
    }
    case Trend::Way::rising: {
        const auto most = rule.by ? model::sum(earlier, model::ratio(*rule.by)) : std::optional{earlier};
        return most && newest >= *most && reaches(newest, earlier, 100 + rule.percent);
    }
    }
    return false;
}

// A pump stands while its syringe is changed, for about two minutes: that ends no rise.
constexpr model::Duration syringe_change = model::minutes(5);
// An earlier dose counts where it stood at two quarters of an hour of the clock, one after the other: neither a change
// of syringes nor of pumps is a dose to rise from. That is said of the readings alone: what else has the patient looked
// at makes no rise and hides none.
constexpr model::Duration quarter{scores::quarter_ms};

struct Dose {
    Ratio value;
    model::Evidence evidence;
    std::optional<EventTime> next_change;
};

// The least that is certain counts; nothing: nobody knows it.
std::optional<Dose> dose_at(PatientView const& view, EventTime at) {
    auto patient = view.patient;
    patient.shared = nullptr; // that is of one instant
    const auto score = scores::evaluate({model::ScoreId::vasoactive, model::Product::now, model::Basis::native, 0},
                                        patient, at, view.rules);
    auto const& total = score.parts.front();
    if (!total.value || total.state == model::PartState::not_measured) return std::nullopt;
    return Dose{model::ratio(*total.value), total.evidence.empty() ? model::Evidence{} : total.evidence.front(),
                score.next_change};
}

// The greatest of the last five minutes: what they began with, and wherever a drug was told of since.
Dose without_pauses(PatientView const& view, Dose now, Wake& wake) {
    const auto begin = view.now - syringe_change;
    // Of what is told by the second one a minute.
    std::map<std::int64_t, EventTime> looks{{model::minute_of(begin), begin}};
    for (auto const& e : view.rules.vocabulary) {
        if (!is_vasoactive(e)) continue;
        for (auto const& s : view.patient.timeline->range(e.signal, begin, view.now)) {
            wake.at(s.time + syringe_change);
            auto& look = looks[model::minute_of(s.time)];
            look = std::max(look, s.time);
        }
    }
    for (const auto& [minute, at] : looks) {
        auto before = at < view.now ? dose_at(view, at) : std::nullopt;
        if (before && before->value > now.value) now = *std::move(before);
    }
    return now;
}

void add_earlier(PatientView const& view, Trend const& rule, Wake& wake, Values& out) {
    const EventTime newest{scores::quarter_of(view.now - rule.apart) * quarter.ms}, oldest = view.now - rule.within;
    wake.at(newest + quarter + rule.apart);
    std::optional<Dose> after;
    for (auto at = newest; at >= oldest; at = at - quarter) {
        wake.outlives(at, rule.within);
        auto here = dose_at(view, at);
        if (here && after) {
            auto const& higher = here->value > after->value ? *here : *after;
            out.push_back({at, higher.value, higher.evidence});
        }
        after = std::move(here);
    }
}

// The dose now, and those before it.
Values doses(PatientView const& view, Trend const& rule, Wake& wake) {
    Values out;
    auto const& vocabulary = view.rules.vocabulary;
    const bool any = std::any_of(vocabulary.begin(), vocabulary.end(), [&](core::VocabularyEntry const& e) {
        return is_vasoactive(e) && !view.patient.timeline->empty(e.signal);
    });
    if (!any) return out;
    auto now = dose_at(view, view.now);
    if (!now) { // a pump nobody hears, or a weight nobody knows, ends nothing
        out.otherwise = any_runs(view) ? ConditionState::unknown : ConditionState::absent;
        return out;
    }
    if (now->next_change) wake.at(*now->next_change);
    const auto counts = [&] { return !rule.at_least || now->value >= model::ratio(*rule.at_least); };
    if (!counts()) now = without_pauses(view, *std::move(now), wake);
    if (counts()) add_earlier(view, rule, wake, out);
    std::reverse(out.begin(), out.end());
    out.push_back({view.now, now->value, now->evidence});
    return out;
}

Values values_of(PatientView const& view, Trend const& rule, Wake& wake) {
    switch (rule.of) {
    case Trend::Of::signal: return results(view, rule);
    case Trend::Of::pf: return gas_ratios(view, rule);
    case Trend::Of::ne_equivalent: return doses(view, rule, wake);
    }
    return {};
}

// The one that the newest moved furthest from, of those in the interval before it; null: from none.
Value const* moved_from(Trend const& rule, Values const& values) {
    auto const& newest = values.back();
    Value const* from = nullptr;
    for (auto const& earlier : values) {
        const auto before = newest.time - earlier.time;
        if (before < rule.apart || before > rule.within || !moved(rule, earlier.value, newest.value)) continue;
        const bool further = from == nullptr || (rule.way == Trend::Way::rising ? earlier.value < from->value
                                                                                : earlier.value > from->value);
        if (further) from = &earlier;
    }
    return from;
}

std::int64_t hundredths(Ratio const& value) {
    const auto rounded = model::round_half_up(value, 2);
    if (!rounded) return 0;
    auto v = rounded->mantissa;
    for (unsigned i = rounded->scale; i < 2; ++i) v *= 10;
    return v;
}

void judge(PatientView const& view, Trend const& rule, Values const& values, Condition& c, Wake& wake) {
    auto const& newest = values.back();
    wake.outlives(newest.time, rule.fresh_for);
    const bool there =
        (!rule.at_least || newest.value >= *rule.at_least) && (!rule.at_most || newest.value <= *rule.at_most);
    auto const* from = there ? moved_from(rule, values) : nullptr;
    if (from == nullptr) return;
    const bool fresh = view.now - newest.time <= rule.fresh_for;
    c.state = fresh ? ConditionState::present : ConditionState::unknown;
    c.level = 1;
    c.since = c.reached = newest.time;
    c.figures = {hundredths(from->value), hundredths(newest.value)};
    c.evidence = {newest.evidence, from->evidence};
    if (fresh) return;
    c.evidence.front().verdict = model::Verdict::stale;
    c.evidence.front().reason = model::Reason::stale;
}

} // namespace

void evaluate_trends(PatientView const& view, Conditions& out, Wake& wake) {
    for (auto const& rule : view.rules.rules.trends) {
        if (!rule.rule.enabled) continue;
        auto c = condition_of(rule.rule);
        const auto values = values_of(view, rule, wake);
        if (values.otherwise) {
            c.state = *values.otherwise;
            c.level = c.state == ConditionState::absent ? 0 : 1;
        } else if (!values.empty()) {
            judge(view, rule, values, c, wake);
        } else {
            // Too old to be looked at is not over.
            c.held = rule.of != Trend::Of::ne_equivalent && !view.amended;
        }
        out.push_back(std::move(c));
    }
}

} // namespace vigil::alerts
