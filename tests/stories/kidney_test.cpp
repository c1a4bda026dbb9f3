// What a creatinine is judged against is a week old: it stands that long in the running state, can be corrected there,
// and is read again as far back.

#include "tests/stories/bedside.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace vigil;
using model::LogTime;

namespace {

constexpr LogTime begin{1'772'323'200'000};

LogTime hour(std::int64_t n) { return begin + model::hours(n); }

core::Rulebook rules_with_kdigo() {
    auto rules = testing::shipped_rulebook();
    rules.scores.push_back({{model::ScoreId::kdigo, model::Product::now, model::Basis::native, 0}, false});
    return rules;
}

struct Ward {
    core::Rulebook rules = rules_with_kdigo();
    testing::Bedside bed{rules, begin};

    Ward() { bed.census(begin, core::CensusKind::admit, "v1", "p1", model::Location{"icu", "b1"}); }
    void creatinine(LogTime told, LogTime drawn, std::int64_t hundredths, std::string const& order,
                    model::Status status = model::Status::final) {
        testing::Told t;
        t.signal = model::Signal::crea;
        t.value.kind = model::Value::Kind::number;
        t.value.number = {hundredths, 2};
        t.unit = "mg/dL";
        t.time = model::patient_now(drawn);
        t.order = order;
        t.status = status;
        bed.tell(told, "laboratory", {"v1", {}, {}}, {t});
    }
    model::ScorePart aki() const { return bed.encounter("v1")->shown.back().parts.at(1); }
    std::vector<core::Recall> recalls() const {
        std::vector<core::Recall> out;
        for (auto const& effect : bed.last_effects())
            if (auto const* r = std::get_if<core::Recall>(&effect)) out.push_back(*r);
        return out;
    }
};

} // namespace

TEST_CASE("a creatinine of almost a week ago is still the baseline, and can be corrected", "[stories]") {
    Ward ward;
    ward.creatinine(hour(1), hour(0), 80, "A");
    for (std::int64_t h = 2; h < 167; ++h) ward.bed.tick(hour(h));
    ward.creatinine(hour(167) - model::minutes(1), hour(166), 160, "B");
    CHECK(ward.aki().points == 2);
    CHECK(ward.aki().state == model::PartState::valued);
    ward.creatinine(hour(167), hour(0), 120, "A", model::Status::corrected);
    CHECK(ward.recalls().empty()); // it still stands
    CHECK(ward.aki().points == 0);
    // Ten days after it was drawn it goes.
    ward.bed.tick(hour(239));
    CHECK_FALSE(ward.bed.encounter("v1")->timeline.range(model::Signal::crea, {}, model::patient_now(hour(1))).empty());
    ward.bed.tick(hour(242));
    CHECK(ward.bed.encounter("v1")->timeline.range(model::Signal::crea, {}, model::patient_now(hour(1))).empty());
}

TEST_CASE("creatinine is read again as far back as it is kept when its code comes to mean something", "[stories]") {
    Ward ward;
    ward.creatinine(hour(1), hour(0), 80, "A");
    ward.bed.tick(hour(230));
    auto later = ward.rules;
    later.source_maps.push_back({"laboratory", model::CodeSystem::VIGIL, "crea", "", model::Signal::urea, {}});
    ward.bed.engine().use(later);
    std::vector<core::Effect> effects = ward.bed.step(hour(230) + model::minutes(1), core::RulesChanged{});
    auto from = model::patient_now(hour(1'000));
    for (auto const& effect : effects)
        if (auto const* r = std::get_if<core::Recall>(&effect); r != nullptr && r->signal == model::Signal::crea)
            from = std::min(from, r->from);
    CHECK(from <= model::patient_now(hour(0)));
}

TEST_CASE("age and sex come from the census, and presume a baseline", "[stories]") {
    Ward ward;
    ward.creatinine(hour(1), hour(0), 220, "A");
    CHECK_FALSE(ward.aki().points); // 60 years, sex unknown
    CHECK(ward.aki().upper == 3);
    core::CensusChange c;
    c.kind = core::CensusKind::update;
    c.source = "adt";
    c.message_id = "sex";
    c.processing = model::Processing::training;
    c.subject.visit = "v1";
    c.subject.patients = {"p1"};
    c.effective = model::patient_now(hour(2));
    c.message_time = model::DeviceTime{hour(2).ms};
    c.age_years = 60;
    c.sex = model::Sex::male;
    ward.bed.step(hour(2), std::move(c));
    CHECK(ward.aki().points == 2);
    CHECK(ward.aki().state == model::PartState::provisional);
    CHECK(ward.aki().lower == 0);
    CHECK(ward.aki().flags.has(model::Flag::baseline_presumed));
}
