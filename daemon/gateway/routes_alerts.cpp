// What a page may ask of alerts beside acknowledging them: pause, shelve, judge, standby, care limits. The words of a
// decision are checked here as far as they need no ward; what vigild refuses it says itself.

#include "gateway/json.hpp"
#include "gateway/page.pb.h"
#include "gateway/request_words.hpp"
#include "gateway/routes.hpp"
#include "gateway/topic.hpp"

#include "vigil/v1/command.pb.h"

namespace vigil::gateway {

namespace {

/// The command of one request: whose it is, what it is; empty after an answer that says what is wrong.
template <class Body, class Fill>
std::optional<vigil::v1::CommandRequest> asked(const HttpRequest& request, const Respond& respond,
                                               const std::string& expected, Fill fill) {
    Body body;
    if (!from_json(request.body, body)) {
        respond(problem(400, "the body must be " + expected));
        return std::nullopt;
    }
    const auto user = user_of(request, body.user(), respond);
    if (!user) return std::nullopt;
    vigil::v1::CommandRequest out;
    out.set_id(command_id(request.idempotency_key));
    out.set_user(*user);
    if (!fill(body, out)) {
        respond(problem(400, "expected is " + expected));
        return std::nullopt;
    }
    return out;
}

/// Bed, end and reason of a decision about a patient's alerts.
template <class Body, class Command>
bool fill_decision(const Body& body, Command& out) {
    if (!is_token(body.unit()) || !is_token(body.bed())) return false;
    out.set_unit(body.unit());
    out.set_bed(body.bed());
    out.set_reason(body.reason());
    out.set_over(body.over());
    return true;
}

constexpr const char* ends = R"("ends": {"until_ms" or "for_ms": number}, "reason": text, or "over": true)";

} // namespace

void Routes::pause(const std::string& alert, const HttpRequest& request, Respond respond) const {
    if (!is_alert_id(alert)) return respond(problem(404, "no such alert"));
    const auto expected = std::string(R"({"user": text, "revision": number, )") + ends + "}";
    const auto out = asked<vigil::page::v1::PauseRequest>(request, respond, expected, [&](auto& body, auto& asks) {
        auto& pause = *asks.mutable_pause();
        pause.set_alert(alert);
        pause.set_revision(body.revision());
        if (body.has_ends()) *pause.mutable_ends() = body.ends();
        pause.set_reason(body.reason());
        pause.set_over(body.over());
        return body.revision() != 0;
    });
    if (out) command(*out, std::move(respond));
}

void Routes::judge(const std::string& alert, const HttpRequest& request, Respond respond) const {
    if (!is_alert_id(alert)) return respond(problem(404, "no such alert"));
    const auto out = asked<vigil::page::v1::FeedbackRequest>(
        request, respond, R"({"user": text, "judgement": "JUDGEMENT_USEFUL", "…_NOT_USEFUL" or "…_ARTEFACT"})",
        [&](auto& body, auto& asks) {
            asks.mutable_judge()->set_alert(alert);
            asks.mutable_judge()->set_judgement(body.judgement());
            return body.judgement() != vigil::v1::JUDGEMENT_UNSPECIFIED;
        });
    if (out) command(*out, std::move(respond));
}

void Routes::shelve(const HttpRequest& request, Respond respond) const {
    const auto expected = std::string(R"({"user": text, "unit": text, "bed": text, "rule": text, )") + ends + "}";
    const auto out = asked<vigil::page::v1::ShelveRequest>(request, respond, expected, [](auto& body, auto& asks) {
        auto& shelve = *asks.mutable_shelve();
        shelve.set_rule(body.rule());
        if (body.has_ends()) *shelve.mutable_ends() = body.ends();
        return is_token(body.rule()) && fill_decision(body, shelve);
    });
    if (out) command(*out, std::move(respond));
}

void Routes::standby(const HttpRequest& request, Respond respond) const {
    const auto expected = std::string(R"({"user": text, "unit": text, "bed": text, )") + ends + "}";
    const auto out = asked<vigil::page::v1::StandbyRequest>(request, respond, expected, [](auto& body, auto& asks) {
        auto& standby = *asks.mutable_standby();
        if (body.has_ends()) *standby.mutable_ends() = body.ends();
        return fill_decision(body, standby);
    });
    if (out) command(*out, std::move(respond));
}

void Routes::limit_care(const HttpRequest& request, Respond respond) const {
    const auto out = asked<vigil::page::v1::CareLimitsRequest>(
        request, respond,
        R"({"user": text, "unit": text, "bed": text, "rules": [text], "reason": text, or "over": true})",
        [](auto& body, auto& asks) {
            auto& limit = *asks.mutable_limit_care();
            for (const auto& rule : body.rules()) {
                if (!is_token(rule)) return false;
                limit.add_rules(rule);
            }
            return fill_decision(body, limit);
        });
    if (out) command(*out, std::move(respond));
}

void Routes::limit(const HttpRequest& request, Respond respond) const {
    const auto out = asked<vigil::page::v1::LimitRequest>(
        request, respond, R"({"user", "unit", "bed", "signal", "below" or "above", "reason": text, or "over": true})",
        [](auto& body, auto& asks) {
            auto& limit = *asks.mutable_limit();
            if (!is_token(body.signal())) return false;
            limit.set_signal(body.signal());
            limit.set_below(body.below());
            limit.set_above(body.above());
            return fill_decision(body, limit);
        });
    if (out) command(*out, std::move(respond));
}

} // namespace vigil::gateway
