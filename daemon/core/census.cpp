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

// The part of a token that says whose numbering it is of (adapters put it behind a dot); none: nobody said.
std::string_view authority_of(std::string_view token) {
    const auto dot = token.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : token.substr(dot + 1);
}

bool lies_in(Stay const& stay, model::BedId bed, EventTime when) {
    return stay.bed == bed && stay.from <= when && (!stay.to || when < *stay.to);
}

// A stay that was absorbed ends where the record that has it says that the patient lies elsewhere, or has left.
Stay as_known(State const& state, Encounter const& e, Stay stay) {
    if (!e.merged_into || stay.to) return stay;
    auto const& held = at(state, surviving(state, e.id));
    const auto ends = [&stay](EventTime when) {
        if (stay.from < when && (!stay.to || when < *stay.to)) stay.to = when;
    };
    for (auto const& s : held.stays) ends(s.from);
    if (held.closed) ends(*held.closed);
    return stay;
}

// Narrows [from, to) to the piece around `when` in which no stay that touches `bed` begins or ends.
void narrow(State const& state, model::BedId bed, EventTime when, Attribution& a) {
    for (auto const& e : state.encounters)
        for (auto const& told : e.stays) {
            if (told.bed != bed) continue;
            const auto s = as_known(state, e, told);
            for (auto edge : {std::optional{s.from}, s.to}) {
                if (!edge) continue;
                if (*edge <= when)
                    a.from = std::max(a.from, *edge);
                else
                    a.to = std::min(a.to, *edge);
            }
        }
}

// The encounter of a patient at an instant; two open at once is a contradiction nobody here can settle, but for one
// that readings alone had opened beside one that was told.
Attribution by_patient(State const& state, std::vector<std::string> const& patients, EventTime when) {
    Attribution found{nobody, Reason::unassigned, never, always};
    bool of_readings = false;
    for (auto const& e : state.encounters) {
        if (e.merged_into || !is_same_person(e.patients, patients)) continue;
        for (auto edge : {std::optional{e.opened}, e.closed}) {
            if (!edge) continue;
            if (*edge <= when)
                found.from = std::max(found.from, *edge);
            else
                found.to = std::min(found.to, *edge);
        }
        if (when < e.opened || (e.closed && when >= *e.closed)) continue;
        const bool read = is_of_readings_alone(e);
        if (found.encounter != nobody && read == of_readings) return {nobody, Reason::identity_conflict, when, when};
        if (found.encounter != nobody && read) continue;
        found.encounter = e.id;
        found.reason = Reason::none;
        of_readings = read;
    }
    return found;
}

Attribution conflict(EventTime when) { return {nobody, Reason::identity_conflict, when, when}; }

// Whoever the message names must not contradict who lay in the bed it names: when the reading was true, or when the
// message was sent, as a laboratory gives the bed of now with a sample of before a transfer.
Attribution checked_against_bed(State const& state, model::Subject const& subject, EventTime when, EventTime told,
                                Attribution found) {
    if (!subject.location || found.reason == Reason::identity_conflict) return found;
    const auto bed = find_bed(state, *subject.location);
    if (!bed) return found;
    const auto there = occupants(state, *bed, when);
    narrow(state, *bed, when, found);
    if (found.encounter == nobody) return found;
    const auto among = [&](std::vector<EncounterId> const& all) {
        return std::find(all.begin(), all.end(), found.encounter) != all.end();
    };
    if (there.empty() || among(there)) return found;
    if (!among(occupants(state, *bed, told))) return conflict(when);
    found.from = found.to = when; // it holds for this message, not for the stream
    return found;
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

CensusKind cancelled_by(CensusKind kind) {
    switch (kind) {
    case CensusKind::cancel_admit: return CensusKind::admit;
    case CensusKind::cancel_transfer: return CensusKind::transfer;
    case CensusKind::cancel_discharge: return CensusKind::discharge;
    default: return CensusKind::unspecified;
    }
}

bool arrives(Movement const& m) { return m.kind == CensusKind::admit || m.kind == CensusKind::transfer; }

// The same kind, effective time and bed is one movement however often it is told; a discharge need not name the bed.
bool says_again(Movement const& a, Movement const& b) {
    return a.kind == b.kind && a.effective == b.effective && (a.bed == b.bed || a.kind == CensusKind::discharge);
}

// He leaves once until he comes again: discharges with no arrival between them, of those that have come `by` then, tell
// of one leaving.
bool is_one_leaving(Movement const& a, Movement const& b, std::vector<Movement> const& arrivals, EventTime by) {
    if (a.kind != CensusKind::discharge || b.kind != CensusKind::discharge) return false;
    const auto first = std::min(a.effective, b.effective), last = std::min(std::max(a.effective, b.effective), by);
    return std::none_of(arrivals.begin(), arrivals.end(),
                        [first, last](Movement const& m) { return first < m.effective && m.effective <= last; });
}

// Of a log in the order told what still stands: a cancellation undoes the newest of its kind told before it, and a
// discharge that had not happened yet gives way to another time of it. One that had happened stays: the bed may be
// somebody else's since.
std::vector<Movement> standing(std::vector<Movement> const& log, std::vector<Movement> const& arrivals) {
    std::vector<Movement> valid, undone;
    for (auto const& m : log) {
        const auto undoes = cancelled_by(m.kind);
        if (undoes == CensusKind::unspecified) {
            std::erase_if(valid, [&](Movement const& v) {
                return m.told < v.effective && is_one_leaving(v, m, arrivals, m.told);
            });
            valid.push_back(m);
            std::erase_if(undone, [&m](Movement const& c) { return cancelled_by(c.kind) == m.kind; });
            continue;
        }
        // What is told again, told later, is the same movement or the same cancellation.
        if (std::any_of(undone.begin(), undone.end(), [&m](Movement const& c) { return says_again(c, m); })) continue;
        undone.push_back(m);
        const auto last =
            std::find_if(valid.rbegin(), valid.rend(), [&](Movement const& v) { return v.kind == undoes; });
        if (last == valid.rend()) continue;
        const Movement newest = *last;
        std::erase_if(valid, [&](Movement const& v) {
            return says_again(v, newest) || is_one_leaving(v, newest, arrivals, always);
        });
    }
    return valid;
}

// In an order of their own. Arrivals first, also those told late: which discharges are one is seen by them.
std::vector<Movement> standing(std::vector<Movement> log) {
    std::sort(log.begin(), log.end(), [](Movement const& a, Movement const& b) {
        return std::tie(a.told, a.effective, a.kind, a.bed) < std::tie(b.told, b.effective, b.kind, b.bed);
    });
    auto arrivals = standing(log, {});
    std::erase_if(arrivals, [](Movement const& m) { return !arrives(m); });
    auto valid = standing(log, arrivals);
    std::stable_sort(valid.begin(), valid.end(), [](Movement const& a, Movement const& b) {
        return std::tie(a.effective, a.kind, a.told, a.bed) < std::tie(b.effective, b.kind, b.told, b.bed);
    });
    return valid;
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
        const auto there = [&](Stay const& s) {
            return lies_in(s, bed, when) && lies_in(as_known(state, e, s), bed, when);
        };
        if (!std::any_of(e.stays.begin(), e.stays.end(), there)) continue;
        const auto id = surviving(state, e.id);
        if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(id);
    }
    const auto unnamed = [&](EncounterId id) { return is_unnamed(at(state, id)); };
    if (out.size() > 1 && !std::all_of(out.begin(), out.end(), unnamed)) std::erase_if(out, unnamed);
    return out;
}

EncounterId with_visit(State const& state, std::string const& visit) {
    if (visit.empty()) return nobody;
    for (auto const& e : state.encounters)
        if (e.visit == visit) return e.id;
    return nobody;
}

bool is_name_only(Encounter const& e) { return e.merged_into && e.movements.empty() && e.closed; }

bool is_unnamed(Encounter const& e) { return e.implied && e.visit.empty() && e.patients.empty(); }

bool is_of_readings_alone(Encounter const& e) {
    const auto told = [](Movement const& m) { return m.kind == CensusKind::update; };
    return e.implied && std::none_of(e.movements.begin(), e.movements.end(), told);
}

bool contradicts(std::vector<std::string> const& a, std::vector<std::string> const& b) {
    const auto of = [](std::string_view authority, std::vector<std::string> const& all) {
        std::vector<std::string> out;
        for (auto const& x : all)
            if (authority_of(x) == authority) out.push_back(x);
        return out;
    };
    // A placeholder (999-99-9999) is shared by strangers: who numbers both of them knows better.
    for (auto const& x : a) {
        const auto authority = authority_of(x);
        if (authority.empty()) continue;
        const auto theirs = of(authority, b);
        if (!theirs.empty() && !share(of(authority, a), theirs)) return true;
    }
    if (share(a, b)) return false;
    return std::any_of(a.begin(), a.end(), [&b](auto const& x) {
        return std::any_of(b.begin(), b.end(), [&x](auto const& y) { return authority_of(x) == authority_of(y); });
    });
}

bool is_same_person(std::vector<std::string> const& a, std::vector<std::string> const& b) {
    return share(a, b) && !contradicts(a, b);
}

EncounterId lying_in(State const& state, std::vector<std::string> const& patients, model::Location const& location,
                     EventTime when) {
    const auto bed = find_bed(state, location);
    if (!bed) return nobody;
    EncounterId found = nobody;
    for (const auto id : occupants(state, *bed, when)) {
        if (!is_same_person(at(state, id).patients, patients)) continue;
        if (found != nobody) return nobody;
        found = id;
    }
    return found;
}

bool is_other_person(State const& state, std::vector<std::string> const& patients, Encounter const& e) {
    // After a merge senders name the absorbed visit with the survivor's number.
    return contradicts(patients, e.patients) &&
           (!e.merged_into || contradicts(patients, at(state, surviving(state, e.id)).patients));
}

Attribution attribute(State const& state, model::SubjectId id, EventTime when, EventTime told) {
    assert(id.value >= 1 && id.value <= state.subjects.size());
    auto const& subject = state.subjects[id.value - 1];
    if (const auto named = with_visit(state, subject.visit); named != nobody) {
        if (is_other_person(state, subject.patients, at(state, named))) return conflict(when);
        return checked_against_bed(state, subject, when, told, {surviving(state, named), Reason::none, never, always});
    }
    if (!subject.patients.empty()) {
        auto found = by_patient(state, subject.patients, when);
        if (found.reason == Reason::identity_conflict && subject.location)
            if (const auto there = lying_in(state, subject.patients, *subject.location, when); there != nobody)
                found = {there, Reason::none, when, when};
        // A visit nobody admitted is this patient's stay only where the stay's own visit was never told.
        if (!subject.visit.empty() && (found.encounter == nobody || !at(state, found.encounter).visit.empty()))
            return {nobody, Reason::unassigned, when, when};
        return checked_against_bed(state, subject, when, told, found);
    }
    // A visit nobody admitted: the bed may belong to another stay, so it may not answer for it.
    if (!subject.visit.empty()) return {nobody, Reason::unassigned, never, always};
    if (subject.location) return by_location(state, *subject.location, when);
    return {nobody, Reason::unassigned, never, always};
}

Attribution attribute(State const& state, model::SubjectId id, model::SourceId source, EventTime when, EventTime told) {
    const auto found = attribute(state, id, when, told);
    return found.encounter == nobody ? claimed(state, id, source, when).value_or(found) : found;
}

std::optional<Attribution> claimed(State const& state, model::SubjectId id, model::SourceId source, EventTime when) {
    const auto key = state.unassigned.find({id.value, source.value});
    if (key == state.unassigned.end() || !key->second.claimed_for || when > key->second.claimed_until)
        return std::nullopt;
    return Attribution{surviving(state, *key->second.claimed_for), Reason::none, when, when};
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

model::Subject subject_attested(Encounter const& encounter, model::Location const& bed) {
    model::Subject subject;
    subject.visit = encounter.visit;
    if (encounter.visit.empty()) subject.patients = encounter.patients;
    if (encounter.visit.empty() && encounter.patients.empty()) subject.location = bed;
    return subject;
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
    settle(e, from);
    state.encounters.push_back(std::move(e));
    return state.encounters.back().id;
}

void derive_stays(Encounter& e) {
    auto valid = standing(e.movements);
    // Until an admission or a transfer is told, an update that names a bed stands in for it; after a discharge it may
    // not.
    if (!valid.empty() && valid.front().kind == CensusKind::update &&
        std::none_of(e.movements.begin(), e.movements.end(), arrives))
        valid.front().kind = CensusKind::admit;
    e.stays.clear();
    e.closed.reset();
    std::optional<EventTime> opened;
    EventTime told = never; // of what the present stay rests on
    EventTime end_told = never;
    for (auto const& m : valid) {
        if (m.kind == CensusKind::update) { // a location correction without movement: it was this bed all along
            if (!opened || e.closed || m.told < told) continue;
            if (e.stays.empty()) e.stays.push_back({m.bed, *opened, std::nullopt});
            e.stays.back().bed = m.bed;
            continue;
        }
        if (!opened) opened = m.effective;
        if (m.kind == CensusKind::discharge) {
            // The first empties the bed; what is told last is when the visit ended.
            if (!e.closed || end_told <= m.told) {
                e.closed = m.effective;
                end_told = m.told;
            }
            if (!e.stays.empty() && !e.stays.back().to) e.stays.back().to = m.effective;
            continue;
        }
        if (e.closed && m.effective >= *e.closed) e.closed.reset(); // admitted again under the same visit
        if (m.bed.value == 0) continue;
        told = m.told;
        if (!e.stays.empty() && !e.stays.back().to) {
            if (e.stays.back().bed == m.bed) continue;
            e.stays.back().to = m.effective;
        }
        e.stays.push_back({m.bed, m.effective, std::nullopt});
    }
    if (opened) e.opened = *opened;
    if (!opened && !e.movements.empty()) e.closed = e.opened; // a cancelled admission never was
    e.bed = !e.stays.empty() && !e.stays.back().to ? e.stays.back().bed : model::BedId{};
}

void settle(Encounter& e, EventTime now) {
    e.ahead.reset();
    const auto comes = [&](EventTime when) {
        if (now < when && (!e.ahead || when < *e.ahead)) e.ahead = when;
    };
    // What ends where it began never was: a cancelled admission.
    e.ended = e.closed && (*e.closed <= now || *e.closed <= e.opened);
    if (e.closed && !e.ended) comes(*e.closed);
    e.bed = {};
    for (auto const& s : e.stays) {
        if (s.to && *s.to <= now) continue;
        e.bed = s.bed; // who is expected already has it: better looked at too early than not at all
        if (s.to) comes(*s.to);
        break;
    }
}

} // namespace vigil::core
