#pragma once
// A story: timed lines of what happens at a bed and what is expected to stand. docs/alert-lifecycle.md and the stories
// themselves show the language; story.cpp has its grammar.

#include "tests/stories/bedside.hpp"

namespace vigil::testing {

// What did not come true, each as "file:line: …"; empty when the whole story did.
std::vector<std::string> run_story(std::string const& name, std::string const& text, core::Rulebook const& rules);

} // namespace vigil::testing
