#pragma once
// What the core decided, as subscribers see it: the payload of an envelope and the topic it goes out on.

#include "core/effect.hpp"
#include "core/state.hpp"
#include "wire/topic.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vigil::v1 {
class Decision;
class Envelope;
class Evidence;
class Score;
class Alert;
class BedEvent;
class BedStatus;
class SourceStatus;
class ObservedValue;
class DaemonStatus;
class Encounter;
} // namespace vigil::v1

namespace vigil::wire {

// Where a publication goes, and under which name the newest of its kind is kept for snapshots (empty: it is not kept).
struct Address {
    TopicClass cls{};
    std::string unit, bed, key;
    std::string slot;
};

// The words a publication needs: dictionaries and definitions as they are when the effect happened.
struct Words {
    core::State const& state;
    core::Rulebook const& rules;
};

// Fills the payload and the event time; empty when this effect is answered, not published. Sequence, count, times of
// the journal and flags are the publisher's.
std::optional<Address> write_effect(core::Effect const& effect, Words const& words, v1::Envelope& out);

Address write_score(model::EncounterId encounter, model::BedId bed, model::Score const& score, bool correction,
                    Words const& words, v1::Envelope& out);
Address write_alert(alerts::Alert const& alert, Words const& words, v1::Envelope& out);
Address write_bed_event(core::BedChanged const& change, Words const& words, v1::Envelope& out);
// Freshness of what an occupied bed has sent.
Address write_bed_status(core::Encounter const& encounter, Words const& words, v1::Envelope& out);
Address write_source_status(core::Source const& source, Words const& words, v1::Envelope& out);
// The address of a bed's `obs` frame; values are added with write_observed.
Address observations_address(core::Encounter const& encounter, Words const& words);
void write_observed(model::Signal signal, core::Newest const& newest, v1::ObservedValue& out);

void write_decision(alerts::Decision const& decision, v1::Decision& out);

// Payloads alone, for answers to queries.
void write_score(model::EncounterId encounter, model::BedId bed, model::Score const& score, bool correction,
                 Words const& words, v1::Score& out);
void write_encounter(core::Encounter const& encounter, Words const& words, v1::Encounter& out);
// Sources, beds, unmapped codes, unassigned subjects, counts: at most `rows` of each list.
void write_status(Words const& words, int rows, v1::DaemonStatus& out);

// How `vigil status` names a subject that nobody can claim, and how `vigil assign` names it back.
std::string subject_key(model::Subject const& subject);

} // namespace vigil::wire
