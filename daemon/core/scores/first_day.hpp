#pragma once
// Scores of the first day in the unit: each part is the worst of [admission, + 24 h). While the day lasts every part is
// provisional. Afterwards the value stands for a while, in which results of that day still come in; then the score is
// not applicable, as it is before admission: no other day is scored as if it were the first.

#include "core/scores/finding.hpp"

namespace vigil::scores {

// What a part is asked: what the day held, and of what a person attested about the stay what is known by `asked`.
using OfFirstDay = model::ScorePart (*)(Inquiry& q, model::EventTime asked);

// Vital signs are read by the minute, up to the last that is over with the day; everything else to its last instant.
enum class Reading : std::uint8_t { to_the_instant, to_the_minute };

// `stands`: after the day.
model::ScorePart of_first_day(Inquiry& q, model::Part name, model::Duration stands, Reading reading, OfFirstDay answer);

// The sum of all but what follows behind `parts`, as in total.hpp; not applicable where they are.
void add_up_first_day(std::span<model::ScorePart> parts);

// The newest word a person attested of the stay, however long ago; empty: none, or it has run out.
std::optional<model::Sample> attested_of_stay(Inquiry& q, model::Signal signal, model::EventTime asked);
// Attested as `yes` or `no`; empty: as neither.
struct YesNo {
    std::optional<bool> said;
    std::optional<model::Sample> sample;
};
YesNo yes_or_no(Inquiry& q, model::Signal signal, model::EventTime asked);

// Points by completed years.
model::ScorePart age_points(Inquiry& q, RangeTable const& ages);

// The worst laboratory result of the day.
model::ScorePart worst_result(Inquiry& q, std::span<RangeTable const> columns, model::Part part, model::Signal signal);

// A coma score as of the engine's rules: the lowest charted awake, under sedation the last one before it; `points` says
// what a total comes to.
model::ScorePart worst_coma(Inquiry& q, std::int32_t most,
                            std::int32_t (*points)(Inquiry const& q, std::int32_t total));

// The probability of death, where nothing that was not measured could change it.
void tell_mortality(model::ScorePart& mortality, model::ScorePart const& total,
                    std::optional<model::Ratio> const& log_odds);
// constant + score * points + ln_score * ln(points + 1)
std::optional<model::Ratio> log_odds_of(DeathOdds const& odds, std::int32_t points);

} // namespace vigil::scores
