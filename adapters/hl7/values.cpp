#include "adapters/hl7/values.hpp"

#include "adapters/hl7/number.hpp"
#include "core/model/spoken_word.hpp"

#include <algorithm>
#include <cstring>

namespace vigil::hl7 {

namespace {

using adapters::trimmed;
using model::AbsentReason;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_sentinel(model::Decimal value, std::string_view code, Settings const& settings) {
    const auto listed = [&](std::string_view key) {
        const auto row = settings.sentinels.find(key);
        return row != settings.sentinels.end() &&
               std::find(row->second.begin(), row->second.end(), value) != row->second.end();
    };
    return !settings.sentinels.empty() && (listed(code) || listed("*"));
}

// A long run of digits where text was promised is somebody's number, not a measurement.
bool looks_like_an_identifier(model::Decimal value) {
    return value.scale == 0 && (value.mantissa > 9'999'999 || value.mantissa < -9'999'999);
}

void take_number(Number const& number, bool from_text, Settings const& settings, Notes& notes, Result& out) {
    switch (number.fault) {
    case Number::Fault::empty: out.absent = AbsentReason::not_sent; return;
    case Number::Fault::text:
        out.absent = AbsentReason::text;
        ++notes.texts;
        return;
    case Number::Fault::unreadable: out.absent = AbsentReason::unreadable; return;
    case Number::Fault::none: break;
    }
    if (number.decimal_comma) ++notes.decimal_commas;
    if (from_text && looks_like_an_identifier(number.value)) {
        out.absent = AbsentReason::text;
        ++notes.texts;
    } else if (is_sentinel(number.value, out.code, settings)) {
        out.absent = AbsentReason::sentinel;
    } else {
        out.number = number.value;
        if (number.comparator != model::Comparator::exactly) out.comparator = number.comparator;
    }
}

void read_coded(std::string_view field, Delimiters const& d, Settings const& settings, Scratch& scratch, Notes& notes,
                Result& out) {
    unsigned unknown = 0;
    bool any = false;
    std::string_view fallback;
    for (const std::size_t n : {1u, 2u, 4u, 5u, 9u}) {
        const std::string_view text = trimmed(unescaped(component(field, d, n), d, scratch, unknown));
        if (text.empty() || is_null(text)) continue;
        any = true;
        const std::string_view word = listed_word(text, out.system, out.code, settings.coded);
        if (word.empty()) continue;
        if (word != "other") {
            out.coded = word;
            return;
        }
        fallback = word;
    }
    out.coded = fallback;
    if (!out.coded.empty()) return;
    out.absent = any ? AbsentReason::text : AbsentReason::not_sent;
    if (any) ++notes.texts;
}

enum class Type { numeric, structured, coded, text, other };

Type type_of(std::string_view type) {
    if (type == "NM" || type == "SI") return Type::numeric;
    if (type == "SN") return Type::structured;
    if (type == "CE" || type == "CWE" || type == "CNE" || type == "CF") return Type::coded;
    if (type == "ST" || type == "TX" || type == "FT" || type == "IS" || type == "ID" || type.empty()) return Type::text;
    return Type::other;
}

} // namespace

std::string_view listed_word(std::string_view text, model::CodeSystem system, std::string_view code,
                             adapters::CodedValues const& lists) {
    auto const* words = lists.words(system, code);
    if (!words) return {};
    for (auto const& word : *words)
        if (same_word(word, text)) return word;
    if (const auto stopped = words->find("stopped"); stopped != words->end() && model::says_stopped(text))
        return *stopped;
    // A list with these two is that of ventilator modes, which every maker names in his own way.
    if (!words->contains("standby") || !words->contains("other")) return {};
    const auto mode = words->find(std::string{model::name_of(model::ventilator_mode(text))});
    return mode != words->end() ? std::string_view(*mode) : std::string_view(*words->find("other"));
}

void read_value(std::string_view type, std::string_view obx5, Delimiters const& d, Settings const& settings,
                Scratch& scratch, Notes& notes, Result& out) {
    const Type kind = type_of(trimmed(type));
    unsigned results = 0;
    std::string_view field = obx5;
    if (!obx5.empty() && std::memchr(obx5.data(), d.repetition, obx5.size())) {
        each_repetition(obx5, d.repetition, [&](std::string_view one) {
            if (trimmed(one).empty()) return;
            if (++results == 1) field = one;
        });
        if (results == 0) field = {};
    }
    if (trimmed(field).empty() || is_null(trimmed(field))) {
        out.absent = AbsentReason::not_sent;
        return;
    }
    if (results > 1) {
        out.absent = type == "TX" || type == "FT" ? AbsentReason::text : AbsentReason::several;
        return;
    }
    if (kind == Type::numeric && (field.front() >= '0' && field.front() <= '9')) {
        take_number(parse_number(field, settings.decimal_comma), false, settings, notes, out);
        return;
    }
    if (kind == Type::structured) {
        take_number(parse_structured(field, d.component, settings.decimal_comma), false, settings, notes, out);
        return;
    }
    if (kind == Type::coded) return read_coded(field, d, settings, scratch, notes, out);
    if (kind == Type::other) { // dates, embedded documents, references: nothing a score can use
        out.absent = AbsentReason::text;
        ++notes.texts;
        return;
    }
    unsigned unknown = 0;
    const std::string_view text = unescaped(field, d, scratch, unknown);
    notes.unknown_escapes += unknown;
    const Number number = parse_number(text, settings.decimal_comma);
    if (number.fault != Number::Fault::none) {
        out.coded = listed_word(trimmed(text), out.system, out.code, settings.coded);
        if (!out.coded.empty()) return;
    }
    take_number(number, kind == Type::text, settings, notes, out);
}

} // namespace vigil::hl7
