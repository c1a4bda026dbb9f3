#include "cli/trial_rises.hpp"

#include <algorithm>

namespace vigil::cli {

namespace {

constexpr std::size_t organ_of(model::Part part) {
    return static_cast<std::size_t>(part) - static_cast<std::size_t>(model::Part::resp);
}

// The alert of that rise: it stood when the rise was seen, or began no later than its dwell after the rise ended.
TriedAlert const* told_by(TriedStay const& stay, MeasuredRise const& rise, alerts::SofaRise const& rule) {
    for (auto const& a : stay.alerts) {
        if (a.last.rule != rule.rule.id) continue;
        const auto ended = a.ended ? model::patient_now(*a.ended) : model::patient_now(stay.to);
        const auto latest = rise.to + rule.rule.dwell_in + model::minutes(2); // looked at by the minute, in turn
        if (ended >= rise.from && model::patient_now(a.shown) <= latest) return &a;
    }
    return nullptr;
}

void explain(TriedStay const& stay, MeasuredRise& rise, alerts::SofaRise const& rule) {
    auto const* alert = told_by(stay, rise, rule);
    if (alert == nullptr) {
        if (!rule.rule.enabled)
            rise.why_not = "the rule is switched off";
        else if (rise.to - rise.from < rule.rule.dwell_in)
            rise.why_not = "it lasted less than the rule's dwell";
        else if (rise.to - rise.from < model::minutes(1))
            rise.why_not = "it was over within the minute: taken back by readings of the same minute";
        return;
    }
    rise.alert = alert->last.id;
    if (!alert->called)
        rise.why_not = "the alert stood and called nobody: " +
                       (alert->explained_by.empty() ? std::string{"known by late results alone"} : alert->explained_by);
    else if (model::patient_now(*alert->called) < rise.from && alert->last.highest >= rise.by)
        rise.why_not = "an alert of an earlier rise stood, and it was not more";
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
