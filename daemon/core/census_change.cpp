// What ADT messages and `vigil census` do to the census: admit, transfer, discharge, their cancellations, merge and
// unmerge.

#include "core/census.hpp"

#include <algorithm>

namespace vigil::core {

using model::EncounterId;
using model::nobody;
using model::Reason;

namespace {

void add_aliases(Encounter& e, std::vector<std::string> const& patients) {
    for (auto const& p : patients)
        if (std::find(e.patients.begin(), e.patients.end(), p) == e.patients.end()) e.patients.push_back(p);
}

// The encounter a message means: by visit; else the patient's stay at the effective time, else the patient's newest
// one.
EncounterId meant(State const& state, model::Subject const& subject, model::EventTime when) {
    EncounterId newest = nobody;
    for (auto const& e : state.encounters) {
        if (!subject.visit.empty()) {
            if (e.visit == subject.visit) return e.id;
            continue;
        }
        const bool same = std::any_of(e.patients.begin(), e.patients.end(), [&](auto const& p) {
            return std::find(subject.patients.begin(), subject.patients.end(), p) != subject.patients.end();
        });
        if (!same || e.merged_into) continue;
        if (e.opened <= when && (!e.closed || when < *e.closed)) return e.id;
        if (newest == nobody || at(state, newest).opened < e.opened) newest = e.id;
    }
    return newest;
}

EncounterId for_admission(State& state, CensusChange const& change, model::EventTime when, bool& opened) {
    const auto known = meant(state, change.subject, when);
    // Without a visit number, a patient who was discharged comes back as a new stay.
    if (known != nobody &&
        (!change.subject.visit.empty() || !at(state, known).closed || when < *at(state, known).closed))
        return known;
    opened = true;
    return open_encounter(state, change.subject, when, false);
}

void describe(Encounter& e, CensusChange const& change) {
    add_aliases(e, change.subject.patients);
    if (e.visit.empty()) e.visit = change.subject.visit;
    if (change.age_years) e.age_years = change.age_years;
    if (change.sex != Sex::unspecified) e.sex = change.sex;
}

CensusOutcome move(State& state, CensusChange const& change, model::EventTime when, model::EventTime told,
                   model::EventTime now) {
    CensusOutcome out;
    // A discharge or cancellation can overtake the admission it belongs to: the stay is opened by whichever comes
    // first. An update opens one only where it names a bed, as a stand-in until the admission is told.
    const bool may_open = change.kind != CensusKind::update || change.subject.location.has_value();
    const auto id = may_open ? for_admission(state, change, when, out.opened) : meant(state, change.subject, when);
    if (id == nobody) {
        out.refused = Reason::unassigned;
        return out;
    }
    const auto bed = change.subject.location ? bed_id(state, *change.subject.location) : model::BedId{};
    auto& e = at(state, id);
    const auto stays_before = e.stays;
    out.encounter = id;
    out.bed_before = e.bed;
    out.closed_before = !out.opened && e.ended;
    const auto closing_before = e.closed;
    describe(e, change);
    const auto kind = change.kind == CensusKind::register_ ? CensusKind::admit : change.kind;
    const bool corrects_nothing_known = kind == CensusKind::update && e.movements.empty() && bed.value != 0;
    if (kind != CensusKind::update || corrects_nothing_known) {
        if (e.implied) { // an admission replaces what readings had implied
            e.implied = false;
            if (kind == CensusKind::admit) e.movements.clear();
        }
        e.implied = corrects_nothing_known;
        const Movement m{corrects_nothing_known ? CensusKind::admit : kind, when, bed, told};
        if (std::find(e.movements.begin(), e.movements.end(), m) == e.movements.end()) e.movements.push_back(m);
        derive_stays(e);
        settle(e, now);
    }
    out.bed_now = e.bed;
    out.closed_now = e.ended;
    out.changed =
        out.opened || e.stays != stays_before || e.closed != closing_before || out.closed_before != out.closed_now;
    return out;
}

// A40: prior tokens become aliases; a stay of the prior patient open beside one of the survivor's is absorbed by it.
CensusOutcome merge(State& state, CensusChange const& change, model::EventTime when) {
    CensusOutcome out;
    model::Subject prior;
    prior.visit = change.absorbed_visit;
    prior.patients = change.absorbed_patients;
    const auto survivor = meant(state, change.subject, when);
    const auto absorbed = meant(state, prior, when);
    if (absorbed == nobody && survivor == nobody) {
        out.refused = Reason::unassigned;
        return out;
    }
    out.changed = true;
    if (survivor == nobody || survivor == absorbed) {
        out.encounter = absorbed == nobody ? survivor : absorbed;
        add_aliases(at(state, *out.encounter), change.subject.patients);
        add_aliases(at(state, *out.encounter), change.absorbed_patients);
        return out;
    }
    out.encounter = surviving(state, survivor);
    add_aliases(at(state, survivor), change.absorbed_patients);
    if (absorbed == nobody || surviving(state, absorbed) == *out.encounter) return out;
    out.absorbed = absorbed;
    at(state, absorbed).merged_into = *out.encounter;
    return out;
}

CensusOutcome unmerge(State& state, CensusChange const& change, model::EventTime when) {
    CensusOutcome out;
    model::Subject prior;
    prior.visit = change.absorbed_visit;
    prior.patients = change.absorbed_patients;
    for (auto& e : state.encounters) {
        const bool named = e.pseudonym == change.subject.visit || (!prior.visit.empty() && e.visit == prior.visit);
        if (!named || !e.merged_into) continue;
        out.encounter = e.id;
        out.absorbed = *e.merged_into;
        out.changed = true;
        auto& survivor = at(state, *e.merged_into);
        std::erase_if(survivor.patients, [&e](auto const& p) {
            return std::find(e.patients.begin(), e.patients.end(), p) != e.patients.end();
        });
        e.merged_into.reset();
        out.bed_now = e.bed;
        return out;
    }
    (void)when;
    out.refused = Reason::unassigned;
    return out;
}

} // namespace

CensusOutcome apply(State& state, CensusChange const& change, model::LogTime at, model::EventTime fallback) {
    const auto when = change.effective.value_or(fallback);
    const auto told = change.message_time ? model::EventTime{change.message_time->ms} : when;
    switch (change.kind) {
    case CensusKind::merge: return merge(state, change, when);
    case CensusKind::unmerge: return unmerge(state, change, when);
    case CensusKind::admit:
    case CensusKind::transfer:
    case CensusKind::discharge:
    case CensusKind::register_:
    case CensusKind::update:
    case CensusKind::cancel_admit:
    case CensusKind::cancel_transfer:
    case CensusKind::cancel_discharge: return move(state, change, when, told, model::patient_now(at));
    case CensusKind::unspecified: break;
    }
    CensusOutcome out;
    out.refused = Reason::unassigned;
    return out;
}

} // namespace vigil::core
