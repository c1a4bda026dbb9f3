#include "wire/compared.hpp"

#include "core/model/decimal.hpp"
#include "core/model/evidence.hpp"
#include "wire/words.hpp"

#include <algorithm>

namespace vigil::wire {

namespace {

std::string_view score_of(Told const& told) { return told.definition.substr(0, told.definition.find('@')); }

struct Compared {
    std::string number, unit;
};
Compared compared(v1::Evidence const& e) {
    auto const& text = e.compared();
    const auto space = text.find(' ');
    if (space == std::string::npos) return {text, {}};
    return {text.substr(0, space), text.substr(space + 1)};
}

std::string as_it_is(v1::Evidence const& e) { return "compared as " + e.compared(); }

bool is_used(v1::Evidence const& e) {
    return e.verdict() == v1::VERDICT_USED || e.verdict() == v1::VERDICT_SUBSTITUTED;
}

// Place of an evidence among those beside it; -1 where nothing is.
int place_of(v1::Evidence const& e, Told const& told) {
    for (int i = 0; told.beside != nullptr && i < told.beside->size(); ++i)
        if (&told.beside->Get(i) == &e) return i;
    return -1;
}

template <class List, class Is>
bool any(List const* list, Is const& is) {
    return list != nullptr && std::any_of(list->begin(), list->end(), is);
}

// APACHE II takes the gradient from some oxygen on, for which it needs carbon dioxide; else the tension itself.
std::string of_gas(v1::Evidence const& e, Told const& told) {
    if (score_of(told) != "apache2") return "giving P/F " + e.compared();
    const bool by_gradient = any(told.beside, [](v1::Evidence const& o) {
        return is_used(o) && (o.signal() == "paco2" || o.signal() == "pco2_untyped");
    });
    return by_gradient ? "giving A-aDO2 " + e.compared() : as_it_is(e);
}

std::string of_saturation(v1::Evidence const& e, Told const& told) {
    const auto [number, unit] = compared(e);
    const auto score = score_of(told);
    if (unit == "1") return "giving an index of " + number;
    if (unit == "%") {
        const bool is_ratio = score == "sofa2" || score == "ards_global" || score == "ards_kigali";
        return is_ratio ? "giving S/F " + e.compared() : as_it_is(e);
    }
    if (told.definition.find("+sf_") != std::string_view::npos)
        return "giving P/F " + e.compared() + " imputed (S/F decides)";
    return (is_used(e) ? "giving P/F " : "giving P/F at least ") + e.compared() + " imputed";
}

std::string of_coma(v1::Evidence const& e) {
    const auto number = compared(e).number;
    const auto told = model::make_decimal(e.mantissa(), e.scale()), met = model::parse_decimal(number);
    if (!told || !met || (*told <=> *met) != 0) return "giving GCS " + number;
    // A sum is more than any of its parts.
    return e.signal() == "gcs_total" ? as_it_is(e) : "compared as " + number + ", motor alone";
}

// KDIGO tells the result first, then its baseline, then the lowest of the two days before it.
int creatinine_before(v1::Evidence const& e, Told const& told) {
    int before = 0;
    for (int i = 0; i < place_of(e, told); ++i)
        if (told.beside->Get(i).signal().starts_with("crea")) ++before;
    return before;
}

std::string of_creatinine(v1::Evidence const& e, Told const& told) {
    const auto [number, unit] = compared(e);
    if (creatinine_before(e, told) == 0)
        return unit.empty() ? "giving a ratio of " + number + " to the baseline" : "giving a rise of " + e.compared();
    if (e.verdict() == v1::VERDICT_SUBSTITUTED) return "presumed as " + e.compared();
    return "the result is " + (unit.empty() ? number + " times it" : e.compared() + " above it");
}

// The charting that ends the hours has the volume of them; that which begins them how many they are.
bool begins_hours(v1::Evidence const& e, Told const& told) {
    if (e.signal() != "uo" && e.signal() != "uo_day") return false;
    const auto place = place_of(e, told);
    if (place <= 0) return false;
    auto const& before = told.beside->Get(place - 1);
    return before.signal() == e.signal() && compared(e).unit != "mL" && before.verdict() == e.verdict();
}

std::string of_urine(v1::Evidence const& e, Told const& told) {
    if (begins_hours(e, told)) return {};
    const auto score = score_of(told);
    if (score == "sofa" || score == "saps2") return "giving " + e.compared() + " in 24 h";
    const auto next = place_of(e, told) + 1;
    if (next > 0 && next < told.beside->size() && begins_hours(told.beside->Get(next), told) &&
        !told.beside->Get(next).compared().empty())
        return "giving " + e.compared() + " in " + told.beside->Get(next).compared();
    return as_it_is(e);
}

bool is_flagged(Told const& told, model::Flag flag) {
    return any(told.flags, [&](std::string const& f) { return f == name_of(flag); });
}

// Of several rates that were added each shows the sum.
bool is_added(v1::Evidence const& e, Told const& told) {
    if (!is_flagged(told, model::Flag::catecholamines_added) && !is_flagged(told, model::Flag::pumps_added))
        return false;
    const auto adds = [](std::string const& drug) { return drug == "norepinephrine" || drug == "epinephrine"; };
    return is_used(e) && any(told.beside, [&](v1::Evidence const& o) {
               const bool one_dose = o.signal() == e.signal() || (adds(o.signal()) && adds(e.signal()));
               return &o != &e && one_dose && is_used(o) && o.compared() == e.compared();
           });
}

// Systolic and diastolic that stand for a mean: where one was derived, or contradicts the other site.
bool stands_for_mean(v1::Evidence const& e, Told const& told) {
    if (!e.signal().ends_with("sbp")) return false;
    const bool of_cuff = e.reason() == name_of(model::Reason::conflict);
    return is_flagged(told, model::Flag::map_derived) ||
           (is_flagged(told, model::Flag::cuff_line_apart) && (of_cuff || score_of(told) != "crs"));
}

} // namespace

std::string name_shown(v1::Evidence const& e, Told const& told) {
    auto const& signal = e.signal();
    if (!e.role().empty() && e.role() != signal) return e.role() + " (" + signal + ")";
    if (begins_hours(e, told)) return signal + " (first counted)";
    if (signal == "gcs_motor" && e.verdict() == v1::VERDICT_MISSING) return "GCS (total or parts)";
    if (signal == "crea" && score_of(told) == "kdigo") {
        const auto before = creatinine_before(e, told);
        if (before == 1) return "crea (baseline)";
        if (before == 2) return "crea (lowest of two days)";
    }
    return signal;
}

std::string comparison(v1::Evidence const& e, Told const& told) {
    if (e.compared().empty()) return {};
    std::string_view const signal = e.signal();
    if (signal == "pao2" || signal == "po2_untyped") return of_gas(e, told);
    if (signal == "spo2") return of_saturation(e, told);
    if (signal.starts_with("gcs_")) return of_coma(e);
    if (signal.starts_with("crea") && score_of(told) == "kdigo") return of_creatinine(e, told);
    if (signal == "uo" || signal == "uo_day") return of_urine(e, told);
    if (signal == "pt" && score_of(told) == "isth_dic") {
        const bool below = e.compared().starts_with('-');
        return "giving " + e.comparator() + (below ? e.compared().substr(1) : e.compared()) +
               (below ? " below" : " above") + " the upper limit of normal";
    }
    if (stands_for_mean(e, told)) return "giving a mean of " + e.compared();
    if (is_added(e, told)) return "giving a sum of " + e.compared();
    return as_it_is(e);
}

} // namespace vigil::wire
