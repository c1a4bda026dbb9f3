#pragma once
// Identities are small integers handed out in order of first appearance, so that the same events give the same ids; the
// dictionaries that give them names are part of the state and of the journal.

#include <array>
#include <compare>
#include <cstdint>

namespace vigil::model {

template <class Tag>
struct Id {
    std::uint32_t value = 0;
    friend constexpr auto operator<=>(Id, Id) = default;
};
using SourceId = Id<struct SourceTag>;       // a configured feed
using ChannelId = Id<struct ChannelTag>;     // one (source, code, unit, sub-id, method, specimen) of a feed
using SubjectId = Id<struct SubjectTag>;     // one combination of visit, patient and location a source names
using EncounterId = Id<struct EncounterTag>; // a patient's stay; 0 is "nobody"
using BedId = Id<struct BedTag>;             // an address, unit and bed

inline constexpr EncounterId nobody{0};

// In which salt a drug's rates are told: a row of the score tables' salts, counted from 1; 0: nobody said.
struct SaltId {
    std::uint8_t value = 0;
    bool known() const { return value != 0; }
    friend constexpr auto operator<=>(SaltId, SaltId) = default;
};

// A pump as its source names it: a digest of that name. 0: it names none.
struct PumpId {
    std::uint32_t value = 0;
    bool known() const { return value != 0; }
    friend constexpr auto operator<=>(PumpId, PumpId) = default;
};

using Digest = std::array<std::uint8_t, 16>;

// Where a reading stands in the journal: the sequence of its frame and its place there. Row and column for files.
struct ReadingRef {
    std::uint64_t seq = 0;
    std::uint32_t index = 0;
    friend constexpr auto operator<=>(ReadingRef, ReadingRef) = default;
};

} // namespace vigil::model
