#pragma once
// The rows of an infusion pump, folded into one reading per running drug (devices.md 17): the drug by its ATC code, the
// dose in mass per time, zero when it does not run. A drug that is not recognised for certain keeps a local code.

#include "adapters/hl7/decoded.hpp"
#include "adapters/hl7/scratch.hpp"
#include "adapters/hl7/settings.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace vigil::hl7 {

// ATC of a drug text, empty on doubt: one known drug must be named and no second one.
std::string_view atc_of(std::string_view drug_text, Settings const& settings);
// Of a coded name (CE, CWE), its nine components as plain text: an ATC code, else what its texts say, provided that all
// that name a drug name the same.
std::string_view atc_of_coded(std::array<std::string_view, 9> const& components, Settings const& settings);

struct PumpRow {
    enum class Kind : std::uint8_t { drug, dose, flow, concentration, status };
    Kind kind = Kind::drug;
    std::array<std::uint64_t, 3> place{}; // MDS, VMD, channel
    Result result;                        // dose, flow and concentration: their value, unit, time, status, validity
    std::string_view text;                // drug and status
    std::string_view atc;                 // of a drug; empty on doubt
};

// Which pump row an MDC code is, if any.
bool is_pump_code(std::uint32_t mdc, PumpRow::Kind& kind);

// Appends the infusions that the rows describe. `device` tells pumps apart whose rows are numbered alike. Rows that
// name no drug at all are returned as plain MDC readings.
void fold_pump_rows(std::vector<PumpRow> const& rows,
                    std::vector<std::array<std::uint64_t, 3>> const& delivery_channels, std::string_view device,
                    Settings const& settings, Scratch& scratch, Notes& notes, std::vector<Result>& out);

} // namespace vigil::hl7
