#pragma once
// Patients made up at random: readings of every kind, corrected, repeated and withdrawn, in whatever order.

#include "case.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace vigil::test {

class Dice {
public:
    explicit Dice(std::uint64_t seed)
        : engine_{seed} {}
    std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(n)); }
    std::int64_t within(std::int64_t low, std::int64_t high) { return low + below(high - low + 1); }
    std::string n(std::int64_t low, std::int64_t high) { return std::to_string(within(low, high)); }
    bool chance(int percent) { return below(100) < percent; }
    template <class T>
    T const& of(std::vector<T> const& v) {
        return v[static_cast<std::size_t>(below(static_cast<std::int64_t>(v.size())))];
    }

private:
    std::mt19937_64 engine_;
};

// Readings of `hours`: corrections, retractions, confirmations and repeats among them, and stretches of a stream.
std::vector<Given> patient(Dice& d, std::int64_t hours, std::int64_t count);
// A line and a cuff around the least cut-point, told each minute or now and then: low minutes, flushes, lost pulses.
std::vector<Given> monitored_pressures(Dice& d, std::int64_t hours);

} // namespace vigil::test
