#include "cli/census_change.hpp"

#include "vigil/v1/observation.pb.h"

#include <catch2/catch.hpp>

using namespace vigil::cli;
using namespace vigil;

namespace {

const Identify tokens =
    *Identify::make({.site_key = {}, .tokens = true, .visit_authority = {}, .patient_authority = {}});

std::string change(std::map<std::string, std::string, std::less<>> cells, v1::CensusEvent& out) {
    return census_change({0, std::move(cells)}, tokens, out);
}

} // namespace

TEST_CASE("an admission carries visit, bed, time, age and sex") {
    v1::CensusEvent e;
    REQUIRE(change({{"visit", "v1"},
                    {"patient", "p1"},
                    {"bed", "icu1/bed3"},
                    {"at", "2026-01-01T08:00:00Z"},
                    {"age", "64"},
                    {"sex", "f"}},
                   e)
                .empty());
    CHECK(e.kind() == v1::CensusEvent::KIND_ADMIT);
    CHECK(e.subject().visit() == "v1");
    CHECK(e.subject().patients(0) == "p1");
    CHECK(e.subject().location().unit() == "icu1");
    CHECK(e.subject().location().bed() == "bed3");
    CHECK(e.effective_ms() == 1'767'254'400'000);
    CHECK(e.age_years() == 64);
    CHECK(e.sex() == v1::CensusEvent::SEX_FEMALE);
}

TEST_CASE("a row that cannot be meant is refused with its reason") {
    v1::CensusEvent e;
    CHECK(change({{"bed", "icu1/bed3"}}, e) == "visit or patient is needed");
    CHECK(change({{"visit", "v1"}}, e) == "bed is needed");
    CHECK(change({{"kind", "vanish"}, {"visit", "v1"}}, e) == "kind: 'vanish' is unknown");
    CHECK(change({{"visit", "v1"}, {"bed", "bed3"}}, e).starts_with("bed:"));
    CHECK(change({{"visit", "v1"}, {"bed", "icu1/bed3"}, {"at", "yesterday"}}, e).starts_with("at:"));
    CHECK(change({{"visit", "v1"}, {"bed", "icu1/bed3"}, {"age", "old"}}, e).starts_with("age:"));
    CHECK(change({{"visit", "v1"}, {"bed", "icu1/bed3"}, {"sex", "x"}}, e).starts_with("sex:"));
    CHECK(change({{"kind", "merge"}, {"patient", "p1"}}, e).starts_with("a merge needs"));
}

TEST_CASE("unit and bed may be two columns, and a merge names whom it absorbs") {
    v1::CensusEvent e;
    REQUIRE(change({{"visit", "v1"}, {"unit", "icu1"}, {"bed", "bed3"}}, e).empty());
    CHECK(e.subject().location().bed() == "bed3");
    v1::CensusEvent merge;
    REQUIRE(change({{"kind", "merge"}, {"patient", "p1"}, {"absorbed_patient", "p2"}}, merge).empty());
    CHECK(merge.absorbed_patients(0) == "p2");
}
