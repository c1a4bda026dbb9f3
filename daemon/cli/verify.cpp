#include "cli/commands.hpp"

#include "command_line/command_line.hpp"
#include "definitions/rulebook_loader.hpp"
#include "store/verify.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace vigil::cli {

namespace {

std::shared_ptr<core::Rulebook const> rulebook(std::string_view bytes) {
    definitions::Problems problems;
    auto rules = definitions::rulebook_from_bytes(bytes, problems);
    for (auto const& problem : problems) complain(to_string(problem));
    return rules ? std::make_shared<core::Rulebook const>(*std::move(rules)) : nullptr;
}

void print(store::SegmentReport const& s, bool json) {
    if (json) {
        fmt::print("{{\"segment\":{},\"first_seq\":{},\"last_seq\":{},\"events\":{},\"effects\":{},\"frames\":{},"
                   "\"snapshots\":{},"
                   "\"core_version\":\"{}\",\"chain_ok\":{},\"re_stepped\":{}}}\n",
                   s.number, s.first_seq, s.last_seq, s.events, s.effects, s.frames, s.snapshots, s.core_version,
                   s.chain_ok, s.re_stepped);
        return;
    }
    const auto* verdict = !s.chain_ok    ? "CHAIN BROKEN"
                          : s.re_stepped ? "chain ok, every decision confirmed"
                                         : "chain ok, not re-stepped";
    fmt::print("segment {:06}  {}..{}  {} events, {} effects, {} frames, {} snapshots  core {}  {}\n", s.number,
               s.first_seq, s.last_seq, s.events, s.effects, s.frames, s.snapshots, s.core_version, verdict);
}

int run_verify(std::string const& directory, bool json) {
    const bool progress = progress_on_stderr();
    const auto report = store::verify(directory, rulebook, [&](store::Progress const& p) {
        if (progress) fmt::print(stderr, "\rsegment {} of {}, sequence {} ", p.segment, p.of, p.seq);
    });
    if (progress) fmt::print(stderr, "\r\x1b[K");
    for (auto const& segment : report.segments) print(segment, json);
    for (auto const& note : report.notes) complain(note);
    if (!report.problem) {
        if (report.segments.empty()) complain("the journal has no segments");
        return report.segments.empty() ? Exit::no_input : Exit::ok;
    }
    complain(
        fmt::format("{}: {}: {}", report.problem->where, store::name_of(report.problem->why), report.problem->what));
    switch (report.problem->why) {
    case store::Refusal::Why::missing: return Exit::no_input;
    case store::Refusal::Why::in_use: return Exit::temporary;
    case store::Refusal::Why::io: return Exit::io;
    default: return Exit::data;
    }
}

} // namespace

void add_verify(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand("verify", "Walk a journal's chain and step every recorded decision again");
    auto directory = std::make_shared<std::string>();
    sub->add_option("JOURNAL", *directory, "The journal's folder; a daemon may be writing it")->required();
    sub->add_flag("--json", session.json, "One JSON object a segment");
    sub->callback([&session, directory] {
        session.run = [&session, directory] { return run_verify(*directory, session.json); };
    });
}

} // namespace vigil::cli
