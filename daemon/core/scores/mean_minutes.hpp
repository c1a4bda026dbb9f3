#pragma once
// The mean pressures of one site by minute, and what of a minute cannot be one.

#include "core/scores/inquiry.hpp"
#include "core/scores/pressure.hpp"

namespace vigil::scores {

struct PressureSite {
    model::Signal mean, systolic, diastolic;
};
inline constexpr PressureSite line{model::Signal::map, model::Signal::sbp, model::Signal::dbp};
inline constexpr PressureSite cuff{model::Signal::nibp_map, model::Signal::nibp_sbp, model::Signal::nibp_dbp};
inline constexpr std::uint32_t few = model::dense_minute - 1; // readings a minute that may still be charting

// Below the soft limit of the site's mean.
bool below_soft(Inquiry const& q, PressureSite const& g, model::Decimal mean);

// What cannot be a mean pressure: not between diastolic and systolic; no pulse; a flush; in a stream also a pulse
// below 20, unless the mean is so low that the pulse is as well.
bool artefact(Inquiry const& q, PressureSite const& g, model::Decimal mean, std::int64_t minute, model::EventTime time,
              bool stream);

// (systolic + 2 * diastolic) / 3 of one minute.
std::optional<model::Minute> derived_mean(Inquiry const& q, PressureSite const& g, model::Minute const& systolic);

// Whole blocks of minutes that begin after this and hold nothing low, and nothing that could be an artefact, stand for
// their minutes.
struct Rows {
    model::EventTime after;
    model::Decimal threshold; // mm[Hg]
    model::Duration gap;      // from one minute to its neighbour
};

// The site's minutes with data in (after, to], oldest first. Systolic and diastolic stand in at minutes without a mean
// of their own, in one order with the means; so the newer (`now`) or lower of both is not lost.
void means_in(Inquiry& q, PressureSite const& g, model::EventTime after, model::EventTime to,
              std::optional<Rows> const& rows, std::vector<MeanMinute>& out);

} // namespace vigil::scores
