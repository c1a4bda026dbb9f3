#pragma once
// Urine as SOFA-2 looks at it: the mean over the hours that end with each charting (table 2, footnotes o and p).

#include "core/scores/support.hpp"
#include "core/scores/tables.hpp"
#include "core/scores/urine.hpp"

#include <limits>
#include <vector>

namespace vigil::scores {

// What one charting, or several, say.
struct UrineFinding {
    struct Worst {
        model::Signal signal{};
        model::Ratio ml;
        std::int32_t points = 0;
        model::Sample first, last; // of what was added up
        model::Duration over;      // the hours they came in
    };
    std::optional<Worst> worst;
    Known oliguria = Known::no; // of the criteria for replacement
    bool covered = false;
    std::int32_t unweighed = 0; // points that nobody can tell without a weight

    void take(model::Signal signal, UrineRate const& rate, UrineVolume const& v,
              std::optional<model::Ratio> const& limit);
    void take_oliguria(UrineRate const& rate, UrineVolume const& v, std::optional<model::Ratio> const& limit);
    void take_oliguria(Known is) {
        if (is == Known::yes || oliguria == Known::no) oliguria = is;
    }
    // Of `now` the newest charting decides.
    void forget() {
        worst.reset();
        oliguria = Known::no;
        unweighed = 0;
    }
};

struct UrineSeen : UrineFinding {
    bool charted = false;
    std::optional<model::Sample> weight;
    std::optional<model::Decimal> kg;
};
UrineSeen look_at_urine(Inquiry& q);

// Limits for a weight, worked out once.
struct UrineLimits {
    std::vector<std::optional<model::Ratio>> rates;
    std::optional<model::Ratio> oliguria;
};

// What each charting says, oldest first: nothing that is still to come changes it. As of the last question, and up to
// `judged_to`.
struct JudgedChartings {
    struct One {
        model::EventTime to;
        UrineFinding found;
    };
    std::vector<One> list;
    model::EventTime judged_to{std::numeric_limits<std::int64_t>::min()};
    std::optional<model::Decimal> kg;
    std::optional<UrineLimits> limits; // for this weight

    void clear() {
        list.clear();
        judged_to = {std::numeric_limits<std::int64_t>::min()};
        kg.reset();
        limits.reset();
    }
};

} // namespace vigil::scores
