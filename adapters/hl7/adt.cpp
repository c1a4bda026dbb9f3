#include "adapters/hl7/adt.hpp"

#include "adapters/runtime/tokens.hpp"

#include <algorithm>
#include <iterator>

namespace vigil::hl7 {

namespace {

using Kind = Movement::Kind;
using adapters::trimmed;

struct Segments {
    std::string_view evn, pid, pv1, mrg;
};

Movement::Sex sex_of(std::string_view letter) {
    letter = trimmed(letter);
    if (letter == "F" || letter == "f") return Movement::Sex::female;
    if (letter == "M" || letter == "m") return Movement::Sex::male;
    return letter == "O" || letter == "A" || letter == "N" ? Movement::Sex::other : Movement::Sex::unknown;
}

std::optional<std::int64_t> instant(std::string_view field, Delimiters const& d, TimeRules const& rules, Notes& notes) {
    const When when = read_time(trimmed(part(first(field, d), d.component, 1)), rules);
    if (when.unreadable) ++notes.unreadable_times;
    // A date alone or a doubtful hour is no moment at which somebody moved.
    if (when.quality == model::TimeQuality::date_only || when.quality == model::TimeQuality::ambiguous)
        return std::nullopt;
    return when.ms;
}

// EVN-6, else PV1-44 (admission, but not the change of class of A06, which comes later) or PV1-45 (discharge), else
// EVN-2, else MSH-7.
std::optional<std::int64_t> effective(Kind kind, std::string_view trigger, Segments const& s, Delimiters const& d,
                                      TimeRules const& rules, std::optional<std::int64_t> message_time, Notes& notes) {
    const Fields evn(s.evn, d), pv1(s.pv1, d);
    if (const auto at = instant(evn[6], d, rules, notes)) return at;
    if ((kind == Kind::admit && trigger != "A06") || kind == Kind::registration)
        if (const auto at = instant(pv1[44], d, rules, notes)) return at;
    if (kind == Kind::discharge)
        if (const auto at = instant(pv1[45], d, rules, notes)) return at;
    if (const auto at = instant(evn[2], d, rules, notes)) return at;
    return message_time;
}

// A visit has another number, or turns out to be one with another.
bool renumbers(std::string_view trigger) { return trigger == "A42" || trigger == "A50"; }

Segments segments_of(Message const& message) {
    Segments out;
    for (const std::string_view segment : message.segments) {
        const std::string_view kind = segment_name(segment);
        if (kind == "EVN")
            out.evn = segment;
        else if (kind == "PID" && out.pid.empty())
            out.pid = segment;
        else if (kind == "PV1" && out.pv1.empty())
            out.pv1 = segment;
        else if (kind == "MRG" && out.mrg.empty())
            out.mrg = segment;
    }
    return out;
}

} // namespace

Kind movement_kind(std::string_view trigger) {
    if (trigger == "A01") return Kind::admit;
    if (trigger == "A02") return Kind::transfer;
    if (trigger == "A03") return Kind::discharge;
    if (trigger == "A04") return Kind::registration;
    // An outpatient who becomes an inpatient is admitted to the bed that is named; the other way he moves to it, if one
    // is.
    if (trigger == "A06") return Kind::admit;
    if (trigger == "A07") return Kind::transfer;
    if (trigger == "A08" || trigger == "A31") return Kind::update;
    if (trigger == "A11") return Kind::cancel_admit;
    if (trigger == "A12") return Kind::cancel_transfer;
    if (trigger == "A13") return Kind::cancel_discharge;
    if (trigger == "A17") return Kind::transfer;
    // A18 and A34 are what versions before 2.3.1 say for A40; A36 merges the account as well.
    if (trigger == "A40" || trigger == "A18" || trigger == "A34" || trigger == "A36") return Kind::merge;
    if (renumbers(trigger)) return Kind::merge;
    return Kind::none;
}

bool moves_nobody(std::string_view trigger) {
    // Announced or called off (A05 A14 to A16, A25 to A27, A38), on leave from a bed that stays his (A21 A22 A52 A53),
    // who is known (A28 A29), who treats him (A54 A55 A61 A62), allergies, the state of a bed.
    constexpr std::string_view triggers[] = {"A05", "A14", "A15", "A16", "A20", "A21", "A22", "A25", "A26", "A27",
                                             "A28", "A29", "A38", "A52", "A53", "A54", "A55", "A60", "A61", "A62"};
    return std::find(std::begin(triggers), std::end(triggers), trigger) != std::end(triggers);
}

namespace {

// Of a visit: MRG-5, or the account where that stands for it.
std::string prior_visit(Segments const& s, TextRules const& text, Settings const& settings, Scratch& scratch) {
    const Fields mrg(s.mrg, text.delimiters);
    auto out = visit_token(mrg[5], text, settings, scratch);
    return out.empty() && settings.visit_from_account ? visit_token(mrg[3], text, settings, scratch) : out;
}

// What is absorbed by a merge of patients (A40), and what was the number of a visit before (A42, A50; A06 and A07 may
// say so).
Fault read_prior(std::string_view trigger, Segments const& s, TextRules const& text, Settings const& settings,
                 Scratch& scratch, Movement& m) {
    if (m.kind == Kind::merge && !renumbers(trigger)) {
        const Fields mrg(s.mrg, text.delimiters);
        m.absorbed_patients = patient_tokens(mrg[1], text, settings, scratch);
        m.absorbed_visit = visit_token(mrg[5], text, settings, scratch);
        return m.absorbed_patients.empty() && m.absorbed_visit.empty() ? Fault::no_merge : Fault::none;
    }
    if (!renumbers(trigger) && trigger != "A06" && trigger != "A07") return Fault::none;
    m.absorbed_visit = prior_visit(s, text, settings, scratch);
    if (renumbers(trigger) && m.subject.visit.empty()) return Fault::no_pv1;
    if (renumbers(trigger) && m.absorbed_visit.empty()) return Fault::no_merge;
    if (m.absorbed_visit == m.subject.visit) m.absorbed_visit.clear();
    return Fault::none;
}

void add_movement(std::string_view trigger, Segments const& s, TextRules const& text, TimeRules const& time,
                  std::optional<std::int64_t> message_time, Settings const& settings, Scratch& scratch, Decoded& out) {
    auto const& d = text.delimiters;
    const Kind kind = movement_kind(trigger);
    Movement m;
    m.kind = kind;
    m.subject = subject_of(s.pid, s.pv1, text, settings, scratch);
    if (trigger == "A31") { // of the person, wherever he lies
        m.subject.location.reset();
        m.subject.visit.clear();
    }
    if (m.subject.patients.empty() && m.subject.visit.empty()) {
        out.fault = Fault::no_patient;
        return;
    }
    // Who has left (PV1-45) lies nowhere: an update of him opens no stay.
    if (kind == Kind::update && !trimmed(Fields(s.pv1, d)[45]).empty()) m.subject.location.reset();
    // Nor does an update that names the unit alone take anybody out of his bed there.
    if (kind == Kind::update && m.subject.location && m.subject.location->bed == "_") m.subject.location.reset();
    if (trigger == "A07" && !m.subject.location) m.kind = Kind::update; // nobody says that the bed is left
    m.effective_ms = effective(kind, trigger, s, d, time, message_time, out.notes);
    m.prior_location = place_of(Fields(s.pv1, d)[6], text, settings, scratch);
    const Fields pid(s.pid, d);
    m.sex = sex_of(component(pid[8], d, 1));
    if (m.effective_ms) m.age = age_years(trimmed(component(pid[7], d, 1)), *m.effective_ms);
    out.fault = read_prior(trigger, s, text, settings, scratch, m);
    if (out.fault != Fault::none) return;
    if (auto card = card_of(s.pid, m.subject, text, settings, scratch)) {
        out.own_cards.push_back(std::move(*card));
        out.cards.push_back(&out.own_cards.back());
    }
    out.movements.push_back(std::move(m));
}

// A40 repeats PID, MRG: each pair is a merge of its own.
void add_merges(std::string_view trigger, Segments s, Message const& message, TextRules const& text,
                TimeRules const& time, std::optional<std::int64_t> message_time, Settings const& settings,
                Scratch& scratch, Decoded& out) {
    unsigned merges = 0;
    for (const std::string_view segment : message.segments) {
        const std::string_view name_of_segment = segment_name(segment);
        if (name_of_segment == "PID") s.pid = segment;
        if (name_of_segment != "MRG" || out.fault != Fault::none) continue;
        s.mrg = segment;
        ++merges;
        add_movement(trigger, s, text, time, message_time, settings, scratch, out);
    }
    if (merges == 0) out.fault = s.pid.empty() ? Fault::no_patient : Fault::no_merge;
}

// A42, A50: each PID begins a visit, whose MRG and PV1 come in either order.
void add_numbers(std::string_view trigger, Segments s, Message const& message, TextRules const& text,
                 TimeRules const& time, std::optional<std::int64_t> message_time, Settings const& settings,
                 Scratch& scratch, Decoded& out) {
    s.pid = s.pv1 = s.mrg = {};
    const auto over = [&] {
        if (s.pid.empty() || out.fault != Fault::none) return;
        if (s.pv1.empty())
            out.fault = Fault::no_pv1;
        else
            add_movement(trigger, s, text, time, message_time, settings, scratch, out);
    };
    bool any = false;
    for (const std::string_view segment : message.segments) {
        const std::string_view name_of_segment = segment_name(segment);
        if (name_of_segment == "PID") {
            over();
            s.pid = segment;
            s.pv1 = s.mrg = {};
            any = true;
        }
        if (name_of_segment == "PV1") s.pv1 = segment;
        if (name_of_segment == "MRG") s.mrg = segment;
    }
    over();
    if (!any) out.fault = Fault::no_patient;
}

// A17: two patients change beds. Half a swap would lay two into one bed, so it is both or none.
void add_swap(std::string_view trigger, Segments s, Message const& message, TextRules const& text,
              TimeRules const& time, std::optional<std::int64_t> message_time, Settings const& settings,
              Scratch& scratch, Decoded& out) {
    s.pid = {};
    unsigned patients = 0;
    for (const std::string_view segment : message.segments) {
        const std::string_view name_of_segment = segment_name(segment);
        if (name_of_segment == "PID") {
            s.pid = segment;
            ++patients;
        }
        if (name_of_segment != "PV1" || s.pid.empty() || out.fault != Fault::none) continue;
        s.pv1 = segment;
        add_movement(trigger, s, text, time, message_time, settings, scratch, out);
        s.pid = {};
    }
    auto const& all = out.movements;
    if (out.fault != Fault::none) return;
    if (patients != 2)
        out.fault = Fault::no_patient;
    else if (all.size() != 2)
        out.fault = Fault::no_pv1;
    else if (!all[0].subject.location || !all[1].subject.location ||
             *all[0].subject.location == *all[1].subject.location)
        out.fault = Fault::no_bed;
}

} // namespace

void read_movements(std::string_view trigger, Message const& message, TextRules const& text, TimeRules const& time,
                    std::optional<std::int64_t> message_time, Settings const& settings, Scratch& scratch,
                    Decoded& out) {
    const Segments s = segments_of(message);
    if (renumbers(trigger)) return add_numbers(trigger, s, message, text, time, message_time, settings, scratch, out);
    if (movement_kind(trigger) == Kind::merge)
        return add_merges(trigger, s, message, text, time, message_time, settings, scratch, out);
    // Which visit begins, moves or ends stands in PV1: without it (a message cut short, most likely) a discharge
    // would close whatever stay the patient has. An update without it says who he is, and no more.
    if (s.pv1.empty() && !s.pid.empty() && movement_kind(trigger) != Kind::update)
        out.fault = Fault::no_pv1;
    else if (trigger == "A17")
        add_swap(trigger, s, message, text, time, message_time, settings, scratch, out);
    else
        add_movement(trigger, s, text, time, message_time, settings, scratch, out);
}

} // namespace vigil::hl7
