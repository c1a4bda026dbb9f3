#include "adapters/csv/record_reader.hpp"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace vigil::csv {

namespace {
constexpr std::size_t chunk = 1U << 20;
}

// gzread passes plain files through unchanged.
struct RecordReader::Input {
    gzFile file = nullptr;
    std::uint64_t size = 0;

    explicit Input(std::string const& path) {
        struct stat info {};
        if (::stat(path.c_str(), &info) != 0 || S_ISDIR(info.st_mode)) return;
        size = static_cast<std::uint64_t>(info.st_size);
        file = gzopen(path.c_str(), "rb");
        if (file != nullptr) gzbuffer(file, 256U << 10);
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
    const int n =
        gzread(input_->file, buffer_.data() + end_, static_cast<unsigned>(std::min(buffer_.size() - end_, chunk)));
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

// Finds the end of the record that begins at begin_: a line feed outside quotes, or the end of the file.
bool RecordReader::whole_record(std::size_t& length, std::size_t& skip, bool& quoted) {
    constexpr auto nowhere = static_cast<std::size_t>(-1);
    std::size_t scanned = 0, closed_at = nowhere;
    bool inside = false;
    quoted = false;
    while (true) {
        char const* const base = buffer_.data() + begin_;
        const std::size_t have = end_ - begin_;
        while (scanned < have) {
            if (!quoted) {
                // The common case: no quote before the next line feed.
                auto const* const lf = static_cast<char const*>(std::memchr(base + scanned, '\n', have - scanned));
                const std::size_t stop = lf == nullptr ? have : static_cast<std::size_t>(lf - base);
                if (std::memchr(base + scanned, '"', stop - scanned) == nullptr) {
                    scanned = stop;
                    if (lf == nullptr) break;
                    length = stop;
                    skip = stop + 1;
                    return true;
                }
                quoted = true;
                scanned = 0;
                closed_at = nowhere;
            }
            const char c = base[scanned];
            // A quote opens where a field begins, or doubles one that has just closed; elsewhere it is text (RFC 4180),
            // and must not swallow the rows after it.
            if (c == '"' && inside) {
                inside = false;
                closed_at = scanned;
            } else if (c == '"') {
                inside = scanned == 0 || base[scanned - 1] == ',' || closed_at + 1 == scanned;
            }
            if (c == '\n' && !inside) {
                length = scanned;
                skip = scanned + 1;
                return true;
            }
            ++scanned;
        }
        if (have > max_record || !fill()) {
            length = end_ - begin_;
            skip = length;
            return length > 0;
        }
    }
}

bool RecordReader::next(std::vector<std::string_view>& fields) {
    fields.clear();
    fault_ = {};
    std::size_t length = 0, skip = 0;
    bool quoted = false;
    while (whole_record(length, skip, quoted)) {
        std::string_view record{buffer_.data() + begin_, length};
        line_ = lines_before_ + 1;
        lines_before_ += quoted ? static_cast<std::uint64_t>(std::count(record.begin(), record.end(), '\n')) + 1 : 1;
        begin_ += skip;
        if (!record.empty() && record.back() == '\r') record.remove_suffix(1);
        if (line_ == 1 && record.starts_with("\xEF\xBB\xBF")) record.remove_prefix(3);
        if (record.empty()) continue;
        if (record.size() > max_record)
            fault_ = "record longer than 1 MiB";
        else if (quoted)
            fault_ = split(record, fields);
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

// A record with quotes. Unquoted text lives in unquoted_, which is sized first so that views into it stay.
std::string_view RecordReader::split(std::string_view record, std::vector<std::string_view>& fields) {
    unquoted_.clear();
    unquoted_.reserve(record.size());
    std::size_t i = 0;
    while (true) {
        if (i < record.size() && record[i] == '"') {
            const auto start = unquoted_.size();
            ++i;
            while (true) {
                if (i >= record.size()) return "quote without end";
                if (record[i] != '"')
                    unquoted_.push_back(record[i++]);
                else if (i + 1 < record.size() && record[i + 1] == '"') {
                    unquoted_.push_back('"');
                    i += 2;
                } else
                    break;
            }
            ++i;
            fields.push_back(std::string_view{unquoted_}.substr(start));
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
