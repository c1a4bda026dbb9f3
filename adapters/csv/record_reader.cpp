#include "adapters/csv/record_reader.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace vigil::csv {

namespace {
constexpr std::size_t chunk = 1U << 17;
constexpr std::size_t stride = 64; // bytes looked at together; the buffer has as many behind its end

// A bit for each of the next 64 bytes.
struct Marks {
    std::uint64_t commas = 0;
    std::uint64_t stops = 0; // line feeds and quotes
};
Marks marks(char const* at) {
    Marks found;
#ifdef __SSE2__
    for (unsigned i = 0; i < stride; i += 16) {
        const auto bytes = _mm_loadu_si128(reinterpret_cast<__m128i const*>(at + i));
        const auto is = [bytes](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
        const auto bits = [](__m128i m) { return std::uint64_t{static_cast<std::uint16_t>(_mm_movemask_epi8(m))}; };
        found.commas |= bits(is(',')) << i;
        found.stops |= bits(_mm_or_si128(is('\n'), is('"'))) << i;
    }
#else
    for (unsigned i = 0; i < stride; ++i) {
        if (at[i] == ',') found.commas |= std::uint64_t{1} << i;
        if (at[i] == '\n' || at[i] == '"') found.stops |= std::uint64_t{1} << i;
    }
#endif
    return found;
}

} // namespace

// Where a quote opens a field, closes it or is text (RFC 4180): it opens where a field begins, or doubles one that has
// just closed; elsewhere it is text, and must not swallow the rows after it.
struct RecordReader::Quotes {
    bool inside = false;
    bool opens = true; // a quote that stood here would

    bool record_ends_at(char c) {
        if (c == '"') {
            const bool closes = inside;
            inside = !closes && opens;
            opens = closes;
        } else {
            opens = c == ',';
        }
        return c == '\n' && !inside;
    }
};

// gzread passes plain files through unchanged.
struct RecordReader::Input {
    gzFile file = nullptr;
    std::uint64_t size = 0;

    explicit Input(std::string const& path) {
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0 || S_ISDIR(info.st_mode)) return;
        size = static_cast<std::uint64_t>(info.st_size);
        file = gzopen(path.c_str(), "rb");
        if (file != nullptr) gzbuffer(file, 64U << 10);
    }
    ~Input() {
        if (file != nullptr) gzclose(file);
    }
    Input(Input const&) = delete;
    Input& operator=(Input const&) = delete;
};

RecordReader::RecordReader(std::string const& path)
    : input_{std::make_unique<Input>(path)} {
    buffer_.resize(2 * chunk);
}
RecordReader::~RecordReader() = default;
RecordReader::RecordReader(RecordReader&&) noexcept = default;

bool RecordReader::is_open() const { return input_->file != nullptr; }

unsigned RecordReader::progress() const {
    if (input_->size == 0) return 1000;
    const auto at = static_cast<std::uint64_t>(std::max<z_off_t>(0, gzoffset(input_->file)));
    return static_cast<unsigned>(std::min<std::uint64_t>(1000, at * 1000 / input_->size));
}

// More bytes behind what is not yet consumed; false when there are none.
bool RecordReader::fill() {
    if (at_end_) return false;
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (buffer_.size() - end_ < chunk / 2) buffer_.resize(buffer_.size() + chunk);
    const auto room = std::min(buffer_.size() - stride - end_, chunk);
    const int n = gzread(input_->file, buffer_.data() + end_, static_cast<unsigned>(room));
    if (n <= 0) {
        int code = Z_OK;
        gzerror(input_->file, &code);
        damaged_ = n < 0 || (code != Z_OK && code != Z_STREAM_END);
        at_end_ = true;
        return false;
    }
    end_ += static_cast<std::size_t>(n);
    return true;
}

// Finds the end of the record that begins at begin_: a line feed outside quotes, or the end of the file. A length
// beyond max_record: it does not end up to there.
bool RecordReader::whole_record(std::size_t& length, Quotes& quotes, bool& quoted) {
    std::size_t scanned = 0;
    quoted = false;
    while (true) {
        char const* const base = buffer_.data() + begin_;
        const std::size_t have = std::min(end_ - begin_, max_record + 1);
        while (scanned < have) {
            if (!quoted) {
                // The common case: no quote before the next line feed.
                auto const* const lf = static_cast<char const*>(std::memchr(base + scanned, '\n', have - scanned));
                const std::size_t stop = lf == nullptr ? have : static_cast<std::size_t>(lf - base);
                if (std::memchr(base + scanned, '"', stop - scanned) == nullptr) {
                    scanned = stop;
                    if (lf == nullptr) break;
                    length = stop;
                    return true;
                }
                quoted = true;
                scanned = 0;
                quotes = {};
            }
            if (quotes.record_ends_at(base[scanned])) {
                length = scanned;
                return true;
            }
            ++scanned;
        }
        if (have > max_record || !fill()) {
            if (!quoted && have > 0) quotes.opens = base[have - 1] == ',';
            length = have;
            return length > 0;
        }
    }
}

// Goes behind a record that is too long, in constant memory. Each MiB a quote that is still open is taken for text, so
// that one that nobody closed does not cost the rest of the file.
void RecordReader::pass_over(Quotes quotes) {
    std::size_t passed = 0;
    while (begin_ < end_ || fill()) {
        if (passed++ % max_record == 0) quotes.inside = false;
        const char c = buffer_[begin_++];
        if (c == '\n') ++lines_before_;
        if (quotes.record_ends_at(c)) return;
    }
    ++lines_before_;
}

// The common case in one pass: a record without quotes that stands whole in the buffer. False, and nothing consumed,
// for any other.
bool RecordReader::next_plain(std::vector<std::string_view>& fields) {
    char const* const base = buffer_.data();
    const std::size_t stop = std::min(end_, begin_ + max_record);
    char const* field = base + begin_;
    // Records have as many fields as the one before: they take the place of its.
    std::string_view* to = fields.data();
    std::string_view* room = to + fields.size();
    const auto grow = [&fields](std::string_view*& at, std::string_view*& end) {
        const auto count = static_cast<std::size_t>(at - fields.data());
        fields.resize(count + 8);
        at = fields.data() + count;
        end = fields.data() + fields.size();
    };
    for (std::size_t at = begin_; at < stop; at += stride) {
        auto found = marks(base + at);
        const auto end = static_cast<std::size_t>(std::countr_zero(found.stops)); // 64: none
        if (end < stride) found.commas &= (std::uint64_t{1} << end) - 1;
        for (; found.commas != 0; found.commas &= found.commas - 1) {
            char const* const comma = base + at + std::countr_zero(found.commas);
            if (to == room) grow(to, room);
            *to++ = {field, static_cast<std::size_t>(comma - field)};
            field = comma + 1;
        }
        if (end == stride) continue;
        char const* feed = base + at + end;
        if (at + end >= stop || *feed == '"') return false;
        if (at + end > begin_ && feed[-1] == '\r') --feed;
        if (feed == base + begin_) return false;
        if (to == room) grow(to, room);
        *to++ = {field, static_cast<std::size_t>(feed - field)};
        if (to != room) fields.resize(static_cast<std::size_t>(to - fields.data()));
        begin_ = at + end + 1;
        line_ = ++lines_before_;
        return true;
    }
    return false;
}

bool RecordReader::next(std::vector<std::string_view>& fields) {
    fault_ = {};
    // A byte order mark may stand before the first.
    if (lines_before_ > 0 && next_plain(fields)) return true;
    fields.clear();
    std::size_t length = 0;
    Quotes quotes;
    bool quoted = false;
    while (whole_record(length, quotes, quoted)) {
        std::string_view record{buffer_.data() + begin_, length};
        const auto feeds =
            quoted ? static_cast<std::uint64_t>(std::count(record.begin(), record.end(), '\n')) : std::uint64_t{0};
        line_ = lines_before_ + 1;
        lines_before_ += feeds;
        if (length > max_record) {
            begin_ += length;
            pass_over(quotes);
            fault_ = too_long;
            return true;
        }
        ++lines_before_;
        begin_ = std::min(begin_ + length + 1, end_);
        if (!record.empty() && record.back() == '\r') record.remove_suffix(1);
        if (line_ == 1 && record.starts_with(byte_order_mark)) record.remove_prefix(byte_order_mark.size());
        if (record.empty()) continue;
        if (quoted)
            fault_ = split_record(record, fields, unquoted_);
        else {
            while (true) {
                const auto comma = record.find(',');
                fields.push_back(record.substr(0, comma));
                if (comma == std::string_view::npos) break;
                record.remove_prefix(comma + 1);
            }
        }
        if (!fault_.empty()) fields.clear();
        return true;
    }
    return false;
}

// What is unquoted is sized first, so that views into it stay.
std::string_view split_record(std::string_view record, std::vector<std::string_view>& fields, std::string& unquoted) {
    unquoted.clear();
    unquoted.reserve(record.size());
    std::size_t i = 0;
    while (true) {
        if (i < record.size() && record[i] == '"') {
            const auto start = unquoted.size();
            ++i;
            while (true) {
                if (i >= record.size()) return "quote without end";
                if (record[i] != '"')
                    unquoted.push_back(record[i++]);
                else if (i + 1 < record.size() && record[i + 1] == '"') {
                    unquoted.push_back('"');
                    i += 2;
                } else
                    break;
            }
            ++i;
            fields.push_back(std::string_view{unquoted}.substr(start));
            if (i < record.size() && record[i] != ',') return "text after a closing quote";
        } else {
            const auto comma = std::min(record.find(',', i), record.size());
            fields.push_back(record.substr(i, comma - i));
            i = comma;
        }
        if (i >= record.size()) return {};
        ++i;
    }
}

} // namespace vigil::csv
