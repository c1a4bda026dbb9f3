#pragma once
// Steps recorded events again and compares what results with what was recorded.

#include "core/step.hpp"
#include "store/recovery.hpp"
#include "store/row.hpp"
#include "store/snapshot.hpp"

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace vigil::store {

class Replayer {
public:
    struct Place {
        std::filesystem::path directory; // recalls are read again from here
        bool beside_writer = false;
        bool compare = true; // false: another core version wrote the effects
    };
    Replayer(std::shared_ptr<core::Rulebook const> rules, Snapshot snapshot, Place place);

    // The next row in journal order. A Refusal when it is not what the core gives.
    std::optional<Refusal> take(Row const& row, std::string const& where);
    // All effects of the last event have been seen.
    std::optional<Refusal> finish(std::string const& where) const;
    // As encode_snapshot gives it now.
    std::string snapshot() const;

    core::Engine const& engine() const { return engine_; }
    std::vector<RecallPlan> const& pending() const { return pending_; }
    std::uint64_t stepped() const { return stepped_; }

private:
    std::optional<Refusal> step(Row const& row, std::string const& where);
    std::optional<Refusal> compare(Row const& row, std::string const& where);

    std::shared_ptr<core::Rulebook const> rules_;
    Place place_;
    core::Engine engine_;
    std::vector<RecallPlan> pending_;
    std::vector<core::Effect> effects_; // of the event stepped last
    std::size_t seen_ = 0;              // of them, as recorded
    std::uint64_t cause_ = 0;
    std::uint64_t stepped_ = 0;
};

} // namespace vigil::store
