#include "cli/ask.hpp"
#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/identify.hpp"
#include "cli/iso_time.hpp"
#include "cli/score.hpp"
#include "cli/scores_csv.hpp"
#include "cli/table_file.hpp"
#include "command_line/command_line.hpp"

#include "vigil/v1/query.pb.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>

namespace vigil::cli {

namespace {

struct Options {
    std::string encounter, bed, output, map, product = "rolling", basis = "native", policy;
    std::vector<std::string> at, definitions{"sofa"};
    IdentifyOptions identify;
    bool deciding = false, codes = false;
};

// What is asked of one encounter: the name it has in the grid, and times as the grid writes them beside the daemon's.
struct Wanted {
    std::string name;
    std::string id; // of the daemon
    std::vector<std::pair<std::string, std::int64_t>> at;
};

struct Shift {
    std::string bed; // unit/bed
    std::int64_t ms = 0;
};

constexpr std::chrono::milliseconds patience{60'000}; // a long stay is read from the journal

bool read_shifts(std::string const& path, std::map<std::string, Shift>& out) {
    if (path.empty()) return true;
    const auto table = read_table(path);
    if (!table) return false;
    for (auto const& row : table->rows)
        out[row["encounter"]] = {row["bed"], std::strtoll(row["shift_ms"].c_str(), nullptr, 10)};
    return true;
}

// The times asked for by encounter name; "" is the one of --encounter or --bed.
bool read_times(Options const& options, std::vector<Wanted>& out) {
    const auto add = [&](std::string const& name, std::string const& text) {
        const auto ms = parse_instant(text);
        if (!ms) return false;
        auto at = std::find_if(out.begin(), out.end(), [&](Wanted const& w) { return w.name == name; });
        if (at == out.end()) at = out.insert(out.end(), {name, {}, {}});
        at->at.emplace_back(text, *ms);
        return true;
    };
    for (auto const& one : options.at) {
        if (add(options.encounter, one)) continue;
        const auto table = read_table(one);
        if (!table) return false;
        for (auto const& row : table->rows)
            if (!add(row["encounter"], row["at"])) {
                complain(one + ": line " + std::to_string(row.line) + ": '" + row["at"] +
                         "' is no time with an offset");
                return false;
            }
    }
    return true;
}

class Directory {
public:
    explicit Directory(v1::QueryReply const& reply)
        : reply_(reply) {}

    // By the daemon's id, by visit token, or by bed; the last that lay there when several did.
    std::string find(std::string const& name, std::string const& visit, std::string const& bed) const {
        std::string out;
        for (auto const& one : reply_.encounters()) {
            if (!name.empty() && (one.id() == name || one.visit() == name)) return one.id();
            if (!visit.empty() && one.visit() == visit) return one.id();
            if (!bed.empty() && one.unit() + "/" + one.bed() == bed) out = one.id();
        }
        return out;
    }

private:
    v1::QueryReply const& reply_;
};

int print_scores(Client& client, Options const& options, Wanted const& wanted, std::int64_t shift_ms, std::FILE* out) {
    v1::QueryRequest request;
    auto& scores = *request.mutable_scores_at();
    scores.set_encounter(wanted.id);
    const auto deciding = options.deciding ? std::optional{Deciding{shift_ms}} : std::nullopt;
    const bool meanings = any_meanings(options.definitions);
    for (auto const& one : options.definitions) scores.add_definitions(one);
    scores.set_product(options.product);
    scores.set_basis(options.basis);
    scores.set_policy(options.policy);
    for (std::size_t done = 0; done < wanted.at.size();) {
        scores.clear_at_ms();
        for (std::size_t i = done; i < wanted.at.size() && i < done + 200; ++i)
            scores.add_at_ms(wanted.at[i].second + shift_ms);
        request.clear_id();
        v1::QueryReply reply;
        if (!client.ask(request, reply, patience)) return nobody_answers();
        if (!reply.error().empty()) {
            complain("vigild: " + wanted.name + ": " + reply.error());
            return reply.error() == "not_ready" ? Exit::temporary : Exit::data;
        }
        const auto each = options.definitions.size();
        if (reply.next_index() == 0 || static_cast<std::size_t>(reply.scores_size()) != reply.next_index() * each) {
            complain("vigild gave an answer of another shape");
            return Exit::internal;
        }
        for (int i = 0; i < reply.scores_size(); ++i) {
            auto const& at = wanted.at[done + static_cast<std::size_t>(i) / each].first;
            fmt::print(out, "{}", scores_csv_rows(wanted.name, at, reply.scores(i), deciding, meanings, options.codes));
        }
        done += reply.next_index();
    }
    return Exit::ok;
}

int run_all(Client& client, Options const& options, std::vector<Wanted>& wanted, std::FILE* out) {
    std::map<std::string, Shift> shifts;
    if (!read_shifts(options.map, shifts)) return Exit::no_input;
    std::optional<Identify> identify;
    if (!options.identify.site_key.empty() || options.identify.tokens) {
        identify = Identify::make(options.identify);
        if (!identify) return Exit::config;
    }
    v1::QueryRequest request;
    request.mutable_encounters();
    v1::QueryReply encounters;
    if (!client.ask(request, encounters)) return nobody_answers();
    const Directory directory(encounters);
    int worst = Exit::ok;
    fmt::print(out, "{}", scores_csv_heading(options.deciding, any_meanings(options.definitions), options.codes));
    for (auto& one : wanted) {
        const auto shift = shifts.find(one.name);
        const std::string visit = identify ? identify->visit(one.name) : std::string();
        one.id = directory.find(one.name, visit,
                                shift != shifts.end() ? shift->second.bed
                                : one.name.empty()    ? options.bed
                                                      : std::string());
        if (one.id.empty()) {
            complain("vigild knows no encounter " + (one.name.empty() ? options.bed : one.name));
            worst = Exit::data;
            continue;
        }
        if (one.name.empty()) one.name = one.id;
        const int code = print_scores(client, options, one, shift == shifts.end() ? 0 : shift->second.ms, out);
        if (code != Exit::ok && code != Exit::data) return code;
        if (code != Exit::ok) worst = code;
    }
    return worst;
}

int run_scores(Session const& session, Options& options) {
    if (const auto slash = options.bed.find('.'); slash != std::string::npos) options.bed[slash] = '/';
    if (!all_offer(options.definitions, options.product)) return Exit::usage;
    std::vector<Wanted> wanted;
    if (!read_times(options, wanted)) return Exit::no_input;
    auto client = connect(session);
    if (auto const* failed = std::get_if<int>(&client)) return *failed;
    std::FILE* out = options.output.empty() || options.output == "-" ? stdout : std::fopen(options.output.c_str(), "w");
    if (out == nullptr) {
        complain(options.output + " cannot be written");
        return Exit::io;
    }
    int code = run_all(*std::get<0>(client), options, wanted, out);
    if (std::fflush(out) != 0) code = Exit::io;
    if (out != stdout && std::fclose(out) != 0) code = Exit::io;
    return code;
}

} // namespace

void add_scores(command_line::Command& app, Session& session) {
    auto* sub =
        app.add_subcommand("scores", "Scores of a running vigild at any time, as CSV like that of `vigil score`");
    auto options = std::make_shared<Options>();
    auto* encounter = sub->add_option("--encounter", options->encounter, "The encounter, or its visit token");
    auto* bed = sub->add_option("--bed", options->bed, "UNIT/BED");
    encounter->excludes(bed);
    sub->add_option("--at", options->at, "Times with offset, or a GRID.csv of encounter,at")->required();
    sub->add_option("--scores", options->definitions, "Names of scores, separated by commas: sofa, ards_berlin ...")
        ->delimiter(',');
    sub->add_option("--product", options->product, "rolling, day or now")->one_of({"rolling", "day", "now"});
    sub->add_option("--basis", options->basis, "native or conventional")->one_of({"native", "conventional"});
    sub->add_option("--policy", options->policy, "A policy of the score's definition")->required();
    sub->add_flag("--deciding", options->deciding,
                  "Add the reading that decided each part: signal, time, value as reported, unit");
    sub->add_flag("--codes", options->codes,
                  "Add the code of each part: LN (LOINC), SCT (SNOMED CT), or VIGIL where none was published");
    sub->add_option("--map", options->map,
                    "The map that `vigil send --map` wrote: the grid's times are those of the recording");
    sub->add_option("--site-key", options->identify.site_key, "Find encounters of a grid by their visit numbers");
    sub->add_option("--visit-authority", options->identify.visit_authority,
                    "Where visit numbers are told apart by their authority");
    sub->add_option("-o,--output", options->output, "Where to; default: standard output");
    sub->callback([&session, options] { session.run = [&session, options] { return run_scores(session, *options); }; });
}

} // namespace vigil::cli
