#include "loop/slow_answers.hpp"

#include "core/scores/registry.hpp"
#include "loop/lanes.hpp"
#include "loop/limits.hpp"
#include "loop/shown.hpp"
#include "wire/days_csv.hpp"
#include "wire/publication.hpp"

#include "vigil/v1/query.pb.h"

#include <algorithm>

namespace vigil::loop {

namespace {
constexpr std::chrono::milliseconds patience{2'000};
constexpr std::chrono::seconds alert_search{3};
constexpr std::chrono::milliseconds days_search{300}; // a page; others wait behind it

scores::Patient patient_of(ScoresAt::Course const& course) {
    scores::Patient patient;
    patient.timeline = course.timeline;
    patient.opened = course.who->opened;
    patient.age_years = course.who->age_years;
    patient.sex = course.who->sex;
    return patient;
}
} // namespace

SlowAnswers::SlowAnswers(Settings const& settings, Exchange& exchange)
    : exchange_{exchange},
      reader_{settings.journal},
      scores_{settings.journal} {}

// Made after the question was asked: everything answered before it counts.
ViewPtr SlowAnswers::view() { return exchange_.view(std::chrono::steady_clock::now(), patience); }

void SlowAnswers::answer(v1::QueryRequest const& request, v1::QueryReply& reply) {
    if (request.has_alert()) alert(request.alert().id(), reply);
    if (request.has_scores_at()) scores_at(request.scores_at(), reply);
    if (request.has_lanes()) lanes(request.lanes(), reply);
    if (request.has_shown()) shown(request.shown(), reply);
    if (request.has_days()) days(request.days(), reply);
}

// Closed before this start: the last revision in the journal, looked for over a bounded time.
void SlowAnswers::alert(std::string const& id, v1::QueryReply& reply) {
    const auto now = view();
    if (!now) return reply.set_error("not_ready");
    const auto until = std::chrono::steady_clock::now() + alert_search;
    store::ReadRequest rows;
    rows.to = now->committed_seq;
    rows.kinds.set(store::kind_of_effect<core::AlertChanged>());
    std::optional<alerts::Alert> last;
    for (;;) {
        auto page = reader_.read(rows);
        if (!page) return reply.set_error(std::string{name_of(page.refusal().why)});
        for (auto const& row : page->rows)
            if (auto effect = store::effect_of(row))
                if (auto* changed = std::get_if<core::AlertChanged>(&*effect);
                    changed != nullptr && changed->alert.id == id)
                    last = std::move(changed->alert);
        if (page->at_end) break;
        if (std::chrono::steady_clock::now() > until) return reply.set_error("too_far_back");
        rows.from = page->next;
    }
    if (!last) return reply.set_error("unknown_alert");
    v1::Envelope envelope;
    wire::write_alert(*last, {now->state, *now->rules}, envelope);
    *reply.mutable_alert() = envelope.alert();
}

void SlowAnswers::scores_at(v1::ScoresAtRequest const& request, v1::QueryReply& reply) {
    const auto now = view();
    if (!now) return reply.set_error("not_ready");
    auto const& rules = *now->rules;
    const auto product = model::parse_product(request.product().empty() ? "rolling" : request.product());
    const auto basis = model::parse_basis(request.basis().empty() ? "native" : request.basis());
    if (!product || !basis) return reply.set_error("unknown_product");
    std::vector<model::ScoreKey> keys;
    for (auto const& name : request.definitions()) {
        const auto id = model::parse_score_id(name);
        const auto policy = id ? scores::find_policy(rules, *id, request.policy()) : std::nullopt;
        if (!policy) return reply.set_error("unknown_definition");
        if (!scores::offers(*id, *product)) return reply.set_error("unknown_product");
        keys.push_back({*id, *product, *basis, *policy});
    }
    std::string why;
    const auto course = scores_.course(now, request.encounter(), reader_, why);
    if (!course) return reply.set_error(why);
    const auto patient = patient_of(*course);
    if (request.at_ms_size() > 0)
        scores_.follow_sofa(keys, patient, {*std::max_element(request.at_ms().begin(), request.at_ms().end())});
    std::size_t bytes = 0;
    int index = 0;
    for (; index < request.at_ms_size() && bytes < reply_bytes / 2; ++index) {
        for (auto const& key : keys) {
            const auto score = scores::evaluate(key, patient, {request.at_ms(index)}, rules);
            auto& out = *reply.add_scores();
            wire::write_score(course->encounter, course->who->bed, score, false, {now->state, rules}, out);
            bytes += out.ByteSizeLong();
        }
    }
    reply.set_next_index(static_cast<std::uint32_t>(index));
    reply.set_more(index < request.at_ms_size());
}

void SlowAnswers::lanes(v1::LanesRequest const& request, v1::QueryReply& reply) {
    const auto now = view();
    if (!now) return reply.set_error("not_ready");
    LanesAsked asked{{}, {request.from_ms()}, {request.to_ms()}, request.columns()};
    if (asked.to <= asked.from || asked.columns == 0 || asked.columns > columns_at_most ||
        static_cast<std::size_t>(request.signals_size()) > lanes_at_most)
        return reply.set_error("bad_range");
    for (auto const& name : request.signals()) {
        const auto signal = model::parse_signal(name);
        if (!signal) return reply.set_error("unknown_signal");
        asked.signals.push_back(*signal);
    }
    std::string why;
    const auto course = scores_.course(now, request.encounter(), reader_, why);
    if (!course) return reply.set_error(why);
    write_lanes(*course->timeline, *now->rules, asked, reply);
}

// What stood on the screens then, and beside it the same scores of the same instant from all that is known now.
void SlowAnswers::shown(v1::ShownRequest const& request, v1::QueryReply& reply) {
    const auto now = view();
    if (!now) return reply.set_error("not_ready");
    const wire::Words words{now->state, *now->rules};
    std::string why;
    const auto course = scores_.course(now, request.encounter(), reader_, why);
    if (!course) return reply.set_error(why);
    const auto then = shown_at(reader_, now->state, course->encounter, {request.at_ms()}, now->committed_seq, why);
    if (!then) return reply.set_error(why);
    std::vector<model::ScoreKey> keys;
    for (auto const& s : then->scores) {
        wire::write_score(s.encounter, s.bed, s.score, s.correction, words, *reply.add_scores());
        // Under other rules than now it cannot be evaluated: it is shown, and nothing stands beside it.
        const bool runs = std::any_of(now->rules->scores.begin(), now->rules->scores.end(),
                                      [&](auto const& run) { return run.key == s.score.key; });
        if (runs) keys.push_back(s.score.key);
    }
    const auto patient = patient_of(*course);
    scores_.follow_sofa(keys, patient, {request.at_ms()});
    for (auto const& key : keys)
        wire::write_score(course->encounter, course->who->bed,
                          scores::evaluate(key, patient, {request.at_ms()}, *now->rules), false, words,
                          *reply.add_known());
    for (auto const& alert : then->alerts) {
        v1::Envelope envelope;
        wire::write_alert(alert, words, envelope);
        *reply.add_alerts() = std::move(*envelope.mutable_alert());
    }
    if (reply.ByteSizeLong() <= reply_bytes) return;
    reply.clear_scores();
    reply.clear_known();
    reply.clear_alerts();
    reply.set_error("too_long");
}

// Days are in no state: they are read from the journal, a bounded time for each page.
void SlowAnswers::days(v1::DaysRequest const& request, v1::QueryReply& reply) {
    const auto now = view();
    if (!now) return reply.set_error("not_ready");
    std::vector<model::ScoreId> wanted;
    for (auto const& name : request.scores()) {
        const auto id = model::parse_score_id(name);
        if (!id) return reply.set_error("unknown_definition");
        wanted.push_back(*id);
    }
    if (request.from_ms() >= request.to_ms()) return reply.set_error("bad_range");
    if (request.after_seq() > now->committed_seq) return reply.set_error("beyond_the_journal");
    const auto wants = [&](core::DayScored const& day) {
        const bool named = wanted.empty() || std::find(wanted.begin(), wanted.end(), day.key.id) != wanted.end();
        return named && day.from.ms >= request.from_ms() && day.from.ms < request.to_ms();
    };
    const auto until = std::chrono::steady_clock::now() + days_search;
    store::ReadRequest rows;
    rows.from = request.after_seq() + 1;
    rows.to = now->committed_seq;
    rows.kinds.set(store::kind_of_effect<core::DayScored>());
    rows.max_bytes = reply_bytes / 4; // a row of the journal is several of the table
    reply.set_more(rows.from <= rows.to);
    auto& csv = *reply.mutable_days_csv();
    while (reply.more() && csv.size() < reply_bytes / 2 && std::chrono::steady_clock::now() < until) {
        const auto page = reader_.read(rows);
        if (!page) return reply.set_error(std::string{name_of(page.refusal().why)});
        for (auto const& row : page->rows) {
            const auto effect = store::effect_of(row);
            auto const* day = effect ? std::get_if<core::DayScored>(&*effect) : nullptr;
            if (day == nullptr) return reply.set_error("unreadable");
            if (wants(*day)) csv += wire::days_csv_rows(*day, row.seq, row.at, nullptr);
        }
        rows.from = page->next;
        reply.set_more(!page->at_end && rows.from <= rows.to);
    }
    reply.set_last_seq(reply.more() ? rows.from - 1 : now->committed_seq);
}

} // namespace vigil::loop
