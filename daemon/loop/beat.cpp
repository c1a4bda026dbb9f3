#include "loop/beat.hpp"

#include "wire/publication.hpp"

#include "vigil/v1/envelope.pb.h"

namespace vigil::loop {

namespace {

constexpr unsigned beds_at_once = 32;               // for some half a millisecond
constexpr unsigned status_every = 5 * Beat::slices; // each bed and source says how fresh it is every five seconds

bool in_bed(core::Encounter const& e) { return e.bed.value != 0 && !e.ended && !e.merged_into; }

std::uint32_t active(alerts::Standing const& standing) {
    std::uint32_t n = 0;
    for (auto const& a : standing.alerts) n += a.signal != alerts::SignalState::closed ? 1U : 0U;
    return n;
}

} // namespace

Beat::Beat(Settings const& settings, Recorder& recorder)
    : settings_{settings},
      recorder_{recorder},
      envelope_{std::make_unique<v1::Envelope>()},
      daemon_{std::make_unique<v1::DaemonState>()} {}

Beat::~Beat() = default;

void Beat::start(std::uint64_t seq) {
    envelope_->Clear();
    recorder_.head(*envelope_, seq, recorder_.engine().state().now.ms);
}

bool Beat::observations(core::Encounter const& e, bool all, Publication& out) {
    auto& shown = shown_[e.id.value];
    SignalSet included;
    for (std::size_t i = 0; i < model::signal_count; ++i) {
        auto const& newest = e.newest[i];
        if (!newest.seen) continue;
        const Shown now{newest.time.ms,
                        newest.value.kind == model::Value::Kind::number
                            ? newest.value.number.mantissa
                            : -1 - static_cast<std::int64_t>(newest.value.word),
                        true};
        if (!all && shown[i] == now) continue;
        shown[i] = now;
        if (included.none()) {
            start(0);
            envelope_->mutable_obs()->set_encounter(e.pseudonym);
        }
        included.set(i);
        auto& value = *envelope_->mutable_obs()->add_values();
        wire::write_observed(static_cast<model::Signal>(i), newest, value);
        if (newest.time.ms > envelope_->event_time_ms()) envelope_->set_event_time_ms(newest.time.ms);
    }
    if (included.none()) return false;
    const auto to = wire::observations_address(e, {recorder_.engine().state(), *recorder_.rules()});
    out = recorder_.publication({to.cls, to.unit, to.bed, to.key, to.slot, Keep::merge, 0}, *envelope_);
    out.signals = included;
    return true;
}

Publication Beat::bed_status(core::Encounter const& e) {
    start(0);
    const auto to = wire::write_bed_status(e, {recorder_.engine().state(), *recorder_.rules()}, *envelope_);
    return recorder_.publication({to.cls, to.unit, to.bed, to.key, to.slot, Keep::put, 0}, *envelope_);
}

Publication Beat::source_status(core::Source const& source) {
    start(0);
    const auto to = wire::write_source_status(source, {recorder_.engine().state(), *recorder_.rules()}, *envelope_);
    return recorder_.publication({to.cls, to.unit, to.bed, to.key, to.slot, Keep::put, 0}, *envelope_);
}

void Beat::slice() {
    while (go_on()) {
    }
    ++turn_;
    next_bed_ = turn_ % slices;
    sliced_ = false;
}

void Beat::say(core::Encounter const& e, std::size_t index) {
    if (!in_bed(e)) {
        shown_.erase(e.id.value);
        return;
    }
    Publication out;
    if (observations(e, false, out)) recorder_.hold(std::move(out));
    if ((turn_ / slices + index) % (status_every / slices) == 0) recorder_.hold(bed_status(e));
}

bool Beat::go_on() {
    if (sliced_) return false;
    auto const& state = recorder_.engine().state();
    for (unsigned n = 0; n < beds_at_once && next_bed_ < state.encounters.size(); ++n, next_bed_ += slices)
        say(state.encounters[next_bed_], next_bed_);
    if (next_bed_ < state.encounters.size()) return true;
    sliced_ = true;
    for (std::size_t i = turn_ % status_every; i < state.sources.size(); i += status_every)
        if (!state.sources[i].kind.empty()) recorder_.hold(source_status(state.sources[i]));
    return true;
}

void Beat::daemon_state(Mode mode, std::string const& reason, double clock_speed) {
    daemon_->set_state(static_cast<v1::DaemonState::State>(static_cast<int>(mode) + 1));
    daemon_->set_reason(reason);
    daemon_->set_clock_speed(clock_speed);
    daemon_->set_driven(settings_.driven);
    start(0);
    *envelope_->mutable_daemon() = *daemon_;
    envelope_->set_event_time_ms(envelope_->log_time_ms());
    const std::string bed{wire::no_place}, key{"state"};
    recorder_.hold(
        recorder_.publication({wire::TopicClass::sys, settings_.unit, bed, key, key, Keep::put, 0}, *envelope_));
}

std::string Beat::encoded_daemon_state() const { return daemon_->SerializeAsString(); }

std::uint32_t Beat::active_alerts() const {
    auto const& state = recorder_.engine().state();
    std::uint32_t n = active(state.technical);
    for (auto const& s : state.sources) n += active(s.alerts);
    for (auto const& e : state.encounters) n += active(e.alerts);
    return n;
}

std::vector<Publication> Beat::whole() {
    std::vector<Publication> out;
    auto const& state = recorder_.engine().state();
    const wire::Words words{state, *recorder_.rules()};
    const auto seq = recorder_.last_seq();
    const auto add = [&](wire::Address const& to) {
        out.push_back(recorder_.publication({to.cls, to.unit, to.bed, to.key, to.slot, Keep::put, seq}, *envelope_));
    };
    const auto add_alerts = [&](alerts::Standing const& standing) {
        for (auto const& a : standing.alerts) {
            if (a.signal == alerts::SignalState::closed) continue;
            start(seq);
            add(wire::write_alert(a, words, *envelope_));
        }
    };
    add_alerts(state.technical);
    for (auto const& s : state.sources) {
        add_alerts(s.alerts);
        if (!s.kind.empty()) out.push_back(source_status(s));
    }
    for (auto const& e : state.encounters) {
        add_alerts(e.alerts);
        if (e.ended || e.merged_into) continue;
        if (in_bed(e)) {
            core::BedChanged there;
            there.kind = core::BedChanged::Kind::admitted;
            there.encounter = e.id;
            there.bed = e.bed;
            there.when = e.stays.empty() ? e.opened : e.stays.back().from;
            start(seq);
            add(wire::write_bed_event(there, words, *envelope_));
        }
        for (auto const& score : e.shown) {
            if (score.parts.empty()) continue;
            start(seq);
            add(wire::write_score(e.id, e.bed, score, false, words, *envelope_));
        }
        if (!in_bed(e)) continue;
        Publication obs;
        if (observations(e, true, obs)) out.push_back(std::move(obs));
        out.push_back(bed_status(e));
    }
    return out;
}

} // namespace vigil::loop
