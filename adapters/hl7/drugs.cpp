#include "adapters/hl7/codes.hpp"
#include "adapters/hl7/pump.hpp"

#include <algorithm>
#include <string>

namespace vigil::hl7 {

namespace {

struct Synonym {
    std::string_view word; // reduced: lower case, letters and digits only
    std::string_view atc;
};

// Names and trade names that mean one substance wherever they stand. Short forms (NA, NOR, ADR, DOBU …) differ from
// unit to unit and belong into the source's own table. The second block are drugs that share a syringe with nothing
// above but must not be mistaken for them.
constexpr Synonym synonyms[] = {
    {"norepinephrine", "C01CA03"},  {"noradrenaline", "C01CA03"},  {"noradrenalin", "C01CA03"},
    {"levophed", "C01CA03"},        {"arterenol", "C01CA03"},      {"norepi", "C01CA03"},
    {"norepinefrina", "C01CA03"},   {"noradrenalina", "C01CA03"},  {"norepinephrin", "C01CA03"},
    {"epinephrine", "C01CA24"},     {"adrenaline", "C01CA24"},     {"adrenalin", "C01CA24"},
    {"suprarenin", "C01CA24"},      {"epinefrina", "C01CA24"},     {"adrenalina", "C01CA24"},
    {"epinephrin", "C01CA24"},      {"dopamine", "C01CA04"},       {"dopamin", "C01CA04"},
    {"dopamina", "C01CA04"},        {"dobutamine", "C01CA07"},     {"dobutamin", "C01CA07"},
    {"dobutrex", "C01CA07"},        {"dobutamina", "C01CA07"},     {"vasopressin", "H01BA01"},
    {"argipressin", "H01BA01"},     {"empressin", "H01BA01"},      {"pitressin", "H01BA01"},
    {"vasostrict", "H01BA01"},      {"vasopressine", "H01BA01"},   {"phenylephrine", "C01CA06"},
    {"phenylephrin", "C01CA06"},    {"neosynephrine", "C01CA06"},  {"milrinone", "C01CE02"},
    {"milrinon", "C01CE02"},        {"corotrop", "C01CE02"},       {"primacor", "C01CE02"},
    {"levosimendan", "C01CX08"},    {"simdax", "C01CX08"},         {"angiotensin", "C01CX09"},
    {"giapreza", "C01CX09"},        {"metaraminol", "C01CA09"},    {"aramine", "C01CA09"},
    {"isoprenaline", "C01CA02"},    {"isoproterenol", "C01CA02"},  {"isuprel", "C01CA02"},
    {"enoximone", "C01CE03"},       {"enoximon", "C01CE03"},       {"terlipressin", "H01BA04"},

    {"propofol", "N01AX10"},        {"diprivan", "N01AX10"},       {"midazolam", "N05CD08"},
    {"dexmedetomidine", "N05CM18"}, {"dexmedetomidin", "N05CM18"}, {"fentanyl", "N01AH01"},
    {"sufentanil", "N01AH03"},      {"remifentanil", "N01AH06"},   {"morphine", "N02AA01"},
    {"morphin", "N02AA01"},         {"ketamine", "N01AX03"},       {"ketamin", "N01AX03"},
    {"esketamin", "N01AX14"},       {"rocuronium", "M03AC09"},     {"cisatracurium", "M03AC11"},
    {"amiodarone", "C01BD01"},      {"amiodaron", "C01BD01"},      {"esmolol", "C07AB09"},
    {"landiolol", "C07AB14"},       {"nitroglycerin", "C01DA02"},  {"nitroprusside", "C02DD01"},
    {"nicardipine", "C08CA04"},     {"urapidil", "C02CA06"},       {"furosemide", "C03CA01"},
    {"furosemid", "C03CA01"},       {"heparin", "B01AB01"},        {"argatroban", "B01AE03"},
    {"insulin", "A10AB01"},
};

// Salts, containers and amounts may stand beside a drug's name; any other word is a doubt.
constexpr std::string_view harmless[] = {
    "bitartrate",
    "tartrate",
    "hydrogentartrate",
    "acid",
    "hydrochloride",
    "hcl",
    "sulfate",
    "sulphate",
    "citrate",
    "besilate",
    "besylate",
    "base",
    "salt",
    "infusion",
    "inf",
    "perfusor",
    "syringe",
    "iv",
    "in",
    "ns",
    "nacl",
    "d5w",
    "dextrose",
    "glucose",
    "saline",
    "ml",
    "mg",
    "ug",
    "mcg",
    "g",
    "u",
    "ie",
    "iu",
    "units",
    "unit",
    "conc",
    "concentrated",
    "double",
    "single",
    "quad",
    "strength",
    "standard",
    "std",
    "adult",
    "drip",
    "premix",
    "bag",
    "amp",
    "mgml",
    "kg",
    "min",
    "h",
    "hr",
    "per",
    "mgl",
    "ugml",
    "mcgml",
    "icu",
    "cardiac",
    "ii",
    "2",
    "human",
    "rapid",
    "sodium",
    "lactate",
    "edisylate",
    "monohydrate",
    "and",
    "with",
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_number(std::string_view word) {
    return std::all_of(word.begin(), word.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == ','; });
}

// "4mg", "0.9%", "50ml": an amount with its unit.
bool is_amount(std::string_view word) {
    std::size_t digits = 0;
    while (digits < word.size() &&
           ((word[digits] >= '0' && word[digits] <= '9') || word[digits] == '.' || word[digits] == ','))
        ++digits;
    return digits > 0 && word.size() - digits <= 5;
}

bool is_atc(std::string_view code) {
    return code.size() == 7 && std::all_of(code.begin(), code.end(),
                                           [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

std::string_view known_word(std::string_view word) {
    for (auto const& s : synonyms)
        if (s.word == word) return s.atc;
    return {};
}

} // namespace

std::string_view atc_of(std::string_view drug_text, Settings const& settings) {
    std::string reduced;
    for (const char c : drug_text) reduced.push_back(lower(c));
    reduced = std::string(adapters::trimmed(reduced));
    if (const auto own = settings.drugs.find(reduced); own != settings.drugs.end()) return own->second;
    std::string_view found;
    std::string_view rest = reduced;
    while (!rest.empty()) {
        const auto cut = rest.find_first_of(" \t-/()[]{}+_:;*=&,");
        const std::string_view word = rest.substr(0, cut);
        rest = cut == std::string_view::npos ? std::string_view{} : rest.substr(cut + 1);
        if (word.empty() || is_number(word) || is_amount(word)) continue;
        const std::string_view atc = known_word(word);
        if (atc.empty()) {
            if (std::find(std::begin(harmless), std::end(harmless), word) == std::end(harmless)) return {};
        } else if (!found.empty() && found != atc) {
            return {};
        } else {
            found = atc;
        }
    }
    return found;
}

std::string_view atc_of_coded(std::array<std::string_view, 9> const& components, Settings const& settings) {
    std::string_view found;
    bool doubt = false;
    const auto say = [&](std::string_view atc) {
        if (atc.empty()) return;
        doubt = doubt || (!found.empty() && found != atc);
        found = atc;
    };
    for (const std::size_t code : {0u, 3u})
        if (system_of(components[code + 2]) == model::CodeSystem::ATC && is_atc(components[code]))
            say(components[code]);
    for (const std::size_t text : {1u, 4u, 8u, 0u}) say(atc_of(components[text], settings));
    return doubt ? std::string_view{} : found;
}

} // namespace vigil::hl7
