#include "adapters/csv/feed.hpp"

#include "adapters/csv/followed_file.hpp"
#include "adapters/csv/position.hpp"
#include "adapters/csv/record_reader.hpp"
#include "adapters/runtime/log.hpp"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <fmt/format.h>
#include <utility>

namespace vigil::csv {

namespace {

using adapters::Instant;
using adapters::Priority;
using adapters::Verdict;

constexpr int exit_data = 65;
constexpr std::int64_t look_for_another_ms = 1'000;
constexpr std::int64_t quiet_ms = 10'000;
constexpr unsigned most_complaints = 10; // in that time

struct FirstLine {
    std::string_view record;
    std::uint64_t line = 1;
    FilePlace end;
    bool ended = false; // its line feed is there
};

// The first that is not empty: as in RecordReader, what has only a byte order mark is.
FirstLine first_line(std::string_view text) {
    FirstLine out;
    while (true) {
        const auto feed = text.find('\n', out.end.offset);
        out.ended = feed != std::string_view::npos;
        out.line = out.end.lines + 1;
        out.record = text.substr(out.end.offset, out.ended ? feed - out.end.offset : feed);
        if (out.line == 1 && out.record.starts_with(byte_order_mark)) out.record.remove_prefix(byte_order_mark.size());
        if (!out.ended) return out;
        if (out.record.ends_with('\r')) out.record.remove_suffix(1);
        out.end = {feed + 1, out.line};
        if (!out.record.empty()) return out;
    }
}

class Follower : public adapters::Feed {
public:
    explicit Follower(FeedSettings settings)
        : settings_{std::move(settings)},
          file_{settings_.file} {}

    void start(adapters::Host& host) override {
        host_ = &host;
        std::printf("following %s\n", settings_.file.c_str());
        std::fflush(stdout);
        host.each_tick([this](Instant now) { look(now); });
    }

private:
    struct Flight { // a stretch that is under way
        FilePlace end;
        std::size_t open = 0; // batches without an answer
    };

    void look(Instant now);
    bool begin();
    void take_up(Columns const& columns, FilePlace first_row);
    std::string marks(FilePlace done) const;
    bool rewritten() const;
    // Up to where the file was seen; what was read is not beyond it.
    std::uint64_t seen_to() const { return position_.seen.empty() ? read_.offset : position_.seen.back(); }
    void look_for_another(Instant now);
    void pump(Instant now);
    bool may_send() const;
    bool has_grown();
    void send(Stretch stretch, Instant now);
    void count(Stretch const& stretch, Instant now);
    void hear(std::shared_ptr<Flight> const& flight, Verdict verdict, std::string_view reason);
    void confirm();
    void send_again();
    void keep();
    void complain(std::uint64_t line, std::string_view why, Instant now);

    FeedSettings settings_;
    adapters::Host* host_ = nullptr;
    FollowedFile file_;
    std::optional<StretchReader> reader_; // of the file that is open, once its header was read
    Position position_;
    FilePlace read_;                              // what was handed to the link
    std::optional<FilePlace> marked_;             // what position_.marks are of
    std::size_t cut_ = 0;                         // of position_.seen: the size that is read up to
    std::uint64_t counted_ = 0;                   // rows before it were counted
    std::deque<std::shared_ptr<Flight>> flights_; // in the order of the file
    bool again_ = false;                          // something was not made durable in time
    bool to_keep_ = false;                        // the position is newer than its file
    bool first_file_ = true;                      // since this program began
    bool told_waiting_ = false, told_unkept_ = false;
    std::int64_t next_look_ms_ = 0, quiet_until_ms_ = 0;
    unsigned complaints_ = 0;
};

void Follower::look(Instant now) {
    if (now.steady_ms >= next_look_ms_) {
        next_look_ms_ = now.steady_ms + look_for_another_ms;
        look_for_another(now);
    }
    if (!reader_ && !begin()) return;
    // The link itself goes on until everything is durable; only then is it known what is to be asked about again.
    if (again_ && host_->link().connected() && host_->link().unacknowledged() == 0) send_again();
    pump(now);
    if (to_keep_) keep();
}

// Opens the file and reads its header, once both are there.
bool Follower::begin() {
    if (!file_.is_open() && !file_.open()) {
        if (!told_waiting_) adapters::log(Priority::notice, settings_.file + ": waiting until it can be read");
        told_waiting_ = true;
        return false;
    }
    told_waiting_ = false;
    if (host_->finishing()) return false;
    const auto start =
        file_.bytes(0, std::min<std::uint64_t>(file_.size(), StretchReader::window), StretchReader::window);
    const auto header = first_line(start);
    std::string why;
    if (header.record.size() > RecordReader::max_record)
        why = too_long;
    else if (!header.ended && start.size() >= StretchReader::window)
        why = "no header in the first 4 MiB";
    else if (!header.ended)
        return false;
    std::vector<std::string_view> fields;
    std::string unquoted;
    if (why.empty()) why = split_record(header.record, fields, unquoted);
    const auto columns = why.empty() ? read_header(fields, why) : std::nullopt;
    if (!columns) {
        host_->counters().refuse("unreadable_header");
        adapters::log(Priority::error, fmt::format("{}:{}: {}", settings_.file, header.line, why));
        host_->finish(exit_data);
        return false;
    }
    take_up(*columns, header.end);
    return true;
}

std::string Follower::marks(FilePlace done) const {
    std::string out;
    for (auto byte : adapters::content_digest(file_.marks(done.offset))) out += fmt::format("{:02x}", byte);
    return out;
}

bool Follower::rewritten() const { return marked_ && marks(*marked_) != position_.marks; }

// From where the file was left, if it is still that file; else from its first row.
void Follower::take_up(Columns const& columns, FilePlace first_row) {
    reader_.emplace(settings_.rows, columns);
    flights_.clear();
    again_ = false;
    cut_ = 0;
    counted_ = 0;
    auto known = read_position(settings_.position_file);
    const bool first = std::exchange(first_file_, false);
    const bool same = known && known->done.offset >= first_row.offset && known->done.offset <= file_.size() &&
                      known->marks == marks(known->done);
    // Of a file that is replaced while it is followed the end was read.
    if (first && known && !same) {
        host_->counters().note("noted_file_replaced", 1);
        adapters::log(Priority::warning,
                      fmt::format("{}: is not the file that was read up to line {}; rows of the former file behind "
                                  "that line may be unread",
                                  settings_.file, known->done.lines));
    }
    marked_.reset();
    if (same) {
        position_ = std::move(*known);
        marked_ = position_.done;
        while (!position_.seen.empty() && position_.seen.back() > file_.size()) position_.seen.pop_back();
    } else {
        position_ = {{}, first_row, {}};
    }
    read_ = position_.done;
    adapters::log(Priority::info, fmt::format("{}: reading from line {}", settings_.file, position_.done.lines + 1));
    if (!same) keep();
}

// A file that was replaced is read to its end first; one that was cut short is another.
void Follower::look_for_another(Instant now) {
    if (!reader_) {
        if (file_.is_open() && file_.replaced()) file_.open();
        return;
    }
    const auto size = file_.size();
    // What was read or seen of it is not what stands there: cut short, or written over.
    const bool shorter = size < seen_to() || rewritten();
    const bool finished = flights_.empty() && !again_ && cut_ == position_.seen.size() && size <= seen_to();
    if (!shorter && (!finished || !file_.replaced())) return;
    if (!shorter && size > read_.offset) {
        host_->counters().refuse("unreadable_row");
        complain(read_.lines + 1, "the last record has no line end", now);
    }
    adapters::log(Priority::notice,
                  settings_.file + (shorter ? ": became shorter or was written over" : ": is gone, or another file"));
    reader_.reset();
    flights_.clear();
    marked_.reset();
    if (!file_.open()) adapters::log(Priority::notice, settings_.file + ": waiting until it can be read");
    told_waiting_ = !file_.is_open();
}

bool Follower::may_send() const {
    auto const& link = host_->link();
    return reader_ && !again_ && !host_->finishing() && link.connected() && !link.away() && link.wants_more();
}

void Follower::pump(Instant now) {
    while (may_send()) {
        if (cut_ == position_.seen.size()) {
            if (!has_grown()) return;
            keep(); // before anything of it is sent
        }
        auto stretch = reader_->next(file_.bytes(read_.offset, position_.seen[cut_], StretchReader::window), read_);
        if (stretch)
            send(std::move(*stretch), now);
        else
            ++cut_;
    }
}

bool Follower::has_grown() {
    auto& seen = position_.seen;
    const auto size = file_.size();
    if (size <= seen_to() || rewritten()) return false;
    // Of a line that is only begun each size would be kept; nothing ended at any of them but the last.
    while (!seen.empty() && flights_.empty() && read_ == position_.done) seen.pop_back();
    seen.push_back(size);
    cut_ = seen.size() - 1;
    return true;
}

void Follower::send(Stretch stretch, Instant now) {
    count(stretch, now);
    read_ = stretch.end;
    auto flight = std::make_shared<Flight>(Flight{stretch.end, stretch.batches.size()});
    const bool alone = flights_.empty() && stretch.batches.size() == 1;
    flights_.push_back(flight);
    for (auto& batch : stretch.batches) {
        batch.set_received_ms(now.utc_ms);
        batch.set_urgent(alone);
        host_->link().submit(
            batch, [this, flight](Verdict verdict, std::string_view reason) { hear(flight, verdict, reason); }, now);
    }
    confirm();
}

// Once a row, also when it is sent again.
void Follower::count(Stretch const& stretch, Instant now) {
    if (stretch.end.offset <= counted_) return;
    counted_ = stretch.end.offset;
    auto& counters = host_->counters();
    counters.messages += stretch.readings;
    if (stretch.readings > 0) counters.last_message_ms = now.utc_ms;
    counters.note("noted_other_kind", stretch.other_kinds);
    counters.note("noted_text_value", stretch.texts);
    for (auto const& row : stretch.refused) {
        counters.refuse("unreadable_row");
        complain(row.at.lines + 1, row.why, now);
    }
}

void Follower::hear(std::shared_ptr<Flight> const& flight, Verdict verdict, std::string_view reason) {
    if (verdict == Verdict::refused) { // for good: the file says what it says
        host_->counters().refuse("refused");
        adapters::log(Priority::error, fmt::format("{}: vigild refuses rows before line {}: {}", settings_.file,
                                                   flight->end.lines + 1, reason));
    }
    if (verdict == Verdict::committed || verdict == Verdict::refused)
        --flight->open;
    else
        again_ = true;
    confirm();
    pump(host_->now());
}

void Follower::confirm() {
    for (; !flights_.empty() && flights_.front()->open == 0; flights_.pop_front()) {
        position_.done = flights_.front()->end;
        to_keep_ = true;
    }
    while (!position_.seen.empty() && position_.seen.front() <= position_.done.offset) {
        position_.seen.pop_front();
        if (cut_ > 0) --cut_;
    }
    if (to_keep_ && flights_.empty()) keep();
}

void Follower::send_again() {
    host_->counters().note("noted_sent_again", 1);
    again_ = false;
    flights_.clear();
    read_ = position_.done;
    cut_ = 0;
}

void Follower::keep() {
    if (rewritten()) return; // the next look finds it
    position_.marks = marks(position_.done);
    marked_ = position_.done;
    const bool kept = write_position(settings_.position_file, position_);
    if (!kept && !told_unkept_)
        adapters::log(Priority::error,
                      settings_.position_file + ": cannot be written; after a restart rows are sent again");
    told_unkept_ = to_keep_ = !kept;
}

// A file gone wild must not fill the log.
void Follower::complain(std::uint64_t line, std::string_view why, Instant now) {
    if (now.steady_ms >= quiet_until_ms_) {
        quiet_until_ms_ = now.steady_ms + quiet_ms;
        complaints_ = 0;
    }
    if (++complaints_ <= most_complaints)
        adapters::log(Priority::warning, fmt::format("{}:{}: {}", settings_.file, line, why));
}

} // namespace

std::unique_ptr<adapters::Feed> follow(FeedSettings settings) {
    return std::make_unique<Follower>(std::move(settings));
}

} // namespace vigil::csv
