#include "cli/trial.hpp"

#include "cli/played.hpp"
#include "cli/recorded_stays.hpp"
#include "cli/session.hpp"
#include "cli/trial_rises.hpp"
#include "core/step.hpp"

#include <algorithm>
#include <tuple>
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
          played_{setting.rules, begin, setting.acknowledged_after},
          rises_{setting.rules} {
        out_.name = stay.name;
        out_.from = out_.to = begin;
        played_.on_effect([this](core::Effect const& effect) {
            if (auto const* s = std::get_if<core::ScoreChanged>(&effect)) rises_.take(s->score);
        });
        for (auto const& name : all.sources)
            sources_.push_back(played_.source(name.empty() ? "recorded" : name, "csv"));
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
        played_.step(at, std::move(c));
    }

    // Readings of one source told at one instant.
    void tell(std::vector<ToldReading> const& readings, std::size_t from, std::size_t to) {
        const LogTime at{readings[from].told_ms};
        played_.pass(at);
        played_.step(at, frame_of(readings, from, to));
        out_.to = at;
    }

    void count_unused(std::map<std::string, std::uint64_t>& out) const {
        auto const& state = played_.engine().state();
        const auto of_code = [](model::Reason r) {
            return r == model::Reason::unmapped || r == model::Reason::unknown_unit;
        };
        for (std::size_t i = 0; i < state.channels.size() && i < state.channel_counts.size(); ++i) {
            auto const& [channel, count] = std::tie(state.channels[i], state.channel_counts[i]);
            if (!of_code(count.meaning.reason) || count.readings == 0) continue;
            out[std::string{model::name_of(count.meaning.reason)} + ": " + std::string{model::name_of(channel.system)} +
                " " + channel.code + " [" + channel.unit + "]"] += count.readings;
        }
        for (auto const& [number, count] : state.refused)
            if (const auto reason = static_cast<model::Reason>(number); !of_code(reason))
                out[std::string{model::name_of(reason)}] += count;
    }

    TriedStay finish() {
        out_.alerts = played_.take_alerts();
        rises_.finish(out_);
        return std::move(out_);
    }

private:
    model::Processing processing() const {
        return rules_.simulated ? model::Processing::training : model::Processing::production;
    }

    model::Frame frame_of(std::vector<ToldReading> const& readings, std::size_t from, std::size_t to) {
        auto const& engine = played_.engine();
        const auto number = played_.events();
        model::Frame f;
        f.source = sources_[readings[from].source];
        f.message_id = std::to_string(number);
        for (std::size_t i = 0; i < 8; ++i) f.content[i] = static_cast<std::uint8_t>(number >> (8 * i));
        f.content[8] = 1;
        f.message_time = model::DeviceTime{readings[from].told_ms};
        f.received = *f.message_time;
        f.processing = processing();
        const model::Subject subject{visit, {visit}, bed};
        if (const auto known = engine.find_subject(subject)) {
            f.subject = *known;
        } else {
            f.subject = {static_cast<std::uint32_t>(engine.state().subjects.size() + 1)};
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
        auto const& engine = played_.engine();
        if (const auto known = engine.find_channel(channel)) return *known;
        const auto fresh = std::find(f.new_channels.begin(), f.new_channels.end(), channel);
        const auto index = static_cast<std::size_t>(fresh - f.new_channels.begin());
        if (fresh == f.new_channels.end()) f.new_channels.push_back(channel);
        return {static_cast<std::uint32_t>(engine.state().channels.size() + index + 1)};
    }

    RecordedStays const& all_;
    core::Rulebook const& rules_;
    Played played_;
    std::vector<model::SourceId> sources_;
    MeasuredRises rises_;
    TriedStay out_;
};

TriedStay play(RecordedStays const& all, RecordedStay const& stay, StayFacts const& facts, TrialSetting const& setting,
               Trial& out) {
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
    ward.count_unused(out.unused);
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
        out.stays.push_back(
            play(*recorded, stay, facts == setting.stays.end() ? StayFacts{} : facts->second, setting, out));
    }
    return out;
}

} // namespace vigil::cli
