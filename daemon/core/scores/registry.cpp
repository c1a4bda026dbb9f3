#include "core/scores/registry.hpp"

#include "core/scores/ards.hpp"
#include "core/scores/sofa.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace vigil::scores {

namespace {

struct Entry {
    model::ScoreId id;
    model::Score (*evaluate)(model::ScoreKey, Patient const&, model::EventTime, core::Rulebook const&);
    std::span<model::Signal const> (*signals)();
};

// One line per score, in the order of ScoreId.
constexpr std::array registry = {
    Entry{model::ScoreId::sofa, sofa, sofa_signals},
    Entry{model::ScoreId::ards_berlin, ards_berlin, ards_signals},
};
static_assert(registry.size() == model::score_id_count);

Entry const& entry_of(model::ScoreId id) {
    auto const& e = registry[static_cast<std::size_t>(id)];
    assert(e.id == id);
    return e;
}

std::string policy_name(core::Rulebook const& rules, model::ScoreId id, std::size_t policy) {
    auto const& t = rules.tables;
    if (id == model::ScoreId::sofa)
        return policy < t.sofa.policies.size() ? t.sofa.policies[policy].name : std::string{};
    return policy < t.berlin.policies.size() ? t.berlin.policies[policy].name : std::string{};
}

} // namespace

model::Score evaluate(model::ScoreKey key, Patient const& patient, model::EventTime at, core::Rulebook const& rules) {
    assert(patient.timeline != nullptr);
    return entry_of(key.id).evaluate(key, patient, at, rules);
}

bool reads(model::ScoreId id, model::Signal signal) {
    const auto signals = entry_of(id).signals();
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
    for (auto signal : entry_of(id).signals()) {
        patient.timeline->minutes(signal, after, to, [&](model::Minute const& m) { out.push_back(m.time); });
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

} // namespace vigil::scores
