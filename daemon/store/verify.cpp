#include "store/verify.hpp"

#include "core/model/canonical.hpp"
#include "store/replayer.hpp"
#include "store/segment_cursor.hpp"
#include "store/watermark.hpp"

#include <algorithm>

namespace vigil::store {

namespace {

using Why = Refusal::Why;
constexpr std::uint64_t rows_between_progress = 4096;

// What one segment hands to the next.
struct Link {
    std::uint32_t number = 0; // 0: there was none
    std::uint64_t last_seq = 0;
    Hash head{};
    std::string core_version;
    std::optional<std::string> snapshot; // the end state, when it was re-stepped
};

class Verifier {
public:
    Verifier(std::filesystem::path const& directory, RulebookFromBytes const& rulebook_from_bytes,
             std::function<void(Progress const&)> const& progress)
        : directory_{directory},
          rulebook_from_bytes_{rulebook_from_bytes},
          progress_{progress},
          mark_{read_watermark(directory)} {
        // When nobody writes, nothing is touched; beside a writer SQLite's own locks keep the reading consistent.
        beside_writer_ = !Lease::take(directory);
    }

    VerifyReport run() {
        const auto numbers = list_segments(directory_);
        if (numbers.empty()) report_.problem = Refusal{Why::missing, directory_.string(), "no journal segments"};
        of_ = static_cast<std::uint32_t>(numbers.size());
        for (const auto number : numbers) {
            if (report_.problem) break;
            file_ = segment_path(directory_, number);
            try {
                report_.problem = segment(number);
            } catch (DatabaseError const& error) {
                report_.problem = refusal_of(error, file_);
            }
        }
        if (!report_.problem) report_.problem = check_mark();
        return std::move(report_);
    }

private:
    std::optional<Refusal> segment(std::uint32_t number) {
        const auto access = beside_writer_ ? Access::beside_writer : Access::untouched;
        if (never_opened(file_, access)) {
            if (number != list_segments(directory_).back())
                return Refusal{Why::damaged, file_.string(), "the segment has no opening but another follows it"};
            report_.notes.push_back(file_.filename().string() + " was never opened");
            return std::nullopt;
        }
        Database db{file_, access};
        Transaction tx{db, "BEGIN"}; // one consistent view
        if (auto refused = check_header(db)) return refused;
        const auto opening = read_opening(db);
        report_.segments.emplace_back();
        auto& r = report_.segments.back();
        r.number = number;
        r.first_seq = opening->first_seq;
        r.last_seq = opening->first_seq - 1;
        r.core_version = opening->core_version;
        if (auto refused = check_link(*opening, number)) return refused;
        return walk(db, *opening, r);
    }

    std::optional<Refusal> check_link(SegmentOpening const& o, std::uint32_t number) {
        if (o.number != number) return Refusal{Why::damaged, file_.string(), "the file was renamed"};
        if (link_.number == 0) {
            if (number == 1 && (o.first_seq != 1 || o.previous != Hash{}))
                return Refusal{Why::damaged, file_.string(), "the first segment does not begin a journal"};
            if (number != 1) report_.notes.push_back("the journal begins at segment " + std::to_string(number));
            return std::nullopt;
        }
        if (number != link_.number + 1)
            return Refusal{Why::damaged, segment_path(directory_, link_.number + 1).string(), "the segment is missing"};
        if (o.first_seq != link_.last_seq + 1 || o.previous != link_.head)
            return Refusal{Why::cut, segment_path(directory_, link_.number).string(),
                           "ends at sequence " + std::to_string(link_.last_seq) + ", the next segment continues at " +
                               std::to_string(o.first_seq) + (o.previous == link_.head ? "" : " from another hash")};
        if (link_.snapshot && o.core_version == link_.core_version && o.snapshot != *link_.snapshot)
            return Refusal{Why::effects_differ, file_.string(),
                           "the opening snapshot is not the state in which the segment before ends"};
        return std::nullopt;
    }

    std::optional<Refusal> walk(Database& db, SegmentOpening const& opening, SegmentReport& r) {
        ChainWalk chain{db, opening};
        std::optional<Replayer> replayer;
        if (!chain.broken() && opening.core_version == core::core_version) {
            auto rules = rulebook_from_bytes_(opening.rulebook);
            if (!rules)
                return Refusal{Why::bad_rulebook, file_.string(), "the rulebook of this segment cannot be read"};
            auto snapshot = core::decode<Snapshot>(opening.snapshot, opening.format);
            if (!snapshot) return Refusal{Why::damaged, file_.string(), "the opening snapshot cannot be read"};
            replayer.emplace(std::move(rules), std::move(*snapshot), Replayer::Place{directory_, beside_writer_, true});
        }
        while (chain.next()) {
            r.last_seq = chain.last_seq();
            if (auto refused = follow(chain.at(), replayer, r)) return refused;
        }
        if (chain.broken()) return chain.broken();
        r.chain_ok = true;
        if (replayer)
            if (auto refused = replayer->finish(file_.string())) return refused;
        r.re_stepped = replayer.has_value();
        link_ = {opening.number, chain.last_seq(), chain.head(), opening.core_version, {}};
        if (replayer) link_.snapshot = replayer->snapshot();
        return std::nullopt;
    }

    std::optional<Refusal> follow(SegmentCursor const& at, std::optional<Replayer>& replayer, SegmentReport& r) {
        switch (at.item()) {
        case SegmentCursor::Item::snapshot:
            ++r.snapshots;
            if (replayer && replayer->snapshot() != at.body())
                return Refusal{Why::effects_differ, file_.string() + " at sequence " + std::to_string(at.seq()),
                               "the snapshot is not the state that the events lead to"};
            return std::nullopt;
        case SegmentCursor::Item::block: return std::nullopt;
        case SegmentCursor::Item::row: break;
        }
        ++(is_effect(at.kind()) ? r.effects : r.events);
        if (at.kind() == frame_kind) ++r.frames;
        if (mark_.state == WatermarkState::good && at.seq() == mark_.mark.seq && at.hash() != mark_.mark.hash)
            return Refusal{Why::damaged, file_.string() + " at sequence " + std::to_string(at.seq()),
                           "the row is not the one that was acknowledged"};
        if (progress_ && at.seq() % rows_between_progress == 0) progress_({r.number, of_, at.seq()});
        return replayer ? replayer->take(at.row(), file_.string()) : std::nullopt;
    }

    std::optional<Refusal> check_mark() {
        if (mark_.state != WatermarkState::good) {
            report_.notes.emplace_back("no watermark: an end cut short would not be noticed");
            return std::nullopt;
        }
        if (mark_.mark.seq <= link_.last_seq) return std::nullopt;
        return Refusal{Why::cut, file_.string(),
                       "ends at sequence " + std::to_string(link_.last_seq) + ", but sequence " +
                           std::to_string(mark_.mark.seq) + " was acknowledged"};
    }

    std::filesystem::path const& directory_;
    RulebookFromBytes const& rulebook_from_bytes_;
    std::function<void(Progress const&)> const& progress_;
    const WatermarkRead mark_; // read before the rows: beside a writer they only become more
    bool beside_writer_ = false;
    std::uint32_t of_ = 0;
    std::filesystem::path file_;
    Link link_;
    VerifyReport report_;
};

} // namespace

bool VerifyReport::all_re_stepped() const {
    return std::all_of(segments.begin(), segments.end(), [](SegmentReport const& s) { return s.re_stepped; });
}

VerifyReport verify(std::filesystem::path const& directory, RulebookFromBytes const& rulebook_from_bytes,
                    std::function<void(Progress const&)> const& progress) {
    return Verifier{directory, rulebook_from_bytes, progress}.run();
}

} // namespace vigil::store
