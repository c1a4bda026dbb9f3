#include "core/scores/memory.hpp"

#include "core/scores/notes.hpp"

#include <limits>
#include <utility>

namespace vigil::scores {

using model::EventTime;
using model::SignalSet;

namespace {

constexpr EventTime at_once{std::numeric_limits<std::int64_t>::min()};
constexpr auto never = Due::never;

} // namespace

Memory::Memory(std::span<model::ScoreKey const> keys, Evidence evidence)
    : explain_{evidence == Evidence::wanted} {
    for (auto const& key : keys) {
        auto const& what = definition(key.id);
        Run run{key, &what, {}, {}};
        run.components.resize(what.components.size());
        run.parts.resize(what.parts.size());
        auto& shared = shared_[static_cast<std::size_t>(key.product)];
        if (!shared) shared = std::make_unique<SharedNotes>();
        runs_.push_back(std::move(run));
        for (auto s : what.signals) {
            auto& place = place_[static_cast<std::size_t>(s)];
            if (place != 0) continue;
            signals_.push_back(s);
            place = static_cast<std::uint8_t>(signals_.size());
        }
    }
    tells_.resize(signals_.size(), never);
}

Memory::~Memory() = default;
Memory::Memory(Memory&&) noexcept = default;
Memory& Memory::operator=(Memory&&) noexcept = default;

model::Inserted Memory::insert(model::Timeline& timeline, model::Signal signal, model::SignalKind kind,
                               model::Sample const& sample, EventTime now, model::Retention const& keep) {
    const auto before = timeline.standing(signal);
    const auto done = timeline.insert(signal, kind, sample, now, keep);
    const auto place = place_[static_cast<std::size_t>(signal)];
    if (place == 0) return done;
    const bool only_added = done == model::Inserted::added && timeline.standing(signal) == before + 1;
    auto& tells = tells_[place - 1U];
    if (!ever_told_.test(static_cast<std::size_t>(signal))) {
        ever_told_.set(static_cast<std::size_t>(signal));
        told_.push_back(static_cast<std::uint8_t>(place - 1U));
    }
    tells = std::min(tells, only_added ? sample.time : at_once);
    first_to_tell_ = std::min(first_to_tell_, tells);
    arrived_.set(static_cast<std::size_t>(signal));
    return done;
}

void Memory::forget(model::Timeline& timeline, EventTime now, model::Retention const& keep) {
    timeline.forget(now, keep, [this](model::Signal signal, EventTime newest) {
        const auto i = static_cast<std::size_t>(signal);
        past_changed({}, [=](Reads const& r) { return r.far.test(i) || (r.any.test(i) && newest >= r.since); });
    });
}

// Of whatever rests on reads that touched(Reads const&) holds for; `changed`: what tells something new as of now.
template <class Touched>
void Memory::past_changed(SignalSet const& changed, Touched&& touched) {
    for (auto& run : runs_)
        for (auto& c : run.components) {
            c.changed |= changed;
            if ((c.reads.current & changed).any()) c.stands = false;
            if (touched(c.reads)) past_changed(c);
        }
    for (auto& s : shared_) {
        if (!s) continue;
        for (auto& site : s->sites) {
            site.pressures.changed |= changed;
            if (touched(site.pressures.reads)) site = {};
        }
        auto& both = s->cuff_and_line;
        both.told.changed |= changed;
        if (touched(both.told.reads)) both = {};
        s->mechanics.changed |= changed;
        if (touched(s->mechanics.reads)) s->mechanics = {};
    }
}

void Memory::past_changed(Remembered& c) {
    c.stands = false;
    c.reads = {};
    if (c.notes) c.notes->clear();
}

void Memory::begin_anew(Patient const& patient, EventTime at) {
    past_changed({}, [](Reads const&) { return true; });
    told_.clear();
    ever_told_.reset();
    for (std::size_t i = 0; i < signals_.size(); ++i) {
        tells_[i] = patient.timeline->next_time(signals_[i], at).value_or(never);
        if (tells_[i] == never) continue;
        told_.push_back(static_cast<std::uint8_t>(i));
        ever_told_.set(static_cast<std::size_t>(signals_[i]));
    }
    first_to_tell_ = at_once;
    arrived_.reset();
    asked_ = true;
    opened_ = patient.opened;
    age_years_ = patient.age_years;
    sex_ = patient.sex;
}

// Brings the memory to the instant `at`: what has something to tell up to then is no longer remembered.
void Memory::look(Patient const& patient, EventTime at) {
    const bool other = patient.opened != opened_ || patient.age_years != age_years_ || patient.sex != sex_;
    const bool back = at < at_ || other;
    if (!asked_ || back) {
        begin_anew(patient, at);
        at_ = at;
        return;
    }
    if (at < first_to_tell_ && arrived_.none()) {
        at_ = at;
        return;
    }
    SignalSet changed, late;
    first_to_tell_ = never;
    for (const std::size_t i : told_) {
        if (tells_[i] > at) {
            first_to_tell_ = std::min(first_to_tell_, tells_[i]);
            continue;
        }
        const auto s = static_cast<std::size_t>(signals_[i]);
        changed.set(s);
        if (tells_[i] <= at_) late.set(s);
        tells_[i] = patient.timeline->next_time(signals_[i], at).value_or(never);
        first_to_tell_ = std::min(first_to_tell_, tells_[i]);
    }
    at_ = at;
    if (changed.none() && arrived_.none()) return;
    past_changed(changed, [&](Reads const& r) { return (r.any & late).any() || (r.ahead & arrived_).any(); });
    arrived_.reset();
}

bool Memory::answer(Run& run, std::size_t component, Patient const& patient, EventTime at,
                    core::Rulebook const& rules) {
    auto& c = run.components[component];
    if (c.stands && at < c.lasts) return false;
    auto q = ask(run.key, patient, at, rules);
    if (!c.notes) c.notes = std::make_unique<Notes>();
    q.notes = c.notes.get();
    q.shared = shared_[static_cast<std::size_t>(run.key.product)].get();
    q.keeps = true;
    q.changed = std::exchange(c.changed, {});
    q.explain = explain_;
    auto const& what = run.what->components[component];
    what.answer(q, std::span{run.parts}.subspan(what.first, what.count));
    c.reads.add(q.timeline.reads());
    c.due = q.due.when();
    c.lasts = std::min(q.due.when(), q.detail.when());
    c.stands = true;
    return true;
}

Memory::Answer Memory::parts(std::size_t key, Patient const& patient, EventTime at, core::Rulebook const& rules) {
    look(patient, at);
    auto& run = runs_[key];
    if (!applies(patient, rules)) {
        run.parts = not_applicable(*run.what);
        return {run.parts, true};
    }
    bool anew = false;
    for (std::size_t i = 0; i < run.components.size(); ++i) anew = answer(run, i, patient, at, rules) || anew;
    if (anew && run.what->assemble != nullptr) run.what->assemble(run.parts);
    if (anew && run.what->conclude != nullptr) run.what->conclude(run.parts, rules);
    return {run.parts, anew};
}

model::Score Memory::score(std::size_t key, Patient const& patient, EventTime at, core::Rulebook const& rules) {
    const auto answer = parts(key, patient, at, rules);
    model::Score score;
    score.key = runs_[key].key;
    score.as_of = at;
    score.parts.assign(answer.parts.begin(), answer.parts.end());
    if (!applies(patient, rules)) return score;
    Due due{at};
    for (auto const& c : runs_[key].components) due.at(c.due);
    for (auto s : runs_[key].what->signals) {
        if (is_behind_first_day(*runs_[key].what, s, patient.opened, at, rules)) continue;
        if (const auto t = tells_[place_[static_cast<std::size_t>(s)] - 1U]; t < never) due.at(t);
    }
    score.next_change = due.next();
    return score;
}

} // namespace vigil::scores
