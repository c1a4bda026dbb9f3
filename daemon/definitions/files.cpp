#include "definitions/files.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace vigil::definitions {

namespace {

constexpr std::string_view magic = "vigil-rulebook-v1\n";
constexpr std::uintmax_t largest_file = 4u << 20;

// A line up to, and without, its newline; empty when there is none left.
std::optional<std::string_view> take_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

} // namespace

std::optional<std::string> read_file(std::string const& path, Problems& problems) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) {
        problems.push_back({path, 0, 0, "file", "cannot be read: " + error.message()});
        return std::nullopt;
    }
    if (size > largest_file) {
        problems.push_back({path, 0, 0, "file", "is larger than 4 MiB"});
        return std::nullopt;
    }
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in || in.bad()) {
        if (size == 0 && in.is_open()) return std::string{};
        problems.push_back({path, 0, 0, "file", "cannot be read"});
        return std::nullopt;
    }
    return std::move(text).str();
}

Files read_folder(std::string const& path, std::string_view prefix, std::string_view suffix, Problems& problems) {
    Files out;
    std::error_code error;
    std::vector<std::filesystem::path> found;
    for (std::filesystem::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (it->is_regular_file() && name.ends_with(suffix) && !name.starts_with('.')) found.push_back(it->path());
    }
    if (error) problems.push_back({path, 0, 0, "folder", "cannot be read: " + error.message()});
    std::sort(found.begin(), found.end());
    for (auto const& one : found)
        if (auto text = read_file(one.string(), problems))
            out.push_back({std::string(prefix) + one.filename().string(), one.string(), *std::move(text)});
    return out;
}

Files starting_with(Files const& files, std::string_view prefix) {
    Files out;
    std::copy_if(files.begin(), files.end(), std::back_inserter(out),
                 [&](File const& f) { return f.name.starts_with(prefix); });
    return out;
}

std::string pack(Files const& files) {
    std::vector<File const*> ordered;
    for (auto const& file : files) ordered.push_back(&file);
    std::sort(ordered.begin(), ordered.end(), [](File const* a, File const* b) { return a->name < b->name; });
    std::string out(magic);
    for (File const* file : ordered) {
        out += file->name;
        out += '\n';
        out += std::to_string(file->content.size());
        out += '\n';
        out += file->content;
        out += '\n';
    }
    return out;
}

std::optional<Files> unpack(std::string_view bytes, Problems& problems) {
    const auto refuse = [&](std::string const& why) {
        problems.push_back({"rulebook", 0, 0, "archive", why});
        return std::optional<Files>{};
    };
    if (!bytes.starts_with(magic)) return refuse("does not begin as a rulebook of this version does");
    bytes.remove_prefix(magic.size());
    Files out;
    while (!bytes.empty()) {
        const auto name = take_line(bytes);
        const auto length = take_line(bytes);
        if (!name || !length || name->empty()) return refuse("is cut inside a file's heading");
        std::size_t size = 0;
        const auto [end, code] = std::from_chars(length->data(), length->data() + length->size(), size);
        if (code != std::errc{} || end != length->data() + length->size())
            return refuse("has a length that is no number");
        if (size >= bytes.size() || bytes[size] != '\n') return refuse("is cut inside " + std::string(*name));
        out.push_back({std::string(*name), std::string(*name), std::string(bytes.substr(0, size))});
        bytes.remove_prefix(size + 1);
    }
    return out;
}

} // namespace vigil::definitions
