#include "wire/command.hpp"

#include "ward.hpp"
#include "wire/publication.hpp"

#include "vigil/v1/command.pb.h"

#include <catch2/catch.hpp>

using namespace vigil;

namespace {

v1::CommandRequest request() {
    v1::CommandRequest out;
    out.set_id("c1");
    out.set_user("nurse1");
    return out;
}

} // namespace

TEST_CASE("an acknowledgement names a person, an alert and the revision seen") {
    ward::Ward w;
    auto r = request();
    r.mutable_acknowledge()->set_alert("00ff");
    r.mutable_acknowledge()->set_revision(4);
    const auto c = wire::read_command(r, w.engine.state(), w.book);
    REQUIRE(c.refused.empty());
    auto const& ack = std::get<core::Acknowledged>(c.what);
    CHECK(ack.user == "nurse1");
    CHECK(ack.alert == "00ff");
    CHECK(ack.revision == 4);
    r.set_user("a nurse");
    CHECK(wire::read_command(r, w.engine.state(), w.book).refused == "bad_user");
    CHECK(wire::read_command(request(), w.engine.state(), w.book).refused == "unknown_command");
}

TEST_CASE("what may be attested: words of the signal's list, numbers in a unit that is known") {
    ward::Ward w;
    auto r = request();
    auto& a = *r.mutable_attest();
    a.set_unit("icu1");
    a.set_bed("b1");
    const auto read = [&](char const* what, char const* value, char const* unit = "") {
        a.set_what(what);
        a.set_value(value);
        a.set_value_unit(unit);
        return wire::read_command(r, w.engine.state(), w.book);
    };
    auto c = read("ards_imaging", "bilateral");
    REQUIRE(c.refused.empty());
    CHECK(std::get<core::Attested>(c.what).value.word == model::Word::bilateral);
    CHECK(read("ards_imaging", "crrt").refused == "bad_value");
    CHECK(read("ards_imaging", "3").refused == "bad_value");
    c = read("weight", "81.5");
    REQUIRE(c.refused.empty());
    CHECK(std::get<core::Attested>(c.what).value.number == model::Decimal{815, 1});
    CHECK(read("weight", "81.5", "parsec").refused == "unknown_unit");
    CHECK(read("weight", "heavy").refused == "bad_value");
    // What a person attests has a unit as well: 30 umol/L of creatinine is no 30 mg/dL.
    c = read("crea_baseline", "30", "umol/L");
    REQUIRE(c.refused.empty());
    CHECK(std::get<core::Attested>(c.what).unit == model::Unit::umol_per_L);
    c = read("crea_baseline", "0.9");
    REQUIRE(c.refused.empty());
    CHECK(std::get<core::Attested>(c.what).unit == model::Unit::mg_per_dL);
    CHECK(read("crea_baseline", "0.9", "parsec").refused == "unknown_unit");
    CHECK(read("sbp_baseline", "16", "kPa").refused.empty());
    CHECK(read("mood", "fine").refused == "unknown_what");
    CHECK(read("resp_device", "niv").refused.empty());
    CHECK(read("encephalopathy", "2").refused.empty());
    CHECK(read("encephalopathy", "severe").refused == "bad_value");
    CHECK(read("ascites", "mild").refused.empty());
    CHECK(read("sepsis", "yes").refused.empty());
    CHECK(read("dic_disorder", "severe").refused == "bad_value");
    CHECK(read("rrt", "1").refused == "bad_value"); // a number where words stand would end it unseen
    // What has a feed of its own is not entered by hand.
    for (auto const* what : {"hr", "plt", "norepinephrine", "fio2_set", "gcs_total"}) {
        CAPTURE(what);
        CHECK(read(what, "7").refused == "not_attestable");
    }
    CHECK(read("fio2_unreadable", "unreadable").refused == "not_attestable"); // Vigil's own word of a reading
    a.set_event_time_ms(INT64_MAX);
    CHECK(read("weight", "81.5").refused == "time_out_of_bounds");
    a.set_bed("Bed 1");
    CHECK(read("weight", "81.5").refused == "bad_bed");
}

TEST_CASE("unassigned readings are claimed by the name status gives them") {
    model::Subject s;
    s.patients = {"p1"};
    s.location = model::Location{"icu1", "b1"};
    CHECK(wire::subject_key(s) == "patient=p1,bed=icu1.b1");
    CHECK(wire::subject_key({}) == "nobody");
    ward::Ward w;
    auto r = request();
    r.mutable_assign()->set_subject_key("patient=p1");
    r.mutable_assign()->set_encounter("nosuch");
    CHECK(wire::read_command(r, w.engine.state(), w.book).refused == "unknown_encounter");
}

TEST_CASE("a pause names alert, revision, end and reason; what cannot be read is refused with a word") {
    ward::Ward w;
    auto r = request();
    auto& p = *r.mutable_pause();
    p.set_alert("00ff");
    p.set_revision(3);
    p.set_reason("platelets ordered");
    const auto read = [&] { return wire::read_command(r, w.engine.state(), w.book); };
    CHECK(read().refused == "until_missing");
    p.mutable_ends()->set_for_ms(600'000);
    const auto lasting = read();
    REQUIRE(lasting.refused.empty());
    auto const& paused = std::get<core::Paused>(lasting.what);
    CHECK(paused.user == "nurse1");
    CHECK(paused.revision == 3);
    CHECK(paused.reason == "platelets ordered");
    CHECK(paused.ends->lasting == model::minutes(10));
    p.mutable_ends()->set_until_ms(1'790'000'000'000);
    CHECK(std::get<core::Paused>(read().what).ends->until == model::LogTime{1'790'000'000'000});
    p.mutable_ends()->set_until_ms(INT64_MAX);
    CHECK(read().refused == "time_out_of_bounds");
    p.mutable_ends()->set_for_ms(INT64_MAX);
    CHECK(read().refused == "time_out_of_bounds");
    p.mutable_ends()->set_for_ms(60'000);
    p.set_reason("  ");
    CHECK(read().refused == "reason_missing");
    p.set_reason("line\nbreak");
    CHECK(read().refused == "bad_reason");
    p.set_reason(std::string(161, 'x'));
    CHECK(read().refused == "bad_reason");
    p.clear_reason();
    p.clear_ends();
    p.set_over(true); // ends what is, and needs neither
    CHECK(read().refused.empty());
    p.set_alert("no alert");
    CHECK(read().refused == "bad_alert");
}

TEST_CASE("shelving, standby and care limits name a bed, feedback a judgement") {
    ward::Ward w;
    const auto read = [&](v1::CommandRequest const& r) { return wire::read_command(r, w.engine.state(), w.book); };
    auto r = request();
    r.mutable_shelve()->set_unit("icu1");
    r.mutable_shelve()->set_bed("b1");
    r.mutable_shelve()->set_rule("organ_coag");
    r.mutable_shelve()->set_reason("marrow failure");
    r.mutable_shelve()->mutable_ends()->set_for_ms(60'000);
    CHECK(std::get<core::Shelved>(read(r).what).rule == "organ_coag");
    r.mutable_shelve()->set_rule("Organ coag");
    CHECK(read(r).refused == "unknown_rule");
    r.mutable_shelve()->set_bed("Bed 1");
    CHECK(read(r).refused == "bad_bed");
    r.mutable_standby()->set_unit("icu1");
    r.mutable_standby()->set_bed("b1");
    r.mutable_standby()->set_reason("ct");
    CHECK(read(r).refused == "until_missing");
    r.mutable_standby()->mutable_ends()->set_for_ms(60'000);
    CHECK(std::get<core::StoodBy>(read(r).what).location.bed == "b1");
    r.mutable_limit_care()->set_unit("icu1");
    r.mutable_limit_care()->set_bed("b1");
    CHECK(read(r).refused == "reason_missing");
    r.mutable_limit_care()->set_reason("family meeting");
    r.mutable_limit_care()->add_rules("organ_renal");
    CHECK(std::get<core::CareLimited>(read(r).what).rules == std::vector<std::string>{"organ_renal"});
    r.mutable_limit_care()->set_over(true); // of one rule there is no end: the others would end with it
    CHECK(read(r).refused == "over_with_rules");
    r.mutable_limit_care()->set_over(false);
    for (int n = 0; n < 64; ++n) r.mutable_limit_care()->add_rules("organ_renal");
    CHECK(read(r).refused == "too_many_rules");
    r.mutable_judge()->set_alert("00ff");
    CHECK(read(r).refused == "bad_judgement");
    r.mutable_judge()->set_judgement(v1::JUDGEMENT_ARTEFACT);
    CHECK(std::get<core::Judged>(read(r).what).judgement == alerts::Judgement::artefact);
}

TEST_CASE("a limit of one patient is a figure that a reading can be beyond") {
    ward::Ward w;
    const auto refused = [&](std::string const& signal, std::string const& below, std::string const& above) {
        auto r = request();
        auto& limit = *r.mutable_limit();
        limit.set_unit("icu1");
        limit.set_bed("b1");
        limit.set_signal(signal);
        limit.set_below(below);
        limit.set_above(above);
        limit.set_reason("carotid");
        return std::string(wire::read_command(r, w.engine.state(), w.book).refused);
    };
    CHECK(refused("map", "75", "").empty());
    CHECK(refused("map", "75", "110.5").empty());
    CHECK(refused("map", "seventy", "") == "bad_value");
    CHECK(refused("map", "7.5", "") == "limit_implausible"); // a digit too few: no pressure is below it
    CHECK(refused("map", "10", "") == "limit_implausible");  // nor below the least that is believed
    CHECK(refused("map", "", "750") == "limit_implausible");
    CHECK(refused("map", "750", "") == "limit_implausible");  // all are
    CHECK(refused("spo2", "0.9", "") == "limit_implausible"); // a fraction
    CHECK(refused("spo2", "90", "").empty());
    CHECK(refused("spo2", "", "100") == "limit_implausible");
    CHECK(refused("lact", "", "4,5") == "bad_value");
    CHECK(refused("lact", "", "4.5").empty());
    auto r = request();
    r.mutable_limit()->set_unit("icu1");
    r.mutable_limit()->set_bed("b1");
    r.mutable_limit()->set_signal("map");
    r.mutable_limit()->set_over(true);
    CHECK(wire::read_command(r, w.engine.state(), w.book).refused.empty());
    r.mutable_limit()->set_below("75"); // set another one, or lift it?
    CHECK(wire::read_command(r, w.engine.state(), w.book).refused == "over_with_limit");
}
