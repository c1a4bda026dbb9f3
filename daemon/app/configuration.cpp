#include "app/configuration.hpp"

#include "definitions/rulebook_loader.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

namespace vigil::app {

namespace {

void print(definitions::Problems const& problems) {
    for (auto const& p : problems) std::cerr << to_string(p) << '\n';
}

std::optional<std::string> first_word(std::string const& line) {
    std::istringstream in{line};
    std::string word;
    if (!(in >> word) || word.front() == '#') return std::nullopt;
    return word;
}

constexpr std::size_t z85_key = 40;

// The server's secret key is the first word of its file; the public key follows from it.
std::optional<loop::Curve> read_keys(definitions::CurveSettings const& files, definitions::Problems& problems) {
    loop::Curve out;
    std::string line;
    std::ifstream secret{files.secret_key_file};
    while (out.secret_key.empty() && std::getline(secret, line))
        if (const auto word = first_word(line)) out.secret_key = *word;
    if (out.secret_key.size() != z85_key)
        problems.push_back({files.secret_key_file, 0, 0, "curve.secret_key", "holds no key of 40 characters"});
    std::ifstream clients{files.clients_file};
    if (!clients) problems.push_back({files.clients_file, 0, 0, "curve.clients", "cannot be read"});
    for (int n = 1; std::getline(clients, line); ++n) {
        const auto word = first_word(line);
        if (!word) continue;
        if (word->size() != z85_key)
            problems.push_back(
                {files.clients_file, n, 1, "curve.clients", "a line begins with a key of 40 characters"});
        out.allowed.push_back(*word);
    }
    return out;
}

std::string from_environment(char const* name) {
    char const* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): before any thread
    return value == nullptr ? std::string{} : std::string{value};
}

loop::Settings settings_of(definitions::VigildConfig const& config) {
    loop::Settings out;
    out.ingest = config.endpoints.ingest;
    out.command = config.endpoints.command;
    out.feed = config.endpoints.feed;
    out.query = config.endpoints.query;
    out.site = config.settings.site;
    out.unit = config.settings.unit;
    out.journal = config.journal.directory;
    out.simulated = config.settings.simulated;
    out.driven = config.settings.driven;
    out.version = VIGIL_VERSION;
    if (out.simulated) { // faults that the tests plant; a production journal knows none
        out.test_poison = from_environment("VIGIL_TEST_POISON");
        out.test_mutant = from_environment("VIGIL_TEST_MUTANT");
    }
    return out;
}

} // namespace

std::optional<Configuration> read_configuration(std::string const& path) {
    definitions::Problems problems;
    const auto config = definitions::load_config(path, problems);
    auto rules = definitions::load_rulebook(config, problems); // its mistakes too, whatever vigil.toml's own are
    Configuration out;
    out.settings = settings_of(config);
    if (config.curve) out.settings.curve = read_keys(*config.curve, problems);
    if (!problems.empty() || !rules) {
        print(problems);
        return std::nullopt;
    }
    out.journal.directory = config.journal.directory;
    out.journal.kind = config.settings.simulated ? store::JournalKind::simulated : store::JournalKind::production;
    out.journal.rotate_at_wal_bytes = config.journal.segment_bytes;
    out.rules = std::make_shared<core::Rulebook const>(std::move(*rules));
    return out;
}

loop::Rules rules_from_bytes(std::string_view bytes) {
    definitions::Problems problems;
    auto rules = definitions::rulebook_from_bytes(bytes, problems);
    return rules ? std::make_shared<core::Rulebook const>(std::move(*rules)) : nullptr;
}

} // namespace vigil::app
