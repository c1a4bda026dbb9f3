#include "cli/show.hpp"

#include "vigil/v1/envelope.pb.h"
#include "vigil/v1/query.pb.h"

#include <catch2/catch.hpp>

using namespace vigil::cli;
using namespace vigil;

namespace {

v1::Alert hypoxaemia() {
    v1::Alert a;
    a.set_id("a1b2");
    a.set_revision(3);
    a.set_rule("refractory_hypoxaemia");
    a.set_rule_digest("00ff");
    a.set_policy("ards_berlin@2012+live");
    a.set_priority(v1::PRIORITY_HIGH);
    a.set_condition(v1::CONDITION_STATE_PRESENT);
    a.set_signal(v1::SIGNAL_STATE_ON);
    a.set_notify(v1::NOTIFY_WORSENED);
    a.set_reason("P/F 71 below 80");
    a.set_unit("icu1");
    a.set_bed("bed3");
    a.set_true_since_ms(60'000);
    auto& used = *a.add_evidence();
    used.set_role("pao2");
    used.set_signal("pao2");
    used.set_verdict(v1::VERDICT_USED);
    used.set_mantissa(710);
    used.set_scale(1);
    used.set_unit("mm[Hg]");
    used.set_event_time_ms(60'000);
    used.set_journal_seq(42);
    used.set_index(7);
    used.set_source("lab");
    used.set_system("LN");
    used.set_code("2703-7");
    used.set_compared("71");
    auto& missing = *a.add_evidence();
    missing.set_role("support");
    missing.set_signal("resp_device");
    missing.set_verdict(v1::VERDICT_STALE);
    missing.set_reason("stale");
    return a;
}

} // namespace

TEST_CASE("why: everything needed to check an alert by hand") {
    const auto text = explained(hypoxaemia());
    for (const char* part : {"refractory_hypoxaemia (high), revision 3", "P/F 71 below 80", "00ff",
                             "refractory_hypoxaemia on ards_berlin@2012+live", "icu1/bed3", "1970-01-01T00:01:00Z",
                             "71.0 mm[Hg]", "giving P/F 71", "from lab as LN 2703-7", "journal 42.7",
                             "missing, stale or refused", "support (resp_device)"}) {
        CAPTURE(part);
        CHECK(text.find(part) != std::string::npos);
    }
    auto bounded = hypoxaemia();
    bounded.mutable_evidence(0)->set_comparator("<");
    CHECK(explained(bounded).find("<71.0 mm[Hg]") != std::string::npos);
    CHECK(text.find("what it rests on") < text.find("missing, stale or refused"));
}

TEST_CASE("why: what stands beside an evidence says what it is, also in an alert") {
    v1::Alert a;
    a.set_policy("kdigo@2012+published");
    for (auto const* compared : {"1.727", "1.727", "0.800 mg/dL"}) {
        auto& e = *a.add_evidence();
        e.set_signal("crea");
        e.set_verdict(v1::VERDICT_USED);
        e.set_compared(compared);
    }
    const auto text = explained(a);
    INFO(text);
    for (auto const* line : {"giving a ratio of 1.727 to the baseline\n", "the result is 1.727 times it\n",
                             "the result is 0.800 mg/dL above it\n"})
        CHECK(text.find(line) != std::string::npos);
}

TEST_CASE("why: the rule's table, its source, and both ends of a rise") {
    v1::Alert a;
    a.set_rule("sofa_rise");
    a.set_level(5);
    a.set_criterion("rise of at least 2 points within 24 h");
    a.set_citation("Singer M et al.");
    for (const auto& [at, priority] : {std::pair{2, v1::PRIORITY_MEDIUM}, std::pair{4, v1::PRIORITY_HIGH}}) {
        auto& level = *a.add_levels();
        level.set_at(at);
        level.set_priority(priority);
    }
    a.mutable_rise()->set_from_ms(60'000);
    a.mutable_rise()->set_to_ms(120'000);
    auto& renal = *a.mutable_rise()->add_organs();
    renal.set_part("renal");
    renal.set_counted(true);
    renal.set_before(1);
    renal.set_after(3);
    a.mutable_rise()->add_organs()->set_part("liver");
    const auto text = explained(a);
    for (const char* part :
         {"criterion        rise of at least 2 points", "citation         Singer M et al.",
          "4    high           <- reached, at level 5", "rise from 1970-01-01T00:01:00Z to 1970-01-01T00:02:00Z",
          "renal    1 -> 3", "liver    left out"}) {
        CAPTURE(text, part);
        CHECK(text.find(part) != std::string::npos);
    }
    CHECK(text.find("medium         <- reached") == std::string::npos);
}

TEST_CASE("a line a message, without colour unless wanted") {
    v1::Envelope e;
    *e.mutable_alert() = hypoxaemia();
    e.set_recorded(true);
    e.set_simulated(true);
    const std::string topic = "vigil.v1.alert.demo.icu1.bed3.refractory_hypoxaemia";
    const auto line = line_of(topic, e, false);
    CHECK(line == "1970-01-01T00:00:00Z  icu1/bed3  high refractory_hypoxaemia worsened (present, on): P/F 71 below 80 "
                  " [a1b2 r3]  SIMULATED");
    CHECK(line_of(topic, e, true).find("\x1b[31mhigh") != std::string::npos);
    e.set_recorded(false);
    CHECK(line_of(topic, e, false).find("NOT RECORDED") != std::string::npos);
    v1::Envelope digest;
    digest.mutable_digest();
    CHECK(line_of("vigil.v1.sys.demo.icu1._.digest", digest, false).empty());
}

TEST_CASE("an unknown score part is a question mark, never a zero") {
    v1::Envelope e;
    auto& part = *e.mutable_score()->add_parts();
    part.set_part("liver");
    part.set_state(v1::PART_STATE_NOT_MEASURED);
    CHECK(line_of("vigil.v1.score.demo.icu1.bed3.sofa", e, false).find("liver ?(not_measured)") != std::string::npos);
}

TEST_CASE("JSON keeps the contract's field names and carries the topic") {
    v1::Envelope e;
    *e.mutable_alert() = hypoxaemia();
    const auto json = json_of("vigil.v1.alert.demo.icu1.bed3.x", e);
    CHECK(json.starts_with("{\"topic\":\"vigil.v1.alert.demo.icu1.bed3.x\","));
    CHECK(json.find("\"true_since_ms\":\"60000\"") != std::string::npos);
    CHECK(json.find("\"journal_seq\":\"42\"") != std::string::npos);
    CHECK(json.find('\n') == std::string::npos);
}

TEST_CASE("status shows what is unmapped, unassigned and refused") {
    v1::DaemonStatus s;
    s.set_version("0.1.0");
    auto& u = *s.add_unmapped();
    u.set_source("lab");
    u.set_system("LOCAL");
    u.set_code("PLTC");
    u.set_count(9);
    (*s.mutable_refused())["out_of_range"] = 4;
    auto& lab = *s.add_sources();
    lab.set_source("lab");
    (*lab.mutable_refused_by_reason())["no_patient"] = 3;
    (*lab.mutable_refused_by_reason())["noted_bad_time"] = 2;
    const auto text = explained(s);
    CHECK(text.find("unassigned\n  no_patient: 3\n  noted_bad_time: 2\n") != std::string::npos);
    CHECK(text.find("unmapped lab LOCAL PLTC []  9 times") != std::string::npos);
    CHECK(text.find("refused out_of_range: 4") != std::string::npos);
}
