#include "cli/trial_rises.hpp"

#include <algorithm>

namespace vigil::cli {

namespace {

constexpr std::size_t organ_of(model::Part part) {
    return static_cast<std::size_t>(part) - static_cast<std::size_t>(model::Part::resp);
}

constexpr model::Duration turn = model::minutes(2); // looked at by the minute, each patient in turn

// Called for it: while it was seen, or as soon as the rule's dwell allows after.
bool called_for(TriedAlert const& alert, MeasuredRise const& rise, model::Duration dwell_in) {
    return std::any_of(alert.seen.begin(), alert.seen.end(), [&](TriedAlert::Seen const& s) {
        const auto at = model::patient_now(s.at);
        return s.called && at + turn >= rise.from && at <= rise.to + dwell_in + turn;
    });
}

// Its condition stood at some time of the rise, at a level no less than it.
bool covered(TriedAlert const& alert, MeasuredRise const& rise) {
    for (std::size_t i = 0; i < alert.seen.size(); ++i) {
        auto const& s = alert.seen[i];
        const auto until =
            i + 1 < alert.seen.size() ? std::optional{model::patient_now(alert.seen[i + 1].at)} : std::nullopt;
        const bool then = model::patient_now(s.at) <= rise.to + turn && (!until || *until >= rise.from);
        if (then && s.condition == alerts::ConditionState::present && s.level >= rise.by) return true;
    }
    return false;
}

void explain(TriedStay const& stay, MeasuredRise& rise, alerts::SofaRise const& rule) {
    if (!rule.rule.enabled) {
        rise.why_not = "the rule is switched off";
        return;
    }
    for (auto const& a : stay.alerts) {
        if (a.last.rule != rule.rule.id) continue;
        if (called_for(a, rise, rule.rule.dwell_in)) {
            rise.alert = a.last.id;
            rise.why_not.clear();
            return;
        }
        if (!covered(a, rise) || (!a.called && a.explained_by.empty())) continue;
        rise.alert = a.last.id;
        rise.why_not = a.called ? "an alert of an earlier rise stood, and it was not more"
                                : "the alert stood and called nobody: " + a.explained_by;
    }
    if (!rise.alert.empty()) return;
    if (rise.to - rise.from < rule.rule.dwell_in)
        rise.why_not = "it lasted less than the rule's dwell";
    else if (rise.to - rise.from < model::minutes(1))
        rise.why_not = "it was over within the minute: taken back by readings of the same minute";
}

} // namespace

std::int32_t MeasuredRises::rise_to(Shown const& now) const {
    std::int32_t most = 0;
    const auto within = rules_.rules.sofa_rise.within;
    for (std::size_t i = 0; i < shown_.size(); ++i) {
        // What was shown last before the interval began was still true then.
        if (i + 1 < shown_.size() && now.at - shown_[i + 1].at > within) continue;
        std::int32_t by = 0;
        for (std::size_t o = 0; o < now.organs.size(); ++o)
            if (now.organs[o] && shown_[i].organs[o]) by += *now.organs[o] - *shown_[i].organs[o];
        most = std::max(most, by);
    }
    return most;
}

void MeasuredRises::take(model::Score const& score) {
    if (score.key.id != model::ScoreId::sofa || score.key.product != model::Product::now) return;
    Shown now;
    now.at = score.as_of;
    for (auto const& p : score.parts)
        // What can still be more in its first hour is not valued.
        if (p.part != model::Part::total && p.points && p.lower == p.upper) now.organs.at(organ_of(p.part)) = *p.points;
    const auto by = rise_to(now);
    if (rising_) rises_.back().to = now.at; // it held until now
    const bool rising = by >= rules_.rules.sofa_rise.rise;
    if (rising && !rising_) rises_.push_back({now.at, now.at, by, {}, {}});
    if (rising) rises_.back().by = std::max(rises_.back().by, by);
    rising_ = rising;
    const auto keep = rules_.rules.sofa_rise.within;
    while (shown_.size() > 1 && now.at - shown_[1].at > keep) shown_.erase(shown_.begin());
    // A figure that was replaced within its minute is none to rise from: what is charted at once comes row by row.
    const bool same_minute = !shown_.empty() && shown_.back().at.ms / 60'000 == now.at.ms / 60'000;
    if (same_minute) shown_.pop_back();
    shown_.push_back(now);
}

void MeasuredRises::finish(TriedStay& stay) {
    if (rising_) rises_.back().to = std::max(rises_.back().to, model::patient_now(stay.to));
    for (auto& rise : rises_) explain(stay, rise, rules_.rules.sofa_rise);
    stay.rises = std::move(rises_);
}

} // namespace vigil::cli
