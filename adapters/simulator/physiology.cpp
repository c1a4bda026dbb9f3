#include "adapters/simulator/physiology.hpp"

#include <algorithm>

namespace vigil::simulator {
namespace {

double of(const Latents& latents, Latent which) { return latents[static_cast<std::size_t>(which)]; }

// −1 at 04:00, +1 at 16:00, smooth between: a parabola arc on each side instead of a cosine.
double circadian(double hour) {
    double from_trough = hour - 4.0;
    if (from_trough < 0.0) from_trough += 24.0;
    const double half = from_trough < 12.0 ? from_trough / 12.0 : (24.0 - from_trough) / 12.0;
    return 2.0 * half * half * (3.0 - 2.0 * half) - 1.0;
}

// Severinghaus 1979, J Appl Physiol 46:599-602.
double saturation(double po2) { return 100.0 / (23400.0 / (po2 * po2 * po2 + 150.0 * po2) + 1.0); }

void circulation(Truth& t, const Latents& l, const Support& s, double pressor_response, double circ) {
    const double shock = of(l, Latent::shock);
    const double pressor = pressor_response * 45.0 * s.norepinephrine / (s.norepinephrine + 0.25);
    t.map = 92.0 - 55.0 * shock + pressor + 3.0 * s.vasopressin - 0.06 * s.propofol + 1.5 * circ;
    const double pulse_pressure = 50.0 - 18.0 * shock;
    t.sbp = t.map + pulse_pressure * 2.0 / 3.0;
    t.dbp = t.map - pulse_pressure / 3.0;
    t.hr = 72.0 + 45.0 * shock + 22.0 * of(l, Latent::inflammation) + 3.0 * circ - 0.12 * s.propofol;
    t.cvp = 7.0 + 4.0 * shock + 0.2 * s.peep;
    t.temp = 36.7 + 2.2 * of(l, Latent::inflammation) + 0.25 * circ - (s.crrt_hours > 0.0 ? 0.5 : 0.0);
    t.lactate = 0.9 + 6.5 * shock * shock + 1.5 * of(l, Latent::liver) * of(l, Latent::liver);
}

void respiration(Truth& t, const Latents& l, const Person& p, const Support& s) {
    const double injury = of(l, Latent::lung);
    // The circuit's contribution on ECMO is scripted as a quarter of the injury taken away.
    t.pf = 420.0 - 340.0 * injury * (s.ecmo ? 0.75 : 1.0);
    t.pao2 = t.pf * s.fio2 / 100.0;
    t.spo2 = std::min(saturation(t.pao2), 99.6);
    t.paco2 = s.ecmo ? 41.0 : 37.0 + 16.0 * injury * injury;
    t.hco3 = 25.0 - 1.1 * (t.lactate - 1.0) - (s.crrt_hours > 0.0 ? 1.0 : 6.0 * of(l, Latent::kidney));
    // The Henderson-Hasselbalch curve as a quotient: 7.40 at a ratio of 0.6, within 0.03 of it from 7.1 to 7.6.
    const double ratio = t.hco3 / t.paco2;
    t.ph = 7.40 + 0.87 * (ratio - 0.6) / (ratio + 0.6);
    const double ideal_kg = (p.sex == 'F' ? 45.5 : 50.0) + 0.91 * (p.height_cm - 152.4);
    t.vt = ideal_kg * (s.ecmo ? 3.5 : 7.0 - 1.0 * injury);
    t.compliance = 58.0 - 36.0 * injury;
    t.plateau = s.peep + t.vt / t.compliance;
    t.peak = t.plateau + 6.0;
    t.mean_airway = s.peep + (t.plateau - s.peep) * 0.4;
    t.rr = s.invasive() ? (s.ecmo ? 10.0 : 16.0 + 10.0 * injury)
                        : 14.0 + 16.0 * injury + 5.0 * of(l, Latent::inflammation);
}

void laboratory(Truth& t, const Latents& l, const Person& p, const Support& s) {
    const double kidney = of(l, Latent::kidney);
    const double cleared = std::min(s.crrt_hours / 24.0, 1.0); // CRRT reaches its effect in a day (scripted)
    t.creatinine = p.creatinine_mg_dl + 3.7 * kidney * (1.0 - 0.6 * cleared);
    t.urea = 14.0 + 70.0 * kidney * (1.0 - 0.6 * cleared) + 8.0 * (p.creatinine_mg_dl - 0.8);
    t.potassium = 3.9 + 1.9 * kidney * (1.0 - 0.9 * cleared);
    t.sodium = 139.0 + 4.0 * kidney;
    t.platelets = 250.0 - 215.0 * of(l, Latent::coagulation);
    t.bilirubin = 0.6 + 6.4 * of(l, Latent::liver) * of(l, Latent::liver);
    t.inr = 1.0 + 1.6 * of(l, Latent::liver) * of(l, Latent::liver) + 0.5 * of(l, Latent::coagulation);
    t.wbc = 7.0 + 16.0 * of(l, Latent::inflammation);
    t.crp = 8.0 + 260.0 * of(l, Latent::inflammation);
    t.haemoglobin = 12.2 - 3.0 * of(l, Latent::coagulation) - 7.0 * of(l, Latent::bleeding);
    const double left = std::max(0.0, 1.0 - 1.06 * kidney);
    t.urine_ml_h = p.weight_kg * 1.1 * left * (1.0 - 0.4 * of(l, Latent::shock));
}

void consciousness(Truth& t, const Latents& l, const Support& s) {
    const double c = of(l, Latent::consciousness);
    if (s.propofol > 0.0) {
        t.eye = 1, t.verbal = 1, t.motor = c > 0.6 ? 4 : 5, t.rass = s.propofol >= 30.0 ? -4 : -3;
        return;
    }
    t.eye = 4 - static_cast<int>(3.0 * c + 0.5);
    t.verbal = 5 - static_cast<int>(4.0 * c + 0.5);
    t.motor = 6 - static_cast<int>(2.0 * c + 0.5);
    t.rass = c > 0.6 ? -4 : c > 0.3 ? -2 : c > 0.12 ? -1 : 0;
}

} // namespace

Truth observe(const Latents& latents, const Person& person, const Support& support, double pressor_response,
              double hour_of_day) {
    Truth truth{};
    circulation(truth, latents, support, pressor_response, circadian(hour_of_day));
    respiration(truth, latents, person, support);
    laboratory(truth, latents, person, support);
    consciousness(truth, latents, support);
    return truth;
}

} // namespace vigil::simulator
