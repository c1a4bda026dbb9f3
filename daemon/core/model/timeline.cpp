#include "core/model/timeline.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

namespace vigil::model {

Inserted Timeline::insert(Signal signal, SignalKind kind, Sample const& sample, EventTime now, Retention const& keep) {
    auto& slot = slots_[static_cast<std::size_t>(signal)];
    if (slot == 0) {
        series_.emplace_back(signal, kind);
        slot = static_cast<std::uint8_t>(series_.size());
    }
    assert(slot <= series_.size());
    return series_[slot - 1U].insert(sample, now, keep);
}

namespace {

constexpr Duration before_it = hours(36);     // what a class or a coma score from before a run can rest on
constexpr Duration between = hours(12);       // shorter pauses belong to a sedation's course
constexpr Duration after_circuit = hours(48); // its frozen class is shown for a day after it
constexpr Duration course_step =
    hours(12); // of a run that lasts one reading is kept so often; a rate is carried longer

// Dialysis counts for a week, and a treatment holds for a day after it was charted (MELD): so much longer it is kept.
constexpr Duration dialysis_beyond = hours(8 * 24 + 1) - Retention{}.keep_whole;

constexpr std::array coma = {Signal::gcs_total, Signal::gcs_eye, Signal::gcs_verbal, Signal::gcs_motor};
constexpr std::array judged_before_a_circuit = {
    Signal::pao2,     Signal::po2_untyped, Signal::paco2,   Signal::pco2_untyped,    Signal::sao2,      Signal::spo2,
    Signal::fio2,     Signal::fio2_set,    Signal::o2_flow, Signal::resp_device,     Signal::vent_mode, Signal::peep,
    Signal::peep_set, Signal::rr_set,      Signal::vt_set,  Signal::fio2_unreadable,
};

// Support that was there at T0 of a cell product, and has been there since, is not counted as the product's (scores.md
// 0.12): of these what stood at T0, and their course since then,
constexpr std::array supporting = {
    Signal::resp_device,    Signal::norepinephrine, Signal::epinephrine, Signal::dopamine,     Signal::phenylephrine,
    Signal::angiotensin_ii, Signal::metaraminol,    Signal::vasopressin, Signal::terlipressin,
};
// of these the former alone.
constexpr std::array judged_at_t0 = {
    Signal::o2_flow, Signal::vent_mode, Signal::peep_set, Signal::rr_set, Signal::vt_set,
};

// What comes in streams and a gas is judged by, as of its own instant: as long as the gas counts, so do they.
constexpr std::array judged_beside_a_gas = {Signal::fio2, Signal::spo2, Signal::peep, Signal::pf_device};
constexpr Duration beside = hours(4);

template <class List>
bool among(List const& list, Signal signal) {
    return std::find(list.begin(), list.end(), signal) != list.end();
}

// Starts and stops since `from`, and of what lasts a reading now and then.
Series::Stays course_since(EventTime from) {
    return [from, last = std::optional<Sample>{}](Sample const& s) mutable {
        if (s.time < from) return false;
        const bool goes = last && !stops(*last) && !stops(s) && !s.until && s.time - last->time < course_step &&
                          (!s.is_word || s.word == last->word); // a circuit of another kind is another one
        if (!goes) last = s;
        return !goes;
    };
}

Series::Stays reaches(EventTime from) {
    return [from](Sample const& s) { return s.time >= from || (s.until && *s.until >= from); };
}

Series::Stays either(Series::Stays a, Series::Stays b) {
    if (!a || !b) return a ? std::move(a) : std::move(b);
    return [a = std::move(a), b = std::move(b)](Sample const& s) { return a(s) || b(s); };
}

} // namespace

// When the run began that lasts at `at`, or ended not longer than `pause` before it; shorter pauses belong to it.
std::optional<EventTime> Timeline::run_start(Signal signal, EventTime at, Duration pause) const {
    std::optional<EventTime> start;
    const auto samples = range(signal, {std::numeric_limits<std::int64_t>::min()}, at);
    EventTime on_from = at;
    for (auto s = samples.rbegin(); s != samples.rend(); ++s) {
        if (!stops(*s))
            start = on_from = s->time;
        else if (on_from - s->time > pause)
            break;
    }
    return start;
}

bool Timeline::runs(Signal signal, EventTime at) const {
    const auto s = range(signal, {std::numeric_limits<std::int64_t>::min()}, at);
    return !s.empty() && !stops(s.back());
}

// The minutes of a stream that gases read: of each gas that is kept, what stood at its instant; of an analyser's own
// P/F also what was told soon after.
Series::Stays Timeline::beside_gases(Series const& stream, EventTime from, EventTime to) const {
    std::vector<std::int64_t> read;
    for (auto signal : {Signal::pao2, Signal::po2_untyped})
        for (auto const& gas : range(signal, from, to)) {
            if (stream.signal() == Signal::pf_device)
                stream.minutes(gas.time - beside_device, gas.time + beside_device,
                               [&](Minute const& m) { read.push_back(m.minute); });
            else if (const auto s = stream.latest(gas.time, beside))
                read.push_back(minute_of(s->time));
        }
    if (read.empty()) return {};
    std::sort(read.begin(), read.end());
    return [read](Sample const& s) { return std::binary_search(read.begin(), read.end(), minute_of(s.time)); };
}

void Timeline::forget(EventTime now, Retention const& keep, Gone const& gone) {
    const EventTime horizon = now - keep.keep_whole;
    // One drug takes over from another: the sedation began where none of them ran before.
    EventTime sedated = horizon;
    for (bool earlier = true; earlier;) {
        earlier = false;
        for (auto drug : sedating)
            if (const auto t = run_start(drug, sedated, between); t && *t < sedated) {
                sedated = *t;
                earlier = true;
            }
    }
    std::vector<EventTime> circuits;
    const auto circuit = run_start(Signal::ecls, now, after_circuit);
    if (circuit)
        for (auto const& s : range(Signal::ecls, *circuit - Duration{1}, now))
            if (!stops(s) && !runs(Signal::ecls, s.time - Duration{1})) circuits.push_back(s.time);

    // What was charted last before the sedation stands for it however old it is.
    const auto awake_or_before = [&](Sample const& s, EventTime last_before) {
        // What was charted as one was begun was seen before it.
        const auto under = [&](Signal drug) { return runs(drug, s.time) && runs(drug, s.time - Duration{1}); };
        return s.time >= std::min(sedated - before_it, last_before) &&
               (s.time <= sedated || std::none_of(sedating.begin(), sedating.end(), under));
    };
    const auto before_a_circuit = [&](Sample const& s) {
        return std::any_of(circuits.begin(), circuits.end(),
                           [&](EventTime c) { return c - before_it <= s.time && s.time <= c; });
    };
    const auto products = range(Signal::cell_product, {std::numeric_limits<std::int64_t>::min()}, now);
    const auto before_a_product = [&](Sample const& s) {
        return std::any_of(products.begin(), products.end(),
                           [&](Sample const& p) { return p.time - before_it <= s.time && s.time <= p.time; });
    };
    const auto forget_of = [&](Series& s, Series::Stays const& stays) {
        if (const auto newest = s.forget(now, keep, stays); newest && gone) gone(s.signal(), *newest);
    };
    // Coma scores first: what they were charted under is read from the drugs.
    if (sedated < horizon)
        for (auto& s : series_)
            if (among(coma, s.signal())) {
                const auto last = latest(s.signal(), sedated, {});
                const auto before = last ? last->time : sedated;
                forget_of(s, [&, before](Sample const& x) { return awake_or_before(x, before); });
            }
    for (auto& s : series_) {
        if (sedated < horizon && among(coma, s.signal())) continue;
        if (sedated < horizon && among(sedating, s.signal())) {
            const auto held = latest(s.signal(), sedated - before_it, {});
            forget_of(s, course_since(held ? held->time : sedated - before_it));
        } else if (circuit && s.signal() == Signal::ecls) {
            forget_of(s, course_since(*circuit));
        } else if (s.signal() == Signal::rrt) {
            forget_of(s, reaches(horizon - dialysis_beyond));
        } else {
            const bool judged = !circuits.empty() && among(judged_before_a_circuit, s.signal());
            Series::Stays since_product;
            if (!products.empty() && among(supporting, s.signal()))
                since_product = either(before_a_product, course_since(products.front().time));
            else if (!products.empty() && among(judged_at_t0, s.signal()))
                since_product = before_a_product;
            auto gases = among(judged_beside_a_gas, s.signal())
                             ? beside_gases(s, horizon, now - keep.keep_minutes + beside)
                             : Series::Stays{};
            auto kept = either(judged ? Series::Stays{before_a_circuit} : Series::Stays{}, std::move(gases));
            forget_of(s, either(std::move(kept), std::move(since_product)));
        }
    }
}

std::vector<Sample> Timeline::erase(Signal signal, EventTime from, EventTime to, Series::Stays const& back) {
    const auto slot = slots_[static_cast<std::size_t>(signal)];
    return slot == 0 ? std::vector<Sample>{} : series_[slot - 1U].erase(from, to, back);
}

bool Timeline::find_slots() {
    slots_ = {};
    for (std::size_t i = 0; i < series_.size(); ++i) {
        const auto signal = static_cast<std::size_t>(series_[i].signal());
        if (signal >= slots_.size() || slots_[signal] != 0) return false;
        slots_[signal] = static_cast<std::uint8_t>(i + 1);
    }
    return true;
}

SignalSet Timeline::thinned_after(EventTime t) const {
    SignalSet out;
    for (auto const& s : series_)
        if (s.is_thinned_after(t)) out.set(static_cast<std::size_t>(s.signal()));
    return out;
}

void Timeline::thin_read_again(Signal signal, EventTime now, Retention const& keep) {
    if (const auto slot = slots_[static_cast<std::size_t>(signal)]; slot != 0)
        series_[slot - 1U].thin_read_again(now, keep);
}

std::span<Sample const> Timeline::range(Signal signal, EventTime after, EventTime to) const {
    auto const* s = find(signal);
    return s == nullptr ? std::span<Sample const>{} : s->range(after, to);
}

std::optional<Sample> Timeline::latest(Signal signal, EventTime at, Duration max_age) const {
    auto const* s = find(signal);
    return s == nullptr ? std::nullopt : s->latest(at, max_age);
}

std::optional<EventTime> Timeline::next_time(Signal signal, EventTime after) const {
    auto const* s = find(signal);
    return s == nullptr ? std::nullopt : s->next_time(after);
}

std::size_t Timeline::bytes() const {
    std::size_t n = sizeof(Timeline);
    for (auto const& s : series_) n += s.bytes();
    return n;
}

} // namespace vigil::model
