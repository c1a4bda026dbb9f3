#pragma once
// One way to give a closed enumeration its published names: list(X) holds X(name) for each value in order.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#define VIGIL_ENUM_VALUE(name) name,
#define VIGIL_ENUM_NAME(name) std::string_view{#name},

// Defines the enum, `Type_count`, `name_of(Type)` and `parse_<lower>(text)`.
#define VIGIL_ENUM(Type, Base, lower, list)                                                                            \
    enum class Type : Base { list(VIGIL_ENUM_VALUE) };                                                                 \
    inline constexpr auto lower##_names = std::to_array({list(VIGIL_ENUM_NAME)});                                      \
    inline constexpr std::size_t lower##_count = lower##_names.size();                                                 \
    constexpr std::string_view name_of(Type v) { return lower##_names[static_cast<std::size_t>(v)]; }                  \
    constexpr std::optional<Type> parse_##lower(std::string_view text) {                                               \
        for (std::size_t i = 0; i < lower##_count; ++i)                                                                \
            if (lower##_names[i] == text) return static_cast<Type>(i);                                                 \
        return std::nullopt;                                                                                           \
    }
