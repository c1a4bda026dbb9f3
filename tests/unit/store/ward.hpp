#pragma once
// A small seeded ward for the tests of the store: the real core and the shipped rules, its events and effects put into
// batches.

#include "core/model/canonical.hpp"
#include "core/step.hpp"
#include "store/batch.hpp"
#include "store/commit_thread.hpp"
#include "store/recovery.hpp"

#include <filesystem>
#include <memory>
#include <random>
#include <string>

namespace vigil::testing {

// Sanitizers look at every access and need a tenth of the states to see them all; the full number runs in the release
// build.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define VIGIL_SANITIZED
#endif
#endif
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__) || defined(VIGIL_SANITIZED)
inline constexpr unsigned share_of_states = 10;
#else
inline constexpr unsigned share_of_states = 1;
#endif

// Removed when it goes out of scope.
class TempDir {
public:
    TempDir();
    ~TempDir() { std::filesystem::remove_all(path_); }
    TempDir(TempDir const&) = delete;
    TempDir& operator=(TempDir const&) = delete;
    std::filesystem::path const& path() const { return path_; }
    operator std::filesystem::path const&() const { return path_; }

private:
    std::filesystem::path path_;
};

// config/ as it is shipped.
std::shared_ptr<core::Rulebook const> shipped_rulebook();
// Knows the bytes of shipped_rulebook and no others.
store::RulebookFromBytes rulebooks();

inline constexpr model::LogTime first_instant{1'790'000'000'000};

struct Message {
    std::uint64_t number = 0;
    int bed = 0;
    int readings = 0;
    model::LogTime at;
    std::string_view code = {}; // of all readings, instead of the usual ones
    bool names_visit = true;    // else only the bed says whose they are
};

class Ward {
public:
    explicit Ward(unsigned seed, int beds = 4);
    // Goes on after a recovery.
    Ward(store::Recovered const& recovered, unsigned seed, int beds = 4);

    core::Engine& engine() { return engine_; }
    std::uint64_t next_seq() const { return next_seq_; }
    std::vector<store::RecallPlan>& pending() { return pending_; }

    // A first batch: opens the segment, starts, admits.
    store::Batch opening();
    void open_segment(store::Batch& batch);
    void snapshot(store::Batch& batch);
    void start(store::Batch& batch);
    // One second of every bed: a tick, a frame each, now and then an odd reading.
    void second(store::Batch& batch);
    void step(store::Batch& batch, core::What what, std::vector<core::Event> const& recalled = {});
    void tick(store::Batch& batch, model::Duration passed = model::seconds(1));
    model::LogTime now() const { return now_; }
    // A new message of a bed; sending it again gives the same frame and is recognised.
    Message message(int bed);
    bool send(store::Batch& batch, Message const& message); // false: taken before

private:
    model::Frame frame(Message const& message) const;

    std::shared_ptr<core::Rulebook const> rules_;
    core::Engine engine_;
    std::vector<store::RecallPlan> pending_;
    std::mt19937 random_;
    int beds_;
    std::uint64_t next_seq_ = 1;
    std::uint64_t messages_ = 0;
    model::LogTime now_ = first_instant;
};

// What a nurse saw of the patient in bed 1.
core::Attested mean_pressure_seen(model::EventTime when);

store::Options options_for(std::filesystem::path const& directory);
// Submits, waits, and returns what came back; fails the test when it was not committed.
store::Committed commit(store::CommitThread& thread, store::Batch batch);
store::Recovered recovered(store::Options const& options);
// The hash of every byte of every file, by name.
std::string fingerprint(std::filesystem::path const& directory);
void flip_bit(std::filesystem::path const& file, std::uint64_t bit);

} // namespace vigil::testing
