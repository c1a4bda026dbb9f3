#include "loop/scores_at.hpp"

#include "core/census.hpp"
#include "core/engine.hpp"
#include "core/intake.hpp"
#include "core/scores/registry.hpp"
#include "store/recall.hpp"

#include <algorithm>
#include <unordered_map>

namespace vigil::loop {

namespace {

// Nothing of a stay is forgotten or thinned here: it is one patient, for one question.
constexpr model::Retention everything{model::hours(24 * 800), model::hours(24 * 800), model::minutes(3),
                                      model::minutes(3), 100'000'000};
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

core::Origin origin_of(core::Event const& row, model::Frame const& frame, core::Rulebook const& rules) {
    core::Origin out;
    out.source = frame.source;
    out.subject = frame.subject;
    out.clock_offset = frame.clock_offset;
    out.message_time = frame.message_time;
    out.at = row.at;
    out.seq = row.seq;
    out.production =
        frame.processing == (rules.simulated ? model::Processing::training : model::Processing::production);
    return out;
}

std::string_view order_of(model::Frame const& frame, model::Reading const& reading) {
    return reading.order == 0 || reading.order > frame.orders.size() ? std::string_view{}
                                                                     : frame.orders[reading.order - 1U];
}

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

ScoresAt::ScoresAt(std::filesystem::path journal)
    : journal_{std::move(journal)} {}

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
    if (!read_frames(*view->rules, state, encounter, why) ||
        !read_attested(*view->rules, state, encounter, reader, why)) {
        timeline_.reset();
        return std::nullopt;
    }
    return Course{encounter, &who, timeline_.get()};
}

bool ScoresAt::read_frames(core::Rulebook const& rules, core::State const& state, model::EncounterId encounter,
                           std::string& why) {
    Mappings mappings{rules, state};
    auto plan =
        store::plan_recall(state, rules, {encounter, model::Signal::hr, any_time_from, any_time_to}, as_of_seq_);
    plan.channels.clear();
    for (std::uint32_t id = 1; id <= state.channels.size(); ++id) {
        auto const& m = mappings.of({id});
        if (m.signal && readable(rules, *m.signal)) plan.channels.push_back(id);
    }
    auto rows = store::read_recall(journal_, plan);
    if (!rows) {
        why = name_of(rows.refusal().why);
        return false;
    }
    const auto now = model::patient_now(state.now);
    for (auto const& row : rows->frames) {
        auto const* frame = std::get_if<model::Frame>(&row.what);
        if (frame == nullptr) continue;
        const auto origin = origin_of(row, *frame, rules);
        for (std::uint32_t i = 0; i < frame->readings.size(); ++i) {
            auto const& reading = frame->readings[i];
            auto const& mapping = mappings.of(reading.channel);
            if (!mapping.signal || !readable(rules, *mapping.signal)) continue;
            const auto read = core::interpret(rules, mapping, state.channels[reading.channel.value - 1], reading, i,
                                              order_of(*frame, reading), origin);
            if (!read.placed()) continue;
            auto const& s = read.sample;
            if (core::attribute(state, s.subject, s.source, s.time, s.message_time).encounter != encounter) continue;
            timeline_->insert(*mapping.signal, mapping.kind, read.sample, now, everything);
        }
    }
    return true;
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
                timeline_->insert(a->what, mapping.kind, read.sample, model::patient_now(state.now), everything);
        }
        if (page->at_end) return true;
        request.from = page->next;
    }
}

} // namespace vigil::loop
