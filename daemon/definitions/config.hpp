#pragma once
// config/vigil.toml as vigild reads it. The file itself explains every key; this says only what becomes of them.

#include "core/rulebook.hpp"
#include "definitions/files.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vigil::definitions {

struct ScoreSetting {
    model::ScoreId id = model::ScoreId::sofa;
    model::Product product = model::Product::rolling;
    model::Basis basis = model::Basis::native;
    std::string policy;
    bool alerts = false;
    int line = 0; // where it stands, for messages about it
    int column = 0;
};

// A salt by the name a source's settings give it.
struct SaltSetting {
    std::string name;
    int line = 0, column = 0;
};

// What is part of every decision and therefore of the rulebook.
struct Settings {
    std::string file; // for messages
    std::string site = "demo";
    std::string unit = "_"; // stands in the topics of the daemon itself
    bool simulated = true;
    bool driven = true;
    std::vector<ScoreSetting> scores;
    std::vector<core::SourceSettings> sources;
    std::vector<SaltSetting> salts;           // of those
    std::optional<alerts::Handling> alerting; // empty where the file says nothing of it
};

struct Endpoints {
    std::string ingest;  // ROUTER: adapters
    std::string command; // ROUTER
    std::string query;   // ROUTER
    std::string feed;    // XPUB
};

struct JournalSettings {
    std::string directory;
    std::uint64_t segment_bytes = 64ULL << 20;
};

// CURVE on the TCP endpoints.
struct CurveSettings {
    std::string secret_key_file; // as `vigil keygen` writes it
    std::string clients_file;    // one public key and its name a line
};

// Paths are absolute or relative to the working directory; the file's own are relative to the file.
struct VigildConfig {
    std::string file;
    Settings settings;
    Endpoints endpoints;
    JournalSettings journal;
    std::optional<CurveSettings> curve;
    std::string vocabulary, conversions; // files
    std::string scores, alerts, maps;    // folders
    // Score definitions that take the place of those in `scores` with their ids; from no file: of a command.
    std::vector<std::string> own_definitions;
};

// Everything that is wrong is in `problems`; the configuration is usable only when nothing was added.
VigildConfig parse_config(File const& file, Problems& problems);
VigildConfig load_config(std::string const& path, Problems& problems);

// Settings alone, as they stand in the archive of a rulebook, and the text they are written to.
Settings parse_settings(File const& file, Problems& problems);
std::string to_toml(Settings const& settings);

} // namespace vigil::definitions
