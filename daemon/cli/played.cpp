#include "cli/played.hpp"

#include "core/alerts/decide.hpp"
#include "core/alerts/sentence.hpp"

#include <algorithm>

namespace vigil::cli {

namespace {

using model::LogTime;

core::State born_at(LogTime at) {
    core::State s;
    s.now = at;
    return s;
}

model::Digest numbered(std::uint64_t seq) {
    model::Digest d{};
    for (std::size_t i = 0; i < 8; ++i) d[i] = static_cast<std::uint8_t>(seq >> (8 * i));
    d[8] = 1;
    return d;
}

} // namespace

Played::Played(core::Rulebook const& rules, LogTime begin, std::optional<model::Duration> acknowledged_after)
    : rules_{rules},
      engine_{rules, born_at(begin)},
      acknowledged_after_{acknowledged_after} {
    step(begin, core::Started{1, {}});
}

model::SourceId Played::source(std::string const& name, std::string const& kind) {
    if (!engine_.find_source(name))
        step(engine_.state().now, core::SourceReported{name, kind, core::SourceState::connected, 1, {}, 0, 0, true});
    return *engine_.find_source(name);
}

// What becomes of a call is looked at in the order of time: time passes to each acknowledgement first.
void Played::pass(LogTime at) {
    const auto tick = [this](LogTime to) {
        if (to > engine_.state().now) step(to, core::Ticked{to});
    };
    while (!calls_.empty() && calls_.front().first <= at) {
        const auto when = calls_.front().first;
        const auto id = calls_.front().second;
        calls_.pop_front();
        tick(when);
        const auto tried =
            std::find_if(alerts_.begin(), alerts_.end(), [&](TriedAlert const& t) { return t.last.id == id; });
        if (!tried->ended) step(when, core::Acknowledged{"recorded", id, tried->last.revision});
    }
    tick(at);
}

void Played::step(LogTime at, core::What what) {
    core::Event event{++seq_, at, std::move(what)};
    const bool frame = std::holds_alternative<model::Frame>(event.what);
    std::vector<core::Effect> effects;
    engine_.step(event, effects);
    if (frame) frames_.push_back(std::move(event));
    take(effects);
}

void Played::take(std::vector<core::Effect> const& effects) {
    for (auto const& effect : effects) {
        if (auto const* a = std::get_if<core::AlertChanged>(&effect)) take(a->alert);
        if (on_effect_) on_effect_(effect);
    }
    for (auto const& effect : effects)
        if (auto const* r = std::get_if<core::Recall>(&effect)) answer(*r);
}

// What the state let go of is read again, as the journal would give it.
void Played::answer(core::Recall const& asked) {
    const auto seq = ++seq_;
    const core::Event event{seq, engine_.state().now,
                            core::Recalled{asked.encounter.value, asked.signal, asked.from, asked.to, numbered(seq)}};
    std::vector<core::Event> rows;
    for (auto const& row : frames_) {
        auto const& readings = std::get<model::Frame>(row.what).readings;
        if (std::any_of(readings.begin(), readings.end(), [&](model::Reading const& r) {
                return r.time && r.time->ms >= asked.from.ms && r.time->ms <= asked.to.ms;
            }))
            rows.push_back(row);
    }
    std::vector<core::Effect> effects;
    engine_.step(event, effects, rows);
    take(effects);
}

void Played::take(alerts::Alert const& alert) {
    auto tried =
        std::find_if(alerts_.begin(), alerts_.end(), [&](TriedAlert const& t) { return t.last.id == alert.id; });
    if (tried == alerts_.end()) {
        tried = alerts_.insert(alerts_.end(), TriedAlert{});
        tried->shown = alert.shown_at;
        tried->said = alerts::sentence(alert, rules_.rules);
    }
    // An alert that is handed on is the same call, to somebody else.
    const bool calls = alerts::announces(alert.notify) && alert.notify != alerts::Notify::escalated;
    if (calls) {
        if (!tried->called) {
            tried->called = alert.revised_at;
            tried->said = alerts::sentence(alert, rules_.rules);
        }
        ++tried->calls;
        if (acknowledged_after_) calls_.emplace_back(alert.revised_at + *acknowledged_after_, alert.id);
        if (alert.notify == alerts::Notify::worsened) ++tried->worsened;
        const bool begins = alert.notify == alerts::Notify::first || alert.notify == alerts::Notify::recurred;
        if (begins && alert.onsets > tried->last.onsets) ++tried->again;
    }
    tried->seen.push_back({alert.revised_at, alert.bed, alert.condition, alert.level, calls});
    if (tried->explained_by.empty()) tried->explained_by = alert.inhibited_by;
    tried->highest = std::max(tried->highest, alert.priority);
    tried->ended.reset(); // the same onset may be true again
    if (alert.signal == alerts::SignalState::closed) tried->ended = alert.revised_at;
    tried->last = alert;
}

} // namespace vigil::cli
