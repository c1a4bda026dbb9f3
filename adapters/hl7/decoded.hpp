#pragma once
// What one HL7 message says, in views into the message and the decoder's scratch: valid until the next message is
// decoded. No name, number or free text of a person is in anything but `Card`, which goes to vigil-identity alone.

#include "adapters/runtime/places.hpp"
#include "core/model/reading.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::hl7 {

struct Result {
    model::CodeSystem system = model::CodeSystem::unspecified;
    std::string_view code;
    std::string_view local_system;
    std::optional<model::Decimal> number;
    model::Comparator comparator = model::Comparator::exactly;
    std::string_view coded;
    model::AbsentReason absent = model::AbsentReason::unspecified;
    std::string_view unit;
    std::optional<std::int64_t> time_ms;
    std::optional<std::int64_t> until_ms;
    model::TimeQuality time_quality = model::TimeQuality::unspecified;
    bool time_unreadable = false; // a time was sent and could not be read: none is put in its place
    model::Status status = model::Status::unspecified;
    model::Validity validity = model::Validity::ok;
    model::Method method = model::Method::unspecified;
    model::Specimen specimen = model::Specimen::unspecified;
    std::string_view order; // token
    std::string_view sub_id;
};

struct Subject {
    std::string visit;
    std::vector<std::string> patients;
    std::optional<adapters::Place> location;
};

// One patient of the message: what is said of whom.
struct Group {
    Subject subject;
    std::size_t first = 0; // results [first, last)
    std::size_t last = 0;
};

struct Movement { // the numbering of v1.CensusEvent.Kind
    enum class Kind : std::uint8_t {
        none,
        admit,
        transfer,
        discharge,
        registration,
        update,
        cancel_admit,
        cancel_transfer,
        cancel_discharge,
        merge
    };
    enum class Sex : std::uint8_t { unknown, female, male, other };
    Kind kind = Kind::none;
    Subject subject;
    std::optional<adapters::Place> prior_location;
    std::optional<std::int64_t> effective_ms;
    std::vector<std::string> absorbed_patients;
    std::string absorbed_visit;
    std::optional<unsigned> age;
    Sex sex = Sex::unknown;
};

struct Card {
    struct Identifier {
        std::string type, authority, value;
    };
    std::vector<std::string> tokens;
    std::string family, given, birth_date;
    std::vector<Identifier> identifiers;
};

// Whom PID and PV1 name.
struct Person {
    Subject subject;
    std::optional<Card> card; // none when the message names nobody
};

// Why a message was not taken, with its HL7 table 0357 code.
enum class Fault : std::uint8_t {
    none,
    no_msh,
    bad_delimiters,
    no_control_id,
    no_type,
    unsupported_type,
    unsupported_event,
    unsupported_processing,
    unsupported_version,
    no_patient,
    no_pv1,
    no_bed, // A17 that does not say for two patients where each lies now
    no_merge,
    no_result, // ORU^R01 whose lines are no segments
    no_alarm,  // ORU^R40 without an event that could be read
    own_alert, // one of Vigil's own, come back from whoever it was handed to
    truncated,
    nul_byte,
    frame_too_long,
    frame_broken,
    frame_too_slow,
    not_durable,
    not_in_time,
    daemon_away,
    refused
};
std::string_view name(Fault fault);

struct Header {                // of MSH, as sent; empty when it could not be read
    std::string_view encoding; // the field separator and MSH-2
    char field = '|';
    std::string_view application, facility, to_application, to_facility; // MSH-3 to 6
    std::string_view type, trigger;                                      // MSH-9.1, 9.2
    std::string_view control_id;                                         // MSH-10
    std::string_view processing, version;                                // MSH-11, 12 whole
    std::string_view accept_ack, application_ack;                        // MSH-15, 16
    bool usable = false;                                                 // an MSH with sound delimiters was there
};

struct Notes { // counted, never refused
    unsigned stray_lines = 0, unknown_escapes = 0, waveforms = 0, structural = 0, decimal_commas = 0, bad_loinc = 0;
    unsigned code_disagreements = 0, unknown_drugs = 0, texts = 0, unknown_units = 0, unreadable_times = 0;
    unsigned unclear_alarms = 0, alarms_without_event = 0, own_alerts = 0, unclear_pumps = 0;
    unsigned unknown_statuses = 0, rows_without_code = 0, no_movements = 0;
};

struct Decoded {
    Header header;
    Fault fault = Fault::none;
    std::string message_id; // MSH-10 when it is a plain word, else its token
    std::optional<std::int64_t> message_time_ms;
    model::Processing processing = model::Processing::unspecified;
    std::vector<Group> groups;
    std::vector<Result> results;
    std::vector<Movement> movements;
    std::vector<Card const*> cards; // of own_cards, own_persons or what the decoder remembers
    std::deque<Card> own_cards;
    std::deque<Person> own_persons;
    Notes notes;
};

} // namespace vigil::hl7
