#include "adapters/simulator/charting.hpp"

namespace vigil::simulator {
namespace {

class Page {
public:
    Page(const ChartPage& page, Millis from, Millis to) {
        append_v25_header(text_,
                          {.application = "VIGILSIM_CHART",
                           .type = "ORU^R01^ORU_R01",
                           .control_id = page.control_id,
                           .at = page.entered},
                          "2.5.1");
        append_patient(text_, *page.card);
        append_visit(text_, {.location = bed_location(page.bed), .visit_number = page.card->visit_number});
        append_segment(text_, "OBR",
                       {{1, "1"},
                        {3, page.control_id + "^VIGILSIM_CHART"},
                        {4, "NURSING^Nurse charting^VIGILSIM"},
                        {7, dtm_seconds(from)},
                        {8, to > from ? dtm_seconds(to) : std::string{}},
                        {25, "F"}});
    }

    void number(std::string_view identifier, double value, int digits, std::string_view units, Millis observed) {
        append_row(text_, set_id_,
                   {.type = "NM",
                    .identifier = identifier,
                    .value = fixed(value, digits),
                    .units = units,
                    .observed = observed == 0 ? std::string{} : dtm_seconds(observed)});
    }

    void word(std::string_view identifier, std::string_view value, Millis observed) {
        append_row(text_, set_id_,
                   {.type = "ST", .identifier = identifier, .value = value, .observed = dtm_seconds(observed)});
    }

    void statement(const Statement& s) {
        const std::string identifier = std::string{s.what} + "^" + std::string{title(s.what)} + "^VIGIL";
        if (s.what == "crea_baseline") {
            append_row(text_, set_id_,
                       {.type = "NM",
                        .identifier = identifier,
                        .value = s.value,
                        .units = "mg/dL",
                        .observed = dtm_seconds(s.true_since)});
            return;
        }
        word(identifier, s.value, s.true_since);
    }

    // The percentage of a mask or cannula is nobody's setting; only its flow is known.
    void oxygen(const Support& s, Millis observed) {
        if (s.device == "hfno") number("19994-3^Oxygen setting^LN", s.fio2, 0, "%", observed);
        if (s.flow > 0.0) number("19941-4^Oxygen gas flow^LN", s.flow, 0, "L/min", observed);
    }

    std::string take() { return std::move(text_); }

private:
    static std::string_view title(std::string_view what) {
        if (what == "resp_device") return "Respiratory device";
        if (what == "ecls") return "Extracorporeal life support";
        if (what == "rrt") return "Renal replacement therapy";
        if (what == "urinary_catheter") return "Urinary catheter";
        if (what == "ards_imaging") return "Chest imaging";
        if (what == "ards_origin") return "Origin of oedema";
        if (what == "ards_onset") return "Known insult";
        if (what == "crea_baseline") return "Creatinine before the illness";
        if (what == "cell_product") return "Cell product infused";
        return what;
    }

    std::string text_;
    int set_id_ = 0;
};

} // namespace

std::string assessment_message(const ChartPage& page, const Truth& t, const Support& s,
                               const std::vector<Statement>& statements, Millis observed, const Person* measured) {
    Page p{page, observed, observed};
    p.number("9267-6^Glasgow coma score eye opening^LN", t.eye, 0, "{score}", observed);
    if (s.invasive())
        p.word("9270-0^Glasgow coma score verbal^LN", "NT", observed);
    else
        p.number("9270-0^Glasgow coma score verbal^LN", t.verbal, 0, "{score}", observed);
    p.number("9268-4^Glasgow coma score motor^LN", t.motor, 0, "{score}", observed);
    p.number("54632-5^Richmond agitation-sedation scale^LN", t.rass, 0, "{score}", observed);
    for (const Statement& statement : statements) p.statement(statement);
    p.oxygen(s, observed);
    if (measured != nullptr) {
        p.number("29463-7^Body weight^LN", measured->weight_kg, 1, "kg", observed);
        p.number("8302-2^Body height^LN", measured->height_cm, 0, "cm", observed);
    }
    return p.take();
}

std::string statements_message(const ChartPage& page, const std::vector<Statement>& statements) {
    Page p{page, page.entered, page.entered};
    for (const Statement& statement : statements) p.statement(statement);
    return p.take();
}

std::string output_message(const ChartPage& page, std::optional<double> urine_ml, const Support& s, Millis from,
                           Millis to) {
    Page p{page, from, to};
    if (urine_ml) p.number("9187-6^Urine output^LN", *urine_ml, 0, "mL", 0);
    p.oxygen(s, to);
    return p.take();
}

} // namespace vigil::simulator
