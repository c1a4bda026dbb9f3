#pragma once
// The files a rulebook is made of, by the name they have in messages and in the archive. Loading from disk and loading
// from the bytes kept in a journal segment are the same path: read or unpack the files, then parse them. Every loader
// therefore takes text, never a path:
//   scores::Tables load_score_tables(Files const&, Problems&);   definitions/score_tables.hpp, names "scores/*.toml"
//   alerts::Rules  load_alert_rules(Files const&, Problems&);    definitions/alert_rules.hpp,  names "alerts/*.toml"

#include "definitions/problem.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::definitions {

struct File {
    std::string name;  // in the archive: "vocabulary.tsv", "scores/sofa.toml"
    std::string shown; // in messages: the path it was read from
    std::string content;
};
using Files = std::vector<File>;

// The whole file; a problem when it cannot be read or is larger than 4 MiB.
std::optional<std::string> read_file(std::string const& path, Problems& problems);
// Every regular file of a folder whose name ends with `suffix`, by name; archive names are `prefix` + file name.
Files read_folder(std::string const& path, std::string_view prefix, std::string_view suffix, Problems& problems);
// Those whose archive name begins with `prefix`.
Files starting_with(Files const& files, std::string_view prefix);

// One canonical text of all files, ordered by name. `shown` is not part of it, so a moved folder has the same digest.
std::string pack(Files const& files);
// Empty, with a problem, when the text is not what `pack` writes.
std::optional<Files> unpack(std::string_view bytes, Problems& problems);

} // namespace vigil::definitions
