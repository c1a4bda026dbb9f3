#include "loop/journal_check.hpp"

#include "loop/log.hpp"
#include "store/journal.hpp"
#include "store/sealed_check.hpp"

#include <chrono>
#include <condition_variable>
#include <fmt/format.h>
#include <mutex>
#include <utility>

namespace vigil::loop {

namespace {
// A few milliseconds of reading between two rests: a tenth of one processor, and of the disk, at most.
constexpr std::chrono::milliseconds rest{50};
constexpr std::chrono::seconds patience{1};
} // namespace

struct JournalCheck::Shared {
    std::mutex mutex;
    std::condition_variable changed;
    bool stop = false, ended = false;
    std::optional<store::Refusal> problem;
};

JournalCheck::JournalCheck(std::filesystem::path journal)
    : shared_{std::make_shared<Shared>()} {
    const auto segments = store::list_segments(journal);
    const auto newest = segments.empty() ? 0U : segments.back();
    thread_ = std::thread{[shared = shared_, journal = std::move(journal), newest] {
        const auto pause = [&shared] {
            std::unique_lock lock{shared->mutex};
            return !shared->changed.wait_for(lock, rest, [&shared] { return shared->stop; });
        };
        auto found = store::check_sealed(journal, newest, pause);
        const std::scoped_lock lock{shared->mutex};
        if (found.problem)
            log::error(fmt::format("journal: {}: {}: {}", name_of(found.problem->why), found.problem->where,
                                   found.problem->what));
        else if (!shared->stop && found.segments > 0)
            log::notice(fmt::format("journal: the chain of {} sealed segments is whole", found.segments));
        shared->problem = std::move(found.problem);
        shared->ended = true;
        shared->changed.notify_all();
    }};
}

JournalCheck::~JournalCheck() {
    bool ended = false;
    {
        std::unique_lock lock{shared_->mutex};
        shared_->stop = true;
        shared_->changed.notify_all();
        ended = shared_->changed.wait_for(lock, patience, [this] { return shared_->ended; });
    }
    ended ? thread_.join() : thread_.detach();
}

std::optional<store::Refusal> JournalCheck::take() {
    const std::scoped_lock lock{shared_->mutex};
    return std::exchange(shared_->problem, std::nullopt);
}

} // namespace vigil::loop
