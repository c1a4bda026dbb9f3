// Reading beside the writer: pages, single rows, recalls, backups.

#include "tests/unit/store/recorded.hpp"
#include "tests/unit/store/ward.hpp"

#include "store/backup.hpp"
#include "store/reader.hpp"
#include "store/recall.hpp"
#include "store/verify.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <thread>
#include <tuple>
#include <vector>

using namespace vigil;
using namespace vigil::testing;

namespace {

struct Fixture {
    TempDir dir;
    store::Options options = options_for(dir);
    Ward ward{21};
    std::optional<store::CommitThread> thread;
    std::vector<core::Event> frames; // all of them, in order

    Fixture() {
        options.frames_per_block = 37;
        thread.emplace(std::move(recovered(options).journal));
        commit(*thread, ward.opening());
        for (int i = 0; i < 90; ++i) second(i == 30 || i == 60);
    }
    void second(bool rotate) {
        store::Batch b;
        if (rotate) ward.open_segment(b);
        ward.second(b);
        for (auto const& row : b.rows())
            if (row.kind == store::frame_kind)
                frames.push_back(*store::event_of({row.seq, row.at, row.kind, 0, std::string{b.body(row)}, {}}));
        commit(*thread, std::move(b));
    }
};

} // namespace

TEST_CASE("the reader pages through all segments, live log and all") {
    Fixture f;
    store::Reader reader{f.options.directory};
    CHECK(*reader.last_seq() == f.ward.next_seq() - 1);
    store::ReadRequest request;
    request.kinds.set();
    request.max_bytes = GENERATE(std::size_t{1}, std::size_t{3000}, std::size_t{1} << 20);
    std::uint64_t expected = 1;
    for (;;) {
        auto page = reader.read(request);
        REQUIRE(page);
        std::size_t bytes = 0;
        for (auto const& row : page->rows) {
            CHECK(row.seq == expected++);
            bytes += row.body.size();
        }
        CHECK((bytes <= request.max_bytes || page->rows.size() == 1));
        request.from = page->next;
        if (page->at_end) break;
    }
    CHECK(expected == f.ward.next_seq());
    CHECK(reader.row(7)->seq == 7);
    CHECK(reader.row(expected).refusal().why == store::Refusal::Why::missing);
}

TEST_CASE("the reader gives the kinds asked for and bounds what it looks at") {
    Fixture f;
    store::Reader reader{f.options.directory};
    store::ReadRequest request;
    request.kinds.set(store::frame_kind);
    request.max_scanned = 100;
    std::size_t frames = 0;
    for (;;) {
        const auto page = reader.read(request);
        REQUIRE(page);
        CHECK(page->rows.size() <= 100);
        for (auto const& row : page->rows) CHECK(row.kind == store::frame_kind);
        frames += page->rows.size();
        request.from = page->next;
        if (page->at_end) break;
    }
    CHECK(frames == f.frames.size());
    request.from = 5;
    request.to = 20;
    request.kinds.set();
    const auto page = reader.read(request);
    CHECK(page->rows.size() == 16);
    CHECK(page->at_end);
}

TEST_CASE("a reader never writes and does not disturb the writer") {
    Fixture f;
    std::atomic<bool> stop = false;
    std::thread other{[&] {
        while (!stop) {
            store::Reader reader{f.options.directory};
            store::ReadRequest request;
            request.kinds.set();
            if (!reader.read(request)) stop = true;
        }
    }};
    for (int i = 0; i < 60 && !stop; ++i) f.second(i % 20 == 19);
    CHECK_FALSE(stop.exchange(true));
    other.join();
    f.thread.reset();
    const auto report = store::verify(f.options.directory, rulebooks(), {});
    if (report.problem) FAIL(report.problem->where << ": " << report.problem->what);
}

TEST_CASE("a recall reads what a full scan would, through the directories of blocks") {
    Fixture f;
    auto const& state = f.ward.engine().state();
    const auto last = f.frames.back().at.ms;
    const auto plan_of = [&](std::uint32_t encounter, std::int64_t from, std::int64_t to, std::uint64_t up_to) {
        const core::Recall recall{{encounter}, model::Signal::hr, {from}, {to}};
        return store::plan_recall(state, *shipped_rulebook(), recall, up_to);
    };
    const auto scan = [&](store::RecallPlan const& plan) {
        std::vector<std::uint64_t> out;
        for (auto const& e : f.frames) {
            auto const& frame = std::get<model::Frame>(e.what);
            bool wanted = false;
            for (auto const& r : frame.readings)
                wanted = wanted || (state.channels[r.channel.value - 1].code == "hr" &&
                                    r.time->ms >= plan.recall.from.ms && r.time->ms <= plan.recall.to.ms);
            auto const& subject = state.subjects[frame.subject.value - 1];
            if (wanted && e.seq <= plan.up_to &&
                subject.visit == state.encounters[plan.recall.encounter.value - 1].visit)
                out.push_back(e.seq);
        }
        return out;
    };
    for (const std::int64_t back : {5'000, 20'000, 45'000, 88'000})
        for (std::uint32_t encounter = 1; encounter <= 4; ++encounter) {
            const auto plan = plan_of(encounter, last - back, last - back + 9'000, f.frames.back().seq - 20);
            const auto read = store::read_recall(f.options.directory, plan);
            REQUIRE(read);
            std::vector<std::uint64_t> got;
            for (auto const& e : read->frames) got.push_back(e.seq);
            CHECK(got == scan(plan));
            CHECK(read->rows_read < f.frames.size() / 2);
            CHECK(read->event.digest == store::read_recall(f.options.directory, plan)->event.digest);
        }
}

TEST_CASE("a recall of fractions that cannot be read asks for those that were measured") {
    Fixture f;
    auto state = f.ward.engine().state();
    model::Channel fraction;
    fraction.system = model::CodeSystem::VIGIL;
    fraction.code = "fio2";
    fraction.unit = "%";
    state.channels.push_back(fraction);
    const auto channels = [&](model::Signal signal) {
        return store::plan_recall(state, *shipped_rulebook(), {{1}, signal, {0}, {60'000}}, 1).channels;
    };
    const std::vector expected{static_cast<std::uint32_t>(state.channels.size())};
    CHECK(channels(model::Signal::fio2_unreadable) == expected);
    CHECK(channels(model::Signal::fio2) == expected);
    CHECK(channels(model::Signal::fio2_set).empty());
}

TEST_CASE("a correction behind the state asks for a recall; verify and a restart read the same rows again") {
    const TempDir dir;
    auto options = options_for(dir);
    options.frames_per_block = 16;
    Ward ward{22, 2};
    std::optional<store::CommitThread> thread;
    thread.emplace(std::move(recovered(options).journal));
    commit(*thread, ward.opening());
    const auto minute = [&](bool rotate) {
        store::Batch b;
        if (rotate) ward.open_segment(b);
        for (int part = 0; part < 3; ++part) {
            ward.tick(b, model::seconds(20));
            auto message = ward.message(1);
            message.readings = 8; // more than stands whole in the state
            message.code = "map";
            ward.send(b, message);
        }
        commit(*thread, std::move(b));
    };
    const auto early = ward.now();
    for (int i = 0; i < 40; ++i) minute(i == 20);
    CHECK(ward.pending().empty());
    {
        store::Batch late;
        auto message = ward.message(1);
        message.readings = 8; // some of them plausible
        message.code = "map";
        message.at = early + model::seconds(95);
        ward.send(late, message);
        commit(*thread, std::move(late));
    }
    const auto asked = ward.pending().size();
    REQUIRE(asked >= 1);
    CHECK(ward.engine().state().encounters[0].recomputing);

    const auto answered = GENERATE(false, true);
    minute(true); // the list of open recalls goes into the next segment's opening
    if (answered) {
        const auto plan = ward.pending().front();
        auto rows = store::read_recall(options.directory, plan);
        REQUIRE(rows);
        CHECK(rows->frames.size() >= 4);  // of the minutes around it, and the late one
        CHECK(rows->frames.size() <= 12); // of three whole minutes, not of forty
        CHECK(rows->frames.back().seq == plan.up_to);
        store::Batch answer;
        ward.step(answer, rows->event, rows->frames);
        commit(*thread, std::move(answer));
        CHECK(ward.pending().size() == asked - 1);
    }
    const auto beside = store::verify(options.directory, rulebooks(), {});
    if (beside.problem) FAIL(beside.problem->where << ": " << beside.problem->what);
    thread.reset();
    const auto alone = store::verify(options.directory, rulebooks(), {});
    if (alone.problem) FAIL(alone.problem->where << ": " << alone.problem->what);
    CHECK(alone.all_re_stepped());
    const auto r = recovered(options);
    CHECK(r.pending.size() == asked - (answered ? 1 : 0));
    CHECK(core::encode(r.state) == core::encode(ward.engine().state()));
}

TEST_CASE("what comes between a recall and its answer is not taken out by it") {
    const auto after_the_answer = GENERATE(false, true);
    Recorded r{23};
    const auto begin = r.ward.now();
    const auto gap = model::minute_of(model::EventTime{begin.ms}) + 10;
    for (int i = 0; i < 90; ++i) {
        r.pass(model::seconds(20));
        // A reading is up to a second older than its message.
        const auto newest = model::EventTime{r.ward.now().ms}, oldest = newest - model::seconds(1);
        if (model::minute_of(newest) != gap && model::minute_of(oldest) != gap) r.send(1, r.ward.now());
    }
    REQUIRE(r.ward.pending().empty());
    const model::LogTime in_gap{gap * model::minute_ms + 30'000};
    r.send(1, in_gap - model::minutes(1)); // its minute is summed up: read it again, and those beside it
    REQUIRE_FALSE(r.ward.pending().empty());
    const auto asked = r.ward.pending().size();
    CHECK(asked == 1); // however many readings of the message are late
    if (after_the_answer)
        while (!r.ward.pending().empty()) r.answer_one();
    r.send(1, in_gap); // nothing stands there
    CHECK(r.ward.pending().size() == (after_the_answer ? 0 : asked));
    while (!r.ward.pending().empty()) r.answer_one();
    CHECK_FALSE(r.ward.engine().state().encounters[0].recomputing);
    const auto all = r.minutes(0);
    const auto there = std::find_if(all.begin(), all.end(), [gap](auto const& m) { return std::get<0>(m) == gap; });
    REQUIRE(there != all.end());
    CHECK(std::get<1>(*there) >= 4); // those that are plausible
    const auto report = store::verify(r.options.directory, rulebooks(), {});
    if (report.problem) FAIL(report.problem->where << ": " << report.problem->what);
}

TEST_CASE("what a person attests of a minute that is summed up stands when the minute was read again") {
    const auto given_up = GENERATE(false, true);
    Recorded r{27};
    for (int i = 0; i < 90; ++i) {
        r.pass(model::seconds(20));
        r.send(1, r.ward.now());
    }
    const auto before = r.minutes(0);
    const auto a = mean_pressure_seen(model::EventTime{r.ward.now().ms} - model::minutes(15));
    store::Batch b;
    r.ward.step(b, a);
    commit(*r.thread, std::move(b));
    REQUIRE(r.ward.pending().size() == 1);
    const auto minute = model::minute_of(*a.when);
    if (given_up) {
        auto const& plan = r.ward.pending().front();
        store::Batch none;
        r.ward.step(none, core::Recalled{
                              plan.recall.encounter.value, plan.recall.signal, plan.recall.from, plan.recall.to, {}});
        const auto refused = std::count_if(none.rows().begin(), none.rows().end(), [](auto const& row) {
            return row.kind == store::kind_of_effect<core::InputRefused>();
        });
        commit(*r.thread, std::move(none));
        CHECK(refused == 1); // it is told, not dropped
        CHECK(r.minutes(0) == before);
    } else {
        r.answer_one();
        const auto after = r.minutes(0);
        REQUIRE(after.size() == before.size());
        for (std::size_t i = 0; i < after.size(); ++i)
            CHECK(std::get<1>(after[i]) == std::get<1>(before[i]) + (std::get<0>(after[i]) == minute ? 1 : 0));
    }
    CHECK_FALSE(r.ward.engine().state().encounters[0].recomputing);
    const auto report = store::verify(r.options.directory, rulebooks(), {});
    if (report.problem) FAIL(report.problem->where << ": " << report.problem->what);
}

TEST_CASE("what a person attested stays in its minute, whatever makes it read again") {
    std::vector<unsigned> readings;
    for (const bool attested : {false, true}) {
        Recorded r{28};
        model::LogTime seen{};
        for (int i = 0; i < 120; ++i) {
            r.pass(model::seconds(20));
            if (i == 30) seen = r.ward.now();
            if (i == 30 && attested) {
                store::Batch b;
                r.ward.step(b, mean_pressure_seen(model::EventTime{seen.ms}));
                commit(*r.thread, std::move(b));
            }
            r.send(1, r.ward.now());
        }
        REQUIRE(r.ward.pending().empty());
        r.send(1, seen);
        REQUIRE_FALSE(r.ward.pending().empty());
        while (!r.ward.pending().empty()) r.answer_one();
        const auto all = r.minutes(0);
        const auto minute = model::minute_of(model::EventTime{seen.ms});
        const auto m = std::find_if(all.begin(), all.end(), [&](auto const& x) { return std::get<0>(x) == minute; });
        REQUIRE(m != all.end());
        readings.push_back(std::get<1>(*m));
    }
    CHECK(readings[1] == readings[0] + 1);
}

TEST_CASE("a transfer told late takes minutes with it that are summed up, as if it had been told in time") {
    const auto told_after = GENERATE(0, 3, 45); // times 20 s
    const auto run = [](Recorded& r, int told) {
        const auto moved = r.ward.now() + model::minutes(20);
        for (int i = 1; i <= 120; ++i) {
            r.pass(model::seconds(20));
            if (i == 60 + told) {
                r.move("v1", "9", moved);
                r.move("v2", "1", moved);
            }
            while (!r.ward.pending().empty()) r.answer_one();
            r.send(1, r.ward.now());
            r.send(2, r.ward.now());
            r.send(9, r.ward.now());
        }
        while (!r.ward.pending().empty()) r.answer_one();
    };
    Recorded in_time{24}, late{24};
    run(in_time, 0);
    run(late, told_after);
    for (const std::size_t encounter : {0U, 1U}) {
        CAPTURE(encounter);
        REQUIRE(in_time.minutes(encounter).size() >= 38);
        CHECK(late.minutes(encounter) == in_time.minutes(encounter));
    }
    const auto report = store::verify(late.options.directory, rulebooks(), {});
    if (report.problem) FAIL(report.problem->where << ": " << report.problem->what);
}

TEST_CASE("who is merged takes minutes along that are summed up") {
    const auto run = [](Recorded& r, int told) {
        for (int i = 1; i <= 120; ++i) {
            r.pass(model::seconds(20));
            if (i == told) r.merge("v2", "v1");
            while (!r.ward.pending().empty()) r.answer_one();
            r.send(i % 2 == 0 ? 1 : 2, r.ward.now());
        }
        while (!r.ward.pending().empty()) r.answer_one();
    };
    Recorded in_time{26}, late{26};
    run(in_time, 1);
    run(late, 100);
    CHECK(in_time.minutes(0).size() >= 38);
    CHECK(late.minutes(0) == in_time.minutes(0));
    const auto report = store::verify(late.options.directory, rulebooks(), {});
    if (report.problem) FAIL(report.problem->where << ": " << report.problem->what);
}

TEST_CASE("who is admitted late has all that waited for him, also what is more than is kept waiting") {
    const auto run = [](Recorded& r, int told) {
        const auto begin = r.ward.now();
        for (int i = 0; i < 800; ++i) {
            r.pass(model::seconds(20));
            if (i == told) r.move("v3", "9", begin, core::CensusKind::admit);
            while (!r.ward.pending().empty()) r.answer_one();
            r.send(9, r.ward.now());
        }
        while (!r.ward.pending().empty()) r.answer_one();
    };
    Recorded in_time{25}, late{25};
    run(in_time, 0);
    run(late, 790); // over 6,000 readings wait
    REQUIRE(late.ward.engine().state().encounters.size() == 3);
    CHECK(in_time.minutes(2).size() > 260);
    CHECK(late.minutes(2) == in_time.minutes(2));
    const auto report = store::verify(late.options.directory, rulebooks(), {});
    if (report.problem) FAIL(report.problem->where << ": " << report.problem->what);
}

TEST_CASE("a backup beside the writer verifies like the journal, and is extended by the next") {
    Fixture f;
    const auto target = f.dir.path() / "backup";
    auto first = store::backup(f.options.directory, target, {});
    if (!first) FAIL(first.refusal().what);
    CHECK(first->segments == 3);
    CHECK(first->last_seq == f.ward.next_seq() - 1);
    auto report = store::verify(target, rulebooks(), {});
    if (report.problem) FAIL(report.problem->where << ": " << report.problem->what);
    CHECK(report.all_re_stepped());
    for (int i = 0; i < 10; ++i) f.second(i == 5);
    f.thread.reset();
    const auto second = store::backup(f.options.directory, target, {});
    REQUIRE(second);
    CHECK(second->segments == 4);
    CHECK(second->copied <= 2);
    report = store::verify(target, rulebooks(), {});
    if (report.problem) FAIL(report.problem->where << ": " << report.problem->what);
    auto restored = f.options;
    restored.directory = target;
    CHECK(core::encode(recovered(restored).state) == core::encode(f.ward.engine().state()));
}
