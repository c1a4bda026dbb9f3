#pragma once

#include "vigil/client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vigil::client {

inline constexpr std::string_view heartbeats = "vigil.v1.sys."; // every client listens to them

struct Topic {
    Stream stream;
    std::string site;
};
std::optional<Topic> topic_of(std::string_view text);

/// Journaled classes can be had again by replay; of the others only the last state.
bool is_journaled(Stream const& stream);

/// What a user asked for. The final dot is appended; a whole topic means that topic alone.
class Prefix {
public:
    explicit Prefix(std::string_view asked);

    /// A loss shows in whole streams only, so the stream of a single topic is heard whole.
    [[nodiscard]] std::string const& subscription() const { return subscription_; }
    [[nodiscard]] bool wants(std::string_view topic) const;
    [[nodiscard]] bool asks(Stream const& stream, std::string_view site) const;
    /// Whether the messages of a stream are counted: those asked for, and the heartbeats.
    [[nodiscard]] bool follows(Stream const& stream, std::string_view site) const {
        return stream.cls == "sys" || asks(stream, site);
    }

private:
    std::string whole_, subscription_;
};

} // namespace vigil::client
