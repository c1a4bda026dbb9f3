#include "wire/command.hpp"

#include "wire/batch.hpp"
#include "wire/limits.hpp"
#include "wire/publication.hpp"
#include "wire/text.hpp"
#include "wire/topic.hpp"

#include "vigil/v1/command.pb.h"

#include <algorithm>
#include <tuple>

namespace vigil::wire {

namespace {

Command refused(std::string_view why) { return {core::Ticked{}, why, {}}; }

bool in_time(std::int64_t ms) { return ms >= earliest_ms && ms <= latest_ms; }

Command acknowledge(v1::CommandRequest const& request) {
    auto const& in = request.acknowledge();
    if (!is_identifier(in.alert())) return refused("bad_alert");
    return {core::Acknowledged{request.user(), in.alert(), in.revision()}, {}};
}

constexpr std::int64_t longest_ms = 31LL * 86'400'000;

std::optional<core::Ending> read_ending(v1::Ending const& in) {
    if (in.has_until_ms() && in_time(in.until_ms())) return core::Ending{model::LogTime{in.until_ms()}, {}};
    if (in.has_for_ms() && in.for_ms() >= -longest_ms && in.for_ms() <= longest_ms)
        return core::Ending{{}, model::Duration{in.for_ms()}};
    return std::nullopt;
}

// Why these words of a person cannot be taken; empty when they can. How long a decision may last is for the core.
template <class Asked>
std::string_view wrong_decision(Asked const& in) {
    if (in.over()) return in.reason().empty() || is_printable(in.reason(), reason_bytes) ? "" : "bad_reason";
    if (in.reason().find_first_not_of(' ') == std::string::npos) return "reason_missing";
    if (!is_printable(in.reason(), reason_bytes)) return "bad_reason";
    return {};
}

template <class Asked>
std::string_view wrong_ending(Asked const& in) {
    if (in.over()) return {};
    if (in.ends().when_case() == v1::Ending::WHEN_NOT_SET) return "until_missing";
    return read_ending(in.ends()) ? std::string_view{} : "time_out_of_bounds";
}

Command pause(v1::CommandRequest const& request) {
    auto const& in = request.pause();
    if (!is_identifier(in.alert())) return refused("bad_alert");
    if (const auto no = wrong_decision(in); !no.empty()) return refused(no);
    if (const auto no = wrong_ending(in); !no.empty()) return refused(no);
    return {core::Paused{request.user(), in.alert(), in.revision(), in.over(), read_ending(in.ends()), in.reason()},
            {}};
}

Command shelve(v1::CommandRequest const& request) {
    auto const& in = request.shelve();
    if (!is_token(in.unit()) || !is_token(in.bed())) return refused("bad_bed");
    if (!is_token(in.rule())) return refused("unknown_rule");
    if (const auto no = wrong_decision(in); !no.empty()) return refused(no);
    if (const auto no = wrong_ending(in); !no.empty()) return refused(no);
    return {
        core::Shelved{request.user(), {in.unit(), in.bed()}, in.rule(), in.over(), read_ending(in.ends()), in.reason()},
        {}};
}

Command judge(v1::CommandRequest const& request) {
    auto const& in = request.judge();
    if (!is_identifier(in.alert())) return refused("bad_alert");
    const auto judgement = static_cast<int>(in.judgement());
    if (judgement < v1::JUDGEMENT_USEFUL || judgement > v1::JUDGEMENT_ARTEFACT) return refused("bad_judgement");
    return {core::Judged{request.user(), in.alert(), static_cast<alerts::Judgement>(judgement - 1)}, {}};
}

Command set_standby(v1::CommandRequest const& request) {
    auto const& in = request.standby();
    if (!is_token(in.unit()) || !is_token(in.bed())) return refused("bad_bed");
    if (const auto no = wrong_decision(in); !no.empty()) return refused(no);
    if (const auto no = wrong_ending(in); !no.empty()) return refused(no);
    return {core::StoodBy{request.user(), {in.unit(), in.bed()}, in.over(), read_ending(in.ends()), in.reason()}, {}};
}

Command limit_care(v1::CommandRequest const& request) {
    auto const& in = request.limit_care();
    if (!is_token(in.unit()) || !is_token(in.bed())) return refused("bad_bed");
    if (const auto no = wrong_decision(in); !no.empty()) return refused(no);
    if (in.over() && in.rules_size() > 0) return refused("over_with_rules"); // it would lift the others too
    std::vector<std::string> rules{in.rules().begin(), in.rules().end()};
    if (rules.size() > rules_per_command) return refused("too_many_rules");
    if (!std::all_of(rules.begin(), rules.end(), [](std::string const& r) { return is_token(r); }))
        return refused("unknown_rule");
    return {core::CareLimited{request.user(), {in.unit(), in.bed()}, in.over(), std::move(rules), in.reason()}, {}};
}

// A limit that no reading can be beyond would never call, one that all are beyond always: a figure in another unit, or
// a digit too few.
bool implausible(core::LimitSet const& limit, core::VocabularyEntry const& entry) {
    auto const& [low, high] = std::tie(entry.hard_low, entry.hard_high);
    return (limit.below && ((low && *limit.below <= *low) || (high && *limit.below > *high))) ||
           (limit.above && ((low && *limit.above < *low) || (high && *limit.above >= *high)));
}

Command set_limit(v1::CommandRequest const& request, core::Rulebook const& rules) {
    auto const& in = request.limit();
    if (!is_token(in.unit()) || !is_token(in.bed())) return refused("bad_bed");
    const auto signal = model::parse_signal(in.signal());
    if (!signal) return refused("unknown_signal");
    if (const auto no = wrong_decision(in); !no.empty()) return refused(no);
    if (in.over() && !(in.below().empty() && in.above().empty())) return refused("over_with_limit");
    core::LimitSet out{request.user(), {in.unit(), in.bed()}, *signal, in.over(), {}, {}, in.reason()};
    if (!in.below().empty()) out.below = model::parse_decimal(in.below());
    if (!in.above().empty()) out.above = model::parse_decimal(in.above());
    if ((!in.below().empty() && !out.below) || (!in.above().empty() && !out.above)) return refused("bad_value");
    if (implausible(out, core::entry(rules, *signal))) return refused("limit_implausible");
    return {std::move(out), {}};
}

// What devices cannot know, or may not say: what is there to be attested, states that are words, and the body's size. A
// vital sign or a laboratory result has a feed of its own.
bool attestable(core::VocabularyEntry const& entry) {
    if (entry.signal == model::Signal::fio2_unreadable) return false; // Vigil's own word of a reading
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
    } else if (number) {
        out.value.kind = model::Value::Kind::number;
        out.value.number = *number;
        const auto unit = in.value_unit().empty() ? std::optional{entry.canonical} : model::parse_unit(in.value_unit());
        if (!unit) return refused("unknown_unit");
        out.unit = *unit;
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
    case v1::CommandRequest::kPause: return pause(request);
    case v1::CommandRequest::kShelve: return shelve(request);
    case v1::CommandRequest::kJudge: return judge(request);
    case v1::CommandRequest::kStandby: return set_standby(request);
    case v1::CommandRequest::kLimitCare: return limit_care(request);
    case v1::CommandRequest::kLimit: return set_limit(request, rules);
    case v1::CommandRequest::WHAT_NOT_SET: return refused("unknown_command");
    }
    return refused("unknown_command");
}

} // namespace vigil::wire
