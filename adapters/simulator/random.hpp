#pragma once

#include <cstdint>

namespace vigil::simulator {

// The ward's own generator (SplitMix64, Steele et al., OOPSLA 2014). The standard distributions are free to differ
// between libraries; this one gives the same numbers everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed)
        : state_{seed} {}

    std::uint64_t next();
    double uniform(); // in [0, 1), 53 bits
    double between(double low, double high);
    double normal(); // mean 0, variance 1, within ±6: the sum of twelve uniforms
    bool chance(double probability);

private:
    std::uint64_t state_;
};

// A seed for one purpose of one patient, so that drawing more for one purpose never moves another.
std::uint64_t derived_seed(std::uint64_t seed, std::uint64_t patient, std::uint64_t purpose);

} // namespace vigil::simulator
