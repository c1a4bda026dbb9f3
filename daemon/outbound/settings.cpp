#include "outbound/settings.hpp"

#include "adapters/hl7/mllp_caller.hpp"
#include "definitions/toml_reader.hpp"
#include "wire/topic.hpp"

#include <algorithm>

namespace vigil::outbound {

namespace {

using definitions::Problems;
using definitions::TomlReader;

std::optional<std::string> token(TomlReader& in, std::string_view key) {
    auto given = in.text(key);
    if (!given || wire::is_token(*given)) return given;
    in.problem(key, "'" + *given + "' is no token: 1 to 32 of a-z, 0-9 and _");
    return std::nullopt;
}

std::optional<Kind> parse_kind(std::string_view word) {
    if (word == "pcd04") return Kind::pcd04;
    if (word == "webhook") return Kind::webhook;
    return std::nullopt;
}

std::optional<v1::Priority> parse_least(std::string_view word) {
    if (word == "information") return v1::PRIORITY_INFORMATION;
    if (word == "low") return v1::PRIORITY_LOW;
    if (word == "medium") return v1::PRIORITY_MEDIUM;
    if (word == "high") return v1::PRIORITY_HIGH;
    return std::nullopt;
}

void endpoint(TomlReader& in, std::string_view key, std::string& out) {
    in.require(key);
    const auto given = in.text(key);
    if (!given) return;
    if (!given->starts_with("ipc://") && !given->starts_with("tcp://"))
        return in.problem(key, "must begin with ipc:// or tcp://");
    out = *given;
}

void length(TomlReader& in, std::string_view key, std::int64_t least_ms, std::int64_t& out) {
    const auto given = in.duration(key);
    if (!given) return;
    if (given->ms < least_ms) return in.problem(key, "must be at least " + std::to_string(least_ms) + "ms");
    out = given->ms;
}

void read_filter(TomlReader& in, Filter& out) {
    if (auto least = in.word("least", parse_least)) out.least = *least;
    if (in.has("kinds")) {
        const auto kinds = in.texts("kinds");
        out.patient = out.technical = false;
        for (auto const& kind : kinds) {
            if (kind != "patient" && kind != "technical") in.problem("kinds", "'" + kind + "' is no kind of alert");
            (kind == "patient" ? out.patient : out.technical) = true;
        }
        if (kinds.empty()) in.problem("kinds", "names none: this destination would be told nothing");
    }
    out.units = in.texts("units");
    for (auto const& unit : out.units)
        if (!wire::is_token(unit)) in.problem("units", "'" + unit + "' is no token: 1 to 32 of a-z, 0-9 and _");
}

void read_patience(TomlReader& in, DestinationSettings& out) {
    auto& patience = out.patience;
    std::int64_t reply_within_ms = out.reply_within.count();
    length(in, "reply_within", 100, reply_within_ms);
    if (reply_within_ms > 60'000) in.problem("reply_within", "must be at most 60s");
    out.reply_within = std::chrono::milliseconds(reply_within_ms);
    length(in, "first_pause", 10, patience.first_pause_ms);
    length(in, "longest_pause", 10, patience.longest_pause_ms);
    if (patience.longest_pause_ms < patience.first_pause_ms)
        in.problem("longest_pause", "must not be shorter than first_pause");
    length(in, "give_up_after", 60'000, patience.give_up_after_ms);
    length(in, "down_after", 1'000, patience.down_after_ms);
    if (auto n = in.whole("tries", 1, 100)) patience.refusals = *n;
}

void read_pcd04(TomlReader& in, DestinationSettings& out) {
    if (!out.to.empty() && !hl7::parse_mllp(out.to)) in.problem("to", "'" + out.to + "' is not mllp://HOST[:PORT]");
    if (auto name = in.text("receiving_application")) out.receiving_application = *name;
    if (auto name = in.text("receiving_facility")) out.receiving_facility = *name;
    const auto type = [](std::string_view word) -> std::optional<bool> {
        if (word == "SA" || word == "SP") return word == "SP";
        return std::nullopt;
    };
    if (auto physiological = in.word("patient_type", type)) out.physiological = *physiological;
    if (in.has("repeat_every")) length(in, "repeat_every", 0, out.patience.repeat_every_ms);
}

bool on_this_machine(std::string_view url) {
    url.remove_prefix(std::string_view("http://").size());
    const auto host = url.substr(0, url.find_first_of("/?#"));
    for (const std::string_view name : {"127.0.0.1", "localhost", "[::1]"})
        if (host == name || (host.starts_with(name) && host.substr(name.size()).starts_with(":") &&
                             host.find('@') == std::string_view::npos))
            return true;
    return false;
}

void read_webhook(TomlReader& in, DestinationSettings& out) {
    const bool secure = out.to.starts_with("https://") && out.to.size() > 8;
    if (!out.to.empty() && !secure && !(out.to.starts_with("http://") && on_this_machine(out.to)))
        in.problem("to", "must begin with https://; http:// is for this machine only");
    if (auto file = in.text("ca_file")) out.ca_file = *file;
    length(in, "retry_after_at_most", 1'000, out.patience.retry_after_at_most_ms);
    const auto file = in.text("secret_file");
    if (!file) return;
    Problems unreadable;
    auto secret = definitions::read_file(*file, unreadable);
    for (auto const& problem : unreadable) in.problem("secret_file", problem.message);
    if (!secret) return;
    while (secret->ends_with('\n') || secret->ends_with('\r')) secret->pop_back();
    if (secret->size() < 16) in.problem("secret_file", "holds less than 16 characters");
    out.secret = std::move(*secret);
}

void read_destination(TomlReader& in, Settings& out) {
    DestinationSettings one;
    for (const auto* key : {"name", "kind", "to"}) in.require(key);
    if (auto name = token(in, "name")) one.recipient.name = *name;
    if (auto to = in.text("to")) one.to = *to;
    const auto kind = in.word("kind", parse_kind);
    read_filter(in, one.recipient.filter);
    read_patience(in, one);
    if (kind == Kind::pcd04) read_pcd04(in, one);
    if (kind == Kind::webhook) read_webhook(in, one);
    if (kind) one.recipient.kind = *kind;
    const auto same = [&one](DestinationSettings const& other) { return other.recipient.name == one.recipient.name; };
    if (!one.recipient.name.empty() && std::any_of(out.destinations.begin(), out.destinations.end(), same))
        in.problem("name", "stands twice");
    if (kind) in.finish(); // of an unknown kind nobody can say which keys it has
    out.destinations.push_back(std::move(one));
}

} // namespace

Settings read_settings(definitions::File const& file, Problems& problems) {
    Settings out;
    const auto document = definitions::parse_toml(file, problems);
    if (!document) return out;
    TomlReader root(*document, file.shown, "", problems);
    root.require("outbound");
    if (auto in = root.table("outbound")) {
        for (const auto* key : {"site", "outbox"}) in->require(key);
        if (auto site = token(*in, "site")) out.site = *site;
        endpoint(*in, "feed", out.feed);
        endpoint(*in, "query", out.query);
        if (auto path = in->text("outbox")) out.outbox = *path;
        if (auto path = in->text("metrics")) out.metrics = *path;
        length(*in, "keep", 3'600'000, out.keep_ms);
        in->finish();
    }
    if (!root.has("destination")) root.problem("destination", "is missing: at least one [[destination]] is needed");
    for (auto& one : root.tables("destination")) read_destination(one, out);
    root.finish();
    return out;
}

} // namespace vigil::outbound
