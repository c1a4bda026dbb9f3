#include "cli/outcomes_run.hpp"

#include "adapters/csv/reading_row.hpp"
#include "adapters/csv/record_reader.hpp"
#include "cli/row_reading.hpp"
#include "cli/session.hpp"

#include <algorithm>
#include <limits>

namespace vigil::cli {

namespace {

// Nothing of a stay is forgotten; a stream of oxygen is summed up by the minute.
model::Retention all_of(model::SignalKind kind) {
    constexpr auto forever = model::hours(24 * 4000);
    model::Retention keep;
    keep.keep_whole = keep.keep_minutes = keep.keep_creatinine = forever;
    keep.raw_horizon = keep.fold_for = kind == model::SignalKind::monitor ? model::hours(72) : forever;
    keep.raw_samples = kind == model::SignalKind::monitor ? 20'000 : std::numeric_limits<std::uint32_t>::max();
    return keep;
}

struct OneChannel {
    model::Channel channel;
    core::Mapping mapping;
    std::uint32_t number = 0;
};

class SupportPass {
public:
    SupportPass(core::Rulebook const& rules, outcomes::Tables const& tables)
        : rules_{rules} {
        for (auto s : outcomes::support_signals(tables)) wanted_.set(static_cast<std::size_t>(s));
        for (auto s : outcomes::fact_signals) facts_.set(static_cast<std::size_t>(s));
    }

    int file(std::string const& path) {
        csv::RecordReader reader{path};
        if (!reader.is_open()) {
            complain("cannot read " + path);
            return Exit::no_input;
        }
        std::vector<std::string_view> fields;
        std::string why = reader.next(fields) ? std::string{reader.fault()} : "is empty";
        const auto columns = why.empty() ? csv::read_header(fields, why) : std::nullopt;
        if (!columns) {
            complain(path + ": " + why);
            return Exit::data;
        }
        csv::RowParser parser{*columns};
        csv::ReadingRow row;
        while (reader.next(fields)) {
            ++rows_;
            // What is wrong with a row is said when the scores are read.
            if (!reader.fault().empty() || !parser.parse(fields, row).empty() || row.other_kind) continue;
            if (!take(row)) complain(path + ":" + std::to_string(reader.line()) + ": too late to be placed");
        }
        if (!reader.damaged()) return Exit::ok;
        complain(path + ": the file breaks off or is damaged");
        return Exit::data;
    }
    StaysRead& stays() { return stays_; }

private:
    OneChannel const& channel_of(csv::ReadingRow const& row) {
        std::string key;
        for (auto part : {row.source, row.code, row.unit, row.sub_id}) key.append(part).push_back('\0');
        key.push_back(static_cast<char>(row.system));
        const auto found = channels_.find(key);
        if (found != channels_.end()) return found->second;
        OneChannel c;
        c.channel = cli::channel_of(row);
        c.mapping = core::map_channel(rules_, row.source, c.channel);
        c.number = static_cast<std::uint32_t>(channels_.size()) + 1;
        return channels_.emplace(std::move(key), std::move(c)).first->second;
    }

    bool take(csv::ReadingRow& row) {
        auto const& known = channel_of(row);
        auto found = stays_.find(row.subject);
        if (found == stays_.end()) found = stays_.emplace(std::string{row.subject}, StayRead{}).first;
        auto& stay = found->second;
        if (!known.mapping.signal) return true;
        auto const& reading = reading_of(row, {known.number});
        const auto origin = origin_of(row, rows_);
        const auto read = core::interpret(rules_, known.mapping, known.channel, reading, 0, row.order_id, origin);
        if (!read.placed()) return true;
        const auto signal = *known.mapping.signal;
        const auto i = static_cast<std::size_t>(signal);
        const auto time = read.sample.time;
        if (!facts_[i]) {
            stay.first = stay.any ? std::min(stay.first, time) : time;
            stay.last = stay.any ? std::max(stay.last, time) : time;
            stay.any = true;
        }
        if (!wanted_[i] && !facts_[i]) return true;
        bool placed = true;
        core::place_where_it_belongs(
            known.mapping, read, [&](model::Signal under, model::SignalKind kind, model::Sample const& s) {
                const auto done = stay.timeline.insert(under, kind, s, stay.any ? stay.last : time, all_of(kind));
                placed = placed && done != model::Inserted::behind_horizon;
            });
        return placed;
    }

    core::Rulebook const& rules_;
    model::SignalSet wanted_, facts_;
    std::map<std::string, OneChannel> channels_;
    StaysRead stays_;
    std::uint64_t rows_ = 0;
};

} // namespace

std::optional<StaysRead> read_stays_of(std::vector<std::string> const& paths, core::Rulebook const& rules,
                                       outcomes::Tables const& tables, int& code) {
    SupportPass pass{rules, tables};
    for (auto const& path : paths)
        if (code = pass.file(path); code != Exit::ok) return std::nullopt;
    return std::move(pass.stays());
}

int read_sofa_of(StaysRead& stays, std::map<std::string, model::EventTime, std::less<>> const& opened, ScoreJob job,
                 core::Rulebook const& rules) {
    const auto window = rules.tables.sofa.window;
    job.at = At::grid;
    for (auto const& [name, stay] : stays) {
        const auto begin = opened.find(name);
        if (!stay.any || begin == opened.end()) continue;
        job.stays[name].admitted = begin->second;
        auto& grid = job.grid[name];
        for (auto at = begin->second + window - model::Duration{1}; at < stay.last; at = at + window)
            grid.push_back(at);
        if (stay.last >= begin->second) grid.push_back(stay.last); // the day that the stay ends in
    }
    job.show = [&](std::string_view encounter, std::vector<model::Score> scores) {
        const auto stay = stays.find(encounter);
        if (stay != stays.end() && !scores.empty()) {
            const auto at = scores.front().as_of;
            stay->second.sofa.insert_or_assign(at, std::move(scores.front()));
        }
    };
    return run_score(job, rules);
}

} // namespace vigil::cli
