#pragma once
// Scores at any instant of a stay, as known now: the encounter's readings are read again from the journal and
// evaluated, so that what the state no longer keeps is no limit (`vigil score --at`, live).

#include "loop/exchange.hpp"
#include "store/reader.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/timeline.hpp"

namespace vigil::loop {

class ScoresAt {
public:
    explicit ScoresAt(std::filesystem::path journal);

    // The encounter's whole timeline; kept for the next question about the same one. Empty: `why` says it.
    struct Course {
        model::EncounterId encounter;
        core::Encounter const* who = nullptr; // of the view
        model::Timeline const* timeline = nullptr;
    };
    std::optional<Course> course(ViewPtr const& view, std::string_view pseudonym, store::Reader& reader,
                                 std::string& why);

private:
    bool read_frames(core::Rulebook const& rules, core::State const& state, model::EncounterId encounter,
                     std::string& why);
    bool read_attested(core::Rulebook const& rules, core::State const& state, model::EncounterId encounter,
                       store::Reader& reader, std::string& why);

    std::filesystem::path journal_;
    ViewPtr view_;
    std::string pseudonym_;
    std::uint64_t as_of_seq_ = 0;
    model::EncounterId encounter_;
    std::unique_ptr<model::Timeline> timeline_;
};

} // namespace vigil::loop
