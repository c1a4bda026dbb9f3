#pragma once
// A laboratory result against a table of ranges: the worst of the window, for the product `now` the newest. Either
// column of a table that has two (scores.md 1.5), comparators, extremes that are to be verified.

#include "core/scores/finding.hpp"

namespace vigil::scores {

struct ResultSource {
    model::Signal signal{};
    // Why a result may not be used; `none`: it may.
    model::Reason (*refuses)(Inquiry const& q, model::Sample const& s) = nullptr;
};

// How long a result stands for the product `now`: as measured, then carried.
struct Ages {
    model::Duration valued, carried;
};

// `columns` are those of one quantity; the sources are looked at together.
Finding result_of(Inquiry& q, std::span<RangeTable const> columns, std::span<ResultSource const> sources, Ages ages);

} // namespace vigil::scores
