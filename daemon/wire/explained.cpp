#include "wire/explained.hpp"

#include "wire/compared.hpp"
#include "wire/instant.hpp"
#include "wire/meanings.hpp"
#include "wire/words.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace vigil::wire {

namespace {

// A name of the wire with what it means.
std::string with_meaning(std::string const& name, std::string_view meaning) {
    return meaning.empty() ? name : fmt::format("{}: {}", name, meaning);
}

// A dose that nobody can tell; what needs no unit (GCS, INR) is often told without one.
bool is_in_no_unit(v1::Evidence const& e, Told const& told) {
    return e.has_mantissa() && e.unit().empty() && e.compared().empty() && told.flags != nullptr &&
           std::find(told.flags->begin(), told.flags->end(), name_of(model::Flag::unit_suspect)) != told.flags->end();
}

std::string explained(v1::Evidence const& e, Told const& told) {
    std::string out = fmt::format("  {:<26} {:<12}", name_shown(e, told), verdict(e));
    if (e.has_mantissa() || !e.coded().empty()) out += " " + value_of(e);
    if (is_in_no_unit(e, told)) out += " (unit not understood)";
    if (const auto met = comparison(e, told); !met.empty()) out += "  " + met;
    if (!e.reason().empty() && e.reason() != verdict(e))
        out += "  because " + with_meaning(e.reason(), meaning_of_reason(e.reason()));
    if (e.has_event_time_ms()) out += "\n      measured " + show_instant(e.event_time_ms());
    if (!e.source().empty() || !e.code().empty())
        out += fmt::format("  from {} as {} {}", e.source(), e.system(), e.code());
    if (e.journal_seq() != 0) out += fmt::format("  journal {}.{}", e.journal_seq(), e.index());
    return out + "\n";
}

// The rule's table, the row reached marked.
std::string levels_of(v1::Alert const& a) {
    int reached = -1;
    for (int i = 0; i < a.levels_size(); ++i)
        if (a.levels(i).at() <= a.level()) reached = i;
    std::string out;
    for (int i = 0; i < a.levels_size(); ++i) {
        auto const& level = a.levels(i);
        out += fmt::format("  {:<4} {:<12} {}{}\n", level.at(),
                           word(level.priority(), v1::Priority_Name(level.priority()), "PRIORITY_"), level.word(),
                           i == reached ? "  <- reached, at level " + std::to_string(a.level()) : "");
    }
    return out.empty() ? out : "\nlevels of the rule\n" + out;
}

std::string decision(v1::Decision const& d) {
    return "by " + d.by() + " at " + show_instant(d.at_ms()) +
           (d.has_until_ms() ? " until " + show_instant(d.until_ms()) : "") + ", because " + d.reason();
}

std::string rise_of(v1::Alert const& a) {
    if (!a.has_rise()) return {};
    std::string out =
        fmt::format("\nrise from {} to {}\n", show_instant(a.rise().from_ms()), show_instant(a.rise().to_ms()));
    for (auto const& organ : a.rise().organs())
        out += organ.counted() ? fmt::format("  {:<8} {} -> {}\n", organ.part(), organ.before(), organ.after())
                               : fmt::format("  {:<8} left out, not valued at both ends\n", organ.part());
    return out;
}

} // namespace

std::string explained(v1::Alert const& a) {
    std::string out = fmt::format("{} ({}), revision {}\n{}\n\n", a.rule(), priority(a), a.revision(), a.reason());
    const auto row = [&](std::string_view name, std::string const& value) {
        if (!value.empty()) out += fmt::format("{:<16} {}\n", name, value);
    };
    const auto instant = [&](std::string_view name, std::int64_t ms) {
        row(name, ms == 0 ? std::string() : show_instant(ms));
    };
    row("alert", a.id());
    row("where", a.unit() + "/" + a.bed() + (a.encounter().empty() ? "" : ", encounter " + a.encounter()));
    row("condition", condition(a) + (a.confirmed() ? "" : ", not confirmed yet"));
    row("signal", signal_state(a));
    row("decided by", a.rule() + (a.policy().empty() ? "" : " on " + a.policy()));
    row("criterion", a.criterion());
    row("citation", a.citation());
    row("reason for it", a.rationale());
    row("rulebook digest", a.rule_digest());
    instant("true since", a.true_since_ms());
    instant("known at", a.known_at_ms());
    instant("shown at", a.shown_at_ms());
    instant("revised at", a.revised_at_ms());
    if (!a.acknowledged_by().empty())
        row("acknowledged", "by " + a.acknowledged_by() + " at " + show_instant(a.acknowledged_at_ms()));
    if (a.has_paused()) row("paused", decision(a.paused()));
    if (a.has_shelved()) row("shelved", decision(a.shelved()));
    if (a.has_excused() && a.inhibited_by().empty())
        row("limit set", decision(a.excused()));
    else
        row("inhibited by", a.inhibited_by() + (a.has_excused() ? ": " + decision(a.excused()) : ""));
    row("calls", a.audience() + (a.escalation() == 0 ? "" : ", handed on " + std::to_string(a.escalation()) + "x"));
    if (a.onsets() > 1) row("onsets", std::to_string(a.onsets()) + ", each soon after the one before ended");
    for (auto const& f : a.feedback())
        row("judged", word(f.judgement(), v1::Judgement_Name(f.judgement()), "JUDGEMENT_") + " by " + f.by() + " at " +
                          show_instant(f.at_ms()));
    row("closed because", a.closed_because());
    row("moved to", a.moved_to());
    for (auto const& flag : a.flags()) row("flagged", with_meaning(flag, meaning_of_flag(flag)));
    out += levels_of(a) + rise_of(a);
    std::string used, wanting;
    for (auto const& e : a.evidence())
        (e.verdict() == v1::VERDICT_USED || e.verdict() == v1::VERDICT_SUBSTITUTED ? used : wanting) +=
            explained(e, {a.policy(), &a.evidence(), &a.flags()});
    if (!used.empty()) out += "\nwhat it rests on\n" + used;
    if (!wanting.empty()) out += "\nwhat was missing, stale or refused\n" + wanting;
    return out;
}

namespace {

// "2, provisional, from 2 to 4"
std::string standing(v1::ScorePart const& part) {
    const auto state_text = state(part);
    std::string out = part.has_points() ? std::to_string(part.points()) : "";
    if (!part.label().empty()) out += (out.empty() ? "" : ", ") + part.label();
    if (part.has_value_mantissa())
        out += (out.empty() ? "" : ", ") + decimal(part.value_mantissa(), part.value_scale()) +
               (part.value_unit() == "1" ? "" : " " + part.value_unit());
    if (out.empty() || part.state() != v1::PART_STATE_VALUED) out += (out.empty() ? "" : ", ") + state_text;
    std::replace(out.begin(), out.end(), '_', ' ');
    if (part.state() != v1::PART_STATE_NOT_APPLICABLE && part.lower() != part.upper())
        out += fmt::format(", from {} to {}", part.lower(), part.upper());
    if (part.missing() != 0) out += fmt::format(", {} not measured", part.missing());
    return out;
}

} // namespace

std::string explained(v1::Score const& score, std::string_view whose) {
    std::string out = fmt::format("{}, {}, {} basis\n{} at {}\n", score.definition(), score.product(), score.basis(),
                                  whose, show_instant(score.as_of_ms()));
    for (auto const& part : score.parts()) {
        const auto known = code_shown(score, part);
        out += fmt::format("\n{:<14} {}\n  code {} {}\n", part.part(), standing(part), known.system, known.code);
        for (auto const& flag : part.flags())
            out += fmt::format("  flagged {}\n", with_meaning(flag, meaning_of_flag(flag)));
        for (auto const& e : part.evidence())
            out += explained(e, {score.definition(), &part.evidence(), &part.flags()});
    }
    return out + "\n";
}

} // namespace vigil::wire
