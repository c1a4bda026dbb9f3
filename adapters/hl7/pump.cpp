#include "adapters/hl7/pump.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vigil::hl7 {

namespace {

using Place = std::array<std::uint64_t, 3>;
using Kind = PumpRow::Kind;

enum class Running { yes, no, keep_open, unreachable, unknown };

// Runs of letters, in lower case.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> out;
    bool inside = false;
    for (const char c : text) {
        const bool capital = c >= 'A' && c <= 'Z';
        const bool letter = capital || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
        if (letter && !inside) out.emplace_back();
        if (letter) out.back().push_back(capital ? static_cast<char>(c - 'A' + 'a') : c);
        inside = letter;
    }
    return out;
}

bool has_any(std::string_view word, std::initializer_list<std::string_view> stems) {
    return std::any_of(stems.begin(), stems.end(),
                       [word](std::string_view stem) { return word.find(stem) != std::string_view::npos; });
}

bool is_any(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// What the word at `i` denies: infusing in "not infusing" and "no longer infusing", acknowledged in an alarm that is
// "not acknowledged".
std::string_view denied_by(std::vector<std::string> const& words, std::size_t i) {
    if (!is_any(words[i], {"not", "non", "no", "never", "cannot", "unable"})) return {};
    for (++i; i < words.size(); ++i)
        if (!is_any(words[i], {"currently", "yet", "longer", "now", "to", "be", "being", "in", "an", "any"}))
            return words[i];
    return {};
}

std::string_view after(std::vector<std::string> const& words, std::size_t i) {
    return i + 1 < words.size() ? std::string_view(words[i + 1]) : std::string_view{};
}

// "Off" of the pump, not of its sound.
bool is_off(std::vector<std::string> const& words, std::size_t i) {
    return words[i] == "off" &&
           (i == 0 || is_any(words[i - 1], {"power", "powered", "switched", "turned", "pump", "status", "is", "device",
                                            "infusion", "delivery", "therapy", "channel", "infuser"}));
}

bool is_out_of_reach(std::vector<std::string> const& words, std::size_t i) {
    return has_any(words[i], {"offline", "disconnect", "unreachable", "notconnect"}) ||
           (words[i] == "off" && after(words, i) == "line") ||
           has_any(denied_by(words, i), {"connect", "reachable", "communic"}) ||
           (has_any(words[i], {"connection", "comm"}) &&
            is_any(after(words, i), {"lost", "loss", "failed", "failure", "error"}));
}

bool is_stopped(std::vector<std::string> const& words, std::size_t i) {
    const std::string_view word = words[i];
    return has_any(word, {"paus", "idle", "stop", "standby", "delay", "complete", "inactiv", "notinfus", "notdeliver",
                          "notrun", "pumpoff", "poweroff", "statusoff", "onhold"}) ||
           word.starts_with("hold") || (word == "stand" && after(words, i) == "by") || is_off(words, i) ||
           has_any(denied_by(words, i), {"infus", "deliver", "run", "start", "progress", "activ"});
}

Running running_of(std::string_view status) {
    const auto words = words_of(status);
    bool stopped = false, runs = false, doubtful = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (has_any(words[i], {"kvo"})) return Running::keep_open;
        if (is_out_of_reach(words, i)) return Running::unreachable;
        stopped = stopped || is_stopped(words, i);
        runs = runs || has_any(words[i], {"infus", "deliver", "running", "bolus"});
        doubtful = doubtful || !denied_by(words, i).empty(); // of whatever it may be: what flows decides
    }
    return stopped ? Running::no : runs && !doubtful ? Running::yes : Running::unknown;
}

// Rows of one drug line, taken together.
struct Line {
    PumpRow const* drug = nullptr;
    PumpRow const* dose = nullptr;
    PumpRow const* flow = nullptr;
    PumpRow const* concentration = nullptr;
    PumpRow const* status = nullptr;
    bool contradictory = false;
};

bool is_delivery(Place const& place, std::vector<Place> const& delivery) {
    return std::find(delivery.begin(), delivery.end(), place) != delivery.end();
}

bool same_value(Result const& a, Result const& b) {
    return a.number && b.number && *a.number == *b.number && a.unit == b.unit;
}

// Of two rows of a kind the one on the delivery channel says what flows; otherwise they must agree.
void choose(PumpRow const*& slot, PumpRow const& row, std::vector<Place> const& delivery, Line& line) {
    if (!slot) {
        slot = &row;
        return;
    }
    const bool had = is_delivery(slot->place, delivery), has = is_delivery(row.place, delivery);
    if (has && !had)
        slot = &row;
    else if (had == has && row.kind != Kind::status && !same_value(slot->result, row.result))
        line.contradictory = true;
}

void add(Line& line, PumpRow const& row, std::vector<Place> const& delivery) {
    switch (row.kind) {
    case Kind::drug: line.drug = &row; return;
    case Kind::dose: choose(line.dose, row, delivery, line); return;
    case Kind::flow: choose(line.flow, row, delivery, line); return;
    case Kind::concentration: choose(line.concentration, row, delivery, line); return;
    case Kind::status: choose(line.status, row, delivery, line); return;
    }
}

bool usable(PumpRow const* row) { return row && row->result.number && row->result.validity == model::Validity::ok; }

// A rate of drug: amount per time, per weight or not. Volumes per time are not.
bool is_dose_unit(std::string_view unit) {
    for (const std::string_view known : {"ug/kg/min", "ng/kg/min", "mg/kg/min", "ug/kg/h", "mg/kg/h", "ug/min",
                                         "mg/min", "ug/h", "mg/h", "U/min", "U/h", "U/kg/h", "mU/min"})
        if (unit == known) return true;
    return false;
}

// mL/h times mass per mL gives mass per hour.
std::optional<std::string_view> product_unit(std::string_view flow, std::string_view concentration) {
    if (flow != "mL/h") return std::nullopt;
    if (concentration == "mg/mL") return "mg/h";
    if (concentration == "ug/mL") return "ug/h";
    if (concentration == "[iU]/mL") return "U/h";
    return std::nullopt;
}

std::optional<model::Decimal> product(model::Decimal a, model::Decimal b) {
    std::int64_t mantissa = 0;
    if (__builtin_mul_overflow(a.mantissa, b.mantissa, &mantissa)) return std::nullopt;
    return model::make_decimal(mantissa, static_cast<unsigned>(a.scale) + b.scale);
}

bool above_nought(PumpRow const* row) {
    return usable(row) && row->result.number->mantissa > 0 && row->result.method != model::Method::setting;
}

bool is_exact(PumpRow const* row) { return row->result.comparator == model::Comparator::exactly; }

// What is programmed stays on a pump that pauses (devices.md 17). What flows does not: where the rows say which channel
// delivers, only its rates are meant; otherwise every flow that is no setting may be what flows.
bool flows(Line const& line, std::vector<Place> const& delivery) {
    return (above_nought(line.flow) && (delivery.empty() || is_delivery(line.flow->place, delivery))) ||
           (above_nought(line.dose) && is_delivery(line.dose->place, delivery));
}

// Sets the dose of `out`, or why there is none.
void set_dose(Line const& line, std::vector<Place> const& delivery, Notes& notes, Result& out) {
    const Running running = running_of(line.status ? line.status->text : std::string_view{});
    // A pump out of reach says nothing of now: what it told last is carried as that of a silent one. One that has
    // stopped and flows contradicts itself.
    const bool unreachable = running == Running::unreachable;
    if (unreachable || (running == Running::no && flows(line, delivery))) {
        ++notes.unclear_pumps;
        out.absent = unreachable ? model::AbsentReason::not_sent : model::AbsentReason::unreadable;
        return;
    }
    if (running == Running::no) {
        out.number = model::Decimal{};
        out.unit = usable(line.dose) && is_dose_unit(line.dose->result.unit) ? line.dose->result.unit
                                                                             : std::string_view("ug/kg/min");
        if (out.system == model::CodeSystem::ATC && out.code == "H01BA01" && out.unit == "ug/kg/min")
            out.unit = "U/min";
        return;
    }
    // At keep-vein-open the pump gives less than its dose, and where nothing says that it runs, a flow of nought denies
    // it.
    const bool flows_nothing = usable(line.flow) && line.flow->result.number->mantissa == 0;
    const bool programmed_is_given = running == Running::yes || (running != Running::keep_open && !flows_nothing);
    if (!line.contradictory && programmed_is_given && usable(line.dose) && is_dose_unit(line.dose->result.unit)) {
        out.number = line.dose->result.number;
        out.comparator = line.dose->result.comparator;
        out.unit = line.dose->result.unit;
        return;
    }
    if (!line.contradictory && usable(line.flow) && usable(line.concentration) && is_exact(line.flow) &&
        is_exact(line.concentration)) {
        const auto unit = product_unit(line.flow->result.unit, line.concentration->result.unit);
        const auto amount = product(*line.flow->result.number, *line.concentration->result.number);
        if (unit && amount) {
            out.number = amount;
            out.unit = *unit;
            return;
        }
    }
    if (flows_nothing) { // nothing flows, whatever the rest says
        out.number = model::Decimal{};
        out.unit = "ug/kg/min";
        if (out.code == "H01BA01") out.unit = "U/min";
        return;
    }
    // A volume is no dose, nor is one in another unit, but they tell that the drug runs; so does a pump that says it.
    const bool given = !line.contradictory && running != Running::keep_open;
    for (auto const* row : {line.flow, line.dose}) {
        if (!given || !above_nought(row)) continue;
        out.number = row->result.number;
        out.comparator = row->result.comparator;
        out.unit = row->result.unit;
        return;
    }
    if (running == Running::yes && !line.dose && !line.flow) {
        out.coded = "running";
        return;
    }
    out.absent = line.dose || line.flow ? model::AbsentReason::unreadable : model::AbsentReason::not_sent;
    if (line.contradictory) out.absent = model::AbsentReason::several;
}

std::string channel_name(std::string_view device, Place const& place) {
    std::string out(device);
    for (std::size_t i = device.empty() ? 0 : 1; i < place.size(); ++i) {
        if (!out.empty()) out.push_back('.');
        out += std::to_string(place[i]);
    }
    return out;
}

void emit(Line const& line, std::vector<Place> const& delivery, std::string_view device, Settings const& settings,
          Scratch& scratch, Notes& notes, std::vector<Result>& out) {
    PumpRow const* timed = line.dose ? line.dose : line.flow ? line.flow : line.drug;
    Result result = timed->result;
    result.number.reset();
    result.unit = {};
    result.coded = {};
    result.absent = model::AbsentReason::unspecified;
    result.comparator = model::Comparator::exactly;
    const std::string_view atc = line.drug->atc;
    if (atc.empty()) {
        ++notes.unknown_drugs;
        result.system = model::CodeSystem::LOCAL;
        result.code = scratch.keep(settings.key.token("drug", {}, line.drug->text));
        result.local_system = "drug";
    } else {
        result.system = model::CodeSystem::ATC;
        result.code = atc;
        result.local_system = {};
    }
    result.sub_id = scratch.keep(channel_name(device, line.drug->place));
    set_dose(line, delivery, notes, result);
    out.push_back(result);
}

} // namespace

bool is_pump_code(std::uint32_t mdc, Kind& kind) {
    switch (mdc) {
    case 184330:
    case 184514: kind = Kind::drug; return true;
    case 157924: kind = Kind::dose; return true;
    case 157784: kind = Kind::flow; return true;
    case 157760: kind = Kind::concentration; return true;
    case 184508:
    case 184519: kind = Kind::status; return true;
    default: return false;
    }
}

void fold_pump_rows(std::vector<PumpRow> const& rows, std::vector<Place> const& delivery, std::string_view device,
                    Settings const& settings, Scratch& scratch, Notes& notes, std::vector<Result>& out) {
    // A VMD with one drug is one line over all its channels; with several drugs each channel is a line of its own.
    std::map<std::array<std::uint64_t, 2>, unsigned> drugs;
    for (auto const& row : rows)
        if (row.kind == Kind::drug) ++drugs[{row.place[0], row.place[1]}];
    std::map<Place, Line> lines;
    for (auto const& row : rows) {
        const auto count = drugs.find({row.place[0], row.place[1]});
        const bool shared = count != drugs.end() && count->second == 1;
        add(lines[shared ? Place{row.place[0], row.place[1], 0} : row.place], row, delivery);
    }
    for (auto const& [place, line] : lines) {
        if (line.drug) {
            emit(line, delivery, device, settings, scratch, notes, out);
            continue;
        }
        for (auto const* row : {line.dose, line.flow, line.concentration})
            if (row) out.push_back(row->result);
    }
}

} // namespace vigil::hl7
