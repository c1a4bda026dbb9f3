// A frame of readings: whose, when, what, and may a rule use it.

#include "core/engine.hpp"
#include "core/model/canonical.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

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
        step.state.channel_counts.back().meaning = meaning_of(step.derived.mappings.back());
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
    if (!e.days.empty()) wake_days(step, e);
    step.derived.attributions.assign(step.derived.attributions.size(), {});
    take_bed(step, e.id, when);
}

// A stay that was told, or of whom readings named, begins later: what is older is of nobody here.
bool comes_before(State const& state, model::Subject const& subject, EventTime when) {
    if (!subject.visit.empty()) return false;
    const auto bed = subject.location && subject.patients.empty() ? find_bed(state, *subject.location) : std::nullopt;
    return std::any_of(state.encounters.begin(), state.encounters.end(), [&](Encounter const& e) {
        if (e.merged_into) return false;
        if (!subject.patients.empty()) return when < e.opened && is_same_person(e.patients, subject.patients);
        return bed && !is_unnamed(e) && std::any_of(e.stays.begin(), e.stays.end(), [&](Stay const& s) {
                   return s.bed == *bed && when < s.from;
               });
    });
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
    if (comes_before(step.state, subject, when)) return nobody;
    const auto copy = subject; // open_encounter may grow the tables `subject` stands in
    const auto opened = open_encounter(step.state, copy, when, true);
    step.derived.attributions.assign(step.derived.attributions.size(), {});
    BedChanged b;
    b.kind = BedChanged::Kind::admitted;
    b.encounter = opened;
    b.bed = at(step.state, opened).bed;
    b.when = when;
    step.effects.emplace_back(b);
    take_bed(step, opened, when);
    return opened;
}

// A laboratory tells of everybody in the house: whoever was not heard of for longest makes room, so that a stranger of
// months ago never costs a patient of today his readings. The journal keeps all; what a person claimed stays.
bool let_go_of_longest_silent(Step& step) {
    auto& all = step.state.unassigned;
    auto oldest = all.end();
    for (auto i = all.begin(); i != all.end(); ++i)
        if (!i->second.claimed_for && (oldest == all.end() || i->second.last < oldest->second.last)) oldest = i;
    if (oldest == all.end()) return false;
    step.state.refused[static_cast<std::uint8_t>(oldest->second.reason)] += oldest->second.readings;
    all.erase(oldest);
    return true;
}

void hold_unassigned(Step& step, Interpreted const& read, Mapping const& mapping, Reason reason) {
    auto& all = step.state.unassigned;
    const UnassignedKey key{read.sample.subject.value, read.sample.source.value};
    if (!all.contains(key) && all.size() >= held_subjects && !let_go_of_longest_silent(step)) {
        ++step.state.refused[static_cast<std::uint8_t>(reason)];
        return;
    }
    auto& u = all[key];
    if (u.readings++ == 0) u.first = step.event.at;
    u.last = step.event.at;
    u.reason = reason;
    if (reason == Reason::identity_conflict) wake_bed_of(step, read.sample.subject);
    if (u.held.size() >= held_per_subject)
        u.held.erase(u.held.begin(), u.held.begin() + static_cast<std::ptrdiff_t>(held_per_subject / 8));
    if (!mapping.signal || !read.placed()) {
        u.held.push_back({mapping.signal.value_or(model::Signal{}), mapping.kind, read.sample, read.refused});
        return;
    }
    place_where_it_belongs(mapping, read, [&u](model::Signal signal, model::SignalKind kind, model::Sample const& s) {
        u.held.push_back({signal, kind, s, Reason::none});
    });
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

// A bed that is told of as silent is heard again, by whatever no score and no rule reads, or cannot be used.
void end_silence(Step& step, Encounter& e) {
    auto const& silent = step.rules.rules.device_silent.rule.id;
    if (std::none_of(e.alerts.alerts.begin(), e.alerts.alerts.end(), [&](alerts::Alert const& a) {
            return a.rule == silent && a.condition != alerts::ConditionState::absent;
        }))
        return;
    alerts::wake(e.alerts, step.state.now);
    auto& mark = touch(step, e.id, model::patient_now(step.state.now));
    mark.now = mark.timely = true;
}

void place_reading(Step& step, Mapping const& mapping, Interpreted const& read) {
    place_where_it_belongs(mapping, read,
                           [&step](model::Signal signal, model::SignalKind kind, model::Sample const& s) {
                               place(step, signal, kind, s);
                           });
}

void take_reading(Step& step, model::Frame const& frame, model::Reading const& reading, std::uint32_t index,
                  Origin const& origin) {
    assert(reading.channel.value >= 1 && reading.channel.value <= step.state.channels.size());
    auto const& mapping = step.derived.mappings[reading.channel.value - 1];
    auto& count = step.state.channel_counts[reading.channel.value - 1];
    ++count.readings;
    count.last = step.event.at;
    const auto read = interpret(step.rules, mapping, step.state.channels[reading.channel.value - 1], reading, index,
                                order_of(frame, reading), origin);
    if ((!read.has_time && !read.retracts) || read.refused == Reason::not_production) {
        refuse(step, read, nobody, read.refused == Reason::none ? Reason::no_time : read.refused);
        return;
    }
    // What cannot be timed is attributed as of now, so that it is at least shown with the right patient.
    const auto when = read.refused == Reason::future ? model::patient_now(step.event.at) : read.sample.time;
    const auto owner = whose(step, frame.source, frame.subject, when, read.sample.message_time);
    if (owner.encounter == nobody) {
        hold_unassigned(step, read, mapping, owner.reason);
        return;
    }
    auto& encounter = at(step.state, owner.encounter);
    if (encounter.suspended) {
        refuse(step, read, owner.encounter, Reason::suspended);
        return;
    }
    if (read.refused == Reason::none) begin_no_later(step, encounter, when);
    const bool kept = mapping.signal && step.derived.kept[static_cast<std::size_t>(*mapping.signal)];
    if (mapping.signal && read.has_time) {
        note_newest(encounter, *mapping.signal, read.sample.time, read.refused, reading.value, mapping.unit);
        if (mapping.kind == model::SignalKind::monitor && (!kept || read.refused != Reason::none))
            end_silence(step, encounter);
    }
    if (read.refused != Reason::none) {
        const bool told = refuse(step, read, owner.encounter, read.refused);
        if (kept) {
            note(encounter.refusals,
                 {*mapping.signal, read.refused, when, reading.value, mapping.unit, read.sample.ref, reading.channel});
            if (told) {
                auto& mark = touch(step, owner.encounter, when);
                mark.signals.set(static_cast<std::size_t>(*mapping.signal));
                mark.refused = mark.now = mark.timely = true;
            }
            if (read.placed()) place_reading(step, mapping, read);
        }
        return;
    }
    // A rate in an unknown unit is used, and still listed among what has to be mapped.
    if (step.state.channel_counts[reading.channel.value - 1].last_reason != mapping.reason)
        step.state.channel_counts[reading.channel.value - 1].last_reason = mapping.reason;
    if (kept) place_reading(step, mapping, read);
}

void report_unassigned(Step& step, model::Frame const& frame, std::uint64_t before) {
    const auto u = step.state.unassigned.find({frame.subject.value, frame.source.value});
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
    b.value = value_of(sample);
    b.unit = sample.unit;
    b.when = sample.time;
    step.effects.emplace_back(std::move(b));
}

} // namespace

namespace {

// Further back than this nothing is remembered: it is no stream by far.
constexpr std::int64_t remembered_ms = std::numeric_limits<std::uint32_t>::max();

std::uint32_t back(std::int64_t ms) { return ms <= remembered_ms ? static_cast<std::uint32_t>(ms) : 0; }

} // namespace

void Newest::note(EventTime when) {
    const auto ms = time.ms - when.ms;
    if (ms <= 0 || ms > remembered_ms) return;
    auto ago = static_cast<std::uint32_t>(ms);
    for (auto& one : earlier) {
        if (one == ago) return;
        if (one == 0 || ago < one) std::swap(one, ago);
        if (ago == 0) return;
    }
}

void Newest::move_to(EventTime when) {
    const auto by = when.ms - time.ms;
    if (by <= 0) return;
    auto ago = std::array<std::uint32_t, 6>{0, earlier[0], earlier[1], earlier[2], earlier[3], earlier[4]};
    for (std::size_t i = 0; i < earlier.size(); ++i)
        earlier[i] = i == 0 || ago[i] != 0 ? back(std::int64_t{ago[i]} + by) : 0;
}

bool Newest::streams() const {
    // Of before there were these figures only the last step is known.
    if (earlier[0] == 0) return before && time - *before <= stream_gap;
    const auto gap = static_cast<std::uint32_t>(stream_gap.ms);
    std::uint32_t last = 0;
    for (const auto ago : earlier) {
        if (ago == 0 || ago - last > gap) return false;
        last = ago;
    }
    return true;
}

void note_newest(Encounter& e, model::Signal signal, EventTime time, Reason refused, model::Value const& value,
                 model::Unit unit) {
    if (refused == Reason::future) return;
    auto& n = e.newest[static_cast<std::size_t>(signal)];
    if (n.seen && time < n.time) {
        if (!n.before || *n.before < time) n.before = time;
        n.note(time);
        return;
    }
    const auto before = n.seen && n.time < time ? std::optional{n.time} : n.before;
    if (n.seen) n.move_to(time);
    n = {time, value, unit, refused, true, before, n.earlier};
    if (refused == Reason::none && (!e.last_data || *e.last_data < time)) e.last_data = time;
}

model::Value value_of(model::Sample const& s) {
    model::Value v;
    v.kind = s.is_word ? model::Value::Kind::word : model::Value::Kind::number;
    v.comparator = s.comparator;
    v.word = s.word;
    v.number = s.value;
    return v;
}

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

Attribution whose(Step& step, model::SourceId source, model::SubjectId id, EventTime when, EventTime told) {
    auto& cached = step.derived.attributions[id.value - 1];
    const bool known = cached.from <= when && when < cached.to;
    auto found = known ? cached : attribute(step.state, id, when, told);
    if (found.encounter == nobody)
        if (const auto claim = claimed(step.state, id, source, when)) return *claim;
    if (known) return found;
    if (found.encounter == nobody && found.reason == Reason::unassigned && may_imply(step, source)) {
        found.encounter = implied(step, id, when);
        if (found.encounter != nobody) found.reason = Reason::none;
        found.from = found.to = when;
    }
    if (found.from < found.to) step.derived.attributions[id.value - 1] = found;
    return found;
}

namespace {

void keep_by_hand(Step const& step, Encounter& e, model::Signal signal, model::Sample const& sample) {
    if (step.state.sources[sample.source.value - 1].name != attested_source) return;
    const bool known = std::any_of(e.by_hand.begin(), e.by_hand.end(), [&](ByHand const& b) {
        return b.sample.ref.seq == sample.ref.seq && b.sample.ref.index == sample.ref.index;
    });
    if (!known) e.by_hand.push_back({signal, sample});
}

} // namespace

void place(Step& step, model::Signal signal, model::SignalKind kind, model::Sample const& sample) {
    const auto owner = whose(step, sample.source, sample.subject, sample.time, sample.message_time);
    if (owner.encounter == nobody) return;
    auto& encounter = at(step.state, owner.encounter);
    keep_by_hand(step, encounter, signal, sample);
    const auto now = model::patient_now(step.state.now);
    // What is not of the running minute counts at once; so does a stream's first value, and a setting that differs.
    const bool running = model::minute_of(now) == model::minute_of(sample.time);
    const bool waits = running && encounter.timeline.adds_nothing_yet(signal, sample);
    const bool retraction = model::takes_back(sample.status);
    auto keep = step.rules.retention;
    keep.awaits_rows = awaits_rows(encounter, signal);
    const auto result = retraction ? encounter.timeline.retract(signal, kind, sample, now, keep)
                                   : encounter.timeline.insert(signal, kind, sample, now, keep);
    using model::Inserted;
    const auto max_age = entry(step.rules, signal).max_age;
    const bool aged = max_age.ms > 0 && sample.time + max_age < now;
    const bool expired = kind == model::SignalKind::laboratory && aged;
    // A newer result of the same kind was here before it (scores.md 0.11).
    const auto newest =
        kind == model::SignalKind::laboratory ? encounter.timeline.latest(signal, now, {}) : std::nullopt;
    const bool overtaken = newest && sample.time < newest->time;
    // A statement about an alarm takes nothing back; that one said again what it had said keeps it from being unheard.
    const bool statement = kind == model::SignalKind::alarm && !retraction;
    const bool late =
        !statement && (result == Inserted::superseded || (result == Inserted::added && (expired || overtaken)));
    if (late) {
        note_late(step, owner.encounter, signal, sample);
        touch(step, owner.encounter, sample.time).late.push_back({signal, sample});
    }
    // What is kept whole is kept so long; a correction of something older is looked up in the journal (design 5
    // "Corrected").
    const bool corrects_the_forgotten = (retraction || sample.status == model::Status::corrected) &&
                                        kind != model::SignalKind::monitor &&
                                        sample.time + step.rules.retention.whole(signal) + step.rules.keep_longer < now;
    const bool corrected =
        retraction || sample.status == model::Status::corrected || (!statement && result == Inserted::replaced);
    // What came after its correction may show that others of its order stand after all.
    const bool elsewhere = model::may_re_time(sample) || (sample.order != 0 && result == Inserted::replaced);
    const auto past_from = elsewhere ? std::min(encounter.opened, sample.time) : sample.time;
    if (past_from < encounter.days_settled_to && result != Inserted::unchanged && result != Inserted::superseded) {
        SignalSet of_days;
        of_days.set(static_cast<std::size_t>(signal));
        mark_days(step, encounter, &of_days, past_from, corrected ? DayReason::correction : DayReason::late_result);
    }
    if (result == Inserted::behind_horizon || corrects_the_forgotten) {
        recall(step, owner.encounter, signal, sample.time - model::minutes(1), sample.time + model::minutes(1));
        return;
    }
    if (!statement && (result == Inserted::unchanged || result == Inserted::superseded)) return;
    auto& mark = touch(step, owner.encounter, sample.time);
    mark.signals.set(static_cast<std::size_t>(signal));
    mark.timely = mark.timely || !late;
    const bool amended = !statement && result != Inserted::added;
    mark.past_from = std::min(mark.past_from, past_from);
    mark.corrects = mark.corrects || amended || late || aged;
    mark.now = mark.now || !waits || amended;
}

// What waited is taken as it was read, unless its channel means something else by now: then the journal is asked.
void take_held(Step& step, Held const& h) {
    auto const& s = h.sample;
    auto const& mapping = step.derived.mappings[s.channel.value - 1];
    const auto owner = whose(step, s.source, s.subject, s.time, s.message_time);
    if (owner.encounter == nobody) return;
    auto& e = at(step.state, owner.encounter);
    const bool fraction = mapping.unit == model::Unit::percent && s.unit == model::Unit::fraction;
    const bool as_held = mapping.signal == h.signal && (mapping.unit == s.unit || fraction);
    if (mapping.reason != Reason::none || e.suspended) return;
    if (!as_held) {
        step.regained.push_back({e.id, *mapping.signal});
        return;
    }
    if (h.refused != Reason::none) return;
    if (!model::takes_back(s.status)) begin_no_later(step, e, s.time);
    if (!model::takes_back(s.status) && s.status != model::Status::final_unchanged) // those bring no value
        note_newest(e, h.signal, s.time, Reason::none, value_of(s), s.unit);
    if (step.derived.kept[static_cast<std::size_t>(h.signal)]) place(step, h.signal, h.kind, s);
}

void take_frame(Step& step, model::Frame const& frame) {
    learn(step, frame);
    auto& source = step.state.sources[frame.source.value - 1];
    ++source.messages;
    source.last_frame = step.event.at;
    if (frame.clock_offset) source.clock_offset = frame.clock_offset;
    remember(step, frame);
    const auto origin = origin_of(frame, step.event.at, step.event.seq, step.rules);
    const auto held = step.state.unassigned.find({frame.subject.value, frame.source.value});
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
