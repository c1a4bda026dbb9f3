#include "cli/score_table.hpp"

#include "cli/iso_time.hpp"
#include "cli/table_file.hpp"

#include <charconv>

namespace vigil::cli {

namespace {
constexpr std::size_t block = 1U << 18;
}

ScoreTable::ScoreTable(std::string const& path)
    : file_{path == "-" ? std::tmpfile() : std::fopen(path.c_str(), "wb")},
      to_stdout_{path == "-"} {
    buffer_.reserve(block + 4096);
    buffer_ = "encounter,at,definition,part,value,state,lower,upper,missing\n";
}

ScoreTable::~ScoreTable() { close(); }

void ScoreTable::number(std::int64_t n) {
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, n).ptr;
    buffer_.append(text, end);
}

void ScoreTable::rows(std::string_view encounter, model::EventTime at, std::string_view definition,
                      model::Score const& score) {
    const auto head = csv_cell(encounter) + "," + show_instant(at.ms) + "," + std::string{definition} + ",";
    for (auto const& p : score.parts) {
        buffer_ += head;
        buffer_ += model::name_of(p.part);
        buffer_ += ',';
        if (p.label)
            buffer_ += model::name_of(*p.label);
        else if (p.points)
            number(*p.points);
        buffer_ += ',';
        buffer_ += model::name_of(p.state);
        if (p.label || p.state == model::PartState::not_applicable) {
            buffer_ += ",,,\n";
            continue;
        }
        buffer_ += ',';
        number(p.lower);
        buffer_ += ',';
        number(p.upper);
        buffer_ += ',';
        number(p.part == model::Part::total ? p.missing : p.points ? 0 : 1);
        buffer_ += '\n';
    }
    if (buffer_.size() >= block) flush();
}

void ScoreTable::flush() {
    if (file_ == nullptr) return;
    failed_ = failed_ || std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size();
    buffer_.clear();
}

bool ScoreTable::close() {
    if (file_ == nullptr) return !failed_;
    flush();
    failed_ = failed_ || std::fflush(file_) != 0;
    if (to_stdout_) failed_ = !copy_to_stdout() || failed_;
    failed_ = std::fclose(file_) != 0 || failed_;
    file_ = nullptr;
    return !failed_;
}

void ScoreTable::discard() {
    if (file_ == nullptr) return;
    buffer_.clear();
    std::fclose(file_);
    file_ = nullptr;
}

bool ScoreTable::copy_to_stdout() {
    std::rewind(file_);
    buffer_.resize(block);
    for (std::size_t got; (got = std::fread(buffer_.data(), 1, buffer_.size(), file_)) > 0;)
        if (std::fwrite(buffer_.data(), 1, got, stdout) != got) return false;
    return std::ferror(file_) == 0 && std::fflush(stdout) == 0;
}

} // namespace vigil::cli
