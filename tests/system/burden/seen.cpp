#include "tests/system/burden/seen.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace vigil::testing {

namespace {

using model::LogTime;
using simulator::Ought;
using simulator::Scripted;

// The script's course has noise around it and passes its limit a little earlier or later than written.
constexpr model::Duration wander = model::hours(2);

bool among(std::string_view rules, std::string const& rule) {
    while (!rules.empty()) {
        const auto end = std::min(rules.find('|'), rules.size());
        if (rules.substr(0, end) == rule) return true;
        rules.remove_prefix(std::min(end + 1, rules.size()));
    }
    return false;
}

bool lies_in(RaisedOnTheWard const& raised, model::BedId bed, int number) {
    const auto found = raised.bed_names.find(bed.value);
    return found != raised.bed_names.end() && std::atoi(found->second.c_str() + 3) == number; // bedNN
}

cli::TriedStay const* stay_of(Scripted const& s, RaisedOnTheWard const& raised) {
    for (auto const& stay : raised.trial.stays)
        if (stay.from.ms == s.admitted && std::atoi(stay.name.c_str() + 3) == s.first_bed) return &stay;
    return nullptr;
}

// The first instant around the onset at which the alert stood at the level in that bed, and had called somebody, or
// nobody, as it ought.
std::optional<LogTime> stood(cli::TriedAlert const& alert, Scripted const& s, RaisedOnTheWard const& raised) {
    bool called = false;
    for (std::size_t i = 0; i < alert.seen.size(); ++i) {
        auto const& now = alert.seen[i];
        if (now.at.ms > s.by) break;
        called = called || now.called;
        const auto until = i + 1 < alert.seen.size() ? alert.seen[i + 1].at.ms : s.by;
        const bool then = until >= s.onset - wander.ms;
        const bool as_ought = s.expected.ought == Ought::silent ? !called && !alert.explained_by.empty() : called;
        if (then && as_ought && now.condition == alerts::ConditionState::present && now.level >= s.expected.level &&
            lies_in(raised, now.bed, s.bed))
            return now.at;
    }
    return std::nullopt;
}

bool disturbs(cli::TriedAlert const& alert, Scripted const& s) {
    if (s.expected.rules == "*"
            ? alert.last.kind != alerts::AlertKind::patient || alert.highest < alerts::Priority::medium
            : !among(s.expected.rules, alert.last.rule))
        return false;
    return std::any_of(alert.seen.begin(), alert.seen.end(), [&](cli::TriedAlert::Seen const& seen) {
        return seen.called && seen.at.ms >= s.onset && seen.at.ms <= s.by;
    });
}

Seen look(Scripted const& s, RaisedOnTheWard const& raised) {
    Seen out{.scripted = s, .at = {}, .rule = {}};
    auto const* stay = stay_of(s, raised);
    if (s.expected.ought == Ought::none) {
        out.as_it_ought = true;
        if (stay == nullptr) { // nobody: no alert may be in that bed
            for (auto const& other : raised.trial.stays)
                for (auto const& alert : other.alerts)
                    if (lies_in(raised, alert.last.bed, s.bed)) out = {s, false, alert.shown, alert.last.rule};
            return out;
        }
        for (auto const& alert : stay->alerts)
            if (out.as_it_ought && disturbs(alert, s)) out = {s, false, alert.called, alert.last.rule};
        return out;
    }
    if (stay == nullptr) return out;
    for (auto const& alert : stay->alerts) {
        if (!among(s.expected.rules, alert.last.rule)) continue;
        const auto at = stood(alert, s, raised);
        if (!at || (out.at && *out.at <= *at)) continue;
        out = {s, true, at, alert.last.rule};
    }
    return out;
}

std::string after(LogTime at, model::LogTime start) {
    const auto minutes = (at.ms - start.ms) / 60'000;
    return fmt::format("{}{}:{:02}", minutes < 0 ? "-" : "", std::abs(minutes) / 60, std::abs(minutes) % 60);
}

std::string line(Seen const& seen, LogTime start) {
    auto const& s = seen.scripted;
    auto const& e = s.expected;
    const bool none = e.ought == Ought::none;
    const auto answer = none
                            ? (seen.as_it_ought ? std::string{"quiet"}
                                                : fmt::format("NOT QUIET: {} at {}", seen.rule, after(*seen.at, start)))
                        : seen.at ? after(*seen.at, LogTime{s.onset}) + (e.ought == Ought::silent ? " silent" : "")
                                  : std::string{"MISSED"};
    return fmt::format("{:>6} bed{:02} {:<50} {:<28} {:>6}  {}\n", after(LogTime{s.onset}, start), s.bed, e.what,
                       none ? std::string{e.rules.substr(0, 26)} : fmt::format("{} {}", e.rules, e.level),
                       after(LogTime{s.by}, LogTime{s.onset}), answer);
}

} // namespace

std::vector<Seen> hold_against(std::vector<Scripted> const& script, RaisedOnTheWard const& raised, LogTime end) {
    std::vector<Seen> out;
    for (auto const& s : script)
        if (s.expected.ought != Ought::done && s.by <= end.ms) out.push_back(look(s, raised));
    return out;
}

std::string shown(std::vector<Seen> const& seen, LogTime start) {
    auto out = fmt::format("{:>6} {:<5} {:<50} {:<28} {:>6}  {}\n", "hour", "bed", "scripted", "rule and level",
                           "within", "after");
    for (auto const& s : seen) out += line(s, start);
    return out;
}

std::string missed(std::vector<Seen> const& seen, LogTime start) {
    std::string out;
    for (auto const& s : seen)
        if (!s.as_it_ought) out += line(s, start);
    return out;
}

} // namespace vigil::testing
