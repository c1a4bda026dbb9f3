#include "core/scores/pressure.hpp"

#include "core/scores/support.hpp"

namespace vigil::scores {

using model::Decimal;
using model::EventTime;
using model::Minute;
using model::Signal;

namespace {

constexpr std::uint32_t few = model::dense_minute - 1; // readings a minute that may still be charting

struct Group {
    Signal mean, systolic, diastolic;
};
constexpr Group line{Signal::map, Signal::sbp, Signal::dbp};
constexpr Group cuff{Signal::nibp_map, Signal::nibp_sbp, Signal::nibp_dbp};

// A minute's mean pressure in mm[Hg].
struct Value {
    Decimal value;
    EventTime time;
    EventTime end;
    Minute minute;
    bool derived = false;
};

std::optional<Decimal> in_mmhg(Inquiry const& q, Signal signal, Decimal value, model::Unit unit) {
    if (unit == model::Unit::mmHg) return value;
    const auto v = core::canonical(q.rules, signal, value, unit);
    return v ? model::round_half_up(*v, 3) : std::nullopt;
}

std::optional<Minute> at_minute(Inquiry const& q, Signal signal, std::int64_t minute) {
    std::optional<Minute> found;
    const EventTime start = model::start_of_minute(minute);
    q.timeline.minutes(signal, start - model::Duration{1},
                       std::min(q.at, start + model::Duration{model::minute_ms - 1}), [&](Minute const& m) {
                           if (m.minute == minute && m.valid > 0) found = m;
                       });
    if (found) return found;
    // A minute that is summed up is over only at its end.
    q.timeline.minutes(signal, start - model::Duration{1}, start + model::Duration{model::minute_ms},
                       [&](Minute const& m) {
                           if (m.minute == minute && m.valid > 0 && m.end() <= q.at) found = m;
                       });
    return found;
}

// What cannot be a mean pressure: not between diastolic and systolic; no pulse; a flush; in a stream also a pulse
// below 20.
bool artefact(Inquiry const& q, Group const& g, Decimal mean, Minute const& m) {
    const auto s = at_minute(q, g.systolic, m.minute), d = at_minute(q, g.diastolic, m.minute);
    if (!s || !d) return false;
    const auto systolic = in_mmhg(q, g.systolic, s->value, s->unit),
               diastolic = in_mmhg(q, g.diastolic, d->value, d->unit);
    if (!systolic || !diastolic) return false;
    const auto pulse =
        model::sum(model::ratio(*systolic), model::ratio(Decimal{-diastolic->mantissa, diastolic->scale}));
    if (!pulse) return false;
    const bool narrow = *pulse < Decimal{20, 0} && (mean > Decimal{200, 0} || m.total > few);
    const bool wrong = narrow || *pulse < Decimal{5, 0} || mean > *systolic || mean < *diastolic;
    return wrong && !pulse_rules_off(q, m.time);
}

// Reads the means of one site in order and tells which may be scored.
class Reader {
public:
    Reader(Inquiry& q, Group const& group, EventTime after, Decimal threshold, Pressures& out)
        : q_{q},
          group_{group},
          after_{after},
          threshold_{threshold},
          out_{out} {}

    // Values below the threshold matter; the others only as neighbours.
    void take(Minute const& m, bool derived) {
        if (m.valid == 0 || m.valid * 2 < m.total) return;
        if (m.streaming) {
            q_.due.at(m.end());
            return;
        }
        const auto value = in_mmhg(q_, group_.mean, m.value, m.unit);
        if (!value) return;
        // A charted value that is not lower than what was found cannot decide any more.
        const bool matters = q_.now() || m.total > few || (*value < threshold_ && (!found_ || *value < found_->value));
        if (matters && !derived && is_artefact(*value, m)) return;
        const bool close = before_ && m.time - before_->time <= q_.rules.tables.sofa.monitor_gap;
        if (before_ && !close && !paired_) accept(*before_, before_->value);
        Value now{*value, m.time, m.end(), m, derived};
        if (close) accept(now, std::max(before_->value, *value));
        paired_ = close;
        before_ = now;
    }
    void finish() {
        if (before_ && !paired_) accept(*before_, before_->value);
    }
    std::optional<Pressure> const& found() const { return found_; }

private:
    bool is_artefact(Decimal value, Minute const& m) {
        if (value >= threshold_ && m.lowest >= threshold_ && value < Decimal{200, 0})
            return false; // cannot decide anything
        if (!artefact(q_, group_, value, m)) return false;
        out_.artefact_dropped = true;
        return true;
    }
    void accept(Value const& v, Decimal scored) {
        if (v.time <= after_) return; // seen only as a neighbour
        const bool better = !found_ || (q_.now() ? v.time >= found_->sample.time : scored <= found_->value);
        if (!better || yields(v)) return;
        out_.known = true;
        found_ = Pressure{v.derived ? group_.systolic : group_.mean, v.minute.sample(), scored, v.derived};
    }
    // The cuff gives way to a valid line within five minutes.
    bool yields(Value const& v) const {
        if (group_.mean != Signal::nibp_map) return false;
        const auto reach = q_.rules.tables.sofa.cuff_yields;
        bool found = false;
        q_.timeline.minutes(Signal::map, v.time - reach - model::Duration{1}, std::min(q_.at, v.time + reach),
                            [&](Minute const& m) {
                                const auto value = in_mmhg(q_, Signal::map, m.value, m.unit);
                                if (!found && m.valid > 0 && value && !artefact(q_, line, *value, m)) found = true;
                            });
        return found;
    }

    Inquiry& q_;
    Group const& group_;
    EventTime after_;
    Decimal threshold_;
    Pressures& out_;
    std::optional<Value> before_;
    std::optional<Pressure> found_;
    bool paired_ = false;
};

// (systolic + 2 * diastolic) / 3 of one minute.
std::optional<Minute> derived_mean(Inquiry const& q, Group const& g, Minute const& systolic) {
    const auto d = at_minute(q, g.diastolic, systolic.minute);
    if (!d || systolic.valid == 0) return std::nullopt;
    const auto s = in_mmhg(q, g.systolic, systolic.value, systolic.unit),
               dia = in_mmhg(q, g.diastolic, d->value, d->unit);
    const auto twice = dia ? model::scaled(model::ratio(*dia), Decimal{2, 0}, Decimal{1, 0}) : std::nullopt;
    const auto total = s && twice ? model::sum(model::ratio(*s), *twice) : std::nullopt;
    const auto third = total ? model::scaled(*total, Decimal{1, 0}, Decimal{3, 0}) : std::nullopt;
    const auto mean = third ? model::round_half_up(*third, 3) : std::nullopt;
    if (!mean || (*s <= *dia && !pulse_rules_off(q, systolic.time))) return std::nullopt;
    auto m = systolic;
    m.value = m.lowest = *mean;
    m.unit = model::Unit::mmHg;
    return m;
}

// Systolic and diastolic stand in at minutes without a mean of their own, in one order with the means; so the newer
// (`now`) or lower of both is not lost.
std::optional<Pressure> site(Inquiry& q, Group const& g, EventTime after, Decimal threshold, Pressures& out) {
    const auto from = after - q.rules.tables.sofa.monitor_gap;
    std::vector<std::int64_t> own;
    q.timeline.minutes(g.mean, from, q.at, [&](Minute const& m) { own.push_back(m.minute); });
    std::vector<Minute> derived;
    auto mean = own.begin();
    q.timeline.minutes(g.systolic, from, q.at, [&](Minute const& m) {
        while (mean != own.end() && *mean < m.minute) ++mean;
        if (mean != own.end() && *mean == m.minute) return;
        if (auto stands_in = derived_mean(q, g, m)) derived.push_back(*stands_in);
    });
    Reader reader{q, g, after, threshold, out};
    auto next = derived.begin();
    q.timeline.minutes(g.mean, from, q.at, [&](Minute const& m) {
        for (; next != derived.end() && next->minute < m.minute; ++next) reader.take(*next, true);
        reader.take(m, false);
    });
    for (; next != derived.end(); ++next) reader.take(*next, true);
    reader.finish();
    return reader.found();
}

} // namespace

Pressures mean_pressures(Inquiry& q, Decimal threshold) {
    Pressures out;
    for (auto const* g : {&line, &cuff}) {
        const auto age = q.max_age(g->mean);
        const auto after = q.now() && age.ms > 0 ? q.at - age - model::Duration{1} : q.after;
        const auto found = site(q, *g, after, threshold, out);
        if (!found) continue;
        if (q.now())
            q.outlives(found->sample.time, age);
        else
            q.leaves(found->sample.time);
        const bool better =
            !out.lowest || (q.now() ? found->sample.time > out.lowest->sample.time : found->value < out.lowest->value);
        if (better) out.lowest = found;
    }
    return out;
}

} // namespace vigil::scores
