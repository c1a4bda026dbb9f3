#include "definitions/config.hpp"

#include "definitions/toml_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace vigil::definitions {

namespace {

bool is_token(std::string_view text) {
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), good);
}

std::optional<std::string> token(TomlReader& in, std::string_view key) {
    auto given = in.text(key);
    if (!given || is_token(*given)) return given;
    in.problem(key, "'" + *given + "' is no token: 1 to 32 of a-z, 0-9 and _");
    return std::nullopt;
}

// Which of two words was given; empty when the key is absent or wrong.
std::optional<bool> choice(TomlReader& in, std::string_view key, std::string_view no, std::string_view yes) {
    const auto given = in.text(key);
    if (!given) return std::nullopt;
    if (*given == no || *given == yes) return *given == yes;
    in.problem(key, "must be \"" + std::string(no) + "\" or \"" + std::string(yes) + "\"");
    return std::nullopt;
}

void read_scores(TomlReader& in, Settings& out) {
    for (auto& one : in.tables("score")) {
        ScoreSetting score;
        for (const auto* key : {"score", "product", "basis", "policy"}) one.require(key);
        if (auto id = one.word("score", model::parse_score_id)) score.id = *id;
        if (auto product = one.word("product", model::parse_product)) score.product = *product;
        if (auto basis = one.word("basis", model::parse_basis)) score.basis = *basis;
        if (auto policy = token(one, "policy")) score.policy = *policy;
        if (auto alerts = one.flag("alerts")) score.alerts = *alerts;
        const Place at = one.place("policy");
        score.line = at.line;
        score.column = at.column;
        for (auto const& other : out.scores) {
            if (other.id != score.id) continue;
            if (other.product == score.product && other.basis == score.basis && other.policy == score.policy)
                one.problem("score", "the same run already stands in line " + std::to_string(other.line));
            if (other.alerts && score.alerts)
                one.problem("alerts",
                            "the run in line " + std::to_string(other.line) + " is already the one that alerts read");
        }
        one.finish();
        out.scores.push_back(std::move(score));
    }
    if (!in.has("score")) in.problem("score", "is missing: at least one [[score]] is needed");
}

void read_sources(TomlReader& in, Settings& out) {
    for (auto& one : in.tables("source")) {
        core::SourceSettings source;
        one.require("name");
        if (auto name = token(one, "name")) source.source = *name;
        if (auto implied = one.flag("implied_admission")) source.implied_admission = *implied;
        if (auto silent = one.duration("silent_after")) source.silent_after = *silent;
        if (auto continuous = one.flag("continuous")) source.continuous = *continuous;
        if (auto salt = token(one, "norepinephrine_as")) {
            source.norepinephrine_as = *salt;
            const Place at = one.place("norepinephrine_as");
            out.salts.push_back({*salt, at.line, at.column});
        }
        const auto same = [&](core::SourceSettings const& s) { return s.source == source.source; };
        if (!source.source.empty() && std::any_of(out.sources.begin(), out.sources.end(), same))
            one.problem("name", "stands twice");
        one.finish();
        out.sources.push_back(std::move(source));
    }
}

// The figures of [alerting], by their keys.
constexpr std::pair<std::string_view, model::Duration alerts::Handling::*> handling_durations[] = {
    {"pause_at_most", &alerts::Handling::pause_at_most},
    {"pause_high_at_most", &alerts::Handling::pause_high_at_most},
    {"shelve_at_most", &alerts::Handling::shelve_at_most},
    {"shelve_high_at_most", &alerts::Handling::shelve_high_at_most},
    {"standby_at_most", &alerts::Handling::standby_at_most},
    {"standby_grace", &alerts::Handling::standby_grace},
    {"escalate_high", &alerts::Handling::escalate_high},
    {"escalate_medium", &alerts::Handling::escalate_medium},
    {"escalate_low", &alerts::Handling::escalate_low},
};

void read_alerting(TomlReader& in, Settings& out) {
    auto table = in.table("alerting");
    if (!table) return;
    alerts::Handling handling;
    for (auto const& [key, member] : handling_durations)
        if (auto d = table->duration(key)) handling.*member = *d;
    if (handling.pause_high_at_most > handling.pause_at_most)
        table->problem("pause_high_at_most", "must not be longer than pause_at_most");
    if (handling.shelve_high_at_most > handling.shelve_at_most)
        table->problem("shelve_high_at_most", "must not be longer than shelve_at_most");
    handling.audiences = table->texts("audiences");
    for (auto const& audience : handling.audiences)
        if (!is_token(audience))
            table->problem("audiences", "'" + audience + "' is no token: 1 to 32 of a-z, 0-9 and _");
    table->finish();
    out.alerting = std::move(handling);
}

std::string alerting_toml(alerts::Handling const& handling) {
    std::string out = "[alerting]\naudiences = [";
    for (std::size_t i = 0; i < handling.audiences.size(); ++i)
        out += (i == 0 ? "\"" : ", \"") + handling.audiences[i] + "\"";
    out += "]\n";
    for (auto const& [key, member] : handling_durations)
        out += std::string(key) + " = \"" + std::to_string((handling.*member).ms) + "ms\"\n";
    return out;
}

Settings read_settings(TomlReader& in, std::string const& file) {
    Settings out;
    out.file = file;
    for (const auto* key : {"site", "mode", "clock"}) in.require(key);
    if (auto site = token(in, "site")) out.site = *site;
    if (auto unit = token(in, "unit")) out.unit = *unit;
    const auto simulated = choice(in, "mode", "production", "simulated");
    const auto driven = choice(in, "clock", "real", "driven");
    out.simulated = simulated.value_or(true);
    out.driven = driven.value_or(out.simulated);
    // What goes together can be said only of what is known.
    if (simulated == false && driven == true) in.problem("clock", "a driven clock is for simulation and replay only");
    if (simulated == true && out.site != "demo") in.problem("site", "a simulated journal belongs to the site \"demo\"");
    if (simulated == false && out.site == "demo") in.problem("site", "\"demo\" is the site of simulations");
    read_scores(in, out);
    read_sources(in, out);
    read_alerting(in, out);
    return out;
}

bool is_loopback(std::string_view endpoint) {
    return endpoint.starts_with("tcp://127.") || endpoint.starts_with("tcp://[::1]") ||
           endpoint.starts_with("tcp://localhost:");
}

void read_endpoints(TomlReader& in, bool has_curve, Endpoints& out) {
    const auto read = [&](std::string_view key, std::string& to) {
        in.require(key);
        const auto given = in.text(key);
        if (!given) return;
        to = *given;
        if (!((to.starts_with("ipc://") || to.starts_with("tcp://")) && to.size() > 6))
            in.problem(key, "must begin with ipc:// or tcp://");
        else if (to.starts_with("ipc://") && to.size() > 6 + 107)
            in.problem(key, "is longer than the 107 characters a socket's path may have");
        else if (to.starts_with("tcp://") && !is_loopback(to) && !has_curve)
            in.problem(key, "is reachable from other machines and needs [curve]");
    };
    read("ingest", out.ingest);
    read("command", out.command);
    read("query", out.query);
    read("feed", out.feed);
    in.finish();
}

void read_journal(TomlReader& in, std::string& directory, JournalSettings& out) {
    in.require("directory");
    if (auto given = in.text("directory")) directory = *given;
    if (auto size = in.whole("segment_mib", 1, 1024)) out.segment_bytes = static_cast<std::uint64_t>(*size) << 20;
    in.finish();
}

class Paths {
public:
    explicit Paths(std::string const& file)
        : folder_(std::filesystem::path(file).parent_path()) {}
    std::string absolute(std::string const& path) const {
        return path.empty() ? path : (folder_ / path).lexically_normal().string();
    }

private:
    std::filesystem::path folder_;
};

void read_definitions(TomlReader& in, VigildConfig& out) {
    const auto read = [&](std::string_view key, std::string& to, bool required) {
        if (required) in.require(key);
        if (auto given = in.text(key)) to = *given;
    };
    read("vocabulary", out.vocabulary, true);
    read("conversions", out.conversions, true);
    read("scores", out.scores, true);
    read("alerts", out.alerts, true);
    read("maps", out.maps, false);
    in.finish();
}

void read_tables(TomlReader& in, VigildConfig& out) {
    for (const auto* key : {"endpoints", "journal", "definitions"}) in.require(key);
    if (auto curve = in.table("curve")) {
        CurveSettings settings;
        for (const auto* key : {"secret_key", "clients"}) curve->require(key);
        if (auto given = curve->text("secret_key")) settings.secret_key_file = *given;
        if (auto given = curve->text("clients")) settings.clients_file = *given;
        curve->finish();
        out.curve = settings;
    }
    if (auto endpoints = in.table("endpoints")) read_endpoints(*endpoints, out.curve.has_value(), out.endpoints);
    if (auto journal = in.table("journal")) read_journal(*journal, out.journal.directory, out.journal);
    if (auto definitions = in.table("definitions")) read_definitions(*definitions, out);
}

} // namespace

VigildConfig parse_config(File const& file, Problems& problems) {
    VigildConfig out;
    out.file = file.shown;
    const auto document = parse_toml(file, problems);
    if (!document) return out;
    TomlReader in(*document, file.shown, "", problems);
    out.settings = read_settings(in, file.shown);
    read_tables(in, out);
    for (const auto* other : {"gateway", "identity", "adapter", "simulator"}) in.leave(other);
    in.finish();
    const Paths paths(file.shown);
    for (std::string* path :
         {&out.journal.directory, &out.vocabulary, &out.conversions, &out.scores, &out.alerts, &out.maps})
        *path = paths.absolute(*path);
    if (out.curve)
        for (std::string* path : {&out.curve->secret_key_file, &out.curve->clients_file}) *path = paths.absolute(*path);
    return out;
}

VigildConfig load_config(std::string const& path, Problems& problems) {
    const auto text = read_file(path, problems);
    if (!text) {
        VigildConfig out;
        out.file = path;
        return out;
    }
    return parse_config({"vigil.toml", path, *text}, problems);
}

Settings parse_settings(File const& file, Problems& problems) {
    const auto document = parse_toml(file, problems);
    if (!document) return {};
    TomlReader in(*document, file.shown, "", problems);
    Settings out = read_settings(in, file.shown);
    in.finish();
    return out;
}

std::string to_toml(Settings const& settings) {
    // Tokens and words of closed lists only: nothing here needs escaping.
    std::string out = "site = \"" + settings.site + "\"\n";
    out += "unit = \"" + settings.unit + "\"\n";
    out += std::string("mode = \"") + (settings.simulated ? "simulated" : "production") + "\"\n";
    out += std::string("clock = \"") + (settings.driven ? "driven" : "real") + "\"\n";
    for (auto const& score : settings.scores) {
        out += "[[score]]\nscore = \"" + std::string(model::name_of(score.id)) + "\"\n";
        out += "product = \"" + std::string(model::name_of(score.product)) + "\"\n";
        out += "basis = \"" + std::string(model::name_of(score.basis)) + "\"\n";
        out += "policy = \"" + score.policy + "\"\n";
        out += std::string("alerts = ") + (score.alerts ? "true" : "false") + "\n";
    }
    for (auto const& source : settings.sources) {
        out += "[[source]]\nname = \"" + source.source + "\"\n";
        out += std::string("implied_admission = ") + (source.implied_admission ? "true" : "false") + "\n";
        out += "silent_after = \"" + std::to_string(source.silent_after.ms) + "ms\"\n";
        out += std::string("continuous = ") + (source.continuous ? "true" : "false") + "\n";
        if (!source.norepinephrine_as.empty()) out += "norepinephrine_as = \"" + source.norepinephrine_as + "\"\n";
    }
    if (settings.alerting) out += alerting_toml(*settings.alerting);
    return out;
}

} // namespace vigil::definitions
