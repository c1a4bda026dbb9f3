// bench-hl7: the full decode of an ORU^R01 with 20 OBX against a bare scan for delimiters of the same bytes,
// interleaved in one process; one JSON object on stdout. The scan looks at each byte once and notes where each
// delimiter stands: the least any HL7 reader does.
//
//   bench-hl7 --vocabulary FILE [--blocks N]

#include "adapters/hl7/decode.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned messages = 64; // different ones, so that no branch learns a single message by heart
constexpr unsigned results = 20;

struct Kind {
    char const *code, *name, *unit, *range;
    unsigned least, step, decimals;
};

// Laboratory names with escapes as they are met, units in UCUM and as laboratories spell them.
constexpr std::array<Kind, results> kinds{{
    {"2823-3", "Potassium", "mmol/L", "3.5-5.1", 35, 1, 1},
    {"2951-2", "Sodium", "mmol/L", "136-145", 136, 1, 0},
    {"2160-0", "Creatinine", "mg/dL", "0.7-1.3", 7, 1, 1},
    {"1975-2", "Bilirubin.total", "mg/dL", "0.1-1.2", 3, 1, 1},
    {"777-3", R"(Platelets \T\ morphology)", "10*3/uL", "150-450", 150, 9, 0},
    {"6690-2", "Leukocytes", "10*3/uL", "4.5-11.0", 45, 3, 1},
    {"718-7", "Hemoglobin", "g/dL", "12.0-16.0", 90, 2, 1},
    {"4544-3", "Hematocrit", "%", "36-46", 28, 1, 0},
    {"2703-7", "pO2 arterial", "mm[Hg]", "80-100", 60, 3, 0},
    {"2019-8", "pCO2 arterial", "mm[Hg]", "35-45", 35, 1, 0},
    {"2744-1", "pH arterial", "[pH]", "7.35-7.45", 730, 1, 2},
    {"1963-8", "Bicarbonate", "mmol/L", "22-26", 20, 1, 0},
    {"32693-4", "Lactate", "mmol/L", "0.5-2.2", 8, 2, 1},
    {"6301-6", "INR", "{INR}", "0.9-1.2", 10, 1, 1},
    {"5902-2", "PT", "s", "11-13.5", 115, 3, 1},
    {"14979-9", "aPTT", "s", "25-35", 250, 4, 1},
    {"2345-7", R"(Glucose \S\ fasting)", "mg/dL", "70-99", 80, 6, 0},
    {"3094-0", "Urea nitrogen", "mg/dL", "7-20", 9, 2, 0},
    {"1988-5", "CRP", "mg/L", "0-5", 3, 7, 0},
    {"1751-7", "Albumin", "g/dL", "3.5-5.0", 28, 1, 1},
}};

std::string number(Kind const& k, unsigned message) {
    const auto value = k.least + k.step * (message % 13);
    const std::array<unsigned, 3> power{1, 10, 100};
    const auto divisor = power.at(k.decimals);
    return k.decimals == 0 ? fmt::format("{}", value)
                           : fmt::format("{}.{:0{}}", value / divisor, value % divisor, k.decimals);
}

std::string oru(unsigned n) {
    std::string out =
        fmt::format("MSH|^~\\&|LAB|HOSPITAL|VIGIL|ICU|20260301{:02}{:02}00+0100||ORU^R01^ORU_R01|M{:08}|T|2.5.1"
                    "|||AL|NE||UNICODE UTF-8\r",
                    n % 24, n % 60, n);
    out += fmt::format("PID|1||{:08}^^^HOSP^MR||Doe^Jane\\T\\Co||19600101|F\r", 40'000 + n);
    out += fmt::format("PV1|1|I|ICU^{:02}^1^HOSP||||||||||||||||V{:07}^^^HOSP^VN\r", n % 20, 70'000 + n);
    out += fmt::format("OBR|1|P{:06}|F{:06}|24323-8^Metabolic panel^LN|||20260301{:02}{:02}00+0100\r", n, n, n % 24,
                       n % 60);
    for (unsigned i = 0; i < results; ++i) {
        auto const& k = kinds.at(i);
        out += fmt::format(
            "OBX|{}|NM|{}^{}^LN^L{}^{}^99LAB||{}|{}^{}^UCUM|{}|N|||F|||20260301{:02}{:02}00+0100|LAB^Central\r", i + 1,
            k.code, k.name, i, k.name, number(k, n + i), k.unit, k.unit, k.range, n % 24, n % 60);
    }
    return out;
}

// Where each delimiter stands.
std::size_t scan(std::string_view text, std::vector<std::uint32_t>& places) {
    static const auto is_delimiter = [] {
        std::array<bool, 256> out{};
        for (const char c : std::string_view{"|^~\\&\r"}) out[static_cast<unsigned char>(c)] = true;
        return out;
    }();
    std::size_t n = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (is_delimiter[static_cast<unsigned char>(text[i])]) places[n++] = static_cast<std::uint32_t>(i);
    return n;
}

double median(std::vector<double> v) {
    std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
    return v[v.size() / 2];
}

template <class Work>
double us_per_message(Work&& work) {
    const auto begin = Clock::now();
    work();
    return std::chrono::duration<double, std::micro>(Clock::now() - begin).count() / messages;
}

void run(std::string const& vocabulary, unsigned blocks) {
    std::array<std::uint8_t, 32> key{};
    key.fill(7);
    vigil::hl7::Settings settings{vigil::adapters::SiteKey{key}};
    std::ifstream in{vocabulary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    std::string why;
    if (!vigil::adapters::read_coded_values(text, settings.coded, why))
        throw std::runtime_error(vocabulary + ": " + why);
    settings.simulated = true;
    vigil::hl7::Decoder decoder{std::move(settings)};

    std::vector<std::string> all;
    std::size_t bytes = 0;
    for (unsigned n = 0; n < messages; ++n) {
        all.push_back(oru(n));
        bytes += all.back().size();
        auto const& decoded = decoder.decode(all.back(), 1'772'000'000'000);
        if (decoded.fault != vigil::hl7::Fault::none || decoded.results.size() != results)
            throw std::runtime_error(fmt::format("a message of {} results gave {}", results, decoded.results.size()));
        for (auto const& r : decoded.results)
            if (!r.number || r.unit.empty() || !r.time_ms) throw std::runtime_error("a result was not fully decoded");
    }
    std::vector<std::uint32_t> places(1U << 16);
    std::vector<double> scans, decodes, shares;
    std::size_t kept = 0; // so that nothing is optimised away
    for (unsigned b = 0; b < blocks; ++b) {
        scans.push_back(us_per_message([&] {
            for (auto const& m : all) kept += scan(m, places);
        }));
        decodes.push_back(us_per_message([&] {
            for (auto const& m : all) kept += decoder.decode(m, 1'772'000'000'000).results.size();
        }));
        shares.push_back(scans.back() / decodes.back());
    }
    fmt::print(R"({{"bytes":{},"blocks":{},"scan_us":{:.3f},"decode_us":{:.3f},"share":{:.4f},"kept":{}}})"
               "\n",
               bytes / messages, blocks, median(scans), median(decodes), median(shares), kept);
}

} // namespace

int main(int argc, char** argv) {
    std::string vocabulary;
    unsigned blocks = 2'000;
    CLI::App app{"HL7 decoding against a bare scan"};
    app.add_option("--vocabulary", vocabulary, "vocabulary.tsv")->required();
    app.add_option("--blocks", blocks, "interleaved blocks of 64 messages")->check(CLI::Range(1U, 1'000'000U));
    CLI11_PARSE(app, argc, argv);
    try {
        run(vocabulary, blocks);
    } catch (std::exception const& e) {
        std::fprintf(stderr, "bench-hl7: %s\n", e.what());
        return 70;
    }
    return 0;
}
