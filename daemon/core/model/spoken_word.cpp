#include "core/model/spoken_word.hpp"

#include <algorithm>
#include <array>

namespace vigil::model {

namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool contains(std::string_view text, std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [](char x, char y) { return lower(x) == lower(y); }) != text.end();
}

} // namespace

bool says_stopped(std::string_view text) {
    constexpr std::array words = {"off",    "stop",  "held",         "hold", "on hold",
                                  "paused", "pause", "discontinued", "d/c",  "not running"};
    return std::any_of(words.begin(), words.end(), [text](std::string_view w) { return same(w, text); });
}

std::optional<Word> spoken_word(std::string_view text) {
    if (const auto exact = parse_word(text)) return exact;
    for (std::size_t i = 0; i < word_count; ++i)
        if (same(name_of(static_cast<Word>(i)), text)) return static_cast<Word>(i);
    if (says_stopped(text)) return Word::stopped;
    return std::nullopt;
}

Word ventilator_mode(std::string_view text) {
    // A machine that is off, in the words of many makers.
    constexpr std::array at_rest = {"stand-by", "stand by", "stopped",      "none",   "not connected", "disconnected",
                                    "aus",      "veille",   "bereitschaft", "spento", "apagado"};
    if (says_stopped(text) ||
        std::any_of(at_rest.begin(), at_rest.end(), [text](std::string_view w) { return same(w, text); }))
        return Word::standby;
    if (const auto listed = spoken_word(text)) return *listed;
    struct Part {
        std::string_view text;
        Word word;
    };
    // The first that occurs decides: what stops breathing support before what drives it.
    for (auto const& p : {Part{"STANDBY", Word::standby},
                          {"CPAP", Word::spontaneous},
                          {"PSV", Word::spontaneous},
                          {"SPONT", Word::spontaneous},
                          {"PS/", Word::spontaneous},
                          {"NIV", Word::niv},
                          {"BIPAP", Word::niv},
                          {"SIMV", Word::assisted},
                          {"MMV", Word::assisted},
                          {"APRV", Word::assisted},
                          {"ASSIST", Word::assisted},
                          {"CMV", Word::controlled},
                          {"PCV", Word::controlled},
                          {"PRVC", Word::controlled},
                          {"VCV", Word::controlled},
                          {"APV", Word::controlled}})
        if (contains(text, p.text)) return p.word;
    return Word::other;
}

} // namespace vigil::model
