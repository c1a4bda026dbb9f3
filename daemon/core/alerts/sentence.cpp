// Placeholders of a rule's message:
//   {0} {1} …   a figure            {0/10}   a figure in tenths, with its digit   {0/100}   in hundredths
//   {+0}        a figure with its sign
//   {points}    the level as a number
//   {level}     the word of the level       {organs}   organs that rose, from figure 3 on: "resp +1, cardio +2"
//   {signal}    the first evidence's signal  {signals} every evidence's, once each
//   {value}     the first evidence's value with its unit
//   {now}       what is seen now where that does not reach the level: "; now 2", or "; now 2, ending" when the alert
//               is about to end ({+now}: with its sign); of an extreme value, the newer one that is not clear of the
//               limit: "; now 7.9 mmol/L"; else nothing
//   {alarm}     what the first evidence's code is called by the rule, with what it is about: "SpO2 low"
//   {priority}  the first evidence's word, as a device ranked its alarm
//   {source}    the feed                 {feed}      " from" and the feed, where one is spoken of; of a bed nothing
//   {ending}    "; not seen any more, ending" of what has a name and no points; else nothing
// A placeholder that has nothing to say becomes "unknown": a sentence never makes a number up.

#include "core/alerts/sentence.hpp"

#include "core/model/comparator.hpp"
#include "core/model/decimal.hpp"
#include "core/model/score.hpp"

#include <charconv>
#include <string_view>

namespace vigil::alerts {

namespace {

constexpr std::string_view unknown = "unknown";
constexpr std::size_t first_organ_figure = 3;

std::string organs(Alert const& alert) {
    std::string out;
    for (std::size_t i = first_organ_figure; i < alert.figures.size() && i < first_organ_figure + 6; ++i) {
        if (alert.figures[i] <= 0) continue;
        if (!out.empty()) out += ", ";
        const auto part = static_cast<std::size_t>(model::Part::resp) + (i - first_organ_figure);
        out += name_of(static_cast<model::Part>(part));
        out += " +" + std::to_string(alert.figures[i]);
    }
    return out.empty() ? std::string{unknown} : out;
}

std::string value(Alert const& alert, std::size_t which) {
    if (which >= alert.evidence.size() || !alert.evidence[which].reported) return std::string{unknown};
    auto const& e = alert.evidence[which];
    std::string out{model::sign_of(e.comparator)};
    out += to_string(*e.reported);
    const auto unit = model::ucum(e.reported_unit);
    if (!unit.empty()) (out += ' ') += unit;
    return out;
}

std::string now(Alert const& alert, bool sign) {
    if (alert.side != 0 && alert.evidence.size() > 1) return "; now " + value(alert, 1);
    if (!alert.now) return {};
    return (sign && *alert.now >= 0 ? "; now +" : "; now ") + std::to_string(*alert.now) +
           (alert.ending ? ", ending" : "");
}

std::string signals(Alert const& alert) {
    std::string out;
    for (std::size_t i = 0; i < alert.evidence.size(); ++i) {
        bool again = false;
        for (std::size_t k = 0; k < i; ++k) again = again || alert.evidence[k].signal == alert.evidence[i].signal;
        if (again) continue;
        if (!out.empty()) out += ", ";
        out += name_of(alert.evidence[i].signal);
    }
    return out.empty() ? std::string{unknown} : out;
}

std::string figure(Alert const& alert, std::string_view which) {
    const bool sign = which.starts_with('+');
    if (sign) which.remove_prefix(1);
    std::uint8_t digits = 0;
    if (which.ends_with("/10")) {
        which.remove_suffix(3);
        digits = 1;
    } else if (which.ends_with("/100")) {
        which.remove_suffix(4);
        digits = 2;
    }
    std::size_t index = 0;
    const auto end = which.data() + which.size();
    const auto [last, error] = std::from_chars(which.data(), end, index);
    if (error != std::errc{} || last != end || index >= alert.figures.size()) return std::string{unknown};
    const auto v = alert.figures[index];
    std::string out = sign && v >= 0 ? "+" : "";
    if (digits == 0) return out + std::to_string(v);
    const auto m = model::make_decimal(v, digits);
    return m ? out + to_string(*m) : std::string{unknown};
}

// Figures are the numbers of the event and of what it is about.
std::string alarm(Alert const& alert, Rules const& rules) {
    auto const* rule = find_state_rule(rules, alert.rule);
    if (rule == nullptr || alert.figures.empty()) return "of its own kind";
    const auto called = [&](std::int64_t code) -> std::string {
        for (auto const& one : rule->names)
            if (one.code == code) return one.text;
        return {};
    };
    const auto event = called(alert.figures.front());
    const auto about = alert.figures.size() > 1 ? called(alert.figures[1]) : std::string{};
    const auto what = event.empty() ? "code " + std::to_string(alert.figures.front()) : event;
    return about.empty() ? what : about + ' ' + what;
}

std::string ranked(Alert const& alert) {
    if (alert.evidence.empty() || !alert.evidence.front().word) return std::string{unknown};
    const auto word = *alert.evidence.front().word;
    if (word == model::Word::unranked) return "of no stated priority";
    return (word == model::Word::note ? "for information" : std::string{name_of(word)} + " priority");
}

std::string fill(Alert const& alert, Rules const& rules, Rule const& rule, std::string_view name) {
    if (name == "alarm") return alarm(alert, rules);
    if (name == "priority") return ranked(alert);
    if (name == "level") return level_entry(rule, alert.level).word;
    if (name == "organs") return organs(alert);
    if (name == "signal") return std::string{alert.evidence.empty() ? unknown : name_of(alert.evidence.front().signal)};
    if (name == "signals") return signals(alert);
    if (name == "value") return value(alert, 0);
    if (name == "points") return std::to_string(alert.level);
    if (name == "now" || name == "+now") return now(alert, name.front() == '+');
    if (name == "ending") return alert.ending ? "; not seen any more, ending" : "";
    if (name == "feed") return alert.subject_source.empty() ? std::string{} : " from " + alert.subject_source;
    if (name == "source") return alert.subject_source.empty() ? std::string{unknown} : alert.subject_source;
    return figure(alert, name);
}

std::string state_of(Alert const& alert) {
    std::string out;
    if (alert.closing == Closing::corrected)
        out += "; corrected, was not so";
    else if (alert.condition == ConditionState::absent)
        out += "; over";
    if (alert.condition == ConditionState::unknown) out += "; data lost, may still be so";
    if (alert.closing != Closing::open && alert.closing != Closing::corrected && alert.closing != Closing::recovered)
        out += "; closed: " + std::string{name_of(alert.closing)};
    if (!alert.confirmed && alert.condition == ConditionState::present) out += "; unconfirmed";
    if (!alert.inhibited_by.empty()) out += "; inhibited: " + alert.inhibited_by;
    return out;
}

} // namespace

std::string sentence(Alert const& alert, Rules const& rules) {
    auto const* rule = find_rule(rules, alert.rule);
    if (rule == nullptr) return alert.rule + "; rule removed";
    std::string out;
    std::string_view rest = rule->message;
    while (!rest.empty()) {
        const auto open = rest.find('{');
        out += rest.substr(0, open);
        if (open == std::string_view::npos) break;
        const auto close = rest.find('}', open);
        if (close == std::string_view::npos) break; // the loader refuses such a template
        out += fill(alert, rules, *rule, rest.substr(open + 1, close - open - 1));
        rest.remove_prefix(close + 1);
    }
    return out + state_of(alert);
}

bool is_placeholder(std::string_view name) {
    for (const auto word : {"level", "points", "organs", "signal", "signals", "value", "now", "+now", "ending",
                            "source", "feed", "alarm", "priority"})
        if (name == word) return true;
    if (name.starts_with('+')) name.remove_prefix(1);
    if (name.ends_with("/10")) name.remove_suffix(3);
    if (name.ends_with("/100")) name.remove_suffix(4);
    return name.size() == 1 && name.front() >= '0' && name.front() <= '9';
}

} // namespace vigil::alerts
