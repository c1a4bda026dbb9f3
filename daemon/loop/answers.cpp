#include "loop/answers.hpp"

#include "core/step.hpp"
#include "loop/limits.hpp"
#include "store/journal.hpp"
#include "wire/publication.hpp"

#include "vigil/v1/query.pb.h"

#include <algorithm>

namespace vigil::loop {

namespace {

constexpr int status_rows = 2'000; // of each list: 2,000 rows of 100 bytes stay under a reply
constexpr std::size_t clients_paging = 32;
constexpr std::size_t replay_page = 4'096;
constexpr std::chrono::milliseconds patience{2'000};

bool add(v1::QueryReply& reply, std::size_t& bytes, std::string const& topic, std::string_view envelope,
         bool retained) {
    if (bytes + topic.size() + envelope.size() + 16 > reply_bytes && reply.publications_size() > 0) return false;
    auto& p = *reply.add_publications();
    p.set_topic(topic);
    if (!p.mutable_envelope()->ParseFromArray(envelope.data(), static_cast<int>(envelope.size()))) {
        reply.mutable_publications()->RemoveLast();
        return true;
    }
    if (retained) p.mutable_envelope()->set_retained(true);
    bytes += topic.size() + envelope.size() + 16;
    return true;
}

store::KindSet published_kinds(std::string_view prefix) {
    store::KindSet out;
    const auto of = [prefix](std::string_view cls) {
        const auto whole = std::string{"vigil.v1."}.append(cls).append(".");
        return whole.starts_with(prefix) || prefix.starts_with(whole);
    };
    if (of("score")) out.set(store::kind_of_effect<core::ScoreChanged>());
    if (of("alert")) out.set(store::kind_of_effect<core::AlertChanged>());
    if (of("event")) out.set(store::kind_of_effect<core::BedChanged>());
    return out;
}

} // namespace

Answers::Answers(Settings const& settings, std::uint64_t epoch, std::uint64_t last_seq, Exchange& exchange)
    : settings_{settings},
      epoch_{epoch},
      exchange_{exchange},
      reader_{settings.journal} {
    values_.complete_from(last_seq);
}

void Answers::catch_up() {
    for (auto const& released : exchange_.drain()) values_.apply(released);
}

// Made after the question was asked: everything answered before it counts.
ViewPtr Answers::view() { return exchange_.view(std::chrono::steady_clock::now(), patience); }

bool Answers::answer(std::string const& client, v1::QueryRequest const& request, v1::QueryReply& reply) {
    reply.set_id(request.id());
    reply.set_epoch(epoch_);
    reply.set_last_seq(values_.last_seq());
    switch (request.what_case()) {
    case v1::QueryRequest::kSnapshot: snapshot(client, request.snapshot(), reply); return true;
    case v1::QueryRequest::kReplay: replay(request.replay(), reply); return true;
    case v1::QueryRequest::kStatus: status(reply); return true;
    case v1::QueryRequest::kAlert: return alert(request.alert().id(), reply);
    case v1::QueryRequest::kScoresAt:
    case v1::QueryRequest::kLanes:
    case v1::QueryRequest::kShown:
    case v1::QueryRequest::kDays: return false;
    case v1::QueryRequest::kEncounters: encounters(reply); return true;
    case v1::QueryRequest::WHAT_NOT_SET: reply.set_error("unknown_query"); return true;
    }
    return true;
}

void Answers::snapshot(std::string const& client, v1::SnapshotRequest const& request, v1::QueryReply& reply) {
    if (!wire::is_prefix(request.prefix())) return reply.set_error("bad_prefix");
    // All pages of one snapshot are of one instant: later pages come from what the first was taken from.
    // One that was given up for newer ones cannot be read to its end.
    if (request.from_index() != 0 && !paged_.contains(client)) return reply.set_error("snapshot_gone");
    auto& paged = paged_[client];
    if (request.from_index() == 0) paged = {values_.snapshot(request.prefix()), values_.counts(), values_.last_seq()};
    while (paged_.size() > clients_paging)
        paged_.erase(paged_.begin()->first == client ? std::next(paged_.begin()) : paged_.begin());
    auto const& all = paged_[client].publications;
    reply.set_last_seq(paged_[client].last_seq);
    std::size_t bytes = 0;
    std::size_t index = request.from_index();
    for (; index < all.size(); ++index) {
        auto const& p = all[index]->publication;
        if (!add(reply, bytes, p.topic, p.bytes, true)) break;
    }
    auto const& counts = paged_[client].counts;
    for (; index >= all.size() && index < all.size() + counts.size() && bytes < reply_bytes; ++index) {
        auto const& stream = counts[index - all.size()];
        auto& count = *reply.add_counts();
        count.set_cls(std::string{name_of(stream.cls)});
        count.set_unit(stream.unit);
        count.set_bed(stream.bed);
        count.set_count(stream.count);
        bytes += count.ByteSizeLong() + 4;
    }
    const auto end = all.size() + counts.size();
    reply.set_next_index(static_cast<std::uint32_t>(std::min(index, end)));
    reply.set_more(index < end);
    if (!reply.more()) paged_.erase(client);
}

void Answers::replay(v1::ReplayRequest const& request, v1::QueryReply& reply) {
    if (!wire::is_prefix(request.prefix())) return reply.set_error("bad_prefix");
    if (!replay_remembered(request, reply)) replay_journal(request, reply);
}

bool Answers::replay_remembered(v1::ReplayRequest const& request, v1::QueryReply& reply) {
    std::vector<ReleasedPtr> found;
    if (!values_.replay(request.prefix(), request.from_seq(), replay_page + 1, found)) return false;
    reply.set_more(found.size() > replay_page);
    if (found.size() > replay_page) found.pop_back();
    std::size_t bytes = 0;
    for (auto const& released : found) {
        if (!add(reply, bytes, released->publication.topic, released->publication.bytes, false)) {
            reply.set_more(true);
            break;
        }
        reply.set_last_seq(released->publication.seq);
    }
    if (!reply.more()) reply.set_last_seq(values_.last_seq());
    return true;
}

void Answers::replay_journal(v1::ReplayRequest const& request, v1::QueryReply& reply) {
    const auto now = view();
    if (!now) return reply.set_error("not_ready");
    store::ReadRequest rows;
    rows.from = request.from_seq() + 1;
    rows.to = now->committed_seq;
    rows.kinds = published_kinds(request.prefix());
    rows.max_bytes = reply_bytes / 2; // an envelope is larger than its row: names stand in it
    rows.max_rows = replay_page;
    auto page = reader_.read(rows);
    if (!page) return reply.set_error(std::string{name_of(page.refusal().why)});
    const wire::Words words{now->state, *now->rules};
    std::size_t bytes = 0;
    reply.set_last_seq(std::max(request.from_seq(), page->next > 0 ? page->next - 1 : 0));
    reply.set_more(!page->at_end);
    std::uint64_t before = request.from_seq();
    for (auto const& row : page->rows) {
        const auto effect = store::effect_of(row);
        v1::Envelope envelope;
        const auto to = effect ? wire::write_effect(*effect, words, envelope) : std::nullopt;
        if (!to) continue;
        const auto topic = wire::topic(to->cls, settings_.site, to->unit, to->bed, to->key);
        if (topic.starts_with(request.prefix())) {
            envelope.set_epoch(epoch_);
            envelope.set_seq(row.seq);
            envelope.set_log_time_ms(row.at.ms);
            envelope.set_simulated(settings_.simulated);
            envelope.set_recorded(true);
            if (!add(reply, bytes, topic, envelope.SerializeAsString(), false)) {
                reply.set_last_seq(before);
                reply.set_more(true);
                return;
            }
        }
        before = row.seq;
    }
}

void Answers::status(v1::QueryReply& reply) {
    const auto asked = std::chrono::steady_clock::now();
    const auto now = exchange_.view(asked, patience);
    if (!now) return reply.set_error("not_ready");
    auto& out = *reply.mutable_status();
    // A loop that does not answer is told of, beside what it last said.
    if (now->made < asked)
        out.set_behind_ms(static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - now->made)
                .count()));
    wire::write_status({now->state, *now->rules}, status_rows, out);
    for (auto& source : *out.mutable_sources())
        if (const auto said = now->said.find(source.source()); said != now->said.end()) {
            source.set_messages(said->second.messages);
            for (auto const& [reason, count] : said->second.by_reason)
                (*source.mutable_refused_by_reason())[reason] = count;
        }
    out.set_version(settings_.version);
    out.set_core_version(std::string{core::core_version});
    out.set_epoch(epoch_);
    out.mutable_daemon()->ParseFromString(now->daemon_state);
    out.set_journal_seq(now->committed_seq);
    const auto segments = store::list_segments(settings_.journal);
    if (!segments.empty()) out.set_segment(store::segment_path(settings_.journal, segments.back()).filename().string());
    out.set_segment_bytes(now->segment_bytes);
    out.set_active_alerts(now->active_alerts);
    out.set_commits(now->commits);
    out.set_commit_p99_ms(now->commit_p99_ms);
}

bool Answers::alert(std::string const& id, v1::QueryReply& reply) {
    const auto known = values_.alert(id);
    if (!known) return false;
    v1::Envelope envelope;
    if (envelope.ParseFromString(known->publication.bytes)) *reply.mutable_alert() = envelope.alert();
    return true;
}

void Answers::encounters(v1::QueryReply& reply) {
    const auto now = view();
    if (!now) return reply.set_error("not_ready");
    std::size_t bytes = 0;
    for (auto e = now->state.encounters.rbegin(); e != now->state.encounters.rend(); ++e) { // newest first
        if (e->merged_into) continue;
        v1::Encounter one;
        wire::write_encounter(*e, {now->state, *now->rules}, one);
        bytes += one.ByteSizeLong() + 8;
        if (bytes > reply_bytes) {
            reply.set_more(true);
            return;
        }
        *reply.add_encounters() = std::move(one);
    }
}

} // namespace vigil::loop
