#pragma once
// The scores Vigil knows: one line each in registry.cpp. Evaluation is a pure rescan of the windows on the timeline.

#include "core/model/score.hpp"
#include "core/model/sex.hpp"
#include "core/model/timeline.hpp"
#include "core/rulebook.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vigil::scores {

struct Notes;
struct SharedByProduct;
class Settled;

struct Patient {
    model::Timeline const* timeline = nullptr;
    model::EventTime opened;                // admission to intensive care: the bins of the product `day`
    std::optional<std::uint32_t> age_years; // below 18: not applicable; unknown: an adult unit's patient
    std::optional<model::EventTime> now;    // what is known of the patient ends here (default: the instant asked for)
    Notes* room = nullptr;                  // to work in, lent by who asks again and again; what it holds means nothing
    model::Sex sex = model::Sex::unspecified;
    // What scores work out alike, of one instant: empty before the first of them is asked for.
    SharedByProduct* shared = nullptr;
    Settled* settled = nullptr; // of this patient, kept up with the timeline (settled.hpp)
    bool day_is_over = false;   // the day asked about is, or the stay: nothing more comes to it
};

// The score as of `at`, from what the timeline holds now. `next_change` is the first later instant at which the result
// can differ although nothing arrives; until then it need not be evaluated again.
model::Score evaluate(model::ScoreKey key, Patient const& patient, model::EventTime at, core::Rulebook const& rules);

// What makes up the score.
struct Definition;
Definition const& definition(model::ScoreId id);
// Below the age a score is meant for it applies in none of its parts.
bool applies(Patient const& patient, core::Rulebook const& rules);
// Every part, none of them applicable.
std::vector<model::ScorePart> not_applicable(Definition const& what);

// The score has such a product.
bool offers(model::ScoreId id, model::Product product);
// "apache2 has no product 'now', only day": for whoever asked for it.
std::string not_offered(model::ScoreId id, model::Product product);

// A sample of this signal can change this score.
bool reads(model::ScoreId id, model::Signal signal);

// The score's table, or another one that its points depend on, is not the one that was delivered.
bool locally_modified(core::Rulebook const& rules, model::ScoreId id);
// id@version+policy, as it stands in every output; behind it " (locally modified)" where that is so.
std::string definition_name(core::Rulebook const& rules, model::ScoreKey key);
// The policy's index by name; empty when the definition has none of that name.
std::optional<std::uint8_t> find_policy(core::Rulebook const& rules, model::ScoreId id, std::string_view name);

// The instants in (after, to] at which something the score reads became true of the patient, ascending, without
// repeats: with these and the `next_change` of each evaluation a course over time can be followed without looking at
// every minute.
std::vector<model::EventTime> instants(model::ScoreId id, Patient const& patient, model::EventTime after,
                                       model::EventTime to);

} // namespace vigil::scores
