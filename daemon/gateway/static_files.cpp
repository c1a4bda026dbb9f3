#include "gateway/static_files.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>

namespace vigil::gateway {
namespace {

constexpr std::size_t file_bytes_max = 8 * 1024 * 1024;

std::string type_of(const std::filesystem::path& path) {
    static const std::array<std::pair<const char*, const char*>, 10> types{{
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
    }};
    for (const auto& [extension, type] : types)
        if (path.extension() == extension) return type;
    return "application/octet-stream";
}

std::string tag_of(const std::string& body) {
    std::array<unsigned char, 16> digest{};
    crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(body.data()), body.size(),
                       nullptr, 0);
    std::string tag = "\"";
    for (const auto byte : digest) tag += fmt::format("{:02x}", byte);
    return tag + '"';
}

} // namespace

StaticFiles::StaticFiles(const std::string& directory) {
    namespace fs = std::filesystem;
    std::error_code error;
    for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
        if (!it->is_regular_file() || it->file_size() > file_bytes_max) continue;
        const std::ifstream file(it->path(), std::ios::binary);
        std::ostringstream body;
        body << file.rdbuf();
        if (!file) continue;
        auto text = std::move(body).str();
        auto tag = tag_of(text);
        files_["/" + fs::relative(it->path(), directory).generic_string()] = {type_of(it->path()), std::move(text),
                                                                              std::move(tag)};
    }
}

HttpResponse StaticFiles::get(const std::string& path, const std::string& if_none_match) const {
    const auto found = files_.find(path == "/" ? "/index.html" : path);
    if (found == files_.end()) {
        if (path == "/") return {503, "text/plain; charset=utf-8", "The page has not been built.\n", {}};
        return {404, "text/plain; charset=utf-8", "Not found.\n", {}};
    }
    const auto& file = found->second;
    // Built assets carry a digest in their name and never change; the page itself is asked for every time.
    const bool lasting = path.starts_with("/assets/");
    HttpResponse response{200, file.content_type, file.body, {}};
    response.headers.emplace_back("Cache-Control", lasting ? "public, max-age=31536000, immutable" : "no-cache");
    response.headers.emplace_back("ETag", file.tag);
    if (if_none_match == file.tag) {
        response.status = 304;
        response.body.clear();
    }
    return response;
}

} // namespace vigil::gateway
