#include "identity/config.hpp"

#include <toml++/toml.h>

namespace vigil::identity {

namespace {

std::string at(std::string const& file, toml::source_region const& where, std::string_view key,
               std::string_view message) {
    return file + ":" + std::to_string(where.begin.line) + ":" + std::to_string(where.begin.column) + ": " +
           std::string(key) + ": " + std::string(message);
}

} // namespace

Config read_config(std::string const& file, std::string_view text, std::vector<std::string>& errors) {
    Config out;
    toml::table table;
    try {
        table = toml::parse(text, file);
    } catch (toml::parse_error const& e) {
        errors.push_back(at(file, e.source(), "toml", e.description()));
        return out;
    }
    auto const* section = table["identity"].as_table();
    if (!section) {
        errors.push_back(at(file, table.source(), "identity", "the table is missing"));
        return out;
    }
    const auto take = [&](std::string_view key, std::string& into) {
        auto const* node = section->get(key);
        if (!node)
            errors.push_back(at(file, section->source(), std::string("identity.") + std::string(key), "is missing"));
        else if (auto const* value = node->as_string(); value && !value->get().empty())
            into = value->get();
        else
            errors.push_back(at(file, node->source(), std::string("identity.") + std::string(key), "must be a text"));
    };
    take("endpoint", out.endpoint);
    take("database", out.database);
    for (auto const& [key, node] : *section)
        if (key.str() != "endpoint" && key.str() != "database")
            errors.push_back(
                at(file, node.source(), "identity." + std::string(key.str()), "is not a key of this table"));
    return out;
}

} // namespace vigil::identity
