#pragma once
// An edit in a sealed segment is noticed while the daemon runs, not only when somebody verifies the journal: its chain
// is walked once after each start, on a thread of its own that reads a little and rests a lot.

#include "store/refusal.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

namespace vigil::loop {

class JournalCheck {
public:
    explicit JournalCheck(std::filesystem::path journal);
    ~JournalCheck();
    JournalCheck(JournalCheck const&) = delete;
    JournalCheck& operator=(JournalCheck const&) = delete;

    // What is wrong with the journal, once.
    std::optional<store::Refusal> take();

private:
    struct Shared;
    std::shared_ptr<Shared> shared_; // outlives this when the disk hangs
    std::thread thread_;
};

} // namespace vigil::loop
