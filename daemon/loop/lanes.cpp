#include "loop/lanes.hpp"

#include "loop/limits.hpp"

#include "vigil/v1/query.pb.h"

#include <algorithm>
#include <optional>

namespace vigil::loop {

namespace {

constexpr std::uint8_t digits = 3;

std::optional<std::int64_t> drawn(core::Rulebook const& rules, model::Signal signal, model::Decimal value,
                                  model::Unit unit) {
    const auto exact = core::canonical(rules, signal, value, unit);
    const auto rounded = exact ? model::round_half_up(*exact, digits) : std::nullopt;
    if (!rounded) return std::nullopt;
    auto mantissa = rounded->mantissa;
    for (auto i = rounded->scale; i < digits; ++i)
        if (__builtin_mul_overflow(mantissa, std::int64_t{10}, &mantissa)) return std::nullopt;
    return mantissa;
}

bool is_drawn_from_before(model::SignalKind kind) {
    return kind == model::SignalKind::setting || kind == model::SignalKind::infusion ||
           kind == model::SignalKind::attested;
}

// The columns of one signal as its readings come, oldest first.
class Columns {
public:
    Columns(LanesAsked const& asked, v1::Lane& lane)
        : asked_{asked},
          lane_{lane} {}

    void number(model::EventTime at, std::int64_t least, std::int64_t greatest, std::int64_t newest,
                std::uint32_t readings) {
        auto& c = column(at);
        if (c.readings() == 0 || least < c.least()) c.set_least(least);
        if (c.readings() == 0 || greatest > c.greatest()) c.set_greatest(greatest);
        c.set_newest(newest);
        c.set_at_ms(at.ms);
        c.set_readings(c.readings() + readings);
    }
    void word(model::EventTime at, model::Word word) {
        auto& c = column(at);
        c.set_coded(std::string{model::name_of(word)});
        c.set_at_ms(at.ms);
        c.set_readings(c.readings() + 1);
    }

private:
    v1::LaneColumn& column(model::EventTime at) {
        const auto span = std::max<std::int64_t>(asked_.to.ms - asked_.from.ms, 1);
        const auto index =
            at < asked_.from ? std::int64_t{-1} : (at.ms - asked_.from.ms) * std::int64_t{asked_.columns} / span;
        if (lane_.columns_size() > 0 && index == index_) return *lane_.mutable_columns(lane_.columns_size() - 1);
        index_ = index;
        return *lane_.add_columns();
    }

    LanesAsked const& asked_;
    v1::Lane& lane_;
    std::int64_t index_ = 0;
};

void add_sample(core::Rulebook const& rules, model::Signal signal, model::Sample const& s, Columns& columns) {
    if (s.is_word) return columns.word(s.time, s.word);
    if (const auto value = drawn(rules, signal, s.value, s.unit)) columns.number(s.time, *value, *value, *value, 1);
}

void fill(model::Timeline const& timeline, core::VocabularyEntry const& entry, core::Rulebook const& rules,
          LanesAsked const& asked, v1::Lane& lane) {
    Columns columns{asked, lane};
    const auto signal = entry.signal;
    if (entry.kind == model::SignalKind::monitor) {
        const model::EventTime last{asked.to.ms - 1};
        timeline.minutes(signal, {asked.from.ms - 1}, last, [&](model::Minute const& m) {
            if (m.valid == 0) return;
            const auto low = drawn(rules, signal, m.lowest, m.unit), high = drawn(rules, signal, m.highest, m.unit);
            const auto median = drawn(rules, signal, m.value, m.unit);
            if (low && high && median) columns.number(m.time, *low, *high, *median, m.valid);
        });
        return;
    }
    const model::EventTime before{asked.from.ms - 1};
    if (is_drawn_from_before(entry.kind))
        if (const auto stood = timeline.latest(signal, before, {}); stood && (!stood->until || *stood->until > before))
            add_sample(rules, signal, *stood, columns);
    for (auto const& s : timeline.range(signal, before, {asked.to.ms - 1})) add_sample(rules, signal, s, columns);
}

} // namespace

void write_lanes(model::Timeline const& timeline, core::Rulebook const& rules, LanesAsked const& asked,
                 v1::QueryReply& reply) {
    std::size_t bytes = 0;
    for (auto const& entry : rules.vocabulary) {
        const bool wanted = asked.signals.empty() ||
                            std::find(asked.signals.begin(), asked.signals.end(), entry.signal) != asked.signals.end();
        if (!wanted || timeline.empty(entry.signal)) continue;
        v1::Lane lane;
        lane.set_signal(std::string{model::name_of(entry.signal)});
        lane.set_unit(std::string{model::ucum(entry.canonical)});
        lane.set_scale(digits);
        fill(timeline, entry, rules, asked, lane);
        if (lane.columns_size() == 0) continue;
        bytes += lane.ByteSizeLong();
        // Whole lanes or none: a lane cut short would look like data that stopped.
        if (bytes > reply_bytes) return reply.set_error("too_many_columns");
        *reply.add_lanes() = std::move(lane);
    }
}

} // namespace vigil::loop
