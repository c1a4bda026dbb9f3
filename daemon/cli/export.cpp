// `vigil export scores`: the record of days, read from the journal beside a running vigild and resumable by its
// sequence.

#include "cli/commands.hpp"
#include "cli/iso_time.hpp"
#include "cli/journal_folder.hpp"
#include "cli/table_file.hpp"
#include "command_line/command_line.hpp"
#include "store/reader.hpp"
#include "wire/days_csv.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <set>

namespace vigil::cli {

namespace {

struct Options {
    std::string from, to, study, out = "-", journal;
    std::vector<std::string> scores;
    std::uint64_t after_seq = 0;
};

struct Wanted {
    model::EventTime from, to;                                    // days that begin in [from, to)
    std::vector<model::ScoreId> scores{};                         // empty: all
    std::optional<std::map<std::string, std::string>> subjects{}; // of a study, by encounter
};

int refused(store::Refusal const& r) {
    complain(fmt::format("{}: {}: {}", r.where, store::name_of(r.why), r.what));
    switch (r.why) {
    case store::Refusal::Why::missing: return Exit::no_input;
    case store::Refusal::Why::io: return Exit::io;
    default: return Exit::data;
    }
}

// Who is in the study is said by a table of the study's own: nothing here knows of enrolment.
bool read_study(std::string const& path, Wanted& wanted) {
    std::error_code none;
    if (!std::filesystem::is_regular_file(path, none)) {
        complain("no file " + path + ": vigild knows no studies yet. --study wants a table of subject,encounter");
        return false;
    }
    const auto table = read_table(path);
    if (!table) return false;
    bool good = table->problems.empty();
    for (auto const& p : table->problems) complain(path + ": " + p);
    auto& subjects = wanted.subjects.emplace();
    for (auto const& row : table->rows) {
        const bool complete = !row["subject"].empty() && !row["encounter"].empty();
        if (complete && subjects.emplace(row["encounter"], row["subject"]).second) continue;
        complain(path + ":" + std::to_string(row.line) +
                 (complete ? ": this encounter stands twice" : ": subject and encounter are needed"));
        good = false;
    }
    return good;
}

// An exit code; ok to go on.
int read_wishes(Options const& o, Wanted& wanted) {
    for (auto [text, at] : {std::pair{&o.from, &wanted.from}, {&o.to, &wanted.to}}) {
        const auto ms = parse_instant(*text);
        if (!ms) {
            complain("'" + *text + "' is no time with an offset");
            return Exit::usage;
        }
        *at = {*ms};
    }
    if (wanted.from >= wanted.to) {
        complain("--from must be before --to"); // an empty table would say that there were no days
        return Exit::usage;
    }
    for (auto const& name : o.scores) {
        const auto id = model::parse_score_id(name);
        if (!id) {
            complain("unknown score '" + name + "': vigil score --list names those that there are");
            return Exit::usage;
        }
        wanted.scores.push_back(*id);
    }
    return o.study.empty() || read_study(o.study, wanted) ? Exit::ok : Exit::usage;
}

bool wants(Wanted const& w, core::DayScored const& day, std::string const*& subject) {
    if (day.from < w.from || day.from >= w.to) return false;
    if (!w.scores.empty() && std::find(w.scores.begin(), w.scores.end(), day.key.id) == w.scores.end()) return false;
    if (!w.subjects) return true;
    const auto found = w.subjects->find(day.pseudonym);
    if (found == w.subjects->end()) return false;
    subject = &found->second;
    return true;
}

// A misspelt encounter would be a patient without days.
void name_missing(Wanted const& wanted, std::set<std::string> const& seen, std::string const& study) {
    constexpr std::size_t shown = 5;
    std::vector<std::string> missing;
    for (auto const& [encounter, subject] : *wanted.subjects)
        if (!seen.contains(encounter)) missing.push_back(encounter);
    if (missing.empty()) return;
    const auto more = missing.size() > shown ? fmt::format(" and {} more", missing.size() - shown) : std::string{};
    missing.resize(std::min(missing.size(), shown));
    complain(fmt::format("{}: the journal has no days of {}{}", study, fmt::join(missing, ", "), more));
}

// Only what is whole takes its place.
class Output {
public:
    explicit Output(std::string path)
        : path_{std::move(path)},
          file_{path_ == "-" ? stdout : std::fopen(beside().c_str(), "w")} {}
    ~Output() {
        if (file_ == nullptr || file_ == stdout) return;
        std::fclose(file_);
        std::error_code ignored;
        std::filesystem::remove(beside(), ignored);
    }
    Output(Output const&) = delete;
    Output& operator=(Output const&) = delete;
    bool is_open() const { return file_ != nullptr; }
    bool write(std::string_view text) { return std::fwrite(text.data(), 1, text.size(), file_) == text.size(); }
    bool close() {
        if (std::fflush(file_) != 0) return false;
        if (file_ == stdout) return true;
        const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
        std::error_code error;
        if (closed) std::filesystem::rename(beside(), path_, error);
        return closed && !error;
    }

private:
    std::string beside() const { return path_ + ".part"; }
    std::string path_;
    std::FILE* file_;
};

int write_days(store::Reader& reader, Wanted const& wanted, Options const& o, std::uint64_t last, Output& out) {
    const auto cannot_write = [&] {
        complain(o.out + " cannot be written");
        return Exit::io;
    };
    if (o.after_seq == 0 && !out.write((wanted.subjects ? "subject," : "") + std::string{wire::days_csv_header}))
        return cannot_write();
    store::ReadRequest request;
    request.from = o.after_seq + 1;
    request.to = last;
    request.kinds.set(store::kind_of_effect<core::DayScored>());
    std::set<std::string> seen; // whose days the journal has
    while (request.from <= last) {
        const auto page = reader.read(request);
        if (!page) return refused(page.refusal());
        for (auto const& row : page->rows) {
            const auto effect = store::effect_of(row);
            auto const* day = effect ? std::get_if<core::DayScored>(&*effect) : nullptr;
            if (day == nullptr) {
                complain(fmt::format("sequence {} is no row that this program can read", row.seq));
                return Exit::data;
            }
            if (wanted.subjects) seen.insert(day->pseudonym);
            std::string const* subject = nullptr;
            if (wants(wanted, *day, subject) && !out.write(wire::days_csv_rows(*day, row.seq, row.at, subject)))
                return cannot_write();
        }
        if (page->at_end) break;
        request.from = page->next;
    }
    // Of what came since the run before most have nothing.
    if (wanted.subjects && o.after_seq == 0) name_missing(wanted, seen, o.study);
    return out.close() ? static_cast<int>(Exit::ok) : static_cast<int>(cannot_write());
}

int export_scores(Session const& session, Options const& o) {
    Wanted wanted;
    if (const int code = read_wishes(o, wanted); code != Exit::ok) return code;
    const auto folder = journal_folder(session, o.journal);
    if (folder.empty()) return Exit::config;
    store::Reader reader{folder};
    // What is committed while this runs is the next run's.
    const auto last = reader.last_seq();
    if (!last) return refused(last.refusal());
    if (o.after_seq > *last) {
        complain(fmt::format("the journal ends at sequence {}: is it the same one?", *last));
        return Exit::data;
    }
    Output out{o.out};
    if (!out.is_open()) {
        complain(o.out + " cannot be written");
        return Exit::io;
    }
    const int code = write_days(reader, wanted, o, *last, out);
    if (code == Exit::ok) fmt::print(stderr, "last sequence {0}; the next run goes on with --after-seq {0}\n", *last);
    return code;
}

} // namespace

void add_export(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand("export", "What trials take from the journal");
    sub->require_subcommand(1);
    auto* scores = sub->add_subcommand("scores", "The record of days since admission: provisional, final, revisions");
    auto options = std::make_shared<Options>();
    scores->add_option("--from", options->from, "Days that begin at or after this time (with offset) ...")->required();
    scores->add_option("--to", options->to, "... and before this one")->required();
    scores->add_option("--scores", options->scores, "Only these, separated by commas")->delimiter(',');
    scores->add_option("--study", options->study, "STUDY.csv of subject,encounter: only these, with their subject");
    scores->add_option("--after-seq", options->after_seq,
                       "Go on where a run ended that printed this sequence: without a header, to be put behind it");
    scores->add_option("-o,--out", options->out, "Where to write; - is standard output")->capture_default_str();
    scores->add_option("--journal", options->journal, "The journal's folder; default: as --config says");
    scores->callback(
        [&session, options] { session.run = [&session, options] { return export_scores(session, *options); }; });
}

} // namespace vigil::cli
