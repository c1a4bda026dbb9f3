// lifecycle.tsv says for every phase and happening what follows. It is the test of the code and the source of the
// diagram in docs/alert-lifecycle.md; the three must agree.

#include "core/alerts/lifecycle.hpp"
#include "shipped_rules.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>

using namespace vigil::alerts;

namespace {

struct Row {
    Phase phase;
    Happening happening;
    std::string latch; // yes, no, any
    Next next;
    std::string meaning;
};

std::string text_of(std::string const& path) {
    std::ifstream in{shipped::root() + "/" + path};
    REQUIRE(in);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

template <class T>
T known(std::optional<T> value, std::string const& word) {
    INFO(word);
    REQUIRE(value);
    return *value;
}

std::vector<Row> table() {
    std::istringstream in{text_of("tests/unit/alerts/lifecycle.tsv")};
    std::vector<Row> rows;
    std::string line;
    std::getline(in, line);
    REQUIRE(line == "phase\thappening\tlatch\tnext\tnotify\twithdraws\tmeaning");
    while (std::getline(in, line)) {
        std::vector<std::string> cells;
        std::istringstream cut{line};
        for (std::string cell; std::getline(cut, cell, '\t');) cells.push_back(cell);
        INFO(line);
        REQUIRE(cells.size() == 7);
        rows.push_back(
            {known(parse_phase(cells[0]), cells[0]),
             known(parse_happening(cells[1]), cells[1]),
             cells[2],
             {known(parse_phase(cells[3]), cells[3]), known(parse_notify(cells[4]), cells[4]), cells[5] == "yes"},
             cells[6]});
    }
    return rows;
}

// One arrow for each pair of phases, labelled with everything that leads along it and is told.
std::string diagram(std::vector<Row> const& rows) {
    std::map<std::pair<std::size_t, std::size_t>, std::vector<std::string>> arrows;
    for (auto const& r : rows) {
        if (r.next.notify == Notify::nothing) continue;
        std::string label{name_of(r.happening)};
        if (r.latch != "any") label += r.latch == "yes" ? " (latching)" : " (not latching)";
        auto& labels = arrows[{static_cast<std::size_t>(r.phase), static_cast<std::size_t>(r.next.phase)}];
        labels.push_back(label);
    }
    std::string out = "```mermaid\nstateDiagram-v2\n";
    const auto name = [](std::size_t p) {
        const auto phase = static_cast<Phase>(p);
        return phase == Phase::none ? std::string{"[*]"} : std::string{name_of(phase)};
    };
    for (auto const& [ends, labels] : arrows) {
        out += "    " + name(ends.first) + " --> " + name(ends.second) + " : ";
        for (std::size_t i = 0; i < labels.size(); ++i) out += (i == 0 ? "" : ", ") + labels[i];
        out += '\n';
    }
    return out + "    closed --> [*]\n```\n";
}

} // namespace

TEST_CASE("every phase and happening follows the table", "[alerts]") {
    const auto rows = table();
    for (std::size_t p = 0; p < phase_count; ++p)
        for (std::size_t h = 0; h < happening_count; ++h)
            for (const bool latch : {false, true}) {
                const auto phase = static_cast<Phase>(p);
                const auto happening = static_cast<Happening>(h);
                INFO(name_of(phase) << " and " << name_of(happening) << (latch ? ", latching" : ""));
                int found = 0;
                for (auto const& r : rows) {
                    if (r.phase != phase || r.happening != happening) continue;
                    if (r.latch != "any" && (r.latch == "yes") != latch) continue;
                    ++found;
                    CHECK(next(phase, happening, latch) == r.next);
                }
                CHECK(found == 1);
            }
}

TEST_CASE("the diagram in the documentation is drawn from the table", "[alerts]") {
    const auto page = text_of("docs/alert-lifecycle.md");
    const auto drawn = diagram(table());
    INFO("expected in docs/alert-lifecycle.md:\n" << drawn);
    CHECK(page.find(drawn) != std::string::npos);
}

TEST_CASE("what the issue asks of a lifecycle holds in every row", "[alerts]") {
    for (auto const& r : table()) {
        INFO(name_of(r.phase) << " and " << name_of(r.happening) << ": " << r.meaning);
        const bool acknowledged = r.phase == Phase::acknowledged || r.phase == Phase::unknown_acknowledged;
        if (acknowledged && r.happening == Happening::worse) CHECK((r.next.phase == Phase::on && r.next.withdraws));
        if (acknowledged && r.happening == Happening::better) CHECK_FALSE(r.next.withdraws);
        if (r.happening == Happening::unknown && r.phase != Phase::closed) CHECK(r.next.phase != Phase::closed);
        if (r.phase == Phase::closed && r.happening != Happening::judge) CHECK(r.next.notify == Notify::nothing);
        const bool silenced = r.phase == Phase::paused || r.phase == Phase::shelved ||
                              r.phase == Phase::unknown_paused || r.phase == Phase::unknown_shelved;
        if (silenced && r.happening == Happening::worse) CHECK((r.next.phase == Phase::on && r.next.withdraws));
        if (silenced && r.happening == Happening::better) CHECK(r.next.phase != Phase::on);
        if (r.next.notify == Notify::escalated) CHECK((r.phase == Phase::on || r.phase == Phase::unknown_on));
        if (r.happening == Happening::judge) CHECK(r.next.phase == r.phase);
    }
}

TEST_CASE("phase and alert say the same", "[alerts]") {
    for (const auto p :
         {Phase::on, Phase::acknowledged, Phase::paused, Phase::shelved, Phase::unknown_on, Phase::unknown_acknowledged,
          Phase::unknown_paused, Phase::unknown_shelved, Phase::latched, Phase::closed}) {
        Alert a;
        enter(a, p);
        CHECK(phase_of(a) == p);
    }
}
