#include "adapters/simulator/laboratory.hpp"

#include <algorithm>

namespace vigil::simulator {

Laboratory::Order Laboratory::order(std::string_view service, std::string_view specimen, Millis collected,
                                    const PatientCard& card, int bed) {
    std::string filler = "F" + std::to_string(patient_number_) + "-" + std::to_string(++orders_) + "^VIGILSIM_LAB";
    return {service, specimen, std::move(filler), collected, &card, bed};
}

Millis Laboratory::delay(double shortest_h, double longest_h) { return hours(random_.between(shortest_h, longest_h)); }

Report Laboratory::report(const Order& o, const std::vector<Result>& results, char status, Millis send_at) {
    Report out{.send_at = send_at, .text = {}};
    std::string& m = out.text;
    append_v25_header(
        m, {.application = "VIGILSIM_LAB", .type = "ORU^R01^ORU_R01", .control_id = next_id_(), .at = send_at},
        "2.5.1");
    append_patient(m, *o.card);
    append_visit(m, {.location = bed_location(o.bed), .visit_number = o.card->visit_number});
    const std::string_view report_status{&status, 1};
    const bool arterial = o.specimen.starts_with("ART");
    append_segment(m, "OBR",
                   {{1, "1"},
                    {3, o.filler},
                    {4, o.service},
                    {7, dtm_seconds(o.collected)},
                    {14, dtm_seconds(o.collected + 6 * kMinute)},
                    {15, arterial ? "ART" : "BLDV"},
                    {22, dtm_seconds(send_at - kMinute)},
                    {25, report_status}});
    int id = 0;
    for (const Result& r : results)
        append_row(m, id,
                   {.type = r.type,
                    .identifier = r.identifier,
                    .value = r.value,
                    .units = r.units,
                    .range = r.range,
                    .status = std::string_view{&r.status, 1}});
    append_segment(m, "SPM", {{1, "1"}, {4, o.specimen}, {17, dtm_seconds(o.collected)}});
    return out;
}

std::vector<Report> Laboratory::blood_gas(const Truth& t, Millis collected, const PatientCard& card, int bed) {
    const Order o = order("24336-0^Gas panel - Arterial blood^LN", "ART^Artery^HL70487", collected, card, bed);
    const double oxygen = t.pao2 + 1.2 * random_.normal();
    const double carbon_dioxide = t.paco2 + 0.7 * random_.normal();
    const double acid = t.ph + 0.006 * random_.normal();
    const double lactate = std::max(0.4, t.lactate + 0.08 * random_.normal());
    const double saturation = std::min(t.spo2 + 0.2 * random_.normal(), 99.8);
    const std::vector<Result> results{
        {"NM", "2744-1^pH of Arterial blood^LN", fixed(acid, 2), "[pH]", "7.35-7.45"},
        {"NM", "2019-8^Carbon dioxide partial pressure in Arterial blood^LN", fixed(carbon_dioxide, 0), "mm[Hg]",
         "35-45"},
        {"NM", "2703-7^Oxygen partial pressure in Arterial blood^LN", fixed(oxygen, 0), "mm[Hg]", "83-108"},
        {"NM", "1960-4^Bicarbonate in Arterial blood^LN", fixed(t.hco3, 1), "mmol/L", "22-26"},
        {"NM", "1925-7^Base excess in Arterial blood^LN", fixed(t.hco3 - 24.8, 1), "mmol/L", "-2-3"},
        {"NM", "2708-6^Oxygen saturation in Arterial blood^LN", fixed(saturation, 1), "%", "95-99"},
        {"NM", "32693-4^Lactate in Blood^LN", fixed(lactate, 1), "mmol/L", "0.5-1.6"}};
    return {report(o, results, 'F', collected + delay(0.12, 0.45))};
}

std::vector<Report> Laboratory::chemistry(const Truth& t, Millis collected, const PatientCard& card, int bed) {
    const Order o = order("24323-8^Comprehensive metabolic panel - Serum or Plasma^LN", "BLDV^Blood venous^HL70487",
                          collected, card, bed);
    const double creatinine = t.creatinine * (1.0 + 0.02 * random_.normal());
    const double bilirubin = std::max(0.2, t.bilirubin * (1.0 + 0.02 * random_.normal()));
    const double potassium = t.potassium + 0.08 * random_.normal();
    const double sodium = t.sodium + 0.8 * random_.normal();
    const bool low_crp = t.crp < 15.0;
    std::vector<Result> results{
        {"NM", "2160-0^Creatinine in Serum or Plasma^LN", fixed(creatinine, 2), "mg/dL", "0.5-1.2"},
        {"NM", "1975-2^Bilirubin.total in Serum or Plasma^LN", fixed(bilirubin, 1), "mg/dL", "0.2-1.1"},
        {"NM", "3094-0^Urea nitrogen in Serum or Plasma^LN", fixed(t.urea, 0), "mg/dL", "7-20"},
        {"NM", "2823-3^Potassium in Serum or Plasma^LN", fixed(potassium, 1), "mmol/L", "3.5-5.1"},
        {"NM", "2951-2^Sodium in Serum or Plasma^LN", fixed(sodium, 0), "mmol/L", "136-145"},
        {low_crp ? "SN" : "NM", "1988-5^C reactive protein in Serum or Plasma^LN", low_crp ? "<^15" : fixed(t.crp, 0),
         "mg/L", "<5"}};
    const Millis arrived = collected + delay(0.8, 1.8);
    if (!late_) return {report(o, results, 'F', arrived)};

    // Preliminary, final hours later, then a correction of the bilirubin; every third potassium is haemolysed.
    std::vector<Report> out;
    if (orders_ % 3 == 0) results[3] = {"TX", results[3].identifier, "HEMOLYZED", {}, {}, 'X'};
    std::vector<Result> preliminary{results[0], results[1]};
    for (Result& r : preliminary) r.status = 'P';
    preliminary[1].value = fixed(bilirubin * 0.8, 1);
    out.push_back(report(o, preliminary, 'P', arrived));
    const Millis final_at = arrived + delay(2.0, 5.0);
    out.push_back(report(o, results, 'F', final_at));
    const Millis corrected_at = final_at + delay(3.0, 8.0);
    Result correction = results[1];
    correction.value = fixed(bilirubin * 1.25, 1);
    correction.status = 'C';
    if (orders_ % 2 == 1) out.push_back(report(o, {correction}, 'C', corrected_at));
    return out;
}

std::vector<Report> Laboratory::blood_count(const Truth& t, Millis collected, const PatientCard& card, int bed) {
    const Order o = order("58410-2^CBC panel - Blood^LN", "BLDV^Blood venous^HL70487", collected, card, bed);
    const double platelets = std::max(3.0, t.platelets * (1.0 + 0.02 * random_.normal()));
    const double leukocytes = t.wbc * (1.0 + 0.03 * random_.normal());
    const double haemoglobin = t.haemoglobin + 0.1 * random_.normal();
    const std::vector<Result> results{
        {"NM", "777-3^Platelets in Blood^LN", fixed(platelets, 0), "10*3/uL", "150-400"},
        {"NM", "6690-2^Leukocytes in Blood^LN", fixed(leukocytes, 1), "10*3/uL", "4.0-10.0"},
        {"NM", "718-7^Hemoglobin in Blood^LN", fixed(haemoglobin, 1), "g/dL", "12.0-16.0"},
        {"NM", "6301-6^INR in Platelet poor plasma^LN", fixed(t.inr, 1), "{INR}", "0.9-1.2"}};
    const Millis arrived = collected + delay(0.6, 1.5);
    const Millis much_later = delay(20.0, 30.0);
    if (!late_) return {report(o, results, 'F', arrived)};

    // Every fourth count is forgotten for a day; the interface repeats every other one in whole under a new control id.
    if (orders_ % 4 == 0) return {report(o, results, 'F', collected + much_later)};
    std::vector<Report> out{report(o, results, 'F', arrived + 2 * kHour)};
    if (orders_ % 4 == 2) out.push_back(report(o, results, 'F', arrived + 9 * kHour));
    return out;
}

} // namespace vigil::simulator
