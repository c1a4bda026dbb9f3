#pragma once
// Scores of one patient that are asked for again and again: a component is evaluated anew only when something it looked
// at has changed, or an instant it named itself has come; otherwise its last answer stands. What comes out is what
// `evaluate` gives from scratch, in every field.
//
// A component's own View says what it read. Of a signal it read up to the instant asked for, an insertion counts from
// its own time on, be it past or still ahead. Of one it read only further back (the device at the time of a gas), an
// insertion counts if it is late. Anything else that happens to a signal (a correction, a retraction, samples thinned)
// counts at once; forgetting does where it reaches what was read. What runs out by itself is the component's `due`.
//
// What components of several scores work out alike is worked out once for a product, and kept by the same rule.

#include "core/scores/definition.hpp"

#include <array>
#include <memory>
#include <vector>

namespace vigil::scores {

class Memory {
public:
    enum class Evidence : std::uint8_t { wanted, unwanted };
    explicit Memory(std::span<model::ScoreKey const> keys, Evidence evidence = Evidence::wanted);
    ~Memory();
    Memory(Memory&&) noexcept;
    Memory& operator=(Memory&&) noexcept;

    // Changes the patient's timeline and notes what that can change.
    model::Inserted insert(model::Timeline& timeline, model::Signal signal, model::SignalKind kind,
                           model::Sample const& sample, model::EventTime now, model::Retention const& keep);
    void forget(model::Timeline& timeline, model::EventTime now, model::Retention const& keep);

    struct Answer {
        std::span<model::ScorePart const> parts; // total (or the class) first; valid until the next question
        bool anew = true;                        // false: as it was answered last
    };
    // The score of the key with this index as of `at`, from what the timeline holds now.
    Answer parts(std::size_t key, Patient const& patient, model::EventTime at, core::Rulebook const& rules);
    // The same with `next_change`.
    model::Score score(std::size_t key, Patient const& patient, model::EventTime at, core::Rulebook const& rules);

private:
    struct Remembered { // what a component answered
        Reads reads;    // for the answer and for what stands in the notes
        std::unique_ptr<Notes> notes;
        model::EventTime due = Due::never;   // when the value can differ although nothing arrives
        model::EventTime lasts = Due::never; // when anything can
        model::SignalSet changed;            // since it was asked last
        bool stands = false;
    };
    struct Run {
        model::ScoreKey key;
        Definition const* what;
        std::vector<Remembered> components;
        std::vector<model::ScorePart> parts;
    };

    void look(Patient const& patient, model::EventTime at);
    void begin_anew(Patient const& patient, model::EventTime at);
    static void past_changed(Remembered& c);
    template <class Touched>
    void past_changed(model::SignalSet const& changed, Touched&& touched);
    bool answer(Run& run, std::size_t component, Patient const& patient, model::EventTime at,
                core::Rulebook const& rules);

    std::vector<Run> runs_;
    std::array<std::unique_ptr<SharedNotes>, model::product_count> shared_; // of each product asked for
    std::vector<model::Signal> signals_;                                    // that any run may read
    // By place in signals_: the earliest instant behind the last question at which the signal has something to tell.
    std::vector<model::EventTime> tells_;
    std::vector<std::uint8_t> told_;                        // places of those that ever had something
    model::SignalSet ever_told_;                            // they
    model::EventTime first_to_tell_;                        // none of them before
    std::array<std::uint8_t, model::signal_count> place_{}; // in signals_, from 1; 0: nobody reads it
    model::SignalSet arrived_;                              // since the last question, whatever their time
    bool explain_ = true;
    bool asked_ = false;
    model::EventTime at_, opened_;
    std::optional<std::uint32_t> age_years_;
    model::Sex sex_ = model::Sex::unspecified;
};

} // namespace vigil::scores
