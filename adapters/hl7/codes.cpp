#include "adapters/hl7/codes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace vigil::hl7 {

namespace {

using model::CodeSystem;

struct Term {
    std::uint32_t code;
    std::string_view refid;
};

// ISO/IEEE 11073-10101 terms whose number and reference id are both known for certain (devices.md 6, 17, 23); by
// number. A term missing here only loses the cross-check of the two.
constexpr Term terms[] = {
    {68060, "MDC_ATTR_PT_HEIGHT"},
    {68063, "MDC_ATTR_PT_WEIGHT"},
    {147842, "MDC_ECG_HEART_RATE"},
    {149522, "MDC_BLD_PULS_RATE_INV"},
    {149530, "MDC_PULS_OXIM_PULS_RATE"},
    {149538, "MDC_PLETH_PULS_RATE"},
    {150017, "MDC_PRESS_BLD_SYS"},
    {150018, "MDC_PRESS_BLD_DIA"},
    {150019, "MDC_PRESS_BLD_MEAN"},
    {150021, "MDC_PRESS_BLD_NONINV_SYS"},
    {150022, "MDC_PRESS_BLD_NONINV_DIA"},
    {150023, "MDC_PRESS_BLD_NONINV_MEAN"},
    {150033, "MDC_PRESS_BLD_ART_SYS"},
    {150034, "MDC_PRESS_BLD_ART_DIA"},
    {150035, "MDC_PRESS_BLD_ART_MEAN"},
    {150037, "MDC_PRESS_BLD_ART_ABP_SYS"},
    {150038, "MDC_PRESS_BLD_ART_ABP_DIA"},
    {150039, "MDC_PRESS_BLD_ART_ABP_MEAN"},
    {150045, "MDC_PRESS_BLD_ART_PULM_SYS"},
    {150046, "MDC_PRESS_BLD_ART_PULM_DIA"},
    {150047, "MDC_PRESS_BLD_ART_PULM_MEAN"},
    {150052, "MDC_PRESS_BLD_ART_PULM_WEDGE"},
    {150084, "MDC_PRESS_BLD_VEN_CENT"},
    {150087, "MDC_PRESS_BLD_VEN_CENT_MEAN"},
    {150276, "MDC_OUTPUT_CARD"},
    {150301, "MDC_PRESS_CUFF_SYS"},
    {150302, "MDC_PRESS_CUFF_DIA"},
    {150303, "MDC_PRESS_CUFF_MEAN"},
    {150324, "MDC_SAT_O2_ART"},
    {150332, "MDC_SAT_O2_VEN"},
    {150344, "MDC_TEMP"},
    {150368, "MDC_TEMP_CORE"},
    {150372, "MDC_TEMP_ESOPH"},
    {150380, "MDC_TEMP_NASOPH"},
    {150388, "MDC_TEMP_SKIN"},
    {150392, "MDC_TEMP_TYMP"},
    {150456, "MDC_PULS_OXIM_SAT_O2"},
    {150656, "MDC_O2_OXYGENATION_RATIO"},
    {151562, "MDC_RESP_RATE"},
    {151570, "MDC_AWAY_RESP_RATE"},
    {151578, "MDC_TTHOR_RESP_RATE"},
    {151586, "MDC_VENT_RESP_RATE"},
    {151594, "MDC_CO2_RESP_RATE"},
    {151708, "MDC_CONC_AWAY_CO2_ET"},
    {151728, "MDC_AWAY_CO2_ET"},
    {151784, "MDC_PRESS_RESP_PLAT"},
    {151868, "MDC_VOL_AWAY_TIDAL"},
    {151957, "MDC_VENT_PRESS_MAX"},
    {151973, "MDC_VENT_PRESS_AWAY_MAX"},
    {151976, "MDC_VENT_PRESS_AWAY_END_EXP_POS"},
    {151980, "MDC_VENT_VOL_TIDAL"},
    {152196, "MDC_CONC_AWAY_O2_INSP"},
    {152424, "MDC_VENT_PRESS_RESP_PLAT"},
    {153604, "MDC_PRESS_CEREB_PERF"},
    {153608, "MDC_PRESS_INTRA_CRAN"},
    {157760, "MDC_CONC_DRUG"},
    {157784, "MDC_FLOW_FLUID_PUMP"},
    {157864, "MDC_VOL_FLUID_DELIV"},
    {157872, "MDC_VOL_FLUID_TBI_REMAIN"},
    {157884, "MDC_VOL_FLUID_TBI"},
    {157924, "MDC_RATE_DOSE"},
    {160920, "MDC_VENT_CONC_AWAY_O2_INSP"},
    {184352, "MDC_VENT_MODE"},
    {184504, "MDC_PUMP_MODE"},
    {184508, "MDC_PUMP_STAT"},
    {184514, "MDC_DRUG_NAME_TYPE"},
    {188736, "MDC_MASS_BODY_ACTUAL"},
    {188740, "MDC_LEN_BODY_ACTUAL"},
    {196616, "MDC_EVT_ALARM"},
    {199680, "MDC_EVT_APNEA"},
    {199684, "MDC_EVT_ECG_ASYSTOLE"},
    {199832, "MDC_EVT_ECG_V_TACHY"},
    {258052, "MDC_EVT_ECG_V_FIB_TACHY"},
};
static_assert(std::is_sorted(std::begin(terms), std::end(terms),
                             [](Term const& a, Term const& b) { return a.code < b.code; }));

constexpr auto by_refid = [] {
    std::array<Term, std::size(terms)> sorted{};
    std::copy(std::begin(terms), std::end(terms), sorted.begin());
    std::sort(sorted.begin(), sorted.end(), [](Term const& a, Term const& b) { return a.refid < b.refid; });
    return sorted;
}();

struct Triplet {
    std::string_view code, text, system;
};

std::uint32_t unsigned_of(std::string_view text) {
    std::uint32_t n = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    return error == std::errc{} && stop == text.data() + text.size() ? n : 0;
}

bool is_word(std::string_view text, std::string_view also, std::size_t longest) {
    if (text.empty() || text.size() > longest) return false;
    for (const char c : text) {
        const bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alnum && also.find(c) == std::string_view::npos) return false;
    }
    return true;
}

bool read_mdc(Triplet const& t, Scratch& scratch, Code& out) {
    std::string_view number = t.code, refid = t.text;
    if (number.starts_with("MDC")) std::swap(number, refid);
    const std::uint32_t sent = unsigned_of(number);
    if (sent != 0 && refid_of_mdc(sent) == refid) { // the usual case
        out.mdc = sent;
        out.code = number;
    } else {
        const std::uint32_t named = mdc_of_refid(refid);
        if (named == 0 && sent == 0) return false;
        // A setting is the measured code plus 16777216 (partition 258) under the same kind of name: the number says
        // which.
        const bool setting = sent >= 16777216 && named != 0 && sent - 16777216 == named;
        // Two numbers are in circulation for the texts of a pump (devices.md 27.2).
        const bool twin = (named == 184514 && sent == 184330) || (named == 184508 && sent == 184519);
        out.disagreement = named != 0 && sent != 0 && named != sent && !setting && !twin;
        out.mdc = named == 0 || setting || twin ? sent : named;
        std::array<char, 12> text{};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), out.mdc).ptr;
        out.code = scratch.keep(std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
    }
    out.setting = refid.ends_with("_SETTING") || refid.ends_with("_SET");
    out.system = CodeSystem::MDC;
    return true;
}

// One maker writes the 11073 nomenclature as PARTITION-TERM in hexadecimal (0002-4182^HR^MDIL is 147842); his terms
// from F000 on are his own (devices.md 16, 23).
bool read_mdil(Triplet const& t, Scratch& scratch, Code& out) {
    const auto number = t.system == "MDIL" ? mdc_of_hex(t.code) : 0;
    if (number < 131072 || number >= 131072 + 0xf000) return false;
    out.mdc = number;
    out.system = CodeSystem::MDC;
    out.code = scratch.keep(std::to_string(number));
    return true;
}

bool read_standard(Triplet const& t, Scratch& scratch, Code& out) {
    const CodeSystem system = system_of(t.system);
    switch (system) {
    case CodeSystem::MDC: return read_mdc(t, scratch, out);
    case CodeSystem::LN:
        if (!loinc_check_digit(t.code)) {
            out.bad_check_digit = !t.code.empty();
            return false;
        }
        break;
    case CodeSystem::ATC:
        if (!is_word(t.code, "", 7)) return false;
        break;
    case CodeSystem::VIGIL:
        if (!is_word(t.code, "_", 32)) return false;
        break;
    default: return read_mdil(t, scratch, out);
    }
    out.system = system;
    out.code = t.code;
    return true;
}

} // namespace

CodeSystem system_of(std::string_view name) {
    struct Name {
        std::string_view lower;
        CodeSystem system;
    };
    // Names of table 0396, object identifiers and the addresses that FHIR servers write; WC is WHO's ATC.
    static constexpr Name names[] = {{"ln", CodeSystem::LN},
                                     {"mdc", CodeSystem::MDC},
                                     {"lnc", CodeSystem::LN},
                                     {"loinc", CodeSystem::LN},
                                     {"2.16.840.1.113883.6.1", CodeSystem::LN},
                                     {"http://loinc.org", CodeSystem::LN},
                                     {"11073", CodeSystem::MDC},
                                     {"iso/ieee 11073-10101", CodeSystem::MDC},
                                     {"iso/ieee 11073", CodeSystem::MDC},
                                     {"iso11073", CodeSystem::MDC},
                                     {"ieee11073", CodeSystem::MDC},
                                     {"mdc_dim", CodeSystem::MDC},
                                     {"2.16.840.1.113883.6.24", CodeSystem::MDC},
                                     {"urn:iso:std:iso:11073:10101", CodeSystem::MDC},
                                     {"atc", CodeSystem::ATC},
                                     {"wc", CodeSystem::ATC},
                                     {"2.16.840.1.113883.6.73", CodeSystem::ATC},
                                     {"http://www.whocc.no/atc", CodeSystem::ATC},
                                     {"vigil", CodeSystem::VIGIL}};
    const auto lower = [](char a) { return a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a; };
    constexpr std::string_view oid = "urn:oid:";
    if (name.starts_with(oid)) name.remove_prefix(oid.size());
    for (auto const& known : names)
        if (std::equal(name.begin(), name.end(), known.lower.begin(), known.lower.end(),
                       [&](char a, char b) { return lower(a) == b; }))
            return known.system;
    return CodeSystem::unspecified;
}

bool loinc_check_digit(std::string_view code) {
    const auto dash = code.find('-');
    if (dash == std::string_view::npos || dash == 0 || dash > 7 || code.size() != dash + 2) return false;
    unsigned sum = 0;
    bool doubled = true;
    for (std::size_t i = dash; i-- > 0; doubled = !doubled) {
        if (code[i] < '0' || code[i] > '9') return false;
        const auto digit = static_cast<unsigned>(code[i] - '0');
        const unsigned twice = digit * 2;
        sum += doubled ? (twice > 9 ? twice - 9 : twice) : digit;
    }
    return code[dash + 1] == static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string_view refid_of_mdc(std::uint32_t code) {
    auto const* at = std::lower_bound(std::begin(terms), std::end(terms), code,
                                      [](Term const& t, std::uint32_t c) { return t.code < c; });
    return at != std::end(terms) && at->code == code ? at->refid : std::string_view{};
}

std::uint32_t mdc_of_refid(std::string_view refid) {
    auto const* at = std::lower_bound(by_refid.begin(), by_refid.end(), refid,
                                      [](Term const& t, std::string_view r) { return t.refid < r; });
    return at != by_refid.end() && at->refid == refid ? at->code : 0;
}

std::uint32_t mdc_of_hex(std::string_view text) {
    if (text.size() != 9 || text[4] != '-') return 0;
    std::uint32_t partition = 0, term = 0;
    const auto read = [](std::string_view digits, std::uint32_t& out) {
        const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out, 16);
        return error == std::errc{} && stop == digits.data() + digits.size();
    };
    return read(text.substr(0, 4), partition) && read(text.substr(5), term) ? partition * 65536 + term : 0;
}

std::string_view plain_or_token(std::string_view text, std::string_view kind, std::size_t longest,
                                adapters::SiteKey const& key, Scratch& scratch) {
    text = adapters::trimmed(text);
    if (text.empty() || is_word(text, "_.^-/", longest)) return text;
    return scratch.keep(key.token(kind, {}, text));
}

Code code_of(std::string_view obx3, Delimiters const& d, adapters::SiteKey const& key, Scratch& scratch) {
    std::array<std::string_view, 6> parts{};
    std::string_view rest = first(obx3, d);
    unsigned unknown = 0;
    for (auto& p : parts) {
        const auto cut = rest.find(d.component);
        p = adapters::trimmed(rest.substr(0, cut));
        if (p.find(d.escape) != std::string_view::npos) p = unescaped(p, d, scratch, unknown);
        if (cut == std::string_view::npos) break;
        rest.remove_prefix(cut + 1);
    }
    const Triplet one{parts[0], parts[1], parts[2]}, two{parts[3], parts[4], parts[5]};
    Code out;
    if (read_standard(one, scratch, out) || read_standard(two, scratch, out)) return out;
    // A LOINC code with a wrong check digit stays what it was called: a map may know it, a vocabulary never does.
    for (Triplet const* t : {&one, &two})
        if (out.bad_check_digit && system_of(t->system) == CodeSystem::LN && is_word(t->code, "-", 10)) {
            out.system = CodeSystem::LN;
            out.code = t->code;
            return out;
        }
    // Without a coding system, a name of the 11073 nomenclature still says what it is.
    if (one.system.empty() && mdc_of_refid(one.text) != 0 && read_mdc(one, scratch, out)) return out;
    out.system = CodeSystem::LOCAL;
    const Triplet& local = one.code.empty() && one.text.empty() ? two : one;
    out.code = local.code.empty()
                   ? (local.text.empty() ? std::string_view{} : scratch.keep(key.token("code", {}, local.text)))
                   : plain_or_token(local.code, "code", 40, key, scratch);
    out.local_system = plain_or_token(local.system, "system", 40, key, scratch);
    return out;
}

} // namespace vigil::hl7
