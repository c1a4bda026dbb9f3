#include "cli/burden.hpp"

#include "cli/iso_time.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace vigil::cli {

namespace {

constexpr double day_ms = 86'400'000;
constexpr double least_days = 1.0 / 24; // a stay of minutes has no rate a day

double days_of(TriedStay const& stay) {
    return std::max(static_cast<double>((stay.to - stay.from).ms) / day_ms, least_days);
}

// Nearest rank of an ascending list; 0 of none.
template <class T>
T percentile(std::vector<T> const& ascending, unsigned percent) {
    if (ascending.empty()) return T{};
    const auto rank = (ascending.size() * percent + 99) / 100;
    return ascending[std::max<std::size_t>(rank, 1) - 1];
}

void add(RuleBurden& rule, TriedAlert const& alert) {
    rule.kind = alert.last.kind;
    if (!alert.called) {
        ++rule.silent;
        return;
    }
    ++rule.onsets;
    ++rule.by_priority[static_cast<std::size_t>(alert.highest)];
    rule.worsened += alert.worsened;
    rule.again += alert.again;
    if (alert.ended) rule.lengths_ms.push_back((*alert.ended - alert.shown).ms);
}

double share_of_busiest_tenth(std::vector<std::uint32_t> counts) {
    std::sort(counts.rbegin(), counts.rend());
    std::uint64_t all = 0, most = 0;
    for (auto n : counts) all += n;
    const auto tenth = (counts.size() + 9) / 10;
    for (std::size_t i = 0; i < tenth; ++i) most += counts[i];
    return all == 0 ? 0 : static_cast<double>(most) / static_cast<double>(all);
}

std::string lengths(RuleBurden const& rule) {
    return rule.lengths_ms.empty()
               ? "-"
               : show_length(percentile(rule.lengths_ms, 50)) + " / " + show_length(percentile(rule.lengths_ms, 95));
}

std::string rates(std::string const& what, std::uint32_t calls, double days, std::vector<double> const& by_stay,
                  double aim) {
    return fmt::format("{:<24}{:>6}  {:>6.2f} a patient-day (aim: at most {:g}); by stay median {:.2f}, 95th "
                       "percentile {:.2f}\n",
                       what, calls, days > 0 ? calls / days : 0, aim, percentile(by_stay, 50), percentile(by_stay, 95));
}

} // namespace

Burden burden_of(Trial const& trial) {
    Burden out;
    std::map<std::string, RuleBurden> rules;
    std::vector<std::uint32_t> urgent_counts;
    for (auto const& stay : trial.stays) {
        const auto days = days_of(stay);
        out.patient_days += days;
        std::uint32_t urgent = 0, technical = 0;
        for (auto const& alert : stay.alerts) {
            auto& rule = rules[alert.last.rule];
            rule.rule = alert.last.rule;
            add(rule, alert);
            if (!alert.called) continue;
            if (alert.last.kind == alerts::AlertKind::technical)
                ++technical;
            else if (alert.highest >= alerts::Priority::medium)
                ++urgent;
            else
                ++(alert.highest == alerts::Priority::low ? out.low : out.information);
        }
        out.urgent += urgent;
        out.technical += technical;
        urgent_counts.push_back(urgent);
        out.urgent_by_stay.push_back(urgent / days);
        out.technical_by_stay.push_back(technical / days);
    }
    std::sort(out.urgent_by_stay.begin(), out.urgent_by_stay.end());
    std::sort(out.technical_by_stay.begin(), out.technical_by_stay.end());
    out.busiest_tenth = share_of_busiest_tenth(std::move(urgent_counts));
    for (auto& [name, rule] : rules) {
        std::sort(rule.lengths_ms.begin(), rule.lengths_ms.end());
        out.rules.push_back(std::move(rule));
    }
    std::stable_sort(out.rules.begin(), out.rules.end(), [](RuleBurden const& a, RuleBurden const& b) {
        return a.kind != b.kind ? a.kind < b.kind : a.onsets > b.onsets;
    });
    return out;
}

std::string shown(Burden const& b) {
    auto out = fmt::format("{:<24}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>8}  {}\n", "rule", "onsets", "high", "medium",
                           "low", "info", "worse", "again", "silent", "lasted (median / 95th)");
    for (auto const& r : b.rules)
        out += fmt::format("{:<24}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>8}  {}\n",
                           r.rule + (r.kind == alerts::AlertKind::technical ? " (t)" : ""), r.onsets, r.by_priority[3],
                           r.by_priority[2], r.by_priority[1], r.by_priority[0], r.worsened, r.again, r.silent,
                           lengths(r));
    std::uint32_t onsets = 0, again = 0;
    for (auto const& r : b.rules) {
        onsets += r.onsets;
        again += r.again;
    }
    out += fmt::format("\n{} stays, {:.1f} patient-days\n", b.urgent_by_stay.size(), b.patient_days);
    out += rates("high and medium", b.urgent, b.patient_days, b.urgent_by_stay, 2);
    out += rates("technical", b.technical, b.patient_days, b.technical_by_stay, 3);
    out += fmt::format("{:<24}{:>6}\n{:<24}{:>6}\n", "low", b.low, "information", b.information);
    out += fmt::format("came back within the re-arm time: {} of {} ({:.1f} %; aim: below 5 %)\n", again, onsets,
                       onsets == 0 ? 0.0 : 100.0 * again / onsets);
    out += fmt::format("the tenth of stays with the most had {:.0f} % of high and medium\n", 100 * b.busiest_tenth);
    return out;
}

} // namespace vigil::cli
