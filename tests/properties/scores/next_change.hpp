#pragma once
// Whether a score names the instant at which it changes.

#include "case.hpp"

#include <catch2/catch.hpp>

namespace vigil::test {

// What a score says, without why.
inline std::string said(model::Score const& score) {
    std::string out;
    for (auto const& p : score.parts)
        out += std::string{model::name_of(p.part)} + "=" + (p.points ? std::to_string(*p.points) : "-") +
               (p.label ? std::string{model::name_of(*p.label)} : "") + " " + std::string{model::name_of(p.state)} +
               " " + std::to_string(p.lower) + ".." + std::to_string(p.upper) + "\n";
    return out;
}

// The next_change that a score must name when it is asked at `at` and says something else at `changed`.
inline void names_change(std::string const& input, std::string const& key, std::string const& at,
                         std::string const& changed, model::EventTime opened = t0 - model::hours(200)) {
    const auto t = timeline_of(parse_input(input));
    const scores::Patient who{&t, opened, {}, {}};
    const auto before = scores::evaluate(parse_key(key), who, parse_time(at), rulebook());
    const auto after = scores::evaluate(parse_key(key), who, parse_time(changed), rulebook());
    CAPTURE(input, key, at, changed);
    REQUIRE(said(before) != said(after));
    REQUIRE(before.next_change);
    CHECK(*before.next_change <= parse_time(changed));
}

} // namespace vigil::test
