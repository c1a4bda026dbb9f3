#include "core/refusals.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace vigil::core {

using model::Part;
using model::Signal;

namespace {

struct ReadBy {
    Part part;
    Signal signal;
};

// Which part a refused reading would have spoken to (scores.md 3 and 5.1 "In").
constexpr std::array read_by = {
    ReadBy{Part::resp, Signal::pao2},
    ReadBy{Part::resp, Signal::po2_untyped},
    ReadBy{Part::resp, Signal::fio2},
    ReadBy{Part::resp, Signal::fio2_set},
    ReadBy{Part::resp, Signal::spo2},
    ReadBy{Part::resp, Signal::o2_flow},
    ReadBy{Part::resp, Signal::resp_device},
    ReadBy{Part::resp, Signal::vent_mode},
    ReadBy{Part::coag, Signal::plt},
    ReadBy{Part::liver, Signal::bili},
    ReadBy{Part::cardio, Signal::map},
    ReadBy{Part::cardio, Signal::nibp_map},
    ReadBy{Part::cardio, Signal::norepinephrine},
    ReadBy{Part::cardio, Signal::epinephrine},
    ReadBy{Part::cardio, Signal::dopamine},
    ReadBy{Part::cardio, Signal::dobutamine},
    ReadBy{Part::cardio, Signal::vasopressin},
    ReadBy{Part::cardio, Signal::phenylephrine},
    ReadBy{Part::cardio, Signal::milrinone},
    ReadBy{Part::cardio, Signal::levosimendan},
    ReadBy{Part::cardio, Signal::angiotensin_ii},
    ReadBy{Part::cardio, Signal::metaraminol},
    ReadBy{Part::cardio, Signal::isoprenaline},
    ReadBy{Part::cardio, Signal::terlipressin},
    ReadBy{Part::cardio, Signal::enoximone},
    ReadBy{Part::cardio, Signal::mcs},
    ReadBy{Part::cardio, Signal::ecls},
    ReadBy{Part::cns, Signal::gcs_total},
    ReadBy{Part::cns, Signal::gcs_eye},
    ReadBy{Part::cns, Signal::gcs_verbal},
    ReadBy{Part::cns, Signal::gcs_motor},
    ReadBy{Part::renal, Signal::crea},
    ReadBy{Part::renal, Signal::uo},
    ReadBy{Part::renal, Signal::uo_day},
    ReadBy{Part::renal, Signal::rrt},
    ReadBy{Part::hemo, Signal::plt},
    ReadBy{Part::brain, Signal::gcs_total},
    ReadBy{Part::brain, Signal::gcs_eye},
    ReadBy{Part::brain, Signal::gcs_verbal},
    ReadBy{Part::brain, Signal::gcs_motor},
    ReadBy{Part::kidney, Signal::crea},
    ReadBy{Part::kidney, Signal::uo},
    ReadBy{Part::kidney, Signal::uo_day},
    ReadBy{Part::kidney, Signal::rrt},
    ReadBy{Part::kidney, Signal::k},
    ReadBy{Part::kidney, Signal::ph},
    ReadBy{Part::kidney, Signal::ph_untyped},
    ReadBy{Part::kidney, Signal::hco3},
    ReadBy{Part::oxygenation, Signal::pao2},
    ReadBy{Part::oxygenation, Signal::fio2},
    ReadBy{Part::oxygenation, Signal::fio2_set},
    ReadBy{Part::oxygenation, Signal::o2_flow},
    ReadBy{Part::oxygenation, Signal::resp_device},
    ReadBy{Part::oxygenation, Signal::vent_mode},
    ReadBy{Part::oxygenation, Signal::peep},
    ReadBy{Part::oxygenation, Signal::peep_set},
    ReadBy{Part::aki_crea, Signal::crea},
    ReadBy{Part::aki_crea, Signal::crea_baseline},
    ReadBy{Part::aki_urine, Signal::uo},
    ReadBy{Part::aki_rrt, Signal::rrt},
};

auto content(Refusal const& r) {
    return std::make_tuple(r.time, r.reason, r.value.kind, r.value.number.mantissa, r.value.number.scale);
}

} // namespace

void note(std::vector<Refusal>& refusals, Refusal const& refusal) {
    for (auto& r : refusals) {
        if (r.signal != refusal.signal) continue;
        if (content(r) < content(refusal)) r = refusal;
        return;
    }
    refusals.push_back(refusal);
}

void append_refusals(model::Score& score, std::vector<Refusal> const& refusals, model::EventTime at) {
    for (auto& part : score.parts)
        for (auto const& r : refusals) {
            const bool speaks_to = std::any_of(read_by.begin(), read_by.end(), [&](ReadBy const& x) {
                return x.part == part.part && x.signal == r.signal;
            });
            if (!speaks_to || r.time > at || r.time <= at - model::hours(24)) continue;
            model::Evidence e;
            e.signal = r.signal;
            e.verdict = model::Verdict::refused;
            e.reason = r.reason;
            if (r.value.kind == model::Value::Kind::number) e.reported = r.value.number;
            if (r.value.kind == model::Value::Kind::word) e.word = r.value.word;
            e.comparator = r.value.comparator;
            e.reported_unit = r.unit;
            e.time = r.time;
            e.ref = r.ref;
            e.channel = r.channel;
            part.evidence.push_back(std::move(e));
        }
}

} // namespace vigil::core
