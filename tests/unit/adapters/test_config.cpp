// Adapter configuration: every error at once, with its line; keys, tokens, the vocabulary's words.

#include "adapters/csv/feed.hpp"
#include "adapters/hl7/feed.hpp"
#include "adapters/hl7/settings.hpp"
#include "adapters/runtime/config.hpp"
#include "decoding.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace vigil::adapters;
using vigil::hl7::testing::file_text;
using vigil::hl7::testing::root;

namespace {

// A folder that goes away with the test.
struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "vigil-adapter-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(std::string const& name, std::string const& text,
                     std::filesystem::perms mode = std::filesystem::perms::owner_read) const {
        const auto at = path / name;
        std::ofstream(at) << text;
        std::filesystem::permissions(at, mode | std::filesystem::perms::owner_write);
        return at.string();
    }
};

const std::string sound_key(64, 'a');

std::vector<std::string> errors_of(std::string const& text) {
    std::vector<ConfigError> errors;
    const Config config = read_config("a.toml", text, errors);
    if (config.kind == "hl7") vigil::hl7::settings_of(config, errors);
    if (config.kind == "csv") vigil::csv::settings_of(config, errors);
    std::vector<std::string> out;
    for (auto const& e : errors) out.push_back(describe("a.toml", e));
    return out;
}

} // namespace

TEST_CASE("a sound configuration", "[config]") {
    const Folder folder;
    const std::string key = folder.file("site.key", sound_key + "\n");
    std::vector<ConfigError> errors;
    const Config c = read_config(
        "a.toml",
        "source = \"lab_1\"\nkind = \"hl7\"\nlisten = \"[::1]:2575\"\ningest = \"ipc:///run/x\"\nidentity = "
        "\"ipc:///run/y\"\n"
        "site_key_file = \"" +
            key +
            "\"\nzone = \"Europe/Berlin\"\nclock = \"trusted\"\n"
            "[limits]\nmax_frame = 8192\nframe_s = 5\ndevices = [\"10.0.0.1\"]\n"
            "[hl7]\nauthorities = [\"HOSP^MR\"]\nbed_labels = \"unit\"\ncharset = \"8859/15\"\n[hl7.sentinels]\n\"*\" "
            "= [-100, \"99.9\"]\n"
            "[hl7.places]\n\"ICU^R1^BED3\" = \"icu/3\"\n\"ICU^^^SOUTH\" = \"south\"\n[hl7.drugs]\n\"NOR 4\" = "
            "\"C01CA03\"\n"
            "[hl7.specimens]\n\"s1\" = \"blood\"\n",
        errors);
    const auto settings = vigil::hl7::settings_of(c, errors);
    for (auto const& e : errors) UNSCOPED_INFO(describe("a.toml", e));
    REQUIRE(errors.empty());
    CHECK(c.host == "::1");
    CHECK(c.port == 2575);
    CHECK(c.max_frame == 8192);
    CHECK(c.limits.listed.contains("10.0.0.1"));
    CHECK(c.clock == ClockTrust::trusted);
    CHECK_FALSE(settings->continuous);
    CHECK(settings->charset == vigil::hl7::Charset::latin9);
    CHECK(settings->sentinels.at("*").size() == 2);
    CHECK(settings->drugs.at("nor 4") == "C01CA03");
    CHECK(settings->specimens.at("S1") == vigil::model::Specimen::other);
    CHECK(settings->places.find("ICU", "R1", "BED3", "SOUTH")->unit == "south");
    CHECK(settings->places.find("ICU", "R1", "BED3")->bed == "3");
    CHECK(settings->places.find("ICU", "R1", "BED4")->bed == "bed4");
}

TEST_CASE("all errors at once, each with its place", "[config]") {
    const Folder folder;
    const std::string open = folder.file("open.key", sound_key, std::filesystem::perms::others_read);
    const auto found = errors_of(
        "source = \"Lab 1\"\nkind = \"hl7\"\nlisten = \"localhost\"\nsite_key_file = \"" + open +
        "\"\nzone = \"Mars\"\nsimulated = 1\nclock = \"sun\"\n"
        "colour = \"red\"\nvocabulary = \"/nonexistent\"\n[limits]\nmax_frame = 1\nsize = 3\ndevices = [\"here\"]\n"
        "[hl7]\ncharset = \"EBCDIC\"\nbed_labels = \"ward\"\ncontinuous = \"yes\"\nspeed = 1\n[hl7.sentinels]\n\"*\" = "
        "\"x\"\n[hl7.drugs]\n\"nor\" = \"noradrenaline\"\n"
        "[hl7.places]\n\"ICU\" = \"Bed 3\"\n[hl7.specimens]\n\"S1\" = \"urine\"\n");
    for (char const* wanted : {"a.toml:1:10: source:",
                               "a.toml:3:10: listen: must be",
                               "site_key_file:",
                               "zone: \"Mars\"",
                               "simulated: must be true or false",
                               "clock: must be",
                               "colour: is not a key",
                               "vocabulary: /nonexistent",
                               "ingest: is missing",
                               "limits.max_frame: must be",
                               "limits.size: is not",
                               "limits.devices:",
                               "hl7.charset:",
                               "hl7.bed_labels:",
                               "hl7.continuous: must be true or false",
                               "hl7.speed: is not",
                               "hl7.sentinels.*:",
                               "hl7.drugs.nor:",
                               "hl7.places.ICU:",
                               "hl7.specimens.S1:"}) {
        INFO(wanted);
        CHECK(std::any_of(found.begin(), found.end(),
                          [&](std::string const& e) { return e.find(wanted) != std::string::npos; }));
    }
    CHECK(errors_of("source = \n").size() == 1);
    CHECK(errors_of("source = \n")[0].starts_with("a.toml:1:"));
}

TEST_CASE("under systemd the key is the credential of that name", "[config]") {
    const Folder folder;
    const std::string copy = folder.file("site.key", sound_key);
    const std::string text =
        "source = \"a\"\nkind = \"x\"\ningest = \"ipc:///x\"\nsite_key_file = \"/nonexistent/site.key\"\n";
    CHECK(errors_of(text).size() == 1);
    ::setenv("CREDENTIALS_DIRECTORY", std::filesystem::path(copy).parent_path().c_str(), 1);
    CHECK(errors_of(text).empty());
    ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_CASE("site keys", "[config]") {
    const Folder folder;
    std::string why;
    CHECK(read_site_key(folder.file("good", sound_key + "\n"), why).has_value());
    CHECK_FALSE(read_site_key(folder.file("short", std::string(63, 'a')), why).has_value());
    CHECK_FALSE(read_site_key(folder.file("long", std::string(66, 'a')), why).has_value());
    CHECK_FALSE(read_site_key(folder.file("letters", std::string(64, 'z')), why).has_value());
    CHECK_FALSE(read_site_key(folder.file("open", sound_key, std::filesystem::perms::group_read), why).has_value());
    CHECK(why.find("0600") != std::string::npos);
    CHECK_FALSE(read_site_key((folder.path / "none").string(), why).has_value());
}

TEST_CASE("tokens depend on key, kind, authority and value, and on nothing else", "[config]") {
    const SiteKey a = vigil::hl7::testing::test_key();
    std::array<std::uint8_t, 32> other{};
    const SiteKey b(other);
    CHECK(a.token("patient", "HOSP", "4711") == a.token("patient", "HOSP", " 4711 "));
    CHECK(a.token("patient", "HOSP", "4711").size() == 32);
    CHECK(a.token("patient", "HOSP", "4711") != b.token("patient", "HOSP", "4711"));
    CHECK(a.token("patient", "HOSP", "4711") != a.token("visit", "HOSP", "4711"));
    CHECK(a.token("patient", "HOSP", "4711") != a.token("patient", "OTHER", "4711"));
    CHECK(a.token("patient", "HOSP", "").empty());
    CHECK(a.patient_token("HOSP", "").empty());
    CHECK(a.patient_token("", "4711") == a.token("patient", "", "4711"));
    CHECK(a.patient_token("HOSP", "4711").substr(0, 33) == a.token("patient", "HOSP", "4711") + '.');
    CHECK(a.patient_token("HOSP", "4711").substr(33) == a.patient_token("HOSP", "4712").substr(33));
    CHECK(a.patient_token("HOSP", "4711").substr(33) != a.patient_token("LAB", "4711").substr(33));
    CHECK(content_digest("x") == content_digest("x"));
    CHECK(content_digest("x") != content_digest("y"));
    // Frozen: what is in journals and in the identity store must be found again.
    CHECK(a.token("patient", "HOSP", "4711") == "e7198cfa0b12f0bef7115ca569bb2e15");
}

TEST_CASE("listed words", "[config]") {
    CodedValues words;
    std::string why;
    REQUIRE(read_coded_values("# remark\nid\tmdc\tloinc\tvalues\nvent\t1 2\t\ta b\n\nnone\t\t9-9\t\n", words, why));
    CHECK(words.words(vigil::model::CodeSystem::MDC, "2")->contains("b"));
    CHECK(words.words(vigil::model::CodeSystem::VIGIL, "vent")->contains("a"));
    CHECK(words.words(vigil::model::CodeSystem::VIGIL, "none") == nullptr);
    CHECK(words.words(vigil::model::CodeSystem::unspecified, "vent") == nullptr);
    CHECK_FALSE(read_coded_values("", words, why));
    CHECK_FALSE(read_coded_values("a\tb\n", words, why));
    CodedValues shipped;
    const std::string text = file_text(root() + "/config/vocabulary.tsv");
    REQUIRE_FALSE(text.empty());
    REQUIRE(read_coded_values(text, shipped, why));
    CHECK(shipped.words(vigil::model::CodeSystem::VIGIL, "resp_device")->contains("imv"));
    CHECK(shipped.words(vigil::model::CodeSystem::LN, "9270-0")->contains("NT"));
}

TEST_CASE("the shipped examples are sound apart from their key file", "[config]") {
    unsigned seen = 0;
    for (auto const& entry : std::filesystem::directory_iterator(root() + "/config/adapters")) {
        const std::string text = file_text(entry.path().string());
        ++seen;
        for (auto const& e : errors_of(text)) {
            INFO(entry.path().filename().string() << ": " << e);
            CHECK((e.find("site_key_file") != std::string::npos || e.find(" vocabulary: /") != std::string::npos));
        }
    }
    CHECK(seen >= 4);
}
