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
