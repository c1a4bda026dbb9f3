// What ADT messages and `vigil census` do to the census: admit, transfer, discharge, their cancellations, merge and
// unmerge.

#include "core/census.hpp"

#include <algorithm>
#include <limits>

namespace vigil::core {

using model::EncounterId;
using model::nobody;
using model::Reason;

namespace {

constexpr model::EventTime always_before{std::numeric_limits<std::int64_t>::min()};

void add_aliases(Encounter& e, std::vector<std::string> const& patients) {
    for (auto const& p : patients)
        if (std::find(e.patients.begin(), e.patients.end(), p) == e.patients.end()) e.patients.push_back(p);
}

bool is_open(Encounter const& e, model::EventTime when) {
    return !e.merged_into && e.opened <= when && (!e.closed || when < *e.closed);
}

// The encounter a message means: by visit, else the patient's present stay whose visit nobody has told yet; without a
// visit the patient's stay at the effective time (one that was told before one of readings), else the patient's newest
// one.
EncounterId meant(State const& state, model::Subject const& subject, model::EventTime when) {
    EncounterId newest = nobody, untold = nobody, read = nobody;
    for (auto const& e : state.encounters) {
        if (!subject.visit.empty() && e.visit == subject.visit) return e.id;
        if (e.merged_into || !is_same_person(e.patients, subject.patients)) continue;
        if (!subject.visit.empty()) {
            if (e.visit.empty() && (!e.closed || is_open(e, when))) untold = e.id;
            continue;
        }
        const bool open = is_open(e, when);
        if (open && !is_of_readings_alone(e)) return e.id;
        if (open && read == nobody) read = e.id;
        if (newest == nobody || at(state, newest).opened < e.opened) newest = e.id;
    }
    if (!subject.visit.empty()) return untold;
    return read != nobody ? read : newest;
}

// A patient may be here and in dialysis: a movement that names no visit is that of the stay lying where it says that
// the patient lay, or where it says he lies.
struct Named {
    EncounterId stay = nobody;
    bool several = false; // and nobody can tell which is meant
};
Named named_by_bed(State const& state, CensusChange const& change, model::EventTime when) {
    auto const& subject = change.subject;
    const bool arrives = change.kind == CensusKind::admit || change.kind == CensusKind::register_;
    const bool describes = change.kind == CensusKind::update && !subject.location;
    if (!subject.visit.empty() || arrives || describes) return {};
    const auto open = std::count_if(state.encounters.begin(), state.encounters.end(), [&](Encounter const& e) {
        return is_open(e, when) && !is_of_readings_alone(e) && is_same_person(e.patients, subject.patients);
    });
    if (open < 2) return {};
    for (auto const& place : {change.prior_location, subject.location})
        if (place)
            if (const auto there = lying_in(state, subject.patients, *place, when); there != nobody)
                return {there, false};
    return {nobody, true};
}

// A stay that readings of this bed alone had implied, and that nobody has named yet.
EncounterId implied_in(State const& state, model::Subject const& subject) {
    const auto bed = subject.location ? find_bed(state, *subject.location) : std::nullopt;
    if (!bed) return nobody;
    for (auto const& e : state.encounters)
        if (e.implied && !e.closed && !e.merged_into && e.visit.empty() && e.patients.empty() && e.bed == *bed)
            return e.id;
    return nobody;
}

EncounterId for_admission(State& state, CensusChange const& change, model::EventTime when, bool& opened) {
    const auto known = meant(state, change.subject, when);
    // Without a visit number, a patient who was discharged comes back as a new stay.
    if (known != nobody &&
        (!change.subject.visit.empty() || !at(state, known).closed || when < *at(state, known).closed))
        return known;
    const bool arrives = change.kind == CensusKind::admit || change.kind == CensusKind::register_;
    if (const auto there = arrives ? implied_in(state, change.subject) : nobody; there != nobody) return there;
    opened = true;
    return open_encounter(state, change.subject, when, false);
}

void describe(Encounter& e, CensusChange const& change) {
    add_aliases(e, change.subject.patients);
    if (e.visit.empty()) e.visit = change.subject.visit;
    if (change.age_years) e.age_years = change.age_years;
    if (change.sex != Sex::unspecified) e.sex = change.sex;
}

// The first instant at which somebody lay elsewhere by `a` than by `b`.
std::optional<model::EventTime> first_difference(std::vector<Stay> const& a, std::vector<Stay> const& b) {
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        if (i >= a.size()) return b[i].from;
        if (i >= b.size()) return a[i].from;
        if (a[i].bed != b[i].bed || a[i].from != b[i].from) return std::min(a[i].from, b[i].from);
        if (a[i].to != b[i].to)
            return a[i].to && b[i].to ? std::min(*a[i].to, *b[i].to) : a[i].to ? *a[i].to : *b[i].to;
    }
    return std::nullopt;
}

// The stay a movement speaks of, opened where it is the first to; nobody: the outcome says why.
EncounterId moved_by(State& state, CensusChange const& change, model::EventTime when, model::EventTime told,
                     CensusOutcome& out) {
    // A discharge or cancellation can overtake the admission it belongs to: the stay is opened by whichever comes
    // first. An update opens one only where it names a bed, as a stand-in until the admission is told. A person who
    // moves or discharges a visit that nobody knows has mistyped it.
    const bool arrives = change.kind == CensusKind::admit || change.kind == CensusKind::register_;
    const bool may_open =
        change.by_hand() ? arrives : change.kind != CensusKind::update || change.subject.location.has_value();
    const auto refuse = [&out](Reason why) {
        out.refused = why;
        return nobody;
    };
    const auto named = named_by_bed(state, change, when);
    if (named.several) return refuse(Reason::identity_conflict);
    auto id = named.stay != nobody ? named.stay
              : may_open           ? for_admission(state, change, when, out.opened)
                                   : meant(state, change.subject, when);
    // Under a number that was given up only what was told before that is still believed, and nobody leaves.
    if (id != nobody && is_name_only(at(state, id)))
        id = told < *at(state, id).closed && change.kind != CensusKind::discharge ? surviving(state, id) : nobody;
    if (id == nobody) return refuse(Reason::unassigned);
    if (is_other_person(state, change.subject.patients, at(state, id)))
        return refuse(Reason::identity_conflict); // a visit of somebody else: moves nobody
    // By hand nobody is moved who has left, but for calling the discharge back.
    if (change.by_hand() && !arrives && change.kind != CensusKind::cancel_discharge && at(state, id).ended)
        return refuse(Reason::unassigned);
    return id;
}

CensusOutcome move(State& state, CensusChange const& change, model::EventTime when, model::EventTime told,
                   model::EventTime now) {
    CensusOutcome out;
    const auto number = change_number(state, change, when, told, now);
    const auto id = moved_by(state, change, when, told, out);
    if (id == nobody) return out;
    const auto bed = change.subject.location ? bed_id(state, *change.subject.location) : model::BedId{};
    auto& e = at(state, id);
    const auto stays_before = e.stays;
    const auto named_before = std::pair{e.visit, e.patients};
    const auto described_before = std::pair{e.age_years, e.sex};
    out.encounter = id;
    out.bed_before = e.bed;
    out.closed_before = !out.opened && (e.ended || number.returns);
    const auto closing_before = e.closed;
    describe(e, change);
    const auto kind = change.kind == CensusKind::register_ ? CensusKind::admit : change.kind;
    const bool corrects_nothing_known = kind == CensusKind::update && e.movements.empty() && bed.value != 0;
    if (kind != CensusKind::update || bed.value != 0) {
        if (e.implied && kind != CensusKind::update) { // an admission replaces what readings had implied
            e.implied = false;
            if (kind == CensusKind::admit)
                std::erase_if(e.movements, [](Movement const& m) { return m.kind != CensusKind::update; });
        }
        if (corrects_nothing_known) e.implied = true;
        const Movement m{kind, when, bed, told};
        if (std::find(e.movements.begin(), e.movements.end(), m) == e.movements.end()) e.movements.push_back(m);
        derive_stays(e);
        settle(e, now);
    }
    out.bed_now = e.bed;
    out.closed_now = e.ended;
    out.stays_differ_from = first_difference(stays_before, e.stays);
    out.changed = out.opened || number.changed || e.stays != stays_before || e.closed != closing_before ||
                  out.closed_before != out.closed_now || named_before != std::pair{e.visit, e.patients};
    out.described = described_before != std::pair{e.age_years, e.sex};
    if (number.absorbed != nobody) {
        out.absorbed = number.absorbed;
        out.absorbed_bed = number.bed;
    }
    if (number.absorbed != nobody || number.returns) out.stays_differ_from = always_before;
    if (out.changed) out.yielded = yield_bed(state, id, now);
    if (!out.yielded.absorbed.empty()) out.stays_differ_from = always_before;
    if (keep_number(state, change.absorbed_visit, id, told)) out.changed = true; // `e` may stand elsewhere now
    return out;
}

// Both have each other's numbers from now on: senders name the prior patient's visits with the survivor's number.
void share_aliases(State& state, CensusChange const& change, EncounterId absorbed) {
    std::vector<EncounterId> theirs;
    for (auto const& e : state.encounters)
        if (e.id != absorbed && !e.merged_into &&
            (is_same_person(e.patients, change.subject.patients) ||
             is_same_person(e.patients, change.absorbed_patients)))
            theirs.push_back(e.id);
    for (const auto id : theirs) {
        add_aliases(at(state, id), change.subject.patients);
        add_aliases(at(state, id), change.absorbed_patients);
    }
}

// A40: the patients' numbers become aliases; a stay of the prior patient open beside one of the survivor's is absorbed
// by it. One that is open alone stays what it is.
CensusOutcome merge(State& state, CensusChange const& change, model::EventTime when, model::EventTime told,
                    model::EventTime now) {
    CensusOutcome out;
    // Visits alone are named (A42, A50): a person may know better, a sender that contradicts itself does not.
    const auto had = with_visit(state, change.absorbed_visit);
    if (had != nobody && !change.by_hand() && change.absorbed_patients.empty() &&
        is_other_person(state, change.subject.patients, at(state, had))) {
        out.refused = Reason::identity_conflict;
        return out;
    }
    const auto has = with_visit(state, change.subject.visit);
    if (!change.by_hand() && (has == nobody || is_name_only(at(state, has)))) {
        const auto number = change_number(state, change, when, told, now);
        if (number.absorbed != nobody) out.absorbed = number.absorbed;
        out.absorbed_bed = number.bed;
    }
    model::Subject prior;
    prior.visit = change.absorbed_visit;
    prior.patients = change.absorbed_patients;
    auto survivor = meant(state, change.subject, when);
    const auto absorbed = meant(state, prior, when);
    if (absorbed == nobody && survivor == nobody) {
        out.refused = Reason::unassigned;
        return out;
    }
    out.changed = true;
    out.stays_differ_from = always_before;
    if (survivor != nobody) survivor = surviving(state, survivor);
    const bool joins = survivor != nobody && absorbed != nobody && survivor != surviving(state, absorbed) &&
                       is_open(at(state, survivor), when) && is_open(at(state, absorbed), when);
    share_aliases(state, change, joins ? absorbed : nobody);
    out.encounter = survivor == nobody || (!joins && absorbed != nobody && is_open(at(state, absorbed), when))
                        ? surviving(state, absorbed)
                        : survivor;
    auto& e = at(state, *out.encounter);
    add_aliases(e, change.subject.patients);
    add_aliases(e, change.absorbed_patients);
    if (joins) {
        out.absorbed = absorbed;
        out.absorbed_bed = at(state, absorbed).bed;
        at(state, absorbed).merged_into = survivor;
    }
    out.bed_before = out.bed_now = e.bed;
    out.closed_before = out.closed_now = e.ended;
    if (!change.by_hand() && change.absorbed_patients.empty() && !e.visit.empty() && e.visit == change.subject.visit)
        keep_number(state, change.absorbed_visit, *out.encounter, told); // `e` may stand elsewhere now
    return out;
}

CensusOutcome unmerge(State& state, CensusChange const& change, model::EventTime when) {
    CensusOutcome out;
    model::Subject prior;
    prior.visit = change.absorbed_visit;
    prior.patients = change.absorbed_patients;
    for (auto& e : state.encounters) {
        const bool named = e.pseudonym == change.subject.visit || (!prior.visit.empty() && e.visit == prior.visit);
        if (!named || !e.merged_into || is_name_only(e)) continue;
        out.encounter = e.id;
        out.absorbed = *e.merged_into;
        out.changed = true;
        out.stays_differ_from = always_before;
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
    case CensusKind::merge: return merge(state, change, when, told, model::patient_now(at));
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
