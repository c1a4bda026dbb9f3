// What is kept of a stay that ended: everything while it can be corrected, then who and where.

#include "tests/stories/bedside.hpp"

#include "core/model/canonical.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace vigil;
using model::LogTime;

namespace {

constexpr LogTime begin{1'772'323'200'000};

testing::Told platelets(std::int64_t value, LogTime at) {
    testing::Told t;
    t.signal = model::Signal::plt;
    t.value.kind = model::Value::Kind::number;
    t.value.number = {value, 0};
    t.unit = "10*9/L";
    t.time = model::patient_now(at);
    return t;
}

bool has_newest(core::Encounter const& e) { return e.newest[static_cast<std::size_t>(model::Signal::plt)].seen; }

} // namespace

TEST_CASE("a stay is kept whole while it can be corrected, then who and where", "[history]") {
    const auto rules = testing::shipped_rulebook();
    testing::Bedside ward{rules, begin};
    ward.census(begin, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    ward.tell(begin + model::hours(1), "lab", {"v1", {}, {}}, {platelets(40, begin + model::hours(1))});
    ward.census(begin + model::hours(2), core::CensusKind::discharge, "v1", "p1");
    ward.tick(begin + model::hours(50));
    REQUIRE(ward.encounter("v1") != nullptr);
    CHECK_FALSE(ward.encounter("v1")->shown.empty());
    CHECK(has_newest(*ward.encounter("v1")));
    ward.tick(begin + model::hours(120));
    auto const& e = *ward.encounter("v1");
    CHECK(e.shown.empty());
    CHECK_FALSE(has_newest(e));
    CHECK(e.ended);
    CHECK(e.patients == std::vector<std::string>{"p1"});
    CHECK(e.stays.size() == 1);
    // What comes very late still finds whose it is.
    ward.tell(begin + model::hours(121), "lab", {"v1", {}, {}},
              {platelets(30, begin + model::hours(1) + model::minutes(30))});
    CHECK(ward.state().unassigned.empty());
}

TEST_CASE("of who never sent a reading nothing is kept but the name", "[history]") {
    const auto rules = testing::shipped_rulebook();
    testing::Bedside ward{rules, begin};
    ward.census(begin, core::CensusKind::register_, "v1", "p1");
    ward.census(begin + model::minutes(1), core::CensusKind::discharge, "v1", "p1");
    ward.tick(begin + model::minutes(30));
    CHECK(ward.encounter("v1")->shown.empty());
    CHECK(ward.encounter("v1")->alerts.due == alerts::never);
}

TEST_CASE("of who comes back after days what was told meanwhile is read from the journal", "[history]") {
    const auto rules = testing::shipped_rulebook();
    const auto gone = GENERATE(3, 126);
    testing::Bedside ward{rules, begin};
    ward.census(begin, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    ward.tell(begin + model::hours(1), "lab", {"v1", {}, {}}, {platelets(40, begin + model::hours(1))});
    // He was weighed long before he came here, and that was told only then.
    const auto long_ago = begin - model::hours(300 * 24);
    auto weight = platelets(70, long_ago);
    weight.signal = model::Signal::weight;
    weight.unit = "kg";
    ward.tell(begin + model::hours(1), "chart", {"v1", {}, {}}, {weight});
    const auto weight_of = [&](LogTime when) {
        return ward.encounter("v1")->timeline.latest(model::Signal::weight, model::patient_now(when), {}).has_value();
    };
    CHECK(weight_of(begin + model::hours(1)));
    ward.census(begin + model::hours(2), core::CensusKind::discharge, "v1", "p1");
    const auto back = begin + model::hours(2 + gone);
    ward.tell(back - model::hours(2), "lab", {"v1", {}, {}},
              {platelets(90, back - model::hours(2))}); // on the other ward
    ward.tick(back - model::seconds(1));
    const auto at = model::patient_now(back);
    const auto known = ward.encounter("v1")->timeline.latest(model::Signal::plt, at, {});
    ward.census(back, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    bool read = false, weighed = false;
    for (auto const& effect : ward.last_effects())
        if (auto const* r = std::get_if<core::Recall>(&effect)) {
            read = read || (r->signal == model::Signal::plt && r->from <= at - model::hours(2) && at <= r->to);
            // A weight holds however old it is.
            weighed = weighed ||
                      (r->signal == model::Signal::weight && r->from <= model::patient_now(long_ago) && at <= r->to);
        }
    CHECK(weighed == read);
    CHECK(weight_of(back) == !read);
    CHECK(read == !known);
    CHECK(read == (gone == 126));
    CHECK(ward.encounter("v1")->recomputing == read);
}

TEST_CASE("what was attested of who comes back after days still holds, whether or not the journal can be read",
          "[history]") {
    const auto rules = testing::shipped_rulebook();
    const auto answer = GENERATE(model::Digest{1}, model::Digest{}); // the second: it cannot
    testing::Bedside ward{rules, begin};
    ward.census(begin, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    core::Attested a;
    a.user = "nurse";
    a.location = {"icu", "b1"};
    a.what = model::Signal::chronic_dialysis;
    a.value.kind = model::Value::Kind::word;
    a.value.word = model::Word::yes;
    ward.step(begin + model::hours(1), a);
    ward.tell(begin + model::hours(1), "lab", {"v1", {}, {}}, {platelets(40, begin + model::hours(1))});
    ward.census(begin + model::hours(2), core::CensusKind::discharge, "v1", "p1");
    const auto back = begin + model::hours(200);
    ward.tick(back);
    const auto attested = [&] {
        auto const& timeline = ward.encounter("v1")->timeline;
        return timeline.latest(model::Signal::chronic_dialysis, model::patient_now(back), {}).has_value();
    };
    CHECK_FALSE(attested());
    ward.census(back, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b2"});
    const auto effects = ward.last_effects();
    for (auto const& effect : effects)
        if (auto const* r = std::get_if<core::Recall>(&effect); r != nullptr && r->signal == a.what)
            ward.step(back, core::Recalled{r->encounter.value, r->signal, r->from, r->to, answer});
    CHECK(attested());
}

namespace {

bool recalls_platelets(testing::Bedside const& ward, LogTime drawn) {
    return std::any_of(ward.last_effects().begin(), ward.last_effects().end(), [&](core::Effect const& effect) {
        auto const* r = std::get_if<core::Recall>(&effect);
        return r != nullptr && r->signal == model::Signal::plt && r->from <= model::patient_now(drawn) &&
               model::patient_now(drawn) <= r->to;
    });
}

} // namespace

TEST_CASE("who was let go of is read again when he is back, whatever was told since of when he left", "[history]") {
    auto rules = testing::shipped_rulebook();
    testing::Bedside ward{rules, begin};
    ward.census(begin, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    ward.tell(begin + model::hours(1), "lab", {"v1", {}, {}}, {platelets(40, begin + model::hours(1))});
    ward.census(begin + model::hours(2), core::CensusKind::discharge, "v1", "p1");
    const auto drawn = begin + model::hours(90);
    ward.tell(drawn, "lab", {"v1", {}, {}}, {platelets(90, drawn)}); // on the other ward
    ward.tick(begin + model::hours(110));
    REQUIRE(ward.encounter("v1")->shown.empty());
    auto longer = rules;
    SECTION("everything is kept longer from now on") {
        longer.keep_longer = model::hours(24);
        ward.engine().use(longer);
        ward.step(begin + model::hours(110), core::RulesChanged{});
    }
    SECTION("his discharge is told again, with a later time") {
        ward.census(begin + model::hours(110), core::CensusKind::discharge, "v1", "p1", {}, "",
                    model::patient_now(begin + model::hours(100)));
    }
    SECTION("the daemon was started anew") {
        const auto bytes = core::encode(ward.state());
        const auto state = core::decode<core::State>(bytes);
        REQUIRE(state);
        CHECK(state->encounters.front().let_go);
        CHECK(core::encode(*state) == bytes);
    }
    const auto back = begin + model::hours(112);
    ward.census(back, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    CHECK(recalls_platelets(ward, drawn));
    CHECK(ward.encounter("v1")->recomputing);
    // Once: who leaves and comes back soon has everything.
    ward.census(back + model::hours(1), core::CensusKind::discharge, "v1", "p1");
    ward.census(back + model::hours(2), core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    CHECK_FALSE(recalls_platelets(ward, drawn));
}

TEST_CASE("of who was never heard of nothing is read when he is back", "[history]") {
    const auto rules = testing::shipped_rulebook();
    testing::Bedside ward{rules, begin};
    ward.census(begin, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    ward.census(begin + model::hours(2), core::CensusKind::discharge, "v1", "p1");
    ward.tick(begin + model::hours(120));
    ward.census(begin + model::hours(120), core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    CHECK_FALSE(ward.encounter("v1")->recomputing);
}

TEST_CASE("what was let go of with the patient it was merged into is read again when it is its own", "[history]") {
    const auto rules = testing::shipped_rulebook();
    testing::Bedside ward{rules, begin};
    ward.census(begin, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"});
    ward.census(begin, core::CensusKind::admit, "v2", "p2", model::Location{"icu", "b2"});
    ward.census(begin + model::hours(1), core::CensusKind::merge, "v1", "p1", {}, "v2");
    ward.census(begin + model::hours(2), core::CensusKind::discharge, "v1", "p1");
    const auto drawn = begin + model::hours(90);
    ward.tell(drawn, "lab", {"v2", {}, {}}, {platelets(40, drawn)});
    ward.tick(begin + model::hours(110));
    REQUIRE(ward.encounter("v1")->shown.empty());
    // The two were not one: she lies in her bed all the time.
    ward.census(begin + model::hours(110), core::CensusKind::unmerge, "", "", {}, "v2");
    REQUIRE_FALSE(ward.encounter("v2")->merged_into);
    CHECK_FALSE(ward.encounter("v2")->ended);
    CHECK(recalls_platelets(ward, drawn));
}
