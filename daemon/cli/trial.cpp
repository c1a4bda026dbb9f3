#include "cli/trial.hpp"

#include "cli/recorded_stays.hpp"
#include "cli/session.hpp"
#include "cli/trial_rises.hpp"
#include "core/alerts/decide.hpp"
#include "core/alerts/sentence.hpp"
#include "core/step.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace vigil::cli {

namespace {

using model::LogTime;

constexpr std::size_t readings_at_most = 256; // of a frame
constexpr char const* visit = "visit";        // every stay is alone in its ward
const model::Location bed{"recorded", "bed"};

// The ward of one recorded patient.
class Ward {
public:
    Ward(RecordedStays const& all, RecordedStay const& stay, TrialSetting const& setting, LogTime begin)
        : all_{all},
          rules_{setting.rules},
          engine_{setting.rules, born_at(begin)},
          rises_{setting.rules},
          acknowledged_after_{setting.acknowledged_after} {
        out_.name = stay.name;
        out_.from = out_.to = begin;
        step(begin, core::Started{1, {}});
        for (auto const& name : all.sources) sources_.push_back(source(begin, name.empty() ? "recorded" : name));
    }

    void admit(LogTime at, StayFacts const& facts) {
        core::CensusChange c;
        c.kind = core::CensusKind::admit;
        c.source = "recorded";
        c.message_id = "admission";
        c.content[0] = 1;
        c.processing = processing();
        c.subject = {visit, {visit}, bed};
        c.effective = model::patient_now(at);
        c.message_time = model::DeviceTime{at.ms};
        c.age_years = facts.age_years;
        c.sex = facts.sex;
        step(at, std::move(c));
    }

    // Readings of one source told at one instant.
    void tell(std::vector<ToldReading> const& readings, std::size_t from, std::size_t to) {
        const LogTime at{readings[from].told_ms};
        acknowledge_until(at);
        if (at > engine_.state().now) step(at, core::Ticked{at});
        step(at, frame_of(readings, from, to));
        out_.to = at;
    }

    TriedStay finish() {
        rises_.finish(out_);
        return std::move(out_);
    }

private:
    static core::State born_at(LogTime at) {
        core::State s;
        s.now = at;
        return s;
    }
    model::Processing processing() const {
        return rules_.simulated ? model::Processing::training : model::Processing::production;
    }
    model::SourceId source(LogTime at, std::string const& name) {
        if (!engine_.find_source(name))
            step(at, core::SourceReported{name, "csv", core::SourceState::connected, 1, {}, 0, 0, true});
        return *engine_.find_source(name);
    }
    model::Digest numbered() {
        model::Digest d{};
        for (std::size_t i = 0; i < 8; ++i) d[i] = static_cast<std::uint8_t>(seq_ >> (8 * i));
        d[8] = 1;
        return d;
    }

    model::Frame frame_of(std::vector<ToldReading> const& readings, std::size_t from, std::size_t to) {
        model::Frame f;
        f.source = sources_[readings[from].source];
        f.message_id = std::to_string(seq_);
        f.content = numbered();
        f.message_time = model::DeviceTime{readings[from].told_ms};
        f.received = *f.message_time;
        f.processing = processing();
        const model::Subject subject{visit, {visit}, bed};
        if (const auto known = engine_.find_subject(subject)) {
            f.subject = *known;
        } else {
            f.subject = {static_cast<std::uint32_t>(engine_.state().subjects.size() + 1)};
            f.new_subjects.push_back(subject);
        }
        for (auto i = from; i < to; ++i) {
            auto r = readings[i].reading;
            auto channel = all_.channels[readings[i].channel];
            channel.source = f.source;
            r.channel = channel_id(f, channel);
            r.time_quality = model::TimeQuality::synchronised;
            if (!readings[i].order.empty()) {
                f.orders.push_back(readings[i].order);
                r.order = static_cast<std::uint16_t>(f.orders.size());
            }
            f.readings.push_back(r);
        }
        return f;
    }
    model::ChannelId channel_id(model::Frame& f, model::Channel const& channel) const {
        if (const auto known = engine_.find_channel(channel)) return *known;
        const auto fresh = std::find(f.new_channels.begin(), f.new_channels.end(), channel);
        const auto index = static_cast<std::size_t>(fresh - f.new_channels.begin());
        if (fresh == f.new_channels.end()) f.new_channels.push_back(channel);
        return {static_cast<std::uint32_t>(engine_.state().channels.size() + index + 1)};
    }

    void step(LogTime at, core::What what) {
        core::Event event{++seq_, at, std::move(what)};
        const bool frame = std::holds_alternative<model::Frame>(event.what);
        std::vector<core::Effect> effects;
        engine_.step(event, effects);
        if (frame) frames_.push_back(std::move(event));
        take(effects);
    }

    void take(std::vector<core::Effect> const& effects) {
        for (auto const& effect : effects) {
            if (auto const* a = std::get_if<core::AlertChanged>(&effect)) take(a->alert);
            if (auto const* s = std::get_if<core::ScoreChanged>(&effect)) rises_.take(s->score);
        }
        for (auto const& effect : effects)
            if (auto const* r = std::get_if<core::Recall>(&effect)) answer(*r);
    }

    // What the state let go of is read again, as the journal would give it.
    void answer(core::Recall const& asked) {
        const core::Event event{++seq_, engine_.state().now,
                                core::Recalled{asked.encounter.value, asked.signal, asked.from, asked.to, numbered()}};
        std::vector<core::Event> rows;
        for (auto const& row : frames_) {
            auto const& readings = std::get<model::Frame>(row.what).readings;
            if (std::any_of(readings.begin(), readings.end(), [&](model::Reading const& r) {
                    return r.time && r.time->ms >= asked.from.ms && r.time->ms <= asked.to.ms;
                }))
                rows.push_back(row);
        }
        std::vector<core::Effect> effects;
        engine_.step(event, effects, rows);
        take(effects);
    }

    // What becomes of a call is looked at in the order of time: time passes to each acknowledgement first.
    void acknowledge_until(LogTime at) {
        while (!calls_.empty() && calls_.front().first <= at) {
            const auto when = calls_.front().first;
            const auto id = calls_.front().second;
            calls_.pop_front();
            if (when > engine_.state().now) step(when, core::Ticked{when});
            const auto tried = std::find_if(out_.alerts.begin(), out_.alerts.end(),
                                            [&](TriedAlert const& t) { return t.last.id == id; });
            if (!tried->ended) step(when, core::Acknowledged{"recorded", id, tried->last.revision});
        }
    }

    void take(alerts::Alert const& alert) {
        auto tried = std::find_if(out_.alerts.begin(), out_.alerts.end(),
                                  [&](TriedAlert const& t) { return t.last.id == alert.id; });
        if (tried == out_.alerts.end()) {
            tried = out_.alerts.insert(out_.alerts.end(), TriedAlert{});
            tried->shown = alert.shown_at;
            tried->said = alerts::sentence(alert, rules_.rules);
        }
        // An alert that is handed on is the same call, to somebody else.
        if (alerts::announces(alert.notify) && alert.notify != alerts::Notify::escalated) {
            if (!tried->called) {
                tried->called = alert.revised_at;
                tried->said = alerts::sentence(alert, rules_.rules);
            }
            ++tried->calls;
            if (acknowledged_after_) calls_.emplace_back(alert.revised_at + *acknowledged_after_, alert.id);
            if (alert.notify == alerts::Notify::worsened) ++tried->worsened;
        }
        const bool calls = alerts::announces(alert.notify) && alert.notify != alerts::Notify::escalated;
        tried->seen.push_back({alert.revised_at, alert.condition, alert.level, calls});
        if (tried->explained_by.empty()) tried->explained_by = alert.inhibited_by;
        tried->highest = std::max(tried->highest, alert.priority);
        tried->ended.reset(); // the same onset may be true again
        if (alert.signal == alerts::SignalState::closed) tried->ended = alert.revised_at;
        tried->last = alert;
    }

    RecordedStays const& all_;
    core::Rulebook const& rules_;
    core::Engine engine_;
    std::vector<model::SourceId> sources_;
    std::uint64_t seq_ = 0;
    std::vector<core::Event> frames_;
    MeasuredRises rises_;
    std::optional<model::Duration> acknowledged_after_;
    std::deque<std::pair<LogTime, std::string>> calls_; // when somebody acknowledges, and what
    TriedStay out_;
};

TriedStay play(RecordedStays const& all, RecordedStay const& stay, StayFacts const& facts,
               TrialSetting const& setting) {
    auto const& told = stay.readings;
    LogTime begin{told.front().told_ms};
    if (facts.admitted && facts.admitted->ms < begin.ms) begin = LogTime{facts.admitted->ms};
    Ward ward{all, stay, setting, begin};
    ward.admit(begin, facts);
    for (std::size_t from = 0; from < told.size();) {
        auto to = from + 1;
        while (to < told.size() && to - from < readings_at_most && told[to].told_ms == told[from].told_ms &&
               told[to].source == told[from].source)
            ++to;
        ward.tell(told, from, to);
        from = to;
    }
    return ward.finish();
}

} // namespace

std::optional<Trial> try_alerts(std::vector<std::string> const& readings, TrialSetting setting, int& code) {
    const auto recorded = read_stays_told(readings, code);
    if (!recorded) return std::nullopt;
    auto const& sources = recorded->sources;
    std::erase_if(setting.rules.sources, [&](core::SourceSettings const& s) {
        return std::find(sources.begin(), sources.end(), s.source) == sources.end();
    });
    Trial out;
    out.refused = recorded->refused;
    for (auto const& stay : recorded->stays) {
        const auto facts = setting.stays.find(stay.name);
        out.readings += stay.readings.size();
        out.stays.push_back(play(*recorded, stay, facts == setting.stays.end() ? StayFacts{} : facts->second, setting));
    }
    return out;
}

} // namespace vigil::cli
