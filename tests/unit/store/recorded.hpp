#pragma once
// A ward whose steps are all in a journal, so that what a Recall asks for can be read again and answered.

#include "store/recall.hpp"
#include "tests/unit/store/ward.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace vigil::testing {

struct Recorded {
    TempDir dir;
    store::Options options = options_for(dir);
    Ward ward;
    std::optional<store::CommitThread> thread;

    explicit Recorded(unsigned seed)
        : ward{seed, 2} {
        options.frames_per_block = 16;
        thread.emplace(std::move(recovered(options).journal));
        commit(*thread, ward.opening());
    }
    // Of a stream: more readings than stand whole in the state. Only the bed says whose they are.
    Message message(int bed, model::LogTime at) {
        auto out = ward.message(bed);
        out.readings = 8;
        out.code = "map";
        out.names_visit = false;
        out.at = at;
        return out;
    }
    void send(Message const& message) {
        store::Batch b;
        if (ward.send(b, message)) commit(*thread, std::move(b));
    }
    void send(int bed, model::LogTime at) { send(message(bed, at)); }
    void pass(model::Duration time) {
        store::Batch b;
        ward.tick(b, time);
        commit(*thread, std::move(b));
    }
    void move(char const* visit, char const* bed, model::LogTime effective,
              core::CensusKind kind = core::CensusKind::transfer) {
        core::CensusChange change;
        change.kind = kind;
        change.source = "monitor";
        change.message_id = std::string{visit} + bed;
        change.processing = model::Processing::training;
        change.subject.visit = visit;
        change.subject.location = model::Location{"icu", bed};
        change.effective = model::EventTime{effective.ms};
        store::Batch b;
        ward.step(b, change);
        commit(*thread, std::move(b));
    }
    void merge(char const* absorbed, char const* into) {
        core::CensusChange change;
        change.kind = core::CensusKind::merge;
        change.source = "monitor";
        change.message_id = std::string{absorbed} + into;
        change.processing = model::Processing::training;
        change.subject.visit = into;
        change.absorbed_visit = absorbed;
        store::Batch b;
        ward.step(b, change);
        commit(*thread, std::move(b));
    }
    void answer_one() {
        auto rows = store::read_recall(options.directory, ward.pending().front());
        REQUIRE(rows);
        store::Batch b;
        ward.step(b, rows->event, rows->frames);
        commit(*thread, std::move(b));
    }
    // Of each minute: its number, its readings, its median.
    std::vector<std::tuple<std::int64_t, unsigned, std::int64_t>> minutes(std::size_t encounter) {
        std::vector<std::tuple<std::int64_t, unsigned, std::int64_t>> out;
        ward.engine().state().encounters.at(encounter).timeline.minutes(
            model::Signal::map, {0}, model::EventTime{ward.now().ms}, [&](model::Minute const& m) {
                if (!m.open) out.emplace_back(m.minute, m.total, m.value.mantissa);
            });
        return out;
    }
};

} // namespace vigil::testing
