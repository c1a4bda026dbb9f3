#pragma once
// An engine small enough for the tests of the wire: the whole vocabulary, no scores, no alerts.

#include "core/step.hpp"

namespace ward {

inline vigil::core::Rulebook rules() {
    vigil::core::Rulebook out;
    for (std::size_t i = 0; i < vigil::model::signal_count; ++i) {
        vigil::core::VocabularyEntry e;
        e.signal = static_cast<vigil::model::Signal>(i);
        e.kind = vigil::model::SignalKind::laboratory;
        e.canonical = vigil::model::Unit::giga_per_L;
        out.vocabulary.push_back(e);
    }
    auto& imaging = out.vocabulary[static_cast<std::size_t>(vigil::model::Signal::ards_imaging)];
    imaging.kind = vigil::model::SignalKind::attested;
    imaging.words = {vigil::model::Word::bilateral, vigil::model::Word::not_bilateral};
    return out;
}

// With one source, "lab".
struct Ward {
    vigil::core::Rulebook book = rules();
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
