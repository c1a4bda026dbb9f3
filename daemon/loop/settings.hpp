#pragma once
// What vigild was told to be, checked: daemon/app makes it from the configuration.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vigil::loop {

struct Curve {
    std::string public_key, secret_key; // Z85
    std::vector<std::string> allowed;   // client public keys, Z85; nobody else is admitted
};

struct Settings {
    std::string ingest, command, feed, query; // endpoints: ipc://… or tcp://…
    std::optional<Curve> curve;
    std::string site = "demo";
    std::string unit = "_"; // stands in the topics of the daemon itself
    std::filesystem::path journal;
    bool simulated = true;
    bool driven = true;
    std::string version;     // of the program, for status
    std::string test_poison; // simulated journals only: a message id whose step aborts
    std::string test_mutant; // simulated journals only: "ack_before_commit" or "no_idempotency_key"
};

} // namespace vigil::loop
