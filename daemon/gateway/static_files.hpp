#pragma once

#include "gateway/http_message.hpp"

#include <map>
#include <string>

namespace vigil::gateway {

/// The built page, read once into memory: what is not in the folder at the start cannot be asked for.
class StaticFiles {
public:
    explicit StaticFiles(const std::string& directory);

    [[nodiscard]] HttpResponse get(const std::string& path, const std::string& if_none_match) const;
    [[nodiscard]] std::size_t count() const { return files_.size(); }

private:
    struct File {
        std::string content_type;
        std::string body;
        std::string tag;
    };
    std::map<std::string, File> files_; ///< by path with a leading slash
};

} // namespace vigil::gateway
