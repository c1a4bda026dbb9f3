#include "definitions/outcome_tables.hpp"

#include "definitions/score_readers.hpp"

namespace vigil::definitions {

namespace {

std::int32_t days(TomlReader& in) {
    in.require("days");
    return static_cast<std::int32_t>(in.whole("days", 1, 366).value_or(1));
}

void flag(TomlReader& in, std::string_view key, bool& to) {
    in.require(key);
    if (const auto f = in.flag(key)) to = *f;
}

void read_ventilator_free(TomlReader& in, outcomes::VentilatorFree& t) {
    t.days = days(in);
    t.liberated_after = duration(in, "liberated_after");
    t.procedure_below = duration(in, "procedure_below");
    in.require("short_periods");
    if (const auto w = in.word("short_periods", outcomes::parse_short_periods)) t.short_periods = *w;
    flag(in, "noninvasive_counts", t.noninvasive_counts);
    t.noninvasive = words(in, "noninvasive");
    flag(in, "ecls_counts", t.ecls_counts);
}

void read_organ_support_free(TomlReader& in, outcomes::OrganSupportFree& t) {
    t.days = days(in);
    t.devices = words(in, "devices");
    t.high_flow_from = decimal(in, "high_flow_from");
    t.high_flow_fio2 = decimal(in, "high_flow_fio2");
    t.vasoactive = signals(in, "vasoactive");
    flag(in, "late_death_counts", t.late_death_counts);
}

} // namespace

std::optional<outcomes::Tables> load_outcome_tables(File const& file, Problems& problems) {
    const auto before = problems.size();
    const auto document = parse_toml(file, problems);
    if (!document) return std::nullopt;
    outcomes::Tables t;
    TomlReader in{*document, file.shown, "", problems};
    cited(in);
    in.require("version");
    if (const auto version = in.text("version")) t.version = *version;
    if (const auto citation = in.text("citation")) t.citation = *citation;
    t.left_within = duration(in, "left_within");
    section(in, "ventilator_free", [&](TomlReader& s) { read_ventilator_free(s, t.ventilator_free); });
    section(in, "organ_support_free", [&](TomlReader& s) { read_organ_support_free(s, t.organ_support_free); });
    section(in, "mortality", [&](TomlReader& s) {
        s.require("days");
        for (auto n : s.wholes("days", 1, 3'660)) t.mortality_days.push_back(static_cast<std::int32_t>(n));
    });
    section(in, "sofa", [&](TomlReader& s) { t.sofa.death = points(s, "death", 1, 24); });
    in.finish();
    if (problems.size() != before) return std::nullopt;
    return t;
}

} // namespace vigil::definitions
