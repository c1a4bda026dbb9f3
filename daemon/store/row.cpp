#include "store/row.hpp"

#include <sodium.h>

#include <cassert>

namespace vigil::store {

namespace {

template <class V, std::size_t... I>
std::optional<V> alternative(Row const& row, std::size_t index, std::index_sequence<I...>) {
    std::optional<V> out;
    core::Decoder d{row.body, row.format};
    const auto read = [&]<std::size_t N>() {
        std::variant_alternative_t<N, V> value{};
        d(value);
        if (d.at_end()) out.emplace(std::in_place_index<N>, std::move(value));
    };
    ((I == index ? read.template operator()<I>() : void()), ...);
    return out;
}

template <class V>
std::optional<V> alternative(Row const& row, std::size_t index) {
    return alternative<V>(row, index, std::make_index_sequence<std::variant_size_v<V>>{});
}

} // namespace

std::optional<core::Event> event_of(Row const& row) {
    if (is_effect(row.kind)) return std::nullopt;
    auto what = alternative<core::What>(row, row.kind);
    if (!what) return std::nullopt;
    return core::Event{row.seq, row.at, std::move(*what)};
}

std::optional<core::Effect> effect_of(Row const& row) {
    if (!is_effect(row.kind)) return std::nullopt;
    return alternative<core::Effect>(row, row.kind - std::size_t{first_effect});
}

std::string body_of(core::What const& what) {
    return std::visit([](auto const& x) { return core::encode(x); }, what);
}
std::string body_of(core::Effect const& effect) {
    return std::visit([](auto const& x) { return core::encode(x); }, effect);
}
RowKind kind_of(core::What const& what) { return static_cast<RowKind>(what.index()); }
RowKind kind_of(core::Effect const& effect) { return static_cast<RowKind>(first_effect + effect.index()); }

Hash chain(Hash const& previous, std::uint64_t seq, model::LogTime at, std::uint64_t kind, std::uint64_t cause,
           std::string_view body) {
    static const bool ready = sodium_init() >= 0;
    assert(ready);
    constexpr std::string_view domain = "vigil-journal-v1";
    std::array<std::uint8_t, domain.size() + 32 + 5 * 8> head{};
    std::uint8_t* out = head.data();
    for (const char c : domain) *out++ = static_cast<std::uint8_t>(c);
    for (auto b : previous) *out++ = b;
    for (const std::uint64_t v : {seq, static_cast<std::uint64_t>(at.ms), kind, cause, std::uint64_t{body.size()}})
        for (unsigned shift = 0; shift < 64; shift += 8) *out++ = static_cast<std::uint8_t>(v >> shift);
    crypto_generichash_state state;
    Hash hash{};
    crypto_generichash_init(&state, nullptr, 0, hash.size());
    crypto_generichash_update(&state, head.data(), head.size());
    crypto_generichash_update(&state, reinterpret_cast<unsigned char const*>(body.data()), body.size());
    crypto_generichash_final(&state, hash.data(), hash.size());
    return hash;
}

} // namespace vigil::store
