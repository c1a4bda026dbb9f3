#pragma once
// Step, commit, release: an event is stepped at once, it and its effects wait for one transaction, and what they say
// leaves when that is durable. There is no state in which a reading is safe and its alert is not.

#include "core/step.hpp"
#include "loop/held.hpp"
#include "loop/limits.hpp"
#include "loop/settings.hpp"
#include "store/batch.hpp"
#include "store/commit_thread.hpp"
#include "store/crash_page.hpp"
#include "store/recall.hpp"

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace vigil::v1 {
class Envelope;
}

namespace vigil::loop {

using Rules = std::shared_ptr<core::Rulebook const>;

// Why the journal is not being written.
enum class Sickness : std::uint8_t { slow, full, error };

class Recorder : private core::Witness {
public:
    struct Start {
        core::Engine engine;
        Rules rules;
        store::Journal journal;
        std::uint64_t next_seq = 1;
        std::vector<store::RecallPlan> pending;
        std::optional<store::Opening> opening; // the first batch opens a segment with it
        Steady::duration replay_took{};        // of the start: what the next would take, too
    };
    Recorder(Start start, Settings const& settings, store::CrashPage& crash_page, Outlet& outlet, std::uint64_t epoch);
    ~Recorder() override;

    // Steps what happened at `at`. The effects stay valid until the next step; publications are made of them here.
    struct Stepped {
        std::uint64_t seq = 0;
        std::vector<core::Effect> const& effects;
    };
    Stepped step(model::LogTime at, core::What what, std::vector<core::Event> const& recalled = {});
    // The same for a frame, whose buffers are given back.
    Stepped step(model::LogTime at, model::Frame& frame);

    // Leaves after everything stepped so far is durable.
    void hold(FrameAnswer answer);
    void hold(CommandAnswer answer);
    void hold(Publication publication);
    // Commit without the 10 ms wait.
    void hurry() { urgent_ = true; }

    // Takes what the commit thread returned, releases what may leave, hands over what is due.
    void progress(Steady::time_point now);
    // How long `progress` may be left alone, at most `otherwise`.
    std::chrono::milliseconds wait(Steady::time_point now, std::chrono::milliseconds otherwise) const;
    bool full() const;
    // Hands over and waits until everything is durable or failed.
    void settle(Steady::time_point now);
    int descriptor() const { return commits_.descriptor(); }

    // A new rulebook: seals the segment and re-evaluates everything.
    void use(Rules rules, model::LogTime at);
    // Ends recording for good: what waits leaves as not recorded, and so does everything after.
    void stop_recording();
    bool recording() const { return recording_; }
    std::optional<Sickness> sickness(Steady::time_point now) const;
    // The disk hangs: do not wait for it when this ends.
    void abandon() { commits_.abandon(); }
    std::optional<std::string> take_sealing_trouble() { return commits_.take_sealing_trouble(); }
    // The last batch ends with a snapshot, so that the next start has nothing to step again.
    void snapshot_at_end() { snapshot_due_ = true; }

    // Called again and again while one step goes on: each time an encounter more has been looked at.
    void on_progress(std::function<void()> told) { on_progress_ = std::move(told); }
    // Recalls that no row will answer, as the journal is not read any more: to be given up. Each once.
    std::vector<core::Recall> take_unanswerable() { return std::exchange(unanswerable_, {}); }

    // Days that are to be scored from the journal, once everything up to `asked_by` is in it.
    struct AskedDay {
        core::DayAsked day;
        std::uint64_t asked_by = 0;
    };
    std::vector<AskedDay> take_asked_days() { return std::exchange(asked_days_, {}); }

    core::Engine const& engine() const { return engine_; }
    Rules const& rules() const { return rules_; }
    std::uint64_t last_seq() const { return next_seq_ - 1; }
    std::uint64_t committed_seq() const { return committed_seq_; }
    std::vector<store::RecallPlan> const& pending_recalls() const { return pending_; }
    std::uint64_t shown_unrecorded() const { return shown_unrecorded_; }
    std::uint64_t commits() const { return commits_done_; }
    double commit_p99_ms() const;
    std::uint64_t wal_bytes() const { return wal_bytes_; }
    void head(v1::Envelope& envelope, std::uint64_t seq, std::int64_t log_time_ms) const;
    Publication publication(struct PublicationOf const& of, v1::Envelope const& envelope) const;

private:
    void evaluating(model::EncounterId encounter) noexcept override { crash_page_.note_evaluating(encounter.value); }
    void evaluated() noexcept override;
    void keep(core::Event const& event);
    void poisoned_time();
    void publish_effect(core::Effect const& effect, core::Event const& event, std::uint64_t seq);
    void release(Held& held, bool durable);
    void release_committed();
    void take_completions();
    void hand_over(Steady::time_point now);
    bool due(Steady::time_point now) const;
    bool wants_snapshot() const;
    bool rotates_now() const;
    std::string snapshot();
    store::Opening opening();

    core::Engine engine_;
    Rules rules_;
    Settings const& settings_;
    store::CrashPage& crash_page_;
    Outlet& outlet_;
    std::uint64_t epoch_;
    store::CommitThread commits_;

    std::uint64_t next_seq_;
    std::uint64_t committed_seq_;
    store::Batch batch_;
    std::vector<store::Batch> spare_;
    std::uint64_t next_batch_ = 1;
    bool urgent_ = false;
    bool rotation_due_ = false;
    bool snapshot_due_ = false;
    std::optional<Steady::time_point> first_waiting_;
    std::vector<core::Effect> effects_;
    core::Event event_;
    std::vector<store::RecallPlan> pending_;
    std::vector<core::Recall> unanswerable_;
    std::vector<AskedDay> asked_days_;
    std::function<void()> on_progress_;
    std::deque<Held> held_;
    std::unique_ptr<v1::Envelope> envelope_;

    bool recording_ = true;
    std::optional<Sickness> failed_;
    std::uint64_t shown_unrecorded_ = 0;
    Steady::duration stepped_since_snapshot_{}, snapshot_took_{};
    std::size_t last_snapshot_bytes_ = 0;
    std::uint64_t batch_of_snapshot_ = 0;
    std::uint64_t commits_done_ = 0;
    std::uint64_t wal_bytes_ = 0;
    std::array<double, 1'024> took_ms_{};
};

// What a publication needs beside its envelope.
struct PublicationOf {
    wire::TopicClass cls{};
    std::string const& unit;
    std::string const& bed;
    std::string const& key;
    std::string const& slot;
    Keep keep = Keep::nothing;
    std::uint64_t seq = 0;
};

} // namespace vigil::loop
