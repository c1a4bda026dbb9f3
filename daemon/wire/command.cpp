#include "wire/command.hpp"

#include "wire/batch.hpp"
#include "wire/limits.hpp"
#include "wire/publication.hpp"
#include "wire/text.hpp"
#include "wire/topic.hpp"

#include "vigil/v1/command.pb.h"

#include <algorithm>

namespace vigil::wire {

namespace {

Command refused(std::string_view why) { return {core::Ticked{}, why, {}}; }

bool in_time(std::int64_t ms) { return ms >= earliest_ms && ms <= latest_ms; }

Command acknowledge(v1::CommandRequest const& request) {
    auto const& in = request.acknowledge();
    if (!is_identifier(in.alert())) return refused("bad_alert");
    return {core::Acknowledged{request.user(), in.alert(), in.revision()}, {}};
}

// What devices cannot know, or may not say: what is there to be attested, states that are words, and the body's size. A
// vital sign or a laboratory result has a feed of its own.
bool attestable(core::VocabularyEntry const& entry) {
    if (entry.kind == model::SignalKind::attested) return true;
    if (entry.kind == model::SignalKind::setting) return !entry.words.empty();
    return entry.signal == model::Signal::weight || entry.signal == model::Signal::height;
}

Command no_such_word(core::VocabularyEntry const& entry) {
    auto no = refused("bad_value");
    for (const auto w : entry.words) no.allowed.emplace_back(name_of(w));
    return no;
}

Command attest(v1::CommandRequest const& request, core::Rulebook const& rules) {
    auto const& in = request.attest();
    if (!is_token(in.unit()) || !is_token(in.bed())) return refused("bad_bed");
    const auto what = model::parse_signal(in.what());
    if (!what) return refused("unknown_what");
    core::Attested out;
    out.user = request.user();
    out.location = {in.unit(), in.bed()};
    out.what = *what;
    auto const& entry = core::entry(rules, *what);
    if (!attestable(entry)) return refused("not_attestable");
    if (const auto word = model::parse_word(in.value());
        word && std::find(entry.words.begin(), entry.words.end(), *word) != entry.words.end()) {
        out.value.kind = model::Value::Kind::word;
        out.value.word = *word;
    } else if (const auto number = model::parse_decimal(in.value());
               number && !entry.words.empty() && entry.canonical == model::Unit::none) {
        return no_such_word(entry);
    } else if (number && entry.kind != model::SignalKind::attested) {
        out.value.kind = model::Value::Kind::number;
        out.value.number = *number;
        const auto unit = in.value_unit().empty() ? std::optional{entry.canonical} : model::parse_unit(in.value_unit());
        if (!unit) return refused("unknown_unit");
        out.unit = *unit;
    } else if (number) {
        out.value.kind = model::Value::Kind::number;
        out.value.number = *number;
        out.unit = entry.canonical;
    } else {
        return no_such_word(entry);
    }
    if ((in.has_event_time_ms() && !in_time(in.event_time_ms())) || (in.has_expires_ms() && !in_time(in.expires_ms())))
        return refused("time_out_of_bounds");
    if (in.has_event_time_ms()) out.when = model::EventTime{in.event_time_ms()};
    if (in.has_expires_ms()) out.expires = model::EventTime{in.expires_ms()};
    return {std::move(out), {}};
}

Command change_census(v1::CommandRequest const& request, core::Rulebook const& rules) {
    auto change = read_census(request.census().event());
    if (!change) return refused("bad_census_event");
    change->source = "command:" + request.user();
    change->message_id = request.id();
    change->processing = rules.simulated ? model::Processing::training : model::Processing::production;
    return {std::move(*change), {}};
}

Command assign(v1::CommandRequest const& request, core::State const& state) {
    auto const& in = request.assign();
    if (!is_identifier(in.encounter())) return refused("bad_encounter");
    const auto known = std::any_of(state.encounters.begin(), state.encounters.end(),
                                   [&in](auto const& e) { return e.pseudonym == in.encounter(); });
    if (!known) return refused("unknown_encounter");
    bool known_subject = false;
    for (auto const& [key, count] : state.unassigned) {
        if (subject_key(state.subjects[key.subject - 1]) != in.subject_key()) continue;
        known_subject = true;
        if (state.sources[key.source - 1].name == in.source())
            return {core::Assigned{request.user(), {key.source}, {key.subject}, in.encounter()}, {}};
    }
    return refused(known_subject ? "unknown_source" : "unknown_subject");
}

Command unmerge(v1::CommandRequest const& request, core::State const& state, core::Rulebook const& rules) {
    for (auto const& e : state.encounters) {
        if (e.pseudonym != request.unmerge().encounter()) continue;
        core::CensusChange change;
        change.kind = core::CensusKind::unmerge;
        change.source = "command:" + request.user();
        change.message_id = request.id();
        change.processing = rules.simulated ? model::Processing::training : model::Processing::production;
        change.subject.visit = e.visit;
        change.subject.patients = e.patients;
        change.absorbed_visit = e.visit;
        change.absorbed_patients = e.patients;
        return {std::move(change), {}};
    }
    return refused("unknown_encounter");
}

} // namespace

Command read_command(v1::CommandRequest const& request, core::State const& state, core::Rulebook const& rules) {
    if (!is_identifier(request.id())) return refused("bad_id");
    if (!is_identifier(request.user())) return refused("bad_user");
    switch (request.what_case()) {
    case v1::CommandRequest::kAcknowledge: return acknowledge(request);
    case v1::CommandRequest::kAttest: return attest(request, rules);
    case v1::CommandRequest::kCensus: return change_census(request, rules);
    case v1::CommandRequest::kAssign: return assign(request, state);
    case v1::CommandRequest::kUnmerge: return unmerge(request, state, rules);
    case v1::CommandRequest::WHAT_NOT_SET: return refused("unknown_command");
    }
    return refused("unknown_command");
}

} // namespace vigil::wire
