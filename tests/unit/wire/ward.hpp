#pragma once
// An engine with the definitions as shipped and one source, "lab".

#include "core/step.hpp"
#include "definitions/rulebook_loader.hpp"

#include <catch2/catch.hpp>

namespace ward {

inline vigil::core::Rulebook const& rules() {
    static const vigil::core::Rulebook loaded = [] {
        vigil::definitions::Problems problems;
        const auto config = vigil::definitions::load_config("config/vigil.toml", problems);
        auto rules = vigil::definitions::load_rulebook(config, problems);
        for (auto const& p : problems) UNSCOPED_INFO(to_string(p));
        REQUIRE(rules);
        return std::move(*rules);
    }();
    return loaded;
}

struct Ward {
    vigil::core::Rulebook const& book = rules();
    vigil::core::Engine engine{book, {}};
    std::vector<vigil::core::Effect> effects;
    std::uint64_t seq = 0;
    vigil::model::SourceId lab;

    Ward() {
        step(vigil::core::SourceReported{"lab", "csv", vigil::core::SourceState::connected, 1, {}, 0, 0, true});
        lab = *engine.find_source("lab");
    }
    void step(vigil::core::What what, std::int64_t at = 1'700'000'000'000) {
        effects.clear();
        engine.step({++seq, {at}, std::move(what)}, effects);
    }
};

} // namespace ward
