#pragma once
// Scores at any instant of a stay, as known now: the encounter's readings are read again from the journal and
// evaluated, so that what the state no longer keeps is no limit (`vigil score --at`, live).

#include "loop/exchange.hpp"
#include "store/reader.hpp"
#include "store/recall.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/timeline.hpp"
#include "core/scores/registry.hpp"

namespace vigil::loop {

class ScoresAt {
public:
    // No stay takes more than `most_bytes`: half a year of ten streams by the minute has room.
    explicit ScoresAt(std::filesystem::path journal, std::size_t most_bytes = std::size_t{256} << 20U);

    // The encounter's whole timeline; kept for the next question about the same one. Empty: `why` says it.
    struct Course {
        model::EncounterId encounter;
        core::Encounter const* who = nullptr; // of the view
        model::Timeline const* timeline = nullptr;
    };
    std::optional<Course> course(ViewPtr const& view, std::string_view pseudonym, store::Reader& reader,
                                 std::string& why);

    // Puts the course of SOFA up to `to` on the timeline that was asked for last, where these scores look back at it.
    void follow_sofa(std::span<model::ScoreKey const> keys, scores::Patient const& patient, model::EventTime to);

private:
    struct Stay;
    bool read_frames(Stay& stay, std::string& why);
    bool read_late(Stay& stay, std::string& why);
    bool read(Stay& stay, store::RecallPlan const& plan, model::SignalSet const* again, std::string& why);
    bool read_attested(Stay& stay, store::Reader& reader, std::string& why);

    std::filesystem::path journal_;
    std::size_t most_bytes_;
    ViewPtr view_;
    std::string pseudonym_;
    std::uint64_t as_of_seq_ = 0;
    std::unique_ptr<model::Timeline> timeline_;
    std::optional<std::pair<model::ScoreKey, model::EventTime>> followed_; // and up to when
};

} // namespace vigil::loop
