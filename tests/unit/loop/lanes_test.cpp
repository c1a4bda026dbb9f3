// A stay drawn by columns of time, and an instant of the past as it was shown.

#include "loop/lanes.hpp"
#include "loop/shown.hpp"
#include "tests/unit/store/ward.hpp"

#include "vigil/v1/query.pb.h"

#include <catch2/catch.hpp>

using namespace vigil;
using namespace vigil::testing;

namespace {

constexpr std::int64_t begin = 1'772'323'200'000;

model::EventTime minute(int m) { return {begin + std::int64_t{m} * 60'000}; }

void put(model::Timeline& timeline, model::Signal signal, model::SignalKind kind, model::EventTime at,
         model::Decimal value, model::Unit unit) {
    model::Sample s;
    s.time = s.message_time = at;
    s.value = value;
    s.unit = unit;
    s.tie = 1;
    timeline.insert(signal, kind, s, at, model::Retention{});
}

v1::QueryReply drawn(model::Timeline const& timeline, loop::LanesAsked const& asked) {
    v1::QueryReply reply;
    loop::write_lanes(timeline, *shipped_rulebook(), asked, reply);
    return reply;
}

} // namespace

TEST_CASE("a column holds the least, the greatest and the newest of its readings, in the canonical unit") {
    model::Timeline timeline;
    for (auto const& [m, value] : {std::pair{0, 70}, {1, 62}, {2, 81}, {3, 75}, {40, 90}})
        put(timeline, model::Signal::map, model::SignalKind::monitor, minute(m), {value, 0}, model::Unit::mmHg);
    put(timeline, model::Signal::crea, model::SignalKind::laboratory, minute(5), {885, 1}, model::Unit::umol_per_L);
    const auto reply = drawn(timeline, {{}, minute(0), minute(60), 6});
    REQUIRE(reply.lanes_size() == 2);
    auto const& map = reply.lanes(0).signal() == "map" ? reply.lanes(0) : reply.lanes(1);
    auto const& crea = reply.lanes(0).signal() == "map" ? reply.lanes(1) : reply.lanes(0);
    CHECK(map.unit() == "mm[Hg]");
    REQUIRE(map.columns_size() == 2); // ten minutes each; those without a reading are left out
    CHECK(map.columns(0).least() == 62'000);
    CHECK(map.columns(0).greatest() == 81'000);
    CHECK(map.columns(0).newest() == 75'000);
    CHECK(map.columns(0).readings() == 4);
    CHECK(map.columns(1).at_ms() == minute(40).ms);
    CHECK(crea.unit() == "mg/dL");
    CHECK(crea.columns(0).newest() == 1'001); // 88.5 / 88.42, to three digits
}

TEST_CASE("what holds until it is changed is drawn from before the beginning") {
    model::Timeline timeline;
    put(timeline, model::Signal::peep_set, model::SignalKind::setting, minute(-90), {8, 0}, model::Unit::cmH2O);
    const auto reply = drawn(timeline, {{model::Signal::peep_set}, minute(0), minute(60), 6});
    REQUIRE(reply.lanes_size() == 1);
    REQUIRE(reply.lanes(0).columns_size() == 1);
    CHECK(reply.lanes(0).columns(0).at_ms() == minute(-90).ms);
    CHECK(drawn(timeline, {{model::Signal::map}, minute(0), minute(60), 6}).lanes_size() == 0);
}

TEST_CASE("an instant of the past is what had been published by then and nothing of later") {
    TempDir dir;
    const auto options = options_for(dir);
    Ward ward{47, 2};
    store::CommitThread thread{std::move(recovered(options).journal)};
    struct Told {
        model::LogTime at;
        model::Score score;
    };
    std::vector<Told> told; // of the first encounter, each that was published
    std::map<std::string, alerts::Alert> alerts_then;
    model::LogTime then{};
    const auto first = [&] { return ward.engine().state().encounters.front().id; };
    const auto note = [&](store::Batch const& b, bool before) {
        for (auto const& row : b.rows()) {
            if (!store::is_effect(row.kind)) continue;
            const auto effect = store::effect_of({row.seq, row.at, row.kind, 1, std::string{b.body(row)}, {}});
            REQUIRE(effect);
            if (auto const* s = std::get_if<core::ScoreChanged>(&*effect); s != nullptr && s->encounter == first())
                told.push_back({row.at, s->score});
            if (auto const* a = std::get_if<core::AlertChanged>(&*effect);
                a != nullptr && a->alert.encounter == first() && before)
                alerts_then.insert_or_assign(a->alert.id, a->alert);
        }
    };
    auto opening = ward.opening();
    note(opening, true);
    commit(thread, std::move(opening));
    for (int i = 0; i < 400; ++i) {
        store::Batch b;
        ward.tick(b, model::minutes(7));
        if (i == 200) ward.open_segment(b);
        for (const int bed : {1, 2}) {
            auto message = ward.message(bed);
            message.readings = 4;
            message.code = "map";
            message.at = ward.now();
            ward.send(b, message);
        }
        note(b, i <= 260);
        if (i == 260) then = ward.now();
        commit(thread, std::move(b));
    }
    REQUIRE(told.size() > 8);
    store::Reader reader{options.directory};
    std::string why;
    const auto shown = loop::shown_at(reader, ward.engine().state(), first(), then, ward.next_seq() - 1, why);
    INFO(why);
    REQUIRE(shown);
    REQUIRE_FALSE(shown->scores.empty());
    bool later_differs = false;
    for (auto const& s : shown->scores) {
        Told const* last = nullptr;
        for (auto const& t : told) {
            if (t.score.key == s.score.key && t.at <= then) last = &t;
            if (t.score.key == s.score.key && t.at > then) later_differs = true;
        }
        REQUIRE(last != nullptr);
        CHECK(core::encode(last->score) == core::encode(s.score));
    }
    CHECK(later_differs); // or the test could not tell then from now
    std::erase_if(alerts_then, [](auto const& a) { return a.second.signal == alerts::SignalState::closed; });
    CHECK(shown->alerts.size() == alerts_then.size());

    const auto before =
        loop::shown_at(reader, ward.engine().state(), first(), {begin - 1'000'000'000'000}, ward.next_seq() - 1, why);
    REQUIRE(before);
    CHECK(before->scores.empty());
}

TEST_CASE("of who had left nothing stood on the screens, and of who came back again") {
    TempDir dir;
    const auto options = options_for(dir);
    Ward ward{48, 2};
    store::CommitThread thread{std::move(recovered(options).journal)};
    commit(thread, ward.opening());
    std::vector<model::LogTime> then; // there, gone, back
    for (const auto kind :
         {core::CensusKind::unspecified, core::CensusKind::discharge, core::CensusKind::cancel_discharge}) {
        store::Batch b;
        ward.tick(b, model::minutes(7));
        auto message = ward.message(1);
        message.at = ward.now();
        ward.send(b, message);
        if (kind != core::CensusKind::unspecified) {
            core::CensusChange change;
            change.kind = kind;
            change.source = "monitor";
            change.processing = model::Processing::training;
            change.subject.visit = "v1";
            change.effective = model::patient_now(ward.now());
            ward.step(b, change);
        }
        ward.tick(b, model::minutes(2));
        then.push_back(ward.now());
        commit(thread, std::move(b));
    }
    store::Reader reader{options.directory};
    std::vector<std::size_t> scores;
    for (const auto at : then) {
        std::string why;
        auto const& state = ward.engine().state();
        const auto shown = loop::shown_at(reader, state, state.encounters.front().id, at, ward.next_seq() - 1, why);
        REQUIRE(shown);
        scores.push_back(shown->scores.size());
    }
    CHECK(scores.at(0) > 0);
    CHECK(scores.at(1) == 0);
    CHECK(scores.at(2) == scores.at(0));
}
