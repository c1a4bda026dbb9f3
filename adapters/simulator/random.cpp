#include "adapters/simulator/random.hpp"

namespace vigil::simulator {

std::uint64_t Random::next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
}

double Random::uniform() { return static_cast<double>(next() >> 11U) * (1.0 / 9007199254740992.0); }

double Random::between(double low, double high) { return low + (high - low) * uniform(); }

double Random::normal() {
    std::uint64_t sum = 0;
    for (int draw = 0; draw < 3; ++draw) {
        const std::uint64_t bits = next();
        sum += (bits & 0xFFFFU) + ((bits >> 16U) & 0xFFFFU) + ((bits >> 32U) & 0xFFFFU) + (bits >> 48U);
    }
    return static_cast<double>(sum) / 65536.0 - 6.0;
}

bool Random::chance(double probability) { return uniform() < probability; }

std::uint64_t derived_seed(std::uint64_t seed, std::uint64_t patient, std::uint64_t purpose) {
    Random mixer{seed ^ (patient * 0xD1B54A32D192ED03ULL) ^ (purpose << 56U)};
    mixer.next();
    return mixer.next();
}

} // namespace vigil::simulator
