#include "adapters/hl7/tables.hpp"

#include "adapters/runtime/tokens.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace vigil::hl7 {

namespace {

using adapters::trimmed;
using model::Comparator;
using model::Method;
using model::Specimen;
using model::Status;
using model::Validity;

struct SpecimenCode {
    std::string_view code;
    Specimen means;
};
// Codes of tables 0487 and 0070 and SNOMED CT specimen concepts that say which blood.
constexpr SpecimenCode specimen_codes[] = {
    {"ART", Specimen::arterial},       {"ABLD", Specimen::arterial},      {"BLDA", Specimen::arterial},
    {"ARTB", Specimen::arterial},      {"122552005", Specimen::arterial}, {"VEN", Specimen::venous},
    {"VBLD", Specimen::venous},        {"BLDV", Specimen::venous},        {"VENB", Specimen::venous},
    {"122555007", Specimen::venous},   {"CAP", Specimen::capillary},      {"BLDC", Specimen::capillary},
    {"CBLD", Specimen::capillary},     {"CAPB", Specimen::capillary},     {"122554006", Specimen::capillary},
    {"MVBLD", Specimen::mixed_venous}, {"BLDMV", Specimen::mixed_venous}, {"MIXV", Specimen::mixed_venous},
    {"ABG", Specimen::arterial},       {"A-LINE", Specimen::arterial},    {"ALINE", Specimen::arterial},
    {"ARTLINE", Specimen::arterial},   {"VBG", Specimen::venous},         {"CBG", Specimen::capillary},
};

// Blood, and no more than that.
constexpr std::string_view whole_blood_codes[] = {"BLD", "WB", "119297000", "258580003", "122551003"};
constexpr std::string_view words_of_whole_blood[] = {"BLOOD", "BLUT"};
// Stems that other words have as well.
constexpr std::string_view stems_of_whole_blood[] = {"SANG", "KREW", "KRWI", "BLOD", "BLOED", "KREV"};

// What is made of blood or keeps it, by codes of the same tables and such as blood gas analysers have, and by words.
constexpr std::string_view codes_of_blood[] = {
    "SER", "SERP",   "PLAS",    "PPP",           "PRP",       "RBC",       "WBC",       "PLT",
    "SST", "PST",    "LIHEP",   "BGA",           "BLDCO",     "BLDCOA",    "BLDCOV",    "POCT",
    "MIX", "MIXED",  "SERPLAS", "SER/PLAS",      "CVC",       "ZVK",       "PICC",      "SUERO",
    "KRV", "SZERUM", "SEERUMI", "SZ\xc3\xa9RUM", "119364003", "119361006", "122592007", "440500007",
};
constexpr std::string_view words_of_blood[] = {
    "SERUM",        "PLASMA",       "SUERO",        "SIERO",        "SORO",         "SUROWIC",      "OSOCZ",
    "PLAZMA",       "S\xc3\xa9RUM", "S\xc3\x89RUM", "ARTER",        "ART\xc3\xa9R", "ART\xc3\x89R", "VENOUS",
    "VENOES",       "VENOS",        "VEN\xc3\x96S", "VEN\xc3\xb6S", "VEINEU",       "VENEUS",       "CAPILL",
    "KAPILL",       "EDTA",         "HEPARIN",      "CITRAT",       "ZITRAT",       "FLUORID",      "OXALAT",
    "ERYTHROC",     "LEUKOC",       "THROMBOC",     "VENEPUNCT",    "VENIPUNCT",    "ART LINE",     "ARTERIAL LINE",
    "CENTRAL LINE", "FINGERSTICK",  "FINGER STICK",
};

// Names that say of no fluid which it is; the first is of table 0070, "to be specified elsewhere".
constexpr std::string_view nothing_said[] = {
    "\x58XX", "UNK",           "UNKNOWN",     "UNSP",      "USPEC", "NONE", "N/A", "NA",
    "NS",     "NOT SPECIFIED", "UNSPECIFIED", "UNBEKANNT", "-",     ".",    "?",
};

// Blood of a circuit outside the body: behind an oxygenator it is no arterial blood of the patient's, ...
constexpr std::string_view words_of_oxygenators[] = {"ECMO", "ECLS", "OXYGENAT", "EXTRACORP", "EXTRAKORP"};
// ... and at a filter nothing in it is the patient's.
constexpr std::string_view words_of_filters[] = {
    "POSTFILT",  "POST FILT", "POST-FILT", "PREFILT",  "PRE FILT",  "PRE-FILT", "CRRT",     "CVVH",
    "HAEMOFILT", "HEMOFILT",  "DIALYSER",  "DIALYZER", "DIALYSATE", "DIALYSAT", "NACHFILT", "VORFILT",
};

// Other fluids that may stand beside a word of blood: a "serum/urine" is neither.
constexpr std::string_view words_of_other_fluids[] = {
    "URIN",     "HARN",   "ORINA",    "MOCZ",    "LIQUOR",   "CEREBROSPINAL", "RACHID",  "SPUTUM",  "STOOL",
    "STUHL",    "FAECES", "FECES",    "PLEURA",  "PERITON",  "ASCITES",       "ASZITES", "PUNKTAT", "LAVAGE",
    "TRACHEAL", "DRAIN",  "DIALYS",   "DIALIS",  "DIALYZ",   "DIALIZ",        "GASTRIC", "SALIVA",  "SWEAT",
    "SYNOV",    "AMNIOT", "EFFUSION", "EFLUENT", "EFFLUENT", "FILTRAT",
};

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

template <class List>
bool is_in(List const& list, std::string_view text) {
    return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

template <class List>
bool names_one_of(List const& list, std::string_view words) {
    return std::any_of(std::begin(list), std::end(list),
                       [words](std::string_view word) { return words.find(word) != std::string_view::npos; });
}

// In the languages of the laboratories that send: arterielle, arterieel, tętnicza; venös, venosa, veineux, veneus,
// żylna; kapillar, capilar, włośniczkowa; mixta, misto, mêlé. Letters beyond ASCII stand in either case.
constexpr std::string_view words_of_arteries[] = {"ARTER", "ART\xc3\xa9R", "ART\xc3\x89R", "ART LINE", "TNICZ"};
constexpr std::string_view words_of_veins[] = {
    "VENOUS", "VENOES",       "VENOS",        "VEN\xc3\x96S", "VEN\xc3\xb6S", "VEN\xc3\x98S", "VEN\xc3\xb8S",
    "VENOZ",  "VEN\xc3\x93Z", "VEN\xc3\xb3Z", "VEINEU",       "VENEU",        "\xc5\xbbYLN",  "\xc5\xbcYLN",
};
constexpr std::string_view words_of_capillaries[] = {"CAPIL", "KAPIL", "NICZKOW"};
constexpr std::string_view words_of_a_mixture[] = {"MIXED", "MIXT", "MISTO", "MISTA", "M\xc3\x8aL", "M\xc3\xaaL"};

Specimen vessel_of(std::string_view words) {
    if (words.find("GEMISCHTVEN") != std::string_view::npos ||
        (names_one_of(words_of_a_mixture, words) && names_one_of(words_of_veins, words)))
        return Specimen::mixed_venous;
    const bool arterial = names_one_of(words_of_arteries, words), venous = names_one_of(words_of_veins, words);
    const bool capillary = names_one_of(words_of_capillaries, words);
    if (arterial + venous + capillary != 1) return Specimen::unspecified; // "arterial or venous" decides nothing
    return arterial ? Specimen::arterial : venous ? Specimen::venous : Specimen::capillary;
}

// "SER/PLAS", "BLD/SER": each piece of it is of blood.
bool is_code_of_blood(std::string_view code) {
    if (code.empty()) return false;
    for (;;) {
        const auto end = code.find('/');
        const auto piece = code.substr(0, end);
        if (!is_in(codes_of_blood, piece) && !is_in(whole_blood_codes, piece)) return false;
        if (end == std::string_view::npos) return true;
        code.remove_prefix(end + 1);
    }
}

// The first component that has something in it.
std::string_view first_name(std::string_view words) {
    const auto begin = words.find_first_not_of(" ^&");
    return begin == std::string_view::npos ? words : trimmed(words.substr(begin, words.find('^', begin) - begin));
}

} // namespace

std::optional<Status> status_of(std::string_view letter) {
    if (letter.size() != 1) return std::nullopt;
    const char upper_case = letter[0] >= 'a' && letter[0] <= 'z' ? static_cast<char>(letter[0] - 'a' + 'A') : letter[0];
    switch (upper_case) {
    case 'F':
    case 'V': return Status::final; // verified
    case 'P':
    case 'S': return Status::preliminary;
    case 'R': return Status::unverified;
    case 'C':
    case 'A': return Status::corrected; // amended
    case 'D': return Status::deleted;
    case 'W': return Status::wrong;
    case 'X': return Status::cannot_obtain;
    case 'U': return Status::final_unchanged;
    case 'I':
    case 'O':
    case 'N': return Status::no_value;
    default: return std::nullopt;
    }
}

Status status_of(Fields const& obx, std::string_view obr25, unsigned& unknown) {
    const std::string_view letter = trimmed(obx[11]);
    if (const auto status = status_of(letter)) return *status;
    if (!letter.empty()) {
        if (!is_null(letter)) ++unknown;
        return Status::unverified;
    }
    // OBX-10 has letters of its own (A, N, R, S of table 0080): only the others can be a stray status.
    const std::string before = upper(trimmed(obx[10]));
    if (before != "A" && before != "N" && before != "S")
        if (const auto status = status_of(before)) return *status;
    if (const auto status = status_of(trimmed(obx[12]))) return *status;
    // A of table 0123: some results of the order are there, which says of none what it is.
    const std::string of_order = upper(trimmed(obr25));
    if (const auto status = status_of(of_order); status && *status != Status::no_value && of_order != "A")
        return *status;
    return Status::unverified;
}

Validity validity_of(std::string_view obx8, Delimiters const& d) {
    if (obx8.size() < 3) return Validity::ok; // N, H, LL …: no flag of validity is so short
    Validity worst = Validity::ok;
    // What cannot be used outweighs what is doubtful.
    const auto rank = [](Validity v) {
        return v == Validity::ok             ? 0
               : v == Validity::questionable ? 1
               : v == Validity::calibrating  ? 2
               : v == Validity::invalid      ? 3
                                             : 4;
    };
    each_repetition(obx8, d.repetition, [&](std::string_view repetition) {
        const std::string flag = upper(trimmed(part(repetition, d.component, 1)));
        Validity here = Validity::ok;
        if (flag == "INV" || flag == "NAV" || flag == "OFF" || flag == "INVALID")
            here = Validity::invalid;
        else if (flag == "QUES" || flag == "QUESTIONABLE")
            here = Validity::questionable;
        else if (flag == "CALM")
            here = Validity::calibrating;
        else if (flag == "TEST")
            here = Validity::test;
        else if (flag == "DEMO")
            here = Validity::demo;
        if (rank(here) > rank(worst)) worst = here;
    });
    return worst;
}

Comparator scale_flag(std::string_view obx8, Delimiters const& d) {
    if (obx8.find_first_of("<>") == std::string_view::npos) return Comparator::exactly;
    Comparator out = Comparator::exactly;
    each_repetition(obx8, d.repetition, [&](std::string_view repetition) {
        const std::string_view flag = trimmed(part(repetition, d.component, 1));
        if (flag == "<") out = Comparator::less;
        if (flag == ">") out = Comparator::greater;
    });
    return out;
}

Method method_of(std::string_view obx17, Delimiters const& d) {
    Method out = Method::unspecified;
    each_repetition(obx17, d.repetition, [&](std::string_view repetition) {
        const std::string_view code = trimmed(part(repetition, d.component, 1));
        if (code == "ASET" || code == "MSET")
            out = Method::setting;
        else if (code == "AMEAS" || code == "MMEAS")
            out = Method::measured;
        else if (code == "ACALC" || code == "MCALC")
            out = Method::calculated;
    });
    return out;
}

Specimen kind_of_both(Specimen one, Specimen other) {
    if (one == other || other == Specimen::unspecified) return one;
    if (one == Specimen::unspecified) return other;
    return one == Specimen::not_blood || other == Specimen::not_blood ? Specimen::not_blood : Specimen::other;
}

bool is_role_of_nobody(std::string_view role) {
    role = trimmed(role);
    return role.size() == 1 && std::string_view("BCEFLOQV").find(role.front()) != std::string_view::npos;
}

Specimen specimen_of(std::string_view field, Delimiters const& d, Settings const& settings) {
    const std::string_view source = first(field, d);
    const std::string words = upper(trimmed(source));
    if (is_null(source) || words.find_first_not_of(" ^&") == std::string::npos) return Specimen::unspecified;
    std::array<std::string, 2> codes;
    for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = upper(trimmed(component(source, d, i == 0 ? 1 : 4)));
    if (const auto said = settings.specimens.find(codes[0]); said != settings.specimens.end()) return said->second;
    if (names_one_of(words_of_filters, words)) return Specimen::not_blood;
    if (names_one_of(words_of_oxygenators, words)) return Specimen::other;
    for (auto const& code : codes)
        for (auto const& known : specimen_codes)
            if (known.code == code) return known.means;
    if (const Specimen said = vessel_of(words); said != Specimen::unspecified) return said;
    const bool other_fluid = names_one_of(words_of_other_fluids, words);
    const bool by_stem = names_one_of(stems_of_whole_blood, words) && !other_fluid &&
                         words.find("SEROSANG") == std::string::npos; // of a wound
    if (is_in(whole_blood_codes, codes[0]) || names_one_of(words_of_whole_blood, words) || by_stem)
        return Specimen::unspecified;
    // A laboratory code means blood: of what is named and not known for blood nobody can say that it is. A name that
    // says nothing is none.
    if (is_in(nothing_said, codes[0]) || is_in(nothing_said, first_name(words)))
        return other_fluid ? Specimen::not_blood : Specimen::unspecified;
    const bool of_blood =
        is_code_of_blood(codes[0]) || is_code_of_blood(codes[1]) || names_one_of(words_of_blood, words);
    return of_blood && !other_fluid ? Specimen::other : Specimen::not_blood;
}

bool is_interval_quantity(model::CodeSystem system, std::string_view code) {
    if (system == model::CodeSystem::LN)
        return code == "9187-6" || code == "9188-4" || code == "9192-6" || code == "3167-0" || code == "3167-4" ||
               code == "99741-1";
    if (system == model::CodeSystem::MDC) return code == "157732" || code == "157744" || code == "157740";
    return system == model::CodeSystem::VIGIL && code == "uo";
}

bool is_volume(model::CodeSystem system, std::string_view code) {
    return is_interval_quantity(system, code) || (system == model::CodeSystem::VIGIL && code == "uo_day");
}

} // namespace vigil::hl7
