#include "core/outcomes/course.hpp"

#include "core/scores/infusion.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace vigil::outcomes {

using model::Duration;
using model::EventTime;
using model::Signal;
using model::Word;

namespace {

constexpr EventTime beginning{std::numeric_limits<std::int64_t>::min() / 2};
constexpr std::array tubes = {Word::imv, Word::home_vent};
constexpr std::array machine = {Signal::vent_mode, Signal::peep_set, Signal::rr_set, Signal::vt_set};

scores::Inquiry question(model::Timeline const& timeline, EventTime to, core::Rulebook const& rules) {
    scores::Patient patient;
    patient.timeline = &timeline;
    patient.opened = to;
    auto q = scores::ask({}, patient, to, rules);
    q.explain = false;
    return q;
}

// Where an answer can change: each thing said, and when it runs out.
class Instants {
public:
    Instants(scores::Inquiry const& q, EventTime from, EventTime to)
        : q_{q},
          from_{from},
          to_{to} {
        add(from);
    }
    void add(EventTime t) {
        if (t >= from_ && t < to_) all_.push_back(t);
    }
    void holds(Signal signal, Duration age) {
        const auto one = [&](EventTime said) {
            add(said);
            if (age.ms > 0) add(said + age + Duration{1});
        };
        for (auto const& s : q_.timeline.range(signal, beginning, to_)) {
            one(s.time);
            if (s.until) add(*s.until);
        }
        if (core::entry(q_.rules, signal).kind == model::SignalKind::monitor)
            q_.timeline.minutes(signal, beginning, to_, [&](model::Minute const& m) { one(m.time); });
    }
    void support() {
        holds(Signal::resp_device, q_.rules.tables.sofa.support_charted);
        for (auto s : machine) holds(s, q_.rules.tables.sofa.ventilator_fresh);
    }
    template <class Answer>
    Course course(Answer answer) {
        std::sort(all_.begin(), all_.end());
        all_.erase(std::unique(all_.begin(), all_.end()), all_.end());
        Course out;
        for (std::size_t i = 0; i < all_.size(); ++i) {
            const auto end = i + 1 < all_.size() ? all_[i + 1] : to_;
            const Known now = answer(all_[i]);
            if (!out.empty() && out.back().supported == now)
                out.back().to = end;
            else
                out.push_back({all_[i], end, now});
        }
        return out;
    }

private:
    scores::Inquiry const& q_;
    EventTime from_, to_;
    std::vector<EventTime> all_;
};

// Certain support is support, whatever is unknown beside it.
Known either(Known a, Known b) {
    if (a == Known::yes || b == Known::yes) return Known::yes;
    return a == Known::unknown || b == Known::unknown ? Known::unknown : Known::no;
}

Known at_least(scores::Inquiry const& q, Signal signal, EventTime t, model::Decimal least) {
    const auto s = q.timeline.latest(signal, t, q.max_age(signal));
    const auto v = s && !s->is_word ? core::canonical(q.rules, signal, s->value, s->unit) : std::nullopt;
    if (!v) return Known::unknown;
    switch (s->comparator) {
    case model::Comparator::exactly: return *v >= least ? Known::yes : Known::no;
    case model::Comparator::greater:
    case model::Comparator::greater_equal: return *v >= least ? Known::yes : Known::unknown;
    case model::Comparator::less: return *v <= least ? Known::no : Known::unknown;
    case model::Comparator::less_equal: return *v < least ? Known::no : Known::unknown;
    }
    return Known::unknown;
}

Known high_flow(scores::Inquiry const& q, EventTime t, OrganSupportFree const& rule) {
    const auto flow = at_least(q, Signal::o2_flow, t, rule.high_flow_from);
    // What is measured before what is set; the newer of the two would jump between them.
    auto oxygen = at_least(q, Signal::fio2, t, rule.high_flow_fio2);
    if (oxygen == Known::unknown) oxygen = at_least(q, Signal::fio2_set, t, rule.high_flow_fio2);
    if (flow == Known::no || oxygen == Known::no) return Known::no;
    return flow == Known::yes && oxygen == Known::yes ? Known::yes : Known::unknown;
}

Known respiratory(scores::Inquiry const& q, EventTime t, OrganSupportFree const& rule) {
    const auto s = scores::support_at(q, t, rule.devices);
    if (s.positive_pressure == Known::no && s.device == Word::hfno) return high_flow(q, t, rule);
    return s.positive_pressure;
}

// When a drug ran. A rate holds until its pump is told another; not heard of for too long, nobody knows. Time without
// support is never made of silence: it is not taken for stopped, as the scores do after three days.
class Infusion {
public:
    Infusion(scores::Inquiry const& q, Signal drug) {
        const auto carried = q.rules.tables.sofa.dose_lost;
        for (auto const& told : scores::told_of(q, drug)) {
            const auto from = told.rate->time, until = std::min(told.until, told.rate->until.value_or(told.until));
            const auto heard = is_unreadable(*told.rate) ? from : std::min(until, from + carried + Duration{1});
            add(known_, from, heard);
            add(unheard_, heard, until);
        }
    }
    template <class Visit>
    void ends(Visit&& visit) const {
        for (auto const* list : {&known_, &unheard_})
            for (auto const& span : *list) {
                visit(span.from);
                visit(span.to);
            }
    }
    Known at(EventTime t) const {
        if (covers(known_, t)) return Known::yes;
        return covers(unheard_, t) ? Known::unknown : Known::no;
    }

private:
    struct Span {
        EventTime from, to;
    };
    using Spans = std::vector<Span>; // oldest first, apart

    static void add(Spans& spans, EventTime from, EventTime to) {
        if (to <= from) return;
        if (spans.empty() || from > spans.back().to)
            spans.push_back({from, to});
        else
            spans.back().to = std::max(spans.back().to, to);
    }
    static bool covers(Spans const& spans, EventTime t) {
        const auto after = std::upper_bound(spans.begin(), spans.end(), t,
                                            [](EventTime at, Span const& span) { return at < span.from; });
        return after != spans.begin() && t < std::prev(after)->to;
    }

    Spans known_, unheard_;
};

} // namespace

Course assisted_breathing(model::Timeline const& timeline, EventTime from, EventTime to, core::Rulebook const& rules,
                          Tables const& tables) {
    auto const& rule = tables.ventilator_free;
    const auto q = question(timeline, to, rules);
    std::vector<Word> counts(tubes.begin(), tubes.end());
    counts.insert(counts.end(), rule.noninvasive.begin(), rule.noninvasive.end());
    Instants instants{q, from, to};
    instants.support();
    instants.holds(Signal::ecls, {});
    return instants.course([&](EventTime t) {
        if (rule.ecls_counts && scores::ecls_at(q, t)) return Known::yes;
        const auto s = scores::support_at(q, t, counts);
        return rule.noninvasive_counts ? s.positive_pressure : s.invasive;
    });
}

Course invasive_breathing(model::Timeline const& timeline, EventTime from, EventTime to, core::Rulebook const& rules) {
    const auto q = question(timeline, to, rules);
    Instants instants{q, from, to};
    instants.support();
    return instants.course([&](EventTime t) { return scores::support_at(q, t, tubes).invasive; });
}

Course organ_support(model::Timeline const& timeline, EventTime from, EventTime to, core::Rulebook const& rules,
                     Tables const& tables) {
    auto const& rule = tables.organ_support_free;
    const auto q = question(timeline, to, rules);
    Instants instants{q, from, to};
    instants.support();
    for (auto s : {Signal::o2_flow, Signal::fio2, Signal::fio2_set}) instants.holds(s, q.max_age(s));
    std::vector<Infusion> infusions;
    for (auto drug : rule.vasoactive) {
        infusions.emplace_back(q, drug);
        infusions.back().ends([&instants](EventTime t) { instants.add(t); });
    }
    return instants.course([&](EventTime t) {
        auto now = respiratory(q, t, rule);
        for (auto const& drug : infusions)
            if (now != Known::yes) now = either(now, drug.at(t));
        return now;
    });
}

std::vector<Signal> support_signals(Tables const& tables) {
    std::vector<Signal> out{machine.begin(), machine.end()};
    for (auto s : {Signal::resp_device, Signal::ecls, Signal::o2_flow, Signal::fio2, Signal::fio2_set})
        out.push_back(s);
    out.insert(out.end(), tables.organ_support_free.vasoactive.begin(), tables.organ_support_free.vasoactive.end());
    return out;
}

} // namespace vigil::outcomes
