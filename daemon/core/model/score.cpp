#include "core/model/score.hpp"

#include <algorithm>

namespace vigil::model {

namespace {

bool same_deciding(ScorePart const& a, ScorePart const& b) {
    if (a.evidence.empty() || b.evidence.empty()) return a.evidence.empty() == b.evidence.empty();
    auto const& x = a.evidence.front();
    auto const& y = b.evidence.front();
    return x.signal == y.signal && x.verdict == y.verdict && x.reported == y.reported &&
           x.reported_unit == y.reported_unit && x.word == y.word && x.comparator == y.comparator &&
           x.compared == y.compared;
}

bool same(ScorePart const& a, ScorePart const& b) {
    return a.part == b.part && a.state == b.state && a.points == b.points && a.label == b.label && a.lower == b.lower &&
           a.upper == b.upper && a.missing == b.missing && a.value == b.value && a.value_unit == b.value_unit &&
           same_deciding(a, b);
}

} // namespace

bool changed(Score const& shown, Score const& now) {
    return !std::equal(shown.parts.begin(), shown.parts.end(), now.parts.begin(), now.parts.end(), same);
}

} // namespace vigil::model
