#include "place.hpp"

#include "gateway/json.hpp"
#include "gateway/page.pb.h"
#include "wire/explained.hpp"

#include <algorithm>

using namespace vigil::gateway;

TEST_CASE("pages come from the folder that was read at the start and from nowhere else") {
    Place place;
    CHECK(place.get("/").body == "<!doctype html>");
    CHECK(place.get("/?x=1").content_type == "text/html; charset=utf-8");
    const auto script = place.get("/assets/a-1234.js");
    CHECK(script.content_type == "text/javascript; charset=utf-8");
    CHECK(header(script, "Cache-Control").find("immutable") != std::string::npos);
    for (const char* path :
         {"/../secret", "/assets/../../secret", "/%2e%2e/secret", "//etc/passwd", "/secret", "/assets"})
        CHECK(place.get(path).status == 404);
    HttpRequest again;
    again.method = "GET";
    again.target = "/";
    again.host = "localhost";
    again.if_none_match = header(place.get("/"), "ETag");
    CHECK(place.ask(again).status == 304);
}

TEST_CASE("every answer carries the headers that keep a page to itself") {
    HttpResponse response = problem(404, "x");
    add_standard_headers(response);
    CHECK(header(response, "Content-Security-Policy").rfind("default-src 'self'", 0) == 0);
    CHECK(header(response, "Content-Security-Policy").find("unsafe") == std::string::npos);
    CHECK(header(response, "X-Content-Type-Options") == "nosniff");
    CHECK(header(response, "Cache-Control") == "no-store");
}

TEST_CASE("a foreign host or origin, a missing header or another type is refused before anything is done") {
    Place place;
    const auto good = Place::posting("/api/v1/alerts/a1/ack", R"({"revision":3,"user":"nurse1"})");
    auto refused = [&place](HttpRequest request, unsigned status) {
        CHECK(place.ask(std::move(request)).status == status);
        CHECK(place.commands.empty());
    };
    auto with = [&good](auto change) {
        auto request = good;
        change(request);
        return request;
    };
    refused(with([](auto& r) { r.vigil_request.clear(); }), 403);
    refused(with([](auto& r) { r.origin = "http://evil.example"; }), 403);
    refused(with([](auto& r) { r.origin = "null"; }), 403);
    refused(with([](auto& r) { r.origin = "https://127.0.0.1:8080"; }), 403);
    refused(with([](auto& r) { r.content_type = "text/plain"; }), 415);
    refused(with([](auto& r) { r.host = "evil.example"; }), 421);
    refused(with([](auto& r) { r.host = "127.0.0.1.evil.example"; }), 421);
    refused(with([](auto& r) { r.host = "localhost:80@evil"; }), 421);
    refused(with([](auto& r) { r.host.clear(); }), 421);
    refused(with([](auto& r) { r.method = "PUT"; }), 405);
    refused(with([](auto& r) { r.target = "/api/v1/alerts//ack"; }), 404);
    refused(with([](auto& r) { r.body = "{"; }), 400);
    refused(with([](auto& r) { r.body = R"({"revision":3})"; }), 400);
    refused(with([](auto& r) { r.body = R"({"revision":0,"user":"n"})"; }), 400);
    refused(with([](auto& r) { r.body = R"({"revision":3,"user":"a sentence about a patient"})"; }), 400);
    refused(with([](auto& r) { r.body = R"({"revision":3,"user":"n","more":1})"; }), 400);
    refused(with([](auto& r) { r.if_match = "\"4\""; }), 400);
    refused(with([](auto& r) { r.body = std::string(60000, '['); }), 400);
}

TEST_CASE("an acknowledgement passes on the revision seen and answers with the daemon's own word") {
    Place place;
    auto& reply = *place.answer;
    const auto request = Place::posting("/api/v1/alerts/a1/ack", R"({"revision":"9007199254740993","user":"nurse1"})");
    using Reply = vigil::v1::CommandReply;
    const std::vector<std::pair<Reply::Verdict, unsigned>> cases{{Reply::VERDICT_DONE, 200},
                                                                 {Reply::VERDICT_DONE_NOT_RECORDED, 200},
                                                                 {Reply::VERDICT_STALE_REVISION, 409},
                                                                 {Reply::VERDICT_REFUSED, 422},
                                                                 {Reply::VERDICT_UNSPECIFIED, 422}};
    for (const auto& [verdict, status] : cases) {
        reply.set_verdict(verdict);
        CHECK(place.ask(request).status == status);
    }
    REQUIRE(place.commands.size() == cases.size());
    CHECK(place.commands[0].acknowledge().alert() == "a1");
    CHECK(place.commands[0].acknowledge().revision() == 9007199254740993ULL);
    CHECK(place.commands[0].user() == "nurse1");
    CHECK(place.commands[0].id() != place.commands[1].id());
    place.answer.reset();
    CHECK(place.ask(request).status == 504);
    auto matched = Place::posting("/api/v1/alerts/a1/ack", R"({"user":"nurse1"})");
    matched.if_match = "\"5\"";
    matched.idempotency_key = "k1";
    place.ask(matched);
    CHECK(place.commands.back().acknowledge().revision() == 5);
    CHECK(place.commands.back().id() == "k1");
}

TEST_CASE("what people decide about alerts is passed on as it was asked") {
    Place place;
    place.answer->set_verdict(vigil::v1::CommandReply::VERDICT_DONE);
    const auto post = [&](const char* target, const char* body) {
        return place.ask(Place::posting(target, body)).status;
    };
    CHECK(post("/api/v1/alerts/a1/pause",
               R"({"user":"n1","revision":"3","ends":{"for_ms":"600000"},"reason":"platelets ordered"})") == 200);
    CHECK(place.commands.back().user() == "n1");
    CHECK(place.commands.back().pause().alert() == "a1");
    CHECK(place.commands.back().pause().revision() == 3);
    CHECK(place.commands.back().pause().ends().for_ms() == 600'000);
    CHECK(place.commands.back().pause().reason() == "platelets ordered");
    CHECK(post("/api/v1/alerts/a1/pause", R"({"user":"n1","revision":"4","over":true})") == 200);
    CHECK(place.commands.back().pause().over());
    CHECK(post("/api/v1/alerts/a1/feedback", R"({"user":"n1","judgement":"JUDGEMENT_NOT_USEFUL"})") == 200);
    CHECK(place.commands.back().judge().judgement() == vigil::v1::JUDGEMENT_NOT_USEFUL);
    CHECK(post("/api/v1/shelve",
               R"({"user":"n1","unit":"icu","bed":"b1","rule":"organ_coag","ends":{"until_ms":"5"},"reason":"x"})") ==
          200);
    CHECK(place.commands.back().shelve().rule() == "organ_coag");
    CHECK(place.commands.back().shelve().ends().until_ms() == 5);
    CHECK(post("/api/v1/standby", R"({"user":"n1","unit":"icu","bed":"b1","ends":{"for_ms":"60000"},"reason":"ct"})") ==
          200);
    CHECK(place.commands.back().standby().bed() == "b1");
    CHECK(post("/api/v1/care_limits",
               R"({"user":"n1","unit":"icu","bed":"b1","rules":["organ_renal"],"reason":"family meeting"})") == 200);
    CHECK(place.commands.back().limit_care().rules(0) == "organ_renal");
}

TEST_CASE("a decision that cannot be one is refused here, and vigild's own refusal is passed on with its reason") {
    Place place;
    const auto post = [&](const char* target, const char* body) { return place.ask(Place::posting(target, body)); };
    CHECK(post("/api/v1/alerts/a1/pause", R"({"user":"n1","reason":"x"})").status == 400); // which revision was seen
    CHECK(post("/api/v1/alerts/a1/pause", R"({"user":"a nurse","revision":"3"})").status == 400);
    CHECK(post("/api/v1/alerts/a1/pause", "{").status == 400);
    CHECK(post("/api/v1/alerts/a 1/pause", R"({"user":"n1","revision":"3"})").status == 404);
    CHECK(post("/api/v1/alerts/a1/forget", R"({"user":"n1","revision":"3"})").status == 404);
    CHECK(post("/api/v1/alerts/a1/feedback", R"({"user":"n1"})").status == 400);
    CHECK(post("/api/v1/shelve", R"({"user":"n1","unit":"icu","bed":"b1","rule":"Organ Coag"})").status == 400);
    CHECK(post("/api/v1/standby", R"({"user":"n1","unit":"icu"})").status == 400);
    CHECK(post("/api/v1/care_limits", R"({"user":"n1","unit":"icu","bed":"b1","rules":["no rule"]})").status == 400);
    CHECK(place.commands.empty());
    using Reply = vigil::v1::CommandReply;
    const std::vector<std::pair<std::string, Reply::Verdict>> refusals{
        {"unknown_alert", Reply::VERDICT_REFUSED},
        {"stale_revision", Reply::VERDICT_STALE_REVISION},
        {"until_past", Reply::VERDICT_REFUSED},
        {"beyond_maximum", Reply::VERDICT_REFUSED},
        {"reason_missing", Reply::VERDICT_REFUSED}};
    for (const auto& [reason, verdict] : refusals) {
        place.answer->set_verdict(verdict);
        place.answer->set_reason(reason);
        const auto response = post("/api/v1/alerts/a1/pause", R"({"user":"n1","revision":"3"})");
        CHECK(response.status == (verdict == Reply::VERDICT_STALE_REVISION ? 409 : 422));
        CHECK(response.body.find(reason) != std::string::npos);
    }
}

TEST_CASE("an attestation is checked word by word and passed on") {
    Place place;
    place.answer->set_verdict(vigil::v1::CommandReply::VERDICT_DONE);
    const std::string body =
        R"({"unit":"icu","bed":"b1","what":"weight","value":"72.5","unit_of_value":"kg","user":"n1","event_time":"2026-01-02T03:04:05Z"})";
    CHECK(place.ask(Place::posting("/api/v1/attest", body)).status == 200);
    REQUIRE(place.commands.size() == 1);
    const auto& attest = place.commands[0].attest();
    CHECK(attest.what() == "weight");
    CHECK(attest.value() == "72.5");
    CHECK(attest.value_unit() == "kg");
    CHECK(attest.event_time_ms() == 1767323045000);
    for (const char* bad :
         {R"({"unit":"icu","bed":"b1","what":"ecls","value":"vv"})",
          R"({"unit":"ICU","bed":"b1","what":"ecls","value":"vv","user":"n"})",
          R"({"unit":"icu","bed":"b1","what":"ecls","value":"free text here","user":"n"})",
          R"({"unit":"icu","bed":"b1","what":"ecls","value":"vv","user":"n","event_time":"yesterday"})"})
        CHECK(place.ask(Place::posting("/api/v1/attest", bad)).status == 400);
    CHECK(place.commands.size() == 1);
}

TEST_CASE("reading: beds, trends, alerts, why, health") {
    Place place;
    vigil::v1::Publication publication;
    publication.set_topic("vigil.v1.score.demo.icu.b1.sofa");
    auto& score = *publication.mutable_envelope()->mutable_score();
    publication.mutable_envelope()->set_log_time_ms(100 * 3'600'000LL);
    publication.mutable_envelope()->set_seq(4);
    score.set_definition("sofa@1+x");
    score.set_product("rolling");
    score.set_encounter("e1");
    score.set_as_of_ms(100 * 3'600'000LL);
    auto& total = *score.add_parts();
    total.set_part("total");
    total.set_upper(24);
    total.set_missing(6);
    total.add_evidence()->set_role("pao2");
    place.wall->snapshot({publication}, 1, 4);
    place.wall->history(publication.topic(), publication.envelope());

    vigil::page::v1::Wall wall;
    REQUIRE(from_json(place.get("/api/v1/beds").body, wall));
    REQUIRE(wall.beds_size() == 1);
    CHECK_FALSE(wall.beds(0).scores(0).parts(0).has_points());
    CHECK(wall.beds(0).scores(0).parts(0).evidence().empty());
    CHECK_FALSE(wall.beds(0).has_change());
    vigil::page::v1::Bed bed;
    REQUIRE(from_json(place.get("/api/v1/beds/icu/b1").body, bed));
    CHECK(bed.scores(0).parts(0).evidence_size() == 1);
    REQUIRE(bed.explained_size() == 1);
    CHECK(bed.explained(0) == vigil::wire::explained(score, "e1")); // what `vigil explain` prints
    CHECK(wall.beds(0).explained().empty());
    vigil::page::v1::Trend trend;
    REQUIRE(from_json(place.get("/api/v1/beds/icu/b1/trend?hours=48").body, trend));
    REQUIRE(trend.points_size() == 1);
    CHECK_FALSE(trend.points(0).has_points());
    CHECK(trend.to_ms() - trend.from_ms() == 48 * 3'600'000LL);
    CHECK(place.get("/api/v1/beds/icu/b1/trend?hours=0").status == 400);
    CHECK(place.get("/api/v1/beds/icu/b1/trend?hours=1e9").status == 400);
    CHECK(place.get("/api/v1/beds/icu/b2").status == 404);
    CHECK(place.get("/api/v1/beds/icu").status == 404);
    CHECK(place.get("/api/v1/alerts").status == 200);
    CHECK(place.get("/api/v1/why/none").status == 404);
    CHECK(place.get("/api/v1/nothing").status == 404);
    CHECK(place.get("/healthz").status == 200);
    CHECK(place.get("/readyz").status == 503);
    CHECK(place.get("/metrics").body == "m 1\n");
}

TEST_CASE("the change over 24 h counts organs that were valued at both ends") {
    Place place;
    auto publication = [](std::int64_t hour, std::uint64_t seq, std::optional<int> resp, std::optional<int> liver) {
        vigil::v1::Publication out;
        out.set_topic("vigil.v1.score.demo.icu.b1.sofa");
        out.mutable_envelope()->set_seq(seq);
        out.mutable_envelope()->set_log_time_ms(hour * 3'600'000LL);
        auto& score = *out.mutable_envelope()->mutable_score();
        score.set_definition("sofa@1+x");
        score.set_product("rolling");
        score.set_encounter("e1");
        score.set_as_of_ms(hour * 3'600'000LL);
        score.add_parts()->set_part("total");
        for (const auto& [name, points] : {std::pair{"resp", resp}, std::pair{"liver", liver}}) {
            auto& part = *score.add_parts();
            part.set_part(name);
            if (points) part.set_points(*points);
        }
        return out;
    };
    const auto before = publication(10, 1, 1, std::nullopt);
    const auto after = publication(40, 2, 4, 3);
    place.wall->history(before.topic(), before.envelope());
    place.wall->snapshot({after}, 1, 2);
    vigil::page::v1::Wall wall;
    REQUIRE(from_json(place.get("/api/v1/beds").body, wall));
    REQUIRE(wall.beds(0).has_change());
    CHECK(wall.beds(0).change().points() == 3);
    REQUIRE(wall.beds(0).change().parts_size() == 1);
    CHECK(wall.beds(0).change().parts(0) == "resp");
}

TEST_CASE("a bed's lanes and a moment of its past are asked of vigild for whoever lies there") {
    Place place;
    CHECK(place.get("/api/v1/beds/icu1/b1/lanes?from_ms=1&to_ms=2").status == 404); // nobody
    vigil::v1::Publication publication;
    publication.set_topic("vigil.v1.score.demo.icu1.b1.sofa");
    auto& score = *publication.mutable_envelope()->mutable_score();
    score.set_definition("sofa@1+x");
    score.set_product("rolling");
    score.set_encounter("e1");
    place.wall->snapshot({publication}, 1, 4);
    place.reply->add_lanes()->set_signal("map");
    const auto lanes = place.get("/api/v1/beds/icu1/b1/lanes?from_ms=1000&to_ms=9000&columns=40&signals=map,hr");
    CHECK(lanes.status == 200);
    REQUIRE(place.queries.size() == 1);
    CHECK(place.queries[0].lanes().encounter() == "e1");
    CHECK(place.queries[0].lanes().columns() == 40);
    CHECK(place.queries[0].lanes().signals_size() == 2);
    vigil::page::v1::Lanes out;
    REQUIRE(from_json(lanes.body, out));
    CHECK(out.to_ms() == 9000);
    CHECK(out.lanes(0).signal() == "map");
    for (const auto* wrong :
         {"", "?from_ms=5&to_ms=5", "?from_ms=1&to_ms=2&columns=0", "?from_ms=1&to_ms=2&columns=1201",
          "?from_ms=a&to_ms=2", "?from_ms=1&to_ms=2&signals=MAP;"})
        CHECK(place.get(std::string("/api/v1/beds/icu1/b1/lanes") + wrong).status == 400);

    place.reply->add_scores()->set_definition("sofa@1996+live");
    place.reply->add_known()->set_definition("sofa@1996+live");
    const auto moment = place.get("/api/v1/beds/icu1/b1/moment?at_ms=1772323200000");
    CHECK(moment.status == 200);
    CHECK(place.queries.back().shown().at_ms() == 1772323200000);
    vigil::page::v1::Moment at;
    REQUIRE(from_json(moment.body, at));
    CHECK(at.shown_size() == 1);
    CHECK(at.known_explained_size() == 1);
    CHECK(place.get("/api/v1/beds/icu1/b1/moment").status == 400);

    place.reply->set_error("too_far_back");
    CHECK(place.get("/api/v1/beds/icu1/b1/moment?at_ms=1").status == 503);
    place.reply->set_error("unknown_encounter");
    CHECK(place.get("/api/v1/beds/icu1/b1/moment?at_ms=1").status == 404);
    place.reply.reset();
    CHECK(place.get("/api/v1/beds/icu1/b1/moment?at_ms=1").status == 504);
}

TEST_CASE("the daemon's own state is passed on, and readings are claimed by name") {
    Place place;
    place.reply->mutable_status()->set_journal_seq(7);
    const auto status = place.get("/api/v1/status");
    CHECK(status.status == 200);
    CHECK(status.body.find("\"journalSeq\":\"7\"") != std::string::npos);
    const std::string claim = R"({"user":"anna","source":"monitors","subject_key":"visit=v9","encounter":"e1"})";
    CHECK(place.ask(Place::posting("/api/v1/assign", claim)).status == 422); // the default answer decides nothing
    REQUIRE(place.commands.size() == 1);
    CHECK(place.commands[0].assign().subject_key() == "visit=v9");
    CHECK(place.ask(Place::posting("/api/v1/assign", R"({"user":"anna","source":"monitors"})")).status == 400);
}

TEST_CASE("a limit of one patient is passed on") {
    Place place;
    const std::string body =
        R"({"user":"anna","unit":"icu1","bed":"b1","signal":"map","below":"75","reason":"carotid"})";
    place.ask(Place::posting("/api/v1/limit", body));
    REQUIRE(place.commands.size() == 1);
    CHECK(place.commands[0].limit().below() == "75");
    CHECK(place.commands[0].limit().reason() == "carotid");
    CHECK(place.ask(Place::posting("/api/v1/limit", R"({"user":"anna","unit":"icu1","bed":"b1"})")).status == 400);
}
