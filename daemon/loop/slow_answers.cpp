#include "loop/slow_answers.hpp"

#include "core/scores/registry.hpp"
#include "loop/limits.hpp"
#include "wire/publication.hpp"

#include "vigil/v1/query.pb.h"

#include <algorithm>

namespace vigil::loop {

namespace {
constexpr std::chrono::milliseconds patience{2'000};
constexpr std::chrono::seconds alert_search{3};
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
    scores::Patient patient;
    patient.timeline = course->timeline;
    patient.opened = course->who->opened;
    patient.age_years = course->who->age_years;
    patient.sex = course->who->sex;
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

} // namespace vigil::loop
