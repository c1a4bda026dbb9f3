#include "core/scores/cuff_and_line.hpp"

#include "core/scores/mean_minutes.hpp"
#include "core/scores/notes.hpp"

namespace vigil::scores {

using model::Decimal;
using model::Duration;
using model::EventTime;
using model::Signal;

namespace {

bool is_apart(Inquiry const& q, Decimal a, Decimal b) {
    const auto [lower, higher] = std::minmax(a, b);
    const auto between = model::sum(model::ratio(higher), model::ratio({-lower.mantissa, lower.scale}));
    return between && *between > q.rules.tables.sofa.cuff_line_apart;
}

// Beside a line that tells each minute most cuffs agree with its mean of their own minute, and that is all to be read.
bool agrees_at_once(Inquiry const& q, MeanMinute const& m) {
    bool agrees = false;
    q.timeline.minutes(line.mean, model::start_of_minute(m.minute) - Duration{1},
                       std::min(q.at, model::start_of_minute(m.minute + 1)), [&](model::Minute const& at) {
                           if (at.minute != m.minute || at.streaming || at.valid == 0 || at.valid * 2 < at.total)
                               return;
                           const auto value = in_canonical(q, line.mean, at.value, at.unit);
                           agrees = value && !is_apart(q, m.value, *value);
                       });
    return agrees;
}

bool is_artefact(Inquiry const& q, PressureSite const& g, MeanMinute const& m) {
    return !m.derived && artefact(q, g, m.value, m.minute, m.time, m.stream);
}

// The line's minute at a cuff measurement or nearest before it, where their means are apart.
std::optional<MeanMinute> line_apart_from(Inquiry& q, MeanMinute const& m) {
    if (agrees_at_once(q, m)) return std::nullopt;
    const auto reach = q.rules.tables.sofa.cuff_yields;
    const auto first = model::start_of_minute(model::minute_of(m.time - reach));
    std::vector<MeanMinute> beside;
    means_in(q, line, first - Duration{1}, std::min(q.at, model::start_of_minute(m.minute + 1)), std::nullopt, beside);
    for (auto l = beside.rbegin(); l != beside.rend(); ++l) {
        if (!l->usable || l->minute > m.minute || m.time - l->time > reach) continue;
        if (!is_apart(q, m.value, l->value)) return std::nullopt;
        if (is_artefact(q, line, *l)) continue;
        return is_artefact(q, cuff, m) ? std::nullopt : std::optional{*l};
    }
    return std::nullopt;
}

ToldMean told_mean(Inquiry const& q, PressureSite const& g, MeanMinute const& m) {
    ToldMean out{m.derived ? g.systolic : g.mean, {}, m.value};
    q.timeline.minutes(out.signal, model::start_of_minute(m.minute) - Duration{1},
                       std::min(q.at, model::start_of_minute(m.minute + 1)), [&](model::Minute const& told) {
                           if (told.minute == m.minute) out.sample = told.sample();
                       });
    return out;
}

// In the order of time. Whether two in a row are apart depends on nothing before them.
void take(Inquiry& q, MeanMinute const& m, ComparedCuffs& out) {
    if (!m.usable) return;
    const auto beside = line_apart_from(q, m);
    const auto since = out.last ? m.time - out.last->time : Duration{};
    // A mean, and a systolic and diastolic charted a moment apart from it, are of one measurement.
    const bool same = out.last && out.last->derived != m.derived && since <= q.rules.tables.sofa.monitor_gap;
    const bool in_a_row = out.last && !same && since <= q.max_age(Signal::nibp_map);
    if (!beside && out.newest)
        out.newest->lasts = false;
    else if (beside && in_a_row && out.last->apart)
        out.newest = CuffLineApart{m.time, told_mean(q, cuff, m), told_mean(q, line, *beside), true};
    out.last = {m.time, m.derived, beside.has_value()};
}

std::optional<CuffLineApart> look(Inquiry& q, ComparedCuffs& known) {
    const auto within = q.rules.tables.sofa.cuff_line_within;
    const auto after = q.now() ? q.at - within - Duration{1} : q.after;
    const auto from = model::start_of_minute(model::minute_of(after - q.max_age(Signal::nibp_map)));
    std::vector<MeanMinute> cuffs;
    means_in(q, cuff, std::max(from, known.known_to) - Duration{1}, q.at, std::nullopt, cuffs);
    for (auto const& m : cuffs)
        if (m.over) take(q, m, known);
    known.known_to = model::start_of_minute(model::minute_of(q.at));
    std::optional<ComparedCuffs> and_open;
    for (auto const& m : cuffs)
        if (!m.over) take(q, m, and_open ? *and_open : and_open.emplace(known));
    auto const& found = and_open ? *and_open : known;
    if (!found.newest || found.newest->time <= after || (q.now() && !found.newest->lasts)) return std::nullopt;
    if (q.now())
        q.detail.at(found.newest->time + within + Duration{1});
    else if (q.key.product != model::Product::day)
        q.detail.at(found.newest->time + q.window());
    return found.newest;
}

void append_apart(Inquiry const& q, model::ScorePart& part, CuffLineApart const& apart) {
    add_flag(part, model::Flag::cuff_line_apart);
    if (!q.explain) return;
    const auto append = [&](ToldMean const& m, model::Verdict verdict, model::Reason why) {
        const bool told = std::any_of(part.evidence.begin(), part.evidence.end(), [&](model::Evidence const& e) {
            return e.signal == m.signal && e.time == m.sample.time && e.verdict != model::Verdict::missing;
        });
        if (told && why == model::Reason::none) return;
        auto e = evidence_of(m.signal, m.sample, verdict, why);
        e.compared = m.mmhg;
        e.compared_unit = model::Unit::mmHg;
        part.evidence.push_back(e);
    };
    append(apart.line, model::Verdict::used, model::Reason::none);
    append(apart.cuff, model::Verdict::refused, model::Reason::conflict);
}

std::optional<CuffLineApart> look_once(Inquiry& q) {
    ComparedCuffs once;
    return look(q, once);
}

} // namespace

void append_cuff_and_line(Inquiry& q, model::ScorePart& part, EventTime since) {
    const auto append = [&](std::optional<CuffLineApart> const& apart) {
        if (apart && apart->time > since) append_apart(q, part, *apart);
    };
    if (q.shared == nullptr) return append(look_once(q));
    auto& s = q.shared->cuff_and_line;
    append(shared(q, s.told, [&](Inquiry& inner) { return q.keeps ? look(inner, s.compared) : look_once(inner); }));
}

} // namespace vigil::scores
