#include "loop/scores_at.hpp"

#include "core/census.hpp"
#include "core/engine.hpp"
#include "core/intake.hpp"
#include "core/scores/registry.hpp"
#include "store/recall.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace vigil::loop {

namespace {

// Nothing of a stay is forgotten: it is one patient, for one question. About an hour of a stream stands whole, so that
// what comes late finds its minute; what is older is summed up as it is in the state.
constexpr model::Retention kept{model::hours(24 * 800), model::hours(24 * 800), model::minutes(3), model::minutes(3),
                                4'096};
constexpr std::uint64_t weigh_every = 1'024; // readings
constexpr model::EventTime any_time_from{-5'000'000'000'000};
constexpr model::EventTime any_time_to{15'000'000'000'000};

bool scored(core::Rulebook const& rules, model::Signal signal) {
    return std::any_of(rules.scores.begin(), rules.scores.end(),
                       [signal](auto const& run) { return scores::reads(run.key.id, signal); });
}

bool readable(core::Rulebook const& rules, model::Signal signal) {
    return scored(rules, signal) || scores::reads(model::ScoreId::sofa, signal) ||
           scores::reads(model::ScoreId::ards_berlin, signal);
}

// Maps each channel once.
class Mappings {
public:
    Mappings(core::Rulebook const& rules, core::State const& state)
        : rules_{rules},
          state_{state} {}
    core::Mapping const& of(model::ChannelId id) {
        const auto known = known_.find(id.value);
        if (known != known_.end()) return known->second;
        auto const& channel = state_.channels.at(id.value - 1);
        return known_
            .emplace(id.value, core::map_channel(rules_, state_.sources.at(channel.source.value - 1).name, channel))
            .first->second;
    }

private:
    core::Rulebook const& rules_;
    core::State const& state_;
    std::unordered_map<std::uint32_t, core::Mapping> known_;
};

std::optional<model::ChannelId> attested_channel(core::State const& state, core::Attested const& a) {
    for (std::size_t i = 0; i < state.channels.size(); ++i) {
        auto const& c = state.channels[i];
        if (c.system == model::CodeSystem::VIGIL && c.code == name_of(a.what) && c.unit == ucum(a.unit) &&
            c.source.value != 0 && state.sources.at(c.source.value - 1).name == "attested")
            return model::ChannelId{static_cast<std::uint32_t>(i + 1)};
    }
    return std::nullopt;
}

} // namespace

// What one answer is made from while it is read.
struct ScoresAt::Stay {
    core::Rulebook const& rules;
    core::State const& state;
    model::EncounterId encounter;
    model::Timeline& timeline;
    std::size_t most_bytes;
    Mappings mappings{rules, state};
    struct Span {
        model::EventTime from, to;
    };
    std::map<model::Signal, Span> late{}; // what came when its minutes were summed up
    std::uint64_t readings = 0;

    // The readings of a frame; of one signal only, when it is read again.
    bool take(core::Event const& row, model::Frame const& frame, std::optional<model::Signal> only) {
        const auto now = model::patient_now(state.now);
        auto keep = kept;
        keep.read_again = only.has_value();
        const auto origin = core::origin_of(frame, row.at, row.seq, rules);
        for (std::uint32_t i = 0; i < frame.readings.size(); ++i) {
            auto const& reading = frame.readings[i];
            auto const& mapping = mappings.of(reading.channel);
            if (!mapping.signal || (only ? *mapping.signal != *only : !readable(rules, *mapping.signal))) continue;
            const auto read = core::interpret(rules, mapping, state.channels[reading.channel.value - 1], reading, i,
                                              core::order_of(frame, reading), origin);
            if (!read.placed()) continue;
            auto const& s = read.sample;
            if (core::attribute(state, s.subject, s.source, s.time, s.message_time).encounter != encounter) continue;
            const auto done = timeline.insert(*mapping.signal, mapping.kind, s, now, keep);
            if (done == model::Inserted::behind_horizon) came_late(*mapping.signal, s.time);
            if (++readings % weigh_every == 0 && timeline.bytes() > most_bytes) return false;
        }
        return true;
    }
    void came_late(model::Signal signal, model::EventTime time) {
        const auto [at, first] = late.try_emplace(signal, Span{time, time});
        at->second = {std::min(at->second.from, time), std::max(at->second.to, time)};
    }
};

ScoresAt::ScoresAt(std::filesystem::path journal, std::size_t most_bytes)
    : journal_{std::move(journal)},
      most_bytes_{most_bytes} {}

std::optional<ScoresAt::Course> ScoresAt::course(ViewPtr const& view, std::string_view pseudonym, store::Reader& reader,
                                                 std::string& why) {
    auto const& state = view->state;
    const auto named = std::find_if(state.encounters.begin(), state.encounters.end(),
                                    [&](auto const& e) { return e.pseudonym == pseudonym; });
    if (named == state.encounters.end()) {
        why = "unknown_encounter";
        return std::nullopt;
    }
    const auto encounter = core::surviving(state, named->id);
    auto const& who = core::at(state, encounter);
    if (timeline_ && pseudonym_ == who.pseudonym && as_of_seq_ == view->committed_seq)
        return Course{encounter, &core::at(view_->state, encounter), timeline_.get()};

    view_ = view;
    pseudonym_ = who.pseudonym;
    as_of_seq_ = view->committed_seq;
    timeline_ = std::make_unique<model::Timeline>();
    Stay stay{*view->rules, state, encounter, *timeline_, most_bytes_};
    if (!read_frames(stay, why) || !read_late(stay, why) ||
        !read_attested(*view->rules, state, encounter, reader, why)) {
        timeline_.reset();
        return std::nullopt;
    }
    return Course{encounter, &who, timeline_.get()};
}

bool ScoresAt::read_frames(Stay& stay, std::string& why) {
    auto plan = store::plan_recall(stay.state, stay.rules,
                                   {stay.encounter, model::Signal::hr, any_time_from, any_time_to}, as_of_seq_);
    plan.channels.clear();
    for (std::uint32_t id = 1; id <= stay.state.channels.size(); ++id) {
        auto const& m = stay.mappings.of({id});
        if (m.signal && readable(stay.rules, *m.signal)) plan.channels.push_back(id);
    }
    return read(stay, plan, std::nullopt, why);
}

// What came when its minutes were summed up already: these are taken out and read once more, as a Recall does.
bool ScoresAt::read_late(Stay& stay, std::string& why) {
    for (auto const& [signal, late] : stay.late) {
        const auto [from, to] =
            core::whole_spans(stay.rules, signal, late.from - model::minutes(1), late.to + model::minutes(1));
        stay.timeline.erase(signal, from, to);
        const auto plan = store::plan_recall(stay.state, stay.rules, {stay.encounter, signal, from, to}, as_of_seq_);
        if (!read(stay, plan, signal, why)) return false;
        stay.timeline.thin_read_again(signal, model::patient_now(stay.state.now), kept);
    }
    return true;
}

bool ScoresAt::read(Stay& stay, store::RecallPlan const& plan, std::optional<model::Signal> only, std::string& why) {
    bool room = true;
    const auto take = [&](core::Event&& row) {
        if (auto const* frame = std::get_if<model::Frame>(&row.what)) room = stay.take(row, *frame, only);
        return room;
    };
    const auto read = store::each_recalled(journal_, plan, take);
    if (!read) why = name_of(read.refusal().why);
    if (!room) why = "too_many_readings";
    return read && room;
}

bool ScoresAt::read_attested(core::Rulebook const& rules, core::State const& state, model::EncounterId encounter,
                             store::Reader& reader, std::string& why) {
    store::ReadRequest request;
    request.to = as_of_seq_;
    request.kinds.set(store::kind_of_event<core::Attested>());
    for (;;) {
        auto page = reader.read(request);
        if (!page) {
            why = name_of(page.refusal().why);
            return false;
        }
        for (auto const& row : page->rows) {
            const auto event = store::event_of(row);
            auto const* a = event ? std::get_if<core::Attested>(&event->what) : nullptr;
            const auto bed = a != nullptr ? core::find_bed(state, a->location) : std::nullopt;
            if (!bed) continue;
            const auto told = model::patient_now(event->at);
            const auto there = core::occupants(state, *bed, told);
            if (there.size() != 1 || core::surviving(state, there.front()) != encounter) continue;
            const auto channel = attested_channel(state, *a);
            if (!channel) continue;
            model::Reading reading;
            reading.channel = *channel;
            reading.value = a->value;
            reading.time = model::DeviceTime{a->when.value_or(told).ms};
            if (a->expires) reading.until = model::DeviceTime{a->expires->ms};
            core::Origin origin;
            origin.source = state.channels[channel->value - 1].source;
            origin.at = event->at;
            origin.seq = event->seq;
            auto const& called = state.channels[channel->value - 1];
            const core::Mapping mapping{a->what, core::entry(rules, a->what).kind, a->unit, model::Reason::none,
                                        core::result_name(core::attested_source, called)};
            const auto read = core::interpret(rules, mapping, called, reading, 0, "", origin);
            if (read.refused == model::Reason::none)
                timeline_->insert(a->what, mapping.kind, read.sample, model::patient_now(state.now), kept);
        }
        if (page->at_end) return true;
        request.from = page->next;
    }
}

} // namespace vigil::loop
