#include "definitions/codes.hpp"

#include <catch2/catch.hpp>

using namespace vigil::definitions;

TEST_CASE("a LOINC code carries its mod-10 check digit") {
    for (const char* good : {"8867-4", "2703-7", "777-3", "14631-6", "59408-5", "3150-0", "3167-4"}) {
        CAPTURE(good);
        CHECK_FALSE(loinc_fault(good));
    }
    CHECK(loinc_fault("8867-5")->find("4 is expected") != std::string::npos);
    CHECK(loinc_fault("99844-5")->find("3 is expected") != std::string::npos);
    for (const char* bad : {"", "-", "8867", "8867-", "-4", "88a7-4", "8867-44", "12345678-9"}) {
        CAPTURE(bad);
        CHECK(loinc_fault(bad));
    }
}

TEST_CASE("the two LOINC codes in wide use with a wrong check digit are named exceptions") {
    CHECK_FALSE(loinc_fault("3150-6"));
    CHECK_FALSE(loinc_fault("3167-0"));
    CHECK(loinc_fault("3150-7"));
}

TEST_CASE("an MDC code is partition times 65536 plus term, of a partition that holds quantities") {
    for (const char* good : {"147842", "150456", "68063", "16929412"}) {
        CAPTURE(good);
        CHECK_FALSE(mdc_fault(good));
    }
    CHECK(mdc_fault("4182")->find("without its partition") != std::string::npos);
    CHECK(mdc_fault("262688")->find("units") != std::string::npos);
    CHECK(mdc_fault("196648")->find("events") != std::string::npos);
    CHECK(mdc_fault("131072")->find("term 0") != std::string::npos);
    for (const char* bad : {"", "x", "150456 ", "-1", "99999999999", "33554432"}) {
        CAPTURE(bad);
        CHECK(mdc_fault(bad));
    }
}

TEST_CASE("an ATC code has seven characters or is a group with a star") {
    for (const char* good : {"C01CA03", "H01BA01", "N02A*", "N01AH*", "M03A*"}) {
        CAPTURE(good);
        CHECK_FALSE(atc_fault(good));
    }
    for (const char* bad : {"", "C01CA", "c01ca03", "C01CA031", "N*", "*", "N02*A"}) {
        CAPTURE(bad);
        CHECK(atc_fault(bad));
    }
    CHECK(atc_covers("N02A*", "N02AB03"));
    CHECK_FALSE(atc_covers("N02A*", "N02BA01"));
    CHECK(atc_covers("C01CA03", "C01CA03"));
    CHECK_FALSE(atc_covers("C01CA03", "C01CA04"));
}
