// The record of days: provisional when a day ends, final 24 hours later, revisions with their reason afterwards.

#include "tests/stories/bedside.hpp"

#include "core/model/canonical.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace vigil;
using core::DayReason;
using core::DayStatus;
using model::LogTime;

namespace {

constexpr LogTime begin{1'772'323'200'000};

LogTime hour(std::int64_t n) { return begin + model::hours(n); }

constexpr model::ScoreKey by_day{model::ScoreId::sofa, model::Product::day, model::Basis::native, 0};

model::ScoreKey another_by_day() {
    auto key = by_day;
    key.basis = model::Basis::conventional;
    return key;
}

core::Rulebook rules_by_day() {
    auto rules = testing::shipped_rulebook();
    rules.scores.push_back({by_day, false});
    rules.keep_longer = model::hours(24);
    return rules;
}

struct Ward {
    core::Rulebook rules = rules_by_day();
    testing::Bedside bed{rules, begin};
    std::vector<core::DayScored> record;
    std::vector<core::DayAsked> asked;
    std::uint64_t steps = 0;

    Ward() { admit(begin, "v1", "b1"); }
    void take() {
        for (auto const& effect : bed.last_effects()) {
            if (auto const* d = std::get_if<core::DayScored>(&effect)) record.push_back(*d);
            if (auto const* a = std::get_if<core::DayAsked>(&effect)) asked.push_back(*a);
        }
    }
    void pass(LogTime to) {
        bed.tick(to);
        take();
    }
    void admit(LogTime at, std::string const& visit, std::string const& to) {
        bed.census(at, core::CensusKind::admit, visit, "p" + visit, model::Location{"icu", to});
        take();
    }
    void told(LogTime at, model::Signal signal, LogTime when, std::int64_t value, char const* unit,
              std::string const& order = "", model::Status status = model::Status::final) {
        pass(at);
        testing::Told t;
        t.signal = signal;
        t.value.kind = model::Value::Kind::number;
        t.value.number = {value, 0};
        t.unit = unit;
        t.time = model::patient_now(when);
        t.order = order;
        t.status = status;
        bed.tell(at, "laboratory", {"v1", {}, {}}, {t});
        take();
    }
    void platelets(LogTime at, LogTime drawn, std::int64_t value, std::string const& order = "",
                   model::Status status = model::Status::final) {
        told(at, model::Signal::plt, drawn, value, "10*9/L", order, status);
    }
    void discharge(LogTime at) {
        pass(at);
        bed.census(at, core::CensusKind::discharge, "v1", "pv1");
        take();
    }
    // As the process outside answers, with these points of coagulation.
    void answer(std::int32_t coag, std::string const& failed = "") {
        REQUIRE_FALSE(asked.empty());
        auto const& days = bed.encounter("v1")->days;
        const auto d = std::find_if(days.begin(), days.end(),
                                    [&](core::KeptDay const& k) { return k.number == asked.back().number; });
        REQUIRE(d != days.end());
        core::DayRead read{asked.back(), d->asked_by, 77, failed, {}};
        if (failed.empty()) {
            read.parts = record.front().parts;
            read.parts.at(2).points = coag;
            read.parts.at(2).state = model::PartState::valued;
        }
        bed.step(bed.state().now, read);
        take();
    }
    // A score that is recorded by the day only now, for who is here: what its first day was asked.
    core::DayAsked enable_another(LogTime at) {
        rules.scores.push_back({another_by_day(), false});
        bed.engine().use(rules);
        bed.step(at, core::RulesChanged{});
        take();
        pass(at + model::seconds(2));
        const auto first = std::find_if(asked.begin(), asked.end(), [](core::DayAsked const& a) {
            return a.key == another_by_day() && a.number == 1;
        });
        REQUIRE(first != asked.end());
        return *first;
    }
    core::KeptDay const* another(std::uint32_t number) const {
        for (auto const& d : bed.encounter("v1")->days)
            if (d.key == another_by_day() && d.number == number) return &d;
        return nullptr;
    }
    void answer_another(core::DayAsked const& question, std::uint64_t asked_by, std::int32_t points) {
        core::DayRead read{question, asked_by, 77, "", record.front().parts};
        read.parts.at(2).points = points;
        bed.step(bed.state().now, read);
        take();
    }
    std::optional<std::int32_t> coag() const { return record.back().parts.at(2).points; }
    // "1 provisional 0", ...
    std::vector<std::string> said() const {
        std::vector<std::string> out;
        for (auto const& d : record)
            out.push_back(std::to_string(d.number) + " " + std::string{name_of(d.status)} + " " +
                          std::to_string(d.revision) + " " + std::string{name_of(d.reason)});
        return out;
    }
};

using Said = std::vector<std::string>;

} // namespace

TEST_CASE("a day is recorded when it ends, and once more 24 hours later", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.pass(hour(24) - model::seconds(1));
    CHECK(ward.record.empty());
    ward.pass(hour(24));
    REQUIRE(ward.said() == Said{"1 provisional 0 none"});
    auto const& day = ward.record.front();
    CHECK(day.from == model::patient_now(begin));
    CHECK(day.to == model::patient_now(hour(24)));
    CHECK(day.pseudonym == ward.bed.encounter("v1")->pseudonym);
    CHECK(day.definition.starts_with("sofa@"));
    CHECK(day.sha256 == ward.rules.definitions.front().sha256);
    CHECK(day.as_of == 0);
    CHECK(ward.coag() == 2);
    // Until it is final what comes late is simply in it.
    ward.platelets(hour(30), hour(10), 40);
    CHECK(ward.record.size() == 1);
    ward.pass(hour(48) - model::seconds(1));
    CHECK(ward.record.size() == 1);
    ward.pass(hour(48));
    CHECK(ward.said() == Said{"1 provisional 0 none", "1 settled 0 none", "2 provisional 0 none"});
    CHECK(ward.record[1].parts.at(2).points == 3);
    CHECK(ward.asked.empty());
}

TEST_CASE("the instant a day ends belongs to the next", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 160);
    ward.platelets(hour(24), hour(24), 10);
    ward.pass(hour(48));
    REQUIRE(ward.record.size() == 3);
    CHECK(ward.record[1].parts.at(2).points == 0);
    CHECK(ward.record[2].parts.at(2).points == 4);
}

TEST_CASE("streams of a day are still there when it becomes final", "[days]") {
    Ward ward;
    for (std::int64_t h = 0; h < 24; ++h)
        for (std::int64_t m = 0; m < 60; m += 10)
            ward.told(hour(h) + model::minutes(m), model::Signal::map, hour(h) + model::minutes(m), h < 2 ? 60 : 80,
                      "mm[Hg]");
    for (std::int64_t h = 24; h <= 48; ++h) ward.told(hour(h), model::Signal::map, hour(h), 80, "mm[Hg]");
    REQUIRE(ward.said() == Said{"1 provisional 0 none", "1 settled 0 none", "2 provisional 0 none"});
    // The low pressure of the first two hours counts in both.
    CHECK(ward.record[0].parts.at(4).points == 1);
    CHECK(core::encode(ward.record[0].parts) == core::encode(ward.record[1].parts));
    CHECK(ward.record[2].parts.at(4).points == 0);
}

TEST_CASE("what comes after a day is final is looked up in the journal, and a change is a revision", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90, "A");
    ward.pass(hour(60));
    ward.record.erase(ward.record.begin() + 1, ward.record.end());
    ward.platelets(hour(60), hour(10), 40);
    CHECK(ward.asked.empty()); // others may follow
    ward.platelets(hour(60) + model::minutes(5), hour(11), 45);
    ward.pass(hour(60) + model::minutes(9));
    CHECK(ward.asked.empty());
    ward.pass(hour(60) + model::minutes(10));
    REQUIRE(ward.asked.size() == 1);
    CHECK(ward.asked[0].number == 1);
    ward.pass(hour(61));
    CHECK(ward.asked.size() == 1); // once
    ward.answer(3);
    CHECK(ward.said().back() == "1 revision 1 late_result");
    CHECK(ward.record.back().as_of == 77);
    // The same again changes nothing and is no revision.
    ward.platelets(hour(62), hour(12), 48);
    ward.pass(hour(63));
    REQUIRE(ward.asked.size() == 2);
    const auto rows = ward.record.size();
    ward.answer(3);
    CHECK(ward.record.size() == rows);
    // A correction is called that.
    ward.platelets(hour(64), hour(0), 10, "A", model::Status::corrected);
    ward.pass(hour(65));
    ward.answer(4);
    CHECK(ward.said().back() == "1 revision 2 correction");
}

TEST_CASE("what comes while the journal is read keeps its reason, and what an order moves concerns the day it left",
          "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90, "A");
    ward.pass(hour(60));
    ward.platelets(hour(60), hour(10), 40);
    ward.pass(hour(60) + model::minutes(10));
    REQUIRE(ward.asked.size() == 1);
    // The order's result was drawn on the third day: the first is concerned, although nothing of it was told.
    ward.platelets(hour(60) + model::minutes(20), hour(59), 20, "A", model::Status::corrected);
    ward.answer(3);
    CHECK(ward.said().back() == "1 revision 1 correction");
    ward.pass(hour(62));
    REQUIRE(ward.asked.size() == 2);
    CHECK(ward.asked[1].number == 1);
    ward.answer(2);
    CHECK(ward.said().back() == "1 revision 2 correction");
}

TEST_CASE("a late result concerns its day and the later ones, not the earlier", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.pass(hour(97));
    ward.platelets(hour(97), hour(30), 40); // day 2; days 1 to 3 are final
    ward.pass(hour(98));
    REQUIRE(ward.asked.size() == 2);
    CHECK(ward.asked[0].number == 2);
    CHECK(ward.asked[1].number == 3);
    // What no component of the score reads concerns none.
    ward.asked.clear();
    ward.told(hour(99), model::Signal::lact, hour(30), 4, "mmol/L");
    ward.pass(hour(100));
    CHECK(ward.asked.empty());
}

TEST_CASE("a journal that cannot be read leaves a day unsettled, until it can", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.pass(hour(60));
    ward.platelets(hour(60), hour(10), 40);
    ward.pass(hour(61));
    REQUIRE(ward.asked.size() == 1);
    ward.answer(0, "io");
    CHECK(ward.said().back() == "1 unsettled 0 unreadable");
    const auto rows = ward.record.size();
    ward.pass(hour(61) + model::minutes(50));
    CHECK(ward.asked.size() == 1);
    ward.pass(hour(62) + model::minutes(5));
    REQUIRE(ward.asked.size() == 2);
    ward.answer(0, "io");
    CHECK(ward.record.size() == rows); // said once
    ward.pass(hour(64));
    ward.answer(2); // as before: it is settled again, and that is said
    CHECK(ward.said().back() == "1 revision 1 late_result");
}

TEST_CASE("an answer that was under way at a restart is asked for again", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.pass(hour(60));
    ward.platelets(hour(60), hour(10), 40);
    ward.pass(hour(61));
    REQUIRE(ward.asked.size() == 1);
    const auto before = ward.bed.encounter("v1")->days.front().asked_by;
    ward.bed.step(hour(61), core::Started{2, {}});
    ward.pass(hour(61) + model::seconds(2));
    REQUIRE(ward.asked.size() == 2);
    // The old answer is nobody's.
    core::DayRead old{ward.asked.front(), before, 5, "", ward.record.front().parts};
    old.parts.at(2).points = 4;
    const auto rows = ward.record.size();
    ward.bed.step(hour(61) + model::seconds(3), old);
    ward.take();
    CHECK(ward.record.size() == rows);
    ward.answer(3);
    CHECK(ward.said().back() == "1 revision 1 late_result");
}

TEST_CASE("the end of a stay ends its last day", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.discharge(hour(30));
    ward.pass(hour(30) + model::seconds(2));
    REQUIRE(ward.said() == Said{"1 provisional 0 none", "2 provisional 0 none"});
    CHECK(ward.record[1].to == model::patient_now(hour(30)));
    ward.pass(hour(80));
    CHECK(ward.said() == Said{"1 provisional 0 none", "2 provisional 0 none", "1 settled 0 none", "2 settled 0 none"});
    // Long gone, and still something may come.
    ward.pass(hour(400));
    ward.platelets(hour(400), hour(29), 10);
    ward.pass(hour(401));
    REQUIRE(ward.asked.size() == 1);
    CHECK(ward.asked[0].number == 2);
}

TEST_CASE("of a day that is over the scores of the first day are no longer provisional", "[days]") {
    Ward w;
    const model::ScoreKey first_day{model::ScoreId::apache2, model::Product::day, model::Basis::native, 0};
    w.rules.scores.push_back({first_day, false});
    w.bed.engine().use(w.rules);
    w.bed.step(begin, core::RulesChanged{});
    w.platelets(hour(1), hour(1), 40);
    w.told(hour(2), model::Signal::na, hour(2), 141, "mmol/L");
    w.discharge(hour(10)); // after ten hours nothing more comes, either
    w.pass(hour(40));
    std::size_t rows = 0;
    for (auto const& d : w.record) {
        if (d.key != first_day) continue;
        ++rows;
        for (auto const& part : d.parts)
            if (part.part == model::Part::na) CHECK(part.state == model::PartState::valued);
    }
    CHECK(rows == 2);
}

TEST_CASE("an admission that turns out to have been another time moves the days", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.pass(hour(50));
    REQUIRE(ward.said() == Said{"1 provisional 0 none", "1 settled 0 none", "2 provisional 0 none"});
    ward.bed.census(hour(50), core::CensusKind::admit, "v1", "pv1", model::Location{"icu", "b1"}, "",
                    model::patient_now(hour(0) - model::hours(2)));
    ward.take();
    ward.pass(hour(50) + model::seconds(5));
    REQUIRE(ward.bed.encounter("v1")->opened == model::patient_now(hour(0) - model::hours(2)));
    CHECK(ward.said().back() == "2 provisional 0 census");
    CHECK(ward.record.back().to == model::patient_now(hour(46)));
    REQUIRE(ward.asked.size() == 1);
    CHECK(ward.asked[0].number == 1);
    CHECK(ward.asked[0].to == model::patient_now(hour(22)));
    ward.answer(2);
    CHECK(ward.said().back() == "1 revision 1 census");
}

TEST_CASE("a cancelled admission has no days", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.pass(hour(25));
    ward.bed.census(hour(25), core::CensusKind::cancel_admit, "v1", "pv1", model::Location{"icu", "b1"});
    ward.take();
    ward.pass(hour(26));
    CHECK(ward.said() == Said{"1 provisional 0 none", "1 withdrawn 1 census"});
    CHECK(ward.record.back().parts.empty());
    ward.pass(hour(100));
    CHECK(ward.record.size() == 2);
}

TEST_CASE("who merges into another has no days of his own any more", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.admit(hour(2), "v2", "b2");
    ward.pass(hour(25));
    ward.bed.census(hour(25), core::CensusKind::merge, "v2", "pv2", {}, "v1");
    ward.take();
    ward.pass(hour(26));
    const auto said = ward.said();
    CHECK(std::count(said.begin(), said.end(), "1 withdrawn 1 census") == 1);
    CHECK(ward.bed.encounter("v1")->merged_into);
}

TEST_CASE("who never had a reading has no days, and a run that begins late reads the past from the journal", "[days]") {
    Ward ward;
    ward.admit(hour(2), "v2", "b2");
    ward.platelets(hour(1) + model::hours(2), hour(0), 90);
    ward.pass(hour(60));
    CHECK(ward.bed.encounter("v2")->days.empty());
    CHECK(ward.asked.empty());

    // Enabled only now, for who is here.
    auto rules = rules_by_day();
    auto fresh = by_day;
    fresh.basis = model::Basis::conventional;
    rules.scores.push_back({fresh, false});
    ward.bed.engine().use(rules);
    ward.bed.step(hour(60), core::RulesChanged{});
    ward.take();
    ward.pass(hour(61));
    const auto of_it =
        std::count_if(ward.asked.begin(), ward.asked.end(), [&](auto const& a) { return a.key == fresh; });
    CHECK(of_it == 2);
    // The rulebook changed: what is final is looked at again.
    CHECK(std::any_of(ward.asked.begin(), ward.asked.end(), [&](auto const& a) { return a.key == by_day; }));
}

TEST_CASE("what comes while a day is read for the first time is asked for again, and is no reason of the first row",
          "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.pass(hour(60));
    const auto question = ward.enable_another(hour(60));
    ward.asked.clear();
    ward.platelets(hour(60) + model::seconds(5), hour(10), 15); // the journal may have been read up to here
    ward.answer_another(question, ward.another(1)->asked_by, 2);
    CHECK(ward.said().back() == "1 settled 0 none");
    ward.pass(hour(61));
    CHECK(std::count_if(ward.asked.begin(), ward.asked.end(),
                        [&](core::DayAsked const& a) { return a.key == another_by_day() && a.number == 1; }) == 1);
    ward.answer_another(question, ward.another(1)->asked_by, 4);
    CHECK(ward.said().back() == "1 revision 1 late_result");
}

TEST_CASE("an answer for the bounds a day had before they moved is none", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.pass(hour(60));
    const auto question = ward.enable_another(hour(60));
    const auto asked_by = ward.another(1)->asked_by;
    REQUIRE(asked_by != 0);
    ward.bed.census(hour(60) + model::seconds(5), core::CensusKind::admit, "v1", "pv1", model::Location{"icu", "b1"},
                    "", model::patient_now(hour(-2)));
    ward.take();
    ward.pass(hour(60) + model::seconds(7));
    const auto rows = ward.record.size();
    ward.answer_another(question, asked_by, 4);
    CHECK(ward.record.size() == rows);
    ward.pass(hour(61));
    const auto again = std::find_if(ward.asked.begin(), ward.asked.end(), [&](core::DayAsked const& a) {
        return a.key == another_by_day() && a.number == 1 && a.to == model::patient_now(hour(22));
    });
    REQUIRE(again != ward.asked.end());
    ward.answer_another(*again, ward.another(1)->asked_by, 2);
    CHECK(ward.said().back() == "1 settled 0 none");
    CHECK(ward.record.back().to == model::patient_now(hour(22)));
    CHECK(ward.coag() == 2);
}

TEST_CASE("the first row of a day has no reason, whatever changed while the journal was read", "[days]") {
    Ward ward;
    const bool final_by_now = GENERATE(true, false);
    const auto since = hour(final_by_now ? 60 : 30);
    ward.platelets(hour(1), hour(0), 90);
    ward.pass(since);
    const auto question = ward.enable_another(since);
    ward.bed.step(since + model::seconds(5), core::RulesChanged{});
    ward.take();
    ward.answer_another(question, ward.another(1)->asked_by, 2);
    CHECK(ward.said().back() == (final_by_now ? "1 settled 0 none" : "1 provisional 0 none"));
    // What was final is read again by the new rules; what is not has nothing to be revised.
    ward.asked.clear();
    ward.pass(hour(61));
    const auto again = std::find_if(ward.asked.begin(), ward.asked.end(), [&](core::DayAsked const& a) {
        return a.key == another_by_day() && a.number == 1;
    });
    REQUIRE(again != ward.asked.end());
    ward.answer_another(*again, ward.another(1)->asked_by, 3);
    CHECK(ward.said().back() == (final_by_now ? "1 revision 1 definition" : "1 settled 0 none"));
}

TEST_CASE("a reason goes with the question it was one for", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.pass(hour(60));
    ward.bed.step(hour(60), core::RulesChanged{}); // to be read again in ten minutes
    ward.take();
    const auto admit = [&](core::CensusKind kind) {
        ward.bed.census(ward.bed.state().now + model::seconds(5), kind, "v1", "pv1", model::Location{"icu", "b1"}, "",
                        model::patient_now(begin));
        ward.take();
        ward.pass(ward.bed.state().now + model::seconds(5));
    };
    admit(core::CensusKind::cancel_admit);
    CHECK(ward.said().back() == "2 withdrawn 1 census");
    admit(core::CensusKind::admit);
    ward.pass(hour(61));
    std::erase_if(ward.asked, [](core::DayAsked const& a) { return a.number != 1; }); // the other was not final
    ward.answer(3);
    CHECK(ward.said().back() == "1 revision 2 census");
}

TEST_CASE("what came while the journal is read is the reason of the next revision, and not what it was read for",
          "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.pass(hour(50)); // the first day is final, the second is not
    ward.bed.step(hour(50), core::RulesChanged{});
    ward.take();
    ward.pass(hour(50) + model::minutes(11));
    REQUIRE(ward.asked.size() == 1);
    ward.platelets(hour(51), hour(10), 40);
    const bool begins_anew = GENERATE(false, true);
    if (begins_anew) {
        ward.bed.step(hour(51), core::Started{2, {}});
        ward.pass(hour(51) + model::minutes(11));
    }
    ward.answer(3);
    CHECK(ward.said().back() == "1 revision 1 definition");
    ward.pass(hour(52));
    CHECK(ward.asked.size() == 2);
    if (begins_anew) return;
    ward.answer(4);
    CHECK(ward.said().back() == "1 revision 2 late_result");
}

TEST_CASE("a suspended patient's days say so", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    core::Quarantined q;
    q.encounter = ward.bed.encounter("v1")->id.value;
    ward.bed.step(hour(2), q);
    ward.pass(hour(24));
    CHECK(ward.said() == Said{"1 provisional 0 suspended"});
    CHECK(ward.record.back().parts.empty());
}

TEST_CASE("what is kept of days survives encoding, and without such a score there is none", "[days]") {
    Ward ward;
    ward.platelets(hour(1), hour(0), 90);
    ward.pass(hour(60));
    const auto bytes = core::encode(ward.bed.state());
    const auto back = core::decode<core::State>(bytes);
    REQUIRE(back);
    CHECK(core::encode(*back) == bytes);
    CHECK(back->encounters.front().days.size() == 2);

    const auto plain = testing::shipped_rulebook();
    CHECK(plain.keep_longer == model::Duration{});
    testing::Bedside bed{plain, begin};
    bed.census(begin, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    bed.tick(hour(60));
    CHECK(bed.encounter("v1")->days.empty());
}
