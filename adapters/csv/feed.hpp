#pragma once
// A growing readings CSV as an adapter kind.

#include "adapters/csv/stretch.hpp"
#include "adapters/runtime/host.hpp"

#include <memory>
#include <string>
#include <vector>

namespace vigil::csv {

struct FeedSettings {
    RowSettings rows;
    std::string file, position_file;
};

// The section [csv] and what the rest says of it. Without a site key or with errors the settings are not to be used.
FeedSettings settings_of(adapters::Config const& config, std::vector<adapters::ConfigError>& errors);
std::unique_ptr<adapters::Feed> make_feed(adapters::Config const& config, std::vector<adapters::ConfigError>& errors);
// The same without a configuration file.
std::unique_ptr<adapters::Feed> follow(FeedSettings settings);

} // namespace vigil::csv
