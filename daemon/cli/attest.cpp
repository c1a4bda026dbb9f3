#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/iso_time.hpp"
#include "command_line/command_line.hpp"

#include "vigil/v1/command.pb.h"

namespace vigil::cli {

namespace {

struct Options {
    std::string bed, what, value, unit, at, expires, user;
};

int run_attest(Session const& session, Options const& options) {
    v1::CommandRequest request;
    auto& attest = *request.mutable_attest();
    BedName bed;
    if (!parse_bed(options.bed, bed)) {
        complain("BED is UNIT/BED, as in the topics");
        return Exit::usage;
    }
    attest.set_unit(bed.unit);
    attest.set_bed(bed.bed);
    attest.set_what(options.what);
    attest.set_value(options.value);
    attest.set_value_unit(options.unit);
    const auto instant = [](std::string const& text, std::string_view name, auto const& set) {
        if (text.empty()) return true;
        const auto ms = parse_instant(text);
        if (ms)
            set(*ms);
        else
            complain(std::string(name) + ": '" + text +
                     "' is no time with an offset, such as 2026-11-21T09:30:00+01:00");
        return ms.has_value();
    };
    if (!instant(options.at, "--at", [&](std::int64_t ms) { attest.set_event_time_ms(ms); })) return Exit::usage;
    if (!instant(options.expires, "--expires", [&](std::int64_t ms) { attest.set_expires_ms(ms); })) return Exit::usage;
    request.set_user(user_or_complain(options.user));
    if (request.user().empty()) return Exit::usage;
    return command(session, request);
}

} // namespace

void add_attest(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand(
        "attest", "Enter what devices cannot know: imaging, origin, onset, support, ECLS, RRT, weight");
    auto options = std::make_shared<Options>();
    sub->add_option("BED", options->bed, "UNIT/BED")->required();
    sub->add_option("WHAT", options->what,
                    "ards_imaging, ards_origin, ards_onset, resp_device, ecls, ecls_indication, rrt, "
                    "support_precluded, vasoactive_precluded, home_antipsychotic, weight ...")
        ->required();
    sub->add_option("VALUE", options->value, "A word of its list, or a number")->required();
    sub->add_option("--unit", options->unit, "Unit of a number (UCUM)");
    sub->add_option("--at", options->at, "When it was true of the patient; default: now");
    sub->add_option("--expires", options->expires, "When it stops being known");
    sub->add_option("--user", options->user, "Who attests; default VIGIL_USER");
    sub->add_flag("--json", session.json, "The answer as JSON");
    sub->callback([&session, options] { session.run = [&session, options] { return run_attest(session, *options); }; });
}

} // namespace vigil::cli
