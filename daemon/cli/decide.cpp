// What a person decides about alerts: pause one, shelve a rule for a patient, say of what use one was, standby, care
// limits.

#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/iso_time.hpp"
#include "command_line/command_line.hpp"
#include "definitions/vocabulary.hpp"

#include "vigil/v1/command.pb.h"

#include <functional>
#include <map>

namespace vigil::cli {

namespace {

struct Options {
    std::string alert, bed, rule, until, lasting, reason, judgement, user, below, above;
    std::vector<std::string> rules;
    std::uint64_t revision = 0;
    bool over = false;
};

bool fill_ending(Options const& options, v1::Ending& out) {
    if (!options.until.empty() && !options.lasting.empty()) {
        complain("--until and --for: one of them");
        return false;
    }
    if (!options.until.empty()) {
        const auto ms = parse_instant(options.until);
        if (!ms) {
            complain("--until: '" + options.until + "' is no time with an offset, such as 2026-11-21T09:30:00+01:00");
            return false;
        }
        out.set_until_ms(*ms);
    }
    if (!options.lasting.empty()) {
        const auto length = definitions::parse_duration(options.lasting);
        if (!length) {
            complain("--for: '" + options.lasting + "' is no length, such as 90s, 10min or 2h");
            return false;
        }
        out.set_for_ms(length->ms);
    }
    return true;
}

// Until when and why; what is missing the daemon says.
template <class Command>
bool fill_decision(Options const& options, Command& out) {
    out.set_over(options.over);
    out.set_reason(options.reason);
    if (options.over && !(options.until.empty() && options.lasting.empty())) {
        complain("--over ends it now: neither --until nor --for");
        return false;
    }
    return fill_ending(options, *out.mutable_ends());
}

template <class Command>
bool fill_bed(Options const& options, Command& out) {
    BedName bed;
    if (!parse_bed(options.bed, bed)) {
        complain("BED is UNIT/BED, as in the topics");
        return false;
    }
    out.set_unit(bed.unit);
    out.set_bed(bed.bed);
    return true;
}

using Fill = std::function<bool(Options const&, v1::CommandRequest&)>;

void run_with(command_line::Command* sub, Session& session, std::shared_ptr<Options> const& options, Fill fill) {
    sub->add_option("--user", options->user, "Who decides; default VIGIL_USER");
    sub->add_flag("--json", session.json, "The answer as JSON");
    sub->callback([&session, options, fill = std::move(fill)] {
        session.run = [&session, options, fill]() -> int {
            v1::CommandRequest request;
            if (!fill(*options, request)) return Exit::usage;
            request.set_user(user_or_complain(options->user));
            if (request.user().empty()) return Exit::usage;
            return command(session, request);
        };
    });
}

void add_ending(command_line::Command* sub, Options& options, char const* over) {
    sub->add_option("--for", options.lasting, "How long, such as 10min");
    sub->add_option("--until", options.until, "Until when, by the daemon's clock");
    sub->add_option("--reason", options.reason, "Why, for colleagues; no names");
    sub->add_flag("--over", options.over, over);
}

} // namespace

void add_pause(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand("pause", "One alert calls nobody for a while; it ends when it gets worse");
    auto options = std::make_shared<Options>();
    sub->add_option("ALERT", options->alert, "Id of the alert")->required();
    sub->add_option("--revision", options->revision, "The revision that was seen")->required()->positive();
    add_ending(sub, *options, "End the pause now");
    run_with(sub, session, options, [](Options const& o, v1::CommandRequest& request) {
        auto& pause = *request.mutable_pause();
        pause.set_alert(o.alert);
        pause.set_revision(o.revision);
        return fill_decision(o, pause);
    });
}

void add_shelve(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand("shelve", "A rule calls nobody for the patient of a bed, for a while");
    auto options = std::make_shared<Options>();
    sub->add_option("BED", options->bed, "UNIT/BED")->required();
    sub->add_option("RULE", options->rule, "The rule, as alerts name it: organ_renal, extreme_k ...")->required();
    add_ending(sub, *options, "Take it off the shelf now");
    run_with(sub, session, options, [](Options const& o, v1::CommandRequest& request) {
        auto& shelve = *request.mutable_shelve();
        shelve.set_rule(o.rule);
        return fill_bed(o, shelve) && fill_decision(o, shelve);
    });
}

void add_feedback(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand("feedback", "Say of what use an alert was, also after it was closed");
    auto options = std::make_shared<Options>();
    static const std::map<std::string, v1::Judgement> words{{"useful", v1::JUDGEMENT_USEFUL},
                                                            {"not_useful", v1::JUDGEMENT_NOT_USEFUL},
                                                            {"artefact", v1::JUDGEMENT_ARTEFACT}};
    sub->add_option("ALERT", options->alert, "Id of the alert")->required();
    sub->add_option("JUDGEMENT", options->judgement, "useful, not_useful or artefact")
        ->required()
        ->one_of({"useful", "not_useful", "artefact"});
    run_with(sub, session, options, [](Options const& o, v1::CommandRequest& request) {
        request.mutable_judge()->set_alert(o.alert);
        request.mutable_judge()->set_judgement(words.at(o.judgement));
        return true;
    });
}

void add_standby(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand("standby", "The patient is off the unit; data that return end it");
    auto options = std::make_shared<Options>();
    sub->add_option("BED", options->bed, "UNIT/BED")->required();
    add_ending(sub, *options, "The patient is back");
    run_with(sub, session, options, [](Options const& o, v1::CommandRequest& request) {
        auto& standby = *request.mutable_standby();
        return fill_bed(o, standby) && fill_decision(o, standby);
    });
}

void add_limit(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand("limit", "Call for one patient when a reading is beyond this");
    auto options = std::make_shared<Options>();
    sub->add_option("BED", options->bed, "UNIT/BED")->required();
    sub->add_option("SIGNAL", options->rule, "hr, map, spo2 ...: those of alerts/limit.toml")->required();
    sub->add_option("--below", options->below, "In the signal's canonical unit");
    sub->add_option("--above", options->above, "In the signal's canonical unit");
    sub->add_option("--reason", options->reason, "Why, for colleagues; no names");
    sub->add_flag("--over", options->over, "Lift the limit");
    run_with(sub, session, options, [](Options const& o, v1::CommandRequest& request) {
        auto& limit = *request.mutable_limit();
        limit.set_signal(o.rule);
        limit.set_below(o.below);
        limit.set_above(o.above);
        limit.set_reason(o.reason);
        limit.set_over(o.over);
        return fill_bed(o, limit);
    });
}

void add_care_limits(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand("care-limits", "Alerts about a patient are shown and call nobody");
    auto options = std::make_shared<Options>();
    sub->add_option("BED", options->bed, "UNIT/BED")->required();
    sub->add_option("--rule", options->rules, "Only of this rule; can be given again. Default: all about the patient");
    sub->add_option("--reason", options->reason, "Why, for colleagues; no names");
    sub->add_flag("--over", options->over, "Lift the limits");
    run_with(sub, session, options, [](Options const& o, v1::CommandRequest& request) {
        auto& limit = *request.mutable_limit_care();
        for (auto const& rule : o.rules) limit.add_rules(rule);
        limit.set_reason(o.reason);
        limit.set_over(o.over);
        return fill_bed(o, limit);
    });
}

} // namespace vigil::cli
