#include "case.hpp"

#include "core/intake.hpp"
#include "core/scores/dose.hpp"
#include "definitions/config.hpp"
#include "definitions/rulebook_loader.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace vigil::test {

using model::EventTime;

namespace {

[[noreturn]] void wrong(std::string const& what, std::string_view where) {
    throw std::runtime_error(what + ": '" + std::string{where} + "'");
}

std::string_view trim(std::string_view s) {
    while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
    while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
    return s;
}

std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> out;
    while (true) {
        const auto at = text.find(by);
        const auto part = trim(text.substr(0, at));
        if (!part.empty()) out.push_back(part);
        if (at == std::string_view::npos) return out;
        text.remove_prefix(at + 1);
    }
}

bool is_time(std::string_view w) {
    return !w.empty() && (w == "0" || w.front() == '-' || w.front() == '+') && w.find("..") == std::string_view::npos;
}

std::optional<model::Duration> length(std::string_view w) {
    std::int64_t n = 0;
    std::size_t i = 0;
    for (; i < w.size() && w[i] >= '0' && w[i] <= '9'; ++i) n = n * 10 + (w[i] - '0');
    const auto unit = w.substr(i);
    if (i == 0) return std::nullopt;
    if (unit == "d") return model::hours(24 * n);
    if (unit == "h") return model::hours(n);
    if (unit == "min") return model::minutes(n);
    if (unit == "s") return model::seconds(n);
    if (unit == "ms") return model::Duration{n};
    return std::nullopt;
}

struct Words {
    std::string_view value, unit;
    std::map<std::string, std::string, std::less<>> options;
};

Words words_of(std::vector<std::string_view> const& w) {
    Words out;
    for (std::size_t i = 1; i < w.size(); ++i) {
        if (const auto eq = w[i].find('=');
            eq != std::string_view::npos && eq > 0 && w[i].front() != '<' && w[i].front() != '>')
            out.options[std::string{w[i].substr(0, eq)}] = w[i].substr(eq + 1);
        else if (out.value.empty())
            out.value = w[i];
        else
            out.unit = w[i];
    }
    return out;
}

model::Value value_of(std::string_view text) {
    model::Value v;
    struct Prefix {
        std::string_view text;
        model::Comparator meaning;
    };
    for (auto const& p : {Prefix{"<=", model::Comparator::less_equal},
                          {">=", model::Comparator::greater_equal},
                          {"<", model::Comparator::less},
                          {">", model::Comparator::greater}})
        if (text.starts_with(p.text)) {
            v.comparator = p.meaning;
            text.remove_prefix(p.text.size());
            break;
        }
    if (const auto d = model::parse_decimal(text)) {
        v.kind = model::Value::Kind::number;
        v.number = *d;
    } else if (const auto w = model::parse_word(text)) {
        v.kind = model::Value::Kind::word;
        v.word = *w;
    } else if (!text.empty()) {
        wrong("neither a number nor a word", text);
    }
    return v;
}

model::Status status_of(std::string_view letter) {
    using model::Status;
    if (letter == "P") return Status::preliminary;
    if (letter == "R") return Status::unverified;
    if (letter == "C") return Status::corrected;
    if (letter == "D") return Status::deleted;
    if (letter == "W") return Status::wrong;
    if (letter == "U") return Status::final_unchanged;
    if (letter == "X") return Status::cannot_obtain;
    return Status::final;
}

Given given_of(EventTime at, std::string_view text, std::uint64_t row, core::Rulebook const& rules) {
    const auto w = split(text, ' ');
    if (w.empty()) wrong("empty entry", text);
    const auto signal = model::parse_signal(w.front());
    if (!signal) wrong("unknown signal", w.front());
    auto const& entry = core::entry(rules, *signal);
    const auto words = words_of(w);
    model::Channel channel;
    channel.system = model::CodeSystem::VIGIL;
    channel.code = w.front();
    channel.unit = words.unit.empty() ? model::ucum(entry.canonical) : words.unit;
    if (words.options.contains("unit")) channel.unit = words.options.at("unit");
    if (words.options.contains("specimen")) {
        if (words.options.at("specimen") != "venous") wrong("unknown specimen", words.options.at("specimen"));
        channel.specimen = model::Specimen::venous;
    }
    if (words.options.contains("pump")) channel.sub_id = words.options.at("pump");
    auto mapping = core::map_channel(rules, "case", channel);
    if (entry.kind == model::SignalKind::derived)
        mapping = {*signal, entry.kind, entry.canonical, {}, 0}; // no feed tells it
    if (words.options.contains("salt")) {
        mapping.salt = scores::find_salt(rules.tables.sofa, words.options.at("salt"));
        if (!mapping.salt.known()) wrong("unknown salt", words.options.at("salt"));
    }
    model::Reading reading;
    reading.channel = {static_cast<std::uint32_t>(*signal) + 1 + 1000 * static_cast<std::uint32_t>(mapping.unit) +
                       100'000 * (mapping.pump.value % 10'000)};
    reading.value = value_of(words.value);
    reading.time = model::DeviceTime{at.ms};
    std::string order;
    core::Origin origin;
    origin.at = {t0.ms + 40LL * 86'400'000};
    origin.seq = row;
    for (auto const& [key, value] : words.options) {
        if (key == "status")
            reading.status = status_of(value);
        else if (key == "order")
            order = value;
        else if (key == "told")
            origin.message_time = model::DeviceTime{parse_time(value).ms};
        else if (key == "until")
            reading.until = model::DeviceTime{parse_time(value).ms};
        else if (key == "unit" || key == "salt" || key == "specimen" || key == "pump")
            continue;
        else if (key == "validity")
            reading.validity = value == "questionable" ? model::Validity::questionable : model::Validity::invalid;
        else
            wrong("unknown option", key);
    }
    const auto read = core::interpret(rules, mapping, channel, reading, 0, order, origin);
    const bool fraction = read.unreadable && *signal == model::Signal::fio2;
    const auto under = fraction ? model::Signal::fio2_unreadable : *signal;
    return {under, read.sample, read.refused, read.placed()};
}

// A measured fraction that is taken back stands no longer wherever it stood.
void give(std::vector<Given>& out, Given const& g) {
    out.push_back(g);
    if (g.signal != model::Signal::fio2 || !g.placed || !model::takes_back(g.sample.status)) return;
    out.push_back(g);
    out.back().signal = model::Signal::fio2_unreadable;
}

// "-24h..-1h/1h uo 20": the same every hour, both ends included.
bool series(std::string_view head, EventTime& from, EventTime& to, model::Duration& every) {
    const auto dots = head.find(".."), slash = head.find('/');
    if (dots == std::string_view::npos || slash == std::string_view::npos) return false;
    from = parse_time(head.substr(0, dots));
    to = parse_time(head.substr(dots + 2, slash - dots - 2));
    const auto step = length(head.substr(slash + 1));
    if (!step || step->ms <= 0) wrong("no step", head);
    every = *step;
    return true;
}

std::string points_text(model::ScorePart const& p) {
    if (p.points) return std::to_string(*p.points);
    return p.label && p.part != model::Part::total ? std::string{model::name_of(*p.label)} : "-";
}

std::string evidence_text(model::Evidence const& e) {
    std::string out = std::string{model::name_of(e.signal)} + ":" + std::string{model::name_of(e.verdict)};
    if (e.reason != model::Reason::none) out += "/" + std::string{model::name_of(e.reason)};
    if (e.reported) out += " " + model::to_string(*e.reported) + " " + std::string{model::ucum(e.reported_unit)};
    if (e.word) out += " " + std::string{model::name_of(*e.word)};
    if (e.compared) out += " ->" + model::to_string(*e.compared);
    if (e.time) out += " @" + std::to_string((e.time->ms - t0.ms) / 1000) + "s";
    return out;
}

std::string text_of(model::ScorePart const& p) {
    std::string out =
        std::string{model::name_of(p.part)} + "=" + points_text(p) + " " +
        (p.label && (p.points || p.part == model::Part::total) ? std::string{model::name_of(*p.label)} + " " : "") +
        std::string{model::name_of(p.state)} + " [" + std::to_string(p.lower) + "," + std::to_string(p.upper) +
        "] missing " + std::to_string(p.missing);
    if (p.value) out += " value " + model::to_string(*p.value) + " " + std::string{model::ucum(p.value_unit)};
    std::vector<model::Flag> flags{p.flags.begin(), p.flags.end()};
    std::sort(flags.begin(), flags.end());
    for (auto f : flags) out += " +" + std::string{model::name_of(f)};
    for (auto const& e : p.evidence) out += "\n    " + evidence_text(e);
    return out;
}

// Relative to the instant asked for, in the largest unit that divides it: "-62h".
std::string show_time(EventTime t) {
    const auto ms = t.ms - t0.ms;
    if (ms == 0) return "0";
    const auto size = ms < 0 ? -ms : ms;
    const std::string sign = ms < 0 ? "-" : "+";
    if (size % 3'600'000 == 0) return sign + std::to_string(size / 3'600'000) + "h";
    if (size % 60'000 == 0) return sign + std::to_string(size / 60'000) + "min";
    return sign + std::to_string(size) + "ms";
}

// "nibp_map": the readings that were refused, "none" without any.
std::string refused_text(model::ScorePart const& p) {
    std::string out;
    for (auto const& e : p.evidence)
        if (e.verdict == model::Verdict::refused)
            out += (out.empty() ? "" : "&") + std::string{model::name_of(e.signal)};
    return out.empty() ? "none" : out;
}

// "cardio=1", "cardio.state=provisional", "total.upper=19", "resp+surrogate", "resp-support_unknown", "cardio:salt"
std::string check_one(model::Score const& score, std::string_view want) {
    const auto op = want.find_first_of("=+-", 0);
    if (op == std::string_view::npos) wrong("expectation", want);
    auto name = want.substr(0, op);
    const auto dot = name.find('.');
    const auto field = dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
    name = name.substr(0, dot);
    const auto part = model::parse_part(name);
    if (!part) wrong("unknown part", name);
    const auto p = std::find_if(score.parts.begin(), score.parts.end(), [&](auto const& x) { return x.part == *part; });
    if (p == score.parts.end()) return "no part " + std::string{name};
    const auto value = want.substr(op + 1);
    if (want[op] != '=') {
        const auto flag = model::parse_flag(value);
        if (!flag) wrong("unknown flag", value);
        const bool has = p->flags.has(*flag);
        return has == (want[op] == '+') ? "" : std::string{want} + " is not so";
    }
    std::string got;
    if (field.empty())
        got = points_text(*p);
    else if (field == "state")
        got = model::name_of(p->state);
    else if (field == "label")
        got = p->label ? model::name_of(*p->label) : "-";
    else if (field == "upper")
        got = std::to_string(p->upper);
    else if (field == "lower")
        got = std::to_string(p->lower);
    else if (field == "value")
        got = p->value ? model::to_string(*p->value) : "-";
    else if (field == "unit")
        got = model::ucum(p->value_unit);
    else if (field == "missing")
        got = std::to_string(p->missing);
    else if (field == "compared")
        got = p->evidence.empty() || !p->evidence.front().compared ? "-"
                                                                   : model::to_string(*p->evidence.front().compared);
    else if (field == "refused")
        got = refused_text(*p);
    else if (field == "time")
        got = p->evidence.empty() || !p->evidence.front().time ? "-" : show_time(*p->evidence.front().time);
    else if (field == "reason")
        got = p->evidence.empty() ? "-" : std::string{model::name_of(p->evidence.front().reason)};
    else
        wrong("unknown field", field);
    return got == value ? "" : std::string{want} + ", but it is " + got;
}

} // namespace

core::Rulebook const& rulebook() {
    static const core::Rulebook rules = [] {
        char const* root = std::getenv("VIGIL_ROOT");
        definitions::Problems problems;
        const auto config =
            definitions::load_config(std::string{root == nullptr ? "." : root} + "/config/vigil.toml", problems);
        auto loaded = definitions::load_rulebook(config, problems);
        std::string all;
        for (auto const& p : problems) all += definitions::to_string(p) + "\n";
        if (!loaded) throw std::runtime_error("config/ does not load:\n" + all);
        return *std::move(loaded);
    }();
    return rules;
}

EventTime parse_time(std::string_view text) {
    if (text == "0") return t0;
    if (text.size() < 2 || (text.front() != '-' && text.front() != '+')) wrong("no time", text);
    // "-24h+1s" adds lengths.
    std::int64_t ms = 0;
    while (!text.empty()) {
        const auto next = text.find_first_of("+-", 1);
        const auto n = length(text.substr(1, next == std::string_view::npos ? next : next - 1));
        if (!n) wrong("no time", text);
        ms += text.front() == '-' ? -n->ms : n->ms;
        text = next == std::string_view::npos ? std::string_view{} : text.substr(next);
    }
    return {t0.ms + ms};
}

std::vector<Given> parse_input(std::string_view text, core::Rulebook const& rules) {
    std::vector<Given> out;
    EventTime at = t0;
    std::uint64_t row = 0;
    for (auto entry : split(text, ';')) {
        const auto space = entry.find(' ');
        const auto head = entry.substr(0, space);
        EventTime from, to;
        model::Duration every;
        if (series(head, from, to, every)) {
            for (auto t = from; t <= to; t = t + every)
                for (auto one : split(entry.substr(space + 1), ',')) give(out, given_of(t, one, ++row, rules));
            continue;
        }
        if (is_time(head)) {
            at = parse_time(head);
            if (space == std::string_view::npos) wrong("nothing at", head);
            entry = entry.substr(space + 1);
        }
        for (auto one : split(entry, ',')) give(out, given_of(at, one, ++row, rules));
    }
    // In the order of time, as a feed tells it: what comes late to a past that is thinned is read from the journal
    // again.
    std::stable_sort(out.begin(), out.end(),
                     [](Given const& a, Given const& b) { return a.sample.time < b.sample.time; });
    return out;
}

model::Timeline timeline_of(std::vector<Given> const& given, core::Rulebook const& rules) {
    model::Timeline out;
    for (auto const& g : given)
        if (g.placed)
            out.insert(g.signal, core::entry(rules, g.signal).kind, g.sample, t0 + model::hours(960), rules.retention);
    return out;
}

model::ScoreKey parse_key(std::string_view text, core::Rulebook const& rules) {
    model::ScoreKey key;
    std::string_view policy = "published";
    for (auto w : split(text, ' ')) {
        if (const auto id = model::parse_score_id(w))
            key.id = *id;
        else if (const auto product = model::parse_product(w))
            key.product = *product;
        else if (const auto basis = model::parse_basis(w))
            key.basis = *basis;
        else if (w.starts_with("at=") || w.starts_with("opened=") || w.starts_with("age=") || w.starts_with("sex="))
            continue;
        else
            policy = w;
    }
    const auto found = scores::find_policy(rules, key.id, policy);
    if (!found) wrong("unknown policy", policy);
    key.policy = *found;
    return key;
}

std::vector<Case> read_cases(std::string const& path) {
    std::ifstream file{path};
    if (!file) throw std::runtime_error("cannot read " + path);
    std::vector<Case> out;
    std::string line;
    for (int n = 1; std::getline(file, line); ++n) {
        if (line.empty() || line.front() == '#' || line.starts_with("id\t")) continue;
        std::vector<std::string> cells;
        std::stringstream in{line};
        for (std::string cell; std::getline(in, cell, '\t');) cells.push_back(cell);
        if (cells.size() != 5) throw std::runtime_error(path + ":" + std::to_string(n) + ": five columns are needed");
        out.push_back({cells[0], cells[1], cells[2], cells[3], cells[4], n});
    }
    return out;
}

std::string describe(model::Score const& score) {
    std::string out;
    for (auto const& p : score.parts) out += "  " + text_of(p) + "\n";
    return out;
}

std::string check(Case const& c, core::Rulebook const& rules) {
    const auto given = parse_input(c.input, rules);
    const auto timeline = timeline_of(given, rules);
    scores::Patient patient;
    patient.timeline = &timeline;
    patient.opened = t0 - model::hours(48);
    EventTime at = t0;
    for (auto w : split(c.ask, ' ')) {
        if (w.starts_with("at=")) at = parse_time(w.substr(3));
        if (w.starts_with("opened=")) patient.opened = parse_time(w.substr(7));
        if (w.starts_with("age="))
            patient.age_years = static_cast<std::uint32_t>(model::parse_decimal(w.substr(4))->mantissa);
    }
    for (auto w : split(c.ask, ' '))
        if (w.starts_with("sex=")) {
            const auto sex = model::parse_sex(w.substr(4));
            if (!sex) wrong("unknown sex", w);
            patient.sex = *sex;
        }
    const auto score = scores::evaluate(parse_key(c.ask, rules), patient, at, rules);
    std::string problems;
    for (auto want : split(c.expect, ','))
        if (const auto p = check_one(score, want); !p.empty()) problems += "  " + p + "\n";
    return problems.empty() ? problems : c.id + " (" + c.why + ")\n" + problems + describe(score);
}

} // namespace vigil::test
