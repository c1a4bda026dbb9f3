#pragma once
// The score output CSV (design 4.3): one row per part.

#include "core/model/score.hpp"

#include <cstdio>
#include <string>
#include <string_view>

namespace vigil::cli {

class ScoreTable {
public:
    // "-" is standard output: it gets everything at the end, so that nothing is printed that has to be taken back.
    explicit ScoreTable(std::string const& path);
    ~ScoreTable();
    ScoreTable(ScoreTable const&) = delete;
    ScoreTable& operator=(ScoreTable const&) = delete;

    bool is_open() const { return file_ != nullptr; }
    void rows(std::string_view encounter, model::EventTime at, std::string_view definition, model::Score const& score);
    // False when anything could not be written.
    bool close();
    // Nothing of what was given is to be seen.
    void discard();

private:
    void number(std::int64_t n);
    void flush();
    bool copy_to_stdout();

    std::FILE* file_ = nullptr;
    bool to_stdout_ = false;
    std::string buffer_;
    bool failed_ = false;
};

} // namespace vigil::cli
