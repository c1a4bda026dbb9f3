#include "adapters/csv/record_reader.hpp"
#include "cli/row_reading.hpp"
#include "cli/score_stays.hpp"
#include "cli/session.hpp"
#include "cli/text_index.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

namespace vigil::cli {

namespace {

using model::Reason;

constexpr std::uint64_t shown_rows = 1'000; // of those refused, each by its line; all are counted

// What a channel of the file means, decided once.
struct KnownChannel {
    std::string source;
    model::SourceId source_id; // pumps are told apart by source
    model::Channel channel;
    core::Mapping mapping;
    std::uint64_t readings = 0;    // of the stay that is asked for
    std::uint32_t followed_by = 0; // the channel of the row after; a guess
};

// Channels by what the rows call them, looked up for every row.
class Channels {
public:
    explicit Channels(core::Rulebook const& rules)
        : rules_{rules} {}

    std::pair<std::uint32_t, KnownChannel*> of(csv::ReadingRow const& row) {
        // Channels follow one another as they did last time.
        auto number = last_ == 0 ? 0 : all_[last_ - 1].followed_by;
        if (number == 0 || !same(all_[number - 1], row)) {
            number = find(row);
            if (last_ != 0) all_[last_ - 1].followed_by = number;
        }
        last_ = number;
        return {number, &all_[number - 1]};
    }
    std::vector<KnownChannel> const& all() const { return all_; }

private:
    std::uint32_t find(csv::ReadingRow const& row) {
        const auto h = hash_of(row);
        for (auto i = h;; ++i) {
            auto& number = slots_[i & (slots_.size() - 1)];
            if (number == 0) return add(row, h);
            if (same(all_[number - 1], row)) return number;
        }
    }
    static std::size_t hash_of(csv::ReadingRow const& row) {
        const auto end_of = [](std::string_view s) { return s.empty() ? 0U : static_cast<unsigned char>(s.back()); };
        std::uint64_t h = row.code.size() * 31 + row.unit.size();
        for (char c : row.code) h = h * 33 + static_cast<unsigned char>(c);
        h = h * 33 + end_of(row.unit);
        h = h * 33 + end_of(row.source);
        for (char c : row.sub_id) h = h * 33 + static_cast<unsigned char>(c);
        return static_cast<std::size_t>(h);
    }
    static bool same(KnownChannel const& k, csv::ReadingRow const& row) {
        auto const& c = k.channel;
        return same_text(c.code, row.code) && same_text(c.unit, row.unit) && same_text(k.source, row.source) &&
               same_text(c.sub_id, row.sub_id) && c.system == row.system;
    }
    std::uint32_t add(csv::ReadingRow const& row, std::size_t h) {
        KnownChannel k;
        k.source = row.source;
        const auto like = std::find_if(all_.begin(), all_.end(), [&k](auto const& x) { return x.source == k.source; });
        k.source_id = like != all_.end() ? like->source_id : model::SourceId{++sources_};
        k.channel = channel_of(row);
        k.mapping = core::map_channel(rules_, row.source, k.channel);
        hashes_.push_back(h);
        all_.push_back(std::move(k));
        if (all_.size() * 4 > slots_.size()) {
            slots_.assign(slots_.size() * 2, 0);
            for (std::uint32_t i = 0; i < hashes_.size(); ++i) place(hashes_[i], i + 1);
        } else {
            place(h, static_cast<std::uint32_t>(all_.size()));
        }
        return static_cast<std::uint32_t>(all_.size());
    }
    void place(std::size_t h, std::uint32_t number) {
        while (slots_[h & (slots_.size() - 1)] != 0) ++h;
        slots_[h & (slots_.size() - 1)] = number;
    }

    core::Rulebook const& rules_;
    std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(512); // numbers from 1; a power of two
    std::vector<std::size_t> hashes_;
    std::vector<KnownChannel> all_;
    std::uint32_t sources_ = 0;
    std::uint32_t last_ = 0; // the channel of the row before
};

class Progress {
public:
    void show(csv::RecordReader const& reader, std::uint64_t rows) {
        if (!wanted_ || (rows & 0x3FFF) != 0) return;
        const auto now = std::chrono::steady_clock::now();
        if (now - started_ < std::chrono::seconds(2) || now - last_ < std::chrono::milliseconds(200)) return;
        last_ = now;
        drawn_ = true;
        const auto share = reader.progress();
        std::fprintf(stderr, "\r[%-40.*s] %3u %%  %llu rows", static_cast<int>(share * 40 / 1000),
                     "########################################", share / 10, static_cast<unsigned long long>(rows));
    }
    ~Progress() {
        if (drawn_) std::fputs("\r\033[K", stderr);
    }

private:
    bool wanted_ = progress_on_stderr();
    bool drawn_ = false;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now(), last_ = started_;
};

class Run {
public:
    Run(ScoreJob const& job, core::Rulebook const& rules, ScoreTable& table, Stays::Order order)
        : asked_stay_{job.asked_stay},
          rules_{rules},
          stays_{job, rules, table, order},
          channels_{rules} {}

    // An exit code; ok to go on.
    int file(std::string const& path) {
        csv::RecordReader reader{path};
        if (!reader.is_open()) {
            complain("cannot read " + path);
            return Exit::no_input;
        }
        std::vector<std::string_view> fields;
        std::string why;
        why = reader.next(fields) ? reader.fault() : "is empty";
        const auto columns = why.empty() ? csv::read_header(fields, why) : std::nullopt;
        if (!columns) {
            complain(path + ":" + std::to_string(std::max<std::uint64_t>(reader.line(), 1)) + ": " + why);
            return Exit::data;
        }
        csv::RowParser parser{*columns};
        csv::ReadingRow row;
        path_ = &path;
        const auto before = rows_;
        while (!stays_.overtaken() && reader.next(fields)) {
            ++rows_;
            progress_.show(reader, rows_);
            row.subject = {};
            const auto fault = reader.fault().empty() ? parser.parse(fields, row) : reader.fault();
            if (!fault.empty())
                refuse(row, reader.line(), fault);
            else if (!row.other_kind)
                take(row, reader.line());
        }
        if (stays_.overtaken()) return Exit::ok; // the caller reads again
        if (reader.damaged()) {
            complain(path + ": the file breaks off or is damaged");
            return Exit::data;
        }
        if (rows_ == before) complain(path + ": no readings");
        return Exit::ok;
    }

    void finish() {
        stays_.finish();
        report();
    }
    std::uint64_t refused() const { return refused_; }
    std::uint64_t named() const { return named_; }
    bool overtaken() const { return stays_.overtaken(); }
    // Lines that an earlier reading of the same file complained of are not complained of again.
    void known_refusals(std::uint64_t named) { told_ = named; }

private:
    // Or of nobody knows which stay.
    bool is_asked(csv::ReadingRow const& row) const {
        return asked_stay_.empty() || row.subject.empty() || row.subject == asked_stay_;
    }

    void refuse(csv::ReadingRow const& row, std::uint64_t line, std::string_view why) {
        ++refused_;
        if (!is_asked(row))
            ++of_others_;
        else if (++named_ <= shown_rows && named_ > told_)
            complain(*path_ + ":" + std::to_string(line) + ": " + std::string{why});
    }

    // What is told once for the channel.
    void refuse_channel(bool asked) {
        ++refused_;
        if (!asked) ++of_others_;
    }

    void take(csv::ReadingRow& row, std::uint64_t line) {
        const auto found = channels_.of(row);
        const auto id = found.first;
        auto* const known = found.second;
        const bool asked = is_asked(row);
        if (asked) ++known->readings;
        auto& stay = stays_.find(row.subject);
        if (!known->mapping.signal) return refuse_channel(asked);
        auto const& reading = reading_of(row, {id});
        auto origin = origin_of(row, rows_);
        origin.source = known->source_id;
        const auto read = core::interpret(rules_, known->mapping, known->channel, reading, 0, row.order_id, origin);
        if (read.refused != Reason::none && read.refused == known->mapping.reason)
            refuse_channel(asked);
        else if (read.refused != Reason::none)
            refuse(row, line, std::string{known->channel.code} + ": " + std::string{model::name_of(read.refused)});
        if (read.refused != Reason::none && read.has_time)
            stays_.note_refused(stay, {*known->mapping.signal, read.refused, read.sample.time, reading.value,
                                       known->mapping.unit, read.sample.ref, reading.channel});
        if (!read.placed()) return;
        core::place_where_it_belongs(
            known->mapping, read, [&](model::Signal signal, model::SignalKind kind, model::Sample const& s) {
                if (stays_.take(stay, signal, kind, s, rows_) == model::Inserted::behind_horizon && !stays_.overtaken())
                    refuse(row, line, std::string{known->channel.code} + ": too late to be placed");
            });
    }

    // Nothing is dropped silently: what no definition knows is counted by code.
    void report() const {
        if (named_ > shown_rows)
            complain(std::to_string(named_) + " rows refused in all, beside those of the codes below");
        for (auto const& c : channels_.all())
            if (c.mapping.reason != Reason::none && c.readings > 0)
                complain(std::string{model::name_of(c.mapping.reason)} + ": " +
                         std::string{model::name_of(c.channel.system)} + " " + c.channel.code + " [" + c.channel.unit +
                         "], " + std::to_string(c.readings) + " readings");
        if (of_others_ > 0) complain(std::to_string(of_others_) + " readings of other stays were refused");
    }

    std::string const& asked_stay_;
    core::Rulebook const& rules_;
    Stays stays_;
    Channels channels_;
    Progress progress_;
    std::string const* path_ = nullptr;
    std::uint64_t rows_ = 0, refused_ = 0, of_others_ = 0;
    std::uint64_t named_ = 0, told_ = 0; // of those refused: by their line, rather than by their code
};

// Reads and evaluates everything. Empty: a reading came behind what had been written already.
std::optional<int> run_once(ScoreJob const& job, core::Rulebook const& rules, Stays::Order order, std::uint64_t& told) {
    ScoreTable table{job.out};
    if (!table.is_open()) {
        complain("cannot write " + job.out);
        return Exit::io;
    }
    Run run{job, rules, table, order};
    run.known_refusals(told);
    for (auto const& path : job.readings) {
        if (const int code = run.file(path); code != Exit::ok) return code;
        if (run.overtaken()) {
            told = run.named();
            table.discard();
            return std::nullopt;
        }
    }
    run.finish();
    if (job.show) {
        table.discard();
        return run.refused() > 0 && job.strict ? Exit::data : Exit::ok;
    }
    if (!table.close()) {
        complain("could not write all of " + job.out);
        return Exit::io;
    }
    return job.strict && run.refused() > 0 ? Exit::data : Exit::ok;
}

// What can only be read once is read whole at once.
bool can_be_read_again(std::string const& path) {
    std::error_code ignored;
    return !std::filesystem::exists(path, ignored) || std::filesystem::is_regular_file(path, ignored);
}

} // namespace

int run_score(ScoreJob const& job, core::Rulebook const& rules) {
    std::error_code none;
    for (auto const& path : job.readings)
        if (std::filesystem::equivalent(path, job.out, none)) {
            complain(job.out + " is read: it is not written over");
            return Exit::usage;
        }
    std::uint64_t told = 0;
    if (std::all_of(job.readings.begin(), job.readings.end(), can_be_read_again)) {
        if (const auto code = run_once(job, rules, Stays::Order::by_time, told)) return *code;
        complain("the rows are not in the order of time: everything is read before anything is evaluated");
    }
    return run_once(job, rules, Stays::Order::any, told).value_or(Exit::internal);
}

} // namespace vigil::cli
