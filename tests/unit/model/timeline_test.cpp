#include "core/model/canonical.hpp"
#include "core/model/timeline.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace vigil::model;

namespace {

constexpr EventTime start{1'900'000'800'000};
const Retention keep;

Sample number(EventTime at, std::int64_t mantissa, std::uint8_t scale = 0) {
    Sample s;
    s.time = s.message_time = at;
    s.value = {mantissa, scale};
    s.unit = Unit::mmHg;
    s.channel = {1};
    s.ref = {static_cast<std::uint64_t>((at.ms - start.ms) / 1000 + 1), 0};
    return s;
}

struct Seen {
    std::int64_t minute;
    std::int64_t time, value;
    std::uint32_t valid, total;
    friend bool operator==(Seen const&, Seen const&) = default;
};

std::vector<Seen> minutes_of(Timeline const& t, Signal signal, EventTime after, EventTime to) {
    std::vector<Seen> out;
    t.minutes(signal, after, to, [&](Minute const& m) {
        if (!m.streaming) out.push_back({m.minute, m.time.ms, m.value.mantissa, m.valid, m.total});
    });
    return out;
}

} // namespace

TEST_CASE("summing up a dense stream changes no answer, whatever the order it came in") {
    std::mt19937_64 dice{7};
    std::vector<Sample> stream;
    stream.reserve(3 * 3600);
    for (int i = 0; i < 3 * 3600; ++i)
        stream.push_back(number(start + seconds(i), 60 + static_cast<std::int64_t>(dice() % 40)));
    Retention whole;
    whole.raw_samples = 1'000'000;
    Timeline summed, raw;
    const auto now = start + hours(3);
    for (auto const& s : stream) {
        CHECK(summed.insert(Signal::map, SignalKind::monitor, s, s.time, keep) == Inserted::added);
        raw.insert(Signal::map, SignalKind::monitor, s, s.time, whole);
    }
    CHECK(summed.bytes() * 4 < raw.bytes());
    CHECK(minutes_of(summed, Signal::map, start - hours(1), now) ==
          minutes_of(raw, Signal::map, start - hours(1), now));
    for (int i = 0; i < 50; ++i) {
        const auto after = start + seconds(static_cast<std::int64_t>(dice() % 10'000));
        const auto to = start_of_minute(minute_of(after + minutes(static_cast<std::int64_t>(dice() % 90))));
        CAPTURE((after - start).ms, (to - start).ms);
        CHECK(minutes_of(summed, Signal::map, after, to).size() == minutes_of(raw, Signal::map, after, to).size());
        CHECK(minutes_of(summed, Signal::map, after, to) == minutes_of(raw, Signal::map, after, to));
    }
    // A backlog arrives behind live frames, in its own order.
    Timeline late;
    for (std::size_t i = 7200; i < stream.size(); ++i)
        late.insert(Signal::map, SignalKind::monitor, stream[i], stream[i].time, keep);
    for (std::size_t i = 0; i < 7200; ++i)
        CHECK(late.insert(Signal::map, SignalKind::monitor, stream[i], now, keep) == Inserted::added);
    CHECK(minutes_of(late, Signal::map, start - hours(1), now) == minutes_of(raw, Signal::map, start - hours(1), now));
    // What reaches behind what is summed up needs the journal; an equal repeat of what still stands changes nothing.
    CHECK(summed.insert(Signal::map, SignalKind::monitor, number(start + Duration{500}, 50), now, keep) ==
          Inserted::behind_horizon);
    CHECK(summed.insert(Signal::map, SignalKind::monitor, stream.back(), now, keep) == Inserted::unchanged);
    // Recalled rows restore their minutes exactly, and the late one, which comes last, counts.
    auto again = keep;
    again.read_again = true;
    const auto late_one = number(start + Duration{90'500}, 50);
    summed.erase(Signal::map, start, start + minutes(3) - Duration{1});
    for (int i = 0; i < 180; ++i)
        CHECK(summed.insert(Signal::map, SignalKind::monitor, stream[static_cast<std::size_t>(i)], now, again) ==
              Inserted::added);
    CHECK(summed.insert(Signal::map, SignalKind::monitor, late_one, now, again) == Inserted::added);
    raw.insert(Signal::map, SignalKind::monitor, late_one, now, whole);
    summed.thin_read_again(Signal::map, now, keep);
    CHECK(summed.standing(Signal::map) < 200);
    CHECK(minutes_of(summed, Signal::map, start - hours(1), now) ==
          minutes_of(raw, Signal::map, start - hours(1), now));
}

TEST_CASE("a minute that was summed up a moment ago takes late readings as if it had not been") {
    std::mt19937_64 dice{8};
    Retention whole;
    whole.raw_samples = 1'000'000;
    // Two sources of one signal, the second behind the first.
    for (const std::int64_t behind : {3, 45, 110}) {
        Timeline summed, raw;
        const auto both = [&](Sample const& s, EventTime now) {
            CAPTURE(behind, (s.time - start).ms);
            CHECK(summed.insert(Signal::map, SignalKind::monitor, s, now, keep) == Inserted::added);
            raw.insert(Signal::map, SignalKind::monitor, s, now, whole);
        };
        for (std::int64_t i = 0; i < 1'800; ++i) {
            const auto now = start + seconds(i);
            both(number(now, 60 + static_cast<std::int64_t>(dice() % 40)), now);
            if (i < behind) continue;
            auto second = number(now - seconds(behind), 90 + static_cast<std::int64_t>(dice() % 9));
            second.tie = 2;
            both(second, now);
            if (i % 97 == 0) { // as a restart finds it
                auto read = vigil::core::decode<Timeline>(vigil::core::encode(summed));
                REQUIRE(read);
                summed = std::move(*read);
            }
        }
        const auto now = start + seconds(1'800);
        CHECK(minutes_of(summed, Signal::map, start - hours(1), now) ==
              minutes_of(raw, Signal::map, start - hours(1), now));
        CHECK(summed.standing(Signal::map) < 500);
    }
    // Later than that it needs the journal; what has an order can be spoken of at any time and is not folded up.
    Timeline t;
    for (std::int64_t i = 0; i < 600; ++i)
        t.insert(Signal::map, SignalKind::monitor, number(start + seconds(i), 70), start + seconds(i), keep);
    CHECK(t.standing(Signal::map) <= 60);
    const auto now = start + seconds(600);
    CHECK(t.insert(Signal::map, SignalKind::monitor, number(start + Duration{400'500}, 50), now, keep) ==
          Inserted::behind_horizon);
    CHECK(t.insert(Signal::map, SignalKind::monitor, number(start + Duration{500'500}, 50), now, keep) ==
          Inserted::added);
    // What is forgotten is forgotten with what was folded away.
    const auto next_day = now + hours(30);
    t.forget(next_day, keep);
    t.move_if([](Signal, Sample const&) { return false; }, [](Signal, SignalKind, Sample const&) {});
    CHECK(t.empty(Signal::map));
    Timeline ordered;
    for (std::int64_t i = 0; i < 600; ++i) {
        auto s = number(start + seconds(i), 70);
        s.order = static_cast<std::uint64_t>(i + 1);
        ordered.insert(Signal::map, SignalKind::monitor, s, s.time, keep);
    }
    CHECK(ordered.standing(Signal::map) >= 120);
}

TEST_CASE("of equal settings of oxygen the first and the last of each half hour stand") {
    Timeline t;
    std::vector<EventTime> expected;
    for (std::int64_t i = 0; i < 240; ++i) {
        const auto at = start + minutes(i);
        t.insert(Signal::fio2_set, SignalKind::setting, number(at, 60), at, keep);
        const auto in_slot = at.ms / minute_ms % 30;
        if (i < 120 && (in_slot == 0 || in_slot == 29)) expected.push_back(at);
    }
    const auto end = start + minutes(120);
    std::vector<EventTime> stands;
    for (auto const& s : t.range(Signal::fio2_set, start - Duration{1}, end - Duration{1})) stands.push_back(s.time);
    CHECK(stands == expected);
    // One more within such a run is nothing new; what follows its end may be.
    const auto now = start + minutes(240);
    CHECK(t.insert(Signal::fio2_set, SignalKind::setting, number(start + minutes(10) + seconds(5), 60), now, keep) ==
          Inserted::unchanged);
    CHECK(t.insert(Signal::fio2_set, SignalKind::setting, number(start + minutes(29) + seconds(5), 60), now, keep) ==
          Inserted::behind_horizon);
}

TEST_CASE("a stop that comes late into the thinned past counts once its rows are read again") {
    Timeline t;
    std::vector<Sample> rows;
    for (std::int64_t i = 0; i < 120; ++i) {
        rows.push_back(number(start + minutes(i), 5));
        t.insert(Signal::norepinephrine, SignalKind::infusion, rows.back(), rows.back().time, keep);
    }
    const auto now = start + minutes(120);
    const auto stop = number(start + minutes(64) + seconds(30), 0);
    REQUIRE(t.insert(Signal::norepinephrine, SignalKind::infusion, stop, now, keep) == Inserted::behind_horizon);
    rows.push_back(stop);
    const auto span = span_ms(SignalKind::infusion);
    const EventTime from{stop.time.ms / span * span}, to{from.ms + span - 1};
    t.erase(Signal::norepinephrine, from, to);
    auto again = keep;
    again.read_again = true;
    for (auto const& s : rows)
        if (from <= s.time && s.time <= to) t.insert(Signal::norepinephrine, SignalKind::infusion, s, now, again);
    t.thin_read_again(Signal::norepinephrine, now, keep);
    const auto stands = t.latest(Signal::norepinephrine, stop.time, {});
    REQUIRE(stands);
    CHECK(stands->value == Decimal{0, 0});
}

TEST_CASE("a minute with an extreme too far from its median to be summed up stands whole") {
    Timeline t;
    for (std::int64_t i = 0; i < 600; ++i)
        t.insert(Signal::map, SignalKind::monitor, number(start + seconds(i), i == 30 ? 5'000 : 90'000, 3),
                 start + seconds(i), keep);
    std::optional<Decimal> lowest;
    t.minutes(Signal::map, start - Duration{1}, start + minutes(1), [&](Minute const& m) { lowest = m.lowest; });
    CHECK(lowest == Decimal{5, 0});
}

TEST_CASE("inspired oxygen is found to the instant, before and after it is summed up") {
    std::mt19937_64 dice{9};
    Retention whole;
    whole.raw_samples = 1'000'000;
    for (const std::int64_t every : {20, 25, 50, 90}) {
        Timeline summed, raw;
        std::vector<Sample> all;
        std::int64_t value = 40;
        for (std::int64_t at = 0; at < 8 * 3600; at += every) {
            if (dice() % 20 == 0) value = 30 + static_cast<std::int64_t>(dice() % 60);
            all.push_back(number(start + seconds(at), value));
            summed.insert(Signal::fio2, SignalKind::monitor, all.back(), all.back().time, keep);
            raw.insert(Signal::fio2, SignalKind::monitor, all.back(), all.back().time, whole);
        }
        if (every == 20) CHECK(summed.bytes() * 2 < raw.bytes());
        for (int i = 0; i < 500; ++i) {
            const auto at = start + seconds(static_cast<std::int64_t>(dice() % (8 * 3600)));
            const auto next = std::find_if(all.begin(), all.end(), [&](Sample const& s) { return s.time > at; });
            CAPTURE(every, (at - start).ms);
            CHECK(summed.latest(Signal::fio2, at, hours(4))->value == (next - 1)->value);
            CHECK(raw.latest(Signal::fio2, at, hours(4))->time == summed.latest(Signal::fio2, at, hours(4))->time);
        }
    }
}

TEST_CASE("a bed of thirty signals at 1 Hz over 24 hours fits its budget in what scores read of it") {
    // Of thirty signals a monitor and a ventilator send each second, these are read by a score or rule.
    const std::vector<std::pair<Signal, SignalKind>> read = {
        {Signal::map, SignalKind::monitor},      {Signal::sbp, SignalKind::monitor},
        {Signal::dbp, SignalKind::monitor},      {Signal::spo2, SignalKind::monitor},
        {Signal::peep, SignalKind::monitor},     {Signal::fio2_set, SignalKind::setting},
        {Signal::peep_set, SignalKind::setting}, {Signal::rr_set, SignalKind::setting},
        {Signal::vt_set, SignalKind::setting},   {Signal::norepinephrine, SignalKind::infusion}};
    Timeline t;
    for (int i = 0; i < 24 * 3600; ++i) {
        const auto at = start + seconds(i);
        for (auto const& [signal, kind] : read)
            t.insert(signal, kind, number(at, kind == SignalKind::monitor ? 60 + i % 37 : 40), at, keep);
        if (i % 300 == 0) t.forget(at, keep);
    }
    CAPTURE(t.bytes());
    CHECK(t.bytes() <= 182 * 1024);
    const auto held = t.latest(Signal::fio2_set, start + hours(5), {});
    REQUIRE(held);
    CHECK(held->value == Decimal{40, 0});
}

TEST_CASE("a running drug, a setting and the admission weight are never forgotten") {
    Timeline t;
    t.insert(Signal::norepinephrine, SignalKind::infusion, number(start, 2, 1), start, keep);
    t.insert(Signal::weight, SignalKind::charted, number(start, 80), start, keep);
    t.insert(Signal::plt, SignalKind::laboratory, number(start, 40), start, keep);
    t.insert(Signal::ards_imaging, SignalKind::attested, number(start, 1), start, keep);
    t.forget(start + hours(500), keep);
    CHECK(t.latest(Signal::norepinephrine, start + hours(500), {}));
    CHECK(t.latest(Signal::weight, start + hours(500), {}));
    CHECK(t.latest(Signal::ards_imaging, start + hours(500), {}));
    CHECK_FALSE(t.latest(Signal::plt, start + hours(500), {}));
}

TEST_CASE("what an insertion is called") {
    Timeline t;
    auto p = number(start, 40);
    p.order = 9;
    p.status = Status::preliminary;
    CHECK(t.insert(Signal::plt, SignalKind::laboratory, p, start, keep) == Inserted::added);
    CHECK(t.insert(Signal::plt, SignalKind::laboratory, p, start, keep) == Inserted::unchanged);
    auto f = p;
    f.status = Status::final;
    f.value = {60, 0};
    f.message_time = start + minutes(5);
    CHECK(t.insert(Signal::plt, SignalKind::laboratory, f, start, keep) == Inserted::replaced);
    auto old = p;
    old.value = {30, 0};
    CHECK(t.insert(Signal::plt, SignalKind::laboratory, old, start, keep) == Inserted::superseded);
    auto d = f;
    d.status = Status::deleted;
    d.message_time = start + minutes(6);
    CHECK(t.retract(Signal::plt, SignalKind::laboratory, d, start, keep) == Inserted::retracted);
    CHECK(t.empty(Signal::plt));
    const auto copy = vigil::core::decode<Timeline>(vigil::core::encode(t));
    REQUIRE(copy);
    CHECK(vigil::core::encode(*copy) == vigil::core::encode(t));
}

namespace {

// Platelets that stand once all of these were told, in whatever order: by time.
std::vector<std::pair<std::int64_t, std::int64_t>> standing_of(std::vector<Sample> told) {
    std::sort(told.begin(), told.end(), [](Sample const& a, Sample const& b) { return a.ref.seq < b.ref.seq; });
    std::optional<std::vector<std::pair<std::int64_t, std::int64_t>>> first;
    do {
        Timeline t;
        for (auto const& s : told) t.insert(Signal::plt, SignalKind::laboratory, s, start + hours(30), keep);
        std::vector<std::pair<std::int64_t, std::int64_t>> out;
        for (auto const& s : t.range(Signal::plt, start - hours(1), start + hours(30)))
            out.emplace_back((s.time - start).ms / 3'600'000, s.value.mantissa);
        if (!first) first = out;
        CHECK(out == *first);
    } while (std::next_permutation(told.begin(), told.end(),
                                   [](Sample const& a, Sample const& b) { return a.ref.seq < b.ref.seq; }));
    return *first;
}

Sample version(std::uint64_t n, int drawn_h, int told_h, std::int64_t value, Status status) {
    auto s = number(start + hours(drawn_h), value);
    s.message_time = start + hours(told_h);
    s.status = status;
    s.order = 9;
    s.ref = {n, 0};
    return s;
}

} // namespace

TEST_CASE("of several results of one order a correction speaks of the one that stood at its time") {
    using Standing = std::vector<std::pair<std::int64_t, std::int64_t>>;
    const auto low = version(1, 0, 1, 18, Status::final), next = version(2, 6, 7, 60, Status::final),
               last = version(3, 12, 13, 75, Status::final);
    CHECK(standing_of({low, next, last}) == Standing{{0, 18}, {6, 60}, {12, 75}});
    CHECK(standing_of({low, next, last, version(4, 12, 14, 85, Status::corrected)}) ==
          Standing{{0, 18}, {6, 60}, {12, 85}});
    CHECK(standing_of({low, next, last, version(4, 6, 14, 0, Status::wrong)}) == Standing{{0, 18}, {12, 75}});
    CHECK(standing_of({low, next, last, version(4, 6, 14, 0, Status::deleted)}) == Standing{{0, 18}, {12, 75}});
    // Nothing stood at its time: the time is what was corrected, and nobody can say of which one.
    CHECK(standing_of({low, version(4, 3, 14, 18, Status::corrected)}) == Standing{{3, 18}});
    CHECK(standing_of({low, version(4, 3, 14, 18, Status::corrected), version(5, 3, 15, 20, Status::corrected)}) ==
          Standing{{3, 20}});
    CHECK(standing_of({low, next, version(4, 3, 14, 0, Status::deleted)}).empty());
}

TEST_CASE("a word in the place of a result takes back that of its own time and of earlier messages") {
    using Standing = std::vector<std::pair<std::int64_t, std::int64_t>>;
    const auto low = version(1, 0, 1, 18, Status::preliminary), next = version(2, 6, 7, 60, Status::final);
    CHECK(standing_of({low, next, version(3, 0, 2, 0, Status::cannot_obtain)}) == Standing{{6, 60}});
    CHECK(standing_of({low, next, version(3, 0, 1, 0, Status::cannot_obtain)}) == Standing{{0, 18}, {6, 60}});
    CHECK(standing_of({low, next, version(3, 12, 13, 0, Status::cannot_obtain)}) == Standing{{0, 18}, {6, 60}});
    CHECK(standing_of({low, version(3, 0, 2, 0, Status::cannot_obtain), version(4, 0, 3, 20, Status::final)}) ==
          Standing{{0, 20}});
}

TEST_CASE("what waits for the end of its minute: more of a dense stream, and a setting that says it again") {
    const EventTime at = start_of_minute(minute_of(start) + 30);
    Timeline t;
    CHECK_FALSE(t.adds_nothing_yet(Signal::map, number(at, 70)));
    for (int i = 0; i < 4; ++i) t.insert(Signal::map, SignalKind::monitor, number(at + seconds(i), 70), at, keep);
    CHECK(t.adds_nothing_yet(Signal::map, number(at + seconds(4), 50)));
    // Four in a minute may be charting: the next minute's first counts at once. Five are a stream.
    CHECK_FALSE(t.adds_nothing_yet(Signal::map, number(at + minutes(1), 50)));
    t.insert(Signal::map, SignalKind::monitor, number(at + seconds(4), 70), at, keep);
    CHECK(t.adds_nothing_yet(Signal::map, number(at + minutes(1), 50)));
    CHECK_FALSE(t.adds_nothing_yet(Signal::map, number(at + minutes(2), 50)));

    const EventTime half_hour{at.ms / 1'800'000 * 1'800'000};
    for (auto s : {Signal::peep_set, Signal::fio2_set})
        t.insert(s, SignalKind::setting, number(half_hour, 40), half_hour, keep);
    CHECK(t.adds_nothing_yet(Signal::peep_set, number(half_hour + minutes(20), 40)));
    CHECK_FALSE(t.adds_nothing_yet(Signal::peep_set, number(half_hour + minutes(20), 60)));
    CHECK_FALSE(t.adds_nothing_yet(Signal::peep_set, number(half_hour + minutes(30), 40)));
    // Oxygen said again may be that of the next device.
    CHECK(t.adds_nothing_yet(Signal::fio2_set, number(half_hour + seconds(20), 40)));
    CHECK_FALSE(t.adds_nothing_yet(Signal::fio2_set, number(half_hour + minutes(20), 40)));
    CHECK_FALSE(t.adds_nothing_yet(Signal::plt, number(at, 40)));
}

TEST_CASE("what a gas was judged by stays as long as the gas, be it one value or a stream") {
    Timeline t;
    const auto add = [&t](Signal signal, SignalKind kind, EventTime at, std::int64_t value) {
        t.insert(signal, kind, number(at, value), at, keep);
    };
    for (int i = 0; i < 2 * 3600; ++i) {
        add(Signal::spo2, SignalKind::monitor, start + seconds(i), 90 + i / 60 % 9);
        add(Signal::hr, SignalKind::monitor, start + seconds(i), 60 + i / 60 % 9);
    }
    add(Signal::fio2, SignalKind::monitor, start + minutes(10), 40);
    add(Signal::fio2, SignalKind::monitor, start + minutes(20), 60);
    const auto gas = start + minutes(60) + seconds(30);
    add(Signal::pao2, SignalKind::laboratory, gas, 28);
    const auto answers = [&] {
        std::vector<std::optional<std::int64_t>> out;
        for (auto signal : {Signal::spo2, Signal::fio2}) {
            const auto s = t.latest(signal, gas, hours(4));
            out.push_back(s ? std::optional{s->value.mantissa} : std::nullopt);
        }
        return out;
    };
    const auto before = answers();
    REQUIRE((before[0] && before[1] == 60));
    for (int hour = 3; hour < 99; ++hour) {
        t.forget(start + hours(hour), keep);
        CHECK(answers() == before);
    }
    CHECK_FALSE(t.latest(Signal::hr, gas, hours(4)));
    CHECK_FALSE(t.latest(Signal::fio2, start + minutes(15), hours(4)));
    t.forget(start + hours(102), keep); // the gas is gone, and they with it
    CHECK(answers() == std::vector<std::optional<std::int64_t>>(2));
}

TEST_CASE("a weight that is said again and again stands once, the first one and each other for the whole stay") {
    Timeline t;
    const auto weighed = [](EventTime at, std::int64_t tenths) {
        auto s = number(at, tenths);
        s.unit = Unit::kg;
        s.value.scale = 1;
        return s;
    };
    for (int i = 0; i < 1'000; ++i)
        t.insert(Signal::weight, SignalKind::charted, weighed(start + minutes(i), i < 600 ? 812 : 805), start, {});
    t.forget(start + hours(500), {});
    const auto all = t.range(Signal::weight, start - hours(1), start + hours(500));
    REQUIRE(all.size() <= 3);
    CHECK(all.front().time == start);
    CHECK(all.front().value == Decimal{812, 1});
    CHECK(all.back().value == Decimal{805, 1});
}

TEST_CASE("a snapshot of a timeline that contradicts itself is refused, whatever byte of it differs") {
    Timeline t;
    for (int i = 0; i < 400; ++i)
        t.insert(Signal::map, SignalKind::monitor, number(start + seconds(i), 60 + i % 30), start + seconds(i), keep);
    t.insert(Signal::plt, SignalKind::laboratory, number(start, 90), start, keep);
    const auto good = vigil::core::encode(t);
    REQUIRE(vigil::core::decode<Timeline>(good));
    std::size_t refused = 0;
    for (std::size_t at = 0; at < good.size(); ++at)
        for (const int bit : {0, 3, 7}) {
            auto bad = good;
            bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
            auto back = vigil::core::decode<Timeline>(bad);
            if (!back) {
                ++refused;
                continue;
            }
            // What is taken can be worked with: late readings take minutes apart, others come, all is forgotten.
            for (int i = 0; i < 60; ++i)
                back->insert(Signal::map, SignalKind::monitor, number(start + seconds(340 + i), 70),
                             start + seconds(400), keep);
            back->erase(Signal::map, start, start + minutes(2), [](Sample const&) { return true; });
            back->forget(start + hours(500), keep);
        }
    CHECK(refused > good.size() / 4);
}

TEST_CASE("a stream that leaves out a last zero is summed up like any other, and its medians are as they were said") {
    Timeline summed, whole;
    Retention all;
    all.raw_samples = 1'000'000;
    for (int i = 0; i < 3'600; ++i) {
        const auto tenths = 366 + (i * 7) % 9;
        const auto s =
            tenths % 10 == 0 ? number(start + seconds(i), tenths / 10) : number(start + seconds(i), tenths, 1);
        summed.insert(Signal::map, SignalKind::monitor, s, start + seconds(i), {});
        whole.insert(Signal::map, SignalKind::monitor, s, start + seconds(i), all);
    }
    CHECK(summed.standing(Signal::map) < 200);
    std::vector<Minute> a, b;
    const auto to = start + minutes(58);
    summed.minutes(Signal::map, start, to, [&](Minute const& m) {
        if (!m.open) a.push_back(m);
    });
    whole.minutes(Signal::map, start, to, [&](Minute const& m) {
        if (!m.open) b.push_back(m);
    });
    REQUIRE(a.size() == b.size());
    unsigned said_short = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        CHECK(a[i].value.mantissa == b[i].value.mantissa);
        CHECK(a[i].value.scale == b[i].value.scale);
        CHECK(a[i].lowest == b[i].lowest);
        CHECK(a[i].highest == b[i].highest);
        said_short += a[i].value.scale == 0 ? 1 : 0;
    }
    CHECK(said_short > 0);
}

TEST_CASE("a confirmation that brings back what a final result hid says that something changed") {
    const auto told = [](Status status, std::int64_t mantissa, std::int64_t after_s) {
        auto s = number(start, mantissa);
        s.status = status;
        s.message_time = start + seconds(after_s);
        return s;
    };
    Timeline t;
    const auto tell = [&](Sample const& s) { return t.insert(Signal::crea, SignalKind::laboratory, s, start, keep); };
    CHECK(tell(told(Status::final, 2, 0)) == Inserted::added);
    CHECK(tell(told(Status::preliminary, 3, 10)) == Inserted::superseded);
    CHECK(t.latest(Signal::crea, start, {})->value == Decimal{2, 0});
    CHECK(tell(told(Status::final_unchanged, 0, 20)) == Inserted::replaced);
    CHECK(t.latest(Signal::crea, start, {})->value == Decimal{3, 0});
    CHECK(tell(told(Status::final_unchanged, 0, 20)) == Inserted::unchanged);
    CHECK(tell(told(Status::final_unchanged, 0, 30)) == Inserted::unchanged);
}

namespace {

Sample said(int second, Word word) {
    auto s = number(start + seconds(second), 0);
    s.is_word = true;
    s.word = word;
    s.unit = Unit::none;
    s.order = 77;
    return s;
}

std::vector<std::int64_t> seconds_kept(Timeline const& t) {
    std::vector<std::int64_t> out;
    for (auto const& s : t.range(Signal::v_fib, start - hours(1), start + hours(24)))
        if (s.order == 77) out.push_back((s.time - start).ms / 1000);
    return out;
}

} // namespace

TEST_CASE("what was said of an alarm holds whatever came first") {
    std::vector<Sample> statements{said(0, Word::high), said(20, Word::high), said(40, Word::ended),
                                   said(60, Word::medium), said(80, Word::high)};
    auto other = said(50, Word::high); // another alarm of the same code
    other.order = 78;
    std::array<std::size_t, 5> order{0, 1, 2, 3, 4};
    do {
        Timeline t;
        for (const auto i : order) t.insert(Signal::v_fib, SignalKind::alarm, statements[i], start + minutes(5), keep);
        t.insert(Signal::v_fib, SignalKind::alarm, other, start + minutes(5), keep);
        CHECK(seconds_kept(t) == std::vector<std::int64_t>{0, 20, 40, 60, 80});
        CHECK(t.standing(Signal::v_fib) == 6);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("of what is said of an alarm in a row the first and the last stay, and two rows that it stood and was over") {
    Timeline monitor; // that sounds for an hour
    const auto tell = [&](Sample const& s) { monitor.insert(Signal::v_fib, SignalKind::alarm, s, s.time, keep); };
    for (int i = 0; i < 360; ++i) tell(said(i * 10, Word::high));
    CHECK(monitor.standing(Signal::v_fib) == 1 + 13); // its first, and the last two minutes
    CHECK(seconds_kept(monitor).front() == 0);
    tell(said(7'200, Word::ended));
    CHECK(seconds_kept(monitor) == std::vector<std::int64_t>{0, 3'590, 7'200});
    for (int i = 3; i < 100; ++i) { // and says the same number for hours
        tell(said(i * 3'600, Word::high));
        tell(said(i * 3'600 + 900, Word::ended));
    }
    CHECK(monitor.standing(Signal::v_fib) == 4);
}

TEST_CASE("an end of an alarm that is taken back shows that it stands") {
    Timeline t;
    const auto tell = [&](Sample const& s) { return t.insert(Signal::v_fib, SignalKind::alarm, s, s.time, keep); };
    tell(said(0, Word::high));
    tell(said(300, Word::high));
    const auto end = said(600, Word::ended);
    tell(end);
    auto back = end;
    back.status = Status::wrong;
    back.message_time = start + seconds(630);
    CHECK(tell(back) == Inserted::retracted);
    CHECK(seconds_kept(t) == std::vector<std::int64_t>{0, 300});
}

TEST_CASE("what could not be had after all takes back any earlier result of its order where its time is not known") {
    const auto told = [](Status status, int drawn, int message, std::int64_t value) {
        auto s = number(start + minutes(drawn), value);
        s.message_time = start + minutes(message);
        s.status = status;
        s.order = 4711;
        return s;
    };
    // Whichever of the two comes first.
    const auto stands = [&](Sample const& word) {
        const auto number = told(Status::final, 10, 30, 21);
        std::size_t found[2];
        for (const bool first : {false, true}) {
            Timeline t;
            for (auto const& s : first ? std::vector{word, number} : std::vector{number, word})
                t.insert(Signal::crea, SignalKind::laboratory, s, start + hours(3), keep);
            found[first ? 1 : 0] = t.standing(Signal::crea);
        }
        CHECK(found[0] == found[1]);
        return found[0] == 1;
    };
    auto word = told(Status::cannot_obtain, 40, 40, 0);
    CHECK(stands(word)); // of its own time
    word.suspect = true;
    CHECK_FALSE(stands(word));
    word.message_time = start + minutes(30); // beside the number, in its message
    CHECK(stands(word));
    word.message_time = start + minutes(20); // a number that came after it
    CHECK(stands(word));
    word.message_time = start + minutes(40);
    word.order = 4712;
    CHECK(stands(word));
}
