#pragma once
// Alerts as the tests of this folder write them.

#include "outbound/outbox.hpp"

#include <map>
#include <sstream>
#include <stdexcept>

namespace outbound_test {

namespace v1 = vigil::v1;

template <class T>
T word_of(std::map<std::string, T> const& words, std::string const& word) {
    const auto found = words.find(word);
    if (found == words.end()) throw std::invalid_argument("no such word: " + word);
    return found->second;
}

// "high present on escalation=1 bed=b7": priority, condition, signal, and what else it says.
inline v1::Alert alert(std::string const& text, std::uint64_t revision = 1,
                       std::string const& id = "00f1e2d3c4b5a697") {
    static const std::map<std::string, v1::Priority> priorities{{"information", v1::PRIORITY_INFORMATION},
                                                                {"low", v1::PRIORITY_LOW},
                                                                {"medium", v1::PRIORITY_MEDIUM},
                                                                {"high", v1::PRIORITY_HIGH}};
    static const std::map<std::string, v1::ConditionState> conditions{{"present", v1::CONDITION_STATE_PRESENT},
                                                                      {"absent", v1::CONDITION_STATE_ABSENT},
                                                                      {"unknown", v1::CONDITION_STATE_UNKNOWN}};
    static const std::map<std::string, v1::SignalState> signals{
        {"on", v1::SIGNAL_STATE_ON},           {"acknowledged", v1::SIGNAL_STATE_ACKNOWLEDGED},
        {"latched", v1::SIGNAL_STATE_LATCHED}, {"closed", v1::SIGNAL_STATE_CLOSED},
        {"paused", v1::SIGNAL_STATE_PAUSED},   {"shelved", v1::SIGNAL_STATE_SHELVED}};
    std::istringstream in(text);
    std::string priority, condition, signal, more;
    in >> priority >> condition >> signal;
    v1::Alert out;
    out.set_id(id);
    out.set_revision(revision);
    out.set_rule("organ_coag");
    out.set_kind(v1::ALERT_KIND_PATIENT);
    out.set_priority(word_of(priorities, priority));
    out.set_condition(word_of(conditions, condition));
    out.set_signal(word_of(signals, signal));
    out.set_unit("icu1");
    out.set_bed("b1");
    while (in >> more) {
        const auto cut = more.find('=');
        const auto key = more.substr(0, cut), value = more.substr(cut + 1);
        if (key == "inhibited")
            out.set_inhibited_by(value);
        else if (key == "escalation")
            out.set_escalation(static_cast<std::uint32_t>(std::stoul(value)));
        else if (key == "moved")
            out.set_moved_to(value);
        else if (key == "bed")
            out.set_bed(value);
        else if (key == "unit")
            out.set_unit(value);
        else if (key == "kind")
            out.set_kind(value == "technical" ? v1::ALERT_KIND_TECHNICAL : v1::ALERT_KIND_PATIENT);
        else
            throw std::invalid_argument("no such key: " + key);
    }
    return out;
}

inline vigil::outbound::Revision revision(v1::Alert alert, std::uint64_t seq) {
    return {std::move(alert), seq, 7, 1'700'000'000'000 + static_cast<std::int64_t>(seq), true, true};
}

} // namespace outbound_test
