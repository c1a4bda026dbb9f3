#pragma once

#include "adapters/simulator/message.hpp"
#include "adapters/simulator/physiology.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace vigil::simulator {

// Who writes, for whom, and when it is entered (which is later than when it was seen).
struct ChartPage {
    std::string control_id;
    Millis entered = 0;
    const PatientCard* card = nullptr;
    int bed = 0;
};

struct Statement { // of Vigil's own vocabulary
    std::string_view what;
    std::string_view value;
    Millis true_since = 0;
};

// Glasgow scale, sedation, oxygen; body size when `measured` is set.
std::string assessment_message(const ChartPage& page, const Truth& truth, const Support& support,
                               const std::vector<Statement>& statements, Millis observed, const Person* measured);

std::string statements_message(const ChartPage& page, const std::vector<Statement>& statements);

// Urine of [from, to], if measured, and the oxygen of a patient without a ventilator.
std::string output_message(const ChartPage& page, std::optional<double> urine_ml, const Support& support, Millis from,
                           Millis to);

} // namespace vigil::simulator
