#pragma once
// Receive → step → commit → acknowledge → publish. One thread owns every socket here and the engine; the commit thread
// owns the disk, the query thread owns the answers. Order in a turn: commands, tick, live frames, backlog.

#include "loop/beat.hpp"
#include "loop/clock.hpp"
#include "loop/commands.hpp"
#include "loop/day_reader.hpp"
#include "loop/feed.hpp"
#include "loop/ingest.hpp"
#include "loop/journal_check.hpp"
#include "loop/probe.hpp"
#include "loop/recaller.hpp"
#include "loop/recorder.hpp"

#include <functional>
#include <optional>
#include <string>

namespace vigil::loop {

// Why run() returned.
enum class Ending : std::uint8_t {
    asked,   // a planned stop: drained, committed, announced
    restart, // out of degraded mode: the disk takes writes again
};

// What the operating system is told and what it asks; daemon/app implements it, tests bring their own.
class Surroundings {
public:
    virtual ~Surroundings() = default;
    virtual int descriptor() const = 0; // readable when something is asked
    enum class Ask : std::uint8_t { nothing, stop, reload };
    virtual Ask ask() = 0;
    virtual Rules reload() = 0; // null when the configuration has mistakes, which were logged
    virtual void alive() = 0;   // the watchdog follows the loop, not the disk
    virtual void ready() = 0;
    virtual void stopping() = 0;
};

// From the journal to the first event: what a start has to say before anybody is heard.
struct Beginning {
    std::uint64_t epoch = 0;
    model::Duration down_for{};
    bool rules_changed = false;
    std::optional<store::DegradedSpan> degraded;
};

class Loop : private Outlet {
public:
    Loop(zmq::context_t& context, Settings const& settings, Recorder::Start start, LogClock clock,
         store::CrashPage& crash_page, Beginning const& beginning, Exchange& exchange, Surroundings& surroundings);

    Ending run();
    zmq::socket_t& ingest_socket() { return ingest_.socket(); }
    zmq::socket_t& command_socket() { return commands_.socket(); }
    zmq::socket_t& feed_socket() { return feed_.socket(); }

private:
    void publish(Publication publication, bool recorded) override;
    void answer(FrameAnswer const& answer, bool durable) override;
    void answer(CommandAnswer const& answer, bool durable) override;

    void begin(Beginning const& beginning);
    void wait_for_something(Steady::time_point now);
    void tick(Steady::time_point now);
    void beat(Steady::time_point now);
    void each_second(Steady::time_point now);
    void say_state();
    void watch_clock();
    void recall();
    void read_days();
    ViewPtr view() const;
    void give_up(core::Recall const& recall);
    std::optional<std::uint32_t> suspend_suspect();
    void offer_view(Steady::time_point now);
    void watch_disk(Steady::time_point now);
    void watch_journal();
    void enter_degraded(Sickness why);
    bool degraded_is_over(Steady::time_point now);
    void take_wishes();
    void stop(std::string const& reason);

    Settings const& settings_;
    Exchange& exchange_;
    Surroundings& surroundings_;
    store::CrashPage& crash_page_;
    LogClock clock_;
    Feed feed_;
    Recorder recorder_;
    Ingest ingest_;
    Commands commands_;
    Beat beat_;
    Recaller recaller_;
    DayReader day_reader_;
    std::vector<Recorder::AskedDay> days_asked_;
    Probe probe_;
    JournalCheck journal_check_;

    std::int64_t ticked_to_ = 0; // whole second of log time
    Steady::time_point next_slice_;
    Steady::time_point next_second_;
    bool saying_ = false; // the beat or the digest has more to say
    unsigned seconds_ = 0;
    bool clock_stepped_ = false;
    std::optional<Mode> said_;
    double speed_ = 0;
    model::LogTime speed_from_;
    std::optional<model::LogTime> degraded_since_;
    std::size_t recalls_asked_ = 0;
    Steady::time_point view_made_{};
    Steady::time_point alive_{};
    bool stop_asked_ = false;
};

} // namespace vigil::loop
