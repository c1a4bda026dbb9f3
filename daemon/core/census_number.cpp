// One stay under several names: a visit that was given another number (A06, A07, A42, A50), and a stay that readings
// had opened before anybody said whose it was.

#include "core/census.hpp"

#include <algorithm>
#include <utility>

namespace vigil::core {

using model::EncounterId;
using model::EventTime;
using model::nobody;
using model::Reason;

namespace {

// Of the same patient by neither of the numbers that the message gives him.
bool is_of_another(State const& state, CensusChange const& change, EncounterId id) {
    auto const& e = at(state, id);
    return is_other_person(state, change.subject.patients, e) &&
           (change.absorbed_patients.empty() || is_other_person(state, change.absorbed_patients, e));
}

bool is_closed(Encounter const& e, EventTime when) { return e.closed && *e.closed <= when; }

void leave_only_the_name(Encounter& e, EncounterId owner, EventTime told) {
    e.merged_into = owner;
    e.movements.clear();
    derive_stays(e);
    settle(e, told);
    e.closed = e.opened = told;
    e.ended = true;
}

// Where the prior number's stay had lain before this one began, and until when.
void take_over(State& state, EncounterId from, EncounterId into, EventTime told, EventTime now) {
    auto& prior = at(state, from);
    auto& e = at(state, into);
    for (std::size_t i = 0; i < prior.stays.size(); ++i) {
        auto const& s = prior.stays[i];
        e.movements.push_back({CensusKind::admit, s.from, s.bed, s.from});
        // A bed that was left may be somebody else's since.
        const bool goes_on = i + 1 < prior.stays.size() && prior.stays[i + 1].from == s.to;
        if (s.to && !goes_on && *s.to < e.opened) e.movements.push_back({CensusKind::discharge, *s.to, {}, *s.to});
    }
    if (prior.stays.empty() && !prior.closed)
        e.movements.push_back({CensusKind::admit, prior.opened, {}, prior.opened});
    if (prior.closed && *prior.closed < e.opened && !prior.stays.empty())
        e.movements.push_back({CensusKind::discharge, *prior.closed, {}, *prior.closed});
    leave_only_the_name(prior, into, told);
    derive_stays(e);
    settle(e, now);
}

// Who is admitted or moved under the new number did not leave under the old one.
void undo_ends(Encounter& e, EventTime from, EventTime now) {
    const auto ends = [from](Movement const& m) { return m.kind == CensusKind::discharge && from <= m.effective; };
    if (std::erase_if(e.movements, ends) == 0) return;
    derive_stays(e);
    settle(e, now);
}

} // namespace

bool keep_number(State& state, std::string const& visit, EncounterId owner, EventTime told) {
    if (visit.empty() || with_visit(state, visit) != nobody) return false;
    const model::Subject subject{visit, at(state, owner).patients, {}};
    leave_only_the_name(at(state, open_encounter(state, subject, told, false)), owner, told);
    return true;
}

NumberChange change_number(State& state, CensusChange const& change, EventTime when, EventTime told, EventTime now) {
    auto const& prior = change.absorbed_visit;
    auto const& number = change.subject.visit;
    if (prior.empty() || number.empty() || prior == number) return {};
    const auto had = with_visit(state, prior), has = with_visit(state, number);
    if (had == nobody) return {};
    if (is_of_another(state, change, had) || (has != nobody && is_of_another(state, change, has))) {
        ++state.refused[static_cast<std::uint8_t>(Reason::identity_conflict)];
        return {};
    }
    const auto from = surviving(state, had);
    const bool moves = change.kind == CensusKind::admit || change.kind == CensusKind::transfer;
    if (has == nobody) {
        const bool had_left = at(state, from).ended;
        if (moves) undo_ends(at(state, from), when, now);
        const auto before = std::exchange(at(state, from).visit, number);
        keep_number(state, before, from, told);
        return {true, nobody, {}, had_left && !at(state, from).ended};
    }
    const auto into = surviving(state, has);
    if (from == into) { // told again, or back to the number it had
        auto& name = at(state, has);
        if (had != into || !is_name_only(name) || told < *name.closed) return {};
        std::swap(name.visit, at(state, into).visit);
        name.opened = told;
        name.closed = told;
        return {true, nobody, {}};
    }
    // Two admissions of one stay. One that is open alone stays what it is.
    if (is_closed(at(state, into), when) && !is_closed(at(state, from), when)) return {};
    const auto bed = at(state, from).bed;
    take_over(state, from, into, told, now);
    return {true, from, bed};
}

Yielded yield_bed(State& state, EncounterId named, EventTime now) {
    Yielded out;
    auto const& comes = at(state, named);
    if (is_unnamed(comes) || comes.stays.empty() || comes.stays.back().to || comes.merged_into || comes.ended)
        return out;
    const auto bed = comes.stays.back().bed;
    const auto from = comes.stays.back().from;
    const bool told = !is_of_readings_alone(comes);
    for (auto& e : state.encounters) {
        if (e.id == named || e.merged_into || e.stays.empty() || !is_of_readings_alone(e)) continue;
        auto const& stay = e.stays.back();
        if (stay.bed != bed || (stay.to && *stay.to <= from)) continue;
        const bool unnamed = is_unnamed(e);
        const bool same = told && is_same_person(e.patients, comes.patients);
        if (!unnamed && !same) continue;
        if (same || e.opened >= from) {
            leave_only_the_name(e, named, from);
            out.absorbed.push_back(e.id);
            continue;
        }
        std::erase_if(e.movements, [](Movement const& m) { return m.kind == CensusKind::discharge; });
        e.movements.push_back({CensusKind::discharge, from, {}, from});
        derive_stays(e);
        settle(e, now);
        out.ended.push_back(e.id);
    }
    return out;
}

} // namespace vigil::core
