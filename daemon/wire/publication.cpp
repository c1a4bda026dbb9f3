#include "wire/publication.hpp"

#include "core/alerts/criterion.hpp"
#include "core/alerts/sentence.hpp"
#include "core/model/comparator.hpp"
#include "core/model/hex.hpp"
#include "core/scores/codes.hpp"
#include "core/scores/registry.hpp"
#include "wire/compared.hpp"

#include "vigil/v1/envelope.pb.h"

namespace vigil::wire {

namespace {

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

std::string text(std::string_view s) { return std::string{s}; }

core::Encounter const* encounter_of(core::State const& state, model::EncounterId id) {
    return id.value == 0 || id.value > state.encounters.size() ? nullptr : &state.encounters[id.value - 1];
}

model::Location place_of(core::State const& state, model::BedId id) {
    return id.value == 0 || id.value > state.beds.size() ? model::Location{} : state.beds[id.value - 1];
}

void write_channel(model::ChannelId id, Words const& words, v1::Evidence& out) {
    if (id.value == 0 || id.value > words.state.channels.size()) return;
    auto const& channel = words.state.channels[id.value - 1];
    out.set_system(text(name_of(channel.system)));
    out.set_code(channel.code);
    if (channel.source.value != 0 && channel.source.value <= words.state.sources.size())
        out.set_source(words.state.sources[channel.source.value - 1].name);
}

void write_evidence(model::Evidence const& in, Words const& words, v1::Evidence& out) {
    out.set_role(text(name_of(in.signal)));
    out.set_signal(text(name_of(in.signal)));
    out.set_verdict(static_cast<v1::Verdict>(static_cast<int>(in.verdict) + 1));
    if (in.reported) {
        out.set_mantissa(in.reported->mantissa);
        out.set_scale(in.reported->scale);
        out.set_unit(text(ucum(in.reported_unit)));
        if (in.comparator != model::Comparator::exactly) out.set_comparator(text(model::sign_of(in.comparator)));
    }
    if (in.word) out.set_coded(text(name_of(*in.word)));
    if (in.time) out.set_event_time_ms(in.time->ms);
    if (in.ref.seq != 0) {
        out.set_journal_seq(in.ref.seq);
        out.set_index(in.ref.index);
        write_channel(in.channel, words, out);
    }
    if (in.reason != model::Reason::none) out.set_reason(text(name_of(in.reason)));
    if (!in.compared) return;
    auto compared = to_string(*in.compared);
    if (const auto unit = ucum(in.compared_unit); !unit.empty()) compared.append(" ").append(unit);
    out.set_compared(std::move(compared));
}

// Once all that stands beside one another is written.
void write_comparisons(google::protobuf::RepeatedPtrField<v1::Evidence>& list, Told const& told) {
    for (auto& e : list) e.set_comparison(comparison(e, told));
}

void write_part(model::ScoreId score, std::string_view definition, model::ScorePart const& in, Words const& words,
                v1::ScorePart& out) {
    out.set_part(text(name_of(in.part)));
    if (const auto known = scores::public_code(score, in.part)) {
        const auto system = name_of(known->system);
        out.set_code_system(system.data(), system.size());
        out.set_code(known->code.data(), known->code.size());
    }
    if (in.points) out.set_points(*in.points);
    if (in.label) out.set_label(text(name_of(*in.label)));
    out.set_state(static_cast<v1::PartState>(static_cast<int>(in.state) + 1));
    out.set_lower(in.lower);
    out.set_upper(in.upper);
    out.set_missing(in.missing);
    if (in.value) {
        out.set_value_mantissa(in.value->mantissa);
        out.set_value_scale(in.value->scale);
    }
    out.set_value_unit(text(ucum(in.value_unit)));
    for (const auto flag : in.flags) out.add_flags(text(name_of(flag)));
    for (auto const& e : in.evidence) write_evidence(e, words, *out.add_evidence());
    write_comparisons(*out.mutable_evidence(), {definition, &out.evidence(), &out.flags()});
}

Address at_place(TopicClass cls, model::Location const& place, std::string key) {
    Address out{cls, place.unit, place.bed, std::move(key), {}};
    if (out.unit.empty()) out.unit = no_place;
    if (out.bed.empty()) out.bed = no_place;
    return out;
}

std::string value_text(model::Value const& value, model::Unit unit) {
    switch (value.kind) {
    case model::Value::Kind::word: return text(name_of(value.word));
    case model::Value::Kind::number: {
        auto out = to_string(value.number);
        if (const auto u = ucum(unit); !u.empty()) out.append(" ").append(u);
        return out;
    }
    case model::Value::Kind::absent: return {};
    }
    return {};
}

v1::Notify wire_notify(alerts::Notify n) {
    switch (n) {
    case alerts::Notify::nothing:
    case alerts::Notify::updated: return v1::NOTIFY_UPDATED;
    case alerts::Notify::first: return v1::NOTIFY_FIRST;
    case alerts::Notify::worsened: return v1::NOTIFY_WORSENED;
    case alerts::Notify::recurred: return v1::NOTIFY_RECURRED;
    case alerts::Notify::acknowledged: return v1::NOTIFY_ACKNOWLEDGED;
    case alerts::Notify::improved: return v1::NOTIFY_IMPROVED;
    case alerts::Notify::cleared: return v1::NOTIFY_CLEARED;
    case alerts::Notify::latched: return v1::NOTIFY_LATCHED;
    case alerts::Notify::moved: return v1::NOTIFY_MOVED;
    case alerts::Notify::unknown: return v1::NOTIFY_UNKNOWN;
    case alerts::Notify::paused: return v1::NOTIFY_PAUSED;
    case alerts::Notify::shelved: return v1::NOTIFY_SHELVED;
    case alerts::Notify::resumed: return v1::NOTIFY_RESUMED;
    case alerts::Notify::escalated: return v1::NOTIFY_ESCALATED;
    }
    return v1::NOTIFY_UNSPECIFIED;
}

v1::ConditionState wire_condition(alerts::ConditionState c) {
    switch (c) {
    case alerts::ConditionState::absent: return v1::CONDITION_STATE_ABSENT;
    case alerts::ConditionState::present: return v1::CONDITION_STATE_PRESENT;
    case alerts::ConditionState::unknown: return v1::CONDITION_STATE_UNKNOWN;
    }
    return v1::CONDITION_STATE_UNSPECIFIED;
}

// What people decided about it, and whom it calls.
void write_handling(alerts::Alert const& in, v1::Alert& out) {
    if (in.paused) write_decision(*in.paused, *out.mutable_paused());
    if (in.shelved) write_decision(*in.shelved, *out.mutable_shelved());
    if (in.excused) write_decision(*in.excused, *out.mutable_excused());
    out.set_audience(in.audience);
    out.set_escalation(static_cast<std::uint32_t>(in.escalation));
    out.set_onsets(static_cast<std::uint32_t>(in.onsets));
    if (in.waiting) out.set_waiting_since_ms(in.waiting->ms);
    for (auto const& f : in.feedback) {
        auto& one = *out.add_feedback();
        one.set_judgement(static_cast<v1::Judgement>(static_cast<int>(f.judgement) + 1));
        one.set_by(f.by);
        one.set_at_ms(f.at.ms);
    }
}

void write_alert_life(alerts::Alert const& in, v1::Alert& out) {
    out.set_true_since_ms(in.true_since.ms);
    out.set_known_at_ms(in.known_at.ms);
    out.set_shown_at_ms(in.shown_at.ms);
    out.set_revised_at_ms(in.revised_at.ms);
    out.set_acknowledged_by(in.acknowledged_by);
    if (in.acknowledged_at) out.set_acknowledged_at_ms(in.acknowledged_at->ms);
    out.set_inhibited_by(in.inhibited_by);
    if (in.closing != alerts::Closing::open) out.set_closed_because(text(name_of(in.closing)));
    out.set_confirmed(in.confirmed);
    out.set_level(in.level);
}

} // namespace

void write_decision(alerts::Decision const& in, v1::Decision& out) {
    out.set_by(in.by);
    out.set_reason(in.reason);
    out.set_at_ms(in.at.ms);
    if (in.until) out.set_until_ms(in.until->ms);
}

void write_score(model::EncounterId encounter, model::BedId bed, model::Score const& score, bool correction,
                 Words const& words, v1::Score& out) {
    const auto place = place_of(words.state, bed);
    out.set_definition(scores::definition_name(words.rules, score.key));
    out.set_locally_modified(scores::locally_modified(words.rules, score.key.id));
    out.set_product(text(name_of(score.key.product)));
    out.set_basis(text(name_of(score.key.basis)));
    out.set_digest(model::hex(words.rules.digest));
    if (auto const* e = encounter_of(words.state, encounter)) {
        out.set_encounter(e->pseudonym);
        out.set_recomputing(e->recomputing);
        out.set_closed(e->ended && bed.value == 0); // of the time in a bed it was not
    }
    out.set_unit(place.unit);
    out.set_bed(place.bed);
    out.set_as_of_ms(score.as_of.ms);
    for (auto const& part : score.parts) write_part(score.key.id, out.definition(), part, words, *out.add_parts());
    out.set_correction(correction);
}

Address write_score(model::EncounterId encounter, model::BedId bed, model::Score const& score, bool correction,
                    Words const& words, v1::Envelope& out) {
    auto& payload = *out.mutable_score();
    write_score(encounter, bed, score, correction, words, payload);
    out.set_event_time_ms(score.as_of.ms);
    auto to = at_place(TopicClass::score, place_of(words.state, bed), text(name_of(score.key.id)));
    to.slot = payload.encounter() + '/' + payload.definition() + '/' + payload.product() + '/' + payload.basis();
    return to;
}

std::optional<std::size_t> run_behind(alerts::Alert const& alert, core::Rulebook const& rules) {
    for (auto const& level : rules.rules.score_levels) {
        if (level.rule.id != alert.rule) continue;
        for (std::size_t i = 0; i < rules.scores.size(); ++i)
            if (rules.scores[i].key.id == level.score && rules.scores[i].key.product == level.product) return i;
        return std::nullopt;
    }
    const auto id = alerts::score_read_by(rules.rules, alert.rule);
    return id ? core::alerting_run(rules, *id) : std::nullopt;
}

// Definition, version and policy of the score that decided; empty where no score did.
std::string definition_behind(alerts::Alert const& alert, core::Rulebook const& rules) {
    const auto run = run_behind(alert, rules);
    return run ? scores::definition_name(rules, rules.scores[*run].key) : std::string{};
}

// Figures of a rise as evaluate_course.cpp lays them down.
void write_rise(alerts::Alert const& in, v1::Rise& out) {
    constexpr std::size_t by_organ = 3, times = by_organ + alerts::organ_count, starts = times + 2;
    out.set_from_ms(in.figures[times]);
    out.set_to_ms(in.figures[times + 1]);
    for (std::size_t i = 0; i < alerts::organ_count; ++i) {
        auto& organ = *out.add_organs();
        organ.set_part(text(name_of(static_cast<model::Part>(static_cast<std::size_t>(model::Part::resp) + i))));
        const auto before = in.figures[starts + i];
        organ.set_counted(before >= 0);
        if (before < 0) continue;
        organ.set_before(static_cast<std::int32_t>(before));
        organ.set_after(static_cast<std::int32_t>(before + in.figures[by_organ + i]));
    }
}

// The rule that decided, for whoever asks why.
void write_rule(alerts::Alert const& in, core::Rulebook const& rules, v1::Alert& out) {
    auto const* rule = alerts::find_rule(rules.rules, in.rule);
    if (rule == nullptr) return;
    out.set_criterion(alerts::criterion(in, rules));
    out.set_citation(rule->citation);
    out.set_rationale(rule->reason);
    for (auto const& level : rule->levels) {
        auto& one = *out.add_levels();
        one.set_at(level.level);
        one.set_priority(static_cast<v1::Priority>(static_cast<int>(level.priority) + 1));
        one.set_word(level.word);
    }
    constexpr std::size_t figures_of_rise = 3 + 2 * alerts::organ_count + 2;
    if (rule == &rules.rules.sofa_rise.rule && in.figures.size() == figures_of_rise)
        write_rise(in, *out.mutable_rise());
}

Address write_alert(alerts::Alert const& in, Words const& words, v1::Envelope& out) {
    auto& alert = *out.mutable_alert();
    alert.set_id(in.id);
    alert.set_revision(in.revision);
    alert.set_rule(in.rule);
    alert.set_rule_digest(model::hex(words.rules.digest));
    alert.set_policy(definition_behind(in, words.rules));
    alert.set_kind(in.kind == alerts::AlertKind::patient ? v1::ALERT_KIND_PATIENT : v1::ALERT_KIND_TECHNICAL);
    alert.set_priority(static_cast<v1::Priority>(static_cast<int>(in.priority) + 1));
    alert.set_condition(wire_condition(in.condition));
    alert.set_signal(static_cast<v1::SignalState>(static_cast<int>(in.signal) + 1));
    alert.set_notify(wire_notify(in.notify));
    alert.set_reason(alerts::sentence(in, words.rules.rules));
    const auto place = place_of(words.state, in.bed);
    if (auto const* e = encounter_of(words.state, in.encounter)) alert.set_encounter(e->pseudonym);
    alert.set_unit(place.unit);
    alert.set_bed(place.bed);
    write_alert_life(in, alert);
    write_handling(in, alert);
    write_rule(in, words.rules, alert);
    for (const auto flag : in.flags) alert.add_flags(text(name_of(flag)));
    for (auto const& e : in.evidence) write_evidence(e, words, *alert.add_evidence());
    write_comparisons(*alert.mutable_evidence(), {alert.policy(), &alert.evidence(), &alert.flags()});
    if (in.moved_to.value != 0) {
        const auto to = place_of(words.state, in.moved_to);
        alert.set_moved_to(to.unit + '.' + to.bed);
    }
    out.set_event_time_ms(in.true_since.ms);
    auto to = at_place(TopicClass::alert, place, in.rule);
    to.slot = in.id;
    return to;
}

Address write_bed_event(core::BedChanged const& in, Words const& words, v1::Envelope& out) {
    auto& event = *out.mutable_event();
    event.set_kind(static_cast<v1::BedEvent::Kind>(static_cast<int>(in.kind) + 1));
    if (auto const* e = encounter_of(words.state, in.encounter)) {
        event.set_encounter(e->pseudonym);
        event.set_visit(e->visit);
        if (e->age_years) event.set_age_years(*e->age_years);
        event.set_sex(static_cast<v1::CensusEvent::Sex>(static_cast<int>(e->sex)));
    }
    if (in.to_bed.value != 0) {
        const auto to = place_of(words.state, in.to_bed);
        event.set_to_unit(to.unit);
        event.set_to_bed(to.bed);
    }
    using Kind = core::BedChanged::Kind;
    if (in.kind == Kind::attested || in.kind == Kind::late_result) {
        event.set_what(text(name_of(in.what)));
        event.set_value(value_text(in.value, in.unit));
    }
    event.set_user(in.user);
    out.set_event_time_ms(in.when.ms);
    constexpr std::string_view keys[] = {"admitted",  "transferred", "arrived",     "discharged", "merged",
                                         "cancelled", "attested",    "late_result", "suspended"};
    auto to = at_place(TopicClass::event, place_of(words.state, in.bed), text(keys[static_cast<std::size_t>(in.kind)]));
    if (in.kind == Kind::admitted || in.kind == Kind::arrived) to.slot = event.encounter();
    return to;
}

std::optional<Address> write_effect(core::Effect const& effect, Words const& words, v1::Envelope& out) {
    return std::visit(Overloaded{
                          [&](core::ScoreChanged const& x) {
                              return std::optional{write_score(x.encounter, x.bed, x.score, x.correction, words, out)};
                          },
                          [&](core::AlertChanged const& x) { return std::optional{write_alert(x.alert, words, out)}; },
                          [&](core::BedChanged const& x) { return std::optional{write_bed_event(x, words, out)}; },
                          [](core::InputRefused const&) { return std::optional<Address>{}; },
                          [](core::Unassigned const&) { return std::optional<Address>{}; },
                          [](core::CommandAnswered const&) { return std::optional<Address>{}; },
                          [](core::Recall const&) { return std::optional<Address>{}; },
                          [](core::DayScored const&) { return std::optional<Address>{}; },
                          [](core::DayAsked const&) { return std::optional<Address>{}; },
                      },
                      effect);
}

Address observations_address(core::Encounter const& encounter, Words const& words) {
    auto to = at_place(TopicClass::obs, place_of(words.state, encounter.bed), "values");
    to.slot = encounter.pseudonym;
    return to;
}

void write_observed(model::Signal signal, core::Newest const& newest, v1::ObservedValue& out) {
    out.set_signal(text(name_of(signal)));
    if (newest.value.kind == model::Value::Kind::number) {
        out.set_mantissa(newest.value.number.mantissa);
        out.set_scale(newest.value.number.scale);
        out.set_unit(text(ucum(newest.unit)));
    } else if (newest.value.kind == model::Value::Kind::word) {
        out.set_coded(text(name_of(newest.value.word)));
    }
    out.set_event_time_ms(newest.time.ms);
    out.set_usable(newest.refused == model::Reason::none);
    if (newest.refused != model::Reason::none) out.set_reason(text(name_of(newest.refused)));
}

} // namespace vigil::wire
