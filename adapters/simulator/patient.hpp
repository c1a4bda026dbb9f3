#pragma once

#include "adapters/simulator/archetype.hpp"
#include "adapters/simulator/physiology.hpp"
#include "adapters/simulator/random.hpp"
#include "adapters/simulator/sim_time.hpp"

namespace vigil::simulator {

// One patient's body and treatment, moved minute by minute along an archetype's script.
class Patient {
public:
    Patient(const Archetype& archetype, std::uint64_t seed);

    // To `hour` of the round, exactly one minute after the previous call.
    void advance(double hour, Millis at);

    const Truth& truth() const { return truth_; }
    const Support& support() const { return support_; }
    bool ever_had(Drug drug) const { return had_[static_cast<std::size_t>(drug)]; }
    double dose(Drug drug) const;
    std::string_view rrt() const { return rrt_; }
    std::string_view ecls() const { return ecls_; }
    std::string_view catheter() const { return catheter_; }

private:
    void follow_script(double hour);
    void set_oxygen();
    void titrate_pressors(double hour);

    const Archetype* archetype_;
    Random random_;
    Latents wander_{}; // Ornstein-Uhlenbeck noise around the script
    Latents latents_{};
    double map_wander_ = 0.0;
    double hr_wander_ = 0.0;
    Support support_;
    Truth truth_{};
    std::string_view rrt_ = "none";
    std::string_view ecls_ = "none";
    std::string_view catheter_ = "in";
    std::array<bool, 4> had_{};
    int minutes_ = 0;
    int low_pressure_minutes_ = 0;
};

} // namespace vigil::simulator
