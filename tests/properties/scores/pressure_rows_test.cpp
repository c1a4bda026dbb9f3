// A day of mean pressures read by whole blocks decides as the same day read minute by minute: value, instant, the flag
// of an artefact and when to ask again. Seeds are printed; VIGIL_SEED repeats one.

#include "case.hpp"

#include "core/scores/inquiry.hpp"
#include "core/scores/notes.hpp"
#include "core/scores/pressure.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <random>

using namespace vigil;
using model::Decimal;
using model::Duration;
using model::EventTime;
using model::Signal;

namespace {

constexpr Decimal threshold{70, 0};
const EventTime begin{1'750'000'020'000};

class Monitor {
public:
    explicit Monitor(std::uint64_t seed)
        : dice_{seed},
          pressure_{within(70, 90)},
          calm_{within(1, 3) * within(1, 3)},
          dips_{within(0, 1)},
          trough_{64 * within(5, 20) + (within(0, 1) == 0 ? 63 : within(0, 63))},
          beside_{within(0, 2) == 0},
          digits_{within(0, 2)} {}

    // Six readings of a line a minute; now and then a low minute, an artefact, a gap, a minute late or in kPa.
    model::Timeline day(std::int64_t minutes) {
        for (std::int64_t i = 0; i < minutes; ++i) {
            if (chance(3)) i += within(1, 4);
            pressure_ =
                std::clamp(pressure_ + within(-calm_, calm_), std::int64_t{chance(20) ? 66 : 76}, std::int64_t{110});
            // Arrival is up to some minutes late, in whole minutes; what is late goes into a block that stands.
            const auto said = begin + model::minutes(i);
            if (chance(4)) {
                late_.push_back({said, pressure_});
                continue;
            }
            // Two minutes that decide, often where one block ends and the next begins.
            const bool trough = counted_ == trough_ || counted_ == trough_ + 1;
            ++counted_;
            minute(said, trough ? 72 : pressure_, said + model::minutes(1));
            if (!late_.empty() && chance(10)) catch_up(said + model::minutes(1));
        }
        catch_up(begin + model::minutes(minutes));
        return std::move(timeline_);
    }

private:
    struct Late {
        EventTime at;
        std::int64_t pressure;
    };
    std::int64_t within(std::int64_t low, std::int64_t high) {
        return low >= high ? low
                           : low + static_cast<std::int64_t>(dice_() % static_cast<std::uint64_t>(high - low + 1));
    }
    bool chance(std::int64_t in_a_thousand) { return within(0, 999) < in_a_thousand; }
    void catch_up(EventTime now) {
        for (auto const& l : late_) minute(l.at, l.pressure, now);
        late_.clear();
    }
    void minute(EventTime at, std::int64_t mean, EventTime now) {
        if (chance(dips_)) dip_ = within(1, 6);
        const bool low = dip_ > 0;
        dip_ -= low ? 1 : 0;
        const bool flush = chance(1), flat = chance(2), in_kpa = chance(1);
        const bool suspect = chance(4), otherwise = chance(3);
        const auto readings = chance(2) ? 1 : 6;
        // Doubted by the monitor, or below the soft limit.
        if (suspect) mean = chance(400) ? within(20, 28) : within(70, mean);
        for (int n = 0; n < readings; ++n) {
            auto value = mean + within(-1, 1);
            if (low) value = within(55, 69);
            if (flush) value = within(199, 280);
            const auto t = at + Duration{within(0, 9) + n * 10'000};
            if (in_kpa)
                insert(Signal::map, {value * 1333, 4}, model::Unit::kPa, t, now, suspect);
            else
                insert(Signal::map, told(value, otherwise, n), model::Unit::mmHg, t, now, suspect);
            if (beside_ ? n > 0 : chance(300)) continue;
            const auto systolic = beside_ ? within(55, 75) : mean + (flat ? 3 : 40);
            const auto diastolic = beside_ ? within(35, 54) : mean - (flat ? 3 : 20);
            insert(Signal::sbp, {systolic, 0}, model::Unit::mmHg, t, now);
            insert(Signal::dbp, {diastolic, 0}, model::Unit::mmHg, t, now);
        }
    }
    // In a minute of the other kind, and of some monitors only when the digit is not 0.
    Decimal told(std::int64_t whole, bool otherwise, int n) const {
        const bool digit = digits_ == 2 ? n == 0 || n == 5 : (digits_ == 1) != otherwise;
        return digit ? Decimal{whole * 10 + 5, 1} : Decimal{whole, 0};
    }
    void insert(Signal signal, Decimal value, model::Unit unit, EventTime at, EventTime now, bool suspect = false) {
        model::Sample s;
        s.time = s.message_time = at;
        s.value = value;
        s.unit = unit;
        s.ref = {++inserted_, 0};
        s.suspect = suspect || chance(3);
        timeline_.insert(signal, model::SignalKind::monitor, s, std::max(at, now), keep_);
    }

    std::mt19937_64 dice_;
    std::int64_t pressure_, calm_, dips_, trough_, dip_ = 0, counted_ = 0;
    bool beside_; // systolic and diastolic come now and then, and may be low where the mean is not
    std::int64_t digits_;
    model::Timeline timeline_;
    model::Retention keep_;
    std::vector<Late> late_;
    std::uint64_t inserted_ = 0;
};

scores::Inquiry question(scores::Patient const& patient, EventTime at, model::Product product) {
    return ask({model::ScoreId::sofa, product, {}, {}}, patient, at, test::rulebook());
}

bool same(scores::Pressures const& a, scores::Pressures const& b) {
    if (a.known != b.known || a.artefact_dropped != b.artefact_dropped) return false;
    if (a.lowest.has_value() != b.lowest.has_value()) return false;
    if (!a.lowest) return true;
    auto const &x = *a.lowest, &y = *b.lowest;
    return x.signal == y.signal && x.value == y.value && x.derived == y.derived && x.extreme == y.extreme &&
           x.sample.time == y.sample.time && x.sample.value == y.sample.value && x.sample.ref == y.sample.ref;
}

std::size_t rows_in(scores::Notes const& notes) {
    auto const& list = notes.pressures[0].list;
    return static_cast<std::size_t>(
        std::count_if(list.begin(), list.end(), [](scores::MeanMinute const& m) { return m.row != nullptr; }));
}

} // namespace

TEST_CASE("a day of mean pressures read by blocks decides as it does minute by minute") {
    std::random_device entropy;
    auto const* given = std::getenv("VIGIL_SEED");
    const auto first = given != nullptr ? std::strtoull(given, nullptr, 10) : entropy();
    std::cout << "seed " << first << '\n';
    std::size_t rows = 0, asked = 0, low = 0;
    for (std::uint64_t seed = first; seed < first + (given != nullptr ? 1 : 150); ++seed) {
        const auto timeline = Monitor{seed}.day(28 * 60);
        const scores::Patient patient{&timeline, begin, std::nullopt, std::nullopt, nullptr};
        std::mt19937_64 dice{seed};
        for (int i = 0; i < 20; ++i) {
            auto at = begin + model::hours(20) + Duration{static_cast<std::int64_t>(dice() % 30'000'000)};
            if (i % 3 == 0) at = model::start_of_minute(model::minute_of(at));
            const auto product = i % 4 == 0 ? model::Product::day : model::Product::rolling;
            auto by_block = question(patient, at, product), by_minute = question(patient, at, product);
            scores::Notes room, kept;
            by_block.notes = &room;
            by_minute.notes = &kept;
            by_minute.keeps = true;
            const auto a = mean_pressures(by_block, threshold), b = mean_pressures(by_minute, threshold);
            CAPTURE(seed, (at - begin).ms);
            CHECK(same(a, b));
            CHECK(by_block.due.next() == by_minute.due.next());
            CHECK(by_block.detail.next() == by_minute.detail.next());
            REQUIRE(rows_in(kept) == 0);
            rows += rows_in(room);
            low += a.lowest && a.lowest->value < threshold ? 1U : 0U;
            ++asked;
        }
    }
    // Blocks were read, of days with something low and of days without.
    if (given == nullptr) {
        CHECK(rows > asked);
        CHECK(low > asked / 20);
        CHECK(low < asked * 19 / 20);
    }
    std::cout << rows << " blocks in " << asked << " questions, " << low << " low\n";
}
