#pragma once
// [identity] of a configuration file: where to listen and where the file is.

#include <string>
#include <string_view>
#include <vector>

namespace vigil::identity {

struct Config {
    std::string endpoint; // ZeroMQ; a local socket in a directory that only its users may enter
    std::string database;
};

// Errors are "file:line:col: key: message", all at once.
Config read_config(std::string const& file, std::string_view text, std::vector<std::string>& errors);

} // namespace vigil::identity
