#include "cli/score_table.hpp"

#include "cli/iso_time.hpp"
#include "cli/scores_csv.hpp"
#include "core/model/comparator.hpp"
#include "core/scores/codes.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace vigil::cli {

namespace {

constexpr std::size_t block = 1U << 18;

void put(std::string& out, std::int64_t n) {
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, n).ptr;
    out.append(text, end);
}

// Everything of a part that its row shows, in one word that is never 0; 0: it does not fit.
std::uint64_t shown(model::ScorePart const& p) {
    const auto points = p.points ? *p.points + 1 : 0;
    const auto byte = [](auto n, unsigned place) { return static_cast<std::uint64_t>(n) << (8 * place); };
    if ((byte(points, 0) | byte(p.lower, 0) | byte(p.upper, 0)) > 255) return 0; // a negative one is large
    const auto label = p.label ? static_cast<unsigned>(*p.label) + 1 : 0U;
    return byte(static_cast<unsigned>(p.part), 0) | byte(static_cast<unsigned>(p.state), 1) | byte(label, 2) |
           byte(points, 3) | byte(p.lower, 4) | byte(p.upper, 5) | byte(p.missing, 6) | byte(1, 7);
}

void write_ending(std::string& out, model::ScorePart const& p) {
    out += model::name_of(p.part);
    out += ',';
    const bool is_class = p.label && p.part != model::Part::total; // what a total means stands in no column
    if (p.points)
        put(out, *p.points);
    else if (is_class)
        out += model::name_of(*p.label);
    out += ',';
    out += model::name_of(p.state);
    const bool only_value = p.value_unit != model::Unit::none && !p.points;
    if (is_class || p.state == model::PartState::not_applicable || only_value) {
        out += ",,,\n";
        return;
    }
    out += ',';
    put(out, p.lower);
    out += ',';
    put(out, p.upper);
    out += ',';
    put(out, p.part == model::Part::total ? p.missing : p.points ? 0 : 1);
    out += '\n';
}

// The first reading that was used or stood in for another; where nothing was measured none decided.
void write_deciding(std::string& out, model::ScorePart const& p) {
    const auto used = std::find_if(p.evidence.begin(), p.evidence.end(), [](auto const& e) {
        return e.verdict == model::Verdict::used || e.verdict == model::Verdict::substituted;
    });
    if (used == p.evidence.end() || p.state == model::PartState::not_measured) {
        out += ",,,,";
        return;
    }
    out.append(1, ',').append(model::name_of(used->signal)).append(1, ',');
    if (used->time) out += show_instant(used->time->ms);
    out += ',';
    if (used->reported)
        out.append(model::sign_of(used->comparator)).append(model::to_string(*used->reported));
    else if (used->word)
        out += model::name_of(*used->word);
    out += ',';
    if (used->reported) out += model::ucum(used->reported_unit);
}

void write_meaning(std::string& out, model::ScorePart const& p) {
    out += ',';
    if (p.label) out += model::name_of(*p.label);
    out += ',';
    if (p.value) out += model::to_string(*p.value);
    out += ',';
    if (p.value) out += model::ucum(p.value_unit);
}

void write_code(std::string& out, model::ScoreId score, model::Part part) {
    const auto known = scores::code_of(score, part);
    out.append(1, ',').append(name_of(known.system)).append(1, ',').append(known.code);
}

} // namespace

namespace {

// What has been written to it cannot be taken back, or no file may take its place: a pipe, a terminal, a link such as
// /dev/stdout.
bool is_stream(std::string const& path) {
    std::error_code none;
    const auto there = std::filesystem::symlink_status(path, none);
    return path == "-" || (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there));
}

} // namespace

ScoreTable::ScoreTable(std::string const& path)
    : path_{path},
      beside_{is_stream(path) ? std::string{} : path + ".new"},
      file_{beside_.empty() ? std::tmpfile() : std::fopen(beside_.c_str(), "wb")} {
    buffer_.resize(block);
    begin();
}

void ScoreTable::begin() {
    const auto heading = scores_csv_heading(deciding_, meanings_, codes_);
    used_ = heading.copy(buffer_.data(), heading.size());
}

void ScoreTable::show_deciding() {
    deciding_ = true;
    begin();
}

void ScoreTable::show_meanings() {
    meanings_ = true;
    begin();
}

void ScoreTable::show_codes() {
    codes_ = true;
    begin();
}

ScoreTable::~ScoreTable() { discard(); }

ScoreTable::Ending const& ScoreTable::ending_of(model::ScorePart const& part) {
    const auto key = shown(part);
    auto& e = key == 0 ? rare_ : (*endings_)[(key * 0x9E3779B97F4A7C15ULL) >> 54];
    if (key == 0 || e.of != key) write(e, key, part);
    return e;
}

void ScoreTable::write(Ending& e, std::uint64_t key, model::ScorePart const& part) {
    std::string text;
    write_ending(text, part);
    assert(text.size() <= Ending::longest);
    e.of = key;
    e.size = static_cast<std::uint8_t>(text.copy(e.text.data(), text.size()));
}

// Most instants are whole hours of one day after another.
void ScoreTable::show(model::EventTime at) {
    constexpr std::int64_t hour = 3'600'000, day = 24 * hour;
    const bool same_day = !instant_.empty() && at.ms >= 0 && at_.ms >= 0 && at.ms / day == at_.ms / day;
    if (same_day && at.ms % hour == 0 && at_.ms % hour == 0) {
        instant_[11] = static_cast<char>('0' + at.ms % day / hour / 10);
        instant_[12] = static_cast<char>('0' + at.ms % day / hour % 10);
    } else {
        instant_ = show_instant(at.ms);
    }
    at_ = at;
}

void ScoreTable::rows(std::string_view encounter, model::EventTime at, std::string_view definition,
                      model::ScoreId score, std::span<model::ScorePart const> parts) {
    if (at != at_ || instant_.empty()) {
        show(at);
    }
    head_.assign(encounter).append(1, ',').append(instant_).append(1, ',').append(definition).append(1, ',');
    if (deciding_ || meanings_ || codes_) {
        rows_in_full(score, parts);
        return;
    }
    const auto most = parts.size() * (head_.size() + Ending::longest);
    if (used_ + most > buffer_.size()) flush();
    if (most > buffer_.size()) buffer_.resize(most);
    auto* to = buffer_.data() + used_;
    for (auto const& p : parts) {
        auto const& e = ending_of(p);
        std::memcpy(to, head_.data(), head_.size());
        to += head_.size();
        std::memcpy(to, e.text.data(), e.text.size()); // of a fixed size: what is too much is written over
        to += e.size;
    }
    used_ = static_cast<std::size_t>(to - buffer_.data());
}

void ScoreTable::rows_in_full(model::ScoreId score, std::span<model::ScorePart const> parts) {
    for (auto const& p : parts) {
        row_ = head_;
        write_ending(row_, p);
        row_.pop_back();
        if (deciding_) write_deciding(row_, p);
        if (meanings_) write_meaning(row_, p);
        if (codes_) write_code(row_, score, p.part);
        row_ += '\n';
        if (used_ + row_.size() > buffer_.size()) flush();
        if (row_.size() > buffer_.size()) buffer_.resize(row_.size());
        used_ += row_.copy(buffer_.data() + used_, row_.size());
    }
}

void ScoreTable::flush() {
    if (file_ == nullptr) return;
    failed_ = failed_ || std::fwrite(buffer_.data(), 1, used_, file_) != used_;
    used_ = 0;
}

bool ScoreTable::close() {
    if (file_ == nullptr) return !failed_;
    flush();
    failed_ = failed_ || std::fflush(file_) != 0;
    if (beside_.empty()) failed_ = failed_ || !copy_to_stream();
    failed_ = std::fclose(file_) != 0 || failed_;
    file_ = nullptr;
    if (beside_.empty()) return !failed_;
    failed_ = failed_ || std::rename(beside_.c_str(), path_.c_str()) != 0;
    if (failed_) std::remove(beside_.c_str());
    return !failed_;
}

void ScoreTable::discard() {
    if (file_ == nullptr) return;
    used_ = 0;
    std::fclose(file_);
    file_ = nullptr;
    if (!beside_.empty()) std::remove(beside_.c_str());
}

bool ScoreTable::copy_to_stream() {
    auto* const to = path_ == "-" ? stdout : std::fopen(path_.c_str(), "wb");
    if (to == nullptr) return false;
    std::rewind(file_);
    buffer_.resize(block);
    bool copied = true;
    for (std::size_t got; copied && (got = std::fread(buffer_.data(), 1, buffer_.size(), file_)) > 0;)
        copied = std::fwrite(buffer_.data(), 1, got, to) == got;
    copied = copied && std::ferror(file_) == 0 && std::fflush(to) == 0;
    return (to == stdout || std::fclose(to) == 0) && copied;
}

} // namespace vigil::cli
