#include "loop/loop.hpp"

#include "loop/log.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace vigil::loop {

namespace {

constexpr std::chrono::milliseconds between_views{100};
constexpr unsigned state_every = 5; // seconds
constexpr int last_words_ms = 500;
constexpr std::size_t recalls_at_once = 4;
constexpr std::ptrdiff_t days_at_once = 64;
constexpr unsigned crashes_tolerated = 2;
constexpr unsigned survived_after = 60; // seconds without the crash that ended the last process
constexpr std::chrono::milliseconds alive_every{500};

core::Trouble trouble_of(Sickness why) {
    switch (why) {
    case Sickness::slow: return core::Trouble::disk_slow;
    case Sickness::full: return core::Trouble::disk_full;
    case Sickness::error: return core::Trouble::disk_error;
    }
    return core::Trouble::disk_error;
}

} // namespace

Loop::Loop(zmq::context_t& context, Settings const& settings, Recorder::Start start, LogClock clock,
           store::CrashPage& crash_page, Beginning const& beginning, Exchange& exchange, Surroundings& surroundings)
    : settings_{settings},
      exchange_{exchange},
      surroundings_{surroundings},
      crash_page_{crash_page},
      clock_{std::move(clock)},
      feed_{context, settings, beginning.epoch, exchange},
      recorder_{std::move(start), settings, crash_page, *this, beginning.epoch},
      ingest_{context, settings, recorder_, clock_, crash_page, beginning.epoch},
      commands_{context, settings, recorder_, clock_},
      beat_{settings, recorder_},
      recaller_{settings.journal},
      day_reader_{settings.journal},
      probe_{settings.journal},
      journal_check_{settings.journal} {
    begin(beginning);
}

void Loop::publish(Publication publication, bool recorded) { feed_.release(std::move(publication), recorded); }
void Loop::answer(FrameAnswer const& answer, bool durable) { ingest_.answer(answer, durable); }
void Loop::answer(CommandAnswer const& answer, bool durable) { commands_.answer(answer, durable); }

void Loop::begin(Beginning const& beginning) {
    const auto suspended = suspend_suspect();
    const auto at = clock_.now();
    recorder_.step(at, core::Started{beginning.epoch, beginning.down_for});
    if (suspended)
        recorder_.step(at, core::TroubleReported{core::Trouble::encounter_suspended, true, std::to_string(*suspended)});
    if (beginning.rules_changed) recorder_.step(at, core::RulesChanged{recorder_.rules()->digest});
    if (beginning.degraded) {
        auto const& d = *beginning.degraded;
        recorder_.step(at, core::Degraded{d.from, d.to, d.shown});
    }
    recorder_.settle(Steady::now());
    if (beginning.degraded && recorder_.committed_seq() == recorder_.last_seq()) crash_page_.forget_degraded();
    // What stands from before: in the journal, and shown as that.
    const bool recorded = recorder_.committed_seq() == recorder_.last_seq();
    for (auto& p : beat_.whole()) {
        if (recorded)
            append_recorded(p.bytes);
        else
            append_no_sequence(p.bytes);
        p.seq = 0; // a replay has it under the sequence it was journaled with
        exchange_.push(std::make_shared<Released const>(Released{std::move(p), recorded}));
    }
    ticked_to_ = at.ms / 1000;
    next_slice_ = next_second_ = Steady::now();
    speed_from_ = at;
    say_state();
}

// Whose evaluation ended the process twice is not evaluated again. Before time passes: that alone may be what does it.
std::optional<std::uint32_t> Loop::suspend_suspect() {
    const auto suspect = crash_page_.suspect();
    if (!suspect || suspect->faults < crashes_tolerated || suspect->encounter == 0) return std::nullopt;
    auto const& state = recorder_.engine().state();
    const auto encounter = suspect->encounter;
    if (encounter > state.encounters.size() || state.encounters[encounter - 1].suspended) return std::nullopt;
    log::error(
        fmt::format("encounter {} suspended after {} crashes while it was evaluated", encounter, suspect->faults));
    core::Quarantined out;
    out.encounter = encounter;
    recorder_.step(state.now, std::move(out));
    recorder_.settle(Steady::now());
    if (recorder_.committed_seq() == recorder_.last_seq()) crash_page_.forget_suspect();
    return encounter;
}

Ending Loop::run() {
    surroundings_.ready();
    recorder_.on_progress([this] {
        const auto now = Steady::now();
        if (now - alive_ < alive_every) return;
        alive_ = now;
        surroundings_.alive();
    });
    while (!stop_asked_) {
        wait_for_something(Steady::now());
        const auto now = Steady::now();
        commands_.take();
        tick(now);
        ingest_.take_live();
        ingest_.take_backlog();
        recall();
        read_days();
        recorder_.progress(now);
        beat(now);
        watch_disk(now);
        if (degraded_is_over(now)) {
            stop("restart_after_disk_trouble");
            return Ending::restart;
        }
        offer_view(now);
        take_wishes();
    }
    stop("operator");
    return Ending::asked;
}

void Loop::wait_for_something(Steady::time_point now) {
    const auto until_slice = std::chrono::ceil<std::chrono::milliseconds>(next_slice_ - now);
    auto timeout = recorder_.wait(now, std::clamp(until_slice, std::chrono::milliseconds{0}, Beat::slice_time));
    if (ingest_.has_backlog() || saying_) timeout = std::chrono::milliseconds{0};
    const short from_adapters = recorder_.full() ? short{0} : short{ZMQ_POLLIN};
    std::array<zmq::pollitem_t, 5> items{{
        {ingest_.socket().handle(), 0, from_adapters, 0},
        {commands_.socket().handle(), 0, from_adapters, 0},
        {feed_.socket().handle(), 0, ZMQ_POLLIN, 0},
        {nullptr, recorder_.descriptor(), ZMQ_POLLIN, 0},
        {nullptr, surroundings_.descriptor(), ZMQ_POLLIN, 0},
    }};
    zmq::poll(items.data(), items.size(), timeout);
    if ((items[2].revents & ZMQ_POLLIN) != 0) feed_.drop_subscriptions();
}

void Loop::tick(Steady::time_point) {
    if (clock_.is_driven()) return; // time passes in the step of what the feed brings
    const auto at = clock_.now();
    const auto second = at.ms / 1000;
    if (second <= ticked_to_) return;
    ticked_to_ = second;
    watch_clock();
    recorder_.step(at, core::Ticked{{second * 1000}});
}

void Loop::watch_clock() {
    const auto difference = std::abs(clock_.difference_ms());
    if (!clock_stepped_ && difference > LogClock::step_ms) {
        clock_stepped_ = true;
        log::warning(fmt::format("clock: UTC differs from log time by {} ms; slewing", clock_.difference_ms()));
    } else if (clock_stepped_ && difference < LogClock::settled_ms) {
        clock_stepped_ = false;
    } else {
        return;
    }
    recorder_.step(clock_.now(), core::TroubleReported{core::Trouble::clock_stepped, clock_stepped_, "utc"});
}

void Loop::beat(Steady::time_point now) {
    for (unsigned n = 0; now >= next_slice_ && n < Beat::slices; ++n) {
        beat_.slice();
        next_slice_ += Beat::slice_time;
    }
    next_slice_ = std::max(next_slice_, now);
    const bool beds = beat_.go_on(), streams = feed_.continue_digest();
    saying_ = beds || streams;
    if (now < next_second_) return;
    next_second_ = std::max(next_second_ + std::chrono::seconds{1}, now);
    each_second(now);
}

void Loop::each_second(Steady::time_point now) {
    const auto at = clock_.now();
    if (settings_.driven) {
        // Nothing has been heard yet at instant 0: what the first message says is no speed.
        speed_ = speed_from_.ms == 0 ? 0 : static_cast<double>((at - speed_from_).ms) / 1000;
        speed_from_ = at;
    }
    ingest_.look_for_lost(now);
    watch_journal();
    const auto mode = recorder_.engine().state().recovering ? Mode::recovering : Mode::running;
    const bool changed = recorder_.recording() && said_ != mode;
    if (changed || ++seconds_ % state_every == 0) say_state();
    feed_.begin_digest({at.ms, recorder_.committed_seq(), beat_.active_alerts(), recorder_.recording()});
    if (degraded_since_) crash_page_.note_degraded({*degraded_since_, at, recorder_.shown_unrecorded()});
    alive_ = now;
    surroundings_.alive();
    if (const auto suspect = crash_page_.suspect();
        seconds_ == survived_after && suspect && suspect->content == model::Digest{})
        crash_page_.forget_suspect();
}

void Loop::say_state() {
    auto mode = recorder_.engine().state().recovering ? Mode::recovering : Mode::running;
    if (!recorder_.recording()) mode = Mode::degraded;
    if (stop_asked_) mode = Mode::stopping;
    said_ = mode;
    beat_.daemon_state(mode, mode == Mode::degraded ? "journal_unavailable" : "", speed_);
}

void Loop::recall() {
    for (auto const& r : recorder_.take_unanswerable()) give_up(r);
    if (!recorder_.recording()) return;
    auto const& pending = recorder_.pending_recalls();
    // In the order they were asked for; each once everything it means is durable.
    // A few at a time: after a new source map there can be hundreds, and what they read waits in memory.
    while (recalls_asked_ < pending.size() && recaller_.asked() < recalls_at_once &&
           pending[recalls_asked_].up_to <= recorder_.committed_seq())
        recaller_.ask(pending[recalls_asked_++]);
    while (auto answer = recaller_.take()) {
        --recalls_asked_;
        if (answer->rows) {
            recorder_.step(clock_.now(), answer->rows->event, answer->rows->frames);
            continue;
        }
        auto const& why = answer->rows.refusal();
        log::error(fmt::format("recall: {}: {}", why.where, why.what));
        give_up(answer->plan.recall);
        recorder_.step(clock_.now(), core::TroubleReported{core::Trouble::journal_damaged, true, "recall"});
    }
}

// A patient is judged by what there is rather than not at all.
void Loop::give_up(core::Recall const& r) {
    recorder_.step(clock_.now(), core::Recalled{r.encounter.value, r.signal, r.from, r.to, {}});
}

// Days beyond what the state holds, some at a time; while the journal is not written nothing is asked, and the next
// start asks again.
void Loop::read_days() {
    for (auto& day : recorder_.take_asked_days()) days_asked_.push_back(std::move(day));
    if (!recorder_.recording()) return;
    while (auto read = day_reader_.take()) {
        if (!read->failed.empty())
            log::error(fmt::format("day {} of encounter {} cannot be scored from the journal: {}", read->asked.number,
                                   read->asked.encounter.value, read->failed));
        recorder_.step(clock_.now(), std::move(*read));
    }
    if (days_asked_.empty() || !day_reader_.idle()) return;
    const auto committed = [&](auto const& d) { return d.asked_by <= recorder_.committed_seq(); };
    const auto first_not = std::find_if_not(days_asked_.begin(), days_asked_.end(), committed);
    const auto n = std::min<std::ptrdiff_t>(first_not - days_asked_.begin(), days_at_once);
    if (n == 0) return;
    std::vector<Recorder::AskedDay> some(days_asked_.begin(), days_asked_.begin() + n);
    days_asked_.erase(days_asked_.begin(), days_asked_.begin() + n);
    day_reader_.ask(std::move(some), view());
}

void Loop::offer_view(Steady::time_point now) {
    if (now - view_made_ < between_views || !exchange_.view_wanted()) return;
    view_made_ = now;
    exchange_.offer(view());
}

ViewPtr Loop::view() const {
    auto view = std::make_shared<View>();
    view->state = without_readings(recorder_.engine().state());
    view->rules = recorder_.rules();
    view->committed_seq = recorder_.committed_seq();
    view->daemon_state = beat_.encoded_daemon_state();
    view->segment_bytes = recorder_.wal_bytes();
    view->commits = recorder_.commits();
    view->commit_p99_ms = recorder_.commit_p99_ms();
    view->active_alerts = beat_.active_alerts();
    view->said = ingest_.said();
    view->made = Steady::now();
    return view;
}

void Loop::watch_disk(Steady::time_point now) {
    if (!recorder_.recording()) return;
    if (const auto sick = recorder_.sickness(now)) enter_degraded(*sick);
}

// What was recorded long ago and is not what it was, and what cannot be put in its final form.
void Loop::watch_journal() {
    const auto tell = [this](char const* where) {
        recorder_.step(clock_.now(), core::TroubleReported{core::Trouble::journal_damaged, true, where});
    };
    if (journal_check_.take()) tell("sealed");
    if (const auto trouble = recorder_.take_sealing_trouble()) {
        log::error(fmt::format("journal: a segment cannot be sealed: {}", *trouble));
        tell("sealing");
    }
}

// Alerting goes on; nothing is called durable. The way out is a restart (design 5 "Sick or full disk").
void Loop::enter_degraded(Sickness why) {
    degraded_since_ = clock_.now();
    log::error("journal: not being written; alerting goes on unrecorded until the disk takes a write again");
    recorder_.stop_recording();
    crash_page_.note_degraded({*degraded_since_, *degraded_since_, recorder_.shown_unrecorded()});
    recorder_.step(clock_.now(), core::TroubleReported{trouble_of(why), true, "journal"});
    say_state();
}

bool Loop::degraded_is_over(Steady::time_point now) {
    if (recorder_.recording()) return false;
    probe_.progress(now);
    return probe_.succeeded();
}

void Loop::take_wishes() {
    switch (surroundings_.ask()) {
    case Surroundings::Ask::nothing: return;
    case Surroundings::Ask::stop: stop_asked_ = true; return;
    case Surroundings::Ask::reload:
        if (auto rules = surroundings_.reload();
            rules && recorder_.recording() && rules->digest != recorder_.rules()->digest) {
            log::notice("configuration: new rulebook, everything is evaluated again");
            recorder_.use(std::move(rules), clock_.now());
        }
        return;
    }
}

// Written once: intake has ended, what was taken is committed, then published, then everything closes.
void Loop::stop(std::string const& reason) {
    surroundings_.stopping();
    stop_asked_ = true;
    if (recorder_.recording()) {
        recorder_.snapshot_at_end();
        recorder_.step(clock_.now(), core::Stopping{reason});
        recorder_.settle(Steady::now());
    } else {
        crash_page_.note_degraded({*degraded_since_, clock_.now(), recorder_.shown_unrecorded()});
        recorder_.abandon();
    }
    // Sockets do not linger, except to say goodbye.
    for (auto* socket : {&feed_.socket(), &ingest_.socket(), &commands_.socket()})
        socket->set(zmq::sockopt::linger, last_words_ms);
    beat_.daemon_state(Mode::stopping, reason, speed_);
    feed_.begin_digest({clock_.now().ms, recorder_.committed_seq(), beat_.active_alerts(), recorder_.recording()});
    feed_.end_digest();
}

} // namespace vigil::loop
