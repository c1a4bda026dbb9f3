#include "clinic.hpp"

#include "gateway/raw_feed.hpp"
#include "wire/days_csv.hpp"

#include <algorithm>

using namespace vigil::gateway;

namespace {

const std::string november = "/api/v1/export/scores?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z";
const std::string head(vigil::wire::days_csv_header);

vigil::v1::QueryReply page(const std::string& rows, std::uint64_t last_seq, bool more, std::uint64_t epoch = 5) {
    vigil::v1::QueryReply reply;
    reply.set_days_csv(rows);
    reply.set_last_seq(last_seq);
    reply.set_more(more);
    reply.set_epoch(epoch);
    return reply;
}

/// A vigild that answers page by page.
struct Journal : Place {
    Journal() {
        ports.query = [this](const auto& request, auto done) {
            asked.push_back(request.days());
            if (pages.empty()) return done(std::nullopt);
            auto next = pages.front();
            pages.erase(pages.begin());
            done(next);
        };
        routes.emplace(*wall, *files, ports);
    }
    std::vector<std::optional<vigil::v1::QueryReply>> pages;
    std::vector<vigil::v1::DaysRequest> asked;
};

vigil::v1::Envelope score(std::uint64_t seq) {
    vigil::v1::Envelope envelope;
    envelope.set_seq(seq);
    envelope.mutable_score()->set_encounter("e1");
    return envelope;
}

vigil::page::v1::RawMessages read(const std::string& json) {
    vigil::page::v1::RawMessages out;
    REQUIRE(from_json(json, out));
    return out;
}

} // namespace

TEST_CASE("an export is the whole table, however many pages vigild gives it in, and says where the next goes on") {
    Journal place;
    place.pages = {page("a,1\n", 40, true), page("", 90, true), page("b,2\n", 120, false)};
    const auto whole = place.get(november + "&scores=sofa,kdigo");
    CHECK(whole.status == 200);
    CHECK(whole.body == head + "a,1\nb,2\n");
    CHECK(whole.content_type.starts_with("text/csv"));
    CHECK(header(whole, "X-Vigil-Last-Seq") == "120");
    CHECK(header(whole, "Content-Disposition").starts_with("attachment"));
    REQUIRE(place.asked.size() == 3);
    CHECK(place.asked[0].after_seq() == 0);
    CHECK(place.asked[1].after_seq() == 40);
    CHECK(place.asked[2].after_seq() == 90);
    CHECK(place.asked[2].from_ms() == 1'793'491'200'000);
    CHECK(place.asked[2].to_ms() - place.asked[2].from_ms() == 30LL * 86'400'000);
    REQUIRE(place.asked[2].scores_size() == 2);
    CHECK(place.asked[2].scores(1) == "kdigo");

    place.pages = {page("c,3\n", 130, false)};
    const auto rest = place.get(november + "&after_seq=120");
    CHECK(rest.body == "c,3\n"); // to be put behind the first
    CHECK(place.asked.back().after_seq() == 120);
}

TEST_CASE("half a table is never given for a whole one") {
    Journal place;
    place.pages = {page("a,1\n", 40, true), std::nullopt, std::nullopt, std::nullopt};
    CHECK(place.get(november).status == 504);
    CHECK(place.pages.empty());
    place.pages = {page("a,1\n", 40, true), page("b,2\n", 90, false, 6)}; // another vigild, and who knows which journal
    CHECK(place.get(november).status == 503);
    place.pages = {page("a,1\n", 40, true), page("", 40, true)}; // it moves nothing
    CHECK(place.get(november).status == 503);
    CHECK(place.pages.empty());
    place.pages.assign(40, page(std::string(1U << 20, 'x'), 1, true));
    for (std::size_t i = 0; i < place.pages.size(); ++i) place.pages[i]->set_last_seq(i + 1);
    CHECK(place.get(november).status == 413);
    for (const auto& [error, status] : std::vector<std::pair<std::string, unsigned>>{{"beyond_the_journal", 409},
                                                                                     {"unknown_definition", 400},
                                                                                     {"bad_range", 400},
                                                                                     {"busy", 503},
                                                                                     {"io", 503}}) {
        vigil::v1::QueryReply reply;
        reply.set_error(error);
        place.pages = {reply};
        INFO(error);
        CHECK(place.get(november).status == status);
    }
}

TEST_CASE("a page that comes late is asked for again, and nothing of it is missing or twice") {
    Journal place;
    place.pages = {std::nullopt, page("a,1\n", 40, true), std::nullopt, std::nullopt, page("b,2\n", 90, false)};
    CHECK(place.get(november).body == head + "a,1\nb,2\n");
    REQUIRE(place.asked.size() == 5);
    CHECK(place.asked[3].after_seq() == 40);
    CHECK(place.asked[4].after_seq() == 40);
}

TEST_CASE("who hangs up makes room for the next") {
    Journal place;
    place.pages = {page("a,1\n", 40, true), page("b,2\n", 90, false)};
    HttpRequest request;
    request.method = "GET";
    request.target = november;
    request.host = "localhost";
    request.gone = [] { return true; };
    CHECK(place.ask(request).status == 503);
    CHECK(place.asked.size() == 1);
    request.gone = [] { return false; };
    CHECK(place.ask(request).status == 200);
}

TEST_CASE("one export at a time; the next is asked to come again") {
    Journal place;
    std::function<void(std::optional<vigil::v1::QueryReply>)> waiting;
    place.ports.query = [&waiting](const auto&, auto done) { waiting = done; };
    place.routes.emplace(*place.wall, *place.files, place.ports);
    HttpResponse first{0, "", "", {}};
    HttpRequest request;
    request.method = "GET";
    request.target = november;
    request.host = "localhost";
    place.routes->answer(request, [&first](HttpResponse response) { first = std::move(response); });
    const auto second = place.get(november);
    CHECK(second.status == 503);
    CHECK(header(second, "Retry-After") == "10");
    const auto held = std::exchange(waiting, nullptr); // who brings the answer lets go of it when it likes
    held(page("", 9, false));
    CHECK(first.status == 200);
    place.routes->answer(request, [&first](HttpResponse response) { first = std::move(response); });
    REQUIRE(waiting != nullptr);
    while (waiting) std::exchange(waiting, nullptr)(std::nullopt);
}

TEST_CASE("what is asked for wrongly is refused and not guessed") {
    Journal place;
    for (const char* query :
         {"", "?from=2026-11-01T00:00:00Z", "?from=2026-11-01&to=2026-12-01", // days are not instants
          "?from=2026-11-01T00:00:00&to=2026-12-01T00:00:00",                 // whose clock?
          "?from=2026-12-01T00:00:00Z&to=2026-11-01T00:00:00Z", "?from=2026-11-01T00:00:00%ZZ&to=2026-12-01T00:00:00Z"})
        CHECK(place.get(std::string("/api/v1/export/scores") + query).status == 400);
    for (const char* more :
         {"&score=sofa", "&after=7", "&after_seq=x", "&after_seq=-1", "&after_seq", "&scores=", "&scores",
          "&scores=so fa", "&scores=sofas", "&scores=sofa&scores=kdigo", "&from=2026-11-02T00:00:00Z", "&"})
        CHECK(place.get(november + more).status == 400);
    CHECK(place.asked.empty());
    place.pages = {page("", 1, false)};
    CHECK(place.get("/api/v1/export/scores?from=2026-11-01T01%3A00%3A00%2B01%3A00&to=2026-12-01T00:00:00Z").status ==
          200);
    CHECK(place.asked.at(0).from_ms() == 1'793'491'200'000);
}

TEST_CASE("each export is on the record with what was asked, and what cannot be recorded is not given") {
    Clinic clinic;
    const auto desk = clinic.sign_in("coordinator");
    CHECK(clinic.ask(clinic.at(desk, november)).status == 200);
    CHECK(clinic.ask(clinic.at(desk, november + "&after_seq=0")).status == 200);
    const auto audited = clinic.audited();
    CHECK(audited.find("coordinator\tcoordinator\t10.0.0.7\texport_data\tasked\t" + november) != std::string::npos);
    CHECK(audited.find("after_seq=0") != std::string::npos);
    std::filesystem::remove(clinic.config.audit);
    std::filesystem::create_directory(clinic.config.audit);
    CHECK(clinic.ask(clinic.at(desk, november)).status == 503);
    CHECK(clinic.queries.size() == 2);
}

TEST_CASE("what is no export is not on the record as one") {
    Clinic clinic;
    const auto desk = clinic.sign_in("coordinator");
    for (const char* wrong : {"&scores=sofas", "&after_seq=x", "&study=S1"})
        CHECK(clinic.ask(clinic.at(desk, november + wrong)).status == 400);
    CHECK(clinic.audited().find("export_data") == std::string::npos);
    CHECK(clinic.ask(clinic.at(clinic.sign_in("clinician"), november)).status == 403);
    CHECK(clinic.audited().find("export_data\tdenied") != std::string::npos);
}

TEST_CASE("an administrator's ward is not in the raw stream, and looking at it keeps nobody signed in") {
    Clinic clinic;
    const auto idle = clinic.config.limits.idle;
    const auto desk = clinic.sign_in("clinician");
    CHECK(clinic.ask(clinic.at(clinic.sign_in("admin"), "/api/v1/raw")).status == 403);
    clinic.pass(idle - std::chrono::seconds(1));
    CHECK(clinic.ask(clinic.at(desk, "/api/v1/raw")).status == 200);
    clinic.pass(std::chrono::seconds(2));
    CHECK(clinic.ask(clinic.at(desk, "/api/v1/raw")).status == 401);
}

TEST_CASE("the raw stream: each message once and in order, what is gone is said") {
    RawFeed feed{0};
    CHECK(read(feed.json(std::nullopt, "")).messages_size() == 0);
    for (std::uint64_t i = 1; i <= 1'000; ++i)
        feed.take(i % 2 == 0 ? "vigil.v1.score.demo.icu.b1.sofa" : "vigil.v1.obs.demo.icu.b1.all", score(i));
    const auto newest = read(feed.json(std::nullopt, ""));
    CHECK(newest.messages_size() == 200);
    CHECK(newest.messages(199).publication().envelope().seq() == 1'000);
    CHECK(newest.to() == 1'000);
    CHECK_FALSE(newest.more());
    std::uint64_t after = 0, seen = 0;
    for (bool more = true; more;) {
        const auto part = read(feed.json(after, ""));
        CHECK(part.gone() == 0);
        for (const auto& one : part.messages()) CHECK(one.number() == ++seen);
        CHECK(part.to() > after);
        after = part.to();
        more = part.more();
    }
    CHECK(seen == 1'000);
    CHECK(read(feed.json(1'000, "")).messages_size() == 0);
    CHECK(read(feed.json(1'001, "")).messages_size() == 200); // nobody was given that number
    const auto few = read(feed.json(std::nullopt, "vigil.v1.score."));
    CHECK(few.messages_size() == 200); // as many as without a beginning, however far they reach back
    CHECK(few.messages(0).number() == 602);
    CHECK(few.to() == 1'000);
    const auto scores = read(feed.json(900, "vigil.v1.score."));
    CHECK(scores.messages_size() == 50);
    CHECK(scores.to() == 1'000);

    for (std::uint64_t i = 0; i < RawFeed::messages_max; ++i) feed.take("vigil.v1.obs.demo.icu.b1.all", score(i));
    const auto late = read(feed.json(900, ""));
    CHECK(late.gone() == 100);
    CHECK(late.messages(0).number() == 1'001);
    auto large = score(1);
    large.mutable_score()->set_encounter(std::string(1U << 20, 'x'));
    for (int i = 0; i < 8; ++i) feed.take("vigil.v1.obs.demo.icu.b1.all", large);
    const auto least = read(feed.json(1'000 + RawFeed::messages_max, ""));
    CHECK(least.messages_size() == 1); // one too large for an answer comes alone
    CHECK(least.more());
    CHECK(least.gone() >= 4);
}

TEST_CASE("a gateway that was restarted says so to whoever followed the one before") {
    RawFeed before{1'000}, since{5'000};
    for (std::uint64_t i = 0; i < 300; ++i) before.take("vigil.v1.obs.demo.icu.b1.all", score(i));
    const auto last = read(before.json(std::nullopt, ""));
    CHECK_FALSE(last.anew());
    CHECK(last.to() == 1'300);
    for (std::uint64_t i = 0; i < 10; ++i) since.take("vigil.v1.obs.demo.icu.b1.all", score(i));
    const auto first = read(since.json(last.to(), ""));
    CHECK(first.anew());
    CHECK(first.messages_size() == 10);
    CHECK_FALSE(read(since.json(first.to(), "")).anew());
    RawFeed now; // by the clock: no number was given before
    now.take("vigil.v1.obs.demo.icu.b1.all", score(1));
    CHECK(read(now.json(std::nullopt, "")).to() > 1'700'000'000'000'000);
}

TEST_CASE("the raw stream is asked for by number and by beginnings of topics") {
    Place place;
    CHECK(place.get("/api/v1/raw").status == 200);
    CHECK(place.get("/api/v1/raw?after=7&prefix=vigil.v1.obs.").status == 200);
    for (const char* wrong : {"?after=x", "?after=", "?prefix=vigil.v1.obs", "?prefix=x", "?bed=b1"})
        CHECK(place.get(std::string("/api/v1/raw") + wrong).status == 400);
    vigil::v1::Envelope envelope = score(3);
    place.wall->live("vigil.v1.score.demo.icu.b1.sofa", envelope, true);
    place.wall->live("vigil.v1.score.demo.icu.b1.sofa", envelope, false); // what the snapshot had already
    CHECK(read(place.get("/api/v1/raw").body).messages_size() == 2);
    CHECK(read(place.get("/api/v1/raw?prefix=vigil.v1.obs.").body).messages_size() == 0);
}
