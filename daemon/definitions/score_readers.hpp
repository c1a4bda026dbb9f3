#pragma once
// What the readers of score definitions share: citations, limits, cut-points and doses, policies.

#include "core/scores/tables.hpp"
#include "definitions/toml_reader.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::definitions {

// Each required; what is wrong becomes a problem of the reader.
void cited(TomlReader& in);
void head(TomlReader& in, std::string_view id, std::string& version, std::string& citation);
model::Duration duration(TomlReader& in, std::string_view key);
model::Decimal decimal(TomlReader& in, std::string_view key);
model::Unit unit(TomlReader& in, std::string_view key);
std::vector<model::Word> words(TomlReader& in, std::string_view key);
std::vector<model::Signal> signals(TomlReader& in, std::string_view key);
std::int32_t points(TomlReader& in, std::string_view key, std::int64_t least, std::int64_t most);

// `rrt_carried` and `rrt_held`.
scores::ReplacementRule replacement_rule(TomlReader& in);

// The worst band first, each further one milder in points and in its bound; all look the same way.
void read_bands(TomlReader& in, scores::BandTable& table, std::int64_t most, std::string_view key = "bands");
// [[columns]], and those of one quantity in a row, the conventional one, which came first, before the others.
void read_columns(TomlReader& in, std::vector<scores::BandTable>& columns);
// One of [[doses]]: bands without a gap from 0 upward.
void read_dose(TomlReader& in, std::vector<scores::DoseBand>& doses);

// Inspired oxygen from a flow, by ascending flow.
void read_flow_steps(TomlReader& in, std::vector<scores::FlowStep>& steps);

template <class Policy>
bool named_twice(std::vector<Policy> const& all, std::string const& name) {
    return std::any_of(all.begin(), all.end(), [&](Policy const& p) { return p.name == name; });
}

template <class Policy>
Policy begin_policy(TomlReader& in, std::vector<Policy> const& all) {
    Policy p;
    in.require("name");
    if (const auto name = in.text("name")) p.name = *name;
    if (named_twice(all, p.name)) in.problem("name", "this policy stands twice");
    return p;
}

template <class Policy>
void need_policies(TomlReader& in, std::vector<Policy> const& all) {
    if (all.size() > 255) in.problem("policies", "more than 255");
    for (auto name : {"published", "live"})
        if (!named_twice(all, name)) in.problem("policies", "the policy '" + std::string{name} + "' is missing");
    if (!all.empty() && all.front().name != "published") in.problem("policies", "the first policy must be 'published'");
}

// [[policies]] that have a name and nothing else.
void read_plain_policies(TomlReader& in, std::vector<scores::PlainPolicy>& policies);

template <class Read>
void section(TomlReader& in, std::string_view key, Read read) {
    in.require(key);
    if (auto inner = in.table(key)) {
        cited(*inner);
        read(*inner);
        inner->finish();
    }
}

} // namespace vigil::definitions
