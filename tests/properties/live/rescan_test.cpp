// What the live engine publishes is what a naive rescan says. Readings of made-up patients arrive late, repeated and
// out of order; the oracle keeps every row that was told, puts all of them on a timeline that forgets nothing and
// evaluates each score from scratch, and the course of SOFA instant by instant.

#include "../scores/patient.hpp"
#include "core/engine.hpp"
#include "core/intake.hpp"
#include "core/scores/course.hpp"
#include "core/scores/definition.hpp"
#include "tests/stories/bedside.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>

using namespace vigil;
using model::EventTime;
using model::LogTime;
using model::Signal;
using test::Dice;
using test::Given;

namespace {

std::uint64_t seed_of_run() {
    char const* s = std::getenv("VIGIL_SEED");
    return s != nullptr ? std::strtoull(s, nullptr, 10) : 20'261'127ULL;
}

// All scores under `live`: rolling, and of the present.
core::Rulebook rules_with_every_score() {
    auto rules = testing::shipped_rulebook();
    rules.scores.clear();
    for (const auto product : {model::Product::rolling, model::Product::now, model::Product::day})
        for (std::size_t i = 0; i < model::score_id_count; ++i) {
            const auto id = static_cast<model::ScoreId>(i);
            if (product == model::Product::now && scores::reads_course(id)) continue;
            if (!scores::offers(id, product)) continue;
            rules.scores.push_back({{id, product, model::Basis::native, *scores::find_policy(rules, id, "live")},
                                    product == model::Product::now && id == model::ScoreId::sofa});
        }
    rules.retention.keep_minutes = model::hours(50); // as the loader sets it where a course is followed
    return rules;
}

constexpr model::Retention everything{model::hours(24 * 800), model::hours(24 * 800), model::minutes(3),
                                      model::minutes(3), std::numeric_limits<std::uint32_t>::max()};

// Sums up the minutes of a stream as a live ward does, and forgets nothing either.
model::Retention summing_up(core::Rulebook const& rules) {
    auto out = rules.retention;
    out.keep_whole = everything.keep_whole;
    out.keep_minutes = everything.keep_minutes;
    return out;
}

// Every row that was told of one visit.
class Oracle {
public:
    Oracle(core::Rulebook const& rules, model::Retention const& keep)
        : rules_{rules},
          keep_{keep} {}

    void take(core::State const& state, core::Event const& row) {
        auto const& frame = std::get<model::Frame>(row.what);
        const auto origin = core::origin_of(frame, row.at, row.seq, rules_);
        for (std::uint32_t i = 0; i < frame.readings.size(); ++i) {
            auto const& reading = frame.readings[i];
            auto const& channel = state.channels[reading.channel.value - 1];
            const auto mapping = core::map_channel(rules_, state.sources[channel.source.value - 1].name, channel);
            const auto read =
                core::interpret(rules_, mapping, channel, reading, i, core::order_of(frame, reading), origin);
            if (!read.placed()) continue;
            core::place_where_it_belongs(mapping, read,
                                         [&](model::Signal signal, model::SignalKind kind, model::Sample const& s) {
                                             timeline_.insert(signal, kind, s, model::patient_now(row.at), keep_);
                                         });
        }
        followed_ = false;
    }

    model::Score score(model::ScoreKey key, core::Encounter const& e, EventTime at) {
        const scores::Patient who{&timeline_, e.opened, e.age_years, {}, nullptr, e.sex};
        if (scores::reads_course(key.id)) follow(key, who, at);
        return scores::evaluate(key, who, at, rules_);
    }

private:
    // From scratch at each instant at which a reading came or the last answer can end.
    void follow(model::ScoreKey reader, scores::Patient const& who, EventTime to) {
        if (followed_ && to <= followed_to_) return;
        followed_ = true;
        followed_to_ = to;
        const std::array keys = {reader};
        const auto sofa = *scores::course_followed(keys, rules_);
        constexpr EventTime any{std::numeric_limits<std::int64_t>::min() / 2};
        scores::take_course_out(timeline_, any, to);
        std::optional<std::int32_t> sum, most;
        for (std::optional at{first(who)}; at && *at <= to;) {
            const auto s = scores::evaluate(sofa, who, *at, rules_);
            at = s.next_change;
            if (!sum && s.parts.front().state == model::PartState::not_measured) continue; // nothing was told yet
            note(Signal::sofa_sum, s.as_of, s.parts.front().lower, sum);
            note(Signal::sofa_most, s.as_of, s.parts.front().upper, most);
        }
    }
    EventTime first(scores::Patient const& who) const {
        auto out = who.opened;
        for (std::size_t i = 0; i < model::signal_count; ++i)
            if (const auto t = timeline_.next_time(static_cast<Signal>(i), {0})) out = std::min(out, *t);
        return out;
    }
    void note(Signal signal, EventTime at, std::int32_t points, std::optional<std::int32_t>& before) {
        if (before == points) return;
        before = points;
        model::Sample s;
        s.time = s.message_time = at;
        s.value = {points, 0};
        s.unit = model::Unit::score;
        timeline_.insert(signal, model::SignalKind::derived, s, at, keep_);
    }

    core::Rulebook const& rules_;
    model::Retention keep_;
    model::Timeline timeline_;
    bool followed_ = false;
    EventTime followed_to_;
};

// What a screen shows, field by field: everything but evidence and flags.
std::vector<std::string> shown(model::Score const& score) {
    std::vector<std::string> out;
    for (auto const& p : score.parts) {
        const auto field = [&](std::string const& name, std::string const& text) {
            out.push_back(std::string{model::name_of(p.part)} + name + "=" + text);
        };
        field("", p.points ? std::to_string(*p.points) : p.label ? std::string{model::name_of(*p.label)} : "-");
        field(".value", p.value ? model::to_string(*p.value) : "-");
        field(".state", std::string{model::name_of(p.state)});
        field(".lower", std::to_string(p.lower));
        field(".upper", std::to_string(p.upper));
        field(".missing", std::to_string(p.missing));
    }
    return out;
}

testing::Told told(Given const& g) {
    testing::Told t;
    auto const& s = g.sample;
    // Of a measured fraction it stands under a signal of its own that it cannot be read.
    t.signal = g.signal == model::Signal::fio2_unreadable ? model::Signal::fio2 : g.signal;
    t.value.kind = s.is_word ? model::Value::Kind::word : model::Value::Kind::number;
    t.value.word = s.word;
    t.value.number = s.value;
    t.value.comparator = s.comparator;
    t.unit = model::ucum(s.unit);
    t.time = s.time;
    t.until = s.until;
    t.status = s.status;
    if (s.pump.known()) t.pump = "pump-" + std::to_string(s.pump.value);
    return t;
}

struct Arrival {
    LogTime at;
    testing::Told told;
};

// Streams, settings and rates come within a minute; of results and charted values many come hours late.
std::vector<Arrival> arrivals(Dice& d, core::Rulebook const& rules, std::int64_t hours) {
    std::vector<Arrival> out;
    for (auto const& g : test::patient(d, hours, 60 + d.below(120))) {
        const auto kind = core::entry(rules, g.signal).kind;
        if (!g.placed || kind == model::SignalKind::derived || g.sample.time > test::t0) continue;
        const bool prompt = kind == model::SignalKind::monitor || kind == model::SignalKind::setting ||
                            kind == model::SignalKind::infusion;
        auto late = model::seconds(d.below(50));
        if (!prompt && d.chance(60)) late = late + model::minutes(d.below(90));
        if (!prompt && d.chance(8)) late = late + model::hours(d.below(22));
        out.push_back({LogTime{(g.sample.time + late).ms}, told(g)});
        if (d.chance(5)) out.push_back({out.back().at + model::seconds(d.below(40)), out.back().told});
    }
    std::stable_sort(out.begin(), out.end(), [](Arrival const& a, Arrival const& b) { return a.at < b.at; });
    return out;
}

// Two rescans of the same rows, which answer alike what is asked of whole minutes and of the present. Only what looks
// back to an instant within a minute of several readings (a gas to its oxygen, the course of SOFA to each change) may
// find less once that minute is summed up (timeline.hpp): there, and seldom, each field is that of one of the two.
struct Rescans {
    Oracle whole, summed;
    explicit Rescans(core::Rulebook const& rules)
        : whole{rules, everything},
          summed{rules, summing_up(rules)} {}
    void take(core::State const& state, core::Event const& row) {
        whole.take(state, row);
        summed.take(state, row);
    }
};

struct Count {
    std::size_t published = 0, looked_at = 0, labelled = 0, within_a_minute = 0;
};

void require_same(model::Score const& live, core::Encounter const& e, EventTime at, Rescans& rescans, Count& count) {
    const auto whole = rescans.whole.score(live.key, e, at);
    const auto fields = shown(live), by_whole = shown(whole);
    if (fields == by_whole) return;
    const auto summed = rescans.summed.score(live.key, e, at);
    const auto by_summed = shown(summed);
    INFO("live, everything, summed up\n" << test::describe(live) << test::describe(whole) << test::describe(summed));
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i] != by_whole[i]) REQUIRE(fields[i] == by_summed[i]);
    ++count.within_a_minute;
}

void compare(core::Rulebook const& rules, testing::Bedside const& ward, Rescans& rescans, Count& count) {
    auto const& e = *ward.encounter("v1");
    for (auto const& effect : ward.last_effects())
        if (auto const* changed = std::get_if<core::ScoreChanged>(&effect)) {
            auto const& live = changed->score;
            INFO(scores::definition_name(rules, live.key) << " published as of " << live.as_of.ms - test::t0.ms);
            require_same(live, e, live.as_of, rescans, count);
            ++count.published;
            const auto first = live.parts.front().label;
            count.labelled += first == model::Label::sepsis || first == model::Label::septic_shock;
        }
}

// What stands on the screen and was not evaluated again must still be so.
void compare_standing(core::Rulebook const& rules, testing::Bedside const& ward, Rescans& rescans, Count& count) {
    auto const& e = *ward.encounter("v1");
    const auto now = model::patient_now(ward.state().now);
    for (auto const& standing : e.shown) {
        if (standing.parts.empty()) continue;
        INFO(scores::definition_name(rules, standing.key) << " stands since " << standing.as_of.ms - now.ms);
        INFO("now " << now.ms - test::t0.ms << " opened " << e.opened.ms - test::t0.ms);
        require_same(standing, e, now, rescans, count);
        ++count.looked_at;
    }
}

} // namespace

TEST_CASE("every published value is what a naive rescan of everything told so far says") {
    const auto seed = seed_of_run();
    std::cout << "seed " << seed << '\n';
    const auto rules = rules_with_every_score();
    Dice d{seed};
    Count count;
    for (int p = 0; p < 40; ++p) {
        INFO("seed " << seed << " patient " << p);
        const std::int64_t hours = 20 + d.below(30);
        const auto all = arrivals(d, rules, hours);
        if (all.empty()) continue;
        const LogTime begin = all.front().at - model::hours(1);
        testing::Bedside ward{rules, begin};
        Rescans rescans{rules};
        ward.census(begin, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
        model::Subject subject;
        subject.visit = "v1";
        for (auto const& a : all) {
            // Whole minutes are looked at within some seconds of their end; then everything stands as it is now.
            const LogTime minute{a.at.ms / 60'000 * 60'000};
            if (d.chance(30) && minute + model::seconds(12) <= a.at && minute > ward.state().now) {
                ward.tick(minute + model::seconds(12));
                compare(rules, ward, rescans, count);
                compare_standing(rules, ward, rescans, count);
            }
            ward.tick(a.at);
            compare(rules, ward, rescans, count);
            ward.tell(a.at, "bedside", subject, {a.told});
            rescans.take(ward.state(), ward.last_frame());
            compare(rules, ward, rescans, count);
        }
    }
    std::cout << count.published << " published, " << count.looked_at << " looked at, " << count.labelled
              << " of sepsis or septic shock, " << count.within_a_minute << " within a minute\n";
    CHECK(count.published > 10'000);
    CHECK(count.looked_at > 20'000);
    CHECK(count.within_a_minute * 200 < count.published + count.looked_at);
}
