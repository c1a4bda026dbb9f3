#include "prefix.hpp"

#include "wire/topic.hpp"

#include <algorithm>
#include <stdexcept>

namespace vigil::client {
namespace {
constexpr auto dots_of_a_topic = 6;
}

std::optional<Topic> topic_of(std::string_view text) {
    const auto parts = wire::parse_topic(text);
    if (!parts) return std::nullopt;
    return Topic{{std::string(name_of(parts->cls)), std::string(parts->unit), std::string(parts->bed)},
                 std::string(parts->site)};
}

bool is_journaled(Stream const& stream) {
    return stream.cls == "alert" || stream.cls == "score" || stream.cls == "event";
}

Prefix::Prefix(std::string_view asked) {
    while (asked.ends_with('.')) asked.remove_suffix(1);
    subscription_.assign(asked);
    const bool whole = std::count(asked.begin(), asked.end(), '.') == dots_of_a_topic;
    if (whole) {
        whole_.assign(asked);
        subscription_.resize(subscription_.rfind('.'));
    }
    subscription_ += '.';
    if (!wire::is_prefix(subscription_) || (whole && !wire::parse_topic(asked)))
        throw std::invalid_argument("'" + std::string(asked) +
                                    "' is no beginning of a topic vigil.v1.CLASS.SITE.UNIT.BED.KEY");
}

bool Prefix::wants(std::string_view topic) const {
    return whole_.empty() ? topic.starts_with(subscription_) : topic == whole_;
}

bool Prefix::asks(Stream const& stream, std::string_view site) const {
    std::string beginning = "vigil.v1.";
    for (const std::string_view word :
         {std::string_view(stream.cls), site, std::string_view(stream.unit), std::string_view(stream.bed)})
        beginning.append(word).append(1, '.');
    return beginning.starts_with(subscription_);
}

} // namespace vigil::client
