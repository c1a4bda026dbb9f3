#pragma once
// config/ → core::Rulebook. From disk and from the bytes a journal segment keeps it is one path: the files and the
// effective settings become an archive, and the archive is what is parsed, checked and digested. Only the shape of the
// score tables (score_shape_check.hpp) is not checked again of what a journal keeps: it was in force, and has to open.

#include "definitions/config.hpp"

#include <string>
#include <vector>

namespace vigil::definitions {

// Empty when anything is wrong; `problems` then says everything that is.
std::optional<core::Rulebook> load_rulebook(VigildConfig const& config, Problems& problems);
std::optional<core::Rulebook> rulebook_from_bytes(std::string_view bytes, Problems& problems);

// `vigild --check-config` and `vigil check FILE…`: a vigil.toml with all it names, or a single definition file by its
// name (vocabulary.tsv, conversions.tsv beside a vocabulary, maps/*.tsv, scores/*.toml, alerts/*.toml). A lone table of
// a score is checked against the vocabulary near it, else against that of `configuration`, a vigil.toml.
Problems check(std::vector<std::string> const& paths, std::string const& configuration = {});

// Alert rules that are on and have nothing to read, as the score they read does not run: "kdigo_stage sleeps: no
// [[score]] of kdigo, product rolling, runs". Said by `vigil check`, `vigil alerts try` and vigild's log.
std::vector<std::string> sleeping_rules(core::Rulebook const& rules);

} // namespace vigil::definitions
