#include "store/reader.hpp"

#include "store/segment_cursor.hpp"

#include <algorithm>
#include <map>

namespace vigil::store {

namespace {

// Opened for one page and closed after it: an open reader would keep a sealed segment's log from being removed.
struct OpenSegment {
    Database db;
    Transaction view;
    explicit OpenSegment(std::filesystem::path const& file)
        : db{file, Access::beside_writer},
          view{db, "BEGIN"} {}
};

} // namespace

struct Reader::Impl {
    std::filesystem::path directory;
    std::map<std::uint32_t, std::uint64_t> first_seqs; // of opened segments: they never change

    // Null when the segment was not opened yet.
    std::unique_ptr<OpenSegment> open(std::uint32_t number) {
        const auto file = segment_path(directory, number);
        if (!first_seqs.contains(number) && never_opened(file, Access::beside_writer)) return nullptr;
        auto out = std::make_unique<OpenSegment>(file);
        if (auto refused = check_header(out->db)) throw DatabaseError{SQLITE_CORRUPT, 0, refused->what};
        const auto first = out->db.maybe_number("SELECT first_seq FROM opening");
        if (!first) return nullptr;
        first_seqs[number] = static_cast<std::uint64_t>(*first);
        return out;
    }

    std::uint64_t first_seq(std::uint32_t number) { // 0: not opened yet
        const auto known = first_seqs.find(number);
        if (known != first_seqs.end()) return known->second;
        return open(number) ? first_seqs[number] : 0;
    }

    // Index of the segment that holds `seq`: the last that begins at or before it.
    std::size_t find(std::vector<std::uint32_t> const& numbers, std::uint64_t seq) {
        std::size_t low = 0, high = numbers.size();
        while (high - low > 1) {
            const auto middle = low + (high - low) / 2;
            const auto first = first_seq(numbers[middle]);
            if (first != 0 && first <= seq)
                low = middle;
            else
                high = middle;
        }
        return low;
    }

    struct Fill {
        ReadRequest const& request;
        Page& page;
        std::size_t scanned = 0, bytes = 0;
    };
    bool fill(Fill& f, Database& db);
    Result<Page> read(ReadRequest const& request);
};

// Reads on from page.next; false when the page is full.
bool Reader::Impl::fill(Fill& f, Database& db) {
    const auto format = db.number("PRAGMA user_version");
    const bool frames = f.request.kinds.test(frame_kind);
    auto others = f.request.kinds;
    others.reset(frame_kind);
    Statement frame{db, "SELECT seq, log_time, body, hash FROM frames WHERE seq >= ? ORDER BY seq"};
    Statement record{db, "SELECT seq, log_time, body, hash, kind, cause FROM records WHERE seq >= ? ORDER BY seq"};
    frame.bind(1, f.page.next);
    record.bind(1, f.page.next);
    bool more_frames = frames && frame.step();
    bool more_records = others.any() && record.step();
    while (more_frames || more_records) {
        const bool from_frames = more_frames && (!more_records || frame.number(0) < record.number(0));
        Statement& s = from_frames ? frame : record;
        const auto seq = s.unsigned_number(0);
        if (seq > f.request.to) {
            f.page.next = f.request.to + 1;
            f.page.at_end = true;
            return false;
        }
        if (f.scanned >= f.request.max_scanned) {
            f.page.next = seq;
            return false;
        }
        ++f.scanned;
        const auto kind = from_frames ? frame_kind : static_cast<RowKind>(s.number(4));
        if (kind < kind_limit && f.request.kinds.test(kind)) {
            const auto body = s.bytes(2);
            const bool room = f.page.rows.size() < f.request.max_rows && f.bytes + body.size() <= f.request.max_bytes;
            if (!room && !f.page.rows.empty()) {
                f.page.next = seq;
                return false;
            }
            f.bytes += body.size();
            Row row{seq, {s.number(1)}, kind, from_frames ? 0 : s.unsigned_number(5), std::string{body}, {}, format};
            const auto hash = s.bytes(3);
            if (hash.size() == row.hash.size()) std::copy(hash.begin(), hash.end(), row.hash.begin());
            f.page.rows.push_back(std::move(row));
        }
        f.page.next = seq + 1;
        (from_frames ? more_frames : more_records) = s.step();
    }
    return true;
}

Result<Page> Reader::Impl::read(ReadRequest const& request) {
    Page page;
    page.next = std::max<std::uint64_t>(request.from, 1);
    auto file = directory;
    try {
        const auto numbers = list_segments(directory);
        Fill f{request, page};
        if (!numbers.empty() && first_seq(numbers.front()) > page.next) page.next = first_seq(numbers.front());
        for (auto i = find(numbers, page.next); i < numbers.size(); ++i) {
            file = segment_path(directory, numbers[i]);
            auto segment = open(numbers[i]);
            if (!segment) break;
            if (first_seqs[numbers[i]] > request.to) break;
            if (!fill(f, segment->db)) return page;
        }
        page.at_end = true;
    } catch (DatabaseError const& error) {
        return refusal_of(error, file);
    }
    return page;
}

Reader::Reader(std::filesystem::path directory)
    : impl_{std::make_unique<Impl>()} {
    impl_->directory = std::move(directory);
}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

Result<Page> Reader::read(ReadRequest const& request) { return impl_->read(request); }

Result<std::uint64_t> Reader::last_seq() {
    auto file = impl_->directory;
    try {
        auto numbers = list_segments(impl_->directory);
        for (; !numbers.empty(); numbers.pop_back()) {
            file = segment_path(impl_->directory, numbers.back());
            auto segment = impl_->open(numbers.back());
            if (!segment) continue;
            return last_row(segment->db);
        }
    } catch (DatabaseError const& error) {
        return refusal_of(error, file);
    }
    return std::uint64_t{0};
}

Result<Row> Reader::row(std::uint64_t seq) {
    ReadRequest request;
    request.from = request.to = seq;
    request.kinds.set();
    auto page = impl_->read(request);
    if (!page) return page.refusal();
    if (page->rows.empty())
        return Refusal{Refusal::Why::missing, impl_->directory.string(), "no row with sequence " + std::to_string(seq)};
    return std::move(page->rows.front());
}

} // namespace vigil::store
