#include "definitions/vocabulary.hpp"

#include "definitions/codes.hpp"
#include "definitions/tsv.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace vigil::definitions {

namespace {

using model::Signal;

enum Column : std::size_t {
    c_id,
    c_kind,
    c_unit,
    c_also,
    c_loinc,
    c_mdc,
    c_atc,
    c_hard_low,
    c_hard_high,
    c_soft_low,
    c_soft_high,
    c_max_age,
    c_values,
    c_required,
    c_citation,
};
constexpr auto columns =
    std::to_array<std::string_view>({"id", "kind", "unit", "also", "loinc", "mdc", "atc", "hard_low", "hard_high",
                                     "soft_low", "soft_high", "max_age", "values", "required", "citation"});

struct RowReader {
    TsvTable const& table;
    TsvRow const& row;
    Problems& problems;

    std::string_view text(Column c) const { return row.cells[c]; }
    void problem(Column c, std::string why) const { table.problem(problems, row, c, std::move(why)); }

    std::optional<model::Decimal> decimal(Column c) const {
        if (text(c).empty()) return std::nullopt;
        auto value = model::parse_decimal(text(c));
        if (!value) problem(c, "'" + std::string(text(c)) + "' is no number");
        return value;
    }

    std::vector<std::string> codes(Column c, std::optional<std::string> (*fault)(std::string_view)) const {
        std::vector<std::string> out;
        for (const auto code : words_of(text(c))) {
            if (const auto why = fault(code))
                problem(c, std::string(code) + " " + *why);
            else
                out.emplace_back(code);
        }
        return out;
    }
};

void read_unit(RowReader const& in, core::VocabularyEntry& out, std::vector<model::Unit>& alternates) {
    const auto unit = parse_unit_cell(in.text(c_unit));
    if (!unit)
        in.problem(c_unit, "unknown unit '" + std::string(in.text(c_unit)) + "'");
    else
        out.canonical = *unit;
    for (const auto one : words_of(in.text(c_also))) {
        const auto alternate = parse_unit_cell(one);
        if (!alternate)
            in.problem(c_also, "unknown unit '" + std::string(one) + "'");
        else if (unit && *alternate == *unit)
            in.problem(c_also, std::string(one) + " is the canonical unit itself");
        else
            alternates.push_back(*alternate);
    }
}

void read_words(RowReader const& in, core::VocabularyEntry& out) {
    for (const auto one : words_of(in.text(c_values))) {
        const auto word = model::parse_word(one);
        if (!word)
            in.problem(c_values, "unknown word '" + std::string(one) + "'");
        else if (std::find(out.words.begin(), out.words.end(), *word) != out.words.end())
            in.problem(c_values, std::string(one) + " stands twice");
        else
            out.words.push_back(*word);
    }
    if (out.words.empty() && in.text(c_unit).empty() && in.text(c_values).empty())
        in.problem(c_values, "a signal needs a unit, words, or both");
}

void read_limits(RowReader const& in, core::VocabularyEntry& out) {
    out.hard_low = in.decimal(c_hard_low);
    out.hard_high = in.decimal(c_hard_high);
    out.soft_low = in.decimal(c_soft_low);
    out.soft_high = in.decimal(c_soft_high);
    const bool number = !in.text(c_unit).empty();
    for (const Column c : {c_hard_low, c_hard_high})
        if (number && in.text(c).empty()) in.problem(c, "a signal with a unit needs both hard limits");
    for (const Column c : {c_hard_low, c_hard_high, c_soft_low, c_soft_high})
        if (!number && !in.text(c).empty()) in.problem(c, "a signal without a unit has no limits");
    if (out.hard_low && out.hard_high && !(*out.hard_low < *out.hard_high))
        in.problem(c_hard_high, "must be above hard_low");
    if (out.soft_low && out.soft_high && !(*out.soft_low < *out.soft_high))
        in.problem(c_soft_high, "must be above soft_low");
    if (out.hard_low && out.soft_low && *out.soft_low < *out.hard_low)
        in.problem(c_soft_low, "lies outside the hard limits");
    if (out.hard_high && out.soft_high && *out.hard_high < *out.soft_high)
        in.problem(c_soft_high, "lies outside the hard limits");
}

core::VocabularyEntry read_entry(RowReader const& in, Signal signal, std::vector<model::Unit>& alternates) {
    core::VocabularyEntry out;
    out.signal = signal;
    if (const auto kind = model::parse_signal_kind(in.text(c_kind)))
        out.kind = *kind;
    else
        in.problem(c_kind, "unknown kind '" + std::string(in.text(c_kind)) + "'");
    read_unit(in, out, alternates);
    read_words(in, out);
    read_limits(in, out);
    out.loinc = in.codes(c_loinc, loinc_fault);
    const bool alarm = out.kind == model::SignalKind::alarm;
    out.mdc = in.codes(c_mdc, alarm ? mdc_event_fault : mdc_fault);
    out.atc = in.codes(c_atc, atc_fault);
    if (out.kind == model::SignalKind::derived && !(out.loinc.empty() && out.mdc.empty() && out.atc.empty()))
        in.problem(c_kind, "what Vigil works out itself has no code that a feed could tell it by");
    if (alarm && !out.words.empty() &&
        std::find(out.words.begin(), out.words.end(), model::Word::ended) == out.words.end())
        in.problem(c_values, "an alarm needs the word ended");
    if (const auto age = parse_duration(in.text(c_max_age)))
        out.max_age = *age;
    else
        in.problem(c_max_age,
                   "'" + std::string(in.text(c_max_age)) + "' is no length of time: 30s, 5min, 24h or 0 is expected");
    if (in.text(c_required) != "yes" && in.text(c_required) != "no") in.problem(c_required, "must be yes or no");
    out.required = in.text(c_required) == "yes";
    if (in.text(c_citation).empty()) in.problem(c_citation, "must not be empty");
    return out;
}

// One code that means two signals would make the meaning depend on the order of the table.
class CodeBook {
public:
    CodeBook(RowReader const& in, std::map<std::string, std::string>& seen)
        : in_(in),
          seen_(seen) {}

    void add(Column column, std::vector<std::string> const& codes) {
        const std::string system(columns[column]);
        for (auto const& code : codes) {
            const auto [at, added] = seen_.emplace(system + " " + code, in_.text(c_id));
            if (!added) in_.problem(column, code + " already means " + at->second);
            if (column == c_atc) overlaps(system, code);
        }
    }

private:
    void overlaps(std::string const& system, std::string const& code) {
        for (auto const& [key, id] : seen_) {
            if (!key.starts_with(system + " ") || id == in_.text(c_id)) continue;
            const std::string other = key.substr(system.size() + 1);
            if (other != code && (atc_covers(other, code) || atc_covers(code, other)))
                in_.problem(c_atc, code + " overlaps " + other + " of " + id);
        }
    }

    RowReader const& in_;
    std::map<std::string, std::string>& seen_;
};

} // namespace

std::vector<std::string_view> words_of(std::string_view cell) {
    std::vector<std::string_view> out;
    while (!cell.empty()) {
        const auto end = std::min(cell.find(' '), cell.size());
        if (end != 0) out.push_back(cell.substr(0, end));
        cell.remove_prefix(std::min(end + 1, cell.size()));
    }
    return out;
}

std::optional<model::Duration> parse_duration(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0 || number > 10'000'000'000) return std::nullopt;
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    if (unit.empty() && number == 0) return model::Duration{0};
    if (unit == "ms") return model::Duration{number};
    if (unit == "s") return model::seconds(number);
    if (unit == "min") return model::minutes(number);
    if (unit == "h") return model::hours(number);
    return std::nullopt;
}

std::optional<model::Unit> parse_unit_cell(std::string_view text) {
    if (text == "-") return model::Unit::none;
    return model::parse_unit(text);
}

Vocabulary load_vocabulary(File const& file, Problems& problems) {
    Vocabulary out;
    out.file = file.shown;
    out.entries.resize(model::signal_count);
    out.alternates.resize(model::signal_count);
    out.lines.resize(model::signal_count);
    for (std::size_t i = 0; i < model::signal_count; ++i) out.entries[i].signal = static_cast<Signal>(i);

    const TsvTable table = read_tsv(file, columns, problems);
    std::map<std::string, std::string> seen;
    for (auto const& row : table.rows) {
        const RowReader in{table, row, problems};
        const auto signal = model::parse_signal(in.text(c_id));
        if (!signal) {
            in.problem(c_id, "unknown signal '" + std::string(in.text(c_id)) + "'");
            continue;
        }
        const auto place = static_cast<std::size_t>(*signal);
        if (out.lines[place] != 0) {
            in.problem(c_id,
                       std::string(in.text(c_id)) + " already stands in line " + std::to_string(out.lines[place]));
            continue;
        }
        out.lines[place] = row.line;
        out.entries[place] = read_entry(in, *signal, out.alternates[place]);
        CodeBook book(in, seen);
        book.add(c_loinc, out.entries[place].loinc);
        book.add(c_mdc, out.entries[place].mdc);
        book.add(c_atc, out.entries[place].atc);
    }
    for (std::size_t i = 0; i < model::signal_count; ++i)
        if (out.lines[i] == 0)
            problems.push_back({file.shown, 0, 0, std::string(model::signal_names[i]), "the signal has no row"});
    return out;
}

} // namespace vigil::definitions
