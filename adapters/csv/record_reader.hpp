#pragma once
// Records of an RFC 4180 file, plain or gzip, in constant memory. Views are valid until the next record is read.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::csv {

// The fields of one record without its line end, those in quotes as views into `unquoted`; answers what is wrong with
// it.
std::string_view split_record(std::string_view record, std::vector<std::string_view>& fields, std::string& unquoted);

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF"; // may stand before the first record
constexpr std::string_view too_long = "record longer than 1 MiB";

class RecordReader {
public:
    static constexpr std::size_t max_record = 1U << 20; // a longer record is reported and skipped whole

    explicit RecordReader(std::string const& path);
    ~RecordReader();
    RecordReader(RecordReader&&) noexcept;

    bool is_open() const;
    // The next record's fields; false at the end. A record that cannot be read has no fields and says so in `fault`.
    bool next(std::vector<std::string_view>& fields);
    std::string_view fault() const { return fault_; }
    std::uint64_t line() const { return line_; } // of the record's first line, from 1
    // Share of the file consumed so far, in thousandths; compressed bytes for a gzip file.
    unsigned progress() const;
    // The stream broke off (a damaged or cut gzip file).
    bool damaged() const { return damaged_; }

private:
    struct Input;
    struct Quotes;
    bool fill();
    bool next_plain(std::vector<std::string_view>& fields);
    bool whole_record(std::size_t& length, Quotes& quotes, bool& quoted);
    void pass_over(Quotes quotes);

    std::unique_ptr<Input> input_;
    std::string buffer_;
    std::size_t begin_ = 0, end_ = 0;
    std::string unquoted_;
    std::string_view fault_;
    std::uint64_t line_ = 0, lines_before_ = 0;
    bool at_end_ = false, damaged_ = false;
};

} // namespace vigil::csv
