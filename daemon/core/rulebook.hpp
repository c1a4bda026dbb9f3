#pragma once
// Everything that decides and is not code: vocabulary, conversions, source maps, score tables, alert rules. Built and
// checked by daemon/definitions from config/; its digest is stamped on every decision.

#include "core/alerts/rule.hpp"
#include "core/model/decimal.hpp"
#include "core/model/id.hpp"
#include "core/model/reading.hpp"
#include "core/model/score.hpp"
#include "core/model/signal.hpp"
#include "core/model/timeline.hpp"
#include "core/model/unit.hpp"
#include "core/scores/tables.hpp"

#include <array>
#include <cassert>
#include <optional>
#include <string>
#include <vector>

namespace vigil::core {

// canonical = (value + add) * num / den, rounded half-up to `round` digits when given. One row of
// config/conversions.tsv.
struct Conversion {
    model::Signal signal{};
    model::Unit from{};
    model::Decimal add;
    model::Decimal num{1, 0};
    model::Decimal den{1, 0};
    std::optional<std::uint8_t> round;
};

// One row of config/vocabulary.tsv.
struct VocabularyEntry {
    model::Signal signal{};
    model::SignalKind kind{};
    model::Unit canonical = model::Unit::none;
    std::vector<std::string> loinc, mdc, atc;          // codes that mean this signal without a source map
    std::optional<model::Decimal> hard_low, hard_high; // outside: refused (canonical unit, inclusive bounds)
    std::optional<model::Decimal> soft_low, soft_high; // outside: kept and flagged
    model::Duration max_age{};                         // as a current value; 0 = until changed
    std::vector<model::Word> words;                    // allowed instead of a number
    bool required = false;                             // its staleness is an alert once it has been seen
    std::vector<Conversion> conversions{};             // from its other units
};

// One row of a source map: what a feed's own code means. An empty unit matches any; `unit_as` replaces a unit the feed
// omits.
struct SourceMapRow {
    std::string source;
    model::CodeSystem system{};
    std::string code;
    std::string unit;
    model::Signal signal{};
    std::optional<model::Unit> unit_as;
};

struct SourceSettings {
    std::string source;
    bool implied_admission = false; // may open an encounter where no ADT exists
    model::Duration silent_after{}; // 0 = this feed may be quiet
    bool continuous = false;
    std::string norepinephrine_as{}; // the salt its rates and concentrations are told in; empty: nobody said
};

struct EnabledScore {
    model::ScoreKey key;
    bool alerts = false; // the run that alert rules read
};

// The file that a score's definition was read from.
struct DefinitionFile {
    std::array<std::uint8_t, 32> sha256{};
    bool locally_modified = false; // not as it was delivered
    // Of SOFA's: nor are its limits that every score goes by, such as how long a gas is paired and what a dose is.
    bool modified_for_all = false;
};

struct Rulebook {
    std::vector<VocabularyEntry> vocabulary; // indexed by Signal
    std::vector<SourceMapRow> source_maps;
    std::vector<SourceSettings> sources;
    std::vector<EnabledScore> scores;
    scores::Tables tables;
    std::array<DefinitionFile, model::score_id_count> definitions{}; // of the tables, by ScoreId
    alerts::Rules rules;
    model::Retention retention;
    // Where a score is recorded by the day: so much longer is everything kept than scores look back, so that a day can
    // be scored once more when it becomes final.
    model::Duration keep_longer{};
    std::string norepinephrine_as; // by sources that say nothing of it themselves
    std::string site = "demo";
    bool simulated = true; // accept only training data and say so everywhere
    bool driven = true;    // log time follows the feed
    model::Digest digest{};
    std::string bytes; // the files it was read from, concatenated canonically: stored in each segment
};

inline VocabularyEntry const& entry(Rulebook const& rules, model::Signal signal) {
    const auto i = static_cast<std::size_t>(signal);
    assert(i < rules.vocabulary.size());
    return rules.vocabulary[i];
}

// The run of a score that alert rules read, as an index into `scores`: of SOFA the one of product `now` (scores.md
// 0.1).
std::optional<std::size_t> alerting_run(Rulebook const& rules, model::ScoreId id);

// In the signal's canonical unit, exactly; empty when the unit cannot mean this signal or the arithmetic overflows.
std::optional<model::Ratio> canonical(Rulebook const& rules, model::Signal signal, model::Decimal value,
                                      model::Unit unit);

} // namespace vigil::core
