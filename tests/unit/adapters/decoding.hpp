#pragma once
// What the HL7 tests share: a decoder with a fixed key and the short forms of its results.

#include "adapters/hl7/decode.hpp"
#include "adapters/hl7/wire.hpp"

#include <cstdlib>
#include <deque>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::hl7::testing {

inline adapters::SiteKey test_key() {
    std::array<std::uint8_t, 32> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + 1);
    return adapters::SiteKey(bytes);
}

inline Settings test_settings() {
    Settings settings(test_key());
    settings.zone = adapters::Zone::named("Europe/Berlin");
    std::string why;
    const bool read =
        adapters::read_coded_values("id\tloinc\tmdc\tatc\tvalues\n"
                                    "resp_device\t\t\t\tnone room_air imv niv hfno\n"
                                    "gcs_verbal\t9270-0\t153732\t\tNT\n"
                                    "vent_mode\t20124-4\t184352\t\tstandby controlled assisted spontaneous other\n"
                                    "ecls\t\t\t\tnone vv va ended\n",
                                    settings.coded, why);
    if (!read) std::abort();
    return settings;
}

// Lines with \n become a message with \r. Kept to the end of the test program: what is decoded are views into it.
inline std::string const& message(std::string_view lines) {
    static std::deque<std::string> kept;
    std::string& out = kept.emplace_back(lines);
    for (char& c : out)
        if (c == '\n') c = '\r';
    return out;
}

inline constexpr std::int64_t noon = 1795258800000; // 2026-11-21 11:00 UTC

inline std::string const& oru(std::string_view body, std::string_view msh7 = "20261121115900+0100",
                              std::string_view tail = "") {
    return message("MSH|^~\\&|LAB|HOSP|VIGIL|ICU|" + std::string(msh7) + "||ORU^R01^ORU_R01|M1|P|2.5.1" +
                   std::string(tail) +
                   "\nPID|1||4711^^^HOSP^MR||DOE^JANE||19700131|F\nPV1|1|I|ICU^R1^BED3||||||||||||||||V9^^^HOSP^VN\n" +
                   std::string(body));
}

inline std::string number_of(Result const& r) {
    if (!r.number) return "-";
    std::string text = model::to_string(*r.number);
    switch (r.comparator) {
    case model::Comparator::less: return "<" + text;
    case model::Comparator::less_equal: return "<=" + text;
    case model::Comparator::greater: return ">" + text;
    case model::Comparator::greater_equal: return ">=" + text;
    case model::Comparator::exactly: return text;
    }
    return text;
}

// "system code value unit": 94, a word, or (reason).
inline std::string brief(Result const& r) {
    std::string value = r.number           ? number_of(r)
                        : !r.coded.empty() ? std::string(r.coded)
                                           : "(" + std::string(name_of(r.absent)) + ")";
    return std::string(name_of(r.system)) + " " + std::string(r.code) + " " + value +
           (r.unit.empty() ? "" : " " + std::string(r.unit));
}

inline std::string utc(std::optional<std::int64_t> ms) { return ms ? stamp_of(*ms).substr(0, 18) : "-"; }

inline std::string root() {
    char const* set = std::getenv("VIGIL_ROOT");
    return set ? set : ".";
}

inline std::string file_text(std::string const& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

} // namespace vigil::hl7::testing
