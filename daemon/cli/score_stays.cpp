#include "cli/score_stays.hpp"

#include "cli/session.hpp"
#include "cli/table_file.hpp"
#include "core/scores/course.hpp"
#include "core/scores/definition.hpp"

#include <algorithm>
#include <limits>

namespace vigil::cli {

using model::Duration;
using model::EventTime;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr Duration minutes_stay = model::hours(12);    // longer than needed: many are dropped together
constexpr std::uint64_t sweep_every = 100'000;         // rows
constexpr std::uint64_t untouched_rows = 500'000;      // in a file sorted by encounter: the stay is over
constexpr Duration untouched_time = model::hours(168); // in a file sorted by time
constexpr std::size_t most_named = 10;

EventTime hour_after(EventTime t) { return {(t.ms / hour_ms + (t.ms % hour_ms < 0 ? 0 : 1)) * hour_ms}; }

} // namespace

Stays::Stays(ScoreJob const& job, core::Rulebook const& rules, ScoreTable& table, Order order)
    : job_{job},
      rules_{rules},
      table_{table},
      retention_{rules.retention},
      keys_{scores::with_course(job.scores, rules)},
      order_{order} {
    // What is evaluated late needs the windows of its own instant.
    retention_.keep_whole = retention_.keep_whole + lateness;
    retention_.keep_creatinine = retention_.keep_creatinine + lateness;
    retention_.keep_sepsis = retention_.keep_sepsis + lateness;
    retention_.keep_minutes = retention_.keep_minutes + lateness;
    retention_.raw_samples = order == Order::any ? std::numeric_limits<std::uint32_t>::max() : 2'000;
    if (job.deciding) table.show_deciding();
    if (job.codes) table.show_codes();
    if (std::any_of(job.scores.begin(), job.scores.end(),
                    [](model::ScoreKey const& k) { return scores::definition(k.id).meanings; }))
        table.show_meanings();
    for (auto const& key : job.scores) definitions_.push_back(scores::definition_name(rules, key));
    for (auto const& key : keys_)
        for (auto signal : scores::definition(key.id).signals) read_.set(static_cast<std::size_t>(signal));
}

// Evidence costs time, and only the deciding reading is shown of it.
scores::Memory Stays::memory() const {
    using Evidence = scores::Memory::Evidence;
    return scores::Memory{keys_, job_.deciding || job_.show ? Evidence::wanted : Evidence::unwanted};
}

Stay& Stays::find(std::string_view name) {
    if (last_ != nullptr && same_text(last_->name, name)) return *last_;
    const auto number = names_.of(name);
    if (number == stays_.size()) {
        auto& slot = stays_.emplace_back(std::make_unique<Stay>());
        slot->name = name;
        slot->cell = csv_cell(name);
        slot->memory.emplace(memory());
        if (const auto f = job_.stays.find(name); f != job_.stays.end()) slot->facts = f->second;
        if (const auto g = job_.grid.find(name); g != job_.grid.end()) slot->grid = &g->second;
        open_.push_back(slot.get());
    }
    last_ = stays_[number].get();
    return *last_;
}

model::Inserted Stays::take(Stay& stay, model::Signal signal, model::SignalKind kind, model::Sample const& sample,
                            std::uint64_t row) {
    if (stay.closed || (stay.evaluated && sample.time <= *stay.evaluated)) {
        overtaken_ = true;
        return model::Inserted::behind_horizon;
    }
    if (!stay.any) {
        stay.any = true;
        stay.opened = stay.newest = stay.forgotten = stay.minutes_forgotten = sample.time;
    }
    stay.opened = std::min(stay.opened, sample.time);
    if (sample.time + lateness < newest_ && newest_ - sample.time > untouched_time) by_time_ = false;
    newest_ = std::max(newest_, sample.time);
    // Everything that may still be late for an instant is in before it is evaluated.
    if (order_ == Order::any) {
        stay.newest = std::max(stay.newest, sample.time);
    } else if (sample.time > stay.newest) {
        stay.newest = sample.time;
        if (job_.at != At::events) advance(stay, sample.time - lateness);
        if (sample.time - stay.forgotten > model::hours(1)) {
            // What the course rests on is forgotten now.
            const auto settled = sample.time - lateness;
            if (stay.opened <= settled) follow_sofa(stay, stay.patient(stay.opened), settled);
            forget(stay, sample.time);
            stay.forgotten = sample.time;
        }
    }
    stay.touched = row;
    // What no score reads is checked like the rest, and not kept.
    auto done = model::Inserted::added;
    if (read_.test(static_cast<std::size_t>(signal)))
        done = stay.memory->insert(stay.timeline, signal, kind, sample, stay.newest, retention_);
    if (order_ == Order::by_time && done == model::Inserted::behind_horizon) overtaken_ = true; // summed up already
    if (job_.at == At::events) evaluate_event(stay, signal, model::may_re_time(sample) ? stay.opened : sample.time);
    if (order_ == Order::by_time && row - swept_ >= sweep_every) let_go(row);
    return done;
}

void Stays::note_refused(Stay& stay, core::Refusal const& refusal) {
    const bool later = job_.instant && refusal.time > *job_.instant;
    if (job_.show && !later) core::note(stay.refusals, refusal);
}

void Stays::forget(Stay& stay, EventTime now) {
    auto keep = retention_;
    const bool minutes = now - stay.minutes_forgotten > minutes_stay;
    if (minutes)
        stay.minutes_forgotten = now;
    else
        keep.keep_minutes = keep.keep_minutes + minutes_stay + minutes_stay;
    // Nothing is older than the earliest reading.
    if (now - stay.opened >= std::min(keep.keep_whole, keep.keep_minutes))
        stay.memory->forget(stay.timeline, now, keep);
}

void Stays::evaluate(Stay& stay, EventTime at) {
    stay.evaluated = at;
    const auto patient = stay.patient(stay.any ? stay.opened : at);
    follow_sofa(stay, patient, at);
    if (job_.show) {
        std::vector<model::Score> all;
        for (std::size_t i = 0; i < job_.scores.size(); ++i) {
            all.push_back(stay.memory->score(i, patient, at, rules_));
            core::append_refusals(all.back(), stay.refusals, at);
        }
        return job_.show(stay.name, std::move(all));
    }
    for (std::size_t i = 0; i < job_.scores.size(); ++i)
        table_.rows(stay.cell, at, definitions_[i], job_.scores[i].id,
                    stay.memory->parts(i, patient, at, rules_).parts);
}

void Stays::follow_sofa(Stay& stay, scores::Patient const& patient, EventTime to) {
    if (keys_.size() == job_.scores.size()) return;
    const auto from = stay.followed.value_or(std::min(stay.any ? stay.opened : to, to));
    if (from > to) return;
    scores::follow_course(*stay.memory, job_.scores.size(), patient, stay.timeline, from, to, rules_, retention_);
    stay.followed = to;
}

// After each reading, as of the newest: what cannot have changed is not computed again.
void Stays::evaluate_event(Stay& stay, model::Signal signal, EventTime told) {
    const auto patient = stay.patient(stay.opened);
    // What comes late changes the course from its own time on.
    if (stay.followed && told < *stay.followed)
        stay.followed = scores::take_course_out(stay.timeline, told, *stay.followed);
    follow_sofa(stay, patient, stay.newest);
    const bool first = stay.shown.empty();
    stay.shown.resize(job_.scores.size());
    for (std::size_t i = 0; i < job_.scores.size(); ++i) {
        auto& score = stay.shown[i];
        const bool due = first || scores::reads(job_.scores[i].id, signal) || scores::reads_course(job_.scores[i].id) ||
                         (score.next_change && *score.next_change <= stay.newest);
        if (due) score = stay.memory->score(i, patient, stay.newest, rules_);
        table_.rows(stay.cell, stay.newest, definitions_[i], score.key.id, score.parts);
    }
}

// Evaluates the instants up to and including `until`.
void Stays::advance(Stay& stay, EventTime until) {
    if (job_.at == At::grid) {
        if (stay.grid == nullptr) return;
        while (stay.next_in_grid < stay.grid->size() && (*stay.grid)[stay.next_in_grid] <= until)
            evaluate(stay, (*stay.grid)[stay.next_in_grid++]);
        return;
    }
    if (job_.at == At::last) {
        if (job_.instant && !stay.evaluated && *job_.instant <= until) evaluate(stay, *job_.instant);
        return;
    }
    if (!stay.any) return;
    if (!stay.next) {
        if (hour_after(stay.opened) > until) return;
        stay.next = hour_after(stay.opened);
    }
    for (; *stay.next <= until; stay.next = *stay.next + Duration{hour_ms}) evaluate(stay, *stay.next);
}

void Stays::close(Stay& stay) {
    if (stay.closed) return;
    if (job_.at == At::last && !stay.evaluated && (job_.instant || stay.any))
        evaluate(stay, job_.instant ? *job_.instant : stay.newest);
    if (job_.at == At::hourly && stay.any) advance(stay, hour_after(stay.newest));
    if (job_.at == At::grid && stay.grid != nullptr && !stay.grid->empty()) advance(stay, stay.grid->back());
    stay.closed = true;
    stay.timeline = model::Timeline{};
    stay.memory.reset();
    stay.shown.clear();
}

void Stays::let_go(std::uint64_t row) {
    swept_ = row;
    std::erase_if(open_, [&](Stay* s) {
        const bool over = by_time_ ? newest_ - s->newest > untouched_time : row - s->touched > untouched_rows;
        if (over && s != last_) close(*s);
        return s->closed;
    });
}

void Stays::finish() {
    for (auto const& s : stays_) close(*s);
    std::string unread; // a name that was mistyped looks like a stay of which nothing was measured
    std::size_t count = 0;
    for (auto const& [name, times] : job_.grid) {
        if (names_.contains(name)) continue;
        if (++count <= most_named) unread += (unread.empty() ? "" : ", ") + name;
        Stay nothing;
        nothing.name = name;
        nothing.cell = csv_cell(name);
        nothing.memory.emplace(memory());
        for (auto t : times) evaluate(nothing, t);
    }
    if (count > 0)
        complain("no reading of " + std::to_string(count) + " of the grid's stays: " + unread +
                 (count > most_named ? ", ..." : ""));
}

} // namespace vigil::cli
