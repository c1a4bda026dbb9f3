#include "core/step.hpp"

#include "core/engine.hpp"
#include "core/scores/course.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/registry.hpp"

#include <algorithm>
#include <cassert>

namespace vigil::core {

namespace {

std::optional<std::size_t> course_run(Rulebook const& rules) {
    std::vector<model::ScoreKey> keys;
    for (auto const& run : rules.scores) keys.push_back(run.key);
    const auto sofa = scores::course_followed(keys, rules);
    const auto run = std::find(keys.begin(), keys.end(), sofa);
    if (!sofa || run == keys.end()) return std::nullopt; // the loader refuses such a rulebook
    return static_cast<std::size_t>(run - keys.begin());
}

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

constexpr model::Duration recovery_limit = model::seconds(60); // design 4.4

SignalSet read_by(model::ScoreId id) {
    SignalSet out;
    for (std::size_t i = 0; i < model::signal_count; ++i) out[i] = scores::reads(id, static_cast<model::Signal>(i));
    return out;
}

void rebuild(State const& state, Rulebook const& rules, Derived& d) {
    auto* const witness = d.witness;
    d = Derived{};
    d.witness = witness;
    d.room = std::make_shared<scores::Notes>();
    d.shared = std::make_shared<scores::SharedByProduct>();
    for (auto const& run : rules.scores) {
        d.read_by_score.push_back(read_by(run.key.id));
        d.kept |= d.read_by_score.back();
    }
    d.course = course_run(rules);
    for (std::size_t i = 0; i < model::signal_count; ++i)
        d.concerning[i] = alerts::concerns(rules, static_cast<model::Signal>(i));
    d.kept |= d.concerning;
    if (auto const& limits = rules.rules.patient_limit)
        for (const auto signal : limits->signals) d.kept.set(static_cast<std::size_t>(signal));
    for (std::size_t i = 0; i < state.sources.size(); ++i) {
        d.sources.emplace(state.sources[i].name, model::SourceId{static_cast<std::uint32_t>(i + 1)});
        auto& seen = d.seen.emplace_back();
        for (auto const& m : state.sources[i].seen) seen.emplace(key_of(m.id, m.content, m.part), m.seq);
    }
    for (std::size_t i = 0; i < state.channels.size(); ++i) {
        auto const& c = state.channels[i];
        d.channels.emplace(key_of(c), model::ChannelId{static_cast<std::uint32_t>(i + 1)});
        d.mappings.push_back(map_channel(rules, state.sources[c.source.value - 1].name, c));
    }
    for (std::size_t i = 0; i < state.subjects.size(); ++i)
        d.subjects.emplace(key_of(state.subjects[i]), model::SubjectId{static_cast<std::uint32_t>(i + 1)});
    d.attributions.assign(state.subjects.size(), {});
}

// A state that was read lacks what is not written with a rate.
void name_pumps(State& state) {
    const auto name = [&state](model::Sample& s) {
        const auto channel = s.channel.value;
        if (channel != 0 && channel <= state.channels.size()) s.pump = pump_named(state.channels[channel - 1].sub_id);
    };
    for (auto& encounter : state.encounters) encounter.timeline.complete_rates(name);
    for (auto& [subject, waiting] : state.unassigned)
        for (auto& held : waiting.held)
            if (held.kind == model::SignalKind::infusion) name(held.sample);
}

void start(Step& step, Started const& started) {
    auto& s = step.state;
    s.epoch = started.epoch;
    s.recovering = true;
    s.recovering_until = step.event.at + recovery_limit;
    s.started = step.event.at;
    s.troubles.clear();
    for (auto& source : s.sources)
        source.spool_empty = source.state == SourceState::lost || source.state == SourceState::goodbye;
}

void report_source(Step& step, SourceReported const& r) {
    const auto id = source_id(step, r.source);
    auto& source = step.state.sources[id.value - 1];
    source.kind = r.kind;
    source.state = r.state;
    source.connections = r.connections;
    source.clock_offset = r.clock_offset;
    source.refused = r.refused;
    source.malformed = r.malformed;
    source.spool_empty = r.spool_empty;
    auto const& all = step.state.sources;
    if (std::all_of(all.begin(), all.end(), [](Source const& x) { return x.spool_empty; })) end_recovery(step);
}

void report_trouble(Step& step, TroubleReported const& t) {
    auto& present = step.state.troubles;
    std::erase_if(present, [&t](auto const& p) { return p.trouble == t.trouble && p.detail == t.detail; });
    if (t.present) present.push_back(t);
}

} // namespace

void DerivedDeleter::operator()(Derived* d) const { delete d; }

Engine::Engine(Rulebook const& rules, State state)
    : rules_{&rules},
      state_{std::move(state)},
      derived_{new Derived, {}} {
    rebuild(state_, *rules_, *derived_);
    name_pumps(state_);
}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

void Engine::use(Rulebook const& rules) {
    rules_ = &rules;
    rebuild(state_, rules, *derived_);
}

void Engine::step(Event const& event, std::vector<Effect>& effects, std::vector<Event> const& recalled) {
    Step s{state_, *rules_, *derived_, event, effects, {}, {}};
    if (std::holds_alternative<Started>(event.what)) {
        // The daemon's own absence is nobody's silence: what passed meanwhile is looked at as recovering.
        state_.recovering = true;
        state_.recovering_until = event.at + recovery_limit;
    }
    if (event.at > state_.now) tick_to(s, event.at);
    std::visit(Overloaded{
                   [&](model::Frame const& x) { take_frame(s, x); },
                   [&](CensusChange const& x) { take_census(s, x); },
                   [&](Attested const& x) { take_attested(s, x); },
                   [&](Acknowledged const& x) { take_acknowledged(s, x); },
                   [&](Assigned const& x) { take_assigned(s, x); },
                   [&](Ticked const& x) { tick_to(s, x.to); },
                   [&](SourceReported const& x) { report_source(s, x); },
                   [&](Started const& x) {
                       start(s, x);
                       take_meanings(s);
                       restart_days(s);
                   },
                   [](Stopping const&) {},
                   [&](RulesChanged const&) {
                       take_meanings(s);
                       for (auto const& e : state_.encounters)
                           if (!e.merged_into && !e.ended) touch_whole(s, e.id);
                       days_by_new_rules(s);
                   },
                   [&](TroubleReported const& x) { report_trouble(s, x); },
                   [](Degraded const&) {},
                   [&](Recalled const& x) { take_recalled(s, x, recalled); },
                   [&](Quarantined const& x) { take_quarantined(s, x); },
                   [&](DayRead const& x) { take_day_read(s, x); },
                   [&](Paused const& x) { take_paused(s, x); },
                   [&](Shelved const& x) { take_shelved(s, x); },
                   [&](Judged const& x) { take_judged(s, x); },
                   [&](StoodBy const& x) { take_standby(s, x); },
                   [&](CareLimited const& x) { take_care_limited(s, x); },
                   [&](LimitSet const& x) { take_limit(s, x); },
               },
               event.what);
    evaluate_touched(s);
    evaluate_technical(s);
    // Whatever is not a reading may have brought something forward; the next tick looks at everything once.
    if (!std::holds_alternative<model::Frame>(event.what) && !std::holds_alternative<Ticked>(event.what))
        derived_->next_due = {};
}

void Engine::watched_by(Witness* witness) { derived_->witness = witness; }

std::optional<model::SourceId> Engine::find_source(std::string_view name) const {
    const auto found = derived_->sources.find(std::string{name});
    return found == derived_->sources.end() ? std::nullopt : std::optional{found->second};
}

std::optional<model::ChannelId> Engine::find_channel(model::Channel const& channel) const {
    const auto [from, to] = derived_->channels.equal_range(key_of(channel));
    for (auto i = from; i != to; ++i)
        if (state_.channels[i->second.value - 1] == channel) return i->second;
    return std::nullopt;
}

std::optional<model::SubjectId> Engine::find_subject(model::Subject const& subject) const {
    const auto [from, to] = derived_->subjects.equal_range(key_of(subject));
    for (auto i = from; i != to; ++i)
        if (state_.subjects[i->second.value - 1] == subject) return i->second;
    return std::nullopt;
}

std::optional<std::uint64_t> Engine::taken_before(model::SourceId source, std::string_view message_id,
                                                  model::Digest const& content, std::uint32_t part) const {
    if (source.value == 0 || source.value > derived_->seen.size()) return std::nullopt;
    auto const& seen = derived_->seen[source.value - 1];
    const auto found = seen.find(key_of(message_id, content, part));
    return found == seen.end() ? std::nullopt : std::optional{found->second};
}

std::uint64_t key_of(model::Channel const& c) {
    std::uint64_t h =
        digest64(c.code, c.source.value * 31U + static_cast<std::uint64_t>(c.system) * 7U + 14695981039346656037ULL);
    h = digest64(c.unit, digest64(c.sub_id, h));
    h = digest64(c.local_system, h);
    return h * 31U + static_cast<std::uint64_t>(c.method) * 8U + static_cast<std::uint64_t>(c.specimen);
}

std::uint64_t key_of(model::Subject const& s) {
    std::uint64_t h = digest64(s.visit);
    for (auto const& p : s.patients) h = digest64(p, h + 1);
    return s.location ? digest64(s.location->bed, digest64(s.location->unit, h + 2)) : h;
}

std::uint64_t key_of(std::string_view message_id, model::Digest const& content, std::uint32_t part) {
    return digest64(message_id, digest64({reinterpret_cast<char const*>(content.data()), content.size()})) + part;
}

model::SourceId source_id(Step& step, std::string_view name) {
    const auto known = step.derived.sources.find(std::string{name});
    if (known != step.derived.sources.end()) return known->second;
    auto& source = step.state.sources.emplace_back();
    source.name = name;
    const model::SourceId id{static_cast<std::uint32_t>(step.state.sources.size())};
    step.derived.sources.emplace(source.name, id);
    step.derived.seen.emplace_back();
    return id;
}

Touched& touch(Step& step, model::EncounterId encounter, model::EventTime earliest) {
    for (auto& t : step.touched) {
        if (t.encounter != encounter) continue;
        t.earliest = std::min(t.earliest, earliest);
        return t;
    }
    auto& fresh = step.touched.emplace_back();
    fresh.encounter = encounter;
    fresh.earliest = earliest;
    return step.touched.back();
}

void touch_whole(Step& step, model::EncounterId encounter) {
    auto& t = touch(step, encounter, at(step.state, encounter).opened);
    t.everything = t.anew = t.corrects = t.timely = t.now = true;
}

model::BedId bed_of(State const& state, model::EncounterId id) {
    auto const& e = at(state, id);
    if (e.bed.value != 0) return e.bed;
    for (auto const& other : state.encounters)
        if (other.merged_into && other.bed.value != 0 && surviving(state, other.id) == id) return other.bed;
    return {};
}

} // namespace vigil::core
