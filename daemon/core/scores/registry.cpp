#include "core/scores/registry.hpp"

#include "core/scores/apache2.hpp"
#include "core/scores/ards.hpp"
#include "core/scores/child_pugh.hpp"
#include "core/scores/crs.hpp"
#include "core/scores/icans.hpp"
#include "core/scores/isth_dic.hpp"
#include "core/scores/kdigo.hpp"
#include "core/scores/lungs.hpp"
#include "core/scores/meld.hpp"
#include "core/scores/news2.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/qsofa.hpp"
#include "core/scores/saps2.hpp"
#include "core/scores/sepsis3.hpp"
#include "core/scores/septic_shock.hpp"
#include "core/scores/sic.hpp"
#include "core/scores/sirs.hpp"
#include "core/scores/sofa.hpp"
#include "core/scores/sofa2.hpp"
#include "core/scores/vasoactive.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace vigil::scores {

namespace {

// One line per score, in the order of ScoreId.
// clang-format off
constexpr std::array registry = {
    &sofa_definition,
    &ards_definition,
    &sofa2_definition,
    &meld_definition,
    &meld_na_definition,
    &meld3_definition,
    &child_pugh_definition,
    &isth_dic_definition,
    &sic_definition,
    &kdigo_definition,
    &lung_indices_definition,
    &ards_global_definition,
    &ards_kigali_definition,
    &rox_definition,
    &murray_definition,
    &eolia_definition,
    &sirs_definition,
    &qsofa_definition,
    &news2_definition,
    &sepsis3_definition,
    &septic_shock_definition,
    &apache2_definition,
    &saps2_definition,
    &crs_definition,
    &icans_definition,
    &vasoactive_definition,
};
// clang-format on
static_assert(registry.size() == model::score_id_count);

// Whose limits a score's points depend on besides its own and those that stand in SOFA's table for all.
struct AlsoReads {
    model::ScoreId score, table;
};
using enum model::ScoreId;
constexpr std::array also_reads = {
    AlsoReads{sofa, ards_berlin},
    AlsoReads{sofa2, ards_berlin},
    AlsoReads{ards_global, ards_berlin},
    AlsoReads{ards_kigali, ards_berlin},
    AlsoReads{eolia, ards_berlin},
    AlsoReads{murray, ards_berlin},
    AlsoReads{saps2, ards_berlin},
    AlsoReads{apache2, ards_berlin},
    AlsoReads{lung_indices, ards_berlin},
    AlsoReads{ards_kigali, ards_global},
    AlsoReads{eolia, lung_indices},
    AlsoReads{murray, lung_indices},
    AlsoReads{sic, sofa},
    AlsoReads{sepsis3, sofa},
    AlsoReads{septic_shock, sofa},
    AlsoReads{sic, ards_berlin},
    AlsoReads{sepsis3, ards_berlin},
    AlsoReads{septic_shock, ards_berlin},
    AlsoReads{septic_shock, sepsis3},
    AlsoReads{apache2, kdigo},
    AlsoReads{vasoactive, sofa2},
};

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

bool is_behind_first_day(Definition const& what, model::Signal signal, model::EventTime opened, model::EventTime t,
                         core::Rulebook const& rules) {
    if (!what.of_first_day || t < opened + rules.tables.sofa.window + model::minutes(1)) return false;
    const auto kind = core::entry(rules, signal).kind;
    return kind == model::SignalKind::monitor || kind == model::SignalKind::setting;
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
    for (auto s : what.signals) {
        if (is_behind_first_day(what, s, patient.opened, at, rules)) continue;
        if (const auto t = patient.timeline->next_time(s, at)) due.at(*t);
    }
    for (auto const& c : what.components) {
        auto q = ask(key, patient, at, rules);
        if (patient.room != nullptr) patient.room->clear();
        q.notes = patient.room;
        if (patient.shared != nullptr) q.shared = &patient.shared->of[static_cast<std::size_t>(key.product)];
        c.answer(q, std::span{score.parts}.subspan(c.first, c.count));
        due.at(q.due.when());
    }
    if (what.assemble != nullptr) what.assemble(score.parts);
    if (what.conclude != nullptr) what.conclude(score.parts, rules);
    score.next_change = due.next();
    return score;
}

bool offers(model::ScoreId id, model::Product product) {
    const auto products = definition(id).products;
    return std::find(products.begin(), products.end(), product) != products.end();
}

std::string not_offered(model::ScoreId id, model::Product product) {
    std::string only;
    for (auto p : definition(id).products) only += (only.empty() ? "" : ", ") + std::string{model::name_of(p)};
    return std::string{model::name_of(id)} + " has no product '" + std::string{model::name_of(product)} + "', only " +
           only;
}

bool reads(model::ScoreId id, model::Signal signal) {
    const auto signals = definition(id).signals;
    return std::find(signals.begin(), signals.end(), signal) != signals.end();
}

bool locally_modified(core::Rulebook const& rules, model::ScoreId id) {
    const auto modified = [&](model::ScoreId table) {
        return rules.definitions[static_cast<std::size_t>(table)].locally_modified;
    };
    if (modified(id) || rules.definitions[static_cast<std::size_t>(sofa)].modified_for_all) return true;
    return std::any_of(also_reads.begin(), also_reads.end(),
                       [&](AlsoReads const& a) { return a.score == id && modified(a.table); });
}

std::string definition_name(core::Rulebook const& rules, model::ScoreKey key) {
    auto const& edition = definition(key.id).edition;
    auto name = std::string{model::name_of(key.id)} + "@" + edition.version(rules) + "+";
    if (key.policy < edition.policies(rules)) name += edition.policy(rules, key.policy);
    return locally_modified(rules, key.id) ? name + " (locally modified)" : name;
}

std::optional<std::uint8_t> find_policy(core::Rulebook const& rules, model::ScoreId id, std::string_view name) {
    auto const& edition = definition(id).edition;
    for (std::size_t i = 0; i < edition.policies(rules); ++i)
        if (edition.policy(rules, i) == name) return static_cast<std::uint8_t>(i);
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
