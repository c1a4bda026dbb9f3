#include "adapters/simulator/admission.hpp"

namespace vigil::simulator {

std::string admission_message(const Movement& move, const PatientCard& card) {
    const std::string trigger{move.trigger};
    // A08 shares the structure of A01, A03 has its own since v2.3.1.
    const std::string structure = trigger == "A08" ? "ADT_A01" : "ADT_" + trigger;
    std::string m;
    append_v25_header(m,
                      {.application = "VIGILSIM_ADT",
                       .type = "ADT^" + trigger + "^" + structure,
                       .control_id = move.control_id,
                       .at = move.sent},
                      "2.5");
    append_segment(m, "EVN", {{1, trigger}, {2, dtm_seconds(move.sent)}, {6, dtm_seconds(move.occurred)}});
    append_patient(m, card);
    append_visit(m, {.location = bed_location(move.bed),
                     .prior_location = move.prior_bed > 0 ? bed_location(move.prior_bed) : std::string{},
                     .visit_number = card.visit_number,
                     .admitted = dtm_seconds(move.admitted),
                     .discharged = trigger == "A03" ? dtm_seconds(move.occurred) : std::string{}});
    return m;
}

} // namespace vigil::simulator
