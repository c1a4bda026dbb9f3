#include "tests/unit/store/ward.hpp"

#include "store/crash_page.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <sys/resource.h>

using namespace vigil;
using vigil::testing::TempDir;

namespace {
constexpr model::Digest poison{1, 2, 3}, other{4, 5, 6};

std::optional<store::Suspect> reopened(TempDir const& dir) { return store::CrashPage::open(dir)->suspect(); }
} // namespace

TEST_CASE("a frame whose step never returned is the suspect of the next start") {
    const TempDir dir;
    {
        auto page = store::CrashPage::open(dir);
        REQUIRE(page);
        CHECK_FALSE(page->suspect());
        page->note_before_step(other, 0, 1);
        page->clear();
        page->note_before_step(poison, 2, 7);
        page->note_fatal_signal(SIGSEGV);
    }
    const auto suspect = reopened(dir);
    REQUIRE(suspect);
    CHECK(suspect->content == poison);
    CHECK(suspect->part == 2);
    CHECK(suspect->encounter == 7);
    CHECK(suspect->crashes == 1);
    CHECK(suspect->signal == SIGSEGV);

    SECTION("it stays so over a quiet restart") { CHECK(reopened(dir)->crashes == 1); }
    SECTION("and counts the second crash of the same frame") {
        store::CrashPage::open(dir)->note_before_step(poison, 2, 7);
        CHECK(reopened(dir)->crashes == 2);
    }
    SECTION("the same patient's crash counts, whatever was stepped") {
        {
            auto page = store::CrashPage::open(dir);
            page->note_before_step({}, 5, 0);
            page->note_evaluating(7);
            page->note_fatal_signal(SIGSEGV);
        }
        const auto again = reopened(dir);
        CHECK(again->encounter == 7);
        CHECK(again->crashes == 2);
        CHECK(again->faults == 2);
    }
    SECTION("a kill from outside is no fault") {
        store::CrashPage::open(dir)->note_before_step(poison, 2, 7);
        CHECK(reopened(dir)->faults == 1);
    }
    SECTION("another frame's crash begins a count of its own") {
        store::CrashPage::open(dir)->note_before_step(other, 0, 1);
        CHECK(reopened(dir)->content == other);
        CHECK(reopened(dir)->crashes == 1);
    }
    SECTION("until it is forgotten") {
        store::CrashPage::open(dir)->forget_suspect();
        CHECK_FALSE(reopened(dir));
    }
}

TEST_CASE("what was shown while the disk was sick outlives the process") {
    const TempDir dir;
    store::CrashPage::open(dir)->note_degraded({{1000}, {5000}, 17});
    auto page = store::CrashPage::open(dir);
    REQUIRE(page->degraded());
    CHECK(page->degraded()->from.ms == 1000);
    CHECK(page->degraded()->to.ms == 5000);
    CHECK(page->degraded()->shown == 17);
    page->forget_degraded();
    CHECK_FALSE(store::CrashPage::open(dir)->degraded());
}

TEST_CASE("the probe says whether the disk takes a write, and leaves nothing behind") {
    const TempDir dir;
    CHECK(store::probe_write(dir));
    CHECK(std::filesystem::is_empty(dir.path()));
    CHECK_FALSE(store::probe_write(dir.path() / "absent"));
}

TEST_CASE("the probe wants room for a start, not for itself") {
    const TempDir dir;
    rlimit whole{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &whole) == 0);
    const auto before = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit little{1U << 20, whole.rlim_max}; // stands for a disk with so much left
    REQUIRE(setrlimit(RLIMIT_FSIZE, &little) == 0);
    const bool taken = static_cast<bool>(store::probe_write(dir));
    REQUIRE(setrlimit(RLIMIT_FSIZE, &whole) == 0);
    std::signal(SIGXFSZ, before);
    CHECK_FALSE(taken);
}
