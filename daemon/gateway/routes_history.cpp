// What vigild is asked for a page that looks back, and for its engineers: a stay's readings by lanes, an instant as it
// was shown and as it is known, the daemon's own state, and readings that somebody claims.

#include "gateway/json.hpp"
#include "gateway/page.pb.h"
#include "gateway/request_words.hpp"
#include "gateway/routes.hpp"
#include "gateway/topic.hpp"
#include "gateway/wall.hpp"
#include "wire/explained.hpp"

#include "vigil/v1/command.pb.h"
#include "vigil/v1/query.pb.h"

namespace vigil::gateway {

namespace {

constexpr std::uint64_t columns_at_most = 1'200; // of vigild

/// What vigild says to a question it does not answer; 400 where the asker is to blame.
HttpResponse unanswered(const std::string& error) {
    if (error == "unknown_encounter") return problem(404, error);
    const bool asked_wrongly = error == "bad_range" || error == "unknown_signal";
    const bool too_much = error == "too_long" || error == "too_many_columns";
    return problem(asked_wrongly ? 400 : too_much ? 413 : 503, error);
}

/// Answers with what `write` makes of the reply.
void ask(const Ports& ports, vigil::v1::QueryRequest request, Respond respond,
         std::function<std::string(const vigil::v1::QueryReply&)> write) {
    request.set_id(new_command_id());
    ports.query(request, [respond = std::move(respond),
                          write = std::move(write)](const std::optional<vigil::v1::QueryReply>& reply) {
        if (!reply)
            respond(problem(504, "vigild did not answer"));
        else if (!reply->error().empty())
            respond(unanswered(reply->error()));
        else
            respond({200, "application/json", write(*reply), {}});
    });
}

} // namespace

void Routes::lanes(const BedStay& stay, const std::string& query, Respond respond) const {
    const auto from = whole_number(query_value(query, "from_ms").value_or(""));
    const auto to = whole_number(query_value(query, "to_ms").value_or(""));
    const auto columns = whole_number(query_value(query, "columns").value_or("600"));
    constexpr std::uint64_t latest = 1ULL << 62U;
    if (!from || !to || *to > latest || *to <= *from || !columns || *columns == 0 || *columns > columns_at_most)
        return respond(problem(400, "from_ms, to_ms after it, and columns from 1 to 1200 are needed"));
    vigil::page::v1::Lanes out;
    out.set_unit(stay.unit);
    out.set_bed(stay.bed);
    out.set_encounter(stay.encounter);
    out.set_from_ms(static_cast<std::int64_t>(*from));
    out.set_to_ms(static_cast<std::int64_t>(*to));
    vigil::v1::QueryRequest request;
    auto& asked = *request.mutable_lanes();
    asked.set_encounter(stay.encounter);
    asked.set_from_ms(out.from_ms());
    asked.set_to_ms(out.to_ms());
    asked.set_columns(static_cast<std::uint32_t>(*columns));
    const auto signals = query_value(query, "signals").value_or("");
    std::string_view names = signals;
    while (!names.empty()) {
        const auto end = names.find(',');
        if (!is_token(std::string(names.substr(0, end))))
            return respond(problem(400, "signals are ids of the vocabulary, separated by commas"));
        asked.add_signals(std::string(names.substr(0, end)));
        names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
    }
    ask(ports_, std::move(request), std::move(respond), [out](const vigil::v1::QueryReply& reply) mutable {
        *out.mutable_lanes() = reply.lanes();
        return to_json(out);
    });
}

void Routes::moment(const BedStay& stay, const std::string& query, Respond respond) const {
    const auto at = whole_number(query_value(query, "at_ms").value_or(""));
    if (!at || *at > 1ULL << 62U) return respond(problem(400, "at_ms is needed, in milliseconds since 1970"));
    vigil::page::v1::Moment out;
    out.set_unit(stay.unit);
    out.set_bed(stay.bed);
    out.set_encounter(stay.encounter);
    out.set_at_ms(static_cast<std::int64_t>(*at));
    vigil::v1::QueryRequest request;
    request.mutable_shown()->set_encounter(stay.encounter);
    request.mutable_shown()->set_at_ms(out.at_ms());
    ask(ports_, std::move(request), std::move(respond), [out](const vigil::v1::QueryReply& reply) mutable {
        *out.mutable_shown() = reply.scores();
        *out.mutable_known() = reply.known();
        *out.mutable_alerts() = reply.alerts();
        for (const auto& score : out.shown()) out.add_shown_explained(wire::explained(score, out.encounter()));
        for (const auto& score : out.known()) out.add_known_explained(wire::explained(score, out.encounter()));
        return to_json(out);
    });
}

void Routes::status(Respond respond) const {
    vigil::v1::QueryRequest request;
    request.mutable_status();
    ask(ports_, std::move(request), std::move(respond),
        [](const vigil::v1::QueryReply& reply) { return to_json(reply.status()); });
}

void Routes::assign(const HttpRequest& request, Respond respond) const {
    vigil::page::v1::AssignRequest body;
    if (!from_json(request.body, body) || body.source().empty() || body.subject_key().empty() ||
        body.encounter().empty())
        return respond(problem(400, "the body must be {\"user\", \"source\", \"subject_key\", \"encounter\"}: text"));
    const auto user = user_of(request, body.user(), respond);
    if (!user) return;
    vigil::v1::CommandRequest out;
    out.set_id(command_id(request.idempotency_key));
    out.set_user(*user);
    out.mutable_assign()->set_source(body.source());
    out.mutable_assign()->set_subject_key(body.subject_key());
    out.mutable_assign()->set_encounter(body.encounter());
    command(out, std::move(respond));
}

} // namespace vigil::gateway
