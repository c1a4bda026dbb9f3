#include "definitions/admission_tables.hpp"

#include "definitions/range_readers.hpp"
#include "definitions/score_readers.hpp"

#include <array>
#include <utility>

namespace vigil::definitions {

namespace {

using model::Decimal;
using model::Part;
using model::Signal;
using model::Unit;
using model::Word;

// A table that is no column of a signal.
void read_table(TomlReader& in, std::string_view key, scores::RangeTable&& as, std::int64_t most,
                scores::RangeTable& out) {
    out = std::move(as);
    section(in, key, [&](TomlReader& s) { read_ranges(s, out, most); });
}

// Monitor minutes are kept little longer than a day: the value cannot be worked out again for long after it.
void read_stands(TomlReader& in, model::Duration& stands) {
    section(in, "first_day", [&](TomlReader& s) {
        stands = duration(s, "stands");
        if (stands > model::hours(1)) s.problem("stands", "at most 1h: what the monitor told is not kept longer");
    });
}

Decimal positive(TomlReader& in, std::string_view key) {
    const auto d = decimal(in, key);
    if (d <= Decimal{}) in.problem(key, "must be above 0");
    return d;
}

} // namespace

void read_apache2(TomlReader& in, scores::Apache2Tables& t) {
    constexpr std::int64_t most = 4;
    constexpr std::array needed = {
        RangeColumn{Part::temp, Signal::temp, Unit::Cel},
        RangeColumn{Part::map, Signal::map, Unit::mmHg},
        RangeColumn{Part::hr, Signal::hr, Unit::per_min},
        RangeColumn{Part::rr, Signal::rr, Unit::per_min},
        RangeColumn{Part::acid_base, Signal::ph, Unit::ph},
        RangeColumn{Part::acid_base, Signal::hco3, Unit::mmol_per_L},
        RangeColumn{Part::na, Signal::na, Unit::mmol_per_L},
        RangeColumn{Part::k, Signal::k, Unit::mmol_per_L},
        RangeColumn{Part::crea, Signal::crea, Unit::mg_per_dL},
        RangeColumn{Part::hct, Signal::hct, Unit::percent},
        RangeColumn{Part::wbc, Signal::wbc, Unit::giga_per_L},
    };
    head(in, "apache2", t.version, t.citation);
    read_range_columns(in, needed, most, t.columns);
    read_table(in, "gradient", {Part::oxygenation, Signal::pao2, Unit::mmHg, {}, {}}, most, t.gradient);
    read_table(in, "tension", {Part::oxygenation, Signal::pao2, Unit::mmHg, {}, {}}, most, t.tension);
    section(in, "oxygen", [&](TomlReader& s) {
        t.gradient_from = positive(s, "gradient_from");
        t.dry_pressure = positive(s, "dry_pressure");
        t.exchange = positive(s, "exchange");
    });
    section(in, "failure", [&](TomlReader& s) {
        t.failure_stage = points(s, "stage", 1, 3);
        t.failure_times = points(s, "times", 1, 4);
    });
    section(in, "coma", [&](TomlReader& s) { t.full_gcs = points(s, "full", 15, 15); });
    read_table(in, "age", {Part::age, {}, Unit::none, {}, {}}, 6, t.ages);
    section(in, "chronic", [&](TomlReader& s) {
        t.chronic = points(s, "points", 1, 5);
        t.elective = points(s, "elective", 0, 5);
        if (t.elective > t.chronic) s.problem("elective", "must not be above points");
    });
    section(in, "mortality", [&](TomlReader& s) {
        t.odds.constant = decimal(s, "constant");
        t.odds.score = positive(s, "score");
        t.odds.emergency = decimal(s, "emergency");
    });
    read_stands(in, t.stands);
    read_plain_policies(in, t.policies);
    in.finish();
}

void read_saps2(TomlReader& in, scores::Saps2Tables& t) {
    constexpr std::int64_t most = 26;
    constexpr std::array needed = {
        RangeColumn{Part::hr, Signal::hr, Unit::per_min},        RangeColumn{Part::sbp, Signal::sbp, Unit::mmHg},
        RangeColumn{Part::temp, Signal::temp, Unit::Cel},        RangeColumn{Part::urea, Signal::urea, Unit::mg_per_dL},
        RangeColumn{Part::urea, Signal::urea, Unit::mmol_per_L}, RangeColumn{Part::wbc, Signal::wbc, Unit::giga_per_L},
        RangeColumn{Part::k, Signal::k, Unit::mmol_per_L},       RangeColumn{Part::na, Signal::na, Unit::mmol_per_L},
        RangeColumn{Part::hco3, Signal::hco3, Unit::mmol_per_L}, RangeColumn{Part::bili, Signal::bili, Unit::mg_per_dL},
    };
    head(in, "saps2", t.version, t.citation);
    read_range_columns(in, needed, most, t.columns);
    read_table(in, "age", {Part::age, {}, Unit::none, {}, {}}, most, t.ages);
    t.pf = {Part::oxygenation, Signal::pao2, Unit::mmHg, {}, {}};
    section(in, "oxygenation", [&](TomlReader& s) {
        read_ranges(s, t.pf, most);
        t.support = words(s, "support");
    });
    t.urine = {Part::urine, Signal::uo, Unit::mL, {}, {}};
    section(in, "urine", [&](TomlReader& s) {
        read_ranges(s, t.urine, most);
        t.urine_least = duration(s, "least");
        t.urine_gaps = duration(s, "gaps");
        if (t.urine_least <= model::Duration{}) s.problem("least", "must be longer than nothing");
    });
    read_table(in, "coma", {Part::gcs, Signal::gcs_total, Unit::score, {}, {}}, most, t.gcs);
    section(in, "chronic", [&](TomlReader& s) {
        for (auto signal : {Signal::aids, Signal::haematological_malignancy, Signal::metastatic_cancer})
            t.chronic.push_back({signal, points(s, model::name_of(signal), 0, most)});
    });
    section(in, "admission", [&](TomlReader& s) {
        for (auto word : {Word::scheduled_surgical, Word::medical, Word::unscheduled_surgical})
            t.admission.push_back({word, points(s, model::name_of(word), 0, most)});
    });
    section(in, "mortality", [&](TomlReader& s) {
        t.odds.constant = decimal(s, "constant");
        t.odds.score = positive(s, "score");
        t.odds.ln_score = decimal(s, "ln_score");
    });
    read_stands(in, t.stands);
    read_plain_policies(in, t.policies);
    in.finish();
}

} // namespace vigil::definitions
