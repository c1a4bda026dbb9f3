#include "adapters/csv/reading_row.hpp"

#include "core/model/spoken_word.hpp"

#include <algorithm>

namespace vigil::csv {

namespace {

constexpr std::array<std::string_view, Columns::count> column_names = {
    "obs_ts",     "encounter", "patient", "location", "system", "code",     "value", "unit",
    "arrival_ts", "source",    "status",  "validity", "sub_id", "order_id", "seq",   "kind"};

constexpr std::array may_be_left_out = {Columns::arrival_ts, Columns::status, Columns::validity, Columns::sub_id,
                                        Columns::order_id,   Columns::seq,    Columns::kind};

bool digits(std::string_view text, std::size_t at, std::size_t n, int& out) {
    out = 0;
    if (at + n > text.size()) return false;
    for (std::size_t i = at; i < at + n; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        out = out * 10 + (text[i] - '0');
    }
    return true;
}

bool leap(int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

// Days since 1970-01-01 of a proleptic Gregorian date; empty when there is no such day.
std::optional<std::int64_t> days_of(std::string_view date) {
    int y = 0, m = 0, d = 0;
    if (date.size() != 10 || date[4] != '-' || date[7] != '-' || !digits(date, 0, 4, y) || !digits(date, 5, 2, m) ||
        !digits(date, 8, 2, d))
        return std::nullopt;
    constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (m < 1 || m > 12 || d < 1 || d > lengths[m - 1] + (m == 2 && leap(y) ? 1 : 0)) return std::nullopt;
    const std::int64_t shifted = y - (m <= 2 ? 1 : 0);
    const std::int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    const std::int64_t of_era = shifted - era * 400;
    const std::int64_t of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

// What follows the date: 'T' or a blank, a time, and an offset.
std::optional<std::int64_t> time_of_day(std::string_view text) {
    int h = 0, m = 0, s = 0;
    if (text.size() < 7 || (text[0] != 'T' && text[0] != ' ') || !digits(text, 1, 2, h) || text[3] != ':' ||
        !digits(text, 4, 2, m))
        return std::nullopt;
    std::size_t i = 6;
    std::int64_t ms = 0;
    if (i < text.size() && text[i] == ':') {
        if (!digits(text, 7, 2, s)) return std::nullopt;
        i = 9;
        if (i < text.size() && (text[i] == '.' || text[i] == ',')) {
            std::int64_t unit = 100;
            for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, unit /= 10)
                ms += (text[i] - '0') * unit;
        }
    }
    if (h > 23 || m > 59 || s > 60) return std::nullopt;
    const std::int64_t local = ((h * 60 + m) * 60 + s) * 1000 + ms;
    if (i + 1 == text.size() && text[i] == 'Z') return local;
    int oh = 0, om = 0;
    if (i >= text.size() || (text[i] != '+' && text[i] != '-') || !digits(text, i + 1, 2, oh)) return std::nullopt;
    const std::size_t minutes_at = i + 3 < text.size() && text[i + 3] == ':' ? i + 4 : i + 3;
    const bool has_minutes = minutes_at < text.size();
    if (has_minutes && (!digits(text, minutes_at, 2, om) || minutes_at + 2 != text.size())) return std::nullopt;
    if (!has_minutes && i + 3 != text.size()) return std::nullopt;
    if (oh > 18 || om > 59) return std::nullopt;
    const std::int64_t offset = (oh * 60 + om) * 60'000;
    return text[i] == '-' ? local + offset : local - offset;
}

bool blank(char c) { return c == ' ' || c == '\t'; }

std::string_view without_blanks(std::string_view s) {
    while (!s.empty() && blank(s.front())) s.remove_prefix(1);
    while (!s.empty() && blank(s.back())) s.remove_suffix(1);
    return s;
}
std::string_view trimmed(std::string_view s) {
    return s.empty() || (!blank(s.front()) && !blank(s.back())) ? s : without_blanks(s);
}

model::Comparator take_comparator(std::string_view& text) {
    using model::Comparator;
    if (text.front() != '<' && text.front() != '>') return Comparator::exactly;
    struct Prefix {
        std::string_view text;
        Comparator meaning;
    };
    for (auto const& p : {Prefix{"<=", Comparator::less_equal},
                          {">=", Comparator::greater_equal},
                          {"<", Comparator::less},
                          {">", Comparator::greater}})
        if (text.starts_with(p.text)) {
            text = trimmed(text.substr(p.text.size()));
            return p.meaning;
        }
    return Comparator::exactly;
}

// Ventilator modes, which every maker names in his own way.
bool names_mode(model::CodeSystem system, std::string_view code) {
    using model::CodeSystem;
    return (system == CodeSystem::VIGIL && code == "vent_mode") || (system == CodeSystem::LN && code == "20124-4") ||
           (system == CodeSystem::MDC && code == "184352");
}

} // namespace

std::optional<Columns> read_header(std::vector<std::string_view> const& header, std::string& why) {
    Columns c;
    c.at.fill(-1);
    c.fields = header.size();
    for (std::size_t i = 0; i < header.size(); ++i) {
        const auto name = std::find(column_names.begin(), column_names.end(), trimmed(header[i]));
        if (name == column_names.end()) continue;
        auto& at = c.at[static_cast<std::size_t>(name - column_names.begin())];
        if (at >= 0) why = "column '" + std::string{*name} + "' stands twice";
        at = static_cast<int>(i);
    }
    for (auto n : {Columns::obs_ts, Columns::system, Columns::code, Columns::value, Columns::unit})
        if (!c.has(n) && why.empty()) why = "column '" + std::string{column_names[n]} + "' is missing";
    if (!c.has(Columns::encounter) && !c.has(Columns::patient) && !c.has(Columns::location) && why.empty())
        why = "one of the columns encounter, patient, location is needed";
    c.all_required = std::none_of(may_be_left_out.begin(), may_be_left_out.end(), [&](auto n) { return c.has(n); });
    return why.empty() ? std::optional{c} : std::nullopt;
}

std::optional<std::int64_t> parse_instant(std::string_view text) {
    text = trimmed(text);
    if (text.size() < 17) return std::nullopt;
    const auto days = days_of(text.substr(0, 10));
    const auto rest = time_of_day(text.substr(10));
    return days && rest ? std::optional{*days * 86'400'000 + *rest} : std::nullopt;
}

// Rows of one charting stand together: mostly the same instant, else the same day.
bool RowParser::instant(std::string_view text, model::DeviceTime& out) {
    text = trimmed(text);
    if (text != last_instant_ || text.empty()) {
        const auto at = instant_on_day(text);
        if (!at) return false;
        last_instant_ = text;
        last_instant_ms_ = *at;
    }
    out.ms = last_instant_ms_;
    return true;
}

std::optional<std::int64_t> RowParser::instant_on_day(std::string_view text) {
    if (text.size() >= 17 && text.substr(0, 10) == last_date_) {
        const auto rest = time_of_day(text.substr(10));
        return rest ? std::optional{last_date_ms_ + *rest} : std::nullopt;
    }
    const auto at = parse_instant(text);
    const auto days = at ? days_of(text.substr(0, 10)) : std::nullopt;
    if (days) {
        last_date_ = text.substr(0, 10);
        last_date_ms_ = *days * 86'400'000;
    }
    return at;
}

std::optional<model::Status> parse_status_letter(std::string_view letter) {
    using model::Status;
    if (letter.empty()) return Status::final;
    if (letter.size() != 1) return std::nullopt;
    switch (letter.front()) {
    case 'F':
    case 'B':
    case 'V': return Status::final;
    case 'P':
    case 'S':
    case 'A': return Status::preliminary;
    case 'R': return Status::unverified;
    case 'C': return Status::corrected;
    case 'D': return Status::deleted;
    case 'W': return Status::wrong;
    case 'U': return Status::final_unchanged;
    case 'X': return Status::cannot_obtain;
    case 'I':
    case 'N':
    case 'O': return Status::no_value;
    default: return std::nullopt;
    }
}

namespace {

void read_value(model::CodeSystem system, std::string_view code, std::string_view text, model::Value& v) {
    v = {};
    text = trimmed(text);
    if (text.empty()) {
        v.absent = model::AbsentReason::not_sent;
        return;
    }
    auto number = text;
    v.comparator = take_comparator(number);
    if (const auto d = model::parse_decimal(number)) {
        v.kind = model::Value::Kind::number;
        v.number.mantissa = d->mantissa;
        v.number.scale = d->scale;
        return;
    }
    v.comparator = model::Comparator::exactly;
    const auto word = names_mode(system, code) ? std::optional{model::ventilator_mode(text)} : model::spoken_word(text);
    if (word) {
        v.kind = model::Value::Kind::word;
        v.word = *word;
    } else {
        v.absent = model::AbsentReason::text;
    }
}

} // namespace

model::Value parse_value(model::CodeSystem system, std::string_view code, std::string_view text) {
    model::Value v;
    read_value(system, code, text, v);
    return v;
}

std::string_view RowParser::parse(std::vector<std::string_view> const& all, ReadingRow& row) {
    if (all.size() != columns_.fields) return all.size() < columns_.fields ? "too few fields" : "too many fields";
    auto const* const fields = all.data();
    // What is not set on the way below; a row is used again and again.
    row.other_kind = false;
    if (!columns_.all_required)
        if (const auto kind = field(fields, Columns::kind); !kind.empty() && kind != "obs") {
            row.other_kind = true;
            return {};
        }
    row.encounter = field(fields, Columns::encounter);
    row.patient = field(fields, Columns::patient);
    row.location = field(fields, Columns::location);
    row.subject_kind = !row.encounter.empty() ? Columns::encounter
                       : !row.patient.empty() ? Columns::patient
                                              : Columns::location;
    row.subject = field(fields, row.subject_kind);
    if (row.subject.empty()) return "no encounter, patient or location";
    if (!instant(field(fields, Columns::obs_ts), row.time)) return "obs_ts is no ISO 8601 time with an offset";
    if (row.time.ms < earliest_ms || row.time.ms > latest_ms) return "obs_ts is not of the years 1800 to 2300";
    const auto system = field(fields, Columns::system);
    if (system.empty()) return "no system";
    row.system = model::parse_code_system(system).value_or(model::CodeSystem::LOCAL);
    row.code = field(fields, Columns::code);
    if (row.code.empty()) return "no code";
    row.unit = trimmed(field(fields, Columns::unit));
    row.source = field(fields, Columns::source);
    row.arrival.reset();
    row.reading.status = model::Status::final;
    row.reading.validity = model::Validity::unspecified;
    row.sub_id = {};
    row.order_id = {};
    row.seq = 0;
    if (!columns_.all_required)
        if (const auto why = parse_optional(fields, row); !why.empty()) return why;
    read_value(row.system, row.code, field(fields, Columns::value), row.reading.value);
    return {};
}

std::string_view RowParser::parse_optional(std::string_view const* fields, ReadingRow& row) const {
    if (const auto text = field(fields, Columns::arrival_ts); !text.empty()) {
        const auto arrival = parse_instant(text);
        if (!arrival) return "arrival_ts is no ISO 8601 time with an offset";
        if (*arrival < earliest_ms || *arrival > latest_ms) return "arrival_ts is not of the years 1800 to 2300";
        row.arrival = model::DeviceTime{*arrival};
    }
    row.sub_id = field(fields, Columns::sub_id);
    row.order_id = field(fields, Columns::order_id);
    const auto status = parse_status_letter(field(fields, Columns::status));
    if (!status) return "status is no letter of HL7 table 0085";
    row.reading.status = *status;
    if (const auto text = field(fields, Columns::validity); !text.empty()) {
        const auto validity = model::parse_validity(text);
        if (!validity) return "unknown validity";
        row.reading.validity = *validity;
    }
    if (const auto text = field(fields, Columns::seq); !text.empty()) {
        const auto n = model::parse_decimal(text);
        if (!n || n->scale != 0 || n->mantissa < 0 || n->mantissa > most_seq) return "seq is no number of 0 to 999";
        row.seq = static_cast<std::uint32_t>(n->mantissa);
    }
    return {};
}

} // namespace vigil::csv
