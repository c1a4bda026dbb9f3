#include "loop/exchange.hpp"

namespace vigil::loop {

void Exchange::push(ReleasedPtr released) {
    const std::scoped_lock lock{mutex_};
    fresh_.push_back(std::move(released));
}

bool Exchange::view_wanted() const {
    const std::scoped_lock lock{mutex_};
    return wanted_;
}

void Exchange::offer(ViewPtr view) {
    {
        const std::scoped_lock lock{mutex_};
        view_ = std::move(view);
        wanted_ = false;
    }
    offered_.notify_all();
}

std::deque<ReleasedPtr> Exchange::drain() {
    const std::scoped_lock lock{mutex_};
    return std::exchange(fresh_, {});
}

ViewPtr Exchange::view(std::chrono::steady_clock::time_point not_before, std::chrono::milliseconds patience) {
    std::unique_lock lock{mutex_};
    const auto fresh = [&] { return view_ != nullptr && view_->made >= not_before; };
    if (fresh()) return view_;
    wanted_ = true;
    offered_.wait_for(lock, patience, fresh);
    return view_;
}

core::State without_readings(core::State const& state) {
    core::State out;
    out.now = state.now;
    out.epoch = state.epoch;
    out.recovering = state.recovering;
    out.channels = state.channels;
    out.channel_counts = state.channel_counts;
    out.subjects = state.subjects;
    out.beds = state.beds;
    out.refused = state.refused;
    out.troubles = state.troubles;
    for (auto const& s : state.sources) {
        auto& copy = out.sources.emplace_back();
        copy.name = s.name;
        copy.kind = s.kind;
        copy.state = s.state;
        copy.spool_empty = s.spool_empty;
        copy.connections = s.connections;
        copy.last_frame = s.last_frame;
        copy.clock_offset = s.clock_offset;
        copy.messages = s.messages;
        copy.refused = s.refused;
        copy.malformed = s.malformed;
        copy.duplicates = s.duplicates;
    }
    out.encounters.reserve(state.encounters.size());
    for (auto const& e : state.encounters) {
        auto& copy = out.encounters.emplace_back();
        copy.id = e.id;
        copy.pseudonym = e.pseudonym;
        copy.visit = e.visit;
        copy.patients = e.patients;
        copy.bed = e.bed;
        copy.opened = e.opened;
        copy.closed = e.closed;
        copy.ended = e.ended;
        copy.implied = e.implied;
        copy.movements = e.movements;
        copy.stays = e.stays;
        copy.age_years = e.age_years;
        copy.sex = e.sex;
        copy.merged_into = e.merged_into;
        copy.suspended = e.suspended;
        copy.recomputing = e.recomputing;
        copy.last_data = e.last_data;
    }
    for (auto const& [key, u] : state.unassigned) {
        auto& copy = out.unassigned[key];
        copy.readings = u.readings;
        copy.reason = u.reason;
        copy.first = u.first;
        copy.last = u.last;
        copy.claimed_for = u.claimed_for;
        copy.claimed_until = u.claimed_until;
    }
    return out;
}

} // namespace vigil::loop
