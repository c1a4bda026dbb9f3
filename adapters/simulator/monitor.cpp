#include "adapters/simulator/monitor.hpp"

#include <array>

namespace vigil::simulator {
namespace {

constexpr std::string_view kBeats = "264864^MDC_DIM_BEAT_PER_MIN^MDC^/min^/min^UCUM";
constexpr std::string_view kPulses = "264896^MDC_DIM_PULS_PER_MIN^MDC^/min^/min^UCUM";
constexpr std::string_view kBreaths = "264928^MDC_DIM_RESP_PER_MIN^MDC^/min^/min^UCUM";
constexpr std::string_view kMmHg = "266016^MDC_DIM_MMHG^MDC^mm[Hg]^mm[Hg]^UCUM";
constexpr std::string_view kPercent = "262688^MDC_DIM_PERCENT^MDC^%^%^UCUM";
constexpr std::string_view kCelsius = "268192^MDC_DIM_DEGC^MDC^Cel^Cel^UCUM";

void structure(std::string& message, int& set_id, std::string_view identifier, std::string_view place) {
    append_row(message, set_id, {.identifier = identifier, .sub_id = place, .status = "X"});
}

void metric(std::string& message, int& set_id, std::string_view identifier, std::string_view place,
            const Signal& signal, int digits, std::string_view units, std::string_view range = {}) {
    append_row(message, set_id,
               {.type = "NM",
                .identifier = identifier,
                .sub_id = place,
                .value = fixed(signal.value, digits),
                .units = units,
                .range = range,
                .flags = signal.flag,
                .status = "R",
                .method = kMeasured});
}

void cuff(std::string& message, int& set_id, const MonitorSample& s, std::string_view inflated_at) {
    struct Line {
        std::string_view identifier, place;
        double value;
    };
    const std::array<Line, 3> lines{{{"150021^MDC_PRESS_BLD_NONINV_SYS^MDC", "1.4.1.1", s.cuff_sys},
                                     {"150022^MDC_PRESS_BLD_NONINV_DIA^MDC", "1.4.1.2", s.cuff_dia},
                                     {"150023^MDC_PRESS_BLD_NONINV_MEAN^MDC", "1.4.1.3", s.cuff_mean}}};
    structure(message, set_id, "69854^MDC_DEV_METER_PRESS_BLD_VMD^MDC", "1.4.0.0");
    structure(message, set_id, "69855^MDC_DEV_METER_PRESS_BLD_CHAN^MDC", "1.4.1.0");
    for (const Line& line : lines)
        append_row(message, set_id,
                   {.type = "NM",
                    .identifier = line.identifier,
                    .sub_id = line.place,
                    .value = fixed(line.value, 0),
                    .units = kMmHg,
                    .status = "R",
                    .observed = inflated_at,
                    .method = kSpotMeasured});
}

} // namespace

MonitorSample Monitor::look(const Truth& t, double hour, double interval_h) {
    const auto noisy = [this](double value, double spread) { return value + spread * random_.normal(); };
    MonitorSample s;
    s.hr = {noisy(t.hr, 1.2)};
    s.pulse = {noisy(s.hr.value, 0.5)};
    s.spo2 = {noisy(t.spo2, 0.4)};
    if (s.spo2.value > 100.0) s.spo2.value = 100.0;
    const double beat = noisy(0.0, 1.0); // moves the three pressures together, so that SBP > MAP > DBP
    s.sbp = {t.sbp + 1.6 * beat};
    s.map = {t.map + beat};
    s.dbp = {t.dbp + 0.8 * beat};
    s.cvp = {noisy(t.cvp, 0.6)};
    s.rr = {noisy(t.rr, 0.9)};
    s.temp = {noisy(t.temp, 0.03)};
    s.arterial = archetype_->arterial_line;
    if (!s.arterial && hour >= next_cuff_h_) {
        next_cuff_h_ = hour + 0.5;
        s.cuff_now = true;
        s.cuff_sys = noisy(t.sbp, 2.0);
        s.cuff_mean = noisy(t.map, 1.0);
        s.cuff_dia = noisy(t.dbp, 1.5);
    }
    disturb(s, hour, interval_h);
    return s;
}

void Monitor::disturb(MonitorSample& s, double hour, double interval_h) {
    const Dirt& dirt = archetype_->dirt;
    if (dirt.probe_off_every_h > 0.0) {
        const bool starts = random_.chance(interval_h / dirt.probe_off_every_h);
        const double lasts_h = random_.between(2.0, 8.0) / 60.0;
        if (starts && hour >= probe_off_until_h_) {
            probe_off_until_h_ = hour + lasts_h;
            s.spo2 = {random_.between(58.0, 74.0), "QUES"}; // on its way off
        } else if (hour < probe_off_until_h_) {
            s.spo2 = {random_.between(40.0, 60.0), "INV"};
            s.pulse.flag = "INV";
        }
    }
    if (dirt.arterial_flush_every_h > 0.0 && s.arterial) {
        const bool starts = random_.chance(interval_h / dirt.arterial_flush_every_h);
        const bool flagged = random_.chance(0.5); // monitors notice about every second flush
        if (starts) flush_until_h_ = hour + 1.0 / 60.0;
        if (hour < flush_until_h_) {
            const std::string_view flag = flagged ? "INV" : "";
            s.sbp = {random_.between(268.0, 290.0), flag};
            s.map = {s.sbp.value - 4.0, flag};
            s.dbp = {s.sbp.value - 8.0, flag};
        }
    }
}

std::string monitor_message(const DeviceVoice& voice, const MonitorSample& s, Millis from, Millis to) {
    std::string m = pcd_message(voice, from, to);
    int id = 0;
    append_row(m, id,
               {.identifier = "69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC",
                .sub_id = "1.0.0.0",
                .status = "X",
                .equipment = voice.equipment});
    structure(m, id, "69798^MDC_DEV_ECG_VMD^MDC", "1.1.0.0");
    structure(m, id, "69799^MDC_DEV_ECG_CHAN^MDC", "1.1.1.0");
    metric(m, id, "147842^MDC_ECG_HEART_RATE^MDC", "1.1.1.1", s.hr, 0, kBeats, "50 - 130");
    metric(m, id, "151578^MDC_TTHOR_RESP_RATE^MDC", "1.1.1.2", s.rr, 0, kBreaths, "8 - 35");
    structure(m, id, "69642^MDC_DEV_ANALY_SAT_O2_VMD^MDC", "1.2.0.0");
    structure(m, id, "69643^MDC_DEV_ANALY_SAT_O2_CHAN^MDC", "1.2.1.0");
    metric(m, id, "150456^MDC_PULS_OXIM_SAT_O2^MDC", "1.2.1.1", s.spo2, 0, kPercent, "88 - 100");
    metric(m, id, "149530^MDC_PULS_OXIM_PULS_RATE^MDC", "1.2.1.2", s.pulse, 0, kPulses);
    if (s.arterial) {
        structure(m, id, "69854^MDC_DEV_METER_PRESS_BLD_VMD^MDC", "1.3.0.0");
        structure(m, id, "69855^MDC_DEV_METER_PRESS_BLD_CHAN^MDC", "1.3.1.0");
        metric(m, id, "150037^MDC_PRESS_BLD_ART_ABP_SYS^MDC", "1.3.1.1", s.sbp, 0, kMmHg, "90 - 160");
        metric(m, id, "150038^MDC_PRESS_BLD_ART_ABP_DIA^MDC", "1.3.1.2", s.dbp, 0, kMmHg);
        metric(m, id, "150039^MDC_PRESS_BLD_ART_ABP_MEAN^MDC", "1.3.1.3", s.map, 0, kMmHg, "65 - 110");
        structure(m, id, "69855^MDC_DEV_METER_PRESS_BLD_CHAN^MDC", "1.3.2.0");
        metric(m, id, "150087^MDC_PRESS_BLD_VEN_CENT_MEAN^MDC", "1.3.2.1", s.cvp, 0, kMmHg);
    }
    if (s.cuff_now) cuff(m, id, s, dtm_millis(to));
    structure(m, id, "69902^MDC_DEV_METER_TEMP_VMD^MDC", "1.5.0.0");
    structure(m, id, "69903^MDC_DEV_METER_TEMP_CHAN^MDC", "1.5.1.0");
    metric(m, id, "150368^MDC_TEMP_CORE^MDC", "1.5.1.1", s.temp, 1, kCelsius);
    return m;
}

} // namespace vigil::simulator
