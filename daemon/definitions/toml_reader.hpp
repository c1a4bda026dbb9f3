#pragma once
// One TOML table, read key by key; every complaint names its place, and a key nobody asked for is a mistake.
// toml++ is a heavy header: include this in .cpp files only.

#include "core/model/decimal.hpp"
#include "core/model/time.hpp"
#include "definitions/files.hpp"

#include <set>
#include <toml++/toml.h>

namespace vigil::definitions {

struct Place {
    int line = 0;
    int column = 0;
};

// The parsed document, or a problem that says where it stops being TOML.
std::optional<toml::table> parse_toml(File const& file, Problems& problems);

class TomlReader {
public:
    // `prefix` stands before keys in messages, "journal." for example.
    TomlReader(toml::table const& table, std::string file, std::string prefix, Problems& problems);

    // Each answers empty when the key is absent, and when it is wrong, which is then a problem.
    std::optional<std::string> text(std::string_view key);
    std::optional<std::int64_t> whole(std::string_view key, std::int64_t least, std::int64_t most);
    std::optional<bool> flag(std::string_view key);
    std::optional<model::Duration> duration(std::string_view key); // "10ms", "5min", "24h", "0"
    std::optional<model::Decimal>
    decimal(std::string_view key); // a whole number or a quoted decimal; never a binary fraction
    std::vector<std::string> texts(std::string_view key);
    std::vector<std::int64_t> wholes(std::string_view key, std::int64_t least, std::int64_t most);
    // A word of a closed list, by its parse function.
    template <class Parse>
    auto word(std::string_view key, Parse parse) -> decltype(parse(std::string_view{})) {
        const auto given = text(key);
        if (!given) return {};
        auto value = parse(std::string_view(*given));
        if (!value) problem(key, "unknown word '" + *given + "'");
        return value;
    }

    std::optional<TomlReader> table(std::string_view key);
    std::vector<TomlReader> tables(std::string_view key); // [[key]]

    bool has(std::string_view key) const;
    // Reports the key as missing unless it is there.
    void require(std::string_view key);
    // At the key's value, or at the table when the key is absent.
    void problem(std::string_view key, std::string message) const;
    Place place(std::string_view key) const;
    // Belongs to somebody else and is not looked at.
    void leave(std::string_view key) { known_.emplace(key); }
    // Reports every key that was never asked for.
    void finish() const;

private:
    toml::node const* get(std::string_view key);

    toml::table const* table_;
    std::string file_;
    std::string prefix_;
    Problems* problems_;
    std::set<std::string, std::less<>> known_;
};

} // namespace vigil::definitions
