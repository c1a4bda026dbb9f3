#include "cli/census_change.hpp"

#include "cli/ask.hpp"
#include "cli/iso_time.hpp"
#include "vigil/v1/observation.pb.h"

#include <charconv>
#include <utility>

namespace vigil::cli {

namespace {

using Kind = v1::CensusEvent;

std::optional<v1::CensusEvent::Kind> kind_of(std::string_view word) {
    constexpr std::pair<std::string_view, v1::CensusEvent::Kind> words[] = {
        {"admit", Kind::KIND_ADMIT},
        {"transfer", Kind::KIND_TRANSFER},
        {"discharge", Kind::KIND_DISCHARGE},
        {"register", Kind::KIND_REGISTER},
        {"update", Kind::KIND_UPDATE},
        {"cancel_admit", Kind::KIND_CANCEL_ADMIT},
        {"cancel_transfer", Kind::KIND_CANCEL_TRANSFER},
        {"cancel_discharge", Kind::KIND_CANCEL_DISCHARGE},
        {"merge", Kind::KIND_MERGE},
    };
    if (word.empty()) return Kind::KIND_ADMIT;
    for (auto const& [name, kind] : words)
        if (name == word) return kind;
    return std::nullopt;
}

// "unit/bed" in `bed`, or a unit and a bed in two columns.
bool read_bed(std::string const& unit, std::string const& bed, v1::Location& out) {
    BedName name;
    if (!parse_bed(unit.empty() ? bed : unit + "/" + bed, name)) return false;
    out.set_unit(name.unit);
    out.set_bed(name.bed);
    return true;
}

std::string read_person(TableRow const& row, v1::CensusEvent& out) {
    if (auto const& age = row["age"]; !age.empty()) {
        std::uint32_t years = 0;
        const auto [end, error] = std::from_chars(age.data(), age.data() + age.size(), years);
        if (error != std::errc{} || end != age.data() + age.size() || years > 130)
            return "age: '" + age + "' is no age in years";
        out.set_age_years(years);
    }
    auto const& sex = row["sex"];
    if (sex == "f" || sex == "F")
        out.set_sex(v1::CensusEvent::SEX_FEMALE);
    else if (sex == "m" || sex == "M")
        out.set_sex(v1::CensusEvent::SEX_MALE);
    else if (sex == "o" || sex == "O")
        out.set_sex(v1::CensusEvent::SEX_OTHER);
    else if (!sex.empty())
        return "sex: f, m or o is expected";
    return {};
}

std::string read_places(TableRow const& row, v1::CensusEvent& out) {
    if (!row["bed"].empty() && !read_bed(row["unit"], row["bed"], *out.mutable_subject()->mutable_location()))
        return "bed: UNIT/BED is expected, each of a-z, 0-9 and _";
    if (!row["prior_bed"].empty() && !read_bed({}, row["prior_bed"], *out.mutable_prior_location()))
        return "prior_bed: UNIT/BED is expected";
    return {};
}

std::string missing(TableRow const& row, v1::CensusEvent::Kind kind) {
    const bool somebody = !row["visit"].empty() || !row["patient"].empty();
    if (kind == Kind::KIND_MERGE) {
        const bool absorbed = !row["absorbed_patient"].empty() || !row["absorbed_visit"].empty();
        return somebody && absorbed ? "" : "a merge needs the survivor and whom it absorbs";
    }
    if (!somebody) return "visit or patient is needed";
    if ((kind == Kind::KIND_ADMIT || kind == Kind::KIND_TRANSFER) && row["bed"].empty()) return "bed is needed";
    return {};
}

} // namespace

std::string census_change(TableRow const& row, Identify const& identify, v1::CensusEvent& out) {
    const auto kind = kind_of(row["kind"]);
    if (!kind) return "kind: '" + row["kind"] + "' is unknown";
    out.set_kind(*kind);
    if (auto why = missing(row, *kind); !why.empty()) return why;
    if (!row["visit"].empty()) out.mutable_subject()->set_visit(identify.visit(row["visit"]));
    if (!row["patient"].empty()) out.mutable_subject()->add_patients(identify.patient(row["patient"]));
    if (!row["absorbed_patient"].empty()) out.add_absorbed_patients(identify.patient(row["absorbed_patient"]));
    if (!row["absorbed_visit"].empty()) out.set_absorbed_visit(identify.visit(row["absorbed_visit"]));
    if (auto why = read_places(row, out); !why.empty()) return why;
    if (auto const& at = row["at"]; !at.empty()) {
        const auto ms = parse_instant(at);
        if (!ms) return "at: '" + at + "' is no time with an offset";
        out.set_effective_ms(*ms);
    }
    return read_person(row, out);
}

} // namespace vigil::cli
