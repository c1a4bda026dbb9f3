#include "core/scores/registry.hpp"

#include "core/scores/ards.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/sofa.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace vigil::scores {

namespace {

// One line per score, in the order of ScoreId.
constexpr std::array registry = {
    &sofa_definition,
    &ards_definition,
};
static_assert(registry.size() == model::score_id_count);

std::string policy_name(core::Rulebook const& rules, model::ScoreId id, std::size_t policy) {
    auto const& t = rules.tables;
    if (id == model::ScoreId::sofa)
        return policy < t.sofa.policies.size() ? t.sofa.policies[policy].name : std::string{};
    return policy < t.berlin.policies.size() ? t.berlin.policies[policy].name : std::string{};
}

} // namespace

Definition const& definition(model::ScoreId id) {
    auto const& d = *registry[static_cast<std::size_t>(id)];
    assert(d.id == id);
    return d;
}

bool applies(Patient const& patient, core::Rulebook const& rules) {
    return !patient.age_years || *patient.age_years >= rules.tables.sofa.adult_from;
}

std::vector<model::ScorePart> not_applicable(Definition const& what) {
    std::vector<model::ScorePart> out(what.parts.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].part = what.parts[i];
        out[i].state = model::PartState::not_applicable;
    }
    return out;
}

model::Score evaluate(model::ScoreKey key, Patient const& patient, model::EventTime at, core::Rulebook const& rules) {
    assert(patient.timeline != nullptr);
    auto const& what = definition(key.id);
    model::Score score;
    score.key = key;
    score.as_of = at;
    if (!applies(patient, rules)) {
        score.parts = not_applicable(what);
        return score;
    }
    score.parts.resize(what.parts.size());
    Due due{at};
    // Something that is known now was not looked at because it lies ahead of the instant asked for.
    for (auto s : what.signals)
        if (const auto t = patient.timeline->next_time(s, at)) due.at(*t);
    for (auto const& c : what.components) {
        auto q = ask(key, patient, at, rules);
        if (patient.room != nullptr) patient.room->clear();
        q.notes = patient.room;
        c.answer(q, std::span{score.parts}.subspan(c.first, c.count));
        if (const auto t = q.due.next()) due.at(*t);
    }
    if (what.assemble != nullptr) what.assemble(score.parts);
    score.next_change = due.next();
    return score;
}

bool reads(model::ScoreId id, model::Signal signal) {
    const auto signals = definition(id).signals;
    return std::find(signals.begin(), signals.end(), signal) != signals.end();
}

std::string definition_name(core::Rulebook const& rules, model::ScoreKey key) {
    auto const& version = key.id == model::ScoreId::sofa ? rules.tables.sofa.version : rules.tables.berlin.version;
    return std::string{model::name_of(key.id)} + "@" + version + "+" + policy_name(rules, key.id, key.policy);
}

std::optional<std::uint8_t> find_policy(core::Rulebook const& rules, model::ScoreId id, std::string_view name) {
    const auto count =
        id == model::ScoreId::sofa ? rules.tables.sofa.policies.size() : rules.tables.berlin.policies.size();
    for (std::size_t i = 0; i < count; ++i)
        if (policy_name(rules, id, i) == name) return static_cast<std::uint8_t>(i);
    return std::nullopt;
}

std::vector<model::EventTime> instants(model::ScoreId id, Patient const& patient, model::EventTime after,
                                       model::EventTime to) {
    std::vector<model::EventTime> out;
    for (auto signal : definition(id).signals) {
        patient.timeline->minutes(signal, after, to, [&](model::Minute const& m) { out.push_back(m.time); });
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

} // namespace vigil::scores
