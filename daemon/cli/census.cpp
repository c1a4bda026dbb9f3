#include "cli/ask.hpp"
#include "cli/census_change.hpp"
#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "command_line/command_line.hpp"

#include "vigil/v1/command.pb.h"

#include <fmt/format.h>

namespace vigil::cli {

namespace {

struct Options {
    IdentifyOptions identify;
    std::string user, file, encounter;
    TableRow row; // of a single change: the same columns as in a file
};

void add_common(command_line::Command& sub, Session& session, Options& options) {
    sub.add_option("--site-key", options.identify.site_key,
                   "The site key, by which numbers become tokens; default VIGIL_SITE_KEY");
    sub.add_flag("--tokens", options.identify.tokens, "Visit and patient are tokens already");
    sub.add_option("--visit-authority", options.identify.visit_authority,
                   "Where visit numbers are told apart by their authority");
    sub.add_option("--patient-authority", options.identify.patient_authority,
                   "Assigning authority of the patient numbers");
    sub.add_option("--user", options.user, "Who says so; default VIGIL_USER");
    sub.add_flag("--json", session.json, "The answer as JSON");
}

int send_row(Session const& session, Client& client, Options const& options, TableRow const& row) {
    const auto identify = Identify::make(options.identify);
    if (!identify) return Exit::config;
    v1::CommandRequest request;
    if (const auto why = census_change(row, *identify, *request.mutable_census()->mutable_event()); !why.empty()) {
        complain((row.line != 0 ? "line " + std::to_string(row.line) + ": " : "") + why);
        return row.line != 0 ? Exit::data : Exit::usage;
    }
    request.set_user(options.user);
    return command(client, session.json, request);
}

int run_change(Session const& session, Options& options) {
    options.user = user_or_complain(options.user);
    if (options.user.empty()) return Exit::usage;
    auto client = connect(session);
    if (auto const* failed = std::get_if<int>(&client)) return *failed;
    return send_row(session, *std::get<0>(client), options, options.row);
}

int run_import(Session const& session, Options& options) {
    options.user = user_or_complain(options.user);
    if (options.user.empty()) return Exit::usage;
    const auto table = read_table(options.file);
    if (!table) return Exit::no_input;
    for (auto const& problem : table->problems) complain(options.file + ": " + problem);
    auto client = connect(session);
    if (auto const* failed = std::get_if<int>(&client)) return *failed;
    std::size_t done = 0, refused = table->problems.size();
    for (auto const& row : table->rows) {
        const int code = send_row(session, *std::get<0>(client), options, row);
        if (code == Exit::unavailable || code == Exit::config) return code;
        (code == Exit::ok ? done : refused) += 1;
        if (code != Exit::ok) complain(options.file + ": line " + std::to_string(row.line) + " was not taken");
    }
    fmt::print(stderr, "vigil: {} taken, {} not\n", done, refused);
    return refused == 0 ? Exit::ok : Exit::data;
}

int run_unmerge(Session const& session, Options const& options) {
    v1::CommandRequest request;
    request.set_user(user_or_complain(options.user));
    if (request.user().empty()) return Exit::usage;
    request.mutable_unmerge()->set_encounter(options.encounter);
    return command(session, request);
}

struct Column {
    const char* option;
    const char* column;
    const char* help;
    bool required;
};

void add_change(command_line::Command& census, Session& session, const char* kind, const char* help,
                std::vector<Column> const& columns) {
    auto* sub = census.add_subcommand(kind, help);
    auto options = std::make_shared<Options>();
    options->row.cells["kind"] = kind;
    for (auto const& one : columns)
        sub->add_option(one.option, options->row.cells[one.column], one.help)->required(one.required);
    add_common(*sub, session, *options);
    sub->callback([&session, options] { session.run = [&session, options] { return run_change(session, *options); }; });
}

} // namespace

void add_census(command_line::Command& app, Session& session) {
    auto* census = app.add_subcommand("census", "Who lies where, when the ADT feed is missing, late or wrong");
    census->require_subcommand(1);
    auto options = std::make_shared<Options>();
    auto* whole = census->add_subcommand("import", "A whole census: one row a change");
    whole->add_option("FILE", options->file, "CSV with kind, visit, patient, bed (UNIT/BED), at, age, sex")->required();
    add_common(*whole, session, *options);
    whole->callback(
        [&session, options] { session.run = [&session, options] { return run_import(session, *options); }; });

    const Column visit{"--visit", "visit", "Visit number", false};
    const Column patient{"--patient", "patient", "Patient number", false};
    const Column at{"--at", "at", "When; default: now", false};
    const Column age{"--age", "age", "Age in years", false};
    const Column sex{"--sex", "sex", "f, m or o", false};
    add_change(*census, session, "admit", "Somebody comes to a bed",
               {{"BED", "bed", "UNIT/BED", true}, visit, patient, at, age, sex});
    add_change(*census, session, "transfer", "Somebody moves to another bed",
               {{"BED", "bed", "The new UNIT/BED", true},
                {"--from", "prior_bed", "The old UNIT/BED", false},
                visit,
                patient,
                at});
    add_change(*census, session, "discharge", "Somebody leaves",
               {{"--bed", "bed", "UNIT/BED", false}, visit, patient, at});
    add_change(*census, session, "merge", "Two numbers were one person",
               {visit,
                patient,
                {"--absorbed-visit", "absorbed_visit", "The visit that is given up", false},
                {"--absorbed-patient", "absorbed_patient", "The patient number that is given up", false},
                at});

    auto undo = std::make_shared<Options>();
    auto* unmerge = census->add_subcommand("unmerge", "They were two after all");
    unmerge->add_option("ENCOUNTER", undo->encounter, "The encounter that was absorbed")->required();
    unmerge->add_option("--user", undo->user, "Who says so; default VIGIL_USER");
    unmerge->add_flag("--json", session.json, "The answer as JSON");
    unmerge->callback([&session, undo] { session.run = [&session, undo] { return run_unmerge(session, *undo); }; });
}

} // namespace vigil::cli
