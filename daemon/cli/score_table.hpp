#pragma once
// The score output CSV (design 4.3): one row per part.
// With `--deciding` four more cells: signal, time, value as reported and unit of the reading that decided. Where any of
// the scores has classes beside points or parts that are quantities three more: the class, the quantity and its unit.
// With `--codes` two more: the code system and the code of the part.

#include "core/model/score.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
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

    // Each row names its deciding reading too. To be said before the first row.
    void show_deciding();
    // So do its class and its quantity: some parts are none of points.
    void show_meanings();
    // And the code of its part.
    void show_codes();
    bool is_open() const { return file_ != nullptr; }
    // `encounter` and `definition` as they stand in a cell.
    void rows(std::string_view encounter, model::EventTime at, std::string_view definition, model::ScoreId score,
              std::span<model::ScorePart const> parts);
    // Only now it stands at its path. False when anything could not be written: then nothing does.
    bool close();
    // Nothing of what was given is to be seen.
    void discard();

private:
    // What follows the definition in a row. There are few: of a component some dozens.
    struct Ending {
        std::uint64_t of = 0;
        std::uint8_t size = 0;
        static constexpr std::size_t longest = 55;
        std::array<char, longest> text{};
    };

    void show(model::EventTime at);
    static void write(Ending& e, std::uint64_t key, model::ScorePart const& part);
    Ending const& ending_of(model::ScorePart const& part);
    void rows_in_full(model::ScoreId score, std::span<model::ScorePart const> parts);
    void begin();
    void flush();
    bool copy_to_stream();

    std::string path_;
    std::string beside_; // takes the place of path_ once it is whole; empty: held back, then copied there
    std::FILE* file_ = nullptr;
    bool deciding_ = false, meanings_ = false, codes_ = false;
    std::string buffer_, head_, row_;
    std::size_t used_ = 0; // of buffer_
    std::string instant_;  // of at_, as it is written
    model::EventTime at_;
    std::unique_ptr<std::array<Ending, 1024>> endings_ = std::make_unique<std::array<Ending, 1024>>();
    Ending rare_;
    bool failed_ = false;
};

} // namespace vigil::cli
