#include "cli/commands.hpp"
#include "cli/iso_time.hpp"
#include "cli/mllp_sender.hpp"
#include "cli/replay.hpp"
#include "cli/table_file.hpp"
#include "command_line/command_line.hpp"

#include <charconv>
#include <cstdio>
#include <fmt/format.h>

namespace vigil::cli {

namespace {

struct Options {
    std::string file, to, speed = "max", map, start = "2026-01-01T00:00:00Z";
    std::size_t encounters = 0; // 0: all
    int history_h = 0;          // so many recorded hours come first, as fast as they are taken
    int patience_s = 60;
    int tries = 20;
};

// Recorded seconds a second; 0 is as fast as the receiver takes them. Empty when it is neither a positive number nor
// "max".
std::optional<double> parse_speed(std::string const& text) {
    if (text == "max") return 0.0;
    double out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size() || !(out > 0) || out > 1e6) return std::nullopt;
    return out;
}

bool write_map(std::string const& path, RecordedReadings const& readings, Replay const& replay, std::size_t taken) {
    std::FILE* out = std::fopen(path.c_str(), "w");
    if (out == nullptr) return false;
    fmt::print(out, "encounter,bed,shift_ms\n");
    for (std::size_t i = 0; i < taken; ++i)
        fmt::print(out, "{},{},{}\n", csv_cell(readings.encounters[i]), replay_bed(readings.encounters[i]),
                   replay.shift_ms[i]);
    return std::fclose(out) == 0;
}

struct Account {
    std::uint64_t accepted = 0, refused = 0, readings = 0, readings_refused = 0;
    MllpSender::Outcome last = MllpSender::Outcome::accepted;
};

void progress(Replay const& replay, std::size_t done) {
    if (!progress_on_stderr() || done % 50 != 0) return;
    fmt::print(stderr, "\r{} of {} messages, {} ", done, replay.messages.size(),
               show_instant(replay.messages[done].at_ms));
}

Account deliver(Replay const& replay, MllpSender& sender, double speed, std::int64_t history_ms) {
    Account out;
    auto begun = std::chrono::steady_clock::now();
    const auto paced_from = replay.messages.empty() ? 0 : replay.messages.front().at_ms + history_ms;
    bool paced = false;
    for (std::size_t i = 0; i < replay.messages.size(); ++i) {
        auto const& message = replay.messages[i];
        if (speed > 0 && message.at_ms >= paced_from) {
            if (!paced) begun = std::chrono::steady_clock::now();
            paced = true;
            const auto due =
                std::chrono::duration<double, std::milli>(static_cast<double>(message.at_ms - paced_from) / speed);
            const auto wait =
                std::chrono::duration_cast<std::chrono::milliseconds>(begun + due - std::chrono::steady_clock::now());
            if (wait.count() > 0 && !sleep_unless_interrupted(wait)) {
                out.last = MllpSender::Outcome::interrupted;
                break;
            }
        }
        progress(replay, i);
        out.last = sender.deliver(message.text, message.control_id);
        if (out.last == MllpSender::Outcome::accepted) {
            ++out.accepted;
            out.readings += message.readings;
        } else if (out.last == MllpSender::Outcome::refused) {
            ++out.refused;
            out.readings_refused += message.readings;
            complain("message " + message.control_id + " was refused");
        } else
            break;
    }
    if (progress_on_stderr()) fmt::print(stderr, "\r\x1b[K");
    return out;
}

void print_account(Account const& a, MllpCounts const& c, Replay const& replay, std::size_t rows_refused,
                   std::size_t encounters, bool json) {
    const auto first = replay.messages.empty() ? 0 : replay.messages.front().at_ms;
    const auto last = replay.messages.empty() ? 0 : replay.messages.back().at_ms;
    if (json) {
        fmt::print(
            "{{\"messages\":{},\"accepted\":{},\"refused\":{},\"readings\":{},\"readings_refused\":{},\"rows_refused\":"
            "{},"
            "\"encounters\":{},\"sent\":{},\"AA\":{},\"CA\":{},\"AE\":{},\"AR\":{},\"repeated\":{},\"reconnects\":{},"
            "\"from\":\"{}\",\"to\":\"{}\"}}\n",
            replay.messages.size(), a.accepted, a.refused, a.readings, a.readings_refused, rows_refused, encounters,
            c.sent, c.aa, c.ca, c.ae, c.ar, c.repeated, c.reconnects, show_instant(first), show_instant(last));
        return;
    }
    fmt::print("{} messages of {} encounters, {} to {}\n", replay.messages.size(), encounters, show_instant(first),
               show_instant(last));
    fmt::print("accepted {} ({} readings), refused {} ({} readings), not sent {}\n", a.accepted, a.readings, a.refused,
               a.readings_refused, replay.messages.size() - a.accepted - a.refused);
    fmt::print("acknowledgements: AA {}, CA {}, AE/CE {}, AR/CR {}; repeated {}, reconnects {}\n", c.aa, c.ca, c.ae,
               c.ar, c.repeated, c.reconnects);
    if (rows_refused != 0) fmt::print("rows of the file that could not be read: {}\n", rows_refused);
}

int exit_code(Account const& account, std::uint64_t errors, std::size_t rows_refused) {
    switch (account.last) {
    case MllpSender::Outcome::gave_up:
        complain(errors == 0 ? "nobody answers at the other end"
                             : "the other end cannot take messages at present (AE)");
        return errors == 0 ? Exit::unavailable : Exit::temporary;
    case MllpSender::Outcome::interrupted: return Exit::temporary;
    default: return account.refused == 0 && rows_refused == 0 ? Exit::ok : Exit::data;
    }
}

int run_send(Session const& session, Options const& options) {
    const auto target = hl7::parse_mllp(options.to);
    const auto speed = parse_speed(options.speed);
    const auto start = parse_instant(options.start);
    if (!target) complain("--to: mllp://HOST:PORT is expected");
    if (!speed) complain("--speed: a number above 0 or max is expected");
    if (!start || *start % 3'600'000 != 0)
        complain("--start: a whole hour with an offset is expected, such as 2026-01-01T00:00:00Z");
    if (!target || !speed || !start || *start % 3'600'000 != 0) return Exit::usage;
    const auto recorded = read_readings(options.file);
    if (!recorded) return Exit::no_input;
    auto const& readings = *recorded;
    for (auto const& problem : readings.problems) complain(options.file + ": " + problem);
    if (readings.rows.empty()) {
        complain(options.file + ": there are no readings");
        return Exit::data;
    }
    const auto wanted = options.encounters == 0 ? std::nullopt : std::optional(options.encounters);
    const auto replay = plan_replay(readings, *start, wanted);
    const std::size_t taken = std::min(wanted.value_or(readings.encounters.size()), readings.encounters.size());
    if (!options.map.empty() && !write_map(options.map, readings, replay, taken)) {
        complain(options.map + " cannot be written");
        return Exit::io;
    }
    MllpSender sender(*target, std::chrono::seconds(options.patience_s), options.tries);
    const auto account = deliver(replay, sender, *speed, options.history_h * 3'600'000LL);
    print_account(account, sender.counts(), replay, readings.problems.size(), taken, session.json);
    return exit_code(account, sender.counts().ae, readings.problems.size());
}

} // namespace

void add_send(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand(
        "send", "Play recorded readings as HL7 into an adapter of a simulated vigild; always as training data");
    auto options = std::make_shared<Options>();
    sub->add_option("READINGS", options->file, "Readings CSV, plain or .gz")->required();
    sub->add_option("--to", options->to, "mllp://HOST:PORT")->required();
    sub->add_option("--speed", options->speed, "Recorded seconds a second, or max");
    sub->add_option("--map", options->map, "Write encounter,bed,shift_ms: how the recording's times became the ward's");
    sub->add_option("--history", options->history_h, "Recorded hours that come first, as fast as they are taken")
        ->between(0, 24 * 366);
    sub->add_option("--start", options->start, "The whole hour into which every encounter's first reading is moved");
    sub->add_option("--encounters", options->encounters, "Only the first so many encounters of the file")->positive();
    sub->add_option("--patience", options->patience_s, "Seconds nobody may answer before giving up")->between(1, 3600);
    sub->add_option("--tries", options->tries, "How often a message that the receiver could not take (AE) is tried")
        ->between(1, 1000);
    sub->add_flag("--json", session.json, "The account as JSON");
    sub->callback([&session, options] { session.run = [&session, options] { return run_send(session, *options); }; });
}

} // namespace vigil::cli
