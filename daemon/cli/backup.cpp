#include "store/backup.hpp"
#include "cli/commands.hpp"
#include "cli/journal_folder.hpp"
#include "command_line/command_line.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace vigil::cli {

namespace {

int run_backup(Session const& session, std::string const& given, std::string const& target) {
    const auto journal = journal_folder(session, given);
    if (journal.empty()) return Exit::config;
    const bool progress = progress_on_stderr();
    const auto report = store::backup(journal, target, [&](std::uint32_t done, std::uint32_t of) {
        if (progress) fmt::print(stderr, "\rsegment {} of {} ", done, of);
    });
    if (progress) fmt::print(stderr, "\r\x1b[K");
    if (!report) {
        auto const& refusal = report.refusal();
        complain(fmt::format("{}: {}: {}", refusal.where, store::name_of(refusal.why), refusal.what));
        return refusal.why == store::Refusal::Why::io        ? Exit::io
               : refusal.why == store::Refusal::Why::missing ? Exit::no_input
                                                             : Exit::data;
    }
    if (session.json)
        fmt::print("{{\"segments\":{},\"copied\":{},\"last_seq\":{},\"bytes\":{}}}\n", report->segments, report->copied,
                   report->last_seq, report->bytes);
    else
        fmt::print("{} segments, {} copied, {} bytes, up to sequence {}\n", report->segments, report->copied,
                   report->bytes, report->last_seq);
    return Exit::ok;
}

} // namespace

void add_backup(command_line::Command& app, Session& session) {
    struct Options {
        std::string target, journal;
    };
    auto* sub = app.add_subcommand("backup", "Copy the journal as of now; `vigil verify` accepts the copy");
    auto options = std::make_shared<Options>();
    sub->add_option("DIR", options->target, "Where to; a backup that is there is extended")->required();
    sub->add_option("--journal", options->journal, "The journal's folder; default: as --config says");
    sub->add_flag("--json", session.json, "The report as JSON");
    sub->callback([&session, options] {
        session.run = [&session, options] { return run_backup(session, options->journal, options->target); };
    });
}

} // namespace vigil::cli
