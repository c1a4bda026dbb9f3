#include "adapters/simulator/patient.hpp"

#include <algorithm>

namespace vigil::simulator {
namespace {

// Ornstein-Uhlenbeck steps of one minute: x ← x(1 − θ) + σ·n.
double wandered(double x, double theta, double sigma, Random& random) {
    const double noise = random.normal();
    return x - theta * x + sigma * noise;
}

double rounded_up_to(double value, double step) {
    const auto steps = static_cast<long>(value / step);
    const double down = static_cast<double>(steps) * step;
    return down < value ? down + step : down;
}

bool running(const Infusion& infusion, double hour) { return hour >= infusion.start_h && hour < infusion.stop_h; }

} // namespace

Patient::Patient(const Archetype& archetype, std::uint64_t seed)
    : archetype_{&archetype},
      random_{seed} {}

void Patient::advance(double hour, Millis at) {
    // A bleeding is a leak and a repair; it does not wander.
    for (std::size_t i = 0; i < static_cast<std::size_t>(Latent::bleeding); ++i)
        wander_[i] = wandered(wander_[i], 0.01, 0.0014, random_);
    map_wander_ = wandered(map_wander_, 0.15, 0.7, random_);
    hr_wander_ = wandered(hr_wander_, 0.10, 0.8, random_);
    latents_.fill(0.03);
    latents_[static_cast<std::size_t>(Latent::bleeding)] = 0.0;
    for (const Course& course : archetype_->courses)
        latents_[static_cast<std::size_t>(course.latent)] = level(course, hour);
    for (std::size_t i = 0; i < kLatents; ++i) latents_[i] = std::clamp(latents_[i] + wander_[i], 0.0, 1.0);

    follow_script(hour);
    if (minutes_ % 30 == 0) set_oxygen();
    if (minutes_ % 10 == 0) titrate_pressors(hour);
    ++minutes_;

    truth_ = observe(latents_, archetype_->person, support_, archetype_->pressor_response, hour_of_day(at));
    truth_.map += map_wander_;
    truth_.sbp += map_wander_ * 1.2;
    truth_.dbp += map_wander_ * 0.9;
    truth_.hr += hr_wander_;
    low_pressure_minutes_ = truth_.map < 65.0 ? low_pressure_minutes_ + 1 : 0;
}

void Patient::follow_script(double hour) {
    const std::string_view before = support_.device;
    for (const Charted& entry : archetype_->charted) {
        if (hour < entry.hour) continue;
        if (entry.what == "resp_device") support_.device = entry.value;
        if (entry.what == "rrt") rrt_ = entry.value;
        if (entry.what == "ecls") ecls_ = entry.value;
        if (entry.what == "urinary_catheter") catheter_ = entry.value;
    }
    if (support_.device != before) set_oxygen();
    support_.ecmo = ecls_ == "vv";
    support_.crrt_hours = rrt_ == "crrt" ? support_.crrt_hours + 1.0 / 60.0 : 0.0;
    support_.propofol = support_.fentanyl = 0.0;
    for (const Infusion& infusion : archetype_->infusions) {
        if (!running(infusion, hour)) continue;
        if (infusion.drug == Drug::propofol) support_.propofol = infusion.dose;
        if (infusion.drug == Drug::fentanyl) support_.fentanyl = infusion.dose;
        if (infusion.dose > 0.0) had_[static_cast<std::size_t>(infusion.drug)] = true;
    }
}

// The nurse's rule: oxygen for a PaO2 of about 80, in the steps the device has; PEEP rises with it.
void Patient::set_oxygen() {
    const double injury = latents_[static_cast<std::size_t>(Latent::lung)] * (support_.ecmo ? 0.75 : 1.0);
    const double needed = 100.0 * 80.0 / (420.0 - 340.0 * injury);
    support_.flow = 0.0;
    support_.peep = 0.0;
    if (support_.device == "room_air") {
        support_.fio2 = 21.0;
    } else if (support_.device == "nasal_cannula") {
        support_.flow = std::clamp(rounded_up_to((needed - 20.0) / 4.0, 1.0), 1.0, 6.0);
        support_.fio2 = 20.0 + 4.0 * support_.flow;
    } else if (support_.device == "nrb") {
        support_.flow = 12.0;
        support_.fio2 = 95.0;
    } else {
        if (support_.device == "hfno") support_.flow = 50.0;
        support_.fio2 = std::clamp(rounded_up_to(needed, 5.0), 30.0, 100.0);
        if (support_.ventilator()) support_.peep = 5.0 + static_cast<double>(static_cast<int>(10.0 * injury));
    }
}

// Every ten minutes: up by a fifth (at least 0.02) when the pressure was low for five minutes, down when it is
// comfortable.
void Patient::titrate_pressors(double hour) {
    double& dose = support_.norepinephrine;
    bool allowed = false;
    bool second_line = false;
    for (const Infusion& infusion : archetype_->infusions) {
        allowed = allowed || (infusion.drug == Drug::norepinephrine && running(infusion, hour));
        second_line = second_line || (infusion.drug == Drug::vasopressin && running(infusion, hour));
    }
    if (!allowed)
        dose = 0.0;
    else if (low_pressure_minutes_ >= 5)
        dose = std::min(dose + std::max(0.02, 0.2 * dose), 1.5);
    else if (truth_.map > 71.0 && dose > 0.0)
        dose = std::max(0.0, dose - std::max(0.01, 0.08 * dose));
    dose = static_cast<double>(static_cast<int>(dose * 100.0 + 0.5)) / 100.0; // pumps are set in hundredths

    if (second_line && dose >= 0.25)
        support_.vasopressin = 1.8;
    else if (dose < 0.10)
        support_.vasopressin = 0.0;
    if (dose > 0.0) had_[static_cast<std::size_t>(Drug::norepinephrine)] = true;
    if (support_.vasopressin > 0.0) had_[static_cast<std::size_t>(Drug::vasopressin)] = true;
}

double Patient::dose(Drug drug) const {
    switch (drug) {
    case Drug::norepinephrine: return support_.norepinephrine;
    case Drug::vasopressin: return support_.vasopressin;
    case Drug::propofol: return support_.propofol;
    case Drug::fentanyl: return support_.fentanyl;
    }
    return 0.0;
}

} // namespace vigil::simulator
