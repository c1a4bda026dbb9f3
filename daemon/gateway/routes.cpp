#include "gateway/routes.hpp"

#include "gateway/json.hpp"
#include "gateway/page.pb.h"
#include "gateway/request_words.hpp"
#include "gateway/topic.hpp"
#include "gateway/wall.hpp"
#include "wire/explained.hpp"

#include "vigil/v1/command.pb.h"
#include "vigil/v1/query.pb.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

namespace vigil::gateway {
namespace {

constexpr std::string_view export_path = "/api/v1/export/scores";
constexpr unsigned trend_hours_default = 24;
constexpr unsigned trend_hours_max = 24 * 14;

const std::vector<std::string> loopback_names{"localhost", "127.0.0.1", "[::1]"};

/// Where only people and their sessions are the matter.
bool is_of_people(std::string_view path) {
    constexpr std::array paths{"/api/v1/session",     "/api/v1/login",    "/api/v1/logout",
                               "/api/v1/break_glass", "/api/v1/accounts", "/api/v1/audit"};
    return std::find(paths.begin(), paths.end(), path) != paths.end();
}

HttpResponse json(std::string body) { return {200, "application/json", std::move(body), {}}; }

unsigned status_of(vigil::v1::CommandReply::Verdict verdict) {
    switch (verdict) {
    case vigil::v1::CommandReply::VERDICT_DONE:
    case vigil::v1::CommandReply::VERDICT_DONE_NOT_RECORDED: return 200;
    case vigil::v1::CommandReply::VERDICT_STALE_REVISION: return 409;
    default: return 422;
    }
}

} // namespace

HttpResponse problem(unsigned status, const std::string& error) {
    vigil::page::v1::Problem out;
    out.set_error(error);
    return {status, "application/json", to_json(out), {}};
}

void add_standard_headers(HttpResponse& response) {
    response.headers.emplace_back(
        "Content-Security-Policy",
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    const bool cached = std::any_of(response.headers.begin(), response.headers.end(),
                                    [](const auto& header) { return header.first == "Cache-Control"; });
    if (!cached) response.headers.emplace_back("Cache-Control", "no-store");
}

Routes::Routes(const Wall& wall, const StaticFiles& files, Ports ports, Door door)
    : wall_(wall),
      files_(files),
      ports_(std::move(ports)),
      door_(std::move(door)) {}

std::optional<HttpResponse> Routes::foreign(const HttpRequest& request) const {
    if (!is_host_of(request.host, loopback_names) && !is_host_of(request.host, door_.hosts))
        return problem(421, "this gateway does not answer to that name");
    if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
    if (request.method != "POST") {
        auto response = problem(405, "method not allowed");
        response.headers.emplace_back("Allow", "GET, HEAD, POST");
        return response;
    }
    if (request.vigil_request != "1") return problem(403, "the header X-Vigil-Request: 1 is required");
    if (!request.origin.empty() && request.origin != (door_.tls ? "https://" : "http://") + request.host)
        return problem(403, "the request comes from another origin");
    if (!request.content_type.starts_with("application/json")) return problem(415, "the body must be application/json");
    return std::nullopt;
}

StreamAdmission Routes::admit_stream(const HttpRequest& request) const {
    if (auto response = foreign(request)) return {std::move(response), {}};
    if (door_.people == nullptr) return {std::nullopt, [] { return std::optional(true); }};
    const auto visitor = door_.people->visitor(request);
    if (auto response = door_.people->refused(request, visitor, Operation::view_ward)) return {std::move(response), {}};
    return {std::nullopt, door_.people->stream_rights(visitor)};
}

void Routes::answer(HttpRequest request, Respond respond) const {
    if (auto response = foreign(request)) return respond(*std::move(response));
    const auto mark = request.target.find('?');
    const auto path = request.target.substr(0, mark);
    const auto query = mark == std::string::npos ? std::string() : request.target.substr(mark + 1);
    const auto operation = operation_of(request.method, path);
    if (!operation) return respond(problem(404, "no such resource"));
    Visitor visitor;
    visitor.rights.set();
    if (door_.people != nullptr) {
        visitor = door_.people->visitor(request);
        if (auto response = door_.people->refused(request, visitor, *operation)) return respond(*std::move(response));
        request.user = visitor.user;
        request.names = may(visitor.rights, Operation::view_names);
    }
    if (is_of_people(path)) return ask_people(path, request, visitor, std::move(respond));
    if (request.method == "POST") return post(path, request, std::move(respond));
    if (path == export_path) return export_scores(query, request, visitor, std::move(respond));
    get(path, query, request, std::move(respond));
}

void Routes::post(const std::string& path, const HttpRequest& request, Respond respond) const {
    constexpr std::string_view alerts = "/api/v1/alerts/";
    if (path.starts_with(alerts)) {
        const auto slash = path.find('/', alerts.size());
        const auto alert = path.substr(alerts.size(), slash - alerts.size());
        const auto what = slash == std::string::npos ? std::string() : path.substr(slash + 1);
        if (!alert.empty() && what == "ack") return acknowledge(alert, request, std::move(respond));
        if (!alert.empty() && what == "pause") return pause(alert, request, std::move(respond));
        if (!alert.empty() && what == "feedback") return judge(alert, request, std::move(respond));
    }
    if (path == "/api/v1/attest") return attest(request, std::move(respond));
    if (path == "/api/v1/assign") return assign(request, std::move(respond));
    if (path == "/api/v1/shelve") return shelve(request, std::move(respond));
    if (path == "/api/v1/standby") return standby(request, std::move(respond));
    if (path == "/api/v1/limit") return limit(request, std::move(respond));
    if (path == "/api/v1/care_limits") return limit_care(request, std::move(respond));
    respond(problem(404, "no such resource"));
}

void Routes::get(const std::string& path, const std::string& query, const HttpRequest& request, Respond respond) const {
    constexpr std::string_view bed_root = "/api/v1/beds/";
    constexpr std::string_view why_root = "/api/v1/why/";
    if (path == "/healthz")
        respond({200, "text/plain; charset=utf-8", "ok\n", {}});
    else if (path == "/readyz") {
        const bool live = wall_.feed_state() == FeedState::live;
        respond({live ? 200U : 503U, "text/plain; charset=utf-8", live ? "ready\n" : "the feed is not live\n", {}});
    } else if (path == "/metrics")
        respond({200, "text/plain; version=0.0.4; charset=utf-8", ports_.metrics(), {}});
    else if (path == "/api/v1/status")
        status(std::move(respond));
    else if (path == "/api/v1/raw")
        raw(query, std::move(respond));
    else if (path == "/api/v1/beds")
        respond(json(wall_.beds_json(request.names)));
    else if (path.starts_with(bed_root))
        bed(path.substr(bed_root.size()), query, request.names, std::move(respond));
    else if (path == "/api/v1/alerts")
        alerts(query, std::move(respond));
    else if (path.starts_with(why_root))
        why(path.substr(why_root.size()), std::move(respond));
    else if (path.starts_with("/api/"))
        respond(problem(404, "no such resource"));
    else
        respond(files_.get(path, request.if_none_match));
}

void Routes::alerts(const std::string& query, Respond respond) const {
    const auto after = query_value(query, "after");
    if (!after) return respond(json(wall_.alerts_json(query_value(query, "state") == "closed")));
    constexpr std::uint64_t latest = 1ULL << 62U;
    const auto seq = whole_number(*after);
    if (!seq || *seq > latest) return respond(problem(400, "after must be a sequence of the journal"));
    respond(json(wall_.revisions_json(*seq)));
}

void Routes::bed(const std::string& rest, const std::string& query, bool names, Respond respond) const {
    // {unit}/{bed}, or {unit}/{bed}/{view}
    const auto first = rest.find('/');
    const auto second = first == std::string::npos ? first : rest.find('/', first + 1);
    const auto unit = rest.substr(0, first);
    const auto bed = first == std::string::npos ? std::string() : rest.substr(first + 1, second - first - 1);
    const auto view = second == std::string::npos ? std::string() : rest.substr(second + 1);
    if (!is_token(unit) || !is_token(bed)) return respond(problem(404, "no such bed"));
    if (view == "lanes" || view == "moment") {
        const auto encounter = wall_.encounter_in(unit, bed);
        if (!encounter) return respond(problem(404, "nobody is in that bed"));
        return view == "lanes" ? lanes({unit, bed, *encounter}, query, std::move(respond))
                               : moment({unit, bed, *encounter}, query, std::move(respond));
    }
    std::optional<std::string> body;
    if (view == "trend") {
        unsigned hours = trend_hours_default;
        if (const auto text = query_value(query, "hours")) {
            const auto number = whole_number(*text);
            if (!number || *number == 0 || *number > trend_hours_max)
                return respond(problem(400, fmt::format("hours must be a whole number from 1 to {}", trend_hours_max)));
            hours = static_cast<unsigned>(*number);
        }
        body = wall_.trend_json(unit, bed, hours);
    } else if (view.empty()) {
        body = wall_.bed_json(unit, bed, names);
    }
    respond(body ? json(*std::move(body)) : problem(404, "no such bed"));
}

void Routes::why(const std::string& alert, Respond respond) const {
    if (!is_alert_id(alert)) {
        respond(problem(404, "no such alert"));
        return;
    }
    if (auto body = wall_.why_json(alert)) {
        respond(json(*std::move(body)));
        return;
    }
    vigil::v1::QueryRequest request;
    request.set_id(new_command_id());
    request.mutable_alert()->set_id(alert);
    ports_.query(request, [respond = std::move(respond)](const std::optional<vigil::v1::QueryReply>& reply) {
        if (!reply) {
            respond(problem(504, "vigild did not answer"));
        } else if (!reply->has_alert()) {
            respond(problem(404, "no such alert"));
        } else {
            vigil::page::v1::Why out;
            *out.mutable_alert() = reply->alert();
            out.set_explained(wire::explained(out.alert()));
            respond(json(to_json(out)));
        }
    });
}

void Routes::acknowledge(const std::string& alert, const HttpRequest& request, Respond respond) const {
    vigil::page::v1::AcknowledgeRequest body;
    if (!is_alert_id(alert)) {
        respond(problem(404, "no such alert"));
        return;
    }
    if (!from_json(request.body, body)) {
        respond(problem(400, "the body must be {\"revision\": number, \"user\": text}"));
        return;
    }
    if (!request.if_match.empty()) {
        std::string tag = request.if_match;
        std::erase(tag, '"');
        const auto revision = whole_number(tag);
        if (!revision || (body.revision() != 0 && body.revision() != *revision)) {
            respond(problem(400, "If-Match must be the revision that was seen"));
            return;
        }
        body.set_revision(*revision);
    }
    if (body.revision() == 0) return respond(problem(400, "the revision that was seen is required"));
    const auto user = user_of(request, body.user(), respond);
    if (!user) return;
    vigil::v1::CommandRequest out;
    out.set_id(command_id(request.idempotency_key));
    out.set_user(*user);
    out.mutable_acknowledge()->set_alert(alert);
    out.mutable_acknowledge()->set_revision(body.revision());
    command(out, std::move(respond));
}

void Routes::attest(const HttpRequest& request, Respond respond) const {
    vigil::page::v1::AttestRequest body;
    if (!from_json(request.body, body)) {
        respond(problem(400, "the body is not an attestation"));
        return;
    }
    const bool good = is_token(body.unit()) && is_token(body.bed()) && is_token(body.what()) &&
                      is_word(body.value(), 32, "_.-+") &&
                      (body.unit_of_value().empty() || is_word(body.unit_of_value(), 16, "/%[]*._"));
    if (!good) {
        respond(problem(400, "unit, bed, what and value are required, as words of their lists"));
        return;
    }
    const auto user = user_of(request, body.user(), respond);
    if (!user) return;
    vigil::v1::CommandRequest out;
    out.set_id(command_id(request.idempotency_key));
    out.set_user(*user);
    auto& attest = *out.mutable_attest();
    attest.set_unit(body.unit());
    attest.set_bed(body.bed());
    attest.set_what(body.what());
    attest.set_value(body.value());
    attest.set_value_unit(body.unit_of_value());
    if (body.has_event_time())
        attest.set_event_time_ms(google::protobuf::util::TimeUtil::TimestampToMilliseconds(body.event_time()));
    command(out, std::move(respond));
}

void Routes::command(const vigil::v1::CommandRequest& request, Respond respond) const {
    ports_.command(request, [respond = std::move(respond)](const std::optional<vigil::v1::CommandReply>& reply) {
        if (!reply) {
            respond(problem(504, "vigild did not answer; whether it was done is not known"));
            return;
        }
        auto response = json(to_json(*reply));
        response.status = status_of(reply->verdict());
        respond(std::move(response));
    });
}

} // namespace vigil::gateway
