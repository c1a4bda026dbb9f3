#include "adapters/simulator/course.hpp"

namespace vigil::simulator {
namespace {

constexpr double kRelapseUntreated = 12.0;

double ramp(double from, double to, double elapsed, double duration) {
    if (elapsed <= 0.0) return from;
    if (elapsed >= duration) return to;
    return from + (to - from) * (elapsed / duration);
}

} // namespace

double level(const Course& c, double hour) {
    if (hour >= c.relapse_h) {
        const double response_h = c.relapse_h + c.rise_h + kRelapseUntreated;
        if (hour >= response_h) return ramp(c.relapse_peak, c.settled, hour - response_h, c.recovery_h);
        return ramp(c.settled, c.relapse_peak, hour - c.relapse_h, c.rise_h);
    }
    if (hour >= c.treated_h) {
        const double reached = ramp(c.baseline, c.peak, c.treated_h - c.onset_h, c.rise_h);
        return ramp(reached, c.settled, hour - c.treated_h, c.recovery_h);
    }
    return hour < c.onset_h ? c.baseline : ramp(c.baseline, c.peak, hour - c.onset_h, c.rise_h);
}

} // namespace vigil::simulator
