#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/iso_time.hpp"
#include "cli/score.hpp"
#include "cli/show.hpp"
#include "command_line/command_line.hpp"
#include "core/state.hpp"
#include "wire/publication.hpp"

#include "vigil/v1/query.pb.h"
#include "vigil/v1/score.pb.h"

#include <filesystem>
#include <fmt/format.h>

namespace vigil::cli {

namespace {

struct Options {
    std::string what, encounter, at;
    ScoreChoice choice;
};

void print(Session const& session, std::string const& whose, v1::Score const& score) {
    fmt::print("{}", session.json ? json_of(score) + "\n" : explained(score, whose));
}

// A recorded stay, by the same core.
int explain_file(Session const& session, Options const& o) {
    auto rules = load_definitions(session.config_file, o.choice.own_definitions);
    if (!rules) return Exit::config;
    ScoreJob job;
    job.readings = {o.what};
    if (!choose_scores(o.choice, *rules, job)) return Exit::usage;
    job.at = At::last;
    job.asked_stay = o.encounter;
    if (!o.at.empty()) {
        const auto at = parse_instant(o.at);
        if (!at) {
            complain("'" + o.at + "' is no time with an offset");
            return Exit::usage;
        }
        job.instant = model::EventTime{*at};
    }
    std::map<std::string, std::vector<model::Score>, std::less<>> found;
    job.show = [&](std::string_view encounter, std::vector<model::Score> scores) {
        found.insert_or_assign(std::string{encounter}, std::move(scores));
    };
    if (const int code = run_score(job, *rules); code != Exit::ok) return code;
    if (o.encounter.empty() && found.size() > 1) {
        std::string names;
        std::size_t n = 0;
        for (auto const& [name, scores] : found)
            if (++n <= 10) names += " " + name;
        complain(o.what + " has " + std::to_string(found.size()) + " stays, say which with --encounter:" + names +
                 (found.size() > 10 ? " ..." : ""));
        return Exit::usage;
    }
    const auto one = o.encounter.empty() ? found.begin() : found.find(o.encounter);
    if (one == found.end()) {
        complain(o.what + " has no stay " + o.encounter);
        return Exit::data;
    }
    const core::State nobody{};
    for (auto& score : one->second) {
        for (auto& part : score.parts)
            for (auto& e : part.evidence) e.ref = {}; // of no journal
        v1::Score out;
        wire::write_score({}, {}, score, false, {nobody, *rules}, out);
        print(session, one->first, out);
    }
    return Exit::ok;
}

// The daemon's id of the encounter, and the newest instant it has data of.
int find_encounter(Session const& session, std::string const& name, std::string& id, std::int64_t& newest) {
    v1::QueryRequest request;
    request.mutable_encounters();
    return ask(session, request, [&](v1::QueryReply const& reply) {
        for (auto const& one : reply.encounters())
            if (one.id() == name || one.visit() == name || one.unit() + "/" + one.bed() == name) {
                id = one.id();
                newest = one.last_data_ms();
            }
        if (!id.empty()) return static_cast<int>(Exit::ok);
        complain(name + " is neither a file nor an encounter, visit or bed that vigild knows");
        return static_cast<int>(Exit::data);
    });
}

int explain_encounter(Session const& session, Options const& o) {
    if (!all_offer(o.choice.scores, o.choice.product)) return Exit::usage;
    std::string id;
    std::int64_t at = 0;
    if (const int code = find_encounter(session, o.what, id, at); code != Exit::ok) return code;
    if (!o.at.empty()) {
        const auto asked = parse_instant(o.at);
        if (!asked) {
            complain("'" + o.at + "' is no time with an offset");
            return Exit::usage;
        }
        at = *asked;
    }
    v1::QueryRequest request;
    auto& scores = *request.mutable_scores_at();
    scores.set_encounter(id);
    for (auto const& one : o.choice.scores) scores.add_definitions(one);
    scores.set_product(o.choice.product);
    scores.set_basis(o.choice.basis);
    scores.set_policy(o.choice.policy);
    scores.add_at_ms(at);
    return ask(session, request, [&](v1::QueryReply const& reply) {
        for (auto const& score : reply.scores()) print(session, o.what, score);
        return static_cast<int>(reply.scores_size() > 0 ? Exit::ok : Exit::data);
    });
}

} // namespace

void add_explain(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand("explain", "A score as one would check it on paper: each part, the reading that "
                                              "decided it, what was missing");
    auto options = std::make_shared<Options>();
    sub->add_option("WHAT", options->what, "A readings CSV; or an encounter, visit or UNIT/BED of a running vigild")
        ->required();
    sub->add_option("SCORE", options->choice.scores, "sofa, sofa2 ...; several by commas, or all")
        ->required()
        ->delimiter(',');
    sub->add_option("--at", options->at, "Time with an offset; default: the newest reading");
    sub->add_option("--encounter", options->encounter, "Which stay of a file that has several");
    add_score_choice(*sub, options->choice);
    sub->add_flag("--json", session.json, "As JSON");
    sub->callback([&session, options] {
        session.run = [&session, options] {
            std::error_code none;
            return std::filesystem::exists(options->what, none) ? explain_file(session, *options)
                                                                : explain_encounter(session, *options);
        };
    });
}

} // namespace vigil::cli
