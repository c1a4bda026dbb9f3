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
// Codes of tables 0487 and 0070 and SNOMED CT specimen concepts. BLD and WB do not say which blood.
constexpr SpecimenCode specimen_codes[] = {
    {"ART", Specimen::arterial},       {"ABLD", Specimen::arterial},      {"BLDA", Specimen::arterial},
    {"ARTB", Specimen::arterial},      {"122552005", Specimen::arterial}, {"VEN", Specimen::venous},
    {"VBLD", Specimen::venous},        {"BLDV", Specimen::venous},        {"VENB", Specimen::venous},
    {"122555007", Specimen::venous},   {"CAP", Specimen::capillary},      {"BLDC", Specimen::capillary},
    {"CBLD", Specimen::capillary},     {"CAPB", Specimen::capillary},     {"122554006", Specimen::capillary},
    {"MVBLD", Specimen::mixed_venous}, {"BLDMV", Specimen::mixed_venous}, {"MIXV", Specimen::mixed_venous},
    {"BLD", Specimen::unspecified},    {"WB", Specimen::unspecified},     {"BLOOD", Specimen::unspecified},
};

// Fluids that are not blood, by codes of the same tables and by words.
constexpr std::string_view other_fluids[] = {
    "UR",  "UC",        "URC",       "CSF",       "SPT",       "SPTT",      "STL",       "BAL",       "PLR",
    "PRT", "ASC",       "SNV",       "SAL",       "SWT",       "AMN",       "GAST",      "FLD",       "BRTH",
    "DRN", "122575003", "258450006", "119334006", "119339001", "418564007", "168139001", "258607008",
};
constexpr std::string_view words_of_other_fluids[] = {
    "URIN",     "LIQUOR", "CEREBROSPINAL", "SPUTUM",   "STOOL",   "STUHL",   "FAECES",
    "FECES",    "PLEURA", "PERITON",       "ASCITES",  "ASZITES", "PUNKTAT", "LAVAGE",
    "TRACHEAL", "DRAIN",  "DIALYSATE",     "DIALYSAT", "GASTRIC", "SALIVA",  "SWEAT",
};

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

Specimen specimen_of_words(std::string_view text) {
    const std::string words = upper(text);
    const auto has = [&](std::string_view word) { return words.find(word) != std::string::npos; };
    if ((has("MIXED") && has("VEN")) || has("GEMISCHTVEN")) return Specimen::mixed_venous;
    const bool arterial = has("ARTER"),
               venous = has("VENOUS") || has("VENOES") || has("VEN\xc3\x96S") || has("VEN\xc3\xb6S") || has("VENOSA");
    const bool capillary = has("CAPILL") || has("KAPILL");
    if (arterial + venous + capillary != 1) return Specimen::unspecified; // "arterial or venous" decides nothing
    return arterial ? Specimen::arterial : venous ? Specimen::venous : Specimen::capillary;
}

} // namespace

std::optional<Status> status_of(std::string_view letter) {
    if (letter.size() != 1) return std::nullopt;
    switch (letter[0]) {
    case 'F': return Status::final;
    case 'P':
    case 'S': return Status::preliminary;
    case 'R': return Status::unverified;
    case 'C': return Status::corrected;
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

Status status_of(Fields const& obx, std::string_view obr25) {
    if (const auto status = status_of(trimmed(obx[11]))) return *status;
    if (trimmed(obx[11]).empty()) {
        // OBX-10 has letters of its own (A, N, R, S of table 0080): only the others can be a stray status.
        const std::string_view before = trimmed(obx[10]), after = trimmed(obx[12]);
        if (before != "A" && before != "N" && before != "S")
            if (const auto status = status_of(before)) return *status;
        if (const auto status = status_of(after)) return *status;
        if (const auto status = status_of(trimmed(obr25)); status && *status != Status::no_value) return *status;
    }
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
        const std::string_view flag = trimmed(part(repetition, d.component, 1));
        Validity here = Validity::ok;
        if (flag == "INV" || flag == "NAV" || flag == "OFF")
            here = Validity::invalid;
        else if (flag == "QUES")
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

Specimen specimen_of(std::string_view field, Delimiters const& d) {
    const std::string_view source = first(field, d);
    if (trimmed(source).empty() || is_null(source)) return Specimen::unspecified;
    for (const std::size_t n : {std::size_t{1}, std::size_t{4}}) {
        const std::string code = upper(trimmed(component(source, d, n)));
        for (auto const& known : specimen_codes)
            if (known.code == code && known.means != Specimen::unspecified) return known.means;
    }
    if (const Specimen said = specimen_of_words(source); said != Specimen::unspecified) return said;
    const std::string code = upper(trimmed(component(source, d, 1)));
    for (auto const& known : specimen_codes)
        if (known.code == code) return known.means;
    const std::string words = upper(source);
    const bool blood = words.find("BLOOD") != std::string::npos || words.find("BLUT") != std::string::npos;
    if (blood) return Specimen::unspecified;
    const auto named = [&words](std::string_view fluid) { return words.find(fluid) != std::string::npos; };
    const bool fluid = std::find(std::begin(other_fluids), std::end(other_fluids), code) != std::end(other_fluids) ||
                       std::any_of(std::begin(words_of_other_fluids), std::end(words_of_other_fluids), named);
    return fluid ? Specimen::not_blood : Specimen::other;
}

} // namespace vigil::hl7
