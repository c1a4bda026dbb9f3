// What an older format wrote is still read, by the bytes such a journal holds. format6.txt was written by a vigild of
// that format: a patient with a high alert that nurse1 acknowledged, and one with an alert nobody has seen yet.

#include "core/model/canonical.hpp"
#include "store/row.hpp"
#include "store/schema.hpp"
#include "store/snapshot.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace vigil;

namespace {

std::string unhex(std::string const& text) {
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        out += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
    return out;
}

std::vector<std::string> of_format_6(std::string const& kind) {
    char const* root = std::getenv("VIGIL_ROOT");
    std::ifstream in{std::string{root == nullptr ? "." : root} + "/tests/unit/store/format6.txt"};
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) {
        std::istringstream cut{line};
        std::string first, bytes;
        if (cut >> first >> bytes && first == kind) out.push_back(unhex(bytes));
    }
    REQUIRE_FALSE(out.empty());
    return out;
}

} // namespace

TEST_CASE("the newest format of the encoding is the newest of the segments") {
    CHECK(store::newest_version() == core::newest_format);
}

TEST_CASE("a snapshot of format 6 is read: its alerts stand, and nobody has decided anything about them") {
    const auto bytes = of_format_6("snapshot").front();
    const auto snapshot = core::decode<store::Snapshot>(bytes, 6);
    REQUIRE(snapshot);
    auto const& encounters = snapshot->state.encounters;
    REQUIRE(encounters.size() == 2);
    REQUIRE_FALSE(encounters[0].alerts.alerts.empty());
    auto const& seen = encounters[0].alerts.alerts.front();
    CHECK(seen.rule == "organ_coag");
    CHECK(seen.level == 4);
    CHECK(seen.signal == alerts::SignalState::acknowledged);
    CHECK(seen.acknowledged_by == "nurse1");
    for (auto const& e : encounters) {
        for (auto const& a : e.alerts.alerts) {
            CHECK_FALSE(a.paused);
            CHECK(a.onsets == 1);
            CHECK(a.audience.empty());
            CHECK(a.flags.empty());
        }
        CHECK(e.alerts.shelves.empty());
        CHECK_FALSE(e.alerts.care_limits);
        CHECK(e.alerts.deadline == alerts::never);
        CHECK(e.let_go == e.ended);
    }
    // In the newest format the same state is other bytes, and these bytes are nothing.
    CHECK_FALSE(core::decode<store::Snapshot>(bytes));
    const auto newest = core::encode(*snapshot);
    const auto again = core::decode<store::Snapshot>(newest);
    REQUIRE(again);
    CHECK(core::encode(*again) == newest);
}

TEST_CASE("who had left in a journal of format 7 counts as let go of: should he be back, the journal is read") {
    core::Encounter e;
    e.ended = GENERATE(true, false);
    auto bytes = core::encode(e);
    if (e.ended) bytes.pop_back();
    const auto old = core::decode<core::Encounter>(bytes, 7);
    REQUIRE(old);
    CHECK(old->let_go == e.ended);
}

TEST_CASE("a revision of an alert is read by the format of the segment it stands in") {
    for (auto const& body : of_format_6("alert")) {
        store::Row row;
        row.kind = store::kind_of_effect<core::AlertChanged>();
        row.body = body;
        row.format = 6;
        const auto effect = store::effect_of(row);
        REQUIRE(effect);
        CHECK(std::get<core::AlertChanged>(*effect).alert.rule == "organ_coag");
        row.format = core::newest_format;
        CHECK_FALSE(store::effect_of(row));
    }
}
