// Scores at any instant of a stay, read from the journal: what is held is bounded, and what came late counts.

#include "loop/scores_at.hpp"
#include "tests/unit/store/ward.hpp"

#include "core/intake.hpp"
#include "core/model/canonical.hpp"
#include "core/scores/registry.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <tuple>
#include <vector>

using namespace vigil;
using namespace vigil::testing;

namespace {

constexpr model::EventTime summed_up_long_since{first_instant.ms + 20 * 60'000};
using MinuteSeen = std::tuple<std::int64_t, unsigned, unsigned, std::int64_t, std::int64_t>;

// Two beds with a stream of arterial pressure for an hour and a half, some of it late by an hour.
struct Stay {
    TempDir dir;
    store::Options options = options_for(dir);
    Ward ward{31, 2};
    std::optional<store::CommitThread> thread;
    std::vector<core::Event> frames; // of bed 1
    std::shared_ptr<loop::View> view = std::make_shared<loop::View>();

    explicit Stay(bool some_late, bool attested = false) {
        thread.emplace(std::move(recovered(options).journal));
        commit(*thread, ward.opening());
        for (int i = 0; i < 270; ++i) {
            store::Batch b;
            ward.tick(b, model::seconds(20));
            if (i == 140) ward.open_segment(b);
            send(b, 1, ward.now());
            send(b, 2, ward.now());
            if (some_late && i % 50 == 49) send(b, 1, ward.now() - model::minutes(i / 4));
            if (attested && i == 200) ward.step(b, mean_pressure_seen(summed_up_long_since));
            commit(*thread, std::move(b));
        }
        view->state = ward.engine().state();
        view->rules = shipped_rulebook();
        view->committed_seq = ward.next_seq() - 1;
    }
    void send(store::Batch& b, int bed, model::LogTime at) {
        auto message = ward.message(bed);
        message.readings = 40;
        message.code = "map";
        message.at = at;
        ward.send(b, message);
        if (bed != 1) return;
        for (auto const& row : b.rows())
            if (row.kind == store::frame_kind && (frames.empty() || row.seq > frames.back().seq))
                frames.push_back(*store::event_of({row.seq, row.at, row.kind, 0, std::string{b.body(row)}, {}}));
    }
    std::string encounter() const { return view->state.encounters.front().pseudonym; }

    // All of them whole, in the order of the journal.
    model::Timeline whole() const {
        constexpr model::Retention all{model::hours(1'000), model::hours(1'000), model::hours(900), model::hours(900),
                                       1'000'000};
        auto const& rules = *view->rules;
        model::Timeline out;
        for (auto const& row : frames) {
            auto const& frame = std::get<model::Frame>(row.what);
            if (view->state.subjects[frame.subject.value - 1].visit != "v1") continue;
            const auto origin = core::origin_of(frame, row.at, row.seq, rules);
            for (std::uint32_t i = 0; i < frame.readings.size(); ++i) {
                auto const& channel = view->state.channels[frame.readings[i].channel.value - 1];
                const auto mapping = core::map_channel(rules, "monitor", channel);
                const auto read = core::interpret(rules, mapping, channel, frame.readings[i], i, "", origin);
                if (!read.placed()) continue;
                core::place_where_it_belongs(mapping, read,
                                             [&](model::Signal signal, model::SignalKind kind, model::Sample const& s) {
                                                 out.insert(signal, kind, s, model::patient_now(row.at), all);
                                             });
            }
        }
        return out;
    }
    std::vector<MinuteSeen> minutes(model::Timeline const& timeline) const {
        std::vector<MinuteSeen> out;
        timeline.minutes(model::Signal::map, {0}, model::patient_now(ward.now()), [&](model::Minute const& m) {
            out.emplace_back(m.minute, m.total, m.valid, m.value.mantissa, m.time.ms);
        });
        return out;
    }
};

// A creatinine of the patient in bed 1, under an order.
model::Frame result_of(Ward& ward, std::string id) {
    auto const& engine = ward.engine();
    model::Frame f;
    f.source = *engine.find_source("monitor");
    f.message_id = std::move(id);
    f.received = {ward.now().ms};
    f.message_time = model::DeviceTime{ward.now().ms};
    f.processing = model::Processing::training;
    f.orders = {"order1"};
    model::Subject subject;
    subject.visit = "v1";
    const auto known = engine.find_subject(subject);
    f.subject = known.value_or(model::SubjectId{static_cast<std::uint32_t>(engine.state().subjects.size() + 1)});
    if (!known) f.new_subjects.push_back(subject);
    model::Channel c;
    c.source = f.source;
    c.system = model::CodeSystem::VIGIL;
    c.code = "crea";
    c.unit = "mg/dL";
    const auto channel = engine.find_channel(c);
    model::Reading r;
    r.channel = channel.value_or(model::ChannelId{static_cast<std::uint32_t>(engine.state().channels.size() + 1)});
    if (!channel) f.new_channels.push_back(c);
    r.value.kind = model::Value::Kind::number;
    r.value.number = {21, 1};
    r.order = 1;
    r.status = model::Status::final;
    r.time = model::DeviceTime{ward.now().ms - 60'000};
    f.readings.push_back(r);
    return f;
}

// Stands as long as `scores` does.
loop::ScoresAt::Course course_of(Stay const& stay, loop::ScoresAt& scores) {
    store::Reader reader{stay.options.directory};
    std::string why;
    auto course = scores.course(stay.view, stay.encounter(), reader, why);
    INFO(why);
    REQUIRE(course);
    return *course;
}

} // namespace

TEST_CASE("a long stream is summed up while it is read, and what came late is in its minutes") {
    const auto some_late = GENERATE(false, true);
    const Stay stay{some_late};
    loop::ScoresAt scores{stay.options.directory};
    const auto course = course_of(stay, scores);
    const auto whole = stay.whole();
    CHECK(whole.standing(model::Signal::map) > 6'000);
    CHECK(course.timeline->standing(model::Signal::map) < 4'300);
    const auto expected = stay.minutes(whole);
    CHECK(expected.size() >= 90);
    CHECK(stay.minutes(*course.timeline) == expected);

    const model::ScoreKey key{model::ScoreId::sofa, model::Product::rolling, model::Basis::native,
                              *scores::find_policy(*stay.view->rules, model::ScoreId::sofa, "")};
    const auto last = model::start_of_minute(model::minute_of(model::patient_now(stay.ward.now())));
    for (auto at = last - model::minutes(80); at <= last; at = at + model::minutes(10)) {
        scores::Patient patient;
        patient.opened = course.who->opened;
        patient.timeline = course.timeline;
        auto got = scores::evaluate(key, patient, at, *stay.view->rules);
        patient.timeline = &whole;
        auto expected_score = scores::evaluate(key, patient, at, *stay.view->rules);
        got.next_change = expected_score.next_change = {}; // when to look again may differ, what is seen may not
        CHECK(core::encode(got) == core::encode(expected_score));
    }
}

TEST_CASE("what a person saw counts in a past score, also in a minute of a stream") {
    std::vector<MinuteSeen> seen[2];
    const auto some_late = GENERATE(false, true);
    for (const bool attested : {false, true}) {
        const Stay stay{some_late, attested};
        loop::ScoresAt scores{stay.options.directory};
        const auto course = course_of(stay, scores);
        seen[attested ? 1 : 0] = stay.minutes(*course.timeline);
    }
    REQUIRE(seen[0].size() == seen[1].size());
    const auto minute = model::minute_of(summed_up_long_since);
    for (std::size_t i = 0; i < seen[0].size(); ++i) {
        const bool there = std::get<0>(seen[0][i]) == minute;
        CHECK(std::get<1>(seen[1][i]) == std::get<1>(seen[0][i]) + (there ? 1 : 0));
        if (!there) CHECK(seen[1][i] == seen[0][i]);
    }
}

TEST_CASE("what a person saw stays with whom it was said of, whoever turns out to have lain in that bed") {
    TempDir dir;
    const auto options = options_for(dir);
    Ward ward{35, 2};
    store::CommitThread thread{std::move(recovered(options).journal)};
    commit(thread, ward.opening());
    store::Batch b;
    ward.tick(b, model::minutes(30));
    const auto seen = model::patient_now(ward.now()) - model::minutes(5);
    ward.step(b, mean_pressure_seen(seen));
    ward.tick(b, model::minutes(30));
    // Told late: before that the one of bed 1 had moved to bed 3, and the one of bed 2 into bed 1.
    for (auto const& [visit, bed] : {std::pair{"v1", "3"}, {"v2", "1"}}) {
        core::CensusChange moved;
        moved.kind = core::CensusKind::transfer;
        moved.source = "monitor";
        moved.processing = model::Processing::training;
        moved.subject.visit = visit;
        moved.subject.location = model::Location{"icu", bed};
        moved.effective = seen - model::minutes(10);
        ward.step(b, moved);
    }
    ward.tick(b, model::minutes(1));
    commit(thread, std::move(b));
    auto view = std::make_shared<loop::View>();
    view->state = ward.engine().state();
    view->rules = shipped_rulebook();
    view->committed_seq = ward.next_seq() - 1;
    loop::ScoresAt scores{options.directory};
    store::Reader reader{options.directory};
    std::vector<bool> live, past; // of each stay: it has that pressure
    for (auto const& e : view->state.encounters) {
        const auto there = [&](model::Timeline const& t) { return t.latest(model::Signal::map, seen, {}).has_value(); };
        std::string why;
        const auto course = scores.course(view, e.pseudonym, reader, why);
        REQUIRE(course);
        live.push_back(there(e.timeline));
        past.push_back(there(*course->timeline));
    }
    CHECK(live == std::vector<bool>{true, false});
    CHECK(past == live);
}

TEST_CASE("a result that was taken back without a usable time is in no past score") {
    enum class Taken { not_at_all, without_time, by_the_day, ahead_of_time };
    const auto taken = GENERATE(Taken::not_at_all, Taken::without_time, Taken::by_the_day, Taken::ahead_of_time);
    // "Hemolyzed" in the place of the number says the same as a withdrawal.
    const auto in_words = GENERATE(false, true);
    TempDir dir;
    const auto options = options_for(dir);
    Ward ward{33, 2};
    store::CommitThread thread{std::move(recovered(options).journal)};
    commit(thread, ward.opening());
    store::Batch b;
    ward.tick(b, model::minutes(10));
    auto f = result_of(ward, "R1");
    ward.step(b, f);
    if (taken != Taken::not_at_all) {
        ward.tick(b, model::minutes(10));
        f = result_of(ward, "R2");
        auto& r = f.readings.front();
        r.value = {};
        if (in_words)
            r.value.absent = model::AbsentReason::text;
        else
            r.status = model::Status::deleted;
        if (taken == Taken::without_time) r.time.reset();
        if (taken == Taken::by_the_day) r.time_quality = model::TimeQuality::date_only;
        if (taken == Taken::ahead_of_time) r.time->ms += 3'600'000;
        ward.step(b, f);
    }
    ward.tick(b, model::minutes(1));
    commit(thread, std::move(b));
    auto view = std::make_shared<loop::View>();
    view->state = ward.engine().state();
    view->rules = shipped_rulebook();
    view->committed_seq = ward.next_seq() - 1;
    loop::ScoresAt scores{options.directory};
    store::Reader reader{options.directory};
    std::string why;
    auto const& stays = view->state.encounters;
    const auto course = scores.course(view, stays.front().pseudonym, reader, why);
    REQUIRE(course);
    const auto now = model::patient_now(ward.now());
    const bool live = stays.front().timeline.latest(model::Signal::crea, now, {}).has_value();
    CHECK(live == (taken == Taken::not_at_all));
    CHECK(course->timeline->latest(model::Signal::crea, now, {}).has_value() == live);
}

TEST_CASE("a stay that is too much to hold is refused with the reason, and the next question is answered") {
    const Stay stay{false};
    store::Reader reader{stay.options.directory};
    std::string why;
    loop::ScoresAt scores{stay.options.directory, 100'000};
    CHECK_FALSE(scores.course(stay.view, stay.encounter(), reader, why));
    CHECK(why == "too_many_readings");
    loop::ScoresAt roomy{stay.options.directory};
    CHECK(roomy.course(stay.view, stay.encounter(), reader, why));
}
