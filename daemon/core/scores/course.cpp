#include "core/scores/course.hpp"

#include "core/model/minute_record.hpp"

#include <algorithm>
#include <array>

namespace vigil::scores {

using model::EventTime;
using model::Signal;

namespace {

constexpr std::array course_signals = {Signal::sofa_sum, Signal::sofa_most};

std::int32_t told_by(model::ScorePart const& total, Signal signal) {
    return signal == Signal::sofa_sum ? total.lower : total.upper;
}

bool stands(model::Timeline const& timeline, Signal signal, std::int32_t points, EventTime at) {
    const auto last = timeline.latest(signal, at, {});
    return last && last->value == model::Decimal{points, 0};
}

model::Sample course_sample(EventTime at, std::int32_t points) {
    model::Sample s;
    s.time = s.message_time = at;
    s.value = {points, 0};
    s.unit = model::Unit::score;
    return s;
}

} // namespace

bool reads_course(model::ScoreId id) { return reads(id, Signal::sofa_sum); }

std::optional<model::ScoreKey> course_followed(std::span<model::ScoreKey const> keys, core::Rulebook const& rules) {
    const auto reader = std::find_if(keys.begin(), keys.end(), [](auto const& k) { return reads_course(k.id); });
    if (reader == keys.end()) return std::nullopt;
    auto const& edition = definition(reader->id).edition;
    const auto policy = find_policy(rules, model::ScoreId::sofa, edition.policy(rules, reader->policy));
    return model::ScoreKey{model::ScoreId::sofa, model::Product::rolling, reader->basis,
                           policy ? *policy : std::uint8_t{0}};
}

std::vector<model::ScoreKey> with_course(std::vector<model::ScoreKey> keys, core::Rulebook const& rules) {
    if (const auto sofa = course_followed(keys, rules)) keys.push_back(*sofa);
    return keys;
}

void follow_course(Memory& memory, std::size_t run, Patient const& patient, model::Timeline& timeline, EventTime from,
                   EventTime to, core::Rulebook const& rules, model::Retention const& keep) {
    for (auto at = from; at <= to;) {
        const auto sofa = memory.score(run, patient, at, rules);
        auto const& total = sofa.parts.front();
        for (const auto signal : course_signals) {
            const auto points = told_by(total, signal);
            if (total.state == model::PartState::not_applicable || stands(timeline, signal, points, at)) continue;
            // Before anything was measured there is nothing that SOFA was.
            if (total.state == model::PartState::not_measured && !has_course(timeline, at)) continue;
            auto sample = course_sample(at, points);
            // More of the same instant has come: this counts after what was noted of it.
            if (const auto last = timeline.latest(signal, at, {}); last && last->time == at)
                sample.message_time = last->message_time + model::Duration{1};
            memory.insert(timeline, signal, model::SignalKind::derived, sample, to, keep);
        }
        if (!sofa.next_change) return;
        at = *sofa.next_change;
    }
}

EventTime take_course_out(model::Timeline& timeline, EventTime from, EventTime to) {
    // And what was noted as of a device whose clock runs ahead.
    for (const auto signal : course_signals) timeline.erase(signal, from, to + model::minutes(2));
    return model::start_of_minute(model::minute_of(from));
}

void follow_anew(model::ScoreKey sofa, Patient const& patient, model::Timeline& timeline, EventTime from, EventTime to,
                 core::Rulebook const& rules, model::Retention const& keep) {
    from = take_course_out(timeline, from, to);
    const std::array keys = {sofa};
    Memory memory{keys, Memory::Evidence::unwanted};
    follow_course(memory, 0, patient, timeline, from, to, rules, keep);
}

bool has_course(model::Timeline const& timeline, EventTime at) {
    return timeline.latest(Signal::sofa_sum, at, {}).has_value();
}

bool differs_from_course(model::Timeline const& timeline, model::ScorePart const& total, EventTime at) {
    if (total.state == model::PartState::not_measured && !has_course(timeline, at)) return false;
    return std::any_of(course_signals.begin(), course_signals.end(),
                       [&](Signal s) { return !stands(timeline, s, told_by(total, s), at); });
}

} // namespace vigil::scores
