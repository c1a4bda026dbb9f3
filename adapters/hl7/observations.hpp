#pragma once
// The observation groups of a message: OBR, OBX, SPM in laboratory and PCD-01 form, to results of one patient after
// another.

#include "adapters/hl7/alarms.hpp"
#include "adapters/hl7/codes.hpp"
#include "adapters/hl7/decoded.hpp"
#include "adapters/hl7/memo.hpp"
#include "adapters/hl7/pump.hpp"
#include "adapters/hl7/settings.hpp"
#include "adapters/hl7/subject.hpp"
#include "adapters/hl7/syntax.hpp"
#include "adapters/hl7/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace vigil::hl7 {

// OBX-4 as a containment path: 1 to 6 unsigned numbers separated by dots; nothing for anything else.
struct Containment {
    std::array<std::uint64_t, 6> level{};
    std::size_t depth = 0;
};
std::optional<Containment> containment_of(std::string_view obx4);

// Reads the segments of one message. Kept between messages so that its buffers are.
class ObservationReader {
public:
    ObservationReader(Settings const& settings, Scratch& scratch)
        : settings_(settings),
          scratch_(scratch) {}

    // Appends results and one group per patient (at least one, even without results); fills `first_pid`'s card.
    void read(Message const& message, TextRules const& text, TimeRules const& time,
              std::optional<std::int64_t> message_time, Decoded& out);

private:
    struct Sample { // what was drawn
        std::string_view id;
        model::Specimen kind = model::Specimen::unspecified;
        When collected;
        bool of_nobody = false; // of a control or calibrator
    };
    struct Order { // of the OBR being read
        std::string_view filler;
        std::string_view parent;   // OBR-29: of an alarm, its first message
        std::string_view status;   // OBR-25
        When start, end, reported; // OBR-7, OBR-8, OBR-22
        bool of_sample = false;    // OBR-15 or an SPM names one
        Sample of_obr;             // OBR-15
        Sample sample;             // SPM, which says more
        std::size_t first_result = 0;
        bool open = false;
    };

    void renew_memos();
    void begin_patient();
    void begin_order(std::string_view segment);
    void read_specimen(std::string_view segment);
    void read_control(std::string_view segment);
    void read_result(std::string_view segment);
    void read_pump_row(std::string_view containment, PumpRow::Kind kind, Fields const& obx, Result const& result);
    std::string_view coded_drug(std::string_view field);
    void finish_order();
    void finish_result(Result& result);
    void read_alarm_row(std::string_view segment);
    void take_event(Fields const& obx, Code const& found);
    void finish_alarm();
    void finish_pumps();
    void set_time(Fields const& obx, Result& result);
    void set_code(Fields const& obx, Result& result, std::uint32_t& mdc);
    Code code(std::string_view obx3);
    Person const& person(std::string_view pid, std::string_view pv1);
    When time_of(std::string_view text);
    std::string_view unit(std::string_view obx6);
    bool is_structural(Fields const& obx, std::uint32_t mdc, std::string_view type) const;

    Settings const& settings_;
    Scratch& scratch_;
    // Of the message being read.
    Decoded* out_ = nullptr;
    Delimiters d_;
    TextRules text_;
    TimeRules time_;
    std::optional<std::int64_t> message_time_;
    Order order_;
    bool ordered_ = false;     // an OBR of this patient was seen
    bool by_sample_ = false;   // his samples stand before their orders, as in OUL
    Sample sample_;            // of the orders that follow
    std::string_view control_; // ORC-3 of an ORC whose OBR is still to come, or has been
    bool alarms_ = false;      // of an ORU^R40
    AlarmEvent event_;         // of the order being read; its facets stand in any order
    bool has_event_ = false;
    std::vector<PumpRow> pump_rows_;
    std::vector<std::array<std::uint64_t, 3>> delivery_;
    std::string_view device_; // token of the pump's equipment id
    // The same time stands in row after row, the same codes and units in message after message: read once.
    std::string_view last_time_text_;
    When last_time_;
    struct KnownCode {
        Code code;
        std::string text, local_system; // what the views of `code` point into
    };
    Memo<KnownCode> codes_;
    Memo<std::string> units_;
    Memo<Person> persons_;
    Delimiters memo_delimiters_;
    std::optional<Charset> memo_charset_;
    std::string who_;         // PID and PV1
    std::string_view sender_; // of the message, as the system of its local codes
};

} // namespace vigil::hl7
