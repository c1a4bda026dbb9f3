#pragma once
// Internal to infusion.cpp: who speaks of a drug, and how long each told rate holds, pump by pump. Pumps are told apart
// by the names one source gives them; whoever names none speaks of all that is given (devices.md 17,
// docs/decisions/0024).

#include "core/scores/infusion.hpp"

#include <optional>
#include <span>
#include <vector>

namespace vigil::scores {

// A rate above nought.
struct Hold {
    model::Sample const* rate = nullptr;
    model::EventTime until;    // when it was ended; of one that is open the instant asked for
    bool open = false;         // nothing has ended it
    model::Duration limit;     // of its silence, of one that is open
    model::EventTime known_to; // that it ran
    std::size_t turn = 0;      // in which it was told
};

struct Pump {
    model::PumpId name;
    std::vector<model::Sample const*> said;
    std::vector<Hold> holds;
    // Heard of twice, or at one instant with another: its name is that of a pump, and not of a row or a record.
    bool steady = false;
};

// The pumps that one source names, or all who name none, as one.
struct Voice {
    model::SourceId source;
    bool names = false;
    std::vector<Pump> pumps;
    struct Word {
        model::Sample const* told = nullptr;
        std::optional<std::size_t> pump; // none: another voice says that the drug is stopped
        std::size_t turn = 0;
    };
    std::vector<Word> words; // oldest first
};

// Whoever spoke last says what is given, until somebody else speaks: [from, to).
struct Turn {
    std::size_t voice = 0;
    model::EventTime from, to; // of the last one the instant asked for
};

struct Voices {
    std::vector<Voice> all;
    std::vector<Turn> turns; // oldest first
};

// One source tells of two pumps by name, and of one of them again.
bool several_pumps(std::span<model::Sample const> rates);
Voices voices_of(Inquiry const& q, std::span<model::Sample const> rates);
// As one course, oldest first: what runs together is one segment with several rates.
std::vector<Segment> course_of(Inquiry& q, Voices const& voices);
// In the order in which they were told, as far as another voice has not spoken since.
std::vector<Hold> holds_of(Voices const& voices);

// Of one pump whose readings are said[0..last]: how long it may be silent (scores.md 0.8).
model::Duration silence(SofaTables const& t, std::span<model::Sample const* const> said);
Segment segment_of(Inquiry& q, Hold const& h);
bool same_rate(model::Sample const& a, model::Sample const& b);

} // namespace vigil::scores
