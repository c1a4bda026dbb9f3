// What the state does not hold as the rulebook reads it: corrections from beyond what is kept, and channels whose
// meaning changed, are read from the journal again.

#include "core/engine.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace vigil::core {

using model::EventTime;
using model::Reason;

Meaning meaning_of(Mapping const& m) { return {m.signal, m.unit, m.reason, m.salt, m.salt_factor}; }

void recall(Step& step, model::EncounterId encounter, model::Signal signal, EventTime from, EventTime to) {
    auto& e = at(step.state, encounter);
    // What is taken out is whole minutes, of what is thinned whole spans: so much is read.
    const auto span = model::span_ms(entry(step.rules, signal).kind);
    from.ms = from.ms / span * span;
    to.ms = (to.ms / span + 1) * span - 1;
    // A frame of many late readings asks once.
    if (std::any_of(e.recalls.begin(), e.recalls.end(), [&](auto const& r) {
            return r.signal == signal && r.from <= from && to <= r.to && r.asked == step.event.seq;
        }))
        return;
    e.recomputing = true;
    e.recalls.push_back({signal, from, to, step.event.seq});
    step.effects.emplace_back(Recall{encounter, signal, from, to});
}

bool awaits_rows(Encounter const& e, model::Signal signal) {
    return std::any_of(e.recalls.begin(), e.recalls.end(), [signal](auto const& r) { return r.signal == signal; });
}

void recall_all_kept(Step& step, model::EncounterId encounter, SignalSet const& signals, EventTime since) {
    constexpr std::int64_t minute = 60'000;
    const auto now = model::patient_now(step.state.now);
    const EventTime end{(now.ms / minute + 2) * minute}; // what is ahead by less than the tolerance is in it
    for (std::size_t i = 0; i < model::signal_count; ++i) {
        if (!signals[i] || !step.derived.kept[i]) continue;
        const auto signal = static_cast<model::Signal>(i);
        if (entry(step.rules, signal).kind == model::SignalKind::derived) continue; // stands in no row
        const bool streams = entry(step.rules, signal).kind == model::SignalKind::monitor;
        const auto keep =
            (streams ? step.rules.retention.keep_minutes : step.rules.retention.whole(signal)) + step.rules.keep_longer;
        // A stream in pieces, so that no answer is large.
        const auto piece = streams ? model::hours(4) : keep + model::hours(1);
        const auto first = std::max(now - keep, since);
        for (EventTime from{first.ms / minute * minute}; from < end; from = from + piece)
            recall(step, encounter, signal, from, std::min(from + piece, end) - model::Duration{1});
    }
}

void recall_returned(Step& step, model::EncounterId encounter) {
    SignalSet others = step.derived.kept;
    const auto to = model::patient_now(step.state.now) + model::minutes(2);
    for (std::size_t i = 0; i < model::signal_count; ++i) {
        const auto signal = static_cast<model::Signal>(i);
        const auto kind = entry(step.rules, signal).kind;
        // A drug or a device of so long ago says nothing any more, and pumps and ventilators say much.
        if (!others[i] || !(kind == model::SignalKind::charted || kind == model::SignalKind::attested)) continue;
        others.reset(i);
        recall(step, encounter, signal, {}, to);
    }
    recall_all_kept(step, encounter, others);
}

void take_meanings(Step& step) {
    SignalSet changed;
    for (std::size_t i = 0; i < step.state.channels.size(); ++i) {
        auto& count = step.state.channel_counts[i];
        const auto now = meaning_of(step.derived.mappings[i]);
        const auto before = std::exchange(count.meaning, now);
        if (now == before || step.state.sources[step.state.channels[i].source.value - 1].name == attested_source)
            continue;
        if (before.signal && before.reason == Reason::none) changed.set(static_cast<std::size_t>(*before.signal));
        if (now.signal && now.reason == Reason::none) changed.set(static_cast<std::size_t>(*now.signal));
        if (count.last_reason == before.reason) count.last_reason = now.reason;
    }
    if (changed.none()) return;
    for (auto& e : step.state.encounters) {
        mark_days(step, e, &changed, {std::numeric_limits<std::int64_t>::min()}, DayReason::definition);
        if (!e.merged_into && !e.ended) recall_all_kept(step, e.id, changed);
    }
}

namespace {

// Of the stretch that was read again, whoever it was attested of then: the census may have changed its mind.
std::vector<model::Sample> attested_in(State const& state, model::EncounterId encounter, Recalled const& recalled) {
    std::vector<model::Sample> out;
    for (auto const& e : state.encounters) {
        for (auto const& [signal, s] : e.by_hand)
            if (signal == recalled.signal && recalled.from <= s.time && s.time <= recalled.to &&
                attribute(state, s.subject, s.source, s.time, s.message_time).encounter == encounter)
                out.push_back(s);
    }
    return out;
}

// Judged again from what there is: what could not be read changes nothing. What was attested is in the state and needs
// no row, also of who was let go of and is back; where it had to be read first it is refused for all to see.
void take_given_up(Step& step, Encounter& e, Recalled const& recalled, std::vector<model::Sample> const& by_hand,
                   std::uint64_t asked) {
    auto keep = step.rules.retention;
    keep.awaits_rows = true; // nothing was taken out, and the thinned past is not known again
    const auto kind = entry(step.rules, recalled.signal).kind;
    for (auto const& s : by_hand) {
        const auto done = e.timeline.insert(recalled.signal, kind, s, model::patient_now(step.state.now), keep);
        if (s.ref.seq != asked || done != model::Inserted::behind_horizon) continue;
        step.effects.emplace_back(InputRefused{s.ref, e.id, Reason::behind_horizon});
        note(e.refusals, {recalled.signal, Reason::behind_horizon, s.time, value_of(s), s.unit, s.ref, s.channel});
    }
}

} // namespace

void take_recalled(Step& step, Recalled const& recalled, std::vector<Event> const& rows) {
    if (recalled.encounter == 0 || recalled.encounter > step.state.encounters.size()) return;
    auto& e = at(step.state, {recalled.encounter});
    const auto now = model::patient_now(step.state.now);
    const auto asked = std::find_if(e.recalls.begin(), e.recalls.end(), [&](auto const& r) {
        return r.signal == recalled.signal && r.from == recalled.from && r.to == recalled.to;
    });
    const auto last_read = asked == e.recalls.end() ? std::numeric_limits<std::uint64_t>::max() : asked->asked;
    if (asked != e.recalls.end()) e.recalls.erase(asked);
    auto keep = step.rules.retention;
    keep.read_again = true; // the row that asked for it comes last, when its minute would be summed up again
    const auto kind = entry(step.rules, recalled.signal).kind;
    const auto over = [&] {
        e.recomputing = !e.recalls.empty();
        if (!awaits_rows(e, recalled.signal)) e.timeline.thin_read_again(recalled.signal, now, step.rules.retention);
        touch_whole(step, e.id);
    };
    const auto by_hand = attested_in(step.state, e.id, recalled);
    if (recalled.given_up()) {
        take_given_up(step, e, recalled, by_hand, last_read);
        return over();
    }
    // What a person attested stands in no frame; what came since it was asked is in none that was read.
    const auto attesting = step.derived.sources.find(std::string{attested_source});
    const auto in_no_row = e.timeline.erase(recalled.signal, recalled.from, recalled.to, [&](model::Sample const& s) {
        return s.ref.seq > last_read || (attesting != step.derived.sources.end() && s.source == attesting->second);
    });
    for (auto const& s : by_hand) e.timeline.insert(recalled.signal, kind, s, now, keep);
    for (auto const& s : in_no_row) e.timeline.insert(recalled.signal, kind, s, now, keep);
    for (auto const& row : rows) {
        auto const* frame = std::get_if<model::Frame>(&row.what);
        if (frame == nullptr) continue;
        const auto origin = origin_of(*frame, row.at, row.seq, step.rules);
        for (std::uint32_t i = 0; i < frame->readings.size(); ++i) {
            auto const& reading = frame->readings[i];
            auto const& mapping = step.derived.mappings[reading.channel.value - 1];
            if (!mapping.signal || !may_stand_under(*mapping.signal, recalled.signal)) continue;
            const auto read = interpret(step.rules, mapping, step.state.channels[reading.channel.value - 1], reading, i,
                                        order_of(*frame, reading), origin);
            if (!read.placed()) continue;
            auto const& s = read.sample;
            if (attribute(step.state, s.subject, s.source, s.time, s.message_time).encounter != e.id) continue;
            if (read.refused == Reason::none && mapping.signal == recalled.signal)
                note_newest(e, recalled.signal, s.time, Reason::none, reading.value, mapping.unit);
            place_where_it_belongs(mapping, read,
                                   [&](model::Signal signal, model::SignalKind of, model::Sample const& x) {
                                       if (signal == recalled.signal) e.timeline.insert(signal, of, x, now, keep);
                                   });
        }
    }
    over();
    e.timeline.forget(now - step.rules.keep_longer, step.rules.retention);
}

} // namespace vigil::core
