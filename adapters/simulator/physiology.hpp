#pragma once

#include "adapters/simulator/archetype.hpp"

#include <string_view>

namespace vigil::simulator {

// What supports the patient now: charted devices and running drugs.
struct Support {
    std::string_view device = "room_air";
    double fio2 = 21.0; // percent; of a mask or cannula what the patient probably gets
    double flow = 0.0;  // L/min, where a flow is set
    double peep = 0.0;  // cm[H2O]
    bool ecmo = false;
    double crrt_hours = 0.0;     // how long CRRT has run
    double norepinephrine = 0.0; // ug/kg/min
    double vasopressin = 0.0;    // [iU]/h
    double propofol = 0.0;       // ug/kg/min
    double fentanyl = 0.0;       // ug/h

    bool invasive() const { return device == "imv"; }
    bool ventilator() const { return device == "imv" || device == "niv"; }
};

// What is true of the patient at one instant, before any device looks at it.
struct Truth {
    double hr, map, sbp, dbp, cvp, rr, temp, spo2;
    double pf, pao2, paco2, ph, hco3, lactate;
    double vt, plateau, peak, mean_airway, compliance;
    double platelets, wbc, haemoglobin, bilirubin, creatinine, urea, potassium, sodium, crp, inr;
    double urine_ml_h;
    int eye, verbal, motor, rass;
};

// Monotone functions of the latents, with only + − × ÷ so that every compiler gives the same bits. The ranges are those
// of a ward: P/F 420 to 80, MAP 92 to 37 before pressors, platelets 250 to 35, bilirubin 0.6 to 7, creatinine 0.8
// to 4.5.
Truth observe(const Latents& latents, const Person& person, const Support& support, double pressor_response,
              double hour_of_day);

} // namespace vigil::simulator
