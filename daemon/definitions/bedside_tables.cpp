#include "definitions/bedside_tables.hpp"

#include "definitions/range_readers.hpp"
#include "definitions/score_readers.hpp"

#include <array>
#include <utility>

namespace vigil::definitions {

namespace {

using model::Part;
using model::Signal;
using model::Unit;

void read_positive(TomlReader& in, std::int32_t& from, std::int64_t most) {
    section(in, "positive", [&](TomlReader& s) { from = points(s, "from", 1, most); });
}

} // namespace

void read_sirs(TomlReader& in, scores::SirsTables& t) {
    constexpr std::array needed = {
        RangeColumn{Part::temp, Signal::temp, Unit::Cel},     RangeColumn{Part::hr, Signal::hr, Unit::per_min},
        RangeColumn{Part::resp, Signal::rr, Unit::per_min},   RangeColumn{Part::resp, Signal::paco2, Unit::mmHg},
        RangeColumn{Part::resp, Signal::paco2, Unit::kPa},    RangeColumn{Part::wbc, Signal::wbc, Unit::giga_per_L},
        RangeColumn{Part::wbc, Signal::bands, Unit::percent},
    };
    head(in, "sirs", t.version, t.citation);
    read_range_columns(in, needed, 1, t.columns);
    read_positive(in, t.positive_from, 4);
    read_plain_policies(in, t.policies);
    in.finish();
}

void read_qsofa(TomlReader& in, scores::QsofaTables& t) {
    constexpr std::array needed = {RangeColumn{Part::rr, Signal::rr, Unit::per_min},
                                   RangeColumn{Part::sbp, Signal::sbp, Unit::mmHg}};
    head(in, "qsofa", t.version, t.citation);
    read_range_columns(in, needed, 1, t.columns);
    section(in, "mentation", [&](TomlReader& s) { t.mentation_points = points(s, "points", 1, 1); });
    read_positive(in, t.positive_from, 3);
    for (auto& one : in.tables("policies")) {
        auto p = begin_policy(one, t.policies);
        p.gcs_below = points(one, "gcs_below", 4, 15);
        one.finish();
        t.policies.push_back(std::move(p));
    }
    need_policies(in, t.policies);
    in.finish();
}

void read_news2(TomlReader& in, scores::News2Tables& t) {
    constexpr std::int64_t most = 3;
    constexpr std::array needed = {
        RangeColumn{Part::rr, Signal::rr, Unit::per_min}, RangeColumn{Part::spo2, Signal::spo2, Unit::percent},
        RangeColumn{Part::sbp, Signal::sbp, Unit::mmHg},  RangeColumn{Part::pulse, Signal::hr, Unit::per_min},
        RangeColumn{Part::temp, Signal::temp, Unit::Cel},
    };
    head(in, "news2", t.version, t.citation);
    read_range_columns(in, needed, most, t.columns);
    for (auto [key, table] : {std::pair{"scale2_air", &t.scale2_air}, {"scale2_oxygen", &t.scale2_oxygen}})
        section(in, key, [&, table = table](TomlReader& s) {
            *table = {Part::spo2, Signal::spo2, Unit::percent, std::nullopt, {}};
            read_ranges(s, *table, most);
        });
    section(in, "oxygen", [&](TomlReader& s) {
        t.air = decimal(s, "air");
        t.oxygen_points = points(s, "points", 1, most);
    });
    section(in, "consciousness", [&](TomlReader& s) {
        t.not_alert_points = points(s, "not_alert", 1, most);
        t.alert_gcs = points(s, "alert_gcs", 3, 15);
        t.word_before_gcs = duration(s, "word_before_gcs");
    });
    section(in, "classes", [&](TomlReader& s) {
        t.single_from = points(s, "single_from", 1, most);
        t.medium_from = points(s, "medium_from", 1, 20);
        t.high_from = points(s, "high_from", 1, 20);
        if (t.high_from <= t.medium_from) s.problem("high_from", "must be above medium_from");
    });
    read_plain_policies(in, t.policies);
    in.finish();
}

} // namespace vigil::definitions
