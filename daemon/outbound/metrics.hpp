#pragma once
// Prometheus text, written to a file for node_exporter's textfile collector: this program listens to nobody.

#include "outbound/destination.hpp"
#include "outbound/follower.hpp"

namespace vigil::outbound {

struct DestinationFigures {
    std::string name{};
    Counts counts{};
    Depth depth{};
};

std::string metrics_text(FeedSays const& feed, std::vector<DestinationFigures> const& destinations,
                         std::int64_t now_ms);

// Whole or not at all. What is wrong with it, else empty.
std::string write_whole(std::filesystem::path const& file, std::string_view text);

} // namespace vigil::outbound
