// vigil-adapter: one device or feed, named by its configuration file.

#include "adapters/registry.hpp"
#include "command_line/command_line.hpp"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace vigil::adapters;

constexpr int exit_config = 78;

Kind const* kind_named(std::string_view name) {
    for (auto const& kind : kinds())
        if (kind.name == name) return &kind;
    return nullptr;
}

std::unique_ptr<Feed> make(Config const& config, std::vector<ConfigError>& errors) {
    if (auto const* kind = kind_named(config.kind)) return kind->make(config, errors);
    if (!config.kind.empty()) {
        std::string known;
        for (auto const& kind : kinds()) known += (known.empty() ? "" : ", ") + std::string(kind.name);
        errors.push_back({{1, 1}, "kind", "\"" + config.kind + "\" is none of: " + known});
    }
    return nullptr;
}

} // namespace

int main(int argc, char** argv) {
    vigil::command_line::Program app{"vigil-adapter: takes what one device or feed sends and hands it to vigild"};
    app.set_version_flag("--version", std::string("vigil-adapter ") + VIGIL_VERSION);
    std::string file;
    bool check_only = false;
    app.add_option("--config", file, "configuration of this adapter (config/adapters/*.toml)")->required();
    app.add_flag("--check-config", check_only, "read and check the configuration, then stop");
    if (const auto done = app.parse(argc, argv)) return *done;
    std::vector<ConfigError> errors;
    const Config config = load_config(file, errors);
    const auto feed = make(config, errors);
    for (auto const& error : errors) std::fprintf(stderr, "%s\n", describe(file, error).c_str());
    if (!errors.empty()) return exit_config;
    if (check_only) {
        std::printf("%s: no errors\n", file.c_str());
        return 0;
    }
    return run(config, *feed);
}
