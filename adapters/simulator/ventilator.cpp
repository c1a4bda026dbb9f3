#include "adapters/simulator/ventilator.hpp"

namespace vigil::simulator {
namespace {

constexpr std::string_view kPercent = "262688^MDC_DIM_PERCENT^MDC^%^%^UCUM";
constexpr std::string_view kCmH2O = "266048^MDC_DIM_CM_H2O^MDC^cm[H2O]^cm[H2O]^UCUM";
constexpr std::string_view kBreaths = "264928^MDC_DIM_RESP_PER_MIN^MDC^/min^/min^UCUM";
constexpr std::string_view kMilliL = "263762^MDC_DIM_MILLI_L^MDC^mL^mL^UCUM";
constexpr std::string_view kLPerMin = "265216^MDC_DIM_L_PER_MIN^MDC^L/min^L/min^UCUM";

class Channel {
public:
    explicit Channel(std::string& message)
        : message_{message} {}

    void structure(std::string_view identifier, std::string_view place, std::string_view equipment = {}) {
        append_row(message_, set_id_,
                   {.identifier = identifier, .sub_id = place, .status = "X", .equipment = equipment});
    }
    void number(std::string_view identifier, double value, int digits, std::string_view units,
                std::string_view method) {
        append_row(message_, set_id_,
                   {.type = "NM",
                    .identifier = identifier,
                    .sub_id = "1.1.1." + std::to_string(++metric_),
                    .value = fixed(value, digits),
                    .units = units,
                    .status = "R",
                    .method = method});
    }
    void text(std::string_view identifier, std::string_view value) {
        append_row(message_, set_id_,
                   {.type = "ST",
                    .identifier = identifier,
                    .sub_id = "1.1.1." + std::to_string(++metric_),
                    .value = value,
                    .status = "R",
                    .method = kSet});
    }

private:
    std::string& message_;
    int set_id_ = 0;
    int metric_ = 0;
};

} // namespace

std::string ventilator_message(const DeviceVoice& voice, const Truth& t, const Support& s, Millis from, Millis to,
                               Random& random) {
    const double breath = random.normal();
    const double gas = random.normal();
    std::string m = pcd_message(voice, from, to);
    Channel c{m};
    c.structure("70001^MDC_DEV_SYS_PT_VENT_MDS^MDC", "1.0.0.0", voice.equipment);
    c.structure("70002^MDC_DEV_SYS_PT_VENT_VMD^MDC", "1.1.0.0");
    c.structure("70003^MDC_DEV_SYS_PT_VENT_CHAN^MDC", "1.1.1.0");
    c.text("184352^MDC_VENT_MODE^MDC", s.invasive() ? (s.propofol > 0.0 ? "controlled" : "spontaneous") : "niv");
    c.number("16929412^MDC_CONC_AWAY_O2_INSP_SETTING^MDC", s.fio2, 0, kPercent, kSet);
    c.number("152196^MDC_CONC_AWAY_O2_INSP^MDC", s.fio2 >= 99.5 ? s.fio2 : s.fio2 + 0.3 * gas, 0, kPercent, kMeasured);
    c.number("16929192^MDC_VENT_PRESS_AWAY_END_EXP_POS_SETTING^MDC", s.peep, 0, kCmH2O, kSet);
    c.number("151976^MDC_VENT_PRESS_AWAY_END_EXP_POS^MDC", s.peep + 0.1 * breath, 1, kCmH2O, kMeasured);
    c.number("151586^MDC_VENT_RESP_RATE^MDC", t.rr + 0.3 * breath, 0, kBreaths, kMeasured);
    c.number("151980^MDC_VENT_VOL_TIDAL^MDC", t.vt + 6.0 * breath, 0, kMilliL, kMeasured);
    c.number("151880^MDC_VOL_MINUTE_AWAY^MDC", t.rr * t.vt / 1000.0 + 0.1 * breath, 1, kLPerMin, kMeasured);
    c.number("151957^MDC_VENT_PRESS_MAX^MDC", t.peak + 0.5 * breath, 0, kCmH2O, kMeasured);
    c.number("151975^MDC_VENT_PRESS_AWAY_MEAN^MDC", t.mean_airway + 0.2 * breath, 0, kCmH2O, kMeasured);
    if (s.invasive()) {
        c.number("16928802^MDC_VENT_RESP_RATE_SETTING^MDC", t.rr, 0, kBreaths, kSet);
        c.number("16929196^MDC_VENT_VOL_TIDAL_SETTING^MDC", t.vt, 0, kMilliL, kSet);
        c.number("152424^MDC_VENT_PRESS_RESP_PLAT^MDC", t.plateau + 0.3 * breath, 0, kCmH2O, kMeasured);
    }
    return m;
}

} // namespace vigil::simulator
