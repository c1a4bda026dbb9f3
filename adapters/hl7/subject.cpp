#include "adapters/hl7/subject.hpp"

#include "adapters/hl7/time.hpp"

#include <algorithm>

namespace vigil::hl7 {

namespace {

using adapters::trimmed;

constexpr std::size_t most_patient_tokens = 8; // what vigild takes of one subject

struct Identifier {
    std::string_view value, authority, type;
};

std::string_view text_of(std::string_view raw, TextRules const& rules, Settings const& settings, Scratch& scratch) {
    unsigned unknown = 0;
    const std::string_view plain = unescaped(raw, rules.delimiters, scratch, unknown);
    return trimmed(to_utf8(plain, rules.charset, settings.charset, scratch));
}

Identifier identifier_of(std::string_view cx, TextRules const& rules, Settings const& settings, Scratch& scratch) {
    auto const& d = rules.delimiters;
    Identifier out;
    out.value = text_of(component(cx, d, 1), rules, settings, scratch);
    // "00000000" is what a register writes where it has no number: it is nobody's.
    if (is_null(out.value) || out.value.find_first_not_of('0') == std::string_view::npos) out.value = {};
    const std::string_view authority = part(cx, d.component, 4);
    out.authority = text_of(part(authority, d.subcomponent, 1), rules, settings, scratch);
    if (out.authority.empty()) out.authority = text_of(part(authority, d.subcomponent, 2), rules, settings, scratch);
    if (out.authority.empty()) out.authority = settings.default_authority;
    out.type = text_of(component(cx, d, 5), rules, settings, scratch);
    return out;
}

// Numbers of visits and accounts are no numbers of people.
bool is_visit_type(std::string_view type) { return type == "VN"; }
bool is_person_type(std::string_view type) { return type != "VN" && type != "AN" && type != "XX"; }

std::size_t preference(Identifier const& id, Settings const& settings) {
    for (std::size_t i = 0; i < settings.authorities.size(); ++i) {
        const std::string_view wanted = settings.authorities[i];
        const auto cut = wanted.find('^');
        const bool typed = cut != std::string_view::npos;
        if (wanted.substr(0, cut) == id.authority && (!typed || wanted.substr(cut + 1) == id.type)) return i;
    }
    return settings.authorities.size();
}

std::vector<Identifier> person_identifiers(std::string_view cx_list, TextRules const& rules, Settings const& settings,
                                           Scratch& scratch) {
    std::vector<Identifier> out;
    each_repetition(cx_list, rules.delimiters.repetition, [&](std::string_view one) {
        const Identifier id = identifier_of(one, rules, settings, scratch);
        if (!id.value.empty() && is_person_type(id.type) && out.size() < 16) out.push_back(id);
    });
    std::stable_sort(out.begin(), out.end(), [&](Identifier const& a, Identifier const& b) {
        return preference(a, settings) < preference(b, settings);
    });
    return out;
}

} // namespace

std::vector<std::string> patient_tokens(std::string_view cx_list, TextRules const& rules, Settings const& settings,
                                        Scratch& scratch) {
    std::vector<std::string> out;
    for (auto const& id : person_identifiers(cx_list, rules, settings, scratch)) {
        if (out.size() == most_patient_tokens) break; // the preferred ones come first
        std::string token = settings.key.patient_token(id.authority, id.value);
        if (std::find(out.begin(), out.end(), token) == out.end()) out.push_back(std::move(token));
    }
    return out;
}

std::string visit_token(std::string_view cx, TextRules const& rules, Settings const& settings, Scratch& scratch) {
    const Identifier id = identifier_of(first(cx, rules.delimiters), rules, settings, scratch);
    return settings.key.token("visit", settings.visit_authority ? id.authority : std::string_view{}, id.value);
}

std::optional<adapters::Place> place_of(std::string_view pl, TextRules const& rules, Settings const& settings,
                                        Scratch& scratch) {
    auto const& d = rules.delimiters;
    const auto piece = [&](std::size_t n) {
        const std::string_view text = text_of(component(pl, d, n), rules, settings, scratch);
        return is_null(text) ? std::string_view{} : text;
    };
    return settings.places.find(piece(1), piece(2), piece(3), piece(4));
}

Subject subject_of(std::string_view pid, std::string_view pv1, TextRules const& rules, Settings const& settings,
                   Scratch& scratch) {
    Subject out;
    if (!pv1.empty()) {
        const Fields fields(pv1, rules.delimiters);
        out.visit = visit_token(fields[19], rules, settings, scratch);
        out.location = place_of(fields[3], rules, settings, scratch);
    }
    if (pid.empty()) return out;
    const Fields fields(pid, rules.delimiters);
    out.patients = patient_tokens(fields[3], rules, settings, scratch);
    if (out.patients.empty()) out.patients = patient_tokens(fields[2], rules, settings, scratch);
    if (out.visit.empty())
        each_repetition(fields[3], rules.delimiters.repetition, [&](std::string_view cx) {
            if (out.visit.empty() && is_visit_type(component(cx, rules.delimiters, 5)))
                out.visit = visit_token(cx, rules, settings, scratch);
        });
    if (out.visit.empty() && settings.visit_from_account) out.visit = visit_token(fields[18], rules, settings, scratch);
    return out;
}

std::optional<Card> card_of(std::string_view pid, Subject const& subject, TextRules const& rules,
                            Settings const& settings, Scratch& scratch) {
    if (pid.empty() || (subject.patients.empty() && subject.visit.empty())) return std::nullopt;
    auto const& d = rules.delimiters;
    const Fields fields(pid, d);
    Card card;
    card.tokens = subject.patients;
    if (!subject.visit.empty()) card.tokens.push_back(subject.visit);
    const std::string_view name = first(fields[5], d);
    card.family = text_of(component(name, d, 1), rules, settings, scratch);
    card.given = text_of(component(name, d, 2), rules, settings, scratch);
    if (is_null(card.family)) card.family.clear();
    if (is_null(card.given)) card.given.clear();
    card.birth_date = iso_date(text_of(first(fields[7], d), rules, settings, scratch));
    const std::string_view numbers = fields[3].empty() ? fields[2] : fields[3];
    for (auto const& id : person_identifiers(numbers, rules, settings, scratch))
        card.identifiers.push_back({std::string(id.type), std::string(id.authority), std::string(id.value)});
    if (card.family.empty() && card.given.empty() && card.birth_date.empty() && card.identifiers.empty())
        return std::nullopt;
    return card;
}

} // namespace vigil::hl7
