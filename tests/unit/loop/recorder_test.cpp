// Step, commit, release over a real journal: what leaves, when, and in which order.

#include "loop/recorder.hpp"

#include "definitions/rulebook_loader.hpp"
#include "loop/beat.hpp"
#include "loop/last_values.hpp"
#include "store/reader.hpp"
#include "store/recovery.hpp"

#include "vigil/v1/envelope.pb.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

using namespace vigil;

namespace {

constexpr std::int64_t noon = 1'700'000'000'000;

loop::Rules shipped() {
    static const loop::Rules rules = [] {
        definitions::Problems problems;
        const auto config = definitions::load_config("config/vigil.toml", problems);
        auto loaded = definitions::load_rulebook(config, problems);
        for (auto const& p : problems) UNSCOPED_INFO(to_string(p));
        REQUIRE(loaded);
        return std::make_shared<core::Rulebook const>(std::move(*loaded));
    }();
    return rules;
}

loop::Rules from_bytes(std::string_view bytes) {
    definitions::Problems problems;
    auto rules = definitions::rulebook_from_bytes(bytes, problems);
    return rules ? std::make_shared<core::Rulebook const>(std::move(*rules)) : nullptr;
}

struct Outlet : loop::Outlet {
    std::vector<std::string> log;
    std::vector<v1::Score> scores;
    loop::LastValues values;
    void publish(loop::Publication p, bool recorded) override {
        log.push_back(fmt::format("{} {}{}", p.topic, p.seq, recorded ? "" : " unrecorded"));
        v1::Envelope envelope;
        if (envelope.ParseFromString(p.bytes) && envelope.has_score()) scores.push_back(envelope.score());
        values.apply(std::make_shared<loop::Released const>(loop::Released{std::move(p), recorded, 1}));
    }
    std::vector<std::string> retained_scores() const {
        std::vector<std::string> out;
        for (auto const& r : values.snapshot("vigil.v1.score.")) out.push_back(r->publication.topic);
        return out;
    }
    void answer(loop::FrameAnswer const& a, bool durable) override {
        log.push_back(fmt::format("frame {}{}", a.frame_seq, durable ? "" : " not durable"));
    }
    void answer(loop::CommandAnswer const& a, bool durable) override {
        log.push_back(fmt::format("command {}{}", a.id, durable ? "" : " not durable"));
    }
};

struct Ward {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / fmt::format("vigil-recorder-{}-{}", getpid(), ++serial);
    loop::Settings settings;
    Outlet outlet;
    std::optional<store::CrashPage> page;
    std::optional<loop::Recorder> recorder;
    static inline int serial = 0;

    Ward() {
        settings.journal = folder;
        open();
    }
    ~Ward() {
        recorder.reset();
        std::filesystem::remove_all(folder);
    }
    void open() {
        recorder.reset();
        store::Options options;
        options.directory = folder;
        auto recovered = store::recover(options, from_bytes);
        if (!recovered) FAIL(recovered.refusal().where + ": " + recovered.refusal().what);
        auto opened = store::CrashPage::open(folder);
        REQUIRE(opened);
        page.emplace(std::move(*opened));
        std::optional<store::Opening> segment;
        if (recovered->fresh)
            segment = store::Opening{std::string{core::core_version}, shipped()->bytes, shipped()->digest,
                                     store::encode_snapshot(recovered->state, recovered->pending)};
        recorder.emplace(loop::Recorder::Start{core::Engine{*shipped(), std::move(recovered->state)},
                                               shipped(),
                                               std::move(recovered->journal),
                                               recovered->next_seq,
                                               std::move(recovered->pending),
                                               std::move(segment),
                                               {}},
                         settings, *page, outlet, 7);
    }
    // While it recovers, nobody is missed: no alerts of silence among the messages.
    void source() {
        recorder->step({noon}, core::Started{7, {}});
        recorder->step({noon}, core::SourceReported{"lab", "csv", core::SourceState::connected, 1, {}, 0, 0, true});
    }
    loop::Recorder::Stepped frame(std::string id) {
        model::Frame f;
        f.source = *recorder->engine().find_source("lab");
        f.message_id = std::move(id);
        f.processing = model::Processing::training;
        f.subject = {static_cast<std::uint32_t>(recorder->engine().state().subjects.size() + 1)};
        f.new_subjects.push_back({"v" + f.message_id, {}, {}});
        return recorder->step({noon}, f);
    }
    void census(core::CensusKind kind, std::optional<model::Location> bed, std::int64_t at) {
        core::CensusChange c;
        c.kind = kind;
        c.source = "adt";
        c.message_id = fmt::format("a{}", at);
        c.processing = model::Processing::training;
        c.subject.visit = "v1";
        c.subject.location = std::move(bed);
        c.effective = model::EventTime{at};
        recorder->step({at}, std::move(c));
    }
    // Platelets of visit v1, true at `when` and told at `at`.
    void platelets(std::int64_t value, std::int64_t when, std::int64_t at) {
        model::Frame f;
        f.source = *recorder->engine().find_source("lab");
        f.message_id = fmt::format("p{}", at);
        f.processing = model::Processing::training;
        f.subject = {static_cast<std::uint32_t>(recorder->engine().state().subjects.size() + 1)};
        f.new_subjects.push_back({"v1", {}, {}});
        model::Channel plt;
        plt.source = f.source;
        plt.system = model::CodeSystem::VIGIL;
        plt.code = "plt";
        plt.unit = "10*9/L";
        plt.sub_id = f.message_id;
        f.new_channels.push_back(plt);
        model::Reading r;
        r.channel = {static_cast<std::uint32_t>(recorder->engine().state().channels.size() + 1)};
        r.value.kind = model::Value::Kind::number;
        r.value.number = {value, 0};
        r.time = model::DeviceTime{when};
        r.time_quality = model::TimeQuality::synchronised;
        f.readings.push_back(r);
        recorder->step({at}, f);
    }
    // What the first snapshot of a start has.
    std::vector<std::string> scores_after_a_start() {
        loop::Beat beat{settings, *recorder};
        Outlet fresh;
        for (auto& p : beat.whole()) fresh.publish(std::move(p), true);
        return fresh.retained_scores();
    }
    // Progress until the commit thread has nothing more.
    void settle() { recorder->settle(loop::Steady::now()); }
};

bool readable(int descriptor) {
    pollfd p{descriptor, POLLIN, 0};
    return poll(&p, 1, 10'000) == 1;
}

} // namespace

TEST_CASE("nothing is said before it is durable, and everything in the order it was made") {
    Ward w;
    w.source();
    const auto first = w.frame("m1").seq;
    w.recorder->hold(loop::FrameAnswer{{}, 1, 1, first});
    loop::Publication p;
    p.topic = "after m1";
    w.recorder->hold(std::move(p));
    w.frame("m2");
    w.recorder->hold(loop::FrameAnswer{{}, 1, 2, 0});
    CHECK(w.outlet.log.empty());
    const auto now = loop::Steady::now();
    w.recorder->progress(now + std::chrono::milliseconds{20});
    REQUIRE(readable(w.recorder->descriptor()));
    w.recorder->progress(now + std::chrono::milliseconds{20});
    CHECK(w.outlet.log == std::vector<std::string>{"frame 1", "after m1 0", "frame 2"});
    CHECK(w.recorder->committed_seq() == w.recorder->last_seq());

    store::Reader reader{w.folder};
    store::ReadRequest request;
    request.kinds.set(store::frame_kind);
    const auto page = reader.read(request);
    REQUIRE(page);
    CHECK(page->rows.size() == 2);
}

TEST_CASE("commit waits ten milliseconds for company, not at all when somebody is pressing, and one at a time") {
    Ward w;
    const auto now = loop::Steady::now();
    w.source();
    const auto wait = w.recorder->wait(now, std::chrono::milliseconds{50});
    CHECK(wait <= loop::commit_after + std::chrono::milliseconds{5});
    CHECK(wait > std::chrono::milliseconds{0});
    w.recorder->hurry();
    CHECK(w.recorder->wait(now, std::chrono::milliseconds{50}) == std::chrono::milliseconds{0});
    w.settle();
    CHECK(w.recorder->wait(now, std::chrono::milliseconds{50}) == std::chrono::milliseconds{50});
}

TEST_CASE("what is already durable is answered at once; a repeat of what is on its way is answered with it") {
    Ward w;
    w.source();
    w.settle();
    w.recorder->hold(loop::FrameAnswer{{}, 1, 1, 1});
    CHECK(w.outlet.log.size() == 1);
    w.frame("m1");
    w.recorder->hold(loop::FrameAnswer{{}, 1, 2, 1});
    CHECK(w.outlet.log.size() == 1);
    w.settle();
    CHECK(w.outlet.log.size() == 2);
}

TEST_CASE("when recording stops, what waited and what follows leaves at once and is called what it is") {
    Ward w;
    w.source();
    w.settle();
    w.frame("m1");
    w.recorder->hold(loop::FrameAnswer{{}, 1, 1, 2});
    w.recorder->stop_recording();
    CHECK(w.outlet.log == std::vector<std::string>{"frame 1 not durable"});
    w.frame("m2");
    w.recorder->hold(loop::FrameAnswer{{}, 1, 2, 3});
    CHECK(w.outlet.log.back() == "frame 2 not durable");
    const auto committed = w.recorder->committed_seq();
    w.settle();
    CHECK(w.recorder->committed_seq() == committed);
    // The next start knows nothing of it.
    w.open();
    CHECK(w.recorder->last_seq() == committed);
}

TEST_CASE("a patient whose past cannot be read again is judged by what there is") {
    Ward w;
    w.source();
    w.recorder->step({noon}, [] {
        core::CensusChange c;
        c.kind = core::CensusKind::admit;
        c.source = "adt";
        c.processing = model::Processing::training;
        c.subject.visit = "v1";
        c.subject.location = model::Location{"icu", "b1"};
        c.effective = model::EventTime{noon};
        return c;
    }());
    w.settle();
    const auto correction_of_last_week = [&w](std::string id) {
        model::Frame f;
        f.source = *w.recorder->engine().find_source("lab");
        f.message_id = std::move(id);
        f.processing = model::Processing::training;
        f.subject = {static_cast<std::uint32_t>(w.recorder->engine().state().subjects.size() + 1)};
        f.new_subjects.push_back({"v1", {}, {}});
        model::Channel plt;
        plt.source = f.source;
        plt.system = model::CodeSystem::VIGIL;
        plt.code = "plt";
        plt.unit = "10*9/L";
        plt.sub_id = f.message_id;
        f.new_channels.push_back(plt);
        model::Reading r;
        r.channel = {static_cast<std::uint32_t>(w.recorder->engine().state().channels.size() + 1)};
        r.value.kind = model::Value::Kind::number;
        r.value.number = {40, 0};
        r.time = model::DeviceTime{noon - 8LL * 24 * 3'600'000};
        r.time_quality = model::TimeQuality::synchronised;
        r.status = model::Status::corrected;
        f.readings.push_back(r);
        w.recorder->step({noon}, f);
    };
    const auto recomputing = [&w] { return w.recorder->engine().state().encounters.at(0).recomputing; };
    correction_of_last_week("m1");
    REQUIRE(recomputing());
    REQUIRE(w.recorder->pending_recalls().size() == 1);

    SECTION("the journal does not answer") {
        const auto r = w.recorder->pending_recalls().front().recall;
        w.recorder->step({noon}, core::Recalled{r.encounter.value, r.signal, r.from, r.to, {}});
        CHECK_FALSE(recomputing());
        CHECK(w.recorder->pending_recalls().empty());
        w.settle();
        w.open(); // and a start steps it again without asking
        CHECK_FALSE(recomputing());
        CHECK(w.recorder->pending_recalls().empty());
    }
    SECTION("the journal is not read any more") {
        w.recorder->stop_recording();
        auto unanswerable = w.recorder->take_unanswerable();
        CHECK(unanswerable.size() == 1);
        CHECK(w.recorder->take_unanswerable().empty());
        correction_of_last_week("m2");
        for (auto const& r : w.recorder->take_unanswerable()) unanswerable.push_back(r);
        REQUIRE(unanswerable.size() == 2);
        for (auto const& r : unanswerable)
            w.recorder->step({noon}, core::Recalled{r.encounter.value, r.signal, r.from, r.to, {}});
        CHECK_FALSE(recomputing());
    }
}

TEST_CASE("what a late result makes of a closed stay is told, and no snapshot keeps it") {
    constexpr std::int64_t minute = 60'000;
    Ward w;
    w.source();
    w.census(core::CensusKind::admit, model::Location{"icu", "b1"}, noon);
    w.platelets(120, noon + minute, noon + 2 * minute);
    w.settle();
    REQUIRE_FALSE(w.outlet.retained_scores().empty());
    CHECK_FALSE(w.outlet.scores.back().closed());
    w.census(core::CensusKind::discharge, {}, noon + 5 * minute);
    w.settle();
    CHECK(w.outlet.retained_scores().empty());
    w.outlet.scores.clear();
    w.platelets(10, noon + 3 * minute, noon + 10 * minute);
    w.settle();
    REQUIRE_FALSE(w.outlet.scores.empty());
    for (auto const& s : w.outlet.scores) {
        CHECK(s.closed());
        CHECK(s.bed().empty());
    }
    CHECK(w.outlet.retained_scores().empty());
}

TEST_CASE("scores of who has no bed yet go with him to his first, and come back with him who was not discharged") {
    constexpr std::int64_t minute = 60'000;
    Ward w;
    w.source();
    w.census(core::CensusKind::register_, {}, noon);
    w.platelets(40, noon + minute, noon + 2 * minute);
    w.settle();
    const auto without_bed = w.outlet.retained_scores();
    REQUIRE_FALSE(without_bed.empty());
    CHECK(without_bed.front().find("._._.") != std::string::npos);
    CHECK(w.scores_after_a_start() == without_bed);
    w.census(core::CensusKind::transfer, model::Location{"icu", "b1"}, noon + 3 * minute);
    w.settle();
    const auto in_bed = w.outlet.retained_scores();
    CHECK(in_bed.size() == without_bed.size());
    for (auto const& topic : in_bed) CHECK(topic.find(".icu.b1.") != std::string::npos);
    w.census(core::CensusKind::discharge, {}, noon + 4 * minute);
    w.settle();
    CHECK(w.outlet.retained_scores().empty());
    w.census(core::CensusKind::cancel_discharge, {}, noon + 5 * minute);
    w.settle();
    CHECK(w.outlet.retained_scores() == in_bed);
}

TEST_CASE("whom a step looks at stands in the crash page while it looks, and that it goes on is told") {
    Ward w;
    w.source();
    unsigned told = 0;
    w.recorder->on_progress([&told] { ++told; });
    core::CensusChange c;
    c.kind = core::CensusKind::admit;
    c.source = "adt";
    c.processing = model::Processing::training;
    c.subject.visit = "v1";
    c.effective = model::EventTime{noon};
    w.recorder->step({noon}, c);
    CHECK(told == 1);
    CHECK_FALSE(store::CrashPage::open(w.folder)->suspect()); // it returned
}

TEST_CASE("a restart continues the state, the sequence and what was known already") {
    Ward w;
    w.source();
    const auto seq = w.frame("m1").seq;
    w.recorder->snapshot_at_end();
    w.settle();
    const auto last = w.recorder->last_seq();
    w.open();
    CHECK(w.recorder->last_seq() == last);
    auto const& engine = w.recorder->engine();
    CHECK(engine.taken_before(*engine.find_source("lab"), "m1", {}, 0) == seq);
    w.frame("m2");
    w.settle();
    CHECK(w.recorder->committed_seq() > last);
}

TEST_CASE("a new rulebook opens a segment and is an event") {
    Ward w;
    w.source();
    w.settle();
    w.recorder->use(shipped(), {noon + 1});
    w.settle();
    CHECK(store::list_segments(w.folder).size() == 2);
    w.open();
    CHECK(w.recorder->last_seq() == w.recorder->committed_seq());
}
