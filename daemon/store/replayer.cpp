#include "store/replayer.hpp"

namespace vigil::store {

namespace {

Refusal differ(std::string const& where, Row const& row, std::string what) {
    return {Refusal::Why::effects_differ, where + " at sequence " + std::to_string(row.seq), std::move(what)};
}

} // namespace

Replayer::Replayer(std::shared_ptr<core::Rulebook const> rules, Snapshot snapshot, Place place)
    : rules_{std::move(rules)},
      place_{std::move(place)},
      engine_{*rules_, std::move(snapshot.state)},
      pending_{std::move(snapshot.pending)} {}

std::optional<Refusal> Replayer::take(Row const& row, std::string const& where) {
    if (!is_effect(row.kind)) {
        if (auto missing = finish(where)) return missing;
        return step(row, where);
    }
    return place_.compare ? compare(row, where) : std::nullopt;
}

std::optional<Refusal> Replayer::step(Row const& row, std::string const& where) {
    const auto event = event_of(row);
    if (!event)
        return Refusal{Refusal::Why::damaged, where + " at sequence " + std::to_string(row.seq),
                       "the row is not an event"};
    RecalledRows recalled;
    if (auto const* wanted = std::get_if<core::Recalled>(&event->what); wanted != nullptr && !wanted->given_up()) {
        for (auto const& plan : pending_) {
            auto const& r = plan.recall;
            if (r.encounter.value != wanted->encounter || r.signal != wanted->signal || r.from != wanted->from ||
                r.to != wanted->to)
                continue;
            auto rows = read_recall(place_.directory, plan, place_.beside_writer);
            if (!rows) return rows.refusal();
            recalled = std::move(*rows);
            break;
        }
        if (recalled.event.digest != wanted->digest)
            return differ(where, row, "the rows recalled are not those that were recalled then");
    }
    effects_.clear();
    engine_.step(*event, effects_, recalled.frames);
    follow_recalls(pending_, *event, effects_, engine_.state(), *rules_);
    seen_ = place_.compare ? 0 : effects_.size();
    cause_ = row.seq;
    ++stepped_;
    return std::nullopt;
}

std::optional<Refusal> Replayer::compare(Row const& row, std::string const& where) {
    if (row.cause != cause_ || seen_ >= effects_.size())
        return differ(where, row,
                      "an effect of sequence " + std::to_string(row.cause) +
                          " was recorded that the core does not give");
    auto const& effect = effects_[seen_++];
    if (row.kind != kind_of(effect) || row.body != body_of(effect))
        return differ(where, row,
                      "the effect recorded for sequence " + std::to_string(row.cause) +
                          " is not the one the core gives");
    return std::nullopt;
}

std::optional<Refusal> Replayer::finish(std::string const& where) const {
    if (seen_ == effects_.size()) return std::nullopt;
    return Refusal{Refusal::Why::effects_differ, where + " at sequence " + std::to_string(cause_),
                   "the core gives " + std::to_string(effects_.size()) + " effects, recorded are " +
                       std::to_string(seen_)};
}

std::string Replayer::snapshot() const { return encode_snapshot(engine_.state(), pending_); }

} // namespace vigil::store
