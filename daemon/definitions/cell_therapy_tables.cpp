#include "definitions/cell_therapy_tables.hpp"

#include "definitions/range_readers.hpp"
#include "definitions/score_readers.hpp"

#include <array>

namespace vigil::definitions {

namespace {

using model::Part;
using model::Signal;
using model::Unit;

// Words with their points, each once.
void read_words(TomlReader& in, std::string_view key, std::vector<scores::WordPoints>& all) {
    in.require(key);
    for (auto& one : in.tables(key)) {
        one.require("word");
        scores::WordPoints w;
        if (const auto word = one.word("word", model::parse_word)) w.word = *word;
        w.points = points(one, "points", 0, 4);
        const auto same = [&](scores::WordPoints const& other) { return other.word == w.word; };
        if (std::any_of(all.begin(), all.end(), same)) one.problem("word", "this word stands twice");
        one.finish();
        all.push_back(w);
    }
}

// What is low is worse, and normal is the rest.
void need_one_low_edge(TomlReader& in, scores::RangeTable const& t) {
    const bool good = t.ranges.size() == 2 && t.ranges[0].points > 0 && t.ranges[1].points == 0;
    if (!good)
        in.problem("columns", std::string{model::name_of(t.signal)} +
                                  " has one range below, with points, and one from there on, without");
}

void read_hypotension(TomlReader& s, scores::CrsTables& t) {
    t.systolic_drop = decimal(s, "systolic_drop");
    t.vasopressors = signals(s, "vasopressors");
    t.not_counted = signals(s, "not_counted");
    for (auto drug : t.not_counted)
        if (std::find(t.vasopressors.begin(), t.vasopressors.end(), drug) != t.vasopressors.end())
            s.problem("not_counted", "'" + std::string{model::name_of(drug)} + "' is counted already");
    t.one_vasopressor = points(s, "one", 1, 4);
    t.several_vasopressors = points(s, "several", 1, 4);
    if (t.several_vasopressors < t.one_vasopressor) s.problem("several", "must not be below `one`");
    t.weaned_for = duration(s, "weaned_for");
}

void read_hypoxia(TomlReader& s, scores::CrsTables& t) {
    read_words(s, "devices", t.devices);
    t.flow_devices = words(s, "by_flow");
    t.low_flow = decimal(s, "low_flow");
    t.low_flow_points = points(s, "low", 1, 4);
    t.high_flow_points = points(s, "high", 1, 4);
    if (t.high_flow_points < t.low_flow_points) s.problem("high", "must not be below `low`");
    t.pressure_points = points(s, "positive_pressure", 1, 4);
    t.reason_before = duration(s, "reason_before");
}

} // namespace

void read_crs(TomlReader& in, scores::CrsTables& t) {
    constexpr std::array needed = {RangeColumn{Part::fever, Signal::temp, Unit::Cel},
                                   RangeColumn{Part::hypotension, Signal::sbp, Unit::mmHg},
                                   RangeColumn{Part::hypotension, Signal::map, Unit::mmHg}};
    head(in, "crs", t.version, t.citation);
    read_range_columns(in, needed, 4, t.columns);
    for (auto const& c : t.columns)
        if (c.part == Part::hypotension) need_one_low_edge(in, c);
    section(in, "hypotension", [&](TomlReader& s) { read_hypotension(s, t); });
    section(in, "hypoxia", [&](TomlReader& s) { read_hypoxia(s, t); });
    section(in, "cause", [&](TomlReader& s) {
        t.onset_within = duration(s, "onset_within");
        t.other_cause_holds = duration(s, "other_cause_holds");
        t.masked_for = duration(s, "masked_for");
        t.death_points = points(s, "death", 5, 5);
    });
    read_plain_policies(in, t.policies);
    in.finish();
}

void read_icans(TomlReader& in, scores::IcansTables& t) {
    head(in, "icans", t.version, t.citation);
    section(in, "ice", [&](TomlReader& s) {
        t.ice.part = Part::ice;
        t.ice.signal = Signal::ice_total;
        t.ice.unit = unit(s, "unit");
        read_bands(s, t.ice, 4);
        t.items_within = duration(s, "items_within");
    });
    section(in, "consciousness", [&](TomlReader& s) { read_words(s, "words", t.consciousness); });
    section(in, "seizure", [&](TomlReader& s) {
        read_words(s, "words", t.seizure);
        t.prolonged = duration(s, "prolonged");
        t.prolonged_points = points(s, "prolonged_points", 1, 4);
    });
    section(in, "motor", [&](TomlReader& s) { read_words(s, "words", t.motor); });
    section(in, "icp", [&](TomlReader& s) { read_words(s, "words", t.icp); });
    section(in, "cause", [&](TomlReader& s) {
        t.onset_within = duration(s, "onset_within");
        t.other_cause_holds = duration(s, "other_cause_holds");
    });
    read_plain_policies(in, t.policies);
    in.finish();
}

} // namespace vigil::definitions
