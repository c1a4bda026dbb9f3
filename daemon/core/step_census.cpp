// What people and admission systems say of patients: admissions, moves, merges, attestations, claims. Each may change
// to whom readings belong that are already placed, so each ends by asking the census again about everything it could
// have moved.

#include "core/alerts/path.hpp"
#include "core/engine.hpp"
#include "core/scores/course.hpp"

#include <algorithm>
#include <utility>

namespace vigil::core {

using model::EncounterId;
using model::nobody;
using model::Reason;

namespace {

void tell(Step& step, BedChanged::Kind kind, EncounterId encounter, model::BedId bed, model::EventTime when,
          model::BedId to = {}) {
    BedChanged b;
    b.kind = kind;
    b.encounter = encounter;
    b.bed = bed;
    b.to_bed = to;
    b.when = when;
    step.effects.emplace_back(std::move(b));
}

void publish(Step& step, std::vector<alerts::Alert>& changed) {
    for (auto& a : changed) step.effects.emplace_back(AlertChanged{std::move(a)});
    changed.clear();
}

void answer(Step& step, CommandAnswered::Answer verdict, std::string reason) {
    step.effects.emplace_back(CommandAnswered{verdict, std::move(reason)});
}

std::vector<model::BedId> beds_of(Encounter const& e) {
    std::vector<model::BedId> out;
    for (auto const& s : e.stays) out.push_back(s.bed);
    return out;
}

// Encounters whose readings could belong elsewhere now: those that ever lay in one of the beds, or share a patient
// token.
std::vector<EncounterId> candidates(State const& state, EncounterId id, std::vector<model::BedId> const& beds) {
    std::vector<EncounterId> out{id};
    auto const& named = at(state, id);
    for (auto const& e : state.encounters) {
        if (e.id == id) continue;
        const bool bed = std::any_of(e.stays.begin(), e.stays.end(), [&beds](Stay const& s) {
            return std::find(beds.begin(), beds.end(), s.bed) != beds.end();
        });
        const bool person = std::any_of(e.patients.begin(), e.patients.end(), [&named](auto const& p) {
            return std::find(named.patients.begin(), named.patients.end(), p) != named.patients.end();
        });
        if (bed || person) out.push_back(e.id);
    }
    return out;
}

// Those that wait are asked about again; what still waits is what is counted. Where more had come than is kept waiting,
// the journal has the rest.
void attribute_held_again(Step& step) {
    std::vector<Held> claimed;
    std::vector<EncounterId> short_of_some;
    auto& all = step.state.unassigned;
    for (auto i = all.begin(); i != all.end();) {
        auto& [key, u] = *i;
        const auto before = claimed.size();
        const bool more_came = u.readings > u.held.size();
        std::vector<Held> still;
        Attribution owner;
        for (auto& h : u.held) {
            const auto when = h.sample.time;
            if (when < owner.from || when >= owner.to)
                owner = attribute(step.state, {key.subject}, when, h.sample.message_time);
            auto whose = owner.encounter;
            if (whose == nobody)
                if (const auto c = core::claimed(step.state, {key.subject}, {key.source}, when)) whose = c->encounter;
            (whose != nobody ? claimed : still).push_back(h);
            if (whose != nobody && more_came &&
                std::find(short_of_some.begin(), short_of_some.end(), whose) == short_of_some.end())
                short_of_some.push_back(whose);
        }
        u.held = std::move(still);
        if (claimed.size() != before) u.readings = u.held.size();
        i = u.readings == 0 && !u.claimed_for ? all.erase(i) : std::next(i);
    }
    for (auto const& h : claimed) take_held(step, h);
    for (const auto id : short_of_some) recall_all_kept(step, surviving(step.state, id), step.derived.kept);
    while (!step.regained.empty()) {
        const auto id = step.regained.back().first;
        SignalSet signals;
        std::erase_if(step.regained, [&](auto const& r) {
            if (r.first == id) signals.set(static_cast<std::size_t>(r.second));
            return r.first == id;
        });
        recall_all_kept(step, id, signals);
    }
}

// Minutes that are summed up do not say whose they were: both who may lose and who may gain them are read again from
// the journal. Of those that ended only the one the message names: what came after an end is not looked at.
void recall_thinned(Step& step, std::vector<EncounterId> const& encounters, EncounterId named, model::EventTime since) {
    SignalSet thinned;
    for (const auto id : encounters) thinned |= at(step.state, id).timeline.thinned_after(since);
    if (thinned.none()) return;
    for (const auto id : encounters) {
        auto const& e = at(step.state, id);
        if (!e.merged_into && (id == named || !e.ended)) recall_all_kept(step, id, thinned, since);
    }
}

// True when a reading belongs to somebody else now.
bool attribute_again(Step& step, std::vector<EncounterId> const& encounters) {
    step.derived.attributions.assign(step.derived.attributions.size(), {});
    std::vector<Held> moved;
    for (const auto id : encounters) {
        auto& e = at(step.state, id);
        const auto survivor = surviving(step.state, id);
        const auto before = moved.size();
        e.timeline.move_if(
            [&](model::Signal, model::Sample const& s) {
                return s.subject.value != 0 &&
                       (survivor != id ||
                        attribute(step.state, s.subject, s.source, s.time, s.message_time).encounter != id);
            },
            [&](model::Signal signal, model::SignalKind kind, model::Sample const& s) {
                moved.push_back({signal, kind, s});
            });
        if (moved.size() == before) continue;
        // SOFA of its past was another patient's in part.
        const auto earliest =
            std::min_element(moved.begin() + static_cast<std::ptrdiff_t>(before), moved.end(),
                             [](Held const& a, Held const& b) { return a.sample.time < b.sample.time; });
        scores::take_course_out(e.timeline, earliest->sample.time, model::patient_now(step.state.now));
        touch_whole(step, id);
    }
    for (auto const& m : moved) {
        auto const& s = m.sample;
        const auto owner = attribute(step.state, s.subject, s.source, s.time, s.message_time);
        if (owner.encounter != nobody) {
            place(step, m.signal, m.kind, s);
            continue;
        }
        auto& u = step.state.unassigned[{s.subject.value, s.source.value}];
        if (u.readings++ == 0) u.first = step.event.at;
        u.last = step.event.at;
        u.reason = owner.reason;
        if (u.held.size() < held_per_subject) u.held.push_back(m);
    }
    attribute_held_again(step);
    return !moved.empty();
}

void show_scores_at(Step& step, Encounter const& e, model::BedId bed) {
    for (auto const& s : e.shown)
        if (!s.parts.empty()) step.effects.emplace_back(ScoreChanged{e.id, bed, s, false});
}

// The bed's retained state follows the patient: the last revision on the old topic says moved, the new topic starts
// whole, also for one who had no bed before.
void follow_bed(Step& step, Encounter& e, model::BedId before, model::BedId now, model::EventTime when) {
    if (before == now || now.value == 0) return;
    if (before.value != 0) {
        tell(step, BedChanged::Kind::transferred, e.id, before, when, now);
        tell(step, BedChanged::Kind::arrived, e.id, now, when);
    }
    std::vector<alerts::Alert> changed;
    alerts::move_all(e.alerts, now, step.state.now, changed);
    publish(step, changed);
    show_scores_at(step, e, now);
}

void close_alerts(Step& step, Encounter& e, alerts::Closing why) {
    std::vector<alerts::Alert> changed;
    alerts::close_all(e.alerts, why, step.state.now, changed);
    publish(step, changed);
}

void publish_absorbed(Step& step, EncounterId id, model::BedId bed, EncounterId into, model::EventTime when) {
    close_alerts(step, at(step.state, id), alerts::Closing::merged_into);
    tell(step, BedChanged::Kind::merged, id, bed, when, bed_of(step.state, into));
    touch_whole(step, into);
}

void publish_yielded(Step& step, Yielded const& yielded, EncounterId to, model::EventTime when) {
    const auto bed = at(step.state, to).bed;
    for (const auto id : yielded.absorbed) publish_absorbed(step, id, bed, to, when);
    for (const auto id : yielded.ended) {
        auto& e = at(step.state, id);
        wake_days(step, e);
        if (!e.ended) { // its time will come
            touch_whole(step, id);
            continue;
        }
        close_alerts(step, e, alerts::Closing::discharged);
        tell(step, BedChanged::Kind::discharged, id, bed, when);
    }
}

// What was told while he was gone counts, and what of before is not too old; also of a stay that was his, or another's,
// until now.
void recall_let_go(Step& step, CensusOutcome const& out) {
    auto& e = at(step.state, *out.encounter);
    if (out.absorbed && at(step.state, *out.absorbed).let_go) e.let_go = true;
    if (e.ended || e.merged_into || !std::exchange(e.let_go, false)) return;
    recall_returned(step, e.id);
}

void publish_outcome(Step& step, CensusChange const& change, CensusOutcome const& out, model::EventTime when) {
    auto& e = at(step.state, *out.encounter);
    if (change.kind != CensusKind::unmerge && out.absorbed)
        publish_absorbed(step, *out.absorbed, out.absorbed_bed, e.id, when);
    if (change.kind == CensusKind::merge && out.absorbed) return;
    publish_yielded(step, out.yielded, e.id, when);
    if (change.kind == CensusKind::unmerge && out.absorbed) {
        touch_whole(step, e.id);
        touch_whole(step, *out.absorbed);
        tell(step, BedChanged::Kind::admitted, e.id, e.bed, when);
        return;
    }
    const bool returns = out.closed_before && !out.closed_now;
    if ((out.opened && out.bed_now.value != 0) || returns || (out.bed_before.value == 0 && out.bed_now.value != 0))
        tell(step, BedChanged::Kind::admitted, e.id, out.bed_now, when);
    follow_bed(step, e, out.bed_before, out.bed_now, when);
    // The discharge had emptied the bed.
    if (returns && out.bed_before == out.bed_now) show_scores_at(step, e, out.bed_now);
    if (out.closed_now && !out.closed_before) {
        const bool cancelled = change.kind == CensusKind::cancel_admit;
        close_alerts(step, e, cancelled ? alerts::Closing::cancelled : alerts::Closing::discharged);
        tell(step, cancelled ? BedChanged::Kind::cancelled : BedChanged::Kind::discharged, e.id, out.bed_before, when);
    }
    if (!out.closed_now) touch_whole(step, e.id);
}

} // namespace

void take_census(Step& step, CensusChange const& change) {
    const auto expected = step.rules.simulated ? model::Processing::training : model::Processing::production;
    if (!change.by_hand() && change.processing != expected) {
        ++step.state.refused[static_cast<std::uint8_t>(Reason::not_production)];
        return;
    }
    const auto fallback = model::patient_now(step.event.at);
    std::vector<model::BedId> beds;
    if (change.subject.location) beds.push_back(bed_id(step.state, *change.subject.location));
    if (change.prior_location) beds.push_back(bed_id(step.state, *change.prior_location));
    const auto out = apply(step.state, change, step.event.at, fallback);
    if (out.refused != Reason::none || !out.encounter) {
        const auto why = out.refused == Reason::none ? Reason::unassigned : out.refused;
        ++step.state.refused[static_cast<std::uint8_t>(why)];
        if (change.by_hand())
            answer(step, CommandAnswered::Answer::refused,
                   why == Reason::identity_conflict ? "identity_conflict" : "no_such_encounter");
        return;
    }
    if (out.changed) {
        publish_outcome(step, change, out, change.effective.value_or(fallback));
        for (auto bed : beds_of(at(step.state, *out.encounter))) beds.push_back(bed);
        beds.push_back(out.bed_before);
        auto again = candidates(step.state, *out.encounter, beds);
        if (out.absorbed) again.push_back(*out.absorbed);
        for (auto const* others : {&out.yielded.absorbed, &out.yielded.ended})
            for (const auto id : *others)
                if (std::find(again.begin(), again.end(), id) == again.end()) again.push_back(id);
        auto since = out.stays_differ_from;
        // Another number of a person can move what was attributed by it, however old.
        if (attribute_again(step, again) && !since) since = at(step.state, *out.encounter).opened;
        if (since) recall_thinned(step, again, *out.encounter, *since);
        recall_let_go(step, out);
        // Beyond what is kept as well: what days rest on may be somebody else's, or the days others.
        const bool joined = out.absorbed.has_value();
        for (const auto id : again) {
            auto& e = at(step.state, id);
            wake_days(step, e);
            if (joined || since)
                mark_days(step, e, nullptr,
                          joined ? model::EventTime{std::numeric_limits<std::int64_t>::min()} : *since,
                          DayReason::census);
        }
    } else if (out.described && !out.closed_now) {
        touch_whole(step, *out.encounter); // scores are of an age and a sex
    }
    if (out.described)
        mark_days(step, at(step.state, *out.encounter), nullptr, {std::numeric_limits<std::int64_t>::min()},
                  DayReason::census);
    if (change.by_hand()) answer(step, CommandAnswered::Answer::done, "");
}

void take_bed(Step& step, EncounterId named, model::EventTime when) {
    const auto yielded = yield_bed(step.state, named, model::patient_now(step.state.now));
    if (yielded.absorbed.empty() && yielded.ended.empty()) return;
    publish_yielded(step, yielded, named, when);
    auto again = yielded.absorbed;
    again.insert(again.end(), yielded.ended.begin(), yielded.ended.end());
    attribute_again(step, again);
    again.push_back(named);
    recall_thinned(step, again, named, when);
}

void take_ahead(Step& step, Encounter& e) {
    const auto when = *e.ahead;
    const auto bed_before = e.bed;
    const bool ended_before = e.ended;
    settle(e, model::patient_now(step.state.now));
    wake_days(step, e);
    if (e.merged_into) return;
    follow_bed(step, e, bed_before, e.bed, when);
    if (!e.ended || ended_before) return;
    close_alerts(step, e, alerts::Closing::discharged);
    tell(step, BedChanged::Kind::discharged, e.id, bed_before, when);
}

void take_attested(Step& step, Attested const& a) {
    const auto now = model::patient_now(step.event.at);
    const auto bed = find_bed(step.state, a.location);
    const auto there = bed ? occupants(step.state, *bed, now) : std::vector<EncounterId>{};
    if (there.size() != 1) {
        answer(step, CommandAnswered::Answer::refused, there.empty() ? "empty_bed" : "identity_conflict");
        return;
    }
    auto const& e = at(step.state, there.front());
    auto const& vocabulary = entry(step.rules, a.what);
    const auto subject = subject_attested(e, a.location);
    const auto subjects = step.state.subjects.size();
    const auto id = subject_id(step.state, subject);
    if (step.state.subjects.size() != subjects) {
        step.derived.subjects.emplace(key_of(subject), id);
        step.derived.attributions.emplace_back();
    }
    model::Channel channel;
    channel.source = source_id(step, attested_source);
    channel.system = model::CodeSystem::VIGIL;
    channel.code = model::name_of(a.what);
    channel.unit = model::ucum(a.unit);
    Mapping mapping{a.what, vocabulary.kind, a.unit, Reason::none, result_name(attested_source, channel)};
    model::Reading reading;
    reading.value = a.value;
    reading.time = model::DeviceTime{a.when.value_or(now).ms};
    if (a.expires) reading.until = model::DeviceTime{a.expires->ms};
    Origin origin{channel.source, id, std::nullopt, std::nullopt, step.event.at, step.event.seq, true};
    const auto known = [&]() -> model::ChannelId {
        const auto [from, to] = step.derived.channels.equal_range(key_of(channel));
        for (auto i = from; i != to; ++i)
            if (step.state.channels[i->second.value - 1] == channel) return i->second;
        step.state.channels.push_back(channel);
        step.state.channel_counts.emplace_back();
        step.state.channel_counts.back().meaning = {a.what, a.unit, Reason::none, {}, {1, 0}};
        const model::ChannelId fresh{static_cast<std::uint32_t>(step.state.channels.size())};
        step.derived.channels.emplace(key_of(channel), fresh);
        step.derived.mappings.push_back(map_channel(step.rules, attested_source, channel));
        return fresh;
    };
    reading.channel = known();
    const auto read = interpret(step.rules, mapping, channel, reading, 0, "", origin);
    if (read.refused != Reason::none) {
        answer(step, CommandAnswered::Answer::refused, std::string{model::name_of(read.refused)});
        return;
    }
    BedChanged b;
    b.kind = BedChanged::Kind::attested;
    b.encounter = e.id;
    b.bed = *bed;
    b.what = a.what;
    b.value = a.value;
    b.unit = a.unit;
    b.user = a.user;
    b.when = read.sample.time;
    step.effects.emplace_back(std::move(b));
    place(step, a.what, vocabulary.kind, read.sample);
    answer(step, CommandAnswered::Answer::done, "");
}

void take_assigned(Step& step, Assigned const& a) {
    EncounterId target = nobody;
    for (auto const& e : step.state.encounters)
        if (e.pseudonym == a.encounter) target = e.id;
    const auto known = step.state.unassigned.find({a.subject.value, a.source.value});
    if (target == nobody || known == step.state.unassigned.end()) {
        answer(step, CommandAnswered::Answer::refused, target == nobody ? "no_such_encounter" : "no_such_subject");
        return;
    }
    known->second.claimed_for = target;
    known->second.claimed_until = model::patient_now(step.event.at);
    wake_bed_of(step, a.subject);
    step.derived.attributions.assign(step.derived.attributions.size(), {});
    attribute_held_again(step);
    answer(step, CommandAnswered::Answer::done, "");
}

} // namespace vigil::core
