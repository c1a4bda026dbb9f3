#pragma once
// config/adapters/*.toml: what every adapter has, and the kind's own section as plain values. All errors are found at
// once.

#include "adapters/runtime/places.hpp"
#include "adapters/runtime/tcp_server.hpp"
#include "adapters/runtime/tokens.hpp"
#include "adapters/runtime/vocabulary.hpp"
#include "adapters/runtime/zone.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::adapters {

struct Position {
    unsigned line = 0;
    unsigned column = 0;
};

struct ConfigError {
    Position at;
    std::string key;
    std::string message;
};

// A value of a kind's section.
struct Setting {
    enum class Type : std::uint8_t { text, number, truth, list };
    Type type = Type::text;
    std::string text; // text and number
    std::int64_t number = 0;
    bool truth = false;
    std::vector<std::string> list; // of texts or numbers, as written
    Position at;
};

struct Section {
    std::map<std::string, Setting> values;
    std::map<std::string, Section> sections;
    Position at;
};

enum class ClockTrust : std::uint8_t {
    device,  // the device's clock may be off: its offset is measured
    trusted, // times are taken as they are (a laboratory or registration system)
    message, // simulation and replay: the message's own time is the only clock
};

struct Config {
    std::string file;
    std::string source; // [a-z0-9_]{1,32}
    std::string kind;
    std::string ingest;   // ZeroMQ endpoint
    std::string identity; // empty: no cards are sent
    std::string host;     // of `listen`; empty for kinds that listen to nothing
    std::uint16_t port = 0;
    bool simulated = false;
    ClockTrust clock = ClockTrust::device;
    std::optional<SiteKey> site_key;
    std::optional<Zone> zone;
    CodedValues coded;
    ServerLimits limits;
    std::size_t max_frame = 4u << 20;
    std::int64_t frame_ms = 10'000;
    std::int64_t answer_within_ms = 20'000;
    Section section; // [<kind>]
};

// Reads `text` as the file named `file`; files it names (site key, vocabulary) are read too.
Config read_config(std::string const& file, std::string_view text, std::vector<ConfigError>& errors);
Config load_config(std::string const& file, std::vector<ConfigError>& errors);
// "file:line:col: key: message"
std::string describe(std::string const& file, ConfigError const& error);

// Reads one kind's section: what is asked for is taken out, what is left over is an unknown key.
class SectionReader {
public:
    SectionReader(Section const& section, std::string prefix, std::vector<ConfigError>& errors);
    bool truth(std::string const& key, bool otherwise);
    std::string text(std::string const& key, std::string otherwise);
    std::vector<std::string> list(std::string const& key);
    Setting const* any(std::string const& key);
    Section const* section(std::string const& key);
    void error(Position at, std::string const& key, std::string message);
    // Reports what was not asked for.
    void finish();

private:
    Setting const* take(std::string const& key, Setting::Type type, std::string_view wanted);
    Section const& section_;
    std::string prefix_;
    std::vector<ConfigError>& errors_;
    std::set<std::string> known_;
};

// `bed_labels` and the table `places`, alike in every kind.
Places read_places(SectionReader& reader);

} // namespace vigil::adapters
