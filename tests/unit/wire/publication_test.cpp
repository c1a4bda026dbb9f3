#include "wire/explained.hpp"
#include "wire/publication.hpp"

#include "ward.hpp"

#include "vigil/v1/query.pb.h"

#include <catch2/catch.hpp>

using namespace vigil;

namespace {

core::State state() {
    core::State out;
    out.sources.emplace_back().name = "lab";
    out.channels.push_back({{1}, model::CodeSystem::LN, "777-3", "", "10*3/uL", "", {}, {}});
    out.channel_counts.emplace_back();
    out.beds = {{"icu1", "b1"}, {"icu1", "b2"}};
    auto& e = out.encounters.emplace_back();
    e.id = {1};
    e.pseudonym = "ev1";
    e.visit = "tok-v1";
    e.bed = {1};
    return out;
}

} // namespace

TEST_CASE("every enumeration of the core has its word on the wire") {
    const ward::Ward w;
    const auto s = state();
    for (std::size_t n = 0; n < alerts::notify_count; ++n)
        for (std::size_t c = 0; c < alerts::condition_count; ++c) {
            alerts::Alert a;
            a.id = "1";
            a.rule = "sofa_rise";
            a.notify = static_cast<alerts::Notify>(n);
            a.condition = static_cast<alerts::ConditionState>(c);
            v1::Envelope out;
            wire::write_alert(a, {s, w.book}, out);
            CHECK(out.alert().notify() != v1::NOTIFY_UNSPECIFIED);
            CHECK(out.alert().condition() != v1::CONDITION_STATE_UNSPECIFIED);
        }
    CHECK(model::part_state_count + 1 == v1::PartState_ARRAYSIZE);
    CHECK(model::verdict_count + 1 == v1::Verdict_ARRAYSIZE);
    CHECK(alerts::priority_count + 1 == v1::Priority_ARRAYSIZE);
    CHECK(alerts::signal_state_count + 1 == v1::SignalState_ARRAYSIZE);
}

TEST_CASE("an alert's topic says where and which rule, its slot which alert, and a move where to") {
    const ward::Ward w;
    const auto s = state();
    alerts::Alert a;
    a.id = "00ff";
    a.rule = "sofa_rise";
    a.kind = alerts::AlertKind::patient;
    a.priority = alerts::Priority::high;
    a.encounter = {1};
    a.bed = {1};
    a.moved_to = {2};
    v1::Envelope out;
    const auto to = wire::write_alert(a, {s, w.book}, out);
    CHECK(wire::topic(to.cls, "demo", to.unit, to.bed, to.key) == "vigil.v1.alert.demo.icu1.b1.sofa_rise");
    CHECK(to.slot == "00ff");
    CHECK(out.alert().priority() == v1::PRIORITY_HIGH);
    CHECK(out.alert().moved_to() == "icu1.b2");
    CHECK(out.alert().encounter() == "ev1");
    a.bed = {};
    a.encounter = {};
    v1::Envelope technical;
    CHECK(wire::write_alert(a, {s, w.book}, technical).bed == "_");
}

TEST_CASE("evidence names the device's own code, and nothing missing becomes a number") {
    const ward::Ward w;
    const auto s = state();
    model::Score score;
    auto& part = score.parts.emplace_back();
    part.part = model::Part::coag;
    auto& used = part.evidence.emplace_back();
    used.signal = model::Signal::plt;
    used.verdict = model::Verdict::used;
    used.reported = model::Decimal{45, 0};
    used.comparator = model::Comparator::less;
    used.reported_unit = model::Unit::kilo_per_uL;
    used.compared = model::Decimal{45, 0};
    used.compared_unit = model::Unit::giga_per_L;
    used.ref = {12, 3};
    used.channel = {1};
    part.evidence.emplace_back().signal = model::Signal::bili;
    v1::Score out;
    wire::write_score({1}, {1}, score, false, {s, w.book}, out);
    CHECK(out.definition().starts_with("sofa@"));
    CHECK(out.encounter() == "ev1");
    CHECK(out.bed() == "b1");
    CHECK(out.digest().size() == 32);
    REQUIRE(out.parts_size() == 1);
    CHECK(out.parts(0).code_system() == "LN");
    CHECK(out.parts(0).code() == "96824-8");
    CHECK_FALSE(out.parts(0).has_points());
    auto const& platelets = out.parts(0).evidence(0);
    CHECK(platelets.verdict() == v1::VERDICT_USED);
    CHECK(platelets.mantissa() == 45);
    CHECK(platelets.comparator() == "<");
    CHECK(platelets.unit() == "10*3/uL");
    CHECK(platelets.compared() == "45 10*9/L");
    CHECK(platelets.comparison() == "compared as 45 10*9/L");
    CHECK(platelets.system() == "LN");
    CHECK(platelets.code() == "777-3");
    CHECK(platelets.source() == "lab");
    CHECK(platelets.journal_seq() == 12);
    auto const& bilirubin = out.parts(0).evidence(1);
    CHECK(bilirubin.verdict() == v1::VERDICT_MISSING);
    CHECK_FALSE(bilirubin.has_mantissa());
    CHECK(bilirubin.code().empty());
    CHECK(bilirubin.comparison().empty());
}

TEST_CASE("a part goes by the code that was published for it, or by none") {
    const ward::Ward w;
    const auto s = state();
    const auto total_of = [&](model::ScoreId id) {
        model::Score score;
        score.key.id = id;
        score.parts.emplace_back().part = model::Part::total;
        v1::Score out;
        wire::write_score({1}, {1}, score, false, {s, w.book}, out);
        return out.parts(0).code_system() + " " + out.parts(0).code();
    };
    CHECK(total_of(model::ScoreId::sofa) == "LN 96790-1");
    CHECK(total_of(model::ScoreId::news2) == "SCT 1104051000000101");
    CHECK(total_of(model::ScoreId::sofa2) == " ");
}

TEST_CASE("an attestation says who entered what") {
    const ward::Ward w;
    const auto s = state();
    v1::Envelope envelope;
    core::BedChanged bed;
    bed.kind = core::BedChanged::Kind::attested;
    bed.encounter = {1};
    bed.bed = {1};
    bed.what = model::Signal::weight;
    bed.value.kind = model::Value::Kind::number;
    bed.value.number = {815, 1};
    bed.unit = model::Unit::kg;
    bed.user = "nurse1";
    const auto to = wire::write_bed_event(bed, {s, w.book}, envelope);
    CHECK(to.key == "attested");
    CHECK(envelope.event().value() == "81.5 kg");
    CHECK(envelope.event().kind() == v1::BedEvent::KIND_ATTESTED);
    CHECK(envelope.event().visit() == "tok-v1");
}

TEST_CASE("an observation keeps the number and unit it came with, and says when it may not be used") {
    core::Newest newest;
    newest.time = {5};
    newest.value.kind = model::Value::Kind::number;
    newest.value.number = {7400, 3};
    newest.unit = model::Unit::ph;
    newest.seen = true;
    v1::ObservedValue out;
    wire::write_observed(model::Signal::ph, newest, out);
    CHECK(out.mantissa() == 7400);
    CHECK(out.scale() == 3);
    CHECK(out.usable());
    newest.value = {};
    newest.refused = model::Reason::no_value;
    v1::ObservedValue none;
    wire::write_observed(model::Signal::ph, newest, none);
    CHECK_FALSE(none.has_mantissa());
    CHECK_FALSE(none.usable());
    CHECK(none.reason() == "no_value");
}

TEST_CASE("status names what is unmapped and whom nobody claims, within its rows") {
    const ward::Ward w;
    auto s = state();
    s.channel_counts[0].meaning.reason = model::Reason::unmapped;
    s.channel_counts[0].readings = 9;
    s.subjects.push_back({"", {"p1"}, {}});
    s.unassigned[{1, 1}].readings = 4;
    v1::DaemonStatus out;
    wire::write_status({s, w.book}, 10, out);
    REQUIRE(out.unmapped_size() == 1);
    CHECK(out.unmapped(0).code() == "777-3");
    CHECK(out.unmapped(0).count() == 9);
    REQUIRE(out.unassigned_size() == 1);
    CHECK(out.unassigned(0).subject_key() == "patient=p1");
    CHECK(out.unassigned(0).source() == s.sources[0].name);
    CHECK(out.sources(0).unassigned() == 4);
    CHECK(out.sources(0).unmapped() == 1);
    v1::DaemonStatus none;
    wire::write_status({s, w.book}, 0, none);
    CHECK(none.unmapped_size() == 0);
}

TEST_CASE("what an alert rests on stands in the words of the score that decided, whichever score a rule reads") {
    const ward::Ward w;
    const auto s = state();
    alerts::Alert a;
    a.rule = "kdigo_stage";
    a.flags.add(model::Flag::unit_suspect);
    auto& used = a.evidence.emplace_back();
    used.signal = model::Signal::crea;
    used.verdict = model::Verdict::used;
    used.reported = model::Decimal{24, 1};
    used.reported_unit = model::Unit::mg_per_dL;
    used.compared = model::Decimal{2972, 3};
    v1::Envelope out;
    wire::write_alert(a, {s, w.book}, out);
    CHECK(out.alert().policy().starts_with("kdigo@"));
    REQUIRE(out.alert().flags_size() == 1);
    CHECK(wire::explained(out.alert()).find("flagged          unit_suspect: ") != std::string::npos);
    CHECK(out.alert().evidence(0).comparison() == "giving a ratio of 2.972 to the baseline");
    for (auto const& level : w.book.rules.score_levels) {
        alerts::Alert one;
        one.rule = level.rule.id;
        v1::Envelope told;
        wire::write_alert(one, {s, w.book}, told);
        CHECK(told.alert().policy().starts_with(std::string{name_of(level.score)} + "@"));
    }
}

TEST_CASE("an alert says what its rule compares with, where that comes from, and both ends of a rise") {
    ward::Ward w;
    core::State s;
    alerts::Alert a;
    a.rule = "sofa_rise";
    a.level = 2;
    a.figures = {1, 3, 2, 0, 0, 0, 0, 0, 2, 60'000, 120'000, -1, 0, -1, 0, -1, 1};
    v1::Envelope out;
    wire::write_alert(a, {s, w.book}, out);
    auto const& alert = out.alert();
    CHECK(alert.criterion().find("rise of at least 2 points within 24 h") == 0);
    CHECK(alert.citation().find("JAMA 2016") != std::string::npos);
    REQUIRE(alert.levels_size() == 2);
    CHECK(alert.levels(1).priority() == v1::PRIORITY_HIGH);
    REQUIRE(alert.rise().organs_size() == 6);
    CHECK_FALSE(alert.rise().organs(0).counted());
    CHECK(alert.rise().organs(5).before() == 1);
    CHECK(alert.rise().organs(5).after() == 3);
    CHECK(alert.rise().from_ms() == 60'000);
    alerts::Alert k;
    k.rule = "extreme_k";
    v1::Envelope potassium;
    wire::write_alert(k, {s, w.book}, potassium);
    CHECK(potassium.alert().criterion().find("below 2 or above 8 mmol/L") == 0);
}
