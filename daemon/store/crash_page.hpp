#pragma once
// One memory-mapped page `crash.page` that outlives the process: what was being stepped and whom it was looking at, and
// what was shown while the disk was sick. Written with plain stores, so it costs nothing per step and works when the
// disk does not.

#include "core/model/id.hpp"
#include "core/model/time.hpp"
#include "store/refusal.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace vigil::store {

// A step that did not return: of a frame by its key, of anything else by a zero digest and its kind as part.
struct Suspect {
    model::Digest content{};
    std::uint32_t part = 0;
    std::uint32_t encounter = 0; // the one that was being evaluated; 0: none
    std::uint32_t faults = 0;    // of the crashes, those by a fatal signal of its own
    std::uint32_t crashes = 0;   // 1: step it once more, alone in its batch; 2 and more: quarantine it
    int signal = 0;              // of the last crash; 0 when no fatal signal was seen (kill, power)
};

struct DegradedSpan {
    model::LogTime from, to;
    std::uint64_t shown = 0;
};

class CrashPage {
public:
    static Result<CrashPage> open(std::filesystem::path const& directory);
    CrashPage(CrashPage&& other) noexcept;
    CrashPage& operator=(CrashPage&& other) noexcept;
    CrashPage(CrashPage const&) = delete;
    CrashPage& operator=(CrashPage const&) = delete;
    ~CrashPage();

    void note_before_step(model::Digest const& content, std::uint32_t part, std::uint32_t encounter);
    // Within a step: whom it looks at now; 0: nobody.
    void note_evaluating(std::uint32_t encounter) noexcept;
    void clear(); // the step returned
    // As found at open: what the last process was stepping when it ended. Stays until forgotten.
    std::optional<Suspect> suspect() const;
    void forget_suspect();                       // it was committed, as itself or quarantined
    void note_fatal_signal(int signal) noexcept; // async-signal-safe

    void note_degraded(DegradedSpan const& span);
    std::optional<DegradedSpan> degraded() const;
    void forget_degraded(); // Degraded was committed

private:
    struct Layout;
    explicit CrashPage(Layout* page)
        : page_{page} {}
    Layout* page_ = nullptr;
};

} // namespace vigil::store
