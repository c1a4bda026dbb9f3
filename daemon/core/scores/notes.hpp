#pragma once
// What a component worked out of instants that are over and need not work out again. Whoever keeps the notes throws
// them away as soon as anything the component read changes in the past.

#include "core/scores/cuff_and_line.hpp"
#include "core/scores/gcs.hpp"
#include "core/scores/pressure.hpp"
#include "core/scores/remembered.hpp"
#include "core/scores/saturation.hpp"
#include "core/scores/sofa2_criteria.hpp"
#include "core/scores/sofa2_drugs.hpp"
#include "core/scores/sofa2_urine.hpp"
#include "core/scores/urine.hpp"
#include "core/scores/vasopressor.hpp"
#include "core/scores/ventilator.hpp"

#include <array>
#include <vector>

namespace vigil::scores {

struct Notes {
    WholeQuarters quarters;
    SiteMinutes pressures;
    UrineDays urine;
    JudgedChartings chartings;
    KnownComas comas;
    std::unique_ptr<Remembered<Vasopressors>> vasopressors;
    std::unique_ptr<Remembered<Vasoactive>> vasoactive;
    std::unique_ptr<Remembered<Criteria>> criteria;
    std::unique_ptr<Remembered<model::ScorePart>> laboratory;

    // As new, but for the memory it holds.
    void clear() {
        quarters.clear();
        for (auto& site : pressures) site.clear();
        urine.clear();
        chartings.clear();
        comas.clear();
        vasopressors.reset();
        vasoactive.reset();
        criteria.reset();
        laboratory.reset();
    }
};

// What the components of all scores of one product work out alike.
struct SharedNotes {
    struct Site {
        MeanMinutes minutes;
        Shared<Pressures> pressures; // of this site alone
    };
    std::optional<model::Decimal> threshold; // of the pressures
    std::array<Site, 2> sites;
    struct CuffAndLine {
        ComparedCuffs compared;
        Shared<std::optional<CuffLineApart>> told;
    } cuff_and_line;
    Shared<WorstMechanics> mechanics;
    // By Estimates; not rated. Of one instant alone: who remembers keeps those of each component.
    std::array<Shared<std::vector<QuarterHour>>, 3> quarters;
};
struct SharedByProduct {
    std::array<SharedNotes, model::product_count> of;
};

} // namespace vigil::scores
