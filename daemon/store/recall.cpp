#include "store/recall.hpp"

#include "core/census.hpp"
#include "core/intake.hpp"
#include "core/model/canonical.hpp"
#include "store/block.hpp"
#include "store/segment_cursor.hpp"

#include <sodium.h>

#include <algorithm>

namespace vigil::store {

namespace {

// Readings more than this ahead of their frame are `future` and never scored (design 5 "When"); under an order they may
// still take something back.
constexpr model::Duration ahead_tolerance = model::seconds(60);

bool same(core::Recall const& a, core::Recall const& b) {
    return a.encounter == b.encounter && a.signal == b.signal && a.from == b.from && a.to == b.to;
}

// Everyone who may ever have been counted for the encounter: the core decides by its own attribution, this only leaves
// out.
bool may_be(core::State const& state, core::Encounter const& e, std::uint32_t subject_id) {
    auto const& subject = state.subjects[subject_id - 1];
    if (!subject.visit.empty() && subject.visit == e.visit) return true;
    for (auto const& p : subject.patients)
        if (std::find(e.patients.begin(), e.patients.end(), p) != e.patients.end()) return true;
    for (auto i = state.unassigned.lower_bound({subject_id, 0});
         i != state.unassigned.end() && i->first.subject == subject_id; ++i)
        if (i->second.claimed_for == e.id) return true;
    if (!subject.location) return false;
    const auto lay_there = [&](model::BedId bed) {
        return bed.value != 0 && state.beds[bed.value - 1] == *subject.location;
    };
    return lay_there(e.bed) ||
           std::any_of(e.stays.begin(), e.stays.end(), [&](auto const& s) { return lay_there(s.bed); }) ||
           std::any_of(e.movements.begin(), e.movements.end(), [&](auto const& m) { return lay_there(m.bed); });
}

struct Search {
    RecallPlan const& plan;
    TakeFrame const& take;
    std::uint64_t channels = 0; // their bits
    std::uint64_t rows_read = 0;
    bool enough = false; // no more is wanted
    crypto_generichash_state digest{};

    bool wants_subject(std::uint32_t s) const {
        return std::binary_search(plan.subjects.begin(), plan.subjects.end(), s);
    }
    bool overlaps(std::int64_t from_ms, std::int64_t to_ms) const {
        return from_ms <= plan.recall.to.ms && to_ms >= plan.recall.from.ms;
    }
    bool wants(model::Frame const& f, model::LogTime at) const {
        if (!wants_subject(f.subject.value)) return false;
        return std::any_of(f.readings.begin(), f.readings.end(), [&](model::Reading const& r) {
            if (!std::binary_search(plan.channels.begin(), plan.channels.end(), r.channel.value)) return false;
            const auto t = looked_for_at(f, r);
            if (!t || *t < plan.recall.from || *t > plan.recall.to) return false;
            return r.order != 0 || *t <= model::patient_now(at) + ahead_tolerance;
        });
    }
    void look_at(std::uint64_t seq, model::LogTime at, std::string_view body, Database& db) {
        ++rows_read;
        auto frame = core::decode<model::Frame>(body);
        if (!frame)
            throw DatabaseError{SQLITE_CORRUPT, 0, db.path().filename().string() + ": frame " + std::to_string(seq)};
        if (!wants(*frame, at)) return;
        const auto link = chain({}, seq, at, frame_kind, 0, body);
        crypto_generichash_update(&digest, link.data(), link.size());
        enough = !take({seq, at, std::move(*frame)});
    }
};

std::vector<std::uint64_t> frames_named(Search const& search, Block const& block) {
    std::vector<std::uint64_t> out;
    for (auto const& e : block.entries) {
        if ((e.channels & search.channels) == 0 || !search.wants_subject(e.subject) ||
            !search.overlaps(e.from_ms, e.to_ms))
            continue;
        auto seq = block.first;
        for (const auto step : e.frames) {
            seq += step;
            if (seq <= search.plan.up_to) out.push_back(seq);
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

void search_segment(Search& search, Database& db, std::uint64_t after_blocks) {
    Statement one{db, "SELECT log_time, body FROM frames WHERE seq = ?"};
    Statement blocks{db, "SELECT body FROM blocks ORDER BY seq"};
    while (!search.enough && blocks.step()) {
        const auto block = core::decode<Block>(blocks.bytes(0));
        if (!block) throw DatabaseError{SQLITE_CORRUPT, 0, db.path().filename().string() + ": a block cannot be read"};
        after_blocks = block->last + 1;
        for (const auto seq : frames_named(search, *block)) {
            one.bind(1, seq);
            if (!one.step()) throw DatabaseError{SQLITE_CORRUPT, 0, "no frame " + std::to_string(seq)};
            search.look_at(seq, {one.number(0)}, one.bytes(1), db);
            one.reset();
            if (search.enough) return;
        }
    }
    Statement rest{db, "SELECT seq, log_time, body FROM frames WHERE seq BETWEEN ? AND ? ORDER BY seq"};
    rest.bind(1, after_blocks).bind(2, search.plan.up_to);
    while (!search.enough && rest.step()) search.look_at(rest.unsigned_number(0), {rest.number(1)}, rest.bytes(2), db);
}

// Whether anything in the segment can have been logged late enough to speak of the wanted time.
bool reaches(Database& db, RecallPlan const& plan) {
    const auto last = db.maybe_number("SELECT log_time FROM frames ORDER BY seq DESC LIMIT 1");
    return last && model::EventTime{*last} + ahead_tolerance >= plan.recall.from;
}

std::vector<std::uint32_t> subjects_of(core::State const& state, model::EncounterId encounter) {
    std::vector<std::uint32_t> out;
    auto const& wanted = state.encounters.at(encounter.value - 1);
    std::vector<core::Encounter const*> all{&wanted};
    for (auto const& e : state.encounters)
        if (e.id != wanted.id && core::surviving(state, e.id) == wanted.id) all.push_back(&e);
    for (std::uint32_t id = 1; id <= state.subjects.size(); ++id)
        if (std::any_of(all.begin(), all.end(), [&](auto const* e) { return may_be(state, *e, id); }))
            out.push_back(id);
    return out;
}

std::vector<std::uint32_t> channels_of(core::State const& state, core::Rulebook const& rules, model::Signal signal) {
    std::vector<std::uint32_t> out;
    for (std::uint32_t id = 1; id <= state.channels.size(); ++id) {
        auto const& channel = state.channels[id - 1];
        const std::string_view source =
            channel.source.value == 0 ? std::string_view{} : state.sources.at(channel.source.value - 1).name;
        const auto told = core::map_channel(rules, source, channel).signal;
        if (told && core::may_stand_under(*told, signal)) out.push_back(id);
    }
    return out;
}

} // namespace

RecallPlan plan_recall(core::State const& state, core::Rulebook const& rules, core::Recall const& recall,
                       std::uint64_t asked_by) {
    return {recall, asked_by, subjects_of(state, recall.encounter), channels_of(state, rules, recall.signal)};
}

void follow_recalls(std::vector<RecallPlan>& pending, core::Event const& event, std::span<core::Effect const> effects,
                    core::State const& state, core::Rulebook const& rules) {
    if (auto const* r = std::get_if<core::Recalled>(&event.what)) {
        const core::Recall answered{{r->encounter}, r->signal, r->from, r->to};
        const auto it =
            std::find_if(pending.begin(), pending.end(), [&](auto const& p) { return same(p.recall, answered); });
        if (it != pending.end()) pending.erase(it);
    }
    // A rulebook asks for many at once: what is the same for an encounter or a signal is looked up once.
    const auto before = static_cast<std::ptrdiff_t>(pending.size());
    for (auto const& effect : effects) {
        auto const* recall = std::get_if<core::Recall>(&effect);
        if (recall == nullptr) continue;
        RecallPlan plan{*recall, event.seq, {}, {}};
        const auto end = pending.rend() - before;
        const auto person =
            std::find_if(pending.rbegin(), end, [&](auto const& p) { return p.recall.encounter == recall->encounter; });
        const auto signal =
            std::find_if(pending.rbegin(), end, [&](auto const& p) { return p.recall.signal == recall->signal; });
        plan.subjects = person == end ? subjects_of(state, recall->encounter) : person->subjects;
        plan.channels = signal == end ? channels_of(state, rules, recall->signal) : signal->channels;
        pending.push_back(std::move(plan));
    }
}

Result<RecalledDigest> each_recalled(std::filesystem::path const& directory, RecallPlan const& plan,
                                     TakeFrame const& take, bool beside_writer) {
    Search search{plan, take};
    for (const auto c : plan.channels) search.channels |= channel_bit(c);
    auto file = directory;
    try {
        std::vector<std::pair<Database, std::uint64_t>> segments; // newest first, with their first sequence
        auto numbers = list_segments(directory);
        for (; !numbers.empty(); numbers.pop_back()) {
            file = segment_path(directory, numbers.back());
            const auto access = beside_writer ? Access::beside_writer : Access::untouched;
            if (never_opened(file, access)) continue;
            Database db{file, access};
            if (auto refused = check_header(db)) return *refused;
            const auto first = static_cast<std::uint64_t>(db.number("SELECT first_seq FROM opening"));
            if (first > plan.up_to || db.number("SELECT count(*) FROM (SELECT 1 FROM frames LIMIT 1)") == 0) continue;
            if (!reaches(db, plan)) break;
            segments.emplace_back(std::move(db), first);
        }
        chain({}, 0, {}, 0, 0, {}); // readies the hash library
        crypto_generichash_init(&search.digest, nullptr, 0, sizeof(model::Digest));
        for (auto it = segments.rbegin(); it != segments.rend() && !search.enough; ++it) {
            file = it->first.path();
            search_segment(search, it->first, it->second);
        }
    } catch (DatabaseError const& error) {
        return refusal_of(error, file);
    }
    RecalledDigest out{{plan.recall.encounter.value, plan.recall.signal, plan.recall.from, plan.recall.to, {}},
                       search.rows_read};
    crypto_generichash_final(&search.digest, out.event.digest.data(), out.event.digest.size());
    return out;
}

Result<RecalledRows> read_recall(std::filesystem::path const& directory, RecallPlan const& plan, bool beside_writer) {
    RecalledRows out;
    const auto keep = [&out](core::Event&& frame) {
        out.frames.push_back(std::move(frame));
        return true;
    };
    const auto read = each_recalled(directory, plan, keep, beside_writer);
    if (!read) return read.refusal();
    out.event = read->event;
    out.rows_read = read->rows_read;
    return out;
}

} // namespace vigil::store
