#include "store/crash_page.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace vigil::store {

namespace {

constexpr std::uint64_t magic = 0x3147'5041'5243'4756ULL; // "VGCRAPG1"
constexpr std::size_t page_size = 4096;

struct FrameKey {
    model::Digest content;
    std::uint32_t part;
    std::uint32_t encounter;
    // The same frame, the same kind of event, or the same patient, whatever brought the step about.
    bool same(FrameKey const& o) const {
        return (content == o.content && part == o.part) || (encounter != 0 && encounter == o.encounter);
    }
};

} // namespace

// Fields are written first and their flag last, so that a process that dies between leaves the flag as it was.
struct CrashPage::Layout {
    std::uint64_t magic;
    std::atomic<std::uint32_t> stepping;
    std::atomic<std::int32_t> signal;
    FrameKey current;
    std::atomic<std::uint32_t> suspected; // crashes counted
    std::int32_t suspect_signal;
    FrameKey suspect;
    std::atomic<std::uint32_t> degraded;
    std::uint32_t unused;
    std::int64_t from_ms, to_ms;
    std::uint64_t shown;
    std::uint32_t faults; // of `suspected`
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

Result<CrashPage> CrashPage::open(std::filesystem::path const& directory) {
    const auto path = directory / "crash.page";
    const auto refused = [&](int code) { return Refusal{Refusal::Why::io, path.string(), std::strerror(code)}; };
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0) return refused(errno);
    // The blocks are there from now on: a store to the page never needs the disk to be well.
    if (const int code = posix_fallocate(fd, 0, page_size); code != 0) {
        close(fd);
        return refused(code);
    }
    void* memory = mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    const int code = errno;
    close(fd);
    if (memory == MAP_FAILED) return refused(code);
    auto* page = static_cast<Layout*>(memory);
    if (page->magic != magic) {
        std::memset(memory, 0, page_size);
        page->magic = magic;
    }
    if (page->stepping.exchange(0) != 0) {
        const bool again = page->suspected != 0 && page->suspect.same(page->current);
        const auto crashes = again ? page->suspected + 1 : 1;
        page->faults = (again ? page->faults : 0) + (page->signal != 0 ? 1U : 0U);
        page->suspect = page->current;
        page->suspect_signal = page->signal;
        page->suspected = crashes;
    }
    page->signal = 0;
    return CrashPage{page};
}

CrashPage::CrashPage(CrashPage&& other) noexcept
    : page_{std::exchange(other.page_, nullptr)} {}
CrashPage& CrashPage::operator=(CrashPage&& other) noexcept {
    std::swap(page_, other.page_);
    return *this;
}
CrashPage::~CrashPage() {
    if (page_ != nullptr) munmap(page_, page_size);
}

void CrashPage::note_before_step(model::Digest const& content, std::uint32_t part, std::uint32_t encounter) {
    page_->current = {content, part, encounter};
    page_->stepping.store(1, std::memory_order_release);
}

void CrashPage::note_evaluating(std::uint32_t encounter) noexcept {
    std::atomic_ref{page_->current.encounter}.store(encounter, std::memory_order_relaxed);
}

void CrashPage::clear() { page_->stepping.store(0, std::memory_order_release); }

std::optional<Suspect> CrashPage::suspect() const {
    if (page_->suspected == 0) return std::nullopt;
    return Suspect{page_->suspect.content, page_->suspect.part, page_->suspect.encounter,
                   page_->faults,          page_->suspected,    page_->suspect_signal};
}

void CrashPage::forget_suspect() { page_->suspected = 0; }

void CrashPage::note_fatal_signal(int signal) noexcept { page_->signal.store(signal, std::memory_order_relaxed); }

void CrashPage::note_degraded(DegradedSpan const& span) {
    page_->from_ms = span.from.ms;
    page_->to_ms = span.to.ms;
    page_->shown = span.shown;
    page_->degraded.store(1, std::memory_order_release);
}

std::optional<DegradedSpan> CrashPage::degraded() const {
    if (page_->degraded == 0) return std::nullopt;
    return DegradedSpan{{page_->from_ms}, {page_->to_ms}, page_->shown};
}

void CrashPage::forget_degraded() { page_->degraded = 0; }

} // namespace vigil::store
