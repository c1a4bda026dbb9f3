#pragma once
// What the table of a score has to be like whatever its limits are: in which unit the score compares, and the points
// that its definition can give. A table in another unit would be misread, one without its worst band can never say it.

#include "core/model/score.hpp"
#include "core/model/signal.hpp"
#include "core/model/unit.hpp"

#include <span>
#include <string_view>

namespace vigil::definitions {

// `points` are those from the first band or range of a list to its last.

// [[columns]] of a quantity. The first one is in `unit`; others, where the score reads them, are in further units that
// the vocabulary converts from.
enum class Columns : bool { one, several };
struct ColumnShape {
    model::ScoreId score{};
    model::Part part{};
    model::Signal signal{};
    model::Unit unit{};
    Columns columns{};
    std::string_view points;
    bool by_itself = true; // false: a ratio or a difference is compared, to which no limits of the signal apply
};
// A list under a key of its own: [section] key = [...].
struct ListShape {
    model::ScoreId score{};
    std::string_view section, key;
    std::string_view points;
    model::Unit unit = model::Unit::none; // that [section] must say; none: it says none
};
// [[doses]] of a drug that must be there.
struct DoseShape {
    model::ScoreId score{};
    model::Signal drug{};
    std::string_view points;
};
// Words with their points, all of which must be there.
struct WordsShape {
    model::ScoreId score{};
    std::string_view section, key;
    std::string_view words;
    std::int64_t most = 0; // of any of them
};

std::span<ColumnShape const> column_shapes();
std::span<ListShape const> list_shapes();
std::span<DoseShape const> dose_shapes();
std::span<WordsShape const> words_shapes();

} // namespace vigil::definitions
