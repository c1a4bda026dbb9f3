#pragma once
// Words of the closed lists as devices and people write them. Every reader of charted text uses this one, so that a
// file and a message about the same patient mean the same.

#include "core/model/signal.hpp"

#include <optional>
#include <string_view>

namespace vigil::model {

// "off", "held", "paused": in the words of charts, that it does not run.
bool says_stopped(std::string_view text);
// A listed word, whatever its case ("IMV", "nt"); `stopped` for what says so in other words.
std::optional<Word> spoken_word(std::string_view text);

// What a ventilator calls its mode, as the word that decides whether it supports the patient: `standby` for one that is
// off, a listed word, else by the maker's abbreviation in it ("CMV/ASSIST", "PSV/SBT"), else `other`.
Word ventilator_mode(std::string_view text);

} // namespace vigil::model
