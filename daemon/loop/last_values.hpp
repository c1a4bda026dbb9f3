#pragma once
// What the query thread remembers of the feed: the last value under each name, and the latest messages for replay.

#include "loop/publication.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace vigil::loop {

class LastValues {
public:
    void apply(ReleasedPtr const& released);

    // Everything retained under a prefix, in the order of topics.
    std::vector<ReleasedPtr> snapshot(std::string_view prefix) const;
    // Journaled messages after `from_seq` in order, at most `limit`; false when the memory does not reach back so far.
    bool replay(std::string_view prefix, std::uint64_t from_seq, std::size_t limit,
                std::vector<ReleasedPtr>& out) const;
    // The last revision of an alert, open or recently closed.
    ReleasedPtr alert(std::string const& id) const;
    // How much each stream has said.
    struct Count {
        wire::TopicClass cls{};
        std::string unit, bed;
        std::uint64_t count = 0;
    };
    std::vector<Count> counts() const;
    // Everything up to it has been applied.
    std::uint64_t last_seq() const { return last_seq_; }
    // Committed before the first message: `replay` is complete after it.
    void complete_from(std::uint64_t seq) { complete_from_ = last_seq_ = seq; }

private:
    void vacate(std::string const& unit, std::string const& bed, std::string const& encounter);
    // Frames of observations that still hold the newest of some signal, oldest first. They are read only when asked
    // for.
    struct Observed {
        ReleasedPtr released;
        SignalSet newest;
    };
    void merge(ReleasedPtr const& released);
    static ReleasedPtr merged(std::vector<Observed> const& frames);
    void remember(ReleasedPtr const& released);

    std::map<std::string, ReleasedPtr, std::less<>> kept_; // topic, then NUL and slot
    std::map<std::string, std::vector<Observed>, std::less<>> observed_;
    std::map<std::tuple<wire::TopicClass, std::string, std::string>, std::uint64_t> counts_;
    std::deque<ReleasedPtr> recent_;
    std::size_t recent_size_ = 0;
    std::unordered_map<std::string, ReleasedPtr> alerts_;
    std::deque<std::string> closed_alerts_;
    std::uint64_t last_seq_ = 0;
    std::uint64_t complete_from_ = 0;
};

} // namespace vigil::loop
