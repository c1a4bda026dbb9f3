#include "core/scores/codes.hpp"
#include "core/scores/definition.hpp"
#include "definitions/codes.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <set>
#include <utility>

using namespace vigil;
using model::Part;
using model::ScoreId;
using scores::TermSystem;

namespace {

template <class Visit>
void each_part(Visit visit) {
    for (std::size_t i = 0; i < model::score_id_count; ++i) {
        const auto id = static_cast<ScoreId>(i);
        for (auto part : scores::definition(id).parts) visit(id, part);
    }
}

// The check digit of SNOMED CT (Verhoeff): products in the dihedral group of ten elements end in its neutral one.
bool sctid_checks(std::string_view code) {
    constexpr std::array<std::array<int, 8>, 10> permuted = {{{0, 1, 5, 8, 9, 4, 2, 7},
                                                              {1, 5, 8, 9, 4, 2, 7, 0},
                                                              {2, 7, 0, 1, 5, 8, 9, 4},
                                                              {3, 6, 3, 6, 3, 6, 3, 6},
                                                              {4, 2, 7, 0, 1, 5, 8, 9},
                                                              {5, 8, 9, 4, 2, 7, 0, 1},
                                                              {6, 3, 6, 3, 6, 3, 6, 3},
                                                              {7, 0, 1, 5, 8, 9, 4, 2},
                                                              {8, 9, 4, 2, 7, 0, 1, 5},
                                                              {9, 4, 2, 7, 0, 1, 5, 8}}};
    const auto times = [](int a, int b) {
        if (a < 5) return b < 5 ? (a + b) % 5 : 5 + (a + b - 5) % 5;
        return b < 5 ? 5 + (a - 5 - b + 5) % 5 : (a - b + 5) % 5;
    };
    int c = 0;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const auto digit = static_cast<std::size_t>(code[code.size() - 1 - i] - '0');
        if (digit > 9) return false;
        c = times(c, permuted.at(digit).at(i % 8));
    }
    return c == 0;
}

} // namespace

TEST_CASE("every part of every score has a code, and no two have the same") {
    std::set<std::pair<TermSystem, std::string>> seen;
    std::size_t parts = 0;
    each_part([&](ScoreId id, Part part) {
        const auto code = scores::code_of(id, part);
        INFO(model::name_of(id) << " " << model::name_of(part) << " " << code.code);
        CHECK_FALSE(code.code.empty());
        CHECK(seen.emplace(code.system, code.code).second);
        CHECK((code.system == TermSystem::VIGIL) == !scores::public_code(id, part).has_value());
        ++parts;
    });
    CHECK(parts > 80);
    CHECK(scores::code_of(ScoreId::sofa2, Part::kidney).code == "sofa2.kidney");
    CHECK(scores::code_of(ScoreId::sofa2, Part::total).code == "sofa2");
    CHECK(scores::code_of(ScoreId::news2, Part::rr).system == TermSystem::VIGIL);
}

TEST_CASE("published codes carry their check digit, and are of parts that exist") {
    std::size_t loinc = 0, snomed = 0;
    each_part([&](ScoreId id, Part part) {
        const auto known = scores::public_code(id, part);
        if (!known) return;
        INFO(known->code);
        if (known->system == TermSystem::LN) {
            CHECK_FALSE(definitions::loinc_fault(known->code));
            ++loinc;
        } else {
            CHECK(sctid_checks(known->code));
            ++snomed;
        }
    });
    CHECK(loinc == 9); // all of the table: a row of a part that its score has not would be missing here
    CHECK(snomed == 1);
    CHECK_FALSE(sctid_checks("1104051000000102"));
    CHECK_FALSE(sctid_checks("1104501000000101"));
}

TEST_CASE(
    "no code of one score stands on another: SOFA-2 is not SOFA, points for P/F are no P/F, a class is no finding") {
    const auto is = [](ScoreId id, Part part) { return scores::code_of(id, part).code; };
    CHECK(is(ScoreId::sofa, Part::total) == "96790-1");
    CHECK(is(ScoreId::sofa, Part::resp) == "96823-0");
    CHECK(is(ScoreId::sofa, Part::coag) == "96824-8");
    CHECK(is(ScoreId::sofa, Part::liver) == "96825-5");
    CHECK(is(ScoreId::sofa, Part::cardio) == "96826-3");
    CHECK(is(ScoreId::sofa, Part::cns) == "96827-1");
    CHECK(is(ScoreId::sofa, Part::renal) == "96828-9");
    CHECK(is(ScoreId::qsofa, Part::total) == "96791-9");
    CHECK(is(ScoreId::lung_indices, Part::pf) == "50984-4");
    CHECK(is(ScoreId::news2, Part::total) == "1104051000000101");
    for (auto id : {ScoreId::sofa2, ScoreId::murray, ScoreId::ards_berlin, ScoreId::ards_global, ScoreId::ards_kigali,
                    ScoreId::sepsis3, ScoreId::vasoactive})
        for (auto part : scores::definition(id).parts) CHECK_FALSE(scores::public_code(id, part));
}
