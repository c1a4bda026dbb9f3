#pragma once
// HL7 v2 over MLLP as an adapter kind.

#include "adapters/runtime/host.hpp"

#include <memory>
#include <vector>

namespace vigil::hl7 {

struct Settings;

// The section [hl7] and what the decoder needs of the rest. Without a site key or with errors the settings are not to
// be used.
std::unique_ptr<Settings> settings_of(adapters::Config const& config, std::vector<adapters::ConfigError>& errors);
std::unique_ptr<adapters::Feed> make_feed(adapters::Config const& config, std::vector<adapters::ConfigError>& errors);

} // namespace vigil::hl7
