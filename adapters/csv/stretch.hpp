#pragma once
// Lines of a readings CSV as the batches that go to vigild. Pure: the same bytes from the same place are always the
// same batches under the same names, so that what is sent again is known again. Each line is a record: in a file that
// grows a quote that nobody closed must not hold back the rows after it.

#include "adapters/csv/reading_row.hpp"
#include "adapters/runtime/places.hpp"
#include "adapters/runtime/tokens.hpp"

#include "vigil/v1/observation.pb.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::csv {

// What the configuration says of the rows.
struct RowSettings {
    adapters::SiteKey key;
    adapters::Places places;
    std::string patient_authority; // whose numbers the column patient has
    std::string visit_authority;   // where visit numbers are unique only within their authority
    bool simulated = false;
};

// Where a line begins, or goes on that was refused as too long.
struct FilePlace {
    std::uint64_t offset = 0;
    std::uint64_t lines = 0; // before it
    bool within = false;     // such a line, whose end is still to come
    friend bool operator==(FilePlace const&, FilePlace const&) = default;
};

struct RefusedRow {
    FilePlace at;
    std::string_view why;
};

// Rows that stand together and were told in the same second: a batch for each patient and instant of telling.
struct Stretch {
    FilePlace end;
    std::vector<v1::ObservationBatch> batches; // without source, sequence, time of receipt and urgency
    std::vector<RefusedRow> refused;
    std::uint32_t readings = 0;
    std::uint32_t other_kinds = 0; // rows that are no readings
    std::uint32_t texts = 0;       // values that are neither a number nor a listed word: not kept
};

class StretchReader {
public:
    static constexpr std::size_t most_readings = 256; // of a stretch, and so of a batch
    static constexpr std::size_t most_bytes = 1U << 20;
    // Whoever has more of the file gives at least so much of it: whatever ends a stretch is then in sight.
    static constexpr std::size_t window = 4U << 20;

    StretchReader(RowSettings const& settings, Columns const& columns);
    // The stretch that begins at `from`, where `text` begins too. Empty: no line ends in `text`, and none is too long.
    std::optional<Stretch> next(std::string_view text, FilePlace from);

private:
    struct Growing { // a batch and the rows it stands for
        std::string subject;
        std::int64_t told_ms = 0;
        std::string rows;
    };

    static void pass_over(std::string_view rest, FilePlace& at);
    std::string_view parse(std::string_view record, ReadingRow& row);
    std::string_view add(ReadingRow const& row, std::string_view record, FilePlace at, Stretch& out);
    v1::Subject const* subject_of(ReadingRow const& row);
    void set(v1::Reading& out, ReadingRow const& row) const;
    std::string plain_or_token(std::string_view text, std::string_view kind, std::size_t longest) const;

    RowSettings const& settings_;
    RowParser parser_;
    std::vector<std::string_view> fields_;
    std::string unquoted_, who_;
    std::map<std::string, v1::Subject, std::less<>> subjects_;
    std::vector<Growing> growing_; // beside the batches of the stretch
};

} // namespace vigil::csv
