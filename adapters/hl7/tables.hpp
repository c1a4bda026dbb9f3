#pragma once
// HL7 and IHE tables that decide what a reading is: status, validity, method, specimen.

#include "adapters/hl7/settings.hpp"
#include "adapters/hl7/syntax.hpp"
#include "core/model/reading.hpp"

#include <optional>
#include <string_view>

namespace vigil::hl7 {

// Table 0085, in either case; nothing for anything else.
std::optional<model::Status> status_of(std::string_view letter);
// OBX-11; when it is empty the letter one field before or after it, where some sources put it; then OBR-25; then
// unverified. Unverified is also what no table has, and it is counted.
model::Status status_of(Fields const& obx, std::string_view obr25, unsigned& unknown);

// OBX-8 (repeats): the worst validity any flag says; laboratory and alarm flags say nothing about it.
model::Validity validity_of(std::string_view obx8, Delimiters const& d);
// The flags < and > of table 0078: beyond the instrument's scale.
model::Comparator scale_flag(std::string_view obx8, Delimiters const& d);

// OBX-17 (repeats).
model::Method method_of(std::string_view obx17, Delimiters const& d);

// What two samples of one order are together: of the one kind both may be, or blood of no one kind; not blood where
// either is not.
model::Specimen kind_of_both(model::Specimen one, model::Specimen other);
// Table 0369 (SPM-11, OBR-15.7): controls, calibrators, proficiency tests and pools are of no patient.
bool is_role_of_nobody(std::string_view role);

// SPM-4 or OBR-15: the source's own table, tables 0487 and 0070, SNOMED CT, or words. What is named and not known for
// blood is not_blood.
model::Specimen specimen_of(std::string_view field, Delimiters const& d, Settings const& settings);

// Volumes collected over an interval, whose OBR-7 and OBR-8 bound what they mean. For everything else OBR-8 is at most
// the end of an export interval.
bool is_interval_quantity(model::CodeSystem system, std::string_view code);
// These, and a day's volume.
bool is_volume(model::CodeSystem system, std::string_view code);

} // namespace vigil::hl7
