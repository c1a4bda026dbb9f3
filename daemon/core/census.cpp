#include "core/census.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <limits>
#include <string_view>
#include <system_error>

namespace vigil::core {

using model::EncounterId;
using model::EventTime;
using model::nobody;
using model::Reason;

namespace {

constexpr EventTime always{std::numeric_limits<std::int64_t>::max()};
constexpr EventTime never{std::numeric_limits<std::int64_t>::min()};

bool share(std::vector<std::string> const& a, std::vector<std::string> const& b) {
    return std::any_of(a.begin(), a.end(), [&b](auto const& x) { return std::find(b.begin(), b.end(), x) != b.end(); });
}

bool lies_in(Stay const& stay, model::BedId bed, EventTime when) {
    return stay.bed == bed && stay.from <= when && (!stay.to || when < *stay.to);
}

// Narrows [from, to) to the piece around `when` in which no stay that touches `bed` begins or ends.
void narrow(State const& state, model::BedId bed, EventTime when, Attribution& a) {
    for (auto const& e : state.encounters)
        for (auto const& s : e.stays) {
            if (s.bed != bed) continue;
            for (auto edge : {std::optional{s.from}, s.to}) {
                if (!edge) continue;
                if (*edge <= when)
                    a.from = std::max(a.from, *edge);
                else
                    a.to = std::min(a.to, *edge);
            }
        }
}

EncounterId by_visit(State const& state, std::string const& visit) {
    if (visit.empty()) return nobody;
    for (auto const& e : state.encounters)
        if (e.visit == visit) return e.id;
    return nobody;
}

// The encounter of a patient at an instant; two open at once is a contradiction nobody here can settle.
Attribution by_patient(State const& state, std::vector<std::string> const& patients, EventTime when) {
    Attribution found{nobody, Reason::unassigned, never, always};
    for (auto const& e : state.encounters) {
        if (e.merged_into || !share(e.patients, patients)) continue;
        for (auto edge : {std::optional{e.opened}, e.closed}) {
            if (!edge) continue;
            if (*edge <= when)
                found.from = std::max(found.from, *edge);
            else
                found.to = std::min(found.to, *edge);
        }
        if (when < e.opened || (e.closed && when >= *e.closed)) continue;
        if (found.encounter != nobody) return {nobody, Reason::identity_conflict, when, when};
        found.encounter = e.id;
        found.reason = Reason::none;
    }
    return found;
}

Attribution conflict(EventTime when) { return {nobody, Reason::identity_conflict, when, when}; }

// Whoever the message names must not contradict who lay in the bed it names.
Attribution checked_against_bed(State const& state, model::Subject const& subject, EventTime when, Attribution found) {
    if (!subject.location) return found;
    const auto bed = find_bed(state, *subject.location);
    if (!bed) return found;
    const auto there = occupants(state, *bed, when);
    narrow(state, *bed, when, found);
    if (found.encounter == nobody) return found;
    const bool other = std::any_of(there.begin(), there.end(), [&](EncounterId e) { return e != found.encounter; });
    const bool self = std::find(there.begin(), there.end(), found.encounter) != there.end();
    return other && !self ? conflict(when) : found;
}

Attribution by_location(State const& state, model::Location const& location, EventTime when) {
    const auto bed = find_bed(state, location);
    if (!bed) return {nobody, Reason::unassigned, when, when};
    Attribution found{nobody, Reason::unassigned, never, always};
    narrow(state, *bed, when, found);
    const auto there = occupants(state, *bed, when);
    if (there.size() > 1) return conflict(when);
    if (there.size() == 1) {
        found.encounter = there.front();
        found.reason = Reason::none;
    }
    return found;
}

std::string pseudonym_of(State const& state, model::Subject const& subject) {
    std::string const& token = !subject.visit.empty()      ? subject.visit
                               : !subject.patients.empty() ? subject.patients.front()
                                                           : std::string{};
    std::string name = "e";
    for (char c : token) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain) name.push_back(c);
        if (name.size() == 13) break;
    }
    if (name.size() < 2) name += "u" + std::to_string(state.encounters.size() + 1);
    // Tokens that begin alike are told apart by a count; one pass, as a feed may give a whole ward such tokens.
    std::vector<unsigned> used; // 1: the name itself
    for (auto const& e : state.encounters) {
        std::string_view rest{e.pseudonym};
        if (!rest.starts_with(name)) continue;
        rest.remove_prefix(name.size());
        unsigned n = 1;
        if (!rest.empty() &&
            (rest.front() != '_' || std::from_chars(rest.data() + 1, rest.data() + rest.size(), n).ec != std::errc{}))
            continue;
        used.push_back(n);
    }
    std::sort(used.begin(), used.end());
    unsigned n = 1;
    for (const auto u : used) n += u == n ? 1 : 0;
    return n == 1 ? name : name + "_" + std::to_string(n);
}

} // namespace

Encounter& at(State& state, EncounterId id) {
    assert(id.value >= 1 && id.value <= state.encounters.size());
    return state.encounters[id.value - 1];
}
Encounter const& at(State const& state, EncounterId id) {
    assert(id.value >= 1 && id.value <= state.encounters.size());
    return state.encounters[id.value - 1];
}

EncounterId surviving(State const& state, EncounterId id) {
    for (std::size_t hops = 0; id != nobody && at(state, id).merged_into; ++hops) {
        assert(hops <= state.encounters.size());
        id = *at(state, id).merged_into;
    }
    return id;
}

std::vector<EncounterId> occupants(State const& state, model::BedId bed, EventTime when) {
    std::vector<EncounterId> out;
    for (auto const& e : state.encounters) {
        if (!std::any_of(e.stays.begin(), e.stays.end(), [&](Stay const& s) { return lies_in(s, bed, when); }))
            continue;
        const auto id = surviving(state, e.id);
        if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(id);
    }
    return out;
}

Attribution attribute(State const& state, model::SubjectId id, EventTime when) {
    assert(id.value >= 1 && id.value <= state.subjects.size());
    auto const& subject = state.subjects[id.value - 1];
    if (const auto claim = state.unassigned.find(id.value);
        claim != state.unassigned.end() && claim->second.claimed_for)
        return {surviving(state, *claim->second.claimed_for), Reason::none, never, always};
    if (const auto named = by_visit(state, subject.visit); named != nobody) {
        auto const& e = at(state, named);
        if (!subject.patients.empty() && !e.patients.empty() && !share(subject.patients, e.patients))
            return conflict(when);
        return checked_against_bed(state, subject, when, {surviving(state, named), Reason::none, never, always});
    }
    if (!subject.visit.empty()) {
        // A visit nobody admitted: the patient or the bed may belong to another stay, so neither may answer for it.
        return {nobody, Reason::unassigned, never, always};
    }
    if (!subject.patients.empty()) {
        auto found = by_patient(state, subject.patients, when);
        return found.reason == Reason::identity_conflict ? found : checked_against_bed(state, subject, when, found);
    }
    if (subject.location) return by_location(state, *subject.location, when);
    return {nobody, Reason::unassigned, never, always};
}

std::optional<model::BedId> find_bed(State const& state, model::Location const& location) {
    for (std::size_t i = 0; i < state.beds.size(); ++i)
        if (state.beds[i] == location) return model::BedId{static_cast<std::uint32_t>(i + 1)};
    return std::nullopt;
}

model::BedId bed_id(State& state, model::Location const& location) {
    if (const auto known = find_bed(state, location)) return *known;
    state.beds.push_back(location);
    return {static_cast<std::uint32_t>(state.beds.size())};
}

model::SubjectId subject_id(State& state, model::Subject const& subject) {
    for (std::size_t i = 0; i < state.subjects.size(); ++i)
        if (state.subjects[i] == subject) return {static_cast<std::uint32_t>(i + 1)};
    state.subjects.push_back(subject);
    return {static_cast<std::uint32_t>(state.subjects.size())};
}

EncounterId open_encounter(State& state, model::Subject const& subject, EventTime from, bool implied) {
    Encounter e;
    e.id = {static_cast<std::uint32_t>(state.encounters.size() + 1)};
    e.pseudonym = pseudonym_of(state, subject);
    e.visit = subject.visit;
    e.patients = subject.patients;
    e.opened = from;
    e.implied = implied;
    if (implied && subject.location)
        e.movements.push_back({CensusKind::admit, from, bed_id(state, *subject.location), from});
    derive_stays(e);
    state.encounters.push_back(std::move(e));
    return state.encounters.back().id;
}

void derive_stays(Encounter& e) {
    std::vector<Movement> log = e.movements;
    const auto in_order_told = [](Movement const& a, Movement const& b) {
        return std::tie(a.told, a.effective, a.kind, a.bed) < std::tie(b.told, b.effective, b.kind, b.bed);
    };
    std::sort(log.begin(), log.end(), in_order_told);
    std::vector<Movement> valid;
    for (auto const& m : log) {
        const auto undoes = m.kind == CensusKind::cancel_admit       ? CensusKind::admit
                            : m.kind == CensusKind::cancel_transfer  ? CensusKind::transfer
                            : m.kind == CensusKind::cancel_discharge ? CensusKind::discharge
                                                                     : CensusKind::unspecified;
        if (undoes == CensusKind::unspecified) {
            valid.push_back(m);
            continue;
        }
        const auto last =
            std::find_if(valid.rbegin(), valid.rend(), [&](Movement const& v) { return v.kind == undoes; });
        if (last != valid.rend()) valid.erase(std::next(last).base());
    }
    std::stable_sort(valid.begin(), valid.end(), [](Movement const& a, Movement const& b) {
        return std::tie(a.effective, a.kind, a.told, a.bed) < std::tie(b.effective, b.kind, b.told, b.bed);
    });
    e.stays.clear();
    e.closed.reset();
    std::optional<EventTime> opened;
    for (auto const& m : valid) {
        if (!opened) opened = m.effective;
        if (m.kind == CensusKind::discharge) {
            e.closed = m.effective;
            if (!e.stays.empty() && !e.stays.back().to) e.stays.back().to = m.effective;
            continue;
        }
        if (e.closed && m.effective >= *e.closed) e.closed.reset(); // admitted again under the same visit
        if (m.bed.value == 0) continue;
        if (!e.stays.empty() && !e.stays.back().to) {
            if (e.stays.back().bed == m.bed) continue;
            e.stays.back().to = m.effective;
        }
        e.stays.push_back({m.bed, m.effective, std::nullopt});
    }
    if (opened) e.opened = *opened;
    if (valid.empty() && !e.movements.empty()) e.closed = e.opened; // a cancelled admission never was
    e.bed = !e.stays.empty() && !e.stays.back().to ? e.stays.back().bed : model::BedId{};
}

} // namespace vigil::core
