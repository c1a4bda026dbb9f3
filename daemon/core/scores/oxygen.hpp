#pragma once
// Inspired oxygen, arterial gases and the ratio of the two (scores.md 3.2, 13.2, 13.3). Shared by SOFA and ARDS.

#include "core/scores/support.hpp"

namespace vigil::scores {

struct Inspired {
    std::optional<model::Ratio> percent;
    bool estimated = false; // from a flow
    bool beyond = false;    // a flow the device is not meant for
    model::Reason why_not = model::Reason::none;
    std::vector<model::Evidence> evidence;
};

// What a flow may stand for where nobody told the fraction: what its device gives, or, for the Global definition of
// ARDS, so much for each litre (scores.md 13.2).
enum class Estimates : std::uint8_t { none, by_device, by_litre };

// What was told of the oxygen fraction last, measured or set, and not longer ago than `within`: of both the later one,
// of one instant the measured one. A measurement that cannot be read leaves what was set; where it, or a setting that
// cannot be read, is all there is, `sample` is that (model::is_unreadable).
struct ToldFraction {
    model::Signal signal{};
    model::Sample sample;
};
std::optional<ToldFraction> fraction_told(Inquiry const& q, model::EventTime t, model::Duration within);

// The oxygen fraction at `t`: the latest within four hours of the same device episode, room air, or an estimate from
// flow. Never 21 % for a patient on a device.
Inspired inspired_at(Inquiry const& q, model::EventTime t, Estimates estimates = Estimates::by_device);

struct Gas {
    model::Signal signal{};
    model::Sample sample;
    std::optional<model::Sample> attested; // types a gas of unknown origin
    model::Reason why_not = model::Reason::none;
};
// What is asked of a gas: a signal that says arterial, and one of blood that does not say which.
struct Analyte {
    model::Signal arterial, untyped;
};
inline constexpr Analyte oxygen_tension{model::Signal::pao2, model::Signal::po2_untyped};
inline constexpr Analyte carbon_dioxide{model::Signal::paco2, model::Signal::pco2_untyped};
inline constexpr Analyte acidity{model::Signal::ph, model::Signal::ph_untyped};
// Every gas in (after, to] that is or might be arterial, oldest first; `why_not` says why one is not.
std::vector<Gas> gases(Inquiry const& q, model::EventTime after, model::EventTime to, Analyte of = oxygen_tension);

struct Pair {
    Gas gas;
    Inspired inspired;
    Support support;
    std::optional<model::Ratio> pao2;       // mm[Hg]
    std::optional<model::Ratio> pf;         // mm[Hg], exact
    std::optional<model::Sample> device_pf; // an analyser's own, where it is far from it
    model::Reason why_not = model::Reason::none;
    bool harmless = false; // a gas told as "more than" so much that whatever it is has no points
};
Pair pair_with_oxygen(Inquiry const& q, Gas const& gas, std::span<model::Word const> support,
                      Estimates estimates = Estimates::by_device);

// A person's word on a gas: at its instant (of several within reach the nearest), or over the time the word is given
// for.
std::optional<model::Sample> attestation_of_gas(Inquiry const& q, model::EventTime t);

// The gas, its oxygen, its device: what a ratio rests on, the gas first.
void append_evidence(model::ScorePart& part, Pair const& pair);
void append_refused(model::ScorePart& part, Pair const& pair);
// What of it has to be known also where nobody looks at evidence.
void flag_refused(model::ScorePart& part, Pair const& pair);
// The same; of blood that nobody said to be arterial nothing, for most of it is not.
void append_unjudged(model::ScorePart& part, Pair const& pair);
// Of what was refused so something may be worse than all that could be judged: its oxygen, or the gas itself, cannot be
// read or is told as a bound.
bool may_be_worse(model::ScorePart const& refused);

// For a score of saturations that has none it can use: the newest, and whether it is its oxygen that is not known.
model::Evidence unusable_saturation(Inquiry& q, Estimates estimates = Estimates::by_device);

} // namespace vigil::scores
