// tests/vectors/outcomes.tsv: courses in days from t0, and what the outcome measures say of them.
#include "core/outcomes/outcomes.hpp"

#include "case.hpp"
#include "outcome_tables.hpp"

#include <catch2/catch.hpp>
#include <functional>

using namespace vigil;
using model::EventTime;
using outcomes::Known;

namespace {

constexpr double day_ms = 86'400'000;

EventTime at_day(std::string const& text) {
    return {test::t0.ms + static_cast<std::int64_t>(std::stod(text) * day_ms + (std::stod(text) < 0 ? -0.5 : 0.5))};
}

std::string in_days(EventTime t) {
    const auto d = model::round_half_up({t.ms - test::t0.ms, static_cast<std::int64_t>(day_ms)}, 3);
    auto out = model::to_string(*d);
    while (out.find('.') != std::string::npos && (out.back() == '0' || out.back() == '.')) {
        const bool point = out.back() == '.';
        out.pop_back();
        if (point) break;
    }
    return out;
}

std::vector<std::string> parts_of(std::string const& text, char by) {
    std::vector<std::string> out{""};
    for (char c : text)
        if (c == by)
            out.emplace_back();
        else if (c != ' ' || !out.back().empty())
            out.back() += c;
    for (auto& one : out)
        while (!one.empty() && one.back() == ' ') one.pop_back();
    return out;
}

// "-3-0.2": the dash that stands between two numbers.
outcomes::Span span_of(std::string const& text) {
    const auto dash = text.find('-', 1);
    return {at_day(text.substr(0, dash)), at_day(text.substr(dash + 1))};
}

struct Told {
    outcomes::Course course;
    outcomes::Person person;
    std::vector<outcomes::ToldProcedure> procedures;
    std::vector<model::Score> sofa;
};

Told told_by(std::string const& input) {
    Told out;
    std::vector<std::pair<outcomes::Span, Known>> said;
    auto seen = at_day("28");
    for (auto const& entry : parts_of(input, ';')) {
        const auto space = entry.find(' ');
        const auto what = entry.substr(0, space), rest = entry.substr(space + 1);
        if (what == "assisted" || what == "unknown")
            for (auto const& s : parts_of(rest, ','))
                said.emplace_back(span_of(s), what == "assisted" ? Known::yes : Known::unknown);
        else if (what == "seen")
            seen = at_day(rest);
        else if (what == "died")
            out.person.died = at_day(rest);
        else if (what == "alive")
            out.person.alive = at_day(rest);
        else if (what == "left_unit")
            out.person.left_unit = at_day(rest);
        else if (what == "left_hospital")
            out.person.left_hospital = at_day(rest);
        else if (what == "procedure" || what == "no_procedure")
            out.procedures.push_back({at_day(rest), what == "procedure"});
        else if (what == "sofa")
            for (auto const& points : parts_of(rest, ',')) {
                model::Score s;
                model::ScorePart total, part;
                part.part = model::Part::resp;
                if (points != "-") total.points = part.points = std::stoi(points);
                s.parts = {total, part};
                out.sofa.push_back(s);
            }
        else
            throw std::runtime_error{"unknown: " + entry};
    }
    // Assisted stretches first; unknown only where nothing else is said.
    std::vector<EventTime> edges{test::t0, seen};
    for (auto const& [s, known] : said) edges.insert(edges.end(), {s.from, s.to});
    std::sort(edges.begin(), edges.end());
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        if (edges[i] == edges[i + 1] || edges[i] >= seen) continue;
        Known now = Known::no;
        for (auto const& [s, known] : said)
            if (s.from <= edges[i] && edges[i] < s.to && now != Known::yes) now = known;
        out.course.push_back({edges[i], edges[i + 1], now});
    }
    return out;
}

using Said = std::map<std::string, std::string>;

std::string text_of(std::optional<std::int32_t> const& n) { return n ? std::to_string(*n) : "-"; }

Said said_of(outcomes::FreeDays const& f) {
    const auto spans = [](std::vector<outcomes::Span> const& all) {
        std::string out;
        for (auto const& s : all) out += (out.empty() ? "" : " ") + in_days(s.from) + "-" + in_days(s.to);
        return out;
    };
    return {{"", text_of(f.whole)},
            {"days", f.days ? model::to_string(*f.days) : "-"},
            {"lower", std::to_string(f.lower)},
            {"upper", std::to_string(f.upper)},
            {"why", std::string{name_of(f.reason)}},
            {"at", f.rests_on ? in_days(*f.rests_on) : "-"},
            {"ignored", spans(f.ignored)},
            {"unknown", spans(f.unknown)}};
}

Said said_of(outcomes::Mortality const& m) {
    return {{"", m.died == Known::yes  ? "yes"
                 : m.died == Known::no ? "no"
                                       : "unknown"},
            {"why", std::string{name_of(m.reason)}},
            {"at", m.rests_on ? in_days(*m.rests_on) : "-"}};
}

Said said_of(outcomes::SofaCourse const& s) {
    return {{"max", text_of(s.max)},
            {"total_max", text_of(s.total_max)},
            {"mean", s.mean ? model::to_string(*s.mean) : "-"},
            {"days", std::to_string(s.days)},
            {"baseline", text_of(s.baseline)},
            {"delta", text_of(s.delta)},
            {"delta_with_death", text_of(s.delta_with_death)},
            {"died_on", text_of(s.died_on)}};
}

Said asked(std::string const& ask, Told const& t) {
    auto tables = test::outcome_tables();
    const auto words = parts_of(ask, ' ');
    for (auto const& w : words) {
        if (w == "late_death") tables.organ_support_free.late_death_counts = true;
        if (w.starts_with("short=")) tables.ventilator_free.short_periods = *outcomes::parse_short_periods(w.substr(6));
    }
    if (words.front() == "vfd")
        return said_of(outcomes::ventilator_free_days(t.course, t.procedures, t.person, test::t0, tables));
    if (words.front() == "osfd")
        return said_of(outcomes::organ_support_free_days(t.course, t.person, test::t0, tables));
    if (words.front() == "mortality") return said_of(outcomes::mortality(t.person, test::t0, std::stoi(words.at(1))));
    if (words.front() == "sofa")
        return said_of(outcomes::sofa_course(t.sofa, t.person, test::t0, std::stoi(words.at(1)), tables));
    throw std::runtime_error{"unknown: " + ask};
}

} // namespace

TEST_CASE("outcome vectors") {
    char const* root = std::getenv("VIGIL_ROOT");
    const auto cases = test::read_cases(std::string{root == nullptr ? "." : root} + "/tests/vectors/outcomes.tsv");
    REQUIRE(cases.size() > 60);
    for (auto const& c : cases) {
        INFO("outcomes.tsv:" << c.line << " " << c.id << " " << c.why);
        const auto said = asked(c.ask, told_by(c.input));
        for (auto const& want : parts_of(c.expect, ',')) {
            const auto eq = want.find('=');
            REQUIRE(eq != std::string::npos);
            INFO(want);
            REQUIRE(said.contains(want.substr(0, eq)));
            CHECK(said.at(want.substr(0, eq)) == want.substr(eq + 1));
        }
    }
}

TEST_CASE("without a day known, an outcome lies between its bounds; more that is known never widens them") {
    // Every course of eight stretches of 3.5 days: free, assisted or unknown.
    auto const& tables = test::outcome_tables();
    outcomes::Person person;
    person.alive = at_day("28");
    const auto course_of = [](int code) {
        outcomes::Course out;
        for (int i = 0; i < 8; ++i, code /= 3) {
            const EventTime from{test::t0.ms + i * 302'400'000LL};
            out.push_back({from, from + model::Duration{302'400'000}, static_cast<Known>(code % 3)});
        }
        return out;
    };
    using Measure = std::function<outcomes::FreeDays(outcomes::Course const&)>;
    for (auto const& measure :
         {Measure{[&](auto const& c) { return outcomes::ventilator_free_days(c, {}, person, test::t0, tables); }},
          Measure{[&](auto const& c) { return outcomes::organ_support_free_days(c, person, test::t0, tables); }}})
        for (int code = 0; code < 6561; ++code) {
            auto course = course_of(code);
            const auto unsure = measure(course);
            CHECK(unsure.lower <= unsure.upper);
            const auto i =
                std::find_if(course.begin(), course.end(), [](auto const& s) { return s.supported == Known::unknown; });
            if (i == course.end()) {
                CHECK(unsure.whole);
                continue;
            }
            for (auto known : {Known::no, Known::yes}) {
                i->supported = known;
                const auto surer = measure(course);
                if (surer.lower < unsure.lower || surer.upper > unsure.upper) FAIL(code);
                if (unsure.whole && surer.whole != unsure.whole) FAIL(code);
            }
        }
}
