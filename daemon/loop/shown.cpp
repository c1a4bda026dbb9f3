#include "loop/shown.hpp"

#include "core/census.hpp"

#include <algorithm>
#include <chrono>
#include <map>

namespace vigil::loop {

namespace {

constexpr std::chrono::seconds search{10};

// The first row logged after that instant; log time never goes backwards. Rows before the oldest that is kept count as
// earlier.
std::optional<std::uint64_t> first_after(store::Reader& reader, model::LogTime at, std::uint64_t up_to,
                                         std::string& why) {
    std::uint64_t low = 1, high = up_to + 1;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        const auto row = reader.row(middle);
        if (!row && row.refusal().why != store::Refusal::Why::missing) {
            why = name_of(row.refusal().why);
            return std::nullopt;
        }
        if (row && row->at > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

// What empties a bed takes its scores off the screens; whoever comes back is shown anew.
std::optional<bool> lies_in_a_bed(core::BedChanged::Kind kind) {
    using Kind = core::BedChanged::Kind;
    if (kind == Kind::discharged || kind == Kind::merged || kind == Kind::cancelled) return false;
    if (kind == Kind::admitted || kind == Kind::arrived) return true;
    return std::nullopt;
}

// When anything can first have been told of it.
model::LogTime known_from(core::State const& state, model::EncounterId encounter) {
    return {core::at(state, encounter).opened.ms};
}

} // namespace

std::optional<Shown> shown_at(store::Reader& reader, core::State const& state, model::EncounterId encounter,
                              model::LogTime at, std::uint64_t up_to, std::string& why) {
    store::ReadRequest rows;
    rows.kinds.set(store::kind_of_effect<core::ScoreChanged>());
    rows.kinds.set(store::kind_of_effect<core::AlertChanged>());
    rows.kinds.set(store::kind_of_effect<core::BedChanged>());
    const auto from = first_after(reader, known_from(state, encounter) - model::hours(24), up_to, why);
    const auto behind = from ? first_after(reader, at, up_to, why) : std::nullopt;
    if (!behind) return std::nullopt;
    rows.from = *from;
    rows.to = *behind - 1;
    std::map<model::ScoreKey, core::ScoreChanged> scores;
    std::map<std::string, alerts::Alert> alerts;
    const auto until = std::chrono::steady_clock::now() + search;
    bool here = true;
    const auto take = [&](core::Effect&& effect) {
        if (auto const* b = std::get_if<core::BedChanged>(&effect); b != nullptr && b->encounter == encounter) {
            here = lies_in_a_bed(b->kind).value_or(here);
            if (!here) scores.clear();
        }
        if (auto* s = std::get_if<core::ScoreChanged>(&effect))
            if (here && s->encounter == encounter) scores.insert_or_assign(s->score.key, std::move(*s));
        if (auto* a = std::get_if<core::AlertChanged>(&effect)) {
            auto const& alert = a->alert;
            if (alert.encounter != encounter) return;
            if (alert.signal == alerts::SignalState::closed)
                alerts.erase(alert.id);
            else
                alerts.insert_or_assign(alert.id, std::move(a->alert));
        }
    };
    while (rows.from <= rows.to) {
        auto page = reader.read(rows);
        if (!page) {
            why = name_of(page.refusal().why);
            return std::nullopt;
        }
        for (auto const& row : page->rows) {
            auto effect = store::effect_of(row);
            if (!effect) {
                why = "corrupt";
                return std::nullopt;
            }
            take(*std::move(effect));
        }
        if (page->at_end) break;
        if (std::chrono::steady_clock::now() > until) {
            why = "too_far_back";
            return std::nullopt;
        }
        rows.from = page->next;
    }
    Shown out;
    for (auto& [key, score] : scores) out.scores.push_back(std::move(score));
    for (auto& [id, alert] : alerts) out.alerts.push_back(std::move(alert));
    return out;
}

} // namespace vigil::loop
