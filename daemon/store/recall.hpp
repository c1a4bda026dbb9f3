#pragma once
// Reading old frames again for one encounter and signal (design 5 "Corrected").
//
// Which rows a Recall means is fixed at one point, so that verify reads the same ones: the plan is made from the state
// right after the step that returned the effect, and covers frames up to that step's event. Reading may happen at any
// time after the commit.

#include "core/effect.hpp"
#include "core/state.hpp"
#include "store/refusal.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

namespace vigil::store {

struct RecallPlan {
    core::Recall recall;
    std::uint64_t up_to = 0;             // sequence of the event whose step asked; its frame is included
    std::vector<std::uint32_t> subjects; // SubjectId, ascending: everyone who may have been this encounter
    std::vector<std::uint32_t> channels; // ChannelId, ascending: those that mean the signal
    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.recall, s.up_to, s.subjects, s.channels);
    }
};

RecallPlan plan_recall(core::State const& state, core::Rulebook const& rules, core::Recall const& recall,
                       std::uint64_t asked_by);

// Keeps `pending` after a step: what the event answered goes, what its effects ask for comes. The loop, recovery and
// verify all use this, so that the list, which is part of every snapshot, is the same for all.
void follow_recalls(std::vector<RecallPlan>& pending, core::Event const& event, std::span<core::Effect const> effects,
                    core::State const& state, core::Rulebook const& rules);

struct RecalledRows {
    std::vector<core::Event> frames; // in journal order: pass to Engine::step with the event below
    core::Recalled event;            // with the digest over the frames read
    std::uint64_t rows_read = 0;     // looked at, for the measurements
};

// Takes each frame as it is read; false: no more is wanted.
using TakeFrame = std::function<bool(core::Event&& frame)>;
struct RecalledDigest {
    core::Recalled event; // over the frames taken
    std::uint64_t rows_read = 0;
};

// Reads through the block directories of all segments. Needs every row up to plan.up_to committed. `beside_writer` is
// false only when nobody has the journal open.
Result<RecalledDigest> each_recalled(std::filesystem::path const& directory, RecallPlan const& plan,
                                     TakeFrame const& take, bool beside_writer = true);
// The same, all at once: for the few minutes that a Recall is about.
Result<RecalledRows> read_recall(std::filesystem::path const& directory, RecallPlan const& plan,
                                 bool beside_writer = true);

} // namespace vigil::store
