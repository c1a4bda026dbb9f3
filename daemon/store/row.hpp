#pragma once
// A row of the journal: an event, or an effect with the sequence of the event that caused it. docs/journal-format.md.

#include "core/effect.hpp"
#include "core/event.hpp"
#include "core/model/canonical.hpp"

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace vigil::store {

using Hash = std::array<std::uint8_t, 32>;

// Events are numbered as in core::What, effects as in core::Effect from 64 on. Never renumber: alternatives are only
// appended.
using RowKind = std::uint16_t;
inline constexpr RowKind first_effect = 64;
inline constexpr RowKind kind_limit = 128;
using KindSet = std::bitset<kind_limit>;

template <class T, class V, std::size_t I = 0>
constexpr std::size_t index_in() {
    static_assert(I < std::variant_size_v<V>);
    if constexpr (std::is_same_v<T, std::variant_alternative_t<I, V>>)
        return I;
    else
        return index_in<T, V, I + 1>();
}
// kind_of_event<model::Frame>() == 0, kind_of_effect<core::AlertChanged>() == 65
template <class T>
constexpr RowKind kind_of_event() {
    return static_cast<RowKind>(index_in<T, core::What>());
}
template <class T>
constexpr RowKind kind_of_effect() {
    return static_cast<RowKind>(first_effect + index_in<T, core::Effect>());
}
inline constexpr RowKind frame_kind = kind_of_event<model::Frame>();
constexpr bool is_effect(RowKind kind) { return kind >= first_effect; }

struct Row {
    std::uint64_t seq = 0;
    model::LogTime at;
    RowKind kind = 0;
    std::uint64_t cause = 0; // of an effect: sequence of its event; 0 for events
    std::string body;        // canonical encoding of the alternative
    Hash hash{};
    std::int64_t format = core::newest_format; // of the segment it stands in
};

// Empty when the row is not an event (an effect) or its bytes are not one.
std::optional<core::Event> event_of(Row const& row);
std::optional<core::Effect> effect_of(Row const& row);
std::string body_of(core::What const& what);
std::string body_of(core::Effect const& effect);
RowKind kind_of(core::What const& what);
RowKind kind_of(core::Effect const& effect);

// BLAKE2b-256("vigil-journal-v1" ‖ previous ‖ seq ‖ log time ‖ kind ‖ cause ‖ length ‖ body), integers as 8 bytes
// little-endian.
Hash chain(Hash const& previous, std::uint64_t seq, model::LogTime at, std::uint64_t kind, std::uint64_t cause,
           std::string_view body);

} // namespace vigil::store
