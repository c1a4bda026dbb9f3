#include "loop/scores_at.hpp"

#include "core/census.hpp"
#include "core/engine.hpp"
#include "core/intake.hpp"
#include "core/scores/course.hpp"
#include "core/scores/registry.hpp"
#include "store/recall.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

namespace vigil::loop {

namespace {

// Nothing of a stay is forgotten: it is one patient, for one question. Minutes of a stream stand whole for what comes a
// little late; what is older is summed up as it is in the state.
constexpr model::Retention kept{model::hours(24 * 800), model::hours(24 * 800), model::minutes(3), model::minutes(3),
                                512};
constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::size_t most_late_hours = 24 * 14; // each is another walk through the journal
constexpr std::uint64_t weigh_every = 1'024;     // readings
constexpr model::EventTime any_time_from{-5'000'000'000'000};
constexpr model::EventTime any_time_to{15'000'000'000'000};

std::int64_t hour_of(model::EventTime t) { return t.ms / hour_ms - (t.ms % hour_ms < 0 ? 1 : 0); }

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
    std::vector<core::ByHand> by_hand{};             // attested: in no frame
    std::map<std::int64_t, model::SignalSet> late{}; // by hour: what came when its minutes were summed up
    std::int64_t hour = 0;                           // that is read again
    std::uint64_t readings = 0;

    store::RecallPlan plan(model::EventTime from, model::EventTime to, std::uint64_t up_to,
                           model::SignalSet const* only) {
        auto out = store::plan_recall(state, rules, {encounter, model::Signal::hr, from, to}, up_to);
        out.channels.clear();
        for (std::uint32_t id = 1; id <= state.channels.size(); ++id) {
            auto const& m = mappings.of({id});
            if (!m.signal) continue;
            if (only == nullptr || core::may_stand_under(*m.signal, *only)) out.channels.push_back(id);
        }
        return out;
    }
    // The readings of a frame; only of these signals, when an hour is read again.
    bool take(core::Event const& row, model::Frame const& frame, model::SignalSet const* again) {
        const auto now = model::patient_now(state.now);
        auto keep = kept;
        keep.read_again = again != nullptr;
        const auto origin = core::origin_of(frame, row.at, row.seq, rules);
        for (std::uint32_t i = 0; i < frame.readings.size(); ++i) {
            auto const& reading = frame.readings[i];
            auto const& mapping = mappings.of(reading.channel);
            if (!mapping.signal) continue;
            if (again != nullptr && !core::may_stand_under(*mapping.signal, *again)) continue;
            const auto read = core::interpret(rules, mapping, state.channels[reading.channel.value - 1], reading, i,
                                              core::order_of(frame, reading), origin);
            if (!read.placed()) continue;
            auto const& s = read.sample;
            if (again != nullptr && hour_of(s.time) != hour) continue;
            if (core::attribute(state, s.subject, s.source, s.time, s.message_time).encounter != encounter) continue;
            core::place_where_it_belongs(
                mapping, read, [&](model::Signal signal, model::SignalKind kind, model::Sample const& x) {
                    if (again != nullptr && !again->test(static_cast<std::size_t>(signal))) return;
                    if (timeline.insert(signal, kind, x, now, keep) == model::Inserted::behind_horizon)
                        late[hour_of(x.time)].set(static_cast<std::size_t>(signal));
                });
            if (++readings % weigh_every == 0 && timeline.bytes() > most_bytes) return false;
        }
        return true;
    }
    // What was attested of `whom`, if it is this stay's by the census of today.
    void take(core::Event const& said, core::Attested const& a, model::EncounterId whom) {
        const auto channel = attested_channel(state, a);
        if (!channel) return;
        auto const& called = state.channels[channel->value - 1];
        model::Reading reading;
        reading.channel = *channel;
        reading.value = a.value;
        reading.time = model::DeviceTime{a.when.value_or(model::patient_now(said.at)).ms};
        if (a.expires) reading.until = model::DeviceTime{a.expires->ms};
        core::Origin origin;
        origin.source = called.source;
        origin.at = said.at;
        origin.seq = said.seq;
        const auto subject = core::subject_attested(core::at(state, whom), a.location);
        const auto known = std::find(state.subjects.begin(), state.subjects.end(), subject);
        if (known != state.subjects.end())
            origin.subject = {static_cast<std::uint32_t>(known - state.subjects.begin() + 1)};
        const core::Mapping mapping{a.what, core::entry(rules, a.what).kind, a.unit, model::Reason::none,
                                    core::result_name(core::attested_source, called)};
        const auto read = core::interpret(rules, mapping, called, reading, 0, "", origin);
        if (read.refused != model::Reason::none) return;
        auto const& s = read.sample;
        const auto owner = origin.subject.value == 0
                               ? core::surviving(state, whom)
                               : core::attribute(state, s.subject, s.source, s.time, s.message_time).encounter;
        if (owner != encounter) return;
        by_hand.push_back({a.what, s});
        timeline.insert(a.what, mapping.kind, s, model::patient_now(state.now), kept);
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
    followed_.reset();
    Stay stay{*view->rules, state, encounter, *timeline_, most_bytes_};
    // What people attested comes first: nothing is summed up yet.
    if (!read_attested(stay, reader, why) || !read_frames(stay, why) || !read_late(stay, why)) {
        timeline_.reset();
        return std::nullopt;
    }
    return Course{encounter, &who, timeline_.get()};
}

void ScoresAt::follow_sofa(std::span<model::ScoreKey const> keys, scores::Patient const& patient, model::EventTime to) {
    const auto sofa = scores::course_followed(keys, *view_->rules);
    if (!sofa || (followed_ && followed_->first == *sofa && followed_->second >= to)) return;
    auto from = patient.opened;
    timeline_->each_sample(
        [&](model::Signal, model::SignalKind, model::Sample const& s) { from = std::min(from, s.time); });
    scores::follow_anew(*sofa, patient, *timeline_, std::min(from, to), to, *view_->rules, kept);
    followed_ = {*sofa, to};
}

bool ScoresAt::read_frames(Stay& stay, std::string& why) {
    return read(stay, stay.plan(any_time_from, any_time_to, as_of_seq_, nullptr), nullptr, why);
}

// What came when its minutes were summed up already: these hours are taken out and read once more, as a Recall does.
bool ScoresAt::read_late(Stay& stay, std::string& why) {
    if (stay.late.size() > most_late_hours) {
        why = "too_many_late_readings";
        return false;
    }
    const auto now = model::patient_now(stay.state.now);
    auto keep = kept;
    keep.read_again = true;
    const auto late = std::exchange(stay.late, {});
    for (auto const& [hour, signals] : late) {
        stay.hour = hour;
        const model::EventTime from{hour * hour_ms}, to{(hour + 1) * hour_ms - 1};
        for (std::size_t i = 0; i < model::signal_count; ++i) {
            if (!signals[i]) continue;
            const auto signal = static_cast<model::Signal>(i);
            stay.timeline.erase(signal, from, to);
            for (auto const& b : stay.by_hand)
                if (b.signal == signal && hour_of(b.sample.time) == hour)
                    stay.timeline.insert(signal, core::entry(stay.rules, signal).kind, b.sample, now, keep);
        }
        if (!read(stay, stay.plan(from, to, as_of_seq_, &signals), &signals, why)) return false;
        for (std::size_t i = 0; i < model::signal_count; ++i)
            if (signals[i]) stay.timeline.thin_read_again(static_cast<model::Signal>(i), now, kept);
    }
    return true;
}

bool ScoresAt::read(Stay& stay, store::RecallPlan const& plan, model::SignalSet const* again, std::string& why) {
    bool room = true;
    const auto take = [&](core::Event&& row) {
        if (auto const* frame = std::get_if<model::Frame>(&row.what)) room = stay.take(row, *frame, again);
        return room;
    };
    const auto read = store::each_recalled(journal_, plan, take);
    if (!read) why = name_of(read.refusal().why);
    if (!room) why = "too_many_readings";
    return read && room;
}

// Whose it is stands in what followed from it: who lies in that bed by the census of today may be somebody else.
bool ScoresAt::read_attested(Stay& stay, store::Reader& reader, std::string& why) {
    store::ReadRequest request;
    request.to = as_of_seq_;
    request.kinds.set(store::kind_of_event<core::Attested>());
    request.kinds.set(store::kind_of_effect<core::BedChanged>());
    std::optional<core::Event> said;
    for (;;) {
        auto page = reader.read(request);
        if (!page) {
            why = name_of(page.refusal().why);
            return false;
        }
        for (auto const& row : page->rows) {
            if (row.kind == store::kind_of_event<core::Attested>()) {
                said = store::event_of(row);
                continue;
            }
            if (!said || row.cause != said->seq) continue;
            const auto effect = store::effect_of(row);
            auto const* b = effect ? std::get_if<core::BedChanged>(&*effect) : nullptr;
            if (b != nullptr && b->kind == core::BedChanged::Kind::attested)
                stay.take(*said, std::get<core::Attested>(said->what), b->encounter);
        }
        if (page->at_end) return true;
        request.from = page->next;
    }
}

} // namespace vigil::loop
