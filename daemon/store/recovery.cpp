#include "store/recovery.hpp"

#include "core/model/canonical.hpp"
#include "store/replayer.hpp"
#include "store/segment_cursor.hpp"
#include "store/watermark.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace vigil::store {

namespace {

using Why = Refusal::Why;

// The newest segment that was opened, and those after it that were not.
struct Newest {
    std::uint32_t number = 0;
    std::optional<Database> db; // reading the log takes a while: it is opened once
    std::vector<std::uint32_t> unfinished;
};

std::optional<Refusal> find_newest(Options const& options, Newest& newest, std::filesystem::path& file) {
    auto numbers = list_segments(options.directory);
    for (std::size_t i = 1; i < numbers.size(); ++i)
        if (numbers[i] != numbers[i - 1] + 1)
            return Refusal{Why::damaged, segment_path(options.directory, numbers[i - 1] + 1).string(),
                           "the segment is missing"};
    for (; !numbers.empty(); numbers.pop_back()) {
        file = segment_path(options.directory, numbers.back()); // said when it cannot be read
        if (!never_written(file)) {
            Database db{file, Access::untouched};
            if (!never_opened(db)) {
                newest.number = numbers.back();
                newest.db.emplace(std::move(db));
                return check_header(*newest.db);
            }
        }
        newest.unfinished.push_back(numbers.back());
    }
    return std::nullopt;
}

// Only the watermark tells a rotation that did not happen from a segment that lost its log. Without one, a file larger
// than the bare schema is not thrown away.
std::optional<Refusal> check_unfinished(Options const& options, Newest const& newest) {
    constexpr std::uintmax_t bare = 64 * 1024;
    if (read_watermark(options.directory).state == WatermarkState::good) return std::nullopt;
    for (const auto number : newest.unfinished) {
        if (number == 1) continue; // nothing was ever acknowledged
        const auto file = segment_path(options.directory, number);
        std::error_code none;
        const auto log = has_wal(file) ? std::filesystem::file_size(wal_path(file), none) : 0;
        const auto size = std::filesystem::file_size(file, none) + log;
        if (size > bare)
            return Refusal{Why::cut, file.string(),
                           "has no opening, yet holds " + std::to_string(size) +
                               " bytes, and no watermark says where the journal ended"};
    }
    return std::nullopt;
}

// Where the segment before ends, by its own rows. The rest of it is for verify.
std::optional<Refusal> check_link(Options const& options, SegmentOpening const& opening) {
    if (opening.number == 1) {
        if (opening.first_seq == 1 && opening.previous == Hash{}) return std::nullopt;
        return Refusal{Why::damaged, segment_path(options.directory, 1).string(),
                       "the first segment does not begin a journal"};
    }
    const auto file = segment_path(options.directory, opening.number - 1);
    if (!std::filesystem::exists(file)) return std::nullopt; // kept elsewhere: the oldest here
    Database db{file, Access::untouched};
    if (auto refused = check_header(db)) return refused;
    Statement before{db, "SELECT hash FROM opening"};
    if (!before.step())
        return Refusal{Why::damaged, file.string(), "the segment has no opening but another follows it"};
    Hash head{};
    if (const auto bytes = before.bytes(0); bytes.size() == head.size())
        std::copy(bytes.begin(), bytes.end(), head.begin());
    const auto last = last_row(db);
    SegmentCursor cursor{db, last};
    while (cursor.next()) head = cursor.hash();
    if (last + 1 == opening.first_seq && head == opening.previous) return std::nullopt;
    return Refusal{Why::cut, file.string(),
                   "ends at sequence " + std::to_string(last) + ", the next segment continues at " +
                       std::to_string(opening.first_seq) + (head == opening.previous ? "" : " from another hash")};
}

// One pass over the newest segment: the chain whole, the replay from its last snapshot.
class Start {
public:
    Start(Options const& options, RulebookFromBytes const& rulebook_from_bytes, Recovered& out)
        : options_{options},
          rulebook_from_bytes_{rulebook_from_bytes},
          out_{out} {}

    std::optional<Refusal> read(std::uint32_t number, Database& db) {
        file_ = segment_path(options_.directory, number);
        const auto opening = read_opening(db);
        if (opening->kind != options_.kind)
            return Refusal{Why::wrong_kind, file_.string(),
                           "the journal is " + std::string{name_of(opening->kind)} + ", not " +
                               std::string{name_of(options_.kind)}};
        if (opening->number != number) return Refusal{Why::damaged, file_.string(), "the file was renamed"};
        if (auto refused = check_link(options_, *opening)) return refused;
        out_.core_version = opening->core_version;
        out_.format = opening->format;
        out_.rulebook_digest = opening->digest;
        out_.journal.segment = number;
        out_.journal.block_from = opening->first_seq;
        mark_ = read_watermark(options_.directory);
        return walk(db, *opening);
    }

private:
    std::optional<Refusal> walk(Database& db, SegmentOpening const& opening) {
        ChainWalk chain{db, opening};
        if (chain.broken()) return chain.broken();
        out_.rules = rulebook_from_bytes_(opening.rulebook);
        if (!out_.rules)
            return Refusal{Why::bad_rulebook, file_.string(), "the rulebook of this segment cannot be read"};
        const auto base = db.maybe_number("SELECT max(seq) FROM snapshots");
        covered_ = db.maybe_number("SELECT max(seq) FROM blocks");
        if (!base)
            if (auto refused = begin(opening.snapshot, opening.format)) return refused;
        while (chain.next())
            if (auto refused = follow(chain, base)) return refused;
        if (chain.broken()) return chain.broken();
        if (auto refused = replayer_->finish(file_.string())) return refused;
        if (auto refused = check_mark(chain, opening)) return refused;
        out_.journal.last_seq = chain.last_seq();
        out_.journal.head = chain.head();
        out_.next_seq = chain.last_seq() + 1;
        out_.replayed = replayer_->stepped();
        out_.replay_took = std::chrono::steady_clock::now() - replay_began_;
        out_.state = replayer_->engine().state();
        out_.pending = replayer_->pending();
        return std::nullopt;
    }

    std::optional<Refusal> begin(std::string_view bytes, std::int64_t format) {
        replay_began_ = std::chrono::steady_clock::now();
        auto snapshot = core::decode<Snapshot>(bytes, format);
        if (!snapshot)
            return Refusal{Why::damaged, file_.string(),
                           "the snapshot cannot be read by core version " + std::string{core::core_version} +
                               " (written by " + out_.core_version + ")"};
        replayer_.emplace(out_.rules, std::move(*snapshot),
                          Replayer::Place{options_.directory, false, out_.core_version == core::core_version});
        return std::nullopt;
    }

    std::optional<Refusal> follow(ChainWalk const& chain, std::optional<std::int64_t> base) {
        auto const& at = chain.at();
        switch (at.item()) {
        case SegmentCursor::Item::snapshot:
            if (base && at.seq() == static_cast<std::uint64_t>(*base)) return begin(at.body(), at.format());
            return std::nullopt;
        case SegmentCursor::Item::block:
            out_.journal.block_from = at.seq() + 1;
            out_.journal.uncovered.clear();
            return std::nullopt;
        case SegmentCursor::Item::row: break;
        }
        if (mark_.state == WatermarkState::good && at.seq() == mark_.mark.seq)
            mark_matches_ = at.hash() == mark_.mark.hash;
        out_.last_at = at.at();
        if (at.kind() == frame_kind && (!covered_ || at.seq() > static_cast<std::uint64_t>(*covered_))) {
            const auto frame = core::decode<model::Frame>(at.body());
            if (!frame)
                return Refusal{Why::damaged, file_.string() + " at sequence " + std::to_string(at.seq()),
                               "not a frame"};
            out_.journal.uncovered.push_back({at.seq(), sketch_of(*frame)});
        }
        return replayer_ ? replayer_->take(at.row(), file_.string()) : std::nullopt;
    }

    std::optional<Refusal> check_mark(ChainWalk const& chain, SegmentOpening const& opening) {
        switch (mark_.state) {
        case WatermarkState::absent:
            out_.notes.emplace_back("no watermark file: a journal cut short would not be noticed");
            return std::nullopt;
        case WatermarkState::torn:
            out_.notes.emplace_back("the watermark file cannot be read: a journal cut short would not be noticed");
            return std::nullopt;
        case WatermarkState::good: break;
        }
        if (mark_.mark.seq > chain.last_seq())
            return Refusal{Why::cut, file_.string(),
                           "ends at sequence " + std::to_string(chain.last_seq()) + ", but sequence " +
                               std::to_string(mark_.mark.seq) + " was acknowledged"};
        if (mark_.mark.seq >= opening.first_seq && !mark_matches_)
            return Refusal{Why::damaged, file_.string() + " at sequence " + std::to_string(mark_.mark.seq),
                           "the row is not the one that was acknowledged"};
        return std::nullopt;
    }

    Options const& options_;
    RulebookFromBytes const& rulebook_from_bytes_;
    Recovered& out_;
    std::filesystem::path file_;
    WatermarkRead mark_;
    bool mark_matches_ = false;
    std::optional<std::int64_t> covered_; // up to here by blocks
    std::optional<Replayer> replayer_;
    std::chrono::steady_clock::time_point replay_began_;
};

// From here on the journal is good and this process writes it.
std::optional<Refusal> tidy(Options const& options, Newest const& newest, Recovered& out) {
    for (const auto number : newest.unfinished) {
        const auto file = segment_path(options.directory, number);
        for (auto const& path :
             {file.string() + "-wal", file.string() + "-shm", file.string() + "-journal", file.string()}) {
            std::error_code error;
            std::filesystem::remove(path, error);
            if (error) return Refusal{Why::io, path, error.message()};
        }
        out.notes.push_back("removed " + file.filename().string() + ", which was never opened");
    }
    for (const auto number : list_segments(options.directory))
        if (number < out.journal.segment && has_wal(segment_path(options.directory, number)))
            out.journal.unsealed.push_back(number);
    return std::nullopt;
}

} // namespace

Result<Recovered> recover(Options const& options, RulebookFromBytes const& rulebook_from_bytes) {
    std::error_code error;
    std::filesystem::create_directories(options.directory, error);
    if (error) return Refusal{Why::io, options.directory.string(), error.message()};
    auto lease = Lease::take(options.directory);
    if (!lease) return lease.refusal();
    Recovered out{
        Journal{options, std::move(*lease), 0, 0, {}, 1, {}, {}}, true, {}, 1, {}, {}, {}, {}, {}, 0, {}, 0, {}};
    auto file = options.directory;
    try {
        Newest newest;
        if (auto refused = find_newest(options, newest, file)) return *refused;
        if (auto refused = check_unfinished(options, newest)) return *refused;
        if (newest.number != 0) {
            file = segment_path(options.directory, newest.number);
            out.fresh = false;
            Start start{options, rulebook_from_bytes, out};
            if (auto refused = start.read(newest.number, *newest.db)) return *refused;
            const auto wal = std::filesystem::file_size(wal_path(file), error);
            if (!error) out.wal_bytes = wal;
        } else if (const auto mark = read_watermark(options.directory); mark.state == WatermarkState::good)
            return Refusal{Why::cut, options.directory.string(),
                           "there is no segment, but sequence " + std::to_string(mark.mark.seq) + " was acknowledged"};
        if (auto refused = tidy(options, newest, out)) return *refused;
    } catch (DatabaseError const& e) {
        return refusal_of(e, file);
    }
    return out;
}

} // namespace vigil::store
