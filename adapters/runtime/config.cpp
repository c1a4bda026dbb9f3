#include "adapters/runtime/config.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <toml++/toml.h>

namespace vigil::adapters {

namespace {

Position position_of(toml::node const& node) {
    return {static_cast<unsigned>(node.source().begin.line), static_cast<unsigned>(node.source().begin.column)};
}

bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

std::string spelled(toml::node const& node) {
    if (auto const* text = node.as_string()) return text->get();
    if (auto const* integer = node.as_integer()) return std::to_string(integer->get());
    if (auto const* real = node.as_floating_point()) {
        std::ostringstream out;
        out << *real;
        return out.str();
    }
    return {};
}

std::optional<std::string> read_file(std::string const& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

// Takes the keys out of one table, complaining as it goes.
class Reader {
public:
    Reader(toml::table const& table, std::string prefix, std::vector<ConfigError>& errors)
        : table_(table),
          prefix_(std::move(prefix)),
          errors_(errors) {}

    void error(Position at, std::string const& key, std::string message) {
        errors_.push_back({at, prefix_ + key, std::move(message)});
    }

    std::string text(std::string const& key, bool required) {
        auto const* node = take(key, required);
        if (!node) return {};
        if (auto const* value = node->as_string()) return value->get();
        error(position_of(*node), key, "must be a text");
        return {};
    }

    bool truth(std::string const& key, bool otherwise) {
        auto const* node = take(key, false);
        if (!node) return otherwise;
        if (auto const* value = node->as_boolean()) return value->get();
        error(position_of(*node), key, "must be true or false");
        return otherwise;
    }

    std::int64_t number(std::string const& key, std::int64_t otherwise, std::int64_t low, std::int64_t high) {
        auto const* node = take(key, false);
        if (!node) return otherwise;
        auto const* value = node->as_integer();
        if (value && value->get() >= low && value->get() <= high) return value->get();
        error(position_of(*node), key,
              "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
        return otherwise;
    }

    std::vector<std::string> list(std::string const& key) {
        std::vector<std::string> out;
        auto const* node = take(key, false);
        if (!node) return out;
        auto const* array = node->as_array();
        if (!array)
            error(position_of(*node), key, "must be a list");
        else
            for (auto const& one : *array) out.push_back(spelled(one));
        return out;
    }

    toml::node const* take(std::string const& key, bool required) {
        known_.insert(key);
        auto const* node = table_.get(key);
        if (!node && required) error(position_of(table_), key, "is missing");
        return node;
    }

    void finish() {
        for (auto const& [key, node] : table_)
            if (!known_.contains(std::string(key.str())))
                error(position_of(node), std::string(key.str()), "is not a key of this table");
    }

    Position at(std::string const& key) const {
        auto const* node = table_.get(key);
        return position_of(node ? *node : table_);
    }

private:
    toml::table const& table_;
    std::string prefix_;
    std::vector<ConfigError>& errors_;
    std::set<std::string> known_;
};

Section section_of(toml::table const& table, std::string const& prefix, std::vector<ConfigError>& errors) {
    Section out;
    out.at = position_of(table);
    for (auto const& [key, node] : table) {
        const std::string name(key.str());
        if (auto const* inner = node.as_table()) {
            out.sections[name] = section_of(*inner, prefix + name + ".", errors);
            continue;
        }
        Setting setting;
        setting.at = position_of(node);
        if (auto const* truth = node.as_boolean()) {
            setting.type = Setting::Type::truth;
            setting.truth = truth->get();
        } else if (auto const* array = node.as_array()) {
            setting.type = Setting::Type::list;
            for (auto const& one : *array) setting.list.push_back(spelled(one));
        } else if (node.is_string()) {
            setting.text = spelled(node);
        } else if (auto const* integer = node.as_integer()) {
            setting.type = Setting::Type::number;
            setting.number = integer->get();
            setting.text = spelled(node);
        } else {
            errors.push_back({setting.at, prefix + name, "must be a text, a whole number, true or false, or a list"});
            continue;
        }
        out.values[name] = std::move(setting);
    }
    return out;
}

void read_listen(Reader& reader, Config& config) {
    const std::string listen = reader.text("listen", false);
    if (listen.empty()) return;
    const auto colon = listen.rfind(':');
    std::string host = listen.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    unsigned port = 65536;
    if (colon != std::string::npos) {
        const std::string_view digits = std::string_view(listen).substr(colon + 1);
        const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (error != std::errc{} || stop != digits.data() + digits.size()) port = 65536;
    }
    boost::system::error_code bad;
    boost::asio::ip::make_address(host, bad);
    if (bad || port > 65535) {
        reader.error(reader.at("listen"), "listen",
                     "must be ADDRESS:PORT with a numeric address, such as 127.0.0.1:2575 or [::1]:2575");
        return;
    }
    config.host = host;
    config.port = static_cast<std::uint16_t>(port);
}

void read_limits(toml::node const& node, std::vector<ConfigError>& errors, Config& config) {
    auto const* table = node.as_table();
    if (!table) {
        errors.push_back({position_of(node), "limits", "must be a table"});
        return;
    }
    Reader reader(*table, "limits.", errors);
    const auto size = [&](char const* key, std::size_t otherwise, std::int64_t low, std::int64_t high) {
        return static_cast<std::size_t>(reader.number(key, static_cast<std::int64_t>(otherwise), low, high));
    };
    config.max_frame = size("max_frame", config.max_frame, 4096, 64 << 20);
    config.limits.buffered_bytes =
        size("max_buffered", std::max(config.limits.buffered_bytes, config.max_frame * 2), 4096, 1 << 30);
    config.limits.connections = size("max_connections", config.limits.connections, 1, 10'000);
    config.limits.per_address = size("max_per_address", config.limits.per_address, 1, 10'000);
    config.limits.reserved = size("reserved_connections", config.limits.reserved, 0, 10'000);
    config.limits.idle_ms = reader.number("idle_s", config.limits.idle_ms / 1000, 1, 30LL * 86400) * 1000;
    config.limits.first_message_ms =
        reader.number("first_message_s", config.limits.first_message_ms / 1000, 1, 86400) * 1000;
    config.frame_ms = reader.number("frame_s", config.frame_ms / 1000, 1, 600) * 1000;
    config.answer_within_ms = reader.number("answer_within_s", config.answer_within_ms / 1000, 1, 600) * 1000;
    for (auto const& address : reader.list("devices")) {
        boost::system::error_code bad;
        const auto parsed = boost::asio::ip::make_address(address, bad);
        if (bad)
            reader.error(reader.at("devices"), "devices", "\"" + address + "\" is not a numeric address");
        else
            config.limits.listed.insert(parsed.to_string());
    }
    reader.finish();
}

void read_clock(Reader& reader, Config& config) {
    const std::string clock = reader.text("clock", false);
    if (clock == "message")
        config.clock = ClockTrust::message;
    else if (clock == "trusted")
        config.clock = ClockTrust::trusted;
    else if (!clock.empty() && clock != "device")
        reader.error(reader.at("clock"), "clock", "must be \"device\", \"trusted\" or \"message\"");
    if (clock.empty() && config.simulated) config.clock = ClockTrust::message;
}

// systemd hands over a copy (LoadCredential=) that this process may read although the file itself is root's.
std::string credential_or(std::string const& path) {
    char const* const folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (!folder) return path;
    const std::filesystem::path copy = std::filesystem::path(folder) / std::filesystem::path(path).filename();
    std::error_code none;
    return std::filesystem::exists(copy, none) ? copy.string() : path;
}

void read_named_files(Reader& reader, Config& config) {
    if (const std::string named = reader.text("site_key_file", true); !named.empty()) {
        const std::string path = credential_or(named);
        std::string why;
        config.site_key = read_site_key(path, why);
        if (!config.site_key) reader.error(reader.at("site_key_file"), "site_key_file", path + " " + why);
    }
    if (const std::string path = reader.text("vocabulary", false); !path.empty()) {
        const auto text = read_file(path);
        std::string why = "cannot be read";
        if (!text || !read_coded_values(*text, config.coded, why))
            reader.error(reader.at("vocabulary"), "vocabulary", path + ": " + why);
    }
}

void read_main(toml::table const& table, std::vector<ConfigError>& errors, Config& config) {
    Reader reader(table, "", errors);
    config.source = reader.text("source", true);
    if (!config.source.empty() && !is_token(config.source))
        reader.error(reader.at("source"), "source", "must be 1 to 32 of a-z, 0-9 and _");
    config.kind = reader.text("kind", true);
    config.ingest = reader.text("ingest", true);
    config.identity = reader.text("identity", false);
    config.simulated = reader.truth("simulated", false);
    read_clock(reader, config);
    read_listen(reader, config);
    read_named_files(reader, config);
    if (const std::string zone = reader.text("zone", false); !zone.empty()) {
        config.zone = Zone::named(zone);
        if (!config.zone) reader.error(reader.at("zone"), "zone", "\"" + zone + "\" is no IANA time zone");
    }
    if (auto const* limits = reader.take("limits", false)) read_limits(*limits, errors, config);
    if (auto const* section = config.kind.empty() ? nullptr : reader.take(config.kind, false)) {
        if (auto const* inner = section->as_table())
            config.section = section_of(*inner, config.kind + ".", errors);
        else
            reader.error(position_of(*section), config.kind, "must be a table");
    }
    reader.finish();
}

} // namespace

Config read_config(std::string const& file, std::string_view text, std::vector<ConfigError>& errors) {
    Config config;
    config.file = file;
    try {
        const toml::table table = toml::parse(text, file);
        read_main(table, errors, config);
    } catch (toml::parse_error const& e) {
        errors.push_back(
            {{static_cast<unsigned>(e.source().begin.line), static_cast<unsigned>(e.source().begin.column)},
             "toml",
             std::string(e.description())});
    }
    std::stable_sort(errors.begin(), errors.end(),
                     [](ConfigError const& a, ConfigError const& b) { return a.at.line < b.at.line; });
    return config;
}

Config load_config(std::string const& file, std::vector<ConfigError>& errors) {
    const auto text = read_file(file);
    if (text) return read_config(file, *text, errors);
    errors.push_back({{}, "file", "cannot be read"});
    return {};
}

std::string describe(std::string const& file, ConfigError const& error) {
    return file + ":" + std::to_string(error.at.line) + ":" + std::to_string(error.at.column) + ": " + error.key +
           ": " + error.message;
}

SectionReader::SectionReader(Section const& section, std::string prefix, std::vector<ConfigError>& errors)
    : section_(section),
      prefix_(std::move(prefix)),
      errors_(errors) {}

void SectionReader::error(Position at, std::string const& key, std::string message) {
    errors_.push_back({at, prefix_ + key, std::move(message)});
}

Setting const* SectionReader::any(std::string const& key) {
    known_.insert(key);
    const auto at = section_.values.find(key);
    return at == section_.values.end() ? nullptr : &at->second;
}

Setting const* SectionReader::take(std::string const& key, Setting::Type type, std::string_view wanted) {
    auto const* setting = any(key);
    if (!setting || setting->type == type) return setting;
    error(setting->at, key, "must be " + std::string(wanted));
    return nullptr;
}

bool SectionReader::truth(std::string const& key, bool otherwise) {
    auto const* setting = take(key, Setting::Type::truth, "true or false");
    return setting ? setting->truth : otherwise;
}

std::string SectionReader::text(std::string const& key, std::string otherwise) {
    auto const* setting = take(key, Setting::Type::text, "a text");
    return setting ? setting->text : otherwise;
}

std::vector<std::string> SectionReader::list(std::string const& key) {
    auto const* setting = take(key, Setting::Type::list, "a list");
    return setting ? setting->list : std::vector<std::string>{};
}

Section const* SectionReader::section(std::string const& key) {
    known_.insert(key);
    const auto at = section_.sections.find(key);
    return at == section_.sections.end() ? nullptr : &at->second;
}

void SectionReader::finish() {
    for (auto const& [key, setting] : section_.values)
        if (!known_.contains(key)) error(setting.at, key, "is not a key of this table");
    for (auto const& [key, section] : section_.sections)
        if (!known_.contains(key)) error(section.at, key, "is not a table of this one");
}

Places read_places(SectionReader& reader) {
    Places out;
    if (auto const* setting = reader.any("bed_labels")) {
        const bool text = setting->type == Setting::Type::text;
        if (text && setting->text == "unit")
            out.set_labels(Places::Labels::unit);
        else if (!text || setting->text != "room")
            reader.error(setting->at, "bed_labels", "must be \"room\" or \"unit\": what a bed's label is unique in");
    }
    auto const* section = reader.section("places");
    if (!section) return out;
    for (auto const& [key, setting] : section->values)
        if (setting.type != Setting::Type::text || !out.add(key, setting.text))
            reader.error(
                setting.at, "places." + key,
                "must map POINT_OF_CARE^ROOM^BED^FACILITY to \"unit/bed\" or \"unit\", each of a-z, 0-9 and _");
    return out;
}

} // namespace vigil::adapters
