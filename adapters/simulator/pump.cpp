#include "adapters/simulator/pump.hpp"

namespace vigil::simulator {
namespace {

struct Preparation {
    std::string_view name;
    std::string_view dose_units;
    int dose_digits;
    bool per_kg_and_minute; // else per hour
    double concentration;   // dose mass (or units) per mL; per-kg drugs in mg/mL
    std::string_view concentration_units;
    int concentration_digits;
};

Preparation preparation(Drug drug) {
    constexpr std::string_view ug_kg_min = "265619^MDC_DIM_MICRO_G_PER_KG_PER_MIN^MDC^ug/kg/min^ug/kg/min^UCUM";
    constexpr std::string_view mg_ml = "264306^MDC_DIM_MILLI_G_PER_ML^MDC^mg/mL^mg/mL^UCUM";
    switch (drug) {
    case Drug::norepinephrine: return {"norepinephrine", ug_kg_min, 2, true, 0.08, mg_ml, 2};
    case Drug::propofol: return {"propofol", ug_kg_min, 0, true, 10.0, mg_ml, 0};
    case Drug::vasopressin:
        return {"vasopressin", "267840^MDC_DIM_INTL_UNIT_PER_HR^MDC^[iU]/h^[iU]/h^UCUM",   1, false,
                0.4,           "267744^MDC_DIM_INTL_UNIT_PER_ML^MDC^[iU]/mL^[iU]/mL^UCUM", 1};
    case Drug::fentanyl:
        return {"fentanyl", "265523^MDC_DIM_MICRO_G_PER_HR^MDC^ug/h^ug/h^UCUM",   0, false,
                50.0,       "264307^MDC_DIM_MICRO_G_PER_ML^MDC^ug/mL^ug/mL^UCUM", 0};
    }
    return {};
}

} // namespace

std::string_view drug_name(Drug drug) { return preparation(drug).name; }

std::string pump_message(const DeviceVoice& voice, const PumpState& pump, Millis from, Millis to) {
    constexpr std::string_view ml_h = "265266^MDC_DIM_MILLI_L_PER_HR^MDC^mL/h^mL/h^UCUM";
    const Preparation p = preparation(pump.drug);
    const double ml_per_hour = p.per_kg_and_minute ? pump.dose * pump.weight_kg * 60.0 / (1000.0 * p.concentration)
                                                   : pump.dose / p.concentration;
    const std::string rate = fixed(ml_per_hour, 1);
    const std::string_view status = pump.dose <= 0.0 ? "pump-status-idle"
                                    : pump.paused    ? "pump-status-paused"
                                                     : "pump-status-infusing";
    std::string m = pcd_message(voice, from, to);
    int id = 0;
    const auto structure = [&](std::string_view identifier, std::string_view place, std::string_view equipment = {}) {
        append_row(m, id, {.identifier = identifier, .sub_id = place, .status = "X", .equipment = equipment});
    };
    const auto value = [&](std::string_view type, std::string_view identifier, std::string_view place,
                           std::string_view text, std::string_view units, std::string_view method) {
        append_row(m, id,
                   {.type = type,
                    .identifier = identifier,
                    .sub_id = place,
                    .value = text,
                    .units = units,
                    .status = "R",
                    .method = method});
    };
    structure("69985^MDC_DEV_PUMP_INFUS_MDS^MDC", "1.0.0.0", voice.equipment);
    structure("69986^MDC_DEV_PUMP_INFUS_VMD^MDC", "1.1.0.0");
    structure("126978^MDC_DEV_PUMP_INFUS_CHAN_DELIVERY^MDC", "1.1.1.0");
    value("ST", "184508^MDC_PUMP_STAT^MDC", "1.1.1.1", status, {}, {});
    value("NM", "157784^MDC_FLOW_FLUID_PUMP^MDC", "1.1.1.2", rate, ml_h, kSet);
    structure("126977^MDC_DEV_PUMP_INFUS_CHAN_SOURCE^MDC", "1.1.2.0");
    value("ST", "184330^MDC_DRUG_NAME_TYPE^MDC", "1.1.2.1", p.name, {}, {});
    value("NM", "157760^MDC_CONC_DRUG^MDC", "1.1.2.2", fixed(p.concentration, p.concentration_digits),
          p.concentration_units, kSet);
    value("NM", "157924^MDC_RATE_DOSE^MDC", "1.1.2.3", fixed(pump.dose, p.dose_digits), p.dose_units, kSet);
    value("NM", "157784^MDC_FLOW_FLUID_PUMP^MDC", "1.1.2.4", rate, ml_h, kSet);
    return m;
}

} // namespace vigil::simulator
