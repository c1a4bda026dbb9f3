// A frame of readings: whose, when, what, and may a rule use it.

#include "core/canonical.hpp"
#include "core/engine.hpp"

#include <algorithm>
#include <cassert>

namespace vigil::core {

using model::EventTime;
using model::nobody;
using model::Reason;

namespace {

constexpr std::size_t messages_remembered = 4'096; // design 5 "Twice"
constexpr model::Duration messages_remembered_for = model::hours(24);

void learn(Step& step, model::Frame const& frame) {
    for (auto const& c : frame.new_channels) {
        step.state.channels.push_back(c);
        step.state.channel_counts.emplace_back();
        const model::ChannelId id{static_cast<std::uint32_t>(step.state.channels.size())};
        step.derived.channels.emplace(key_of(c), id);
        step.derived.mappings.push_back(map_channel(step.rules, step.state.sources[c.source.value - 1].name, c));
    }
    for (auto const& s : frame.new_subjects) {
        step.state.subjects.push_back(s);
        const model::SubjectId id{static_cast<std::uint32_t>(step.state.subjects.size())};
        step.derived.subjects.emplace(key_of(s), id);
        step.derived.attributions.emplace_back();
    }
}

void remember(Step& step, model::Frame const& frame) {
    auto& source = step.state.sources[frame.source.value - 1];
    auto& index = step.derived.seen[frame.source.value - 1];
    SeenMessage m{frame.message_id, frame.content, frame.part, step.event.at, step.event.seq};
    index.emplace(key_of(m.id, m.content, m.part), m.seq);
    const auto forget = [&index](SeenMessage const& old) {
        const auto [from, to] = index.equal_range(key_of(old.id, old.content, old.part));
        for (auto i = from; i != to; ++i)
            if (i->second == old.seq) {
                index.erase(i);
                break;
            }
    };
    const auto oldest_is_stale = !source.seen.empty() && source.oldest_seen < source.seen.size() &&
                                 source.seen[source.oldest_seen].at + messages_remembered_for < step.event.at;
    if (source.seen.size() < messages_remembered && !oldest_is_stale) {
        // The ring grows only while its oldest entry stands first, so that order is kept.
        if (source.oldest_seen == 0) {
            source.seen.push_back(std::move(m));
            return;
        }
    }
    auto& slot = source.seen[source.oldest_seen];
    forget(slot);
    slot = std::move(m);
    source.oldest_seen = static_cast<std::uint32_t>((source.oldest_seen + 1) % source.seen.size());
}

bool may_imply(Step const& step, model::SourceId source) {
    auto const& name = step.state.sources[source.value - 1].name;
    for (auto const& s : step.rules.sources)
        if (s.source == name) return s.implied_admission;
    return false;
}

// An encounter that only readings opened begins at its earliest reading, in whatever order they come.
void begin_no_later(Step& step, Encounter& e, EventTime when) {
    if (!e.implied || e.opened <= when) return;
    for (auto& m : e.movements)
        if (m.kind == CensusKind::admit) m.effective = m.told = when;
    derive_stays(e);
    e.opened = when;
    step.derived.attributions.assign(step.derived.attributions.size(), {});
}

model::EncounterId implied(Step& step, model::SubjectId id, EventTime when) {
    auto const& subject = step.state.subjects[id.value - 1];
    for (auto& e : step.state.encounters) {
        if (!e.implied || e.merged_into || e.closed || e.opened <= when) continue;
        const bool same_patient = subject.visit.empty() && !subject.patients.empty() && e.patients == subject.patients;
        const bool same_bed = subject.visit.empty() && subject.patients.empty() && e.visit.empty() &&
                              e.patients.empty() && subject.location && !e.stays.empty() &&
                              e.stays.front().bed == find_bed(step.state, *subject.location);
        if (!same_patient && !same_bed) continue;
        begin_no_later(step, e, when);
        return e.id;
    }
    const auto copy = subject; // open_encounter may grow the tables `subject` stands in
    const auto opened = open_encounter(step.state, copy, when, true);
    step.derived.attributions.assign(step.derived.attributions.size(), {});
    BedChanged b;
    b.kind = BedChanged::Kind::admitted;
    b.encounter = opened;
    b.bed = at(step.state, opened).bed;
    b.when = when;
    step.effects.emplace_back(b);
    return opened;
}

void hold_unassigned(Step& step, Interpreted const& read, Mapping const& mapping, Reason reason) {
    auto& all = step.state.unassigned;
    const auto subject = read.sample.subject.value;
    if (!all.contains(subject) && all.size() >= held_subjects) {
        ++step.state.refused[static_cast<std::uint8_t>(reason)];
        return;
    }
    auto& u = all[subject];
    if (u.readings++ == 0) u.first = step.event.at;
    u.last = step.event.at;
    u.reason = reason;
    if (reason == Reason::identity_conflict) wake_bed_of(step, read.sample.subject);
    if (!mapping.signal || read.refused != Reason::none ||
        !step.derived.kept[static_cast<std::size_t>(*mapping.signal)])
        return;
    if (u.held.size() >= held_per_subject) u.held.erase(u.held.begin());
    u.held.push_back({*mapping.signal, mapping.kind, read.sample});
}

void note_newest(Encounter& e, model::Signal signal, Interpreted const& read, model::Reading const& reading,
                 model::Unit unit) {
    if (!read.has_time || read.refused == Reason::future) return;
    auto& n = e.newest[static_cast<std::size_t>(signal)];
    if (n.seen && read.sample.time < n.time) {
        if (!n.before || *n.before < read.sample.time) n.before = read.sample.time;
        return;
    }
    const auto before = n.seen && n.time < read.sample.time ? std::optional{n.time} : n.before;
    n = {read.sample.time, reading.value, unit, read.refused, true, before};
    if (read.refused == Reason::none && (!e.last_data || *e.last_data < read.sample.time))
        e.last_data = read.sample.time;
}

bool refuse(Step& step, Interpreted const& read, model::EncounterId encounter, Reason why) {
    ++step.state.refused[static_cast<std::uint8_t>(why)];
    auto& count = step.state.channel_counts[read.sample.channel.value - 1];
    ++count.refused;
    const bool repeated = count.last_reason == why;
    count.last_reason = why;
    // A stream that is refused for the same reason again and again is told once; the counters go on.
    if (!repeated) step.effects.emplace_back(InputRefused{read.sample.ref, encounter, why});
    return !repeated;
}

void take_reading(Step& step, model::Frame const& frame, model::Reading const& reading, std::uint32_t index,
                  Origin const& origin) {
    assert(reading.channel.value >= 1 && reading.channel.value <= step.state.channels.size());
    auto const& mapping = step.derived.mappings[reading.channel.value - 1];
    auto& count = step.state.channel_counts[reading.channel.value - 1];
    ++count.readings;
    count.last = step.event.at;
    const std::string_view order = reading.order == 0 || reading.order > frame.orders.size()
                                       ? std::string_view{}
                                       : frame.orders[reading.order - 1U];
    const auto read =
        interpret(step.rules, mapping, step.state.channels[reading.channel.value - 1], reading, index, order, origin);
    if (!read.has_time || read.refused == Reason::not_production) {
        refuse(step, read, nobody, read.refused == Reason::none ? Reason::no_time : read.refused);
        return;
    }
    // What cannot be timed is attributed as of now, so that it is at least shown with the right patient.
    const auto when = read.refused == Reason::future ? model::patient_now(step.event.at) : read.sample.time;
    const auto owner = whose(step, frame.source, frame.subject, when);
    if (owner.encounter == nobody) {
        hold_unassigned(step, read, mapping, owner.reason);
        return;
    }
    auto& encounter = at(step.state, owner.encounter);
    if (encounter.suspended) {
        refuse(step, read, owner.encounter, Reason::suspended);
        return;
    }
    begin_no_later(step, encounter, when);
    if (mapping.signal) note_newest(encounter, *mapping.signal, read, reading, mapping.unit);
    if (read.refused != Reason::none) {
        const bool told = refuse(step, read, owner.encounter, read.refused);
        if (mapping.signal && step.derived.kept[static_cast<std::size_t>(*mapping.signal)]) {
            note(encounter.refusals,
                 {*mapping.signal, read.refused, when, reading.value, mapping.unit, read.sample.ref, reading.channel});
            if (told) {
                auto& mark = touch(step, owner.encounter, when);
                mark.signals.set(static_cast<std::size_t>(*mapping.signal));
                mark.refused = mark.now = mark.timely = true;
            }
        }
        return;
    }
    if (step.state.channel_counts[reading.channel.value - 1].last_reason != Reason::none)
        step.state.channel_counts[reading.channel.value - 1].last_reason = Reason::none;
    if (!step.derived.kept[static_cast<std::size_t>(*mapping.signal)]) return;
    place(step, *mapping.signal, mapping.kind, read.sample);
}

void report_unassigned(Step& step, model::Frame const& frame, std::uint64_t before) {
    const auto u = step.state.unassigned.find(frame.subject.value);
    if (u == step.state.unassigned.end() || u->second.readings == before) return;
    const auto more = u->second.readings - before;
    // Told when it begins; `vigil status` has the running count.
    if (before == 0)
        step.effects.emplace_back(
            Unassigned{frame.subject, frame.source, u->second.reason, static_cast<std::uint32_t>(more)});
}

void note_late(Step& step, model::EncounterId encounter, model::Signal signal, model::Sample const& sample) {
    BedChanged b;
    b.kind = BedChanged::Kind::late_result;
    b.encounter = encounter;
    b.bed = bed_of(step.state, encounter);
    b.what = signal;
    b.value.kind = sample.is_word ? model::Value::Kind::word : model::Value::Kind::number;
    b.value.word = sample.word;
    b.value.number = sample.value;
    b.value.comparator = sample.comparator;
    b.unit = sample.unit;
    b.when = sample.time;
    step.effects.emplace_back(std::move(b));
}

} // namespace

void wake_bed_of(Step& step, model::SubjectId subject) {
    auto const& named = step.state.subjects[subject.value - 1];
    const auto wake = [&](Encounter& e) {
        alerts::wake(e.alerts, step.event.at);
        step.derived.next_due = std::min(step.derived.next_due, step.event.at);
    };
    if (!named.visit.empty())
        for (auto& e : step.state.encounters)
            if (e.visit == named.visit) wake(e);
    const auto bed = named.location ? find_bed(step.state, *named.location) : std::nullopt;
    if (!bed) return;
    for (const auto id : occupants(step.state, *bed, model::patient_now(step.event.at))) wake(at(step.state, id));
}

Attribution whose(Step& step, model::SourceId source, model::SubjectId id, EventTime when) {
    auto& cached = step.derived.attributions[id.value - 1];
    if (cached.from <= when && when < cached.to) return cached;
    auto found = attribute(step.state, id, when);
    if (found.encounter == nobody && found.reason == Reason::unassigned && may_imply(step, source)) {
        found.encounter = implied(step, id, when);
        found.reason = Reason::none;
        found.from = found.to = when;
    }
    if (found.from < found.to) step.derived.attributions[id.value - 1] = found;
    return found;
}

void place(Step& step, model::Signal signal, model::SignalKind kind, model::Sample const& sample) {
    const auto owner = whose(step, sample.source, sample.subject, sample.time);
    if (owner.encounter == nobody) return;
    auto& encounter = at(step.state, owner.encounter);
    const auto now = model::patient_now(step.state.now);
    const auto minute = sample.time.ms / 60'000;
    const bool streams = kind == model::SignalKind::monitor || kind == model::SignalKind::setting;
    const auto before = streams ? encounter.timeline.latest(signal, {(minute + 1) * 60'000 - 1}, {}) : std::nullopt;
    // Within a running minute a dense stream adds nothing a rule could use before the minute ends; its first value
    // counts at once, and so does a setting that differs from the one before it.
    const bool first_of_its_minute = !before || before->time.ms / 60'000 != minute || now.ms / 60'000 != minute;
    const bool retraction = sample.status == model::Status::deleted || sample.status == model::Status::wrong;
    const auto result = retraction ? encounter.timeline.retract(signal, kind, sample, now, step.rules.retention)
                                   : encounter.timeline.insert(signal, kind, sample, now, step.rules.retention);
    using model::Inserted;
    const auto max_age = entry(step.rules, signal).max_age;
    const bool aged = max_age.ms > 0 && sample.time + max_age < now;
    const bool expired = kind == model::SignalKind::laboratory && aged;
    // A newer result of the same kind was here before it (scores.md 0.11).
    const auto newest =
        kind == model::SignalKind::laboratory ? encounter.timeline.latest(signal, now, {}) : std::nullopt;
    const bool overtaken = newest && sample.time < newest->time;
    const bool late = result == Inserted::superseded || (result == Inserted::added && (expired || overtaken));
    if (late) {
        note_late(step, owner.encounter, signal, sample);
        touch(step, owner.encounter, sample.time).late.push_back({signal, sample});
    }
    // What is kept whole is kept so long; a correction of something older is looked up in the journal (design 5
    // "Corrected").
    const bool corrects_the_forgotten = (retraction || sample.status == model::Status::corrected) &&
                                        kind != model::SignalKind::monitor &&
                                        sample.time + step.rules.retention.keep_whole < now;
    if (result == Inserted::behind_horizon || corrects_the_forgotten) {
        encounter.recomputing = true;
        step.effects.emplace_back(
            Recall{owner.encounter, signal, sample.time - model::minutes(1), sample.time + model::minutes(1)});
        return;
    }
    if (result == Inserted::unchanged || result == Inserted::superseded) return;
    auto& mark = touch(step, owner.encounter, sample.time);
    mark.signals.set(static_cast<std::size_t>(signal));
    mark.timely = mark.timely || !late;
    const bool amended = result != Inserted::added;
    mark.corrects = mark.corrects || amended || late || aged;
    const bool set_anew = kind == model::SignalKind::setting && before &&
                          (before->is_word != sample.is_word || before->word != sample.word ||
                           before->unit != sample.unit || before->value != sample.value);
    mark.now = mark.now || !streams || first_of_its_minute || set_anew || amended;
}

void take_recalled(Step& step, Recalled const& recalled, std::vector<Event> const& rows) {
    if (recalled.encounter == 0 || recalled.encounter > step.state.encounters.size()) return;
    auto& e = at(step.state, {recalled.encounter});
    e.timeline.erase(recalled.signal, recalled.from, recalled.to);
    for (auto const& row : rows) {
        auto const* frame = std::get_if<model::Frame>(&row.what);
        if (frame == nullptr) continue;
        Origin origin;
        const std::string source_name = step.state.sources[frame->source.value - 1].name;
        origin.source_name = source_name;
        origin.source = frame->source;
        origin.subject = frame->subject;
        origin.clock_offset = frame->clock_offset;
        origin.message_time = frame->message_time;
        origin.at = row.at;
        origin.seq = row.seq;
        origin.production =
            frame->processing == (step.rules.simulated ? model::Processing::training : model::Processing::production);
        for (std::uint32_t i = 0; i < frame->readings.size(); ++i) {
            auto const& reading = frame->readings[i];
            auto const& mapping = step.derived.mappings[reading.channel.value - 1];
            if (mapping.signal != recalled.signal) continue;
            const std::string_view order = reading.order == 0 || reading.order > frame->orders.size()
                                               ? std::string_view{}
                                               : frame->orders[reading.order - 1U];
            const auto read = interpret(step.rules, mapping, step.state.channels[reading.channel.value - 1], reading, i,
                                        order, origin);
            if (read.refused != Reason::none) continue;
            if (attribute(step.state, frame->subject, read.sample.time).encounter != e.id) continue;
            e.timeline.insert(recalled.signal, mapping.kind, read.sample, model::patient_now(step.state.now),
                              step.rules.retention);
        }
    }
    e.timeline.forget(model::patient_now(step.state.now), step.rules.retention);
    e.recomputing = false;
    touch_whole(step, e.id);
}

void take_frame(Step& step, model::Frame const& frame) {
    learn(step, frame);
    auto& source = step.state.sources[frame.source.value - 1];
    ++source.messages;
    source.last_frame = step.event.at;
    if (frame.clock_offset) source.clock_offset = frame.clock_offset;
    remember(step, frame);
    Origin origin;
    const std::string source_name = source.name;
    origin.source_name = source_name;
    origin.source = frame.source;
    origin.subject = frame.subject;
    origin.clock_offset = frame.clock_offset;
    origin.message_time = frame.message_time;
    origin.at = step.event.at;
    origin.seq = step.event.seq;
    origin.production =
        frame.processing == (step.rules.simulated ? model::Processing::training : model::Processing::production);
    const auto held = step.state.unassigned.find(frame.subject.value);
    const auto before = held == step.state.unassigned.end() ? 0 : held->second.readings;
    for (std::uint32_t i = 0; i < frame.readings.size(); ++i) take_reading(step, frame, frame.readings[i], i, origin);
    report_unassigned(step, frame, before);
}

void take_quarantined(Step& step, Quarantined const& what) {
    // It was acknowledged: it must be known when it comes again, or it would be stepped.
    if (const auto frame = decode<model::Frame>(what.frame_bytes); frame && frame->source == what.source)
        remember(step, *frame);
    if (what.encounter == 0 || what.encounter > step.state.encounters.size()) return;
    auto& e = at(step.state, {what.encounter});
    if (e.suspended) return;
    e.suspended = true;
    BedChanged b;
    b.kind = BedChanged::Kind::suspended;
    b.encounter = e.id;
    b.bed = bed_of(step.state, e.id);
    b.when = model::patient_now(step.state.now);
    step.effects.emplace_back(std::move(b));
    touch_whole(step, e.id);
}

} // namespace vigil::core
