#include "core/scores/first_day.hpp"

#include "core/scores/gcs.hpp"
#include "core/scores/logarithm.hpp"
#include "core/scores/logistic.hpp"
#include "core/scores/results.hpp"
#include "core/scores/total.hpp"

#include <limits>

namespace vigil::scores {

using model::Duration;
using model::EventTime;
using model::Part;
using model::PartState;
using model::ScorePart;
using model::Signal;
using model::Verdict;
using model::Word;

ScorePart of_first_day(Inquiry& q, Part name, Duration stands, Reading reading, OfFirstDay answer) {
    const auto asked = q.at;
    const auto end = q.opened + q.window();
    for (auto t : {q.opened, end, end + stands}) q.due.at(t);
    if (asked < q.opened || asked >= end + stands) {
        auto out = unmeasured(name, 0);
        out.state = PartState::not_applicable;
        return out;
    }
    q.key.product = model::Product::day; // whatever was asked for
    q.shared = nullptr;                  // another window than that of the day at the instant asked for
    q.after = q.opened - Duration{1};
    const bool over = asked >= end;
    if (over) {
        q.whole_minutes = reading == Reading::to_the_minute;
        q.at = q.whole_minutes ? model::start_of_minute(model::minute_of(end)) : end - Duration{1};
        q.past = asked - q.at;
    }
    auto part = answer(q, asked);
    const bool settled = part.state == PartState::valued || part.state == PartState::carried;
    if (!over && !q.day_is_over && settled) part.state = PartState::provisional;
    return part;
}

void add_up_first_day(std::span<ScorePart> parts) {
    add_up(parts);
    if (parts[1].state == PartState::not_applicable) {
        parts[0] = unmeasured(Part::total, 0);
        parts[0].state = PartState::not_applicable;
    }
}

std::optional<model::Sample> attested_of_stay(Inquiry& q, Signal signal, EventTime asked) {
    auto s = q.timeline.latest(signal, asked, {});
    if (!s || !s->until) return s;
    q.due.at(*s->until);
    return *s->until <= asked ? std::nullopt : s;
}

YesNo yes_or_no(Inquiry& q, Signal signal, EventTime asked) {
    YesNo out;
    out.sample = attested_of_stay(q, signal, asked);
    if (out.sample && out.sample->is_word && (out.sample->word == Word::yes || out.sample->word == Word::no))
        out.said = out.sample->word == Word::yes;
    return out;
}

ScorePart age_points(Inquiry& q, RangeTable const& ages) {
    auto part = unmeasured(Part::age, most_points(ages));
    if (q.age_years) settle(part, ages.ranges[range_of(ages, model::Decimal{*q.age_years, 0})].points);
    return part;
}

ScorePart worst_result(Inquiry& q, std::span<RangeTable const> columns, Part part, Signal signal) {
    const std::array sources = {ResultSource{signal}};
    return part_of(part, result_of(q, columns_of(columns, part, signal), sources, {}));
}

namespace {

bool lower(Inquiry const&, Coma const& a, Coma const& b) { return a.total < b.total; }
bool same(Inquiry const&, Coma const& a, Coma const& b) { return a.total == b.total; }

} // namespace

ScorePart worst_coma(Inquiry& q, std::int32_t most, std::int32_t (*points)(Inquiry const& q, std::int32_t total)) {
    auto part = unmeasured(Part::gcs, most);
    const auto sedation = sedations(q);
    // Without sedation nothing before the window can count.
    const EventTime from = sedation.empty() ? q.after - q.rules.tables.sofa.gcs_set
                                            : EventTime{std::numeric_limits<std::int64_t>::min() / 2};
    const auto all = coma_scores(q, Verbal::regression, sedation, from);
    const auto choice = deciding_coma(q, all, sedation, lower, same);
    if (choice.coma != nullptr) {
        settle(part, points(q, choice.coma->total), choice.state);
        part.evidence = choice.coma->evidence;
        if (choice.coma->verbal_imputed) add_flag(part, model::Flag::verbal_imputed);
        if (choice.coma->after_sedation) add_flag(part, model::Flag::recent_sedation);
        if (choice.coma->contradicted) add_flag(part, model::Flag::gcs_disagrees);
    }
    bound_by_doubtful(q, part, all, [&](Coma const& c) { return points(q, c.total); });
    append_observed(q, part, all);
    if (q.unexplained(part)) part.evidence.push_back(unusable_coma(q));
    return part;
}

std::optional<model::Ratio> log_odds_of(DeathOdds const& odds, std::int32_t points) {
    auto sum = model::scaled({points, 1}, odds.score, {1, 0});
    if (sum) sum = model::sum(*sum, model::ratio(odds.constant));
    if (odds.ln_score == model::Decimal{}) return sum;
    const auto ln = natural_logarithm({points + 1, 0});
    const auto term = ln ? model::scaled(model::ratio(*ln), odds.ln_score, {1, 0}) : std::nullopt;
    return sum && term ? model::sum(*sum, *term) : std::nullopt;
}

void tell_mortality(ScorePart& mortality, ScorePart const& total, std::optional<model::Ratio> const& log_odds) {
    mortality = unmeasured(Part::mortality, 0);
    mortality.value_unit = model::Unit::percent;
    if (total.state == PartState::not_applicable) {
        mortality.state = PartState::not_applicable;
        return;
    }
    if (!total.points || total.lower != total.upper || !log_odds) return;
    mortality.value = per_cent_of_odds(*log_odds);
    if (mortality.value) mortality.state = total.state;
}

} // namespace vigil::scores
