#pragma once
// What the files of alert rules have in common, whatever the rule.

#include "core/alerts/rule.hpp"
#include "definitions/toml_reader.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace vigil::definitions {

// Whether a rule is settled along the patient's course and so may wait before it counts or ends.
enum class Settles : std::uint8_t { no, yes };

// Levels, sentence, citation, reason and, where it settles, dwells.
void read_common(TomlReader& in, alerts::Rule& rule, alerts::AlertKind kind, Settles settles);

// Each required, and a problem when it is not there or wrong.
void read_duration(TomlReader& in, std::string_view key, model::Duration& into);
void read_decimal(TomlReader& in, std::string_view key, model::Decimal& into);
void read_whole(TomlReader& in, std::string_view key, std::int32_t& into, std::int64_t least, std::int64_t most);

} // namespace vigil::definitions
