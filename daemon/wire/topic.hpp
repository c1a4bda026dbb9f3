#pragma once
// Topic names: vigil.v1.<class>.<site>.<unit>.<bed>.<key>. ZeroMQ matches byte prefixes, so a subscription ends with a
// dot. Nothing that changes during an alert's life, and nothing that identifies a person, is in a topic (design 4.4).

#include "core/model/names.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::wire {

// clang-format off
#define VIGIL_TOPIC_CLASSES(X) X(alert) X(score) X(obs) X(event) X(status) X(sys)
// clang-format on
VIGIL_ENUM(TopicClass, std::uint8_t, topic_class, VIGIL_TOPIC_CLASSES)

// What stands in a topic where there is no unit or bed.
inline constexpr std::string_view no_place = "_";

// [a-z0-9_]{1,32}
bool is_token(std::string_view text);
// Lower case, everything else that is not of a token becomes '_', cut at 32: for keys made of closed words, never of
// input.
std::string token_of(std::string_view word);

std::string topic(TopicClass cls, std::string_view site, std::string_view unit, std::string_view bed,
                  std::string_view key);

// The pieces of a topic, as views into it; empty when it is not one.
struct TopicParts {
    TopicClass cls{};
    std::string_view site, unit, bed, key;
};
std::optional<TopicParts> parse_topic(std::string_view text);

// A prefix somebody may subscribe to or ask for: "vigil.v1." and whole tokens after it, each closed by its dot.
bool is_prefix(std::string_view text);

} // namespace vigil::wire
