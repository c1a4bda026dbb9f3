// What leaves the house: messages of the feed as they came, for engineers; the record of days, for trials.

#include "core/model/score.hpp"
#include "gateway/request_words.hpp"
#include "gateway/routes.hpp"
#include "gateway/topic.hpp"
#include "gateway/wall.hpp"
#include "wire/days_csv.hpp"
#include "wire/topic.hpp"

#include "vigil/v1/query.pb.h"

#include <algorithm>
#include <atomic>
#include <initializer_list>
#include <memory>

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

namespace vigil::gateway {
namespace {

constexpr std::size_t export_bytes_max = 32U << 20;
constexpr std::uint64_t latest_seq = 1ULL << 62U;
constexpr unsigned times_asked = 3; // for a page: it is the same whenever it comes

HttpResponse refused(const std::string& error) {
    if (error == "beyond_the_journal") return problem(409, "the journal ends before after_seq: is it the same one?");
    if (error == "unknown_definition") return problem(400, "scores names one that there is not");
    if (error == "bad_range") return problem(400, "from must be before to");
    return problem(503, error);
}

/// Asks vigild page by page, so that its other questions are answered between them, and answers with the whole: half a
/// table that looks like a whole one is worse than none.
class Export : public std::enable_shared_from_this<Export> {
public:
    Export(const Ports& ports, vigil::v1::DaysRequest asked, Respond respond, std::function<bool()> gone,
           std::shared_ptr<std::atomic<bool>> under_way)
        : ports_(ports),
          asked_(std::move(asked)),
          respond_(std::move(respond)),
          gone_(std::move(gone)),
          under_way_(std::move(under_way)) {
        if (asked_.after_seq() == 0) csv_ = wire::days_csv_header;
    }

    void next() {
        vigil::v1::QueryRequest request;
        request.set_id(new_command_id());
        *request.mutable_days() = asked_;
        ports_.query(request, [self = shared_from_this()](const auto& reply) { self->take(reply); });
    }

private:
    // Over before the answer leaves: whoever has it may ask for the next.
    void answer(HttpResponse response) {
        *under_way_ = false;
        respond_(std::move(response));
    }

    void take(const std::optional<vigil::v1::QueryReply>& reply) {
        if (gone_ && gone_()) return answer(problem(503, "who asked has hung up")); // the next one need not wait
        if (!reply && ++unanswered_ < times_asked) return next();
        if (!reply) return answer(problem(504, "vigild did not answer"));
        unanswered_ = 0;
        if (!reply->error().empty()) return answer(refused(reply->error()));
        if (epoch_ != 0 && epoch_ != reply->epoch()) return answer(problem(503, "vigild was restarted meanwhile"));
        epoch_ = reply->epoch();
        csv_ += reply->days_csv();
        if (csv_.size() > export_bytes_max)
            return answer(problem(413, "more than one answer holds: ask for a shorter time, or use vigil export"));
        const bool on = reply->last_seq() > asked_.after_seq();
        asked_.set_after_seq(reply->last_seq());
        if (reply->more() && on) return next();
        if (reply->more()) return answer(problem(503, "vigild does not get on with its journal"));
        answer({200,
                "text/csv; charset=utf-8",
                std::move(csv_),
                {{"Content-Disposition", "attachment; filename=\"days.csv\""},
                 {"X-Vigil-Last-Seq", std::to_string(reply->last_seq())}}});
    }

    const Ports& ports_;
    vigil::v1::DaysRequest asked_;
    Respond respond_;
    std::function<bool()> gone_;
    std::shared_ptr<std::atomic<bool>> under_way_;
    unsigned unanswered_ = 0; // times, of this page
    std::string csv_;
    std::uint64_t epoch_ = 0;
};

/// ISO 8601 with an offset, as in the readings CSV.
std::optional<std::int64_t> instant(const std::string& query, const char* key) {
    const auto text = query_value(query, key);
    const auto plain = text ? percent_decoded(*text) : std::nullopt;
    google::protobuf::Timestamp at;
    if (!plain || !google::protobuf::util::TimeUtil::FromString(*plain, &at)) return std::nullopt;
    return google::protobuf::util::TimeUtil::TimestampToMilliseconds(at);
}

/// A word that is written wrong must not widen what is taken out, and one that is said twice not narrow it.
bool knows(const std::string& query, std::initializer_list<std::string_view> keys) {
    if (query.empty()) return true;
    std::vector<std::string_view> said;
    const auto pairs = split(query, '&');
    return std::all_of(pairs.begin(), pairs.end(), [&](const std::string& pair) {
        const auto key = std::string_view(pair).substr(0, pair.find('='));
        if (key.size() == pair.size() || std::find(said.begin(), said.end(), key) != said.end()) return false;
        said.push_back(key);
        return std::find(keys.begin(), keys.end(), key) != keys.end();
    });
}

} // namespace

void Routes::raw(const std::string& query, Respond respond) const {
    if (!knows(query, {"after", "prefix"})) return respond(problem(400, "after and prefix can be said"));
    const auto number = query_value(query, "after");
    const auto after = number ? whole_number(*number) : std::nullopt;
    const auto prefix = query_value(query, "prefix").value_or("");
    if (number && !after) return respond(problem(400, "after must be a number that was given"));
    if (!prefix.empty() && !wire::is_prefix(prefix))
        return respond(problem(400, "prefix must be a beginning of topics that ends with a dot"));
    respond({200, "application/json", wall_.raw().json(after, prefix), {}});
}

void Routes::export_scores(const std::string& query, const HttpRequest& request, const Visitor& visitor,
                           Respond respond) const {
    if (!knows(query, {"from", "to", "scores", "after_seq"}))
        return respond(problem(400, "from, to, scores and after_seq can be said, each once, and nothing else"));
    vigil::v1::DaysRequest asked;
    const auto from = instant(query, "from"), to = instant(query, "to");
    if (!from || !to)
        return respond(problem(400, "from and to are needed: 2026-11-01T00:00:00Z, or with %2B01:00 for another zone"));
    if (*from >= *to) return respond(problem(400, "from must be before to"));
    asked.set_from_ms(*from);
    asked.set_to_ms(*to);
    const auto after = whole_number(query_value(query, "after_seq").value_or("0"));
    if (!after || *after > latest_seq) return respond(problem(400, "after_seq must be a sequence of the journal"));
    asked.set_after_seq(*after);
    if (const auto scores = query_value(query, "scores")) {
        for (const auto& name : split(percent_decoded(*scores).value_or(""), ',')) {
            if (!is_token(name)) return respond(problem(400, "scores are names, separated by commas"));
            if (!model::parse_score_id(name)) return respond(problem(400, "scores names one that there is not"));
            asked.add_scores(name);
        }
    }
    if (exporting_->exchange(true)) {
        auto busy = problem(503, "another export is under way");
        busy.headers.emplace_back("Retry-After", "10");
        return respond(std::move(busy));
    }
    if (auto unrecorded = door_.people ? door_.people->record_export(request, visitor) : std::nullopt) {
        *exporting_ = false;
        return respond(*std::move(unrecorded));
    }
    std::make_shared<Export>(ports_, std::move(asked), std::move(respond), request.gone, exporting_)->next();
}

} // namespace vigil::gateway
