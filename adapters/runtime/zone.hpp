#pragma once
// Wall-clock time of a named zone to UTC, with both answers where a clock change gives two.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace vigil::adapters {

struct LocalInstant {
    enum class Kind : std::uint8_t { unique, repeated, skipped };
    Kind kind = Kind::unique;
    std::int64_t first_s = 0;  // Unix seconds; of a skipped time, read with the offset before the change
    std::int64_t second_s = 0; // the later instant of a repeated time, else equal to first_s
};

class Zone {
public:
    // An IANA name; nothing when tzdata does not know it. Reads the zone's rules at once, so that later use touches no
    // file.
    static std::optional<Zone> named(std::string const& name);
    // `local_s`: the wall clock as if it were UTC, in Unix seconds.
    LocalInstant at(std::int64_t local_s) const;

private:
    explicit Zone(void const* rules)
        : rules_(rules) {}
    void const* rules_; // date::time_zone, owned by the tz database
};

} // namespace vigil::adapters
