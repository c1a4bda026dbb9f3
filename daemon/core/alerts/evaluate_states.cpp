// Alarms of monitors and other devices. Each says of itself that it stands, and that it is over; what is not heard of
// any more is unknown and not over.

#include "core/alerts/evaluate.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace vigil::alerts {

using model::EventTime;
using model::Sample;

namespace {

constexpr std::size_t evidence_shown = 4;

// One alarm of a device: from when on it stands, and what was said last.
struct Instance {
    Sample const* newest = nullptr;
    EventTime since;
    std::optional<EventTime> began; // to stand as it last did; none: its end alone is known, or it was of a moment
    EventTime heard;                // when something was last said of it
    std::int32_t level = 0;
    bool fresh = true;
};

std::int32_t level_of(StateRule const& rule, Sample const& s) {
    if (!s.is_word || model::stops(s)) return 0;
    for (auto const& one : rule.stands)
        if (one.word == s.word) return one.level;
    return 0;
}

Instance instance_of(PatientView const& view, StateRule const& rule, std::vector<Sample const*> const& said) {
    Instance out;
    out.newest = said.back();
    out.level = level_of(rule, *out.newest);
    out.heard = out.newest->time;
    const auto ends = [](Sample const* s) { return model::stops(*s); };
    for (auto s = std::find_if_not(said.rbegin(), said.rend(), ends); s != said.rend() && !ends(*s); ++s)
        out.began = std::min(out.began.value_or((*s)->time), (*s)->time);
    out.since = ends(out.newest) ? out.newest->time : *out.began;
    if (out.newest->until) out.began.reset();
    for (auto const* s : said) out.heard = std::max({out.heard, s->time, std::min(s->message_time, view.now)});
    // What was said just now is no old news, whatever the device's clock makes of it.
    const bool just_now = view.event != 0 && out.newest->ref.seq == view.event && !view.recovering;
    out.fresh = just_now || view.now - out.heard <= rule.unheard_after;
    // What happened at one moment stands for nobody to end it.
    if (out.newest->until && !out.fresh) out.level = 0;
    return out;
}

std::vector<Instance> instances(PatientView const& view, StateRule const& rule) {
    std::vector<Sample const*> all;
    for (auto const& s :
         view.patient.timeline->range(rule.signal, {std::numeric_limits<std::int64_t>::min()}, view.now))
        all.push_back(&s);
    std::stable_sort(all.begin(), all.end(), [](Sample const* a, Sample const* b) {
        if (!model::same_alarm(*a, *b)) return std::tie(a->tie, a->order) < std::tie(b->tie, b->order);
        return model::said_before(*a, *b);
    });
    std::vector<Instance> out;
    for (auto first = all.begin(); first != all.end();) {
        const auto last =
            std::find_if(first, all.end(), [&](Sample const* s) { return !model::same_alarm(*s, **first); });
        out.push_back(instance_of(view, rule, {first, last}));
        first = last;
    }
    // Whose sender has begun another of the same kind since it was last heard of, does not wait for its end.
    const auto outdated = [&](Instance const& i) {
        return !i.fresh && std::any_of(out.begin(), out.end(), [&](Instance const& other) {
            return other.newest->tie == i.newest->tie && other.began && *other.began > i.heard;
        });
    };
    std::vector<Instance> counted;
    std::copy_if(out.begin(), out.end(), std::back_inserter(counted), [&](auto const& i) { return !outdated(i); });
    return counted;
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    return error == std::errc{} && end == text.data() + text.size() && n > 0 ? std::optional{n} : std::nullopt;
}

// The numbers of the event and of what it is about; empty for a code that is none.
std::vector<std::int64_t> codes_of(PatientView const& view, Sample const& s) {
    if (s.channel.value == 0 || s.channel.value > view.channels.size()) return {};
    auto const& channel = view.channels[s.channel.value - 1];
    const auto event = channel.system == model::CodeSystem::MDC ? number(channel.code) : std::nullopt;
    if (!event) return {};
    const auto about = number(channel.sub_id);
    return about ? std::vector{*event, *about} : std::vector{*event};
}

std::string token_of(PatientView const& view, StateRule const& rule, Sample const& s) {
    if (!rule.by_code) return rule.rule.id;
    auto out = rule.rule.id;
    const auto codes = codes_of(view, s);
    for (const auto code : codes) out += '_' + std::to_string(code);
    if (!codes.empty() && out.size() <= 32) return out;
    out = rule.rule.id + '_';
    for (int shift = 60; shift >= 32; shift -= 4) out += "0123456789abcdef"[(s.tie >> shift) & 15U];
    return out;
}

Alert const* standing_of(Standing const& standing, std::string_view token) {
    for (auto const& a : standing.alerts)
        if (a.rule == token) return &a;
    return nullptr;
}

// One more that begins while another stands calls again, whatever was acknowledged: it is the other side of an alert
// that has two, in turn.
std::int32_t side_of(Alert const* stands, Instance const& newest) {
    if (stands == nullptr || stands->condition == ConditionState::absent) return 0;
    const bool shown =
        stands->evidence.empty() || !stands->evidence.front().time || newest.since <= *stands->evidence.front().time;
    return shown ? stands->side : 1 - stands->side;
}

void judge(PatientView const& view, StateRule const& rule, std::vector<Instance> standing, Alert const* shown,
           Condition& c, Wake& wake) {
    std::stable_sort(standing.begin(), standing.end(),
                     [](Instance const& a, Instance const& b) { return a.since > b.since; });
    c.state = ConditionState::unknown;
    c.since = standing.front().since;
    for (auto const& i : standing) {
        c.level = std::max(c.level, i.level);
        c.since = std::min(c.since, i.since);
        if (i.fresh) {
            c.state = ConditionState::present;
            wake.outlives(i.heard, rule.unheard_after);
        }
        if (c.evidence.size() == evidence_shown) continue;
        auto e = evidence_of(rule.signal, *i.newest);
        if (!i.fresh) {
            e.verdict = model::Verdict::stale;
            e.reason = model::Reason::stale;
        }
        c.evidence.push_back(std::move(e));
    }
    c.reached = c.since;
    c.side = side_of(shown, standing.front());
    if (rule.by_code) c.figures = codes_of(view, *standing.front().newest);
    c.held = view.recovering && c.state == ConditionState::unknown;
}

} // namespace

void evaluate_states(PatientView const& view, Standing const& standing, Conditions& out, Wake& wake) {
    for (auto const& rule : view.rules.rules.states) {
        const auto first = out.size();
        std::vector<std::pair<std::string, std::vector<Instance>>> by_token;
        for (auto const& i : instances(view, rule)) {
            const auto token = token_of(view, rule, *i.newest);
            auto at = std::find_if(by_token.begin(), by_token.end(), [&](auto const& t) { return t.first == token; });
            if (at == by_token.end()) at = by_token.insert(at, {token, {}});
            if (i.level > 0) at->second.push_back(i);
        }
        for (auto& [token, alarms] : by_token) {
            auto c = condition_of(rule.rule);
            c.token = token;
            if (!alarms.empty()) judge(view, rule, std::move(alarms), standing_of(standing, token), c, wake);
            out.push_back(std::move(c));
        }
        // What was said is too old to be kept: that ends nothing. What is younger and not there was taken back.
        for (auto const& a : standing.alerts) {
            const bool spoken_of = std::any_of(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
                                               [&](Condition const& c) { return c.token == a.rule; });
            if (spoken_of || find_state_rule(view.rules.rules, a.rule) != &rule) continue;
            auto c = condition_of(rule.rule);
            c.token = a.rule;
            const auto told = a.evidence.empty() ? std::nullopt : a.evidence.front().time;
            const bool kept = told && view.now - *told < view.rules.retention.keep_alarms;
            c.held = !(view.amended && kept);
            c.corrected = true;
            out.push_back(std::move(c));
        }
    }
}

} // namespace vigil::alerts
