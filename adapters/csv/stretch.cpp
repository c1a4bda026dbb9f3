#include "adapters/csv/stretch.hpp"

#include "adapters/csv/record_reader.hpp"

#include <algorithm>

namespace vigil::csv {

namespace {

constexpr std::size_t most_subjects = 4'096; // remembered: each identifier costs a keyed hash

// The numbering of the model's enumerations is the wire's.
static_assert(static_cast<int>(model::CodeSystem::LOCAL) == v1::CODE_SYSTEM_LOCAL);
static_assert(static_cast<int>(model::Status::no_value) == v1::STATUS_NO_VALUE);
static_assert(static_cast<int>(model::Validity::calibrating) == v1::VALIDITY_CALIBRATING);
static_assert(static_cast<int>(model::Comparator::greater_equal) == v1::COMPARATOR_GREATER_EQUAL);
static_assert(static_cast<int>(model::AbsentReason::sentinel) == v1::ABSENT_REASON_SENTINEL);

bool letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// Of UCUM, also a unit that nobody knows: no blank, so that no sentence is one.
bool may_be_unit(std::string_view text) {
    return text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
               return letter_or_digit(c) || std::string_view{"%/*.^[]{}()_-+'"}.find(c) != std::string_view::npos;
           });
}

// When it was told: of a file that does not say so, when it was true.
std::int64_t told_ms(ReadingRow const& row) { return (row.arrival ? row.arrival->ms : row.time.ms) + row.seq; }
std::int64_t second_of(std::int64_t ms) { return (ms - ((ms % 1000 + 1000) % 1000)) / 1000; }
bool in_time(std::int64_t ms) { return ms >= earliest_ms && ms <= latest_ms; }

std::string_view without_line_end(std::string_view record) {
    if (record.ends_with('\n')) record.remove_suffix(1);
    if (record.ends_with('\r')) record.remove_suffix(1);
    return record;
}

// "ICU^R1^BED3" of HL7, or "icu/3".
std::optional<adapters::Place> place_of(std::string_view text, adapters::Places const& places) {
    if (const auto slash = text.find('/'); slash != std::string_view::npos)
        return places.find(text.substr(0, slash), {}, text.substr(slash + 1));
    std::array<std::string_view, 3> parts{};
    for (auto& part : parts) {
        const auto cut = text.find('^');
        part = text.substr(0, cut);
        if (cut == std::string_view::npos) break;
        text.remove_prefix(cut + 1);
    }
    return places.find(parts[0], parts[1], parts[2]);
}

} // namespace

StretchReader::StretchReader(RowSettings const& settings, Columns const& columns)
    : settings_{settings},
      parser_{columns} {}

std::optional<Stretch> StretchReader::next(std::string_view text, FilePlace from) {
    Stretch out;
    out.end = from;
    growing_.clear();
    // The rest of such a line stands alone, however much of it is in sight: the rows after it are always cut the same.
    if (from.within) {
        pass_over(text, out.end);
        return out.end == from ? std::nullopt : std::optional{std::move(out)};
    }
    std::optional<std::int64_t> second;
    ReadingRow row;
    while (out.end.offset - from.offset < most_bytes && out.readings < most_readings) {
        const auto rest = text.substr(static_cast<std::size_t>(out.end.offset - from.offset));
        const auto feed = rest.find('\n');
        if (std::min(feed, rest.size()) > RecordReader::max_record) {
            out.refused.push_back({out.end, too_long});
            pass_over(rest, out.end);
            break;
        }
        if (feed == std::string_view::npos) break;
        const auto record = without_line_end(rest.substr(0, feed + 1));
        auto why = parse(record, row);
        const bool reading = why.empty() && !record.empty() && !row.other_kind;
        if (reading) {
            const auto told = second_of(told_ms(row));
            if (second && *second != told) break;
            second = told;
            why = add(row, record, out.end, out);
        }
        if (!why.empty()) out.refused.push_back({out.end, why});
        if (why.empty() && !record.empty() && row.other_kind) ++out.other_kinds;
        out.end.offset += feed + 1;
        ++out.end.lines;
    }
    if (out.end == from) return std::nullopt;
    for (std::size_t i = 0; i < growing_.size(); ++i) {
        const auto digest = adapters::content_digest(growing_[i].rows);
        out.batches[i].set_content_digest(digest.data(), digest.size());
    }
    return out;
}

// To the line's end, or as far as there is text.
void StretchReader::pass_over(std::string_view rest, FilePlace& at) {
    const auto feed = rest.find('\n');
    at.within = feed == std::string_view::npos;
    at.offset += at.within ? rest.size() : feed + 1;
    at.lines += at.within ? 0 : 1;
}

// Answers why it is not a row; an empty line is none and no fault.
std::string_view StretchReader::parse(std::string_view record, ReadingRow& row) {
    fields_.clear();
    if (record.empty()) return {};
    if (const auto fault = split_record(record, fields_, unquoted_); !fault.empty()) return fault;
    if (const auto fault = parser_.parse(fields_, row); !fault.empty() || row.other_kind) return fault;
    if (!in_time(told_ms(row))) return "a time before 1800 or after 2300";
    return {};
}

// Answers why the row cannot be told of anybody.
std::string_view StretchReader::add(ReadingRow const& row, std::string_view record, FilePlace at, Stretch& out) {
    auto const* subject = subject_of(row);
    if (subject == nullptr) return "the location is no bed";
    const auto told = told_ms(row);
    const auto mine = std::find_if(growing_.begin(), growing_.end(),
                                   [&](Growing const& g) { return g.told_ms == told && g.subject == who_; });
    const auto index = static_cast<std::size_t>(mine - growing_.begin());
    if (mine == growing_.end()) {
        growing_.push_back({who_, told, {}});
        auto& batch = out.batches.emplace_back();
        batch.set_message_id("row." + std::to_string(at.offset));
        batch.set_part(0);
        batch.set_parts(1);
        batch.set_message_time_ms(told);
        batch.set_processing(settings_.simulated ? v1::PROCESSING_TRAINING : v1::PROCESSING_PRODUCTION);
        *batch.mutable_subject() = *subject;
    }
    growing_[index].rows.append(record).push_back('\n');
    set(*out.batches[index].add_readings(), row);
    ++out.readings;
    if (row.reading.value.absent == model::AbsentReason::text) ++out.texts;
    return {};
}

// nullptr: the row names a place that is no bed, and nothing else. Leaves the key of the subject in who_.
v1::Subject const* StretchReader::subject_of(ReadingRow const& row) {
    who_.assign(row.encounter).append(1, '\x1f').append(row.patient).append(1, '\x1f').append(row.location);
    if (const auto known = subjects_.find(who_); known != subjects_.end()) return &known->second;
    v1::Subject out;
    if (auto visit = settings_.key.token("visit", settings_.visit_authority, row.encounter); !visit.empty())
        out.set_visit(std::move(visit));
    if (auto patient = settings_.key.patient_token(settings_.patient_authority, row.patient); !patient.empty())
        out.add_patients(std::move(patient));
    // A unit without a bed says nothing of whose a reading is.
    if (const auto place = place_of(row.location, settings_.places); place && place->bed != "_") {
        out.mutable_location()->set_unit(place->unit);
        out.mutable_location()->set_bed(place->bed);
    }
    if (!out.has_visit() && out.patients().empty() && !out.has_location()) return nullptr;
    if (subjects_.size() >= most_subjects) subjects_.clear();
    return &subjects_.emplace(who_, std::move(out)).first->second;
}

void StretchReader::set(v1::Reading& out, ReadingRow const& row) const {
    out.set_system(static_cast<v1::CodeSystem>(row.system));
    out.set_code(plain_or_token(row.code, "code", 40));
    switch (row.reading.value.kind) {
    case model::Value::Kind::number:
        out.set_mantissa(row.reading.value.number.mantissa);
        out.set_scale(row.reading.value.number.scale);
        out.set_comparator(static_cast<v1::Comparator>(row.reading.value.comparator));
        break;
    case model::Value::Kind::word: out.set_coded(std::string{model::name_of(row.reading.value.word)}); break;
    case model::Value::Kind::absent: out.set_absent(static_cast<v1::AbsentReason>(row.reading.value.absent)); break;
    }
    out.set_unit(may_be_unit(row.unit) ? std::string{row.unit} : "?" + settings_.key.short_token("unit", row.unit));
    out.set_time_ms(row.time.ms);
    out.set_time_quality(v1::TIME_QUALITY_SYNCHRONISED); // it has an offset
    out.set_status(static_cast<v1::Status>(row.reading.status));
    out.set_validity(static_cast<v1::Validity>(row.reading.validity));
    out.set_order(settings_.key.token("order", {}, row.order_id));
    out.set_sub_id(plain_or_token(row.sub_id, "sub", 32));
}

// Text from outside stays only where no sentence and no name is by accident.
std::string StretchReader::plain_or_token(std::string_view text, std::string_view kind, std::size_t longest) const {
    text = adapters::trimmed(text);
    const bool plain = text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
                           return letter_or_digit(c) || std::string_view{"_.^-/"}.find(c) != std::string_view::npos;
                       });
    return plain ? std::string{text} : settings_.key.token(kind, {}, text);
}

} // namespace vigil::csv
