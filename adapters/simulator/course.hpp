#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace vigil::simulator {

// What is wrong with a patient, each from 0 (well) to 1 (as bad as the ward can show). Everything a device or a
// laboratory measures is a monotone function of these.
enum class Latent : std::size_t { inflammation, lung, shock, kidney, liver, coagulation, consciousness, bleeding };
inline constexpr std::size_t kLatents = 8;
using Latents = std::array<double, kLatents>;

inline constexpr std::array<std::string_view, kLatents> kLatentNames{"inflammation",  "lung injury",  "shock",
                                                                     "kidney injury", "liver injury", "coagulation",
                                                                     "consciousness", "bleeding"};

inline constexpr double kNever = 1.0e9;

// The scripted course of one latent, in hours since admission: baseline, a linear rise, a plateau until the treatment,
// a linear response to `settled`, and perhaps one relapse that is treated again after twelve hours. Scripted: a
// treatment's effect here is what the author wrote, never a prediction.
struct Course {
    Latent latent = Latent::inflammation;
    double baseline = 0.0;
    double onset_h = kNever;
    double rise_h = 1.0;
    double peak = 0.0;
    double treated_h = kNever;
    double recovery_h = 1.0;
    double settled = 0.0;
    double relapse_h = kNever;
    double relapse_peak = 0.0;
};

double level(const Course& course, double hour);

} // namespace vigil::simulator
