#include "core/alerts/criterion.hpp"

namespace vigil::alerts {

namespace {

std::string text(model::Duration d) {
    if (d.ms % 3'600'000 == 0) return std::to_string(d.ms / 3'600'000) + " h";
    if (d.ms % 60'000 == 0) return std::to_string(d.ms / 60'000) + " min";
    return std::to_string(d.ms / 1000) + " s";
}

std::string dwells(Rule const& rule) {
    std::string out;
    if (rule.dwell_in.ms > 0) out += "; told after " + text(rule.dwell_in);
    if (rule.dwell_out.ms > 0) out += "; over after " + text(rule.dwell_out);
    return out;
}

std::string of_rise(SofaRise const& rule) {
    return "rise of at least " + std::to_string(rule.rise) + " points within " + text(rule.within) +
           ", a level is left " + std::to_string(rule.hysteresis) + " below it" + dwells(rule.rule);
}

std::string of_oxygenation(ArdsOxygenation const& rule) {
    std::string out = "P/F at most ";
    for (std::size_t i = 0; i < rule.pf_at_most.size(); ++i)
        out += (i == 0 ? "" : ", ") + to_string(rule.pf_at_most[i]);
    return out + " mmHg, a class is left " + to_string(rule.hysteresis) + " mmHg above it" + dwells(rule.rule);
}

std::string of_laboratory(Alert const& alert, core::Rulebook const& rules) {
    auto const& rule = rules.rules.extreme_lab;
    const auto signal = model::parse_signal(std::string_view{alert.rule}.substr(rule.rule.id.size() + 1));
    if (!signal) return {};
    auto const& entry = core::entry(rules, *signal);
    std::string out;
    if (entry.soft_low) out += "below " + to_string(*entry.soft_low);
    if (entry.soft_high) out += (out.empty() ? "above " : " or above ") + to_string(*entry.soft_high);
    if (const auto unit = model::ucum(entry.canonical); !unit.empty()) (out += ' ') += unit;
    return out + "; a level more for every " + std::to_string(rule.worse_percent) + " % of the limit further out";
}

} // namespace

std::string criterion(Alert const& alert, core::Rulebook const& rules) {
    auto const& all = rules.rules;
    auto const* rule = find_rule(all, alert.rule);
    if (rule == nullptr) return {};
    for (auto const& organ : all.organs)
        if (rule == &organ.rule) return "at least " + std::to_string(organ.points) + " points" + dwells(*rule);
    if (rule == &all.sofa_rise.rule) return of_rise(all.sofa_rise);
    if (rule == &all.ards_oxygenation.rule) return of_oxygenation(all.ards_oxygenation);
    if (rule == &all.refractory_hypoxaemia.rule)
        return "P/F under " + to_string(all.refractory_hypoxaemia.below) + " mmHg, left at " +
               to_string(all.refractory_hypoxaemia.leave_at) + " mmHg";
    if (rule == &all.extreme_lab.rule) return of_laboratory(alert, rules);
    if (rule == &all.input_stale) return "older than its maximum age" + dwells(*rule);
    if (rule == &all.clock_offset.rule)
        return "off by more than " + text(all.clock_offset.offset) + ", or jumped by more than " +
               text(all.clock_offset.step);
    return {};
}

} // namespace vigil::alerts
