#include "definitions/toml_reader.hpp"

#include "definitions/vocabulary.hpp"

#include <algorithm>

namespace vigil::definitions {

namespace {

Place place_of(toml::source_region const& region) {
    return {static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

// Edits between two words, for "did you mean".
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

} // namespace

std::optional<toml::table> parse_toml(File const& file, Problems& problems) {
    try {
        return toml::parse(file.content, file.shown);
    } catch (toml::parse_error const& error) {
        const Place at = place_of(error.source());
        problems.push_back({file.shown, at.line, at.column, "toml", std::string(error.description())});
        return std::nullopt;
    }
}

TomlReader::TomlReader(toml::table const& table, std::string file, std::string prefix, Problems& problems)
    : table_(&table),
      file_(std::move(file)),
      prefix_(std::move(prefix)),
      problems_(&problems) {}

toml::node const* TomlReader::get(std::string_view key) {
    known_.emplace(key);
    return table_->get(key);
}

bool TomlReader::has(std::string_view key) const { return table_->get(key) != nullptr; }

Place TomlReader::place(std::string_view key) const {
    auto const* node = table_->get(key);
    return place_of(node == nullptr ? table_->source() : node->source());
}

void TomlReader::problem(std::string_view key, std::string message) const {
    const Place at = place(key);
    problems_->push_back({file_, at.line, at.column, prefix_ + std::string(key), std::move(message)});
}

void TomlReader::require(std::string_view key) {
    known_.emplace(key);
    if (!has(key)) problem(key, "is missing");
}

std::optional<std::string> TomlReader::text(std::string_view key) {
    auto const* node = get(key);
    if (node == nullptr) return std::nullopt;
    if (auto const* value = node->as_string();
        value != nullptr && value->get().find_first_not_of(" \t\r\n") != std::string::npos)
        return value->get();
    problem(key, "must be a text that is not empty");
    return std::nullopt;
}

std::optional<std::int64_t> TomlReader::whole(std::string_view key, std::int64_t least, std::int64_t most) {
    auto const* node = get(key);
    if (node == nullptr) return std::nullopt;
    if (auto const* value = node->as_integer(); value != nullptr && value->get() >= least && value->get() <= most)
        return value->get();
    problem(key, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
}

std::optional<bool> TomlReader::flag(std::string_view key) {
    auto const* node = get(key);
    if (node == nullptr) return std::nullopt;
    if (auto const* value = node->as_boolean()) return value->get();
    problem(key, "must be true or false");
    return std::nullopt;
}

std::optional<model::Duration> TomlReader::duration(std::string_view key) {
    const auto given = text(key);
    if (!given) return std::nullopt;
    const auto value = parse_duration(*given);
    if (!value)
        problem(key,
                "'" + *given + "' is no length of time: \"10ms\", \"30s\", \"5min\", \"24h\" or \"0\" is expected");
    return value;
}

std::optional<model::Decimal> TomlReader::decimal(std::string_view key) {
    auto const* node = get(key);
    if (node == nullptr) return std::nullopt;
    std::optional<model::Decimal> value;
    if (auto const* number = node->as_integer())
        value = model::make_decimal(number->get(), 0);
    else if (auto const* quoted = node->as_string())
        value = model::parse_decimal(quoted->get());
    if (!value) problem(key, "must be a whole number or a decimal in quotes");
    return value;
}

std::vector<std::string> TomlReader::texts(std::string_view key) {
    auto const* node = get(key);
    std::vector<std::string> out;
    if (node == nullptr) return out;
    auto const* list = node->as_array();
    if (list == nullptr) {
        problem(key, "must be a list of texts");
        return out;
    }
    for (auto const& one : *list) {
        if (auto const* value = one.as_string())
            out.push_back(value->get());
        else
            problem(key, "must be a list of texts");
    }
    return out;
}

std::vector<std::int64_t> TomlReader::wholes(std::string_view key, std::int64_t least, std::int64_t most) {
    auto const* node = get(key);
    std::vector<std::int64_t> out;
    if (node == nullptr) return out;
    const auto wrong = [&] {
        problem(key, "must be a list of whole numbers from " + std::to_string(least) + " to " + std::to_string(most));
    };
    auto const* list = node->as_array();
    if (list == nullptr) {
        wrong();
        return out;
    }
    for (auto const& one : *list) {
        auto const* value = one.as_integer();
        if (value != nullptr && value->get() >= least && value->get() <= most)
            out.push_back(value->get());
        else
            wrong();
    }
    return out;
}

std::optional<TomlReader> TomlReader::table(std::string_view key) {
    auto const* node = get(key);
    if (node == nullptr) return std::nullopt;
    if (auto const* inner = node->as_table())
        return TomlReader(*inner, file_, prefix_ + std::string(key) + ".", *problems_);
    problem(key, "must be a table");
    return std::nullopt;
}

std::vector<TomlReader> TomlReader::tables(std::string_view key) {
    auto const* node = get(key);
    std::vector<TomlReader> out;
    if (node == nullptr) return out;
    auto const* list = node->as_array();
    if (list == nullptr) {
        problem(key, "must be written as [[" + std::string(key) + "]]");
        return out;
    }
    for (auto const& one : *list) {
        if (auto const* inner = one.as_table())
            out.emplace_back(*inner, file_, prefix_ + std::string(key) + ".", *problems_);
        else
            problem(key, "must be written as [[" + std::string(key) + "]]");
    }
    return out;
}

void TomlReader::finish() const {
    for (auto const& [key, node] : *table_) {
        if (known_.contains(key.str())) continue;
        std::string message = "unknown key";
        std::size_t best = 3;
        for (auto const& candidate : known_) {
            const std::size_t edits = distance(key.str(), candidate);
            if (edits >= best) continue;
            best = edits;
            message = "unknown key (did you mean " + candidate + "?)";
        }
        const Place at = place_of(key.source());
        problems_->push_back({file_, at.line, at.column, prefix_ + std::string(key.str()), message});
    }
}

} // namespace vigil::definitions
