// bench-csv: a readings CSV of any length, and the least any reader of it does: read, split, parse instant and number.
//
//   bench-csv generate --rows N FILE      the composition of a real unit: about 11 rows a bed and hour, 20 beds, stays
//   of 3 days bench-csv scan FILE                   one JSON object on stdout

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace {

struct Closer {
    void operator()(std::FILE* f) const { std::fclose(f); }
};
using File = std::unique_ptr<std::FILE, Closer>;

File open(std::string const& path, char const* mode) {
    File out{std::fopen(path.c_str(), mode)};
    if (!out) throw std::runtime_error("cannot open " + path);
    return out;
}

// ------------------------------------------------------------------------------------------------------------ generate

struct Kind {
    char const *source, *system, *code, *unit;
    unsigned least, spread, decimals; // value = (least + up to spread) / 10^decimals
    unsigned every_h;
};

constexpr std::array<Kind, 38> kinds{{
    {"vital", "LN", "8867-4", "/min", 60, 60, 0, 1},    {"vital", "LN", "9279-1", "/min", 12, 14, 0, 1},
    {"vital", "LN", "59408-5", "%", 90, 9, 0, 1},       {"vital", "LN", "8480-6", "mm[Hg]", 95, 50, 0, 1},
    {"vital", "LN", "8462-4", "mm[Hg]", 45, 30, 0, 1},  {"vital", "LN", "8478-0", "mm[Hg]", 58, 40, 0, 1},
    {"vital", "LN", "8310-5", "[degF]", 970, 40, 1, 4}, {"urine", "LN", "9187-6", "mL", 20, 100, 0, 2},
    {"vital", "LN", "76215-3", "mm[Hg]", 95, 50, 0, 4}, {"vital", "LN", "76213-8", "mm[Hg]", 45, 30, 0, 4},
    {"vital", "LN", "76214-6", "mm[Hg]", 58, 40, 0, 4}, {"nurse", "LN", "9267-6", "{score}", 2, 2, 0, 4},
    {"nurse", "LN", "9270-0", "{score}", 3, 2, 0, 4},   {"nurse", "LN", "9268-4", "{score}", 5, 1, 0, 4},
    {"nurse", "LN", "54632-5", "{score}", 0, 1, 0, 4},  {"vent", "LN", "19994-3", "%", 30, 40, 0, 8},
    {"vent", "LN", "76248-4", "cm[H2O]", 5, 8, 0, 8},   {"vent", "LN", "76009-0", "L/min", 60, 50, 1, 12},
    {"vent", "LN", "76530-5", "cm[H2O]", 8, 10, 0, 12}, {"vent", "LN", "76222-9", "mL", 350, 200, 0, 12},
    {"lab", "LN", "2951-2", "meq/L", 132, 14, 0, 12},   {"lab", "LN", "2823-3", "meq/L", 33, 20, 1, 12},
    {"lab", "LN", "2160-0", "mg/dL", 6, 24, 1, 12},     {"lab", "LN", "3094-0", "mg/dL", 9, 40, 0, 12},
    {"lab", "LN", "1963-8", "meq/L", 18, 10, 0, 12},    {"lab", "LN", "2345-7", "mg/dL", 80, 120, 0, 12},
    {"lab", "LN", "718-7", "g/dL", 80, 50, 1, 12},      {"lab", "LN", "777-3", "10*3/uL", 60, 240, 0, 12},
    {"lab", "LN", "6690-2", "10*3/uL", 50, 130, 1, 12}, {"lab", "LN", "2744-1", "[pH]", 728, 20, 2, 12},
    {"lab", "LN", "2019-8", "mm[Hg]", 32, 18, 0, 12},   {"lab", "LN", "2703-7", "mm[Hg]", 65, 60, 0, 12},
    {"lab", "LN", "32693-4", "mmol/L", 8, 40, 1, 12},   {"lab", "LN", "6301-6", "{INR}", 9, 10, 1, 12},
    {"lab", "LN", "1975-2", "mg/dL", 3, 40, 1, 24},     {"pump", "ATC", "C01CA03", "ug/kg/min", 2, 20, 2, 8},
    {"nurse", "LN", "29463-7", "kg", 70, 2, 0, 24},     {"vent", "LN", "76259-1", "cm[H2O]", 14, 14, 0, 24},
}};

constexpr unsigned beds = 20;
constexpr unsigned stay_h = 72, empty_h = 30;
constexpr std::int64_t first_day = 22'000; // since 1970

struct Random {
    std::uint64_t state = 88'172'645'463'325'252ULL;
    std::uint64_t operator()() {
        state ^= state << 13;
        state ^= state >> 7;
        return state ^= state << 17;
    }
};

// The Gregorian date of a day since 1970 (Hinnant, chrono-compatible low-level date algorithms).
std::string date(std::int64_t days) {
    days += 719'468;
    const auto era = days / 146'097, doe = days - era * 146'097;
    const auto yoe = (doe - doe / 1'460 + doe / 36'524 - doe / 146'096) / 365;
    const auto doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    const auto day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    return fmt::format("{:04}-{:02}-{:02}", yoe + era * 400 + (month <= 2 ? 1 : 0), month, day);
}

void put_value(std::string& out, Kind const& k, Random& random) {
    const auto value = k.least + random() % (k.spread + 1);
    const std::array<unsigned, 3> power{1, 10, 100};
    const auto divisor = power.at(k.decimals);
    if (k.decimals == 0)
        fmt::format_to(std::back_inserter(out), "{}", value);
    else
        fmt::format_to(std::back_inserter(out), "{}.{:0{}}", value / divisor, value % divisor, k.decimals);
}

// Hour by hour, all beds; each bed has one stay after the other.
void generate(std::string const& path, std::uint64_t rows) {
    const auto file = open(path, "wb");
    Random random;
    std::string out = "obs_ts,encounter,patient,source,system,code,value,unit\n";
    std::uint64_t written = 0;
    for (std::uint64_t hour = 0; written < rows; ++hour) {
        const auto day = date(first_day + static_cast<std::int64_t>(hour / 24));
        for (unsigned minute = 0; minute < 60 && written < rows; minute += 3)
            for (std::uint64_t i = minute / 3; i < kinds.size() * beds && written < rows; i += 20) {
                const auto bed = i % beds, kind = i / beds;
                auto const& k = kinds[kind];
                const auto since = hour + bed * 11;
                const auto in_stay = since % (stay_h + empty_h);
                if (in_stay >= stay_h || (in_stay + kind) % k.every_h != 0) continue;
                const auto stay = 30'000'000 + bed * 100'000 + since / (stay_h + empty_h);
                fmt::format_to(std::back_inserter(out), "{}T{:02}:{:02}:00Z,{},{},{},{},{},", day, hour % 24, minute,
                               stay, stay - 20'000'000, k.source, k.system, k.code);
                put_value(out, k, random);
                out += ',';
                out += k.unit;
                out += '\n';
                ++written;
            }
        if (out.size() > (1U << 20)) {
            if (std::fwrite(out.data(), 1, out.size(), file.get()) != out.size())
                throw std::runtime_error("cannot write");
            out.clear();
        }
    }
    if (std::fwrite(out.data(), 1, out.size(), file.get()) != out.size()) throw std::runtime_error("cannot write");
}

// -----------------------------------------------------------------------------------------------------------------
// scan

std::int64_t digits(std::string_view s) {
    std::int64_t v = 0;
    for (const char c : s) v = v * 10 + (c - '0');
    return v;
}

// YYYY-MM-DDThh:mm:ssZ to seconds.
std::int64_t instant(std::string_view s) {
    if (s.size() < 19) return 0;
    auto year = digits(s.substr(0, 4));
    const auto month = digits(s.substr(5, 2)), day = digits(s.substr(8, 2));
    year -= month <= 2 ? 1 : 0;
    const auto era = year / 400, yoe = year - era * 400;
    const auto doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const auto days = era * 146'097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719'468;
    return days * 86'400 + digits(s.substr(11, 2)) * 3'600 + digits(s.substr(14, 2)) * 60 + digits(s.substr(17, 2));
}

struct Sums {
    std::uint64_t rows = 0;
    std::int64_t instants = 0; // so that nothing is optimised away
    double values = 0;
};

void take_line(std::string_view line, std::vector<std::string_view>& fields, Sums& sums) {
    fields.clear();
    for (;;) {
        const auto comma = line.find(',');
        fields.push_back(line.substr(0, comma));
        if (comma == std::string_view::npos) break;
        line.remove_prefix(comma + 1);
    }
    if (fields.size() < 7) return;
    double value = 0;
    std::from_chars(fields[6].data(), fields[6].data() + fields[6].size(), value);
    ++sums.rows;
    sums.instants += instant(fields[0]);
    sums.values += value;
}

Sums scan(std::string const& path) {
    const auto file = open(path, "rb");
    std::vector<char> buffer(1U << 18);
    std::vector<std::string_view> fields;
    Sums sums;
    std::size_t have = 0;
    for (;;) {
        const auto got = std::fread(buffer.data() + have, 1, buffer.size() - have, file.get());
        have += got;
        std::string_view rest{buffer.data(), have};
        for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
            take_line(rest.substr(0, end), fields, sums);
            rest.remove_prefix(end + 1);
        }
        if (got == 0) return sums;
        have = rest.size();
        std::memmove(buffer.data(), rest.data(), rest.size());
    }
}

} // namespace

int main(int argc, char** argv) {
    std::string path;
    std::uint64_t rows = 1'400'000;
    CLI::App app{"Readings CSV: make one, or read one with the least effort"};
    app.require_subcommand(1);
    auto* make = app.add_subcommand("generate", "write a readings CSV");
    make->add_option("file", path, "FILE")->required();
    make->add_option("--rows", rows, "readings");
    auto* read = app.add_subcommand("scan", "read, split and parse");
    read->add_option("file", path, "FILE")->required();
    CLI11_PARSE(app, argc, argv);
    try {
        if (make->parsed()) {
            generate(path, rows);
            return 0;
        }
        const auto sums = scan(path);
        fmt::print("{{\"rows\":{},\"instants\":{},\"values\":{:.1f}}}\n", sums.rows, sums.instants, sums.values);
    } catch (std::exception const& e) {
        std::fprintf(stderr, "bench-csv: %s\n", e.what());
        return 74;
    }
    return 0;
}
