#include "definitions/sepsis_tables.hpp"

#include "core/model/series.hpp"
#include "core/scores/bands.hpp"
#include "core/scores/signal_groups.hpp"
#include "definitions/score_readers.hpp"

#include <algorithm>

namespace vigil::definitions {

void read_sepsis3(TomlReader& in, scores::SepsisTables& t) {
    head(in, "sepsis3", t.version, t.citation);
    section(in, "suspicion", [&](TomlReader& s) {
        t.antibiotic_within = duration(s, "antibiotic_within");
        t.culture_within = duration(s, "culture_within");
    });
    section(in, "rise", [&](TomlReader& s) {
        t.rise = points(s, "points", 1, t.sofa_most);
        t.window_before = duration(s, "window_before");
        t.window_after = duration(s, "window_after");
        t.baseline_over = duration(s, "baseline_over");
    });
    section(in, "episode", [&](TomlReader& s) {
        t.holds = duration(s, "holds");
        // So long what it looks back at is kept: model::Retention.
        if (t.holds + t.window_before + t.baseline_over > model::Retention{}.keep_sepsis)
            s.problem("holds", "with `window_before` and `baseline_over` it is longer than what is kept");
        if (t.holds < t.antibiotic_within || t.holds < t.culture_within || t.holds < t.window_after)
            s.problem("holds", "must not be shorter than any length of [suspicion] or `window_after`");
    });
    read_plain_policies(in, t.policies);
    in.finish();
}

void read_septic_shock(TomlReader& in, scores::SepticShockTables& t) {
    head(in, "septic_shock", t.version, t.citation);
    read_columns(in, t.columns);
    if (scores::columns_of(t.columns, model::Part::lactate, model::Signal::lact).empty())
        in.problem("columns", "there is none for lactate");
    section(in, "vasopressors", [&](TomlReader& s) {
        t.drugs = signals(s, "drugs");
        for (const auto drug : t.drugs)
            if (drug == model::Signal::weight ||
                std::find(scores::vasoactive_signals.begin(), scores::vasoactive_signals.end(), drug) ==
                    scores::vasoactive_signals.end())
                s.problem("drugs", std::string{name_of(drug)} + " is no vasoactive drug");
        t.lactate_within = duration(s, "lactate_within");
    });
    read_plain_policies(in, t.policies);
    in.finish();
}

} // namespace vigil::definitions
