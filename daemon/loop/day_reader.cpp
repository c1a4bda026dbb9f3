#include "loop/day_reader.hpp"

#include "core/scores/registry.hpp"
#include "loop/scores_at.hpp"
#include "store/reader.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace vigil::loop {

namespace {

core::DayRead score(Recorder::AskedDay const& asked, ViewPtr const& view, ScoresAt& past, store::Reader& reader) {
    core::DayRead out;
    out.asked = asked.day;
    out.asked_by = asked.asked_by;
    out.as_of = view->committed_seq;
    auto const& encounters = view->state.encounters;
    if (asked.day.encounter.value == 0 || asked.day.encounter.value > encounters.size()) {
        out.failed = "unknown_encounter";
        return out;
    }
    auto const& who = encounters[asked.day.encounter.value - 1];
    const auto course = past.course(view, who.pseudonym, reader, out.failed);
    if (!course) {
        if (out.failed.empty()) out.failed = "unreadable";
        return out;
    }
    scores::Patient patient;
    patient.timeline = course->timeline;
    patient.opened = course->who->opened;
    patient.age_years = course->who->age_years;
    patient.sex = course->who->sex;
    patient.day_is_over = true;
    const auto at = asked.day.to - model::Duration{1};
    past.follow_sofa({&asked.day.key, 1}, patient, at);
    out.parts = scores::evaluate(asked.day.key, patient, at, *view->rules).parts;
    return out;
}

} // namespace

DayReader::DayReader(std::filesystem::path journal)
    : journal_{std::move(journal)},
      thread_{[this] { run(); }} {}

DayReader::~DayReader() {
    {
        const std::scoped_lock lock{mutex_};
        stop_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void DayReader::ask(std::vector<Recorder::AskedDay> days, ViewPtr view) {
    // One patient after the other: a stay is read once.
    std::sort(days.begin(), days.end(), [](auto const& a, auto const& b) {
        return std::tuple{a.day.encounter.value, a.day.number} < std::tuple{b.day.encounter.value, b.day.number};
    });
    waiting_ += days.size();
    {
        const std::scoped_lock lock{mutex_};
        asked_ = std::move(days);
        view_ = std::move(view);
    }
    wake_.notify_all();
}

std::optional<core::DayRead> DayReader::take() {
    const std::scoped_lock lock{mutex_};
    if (done_.empty()) return std::nullopt;
    auto out = std::move(done_.front());
    done_.pop_front();
    --waiting_;
    return out;
}

void DayReader::run() {
    std::unique_lock lock{mutex_};
    for (;;) {
        wake_.wait(lock, [this] { return stop_ || !asked_.empty(); });
        if (stop_) return;
        const auto days = std::exchange(asked_, {});
        const auto view = std::exchange(view_, {});
        lock.unlock();
        ScoresAt past{journal_};
        store::Reader reader{journal_};
        for (auto const& day : days) {
            auto answer = score(day, view, past, reader);
            lock.lock();
            done_.push_back(std::move(answer));
            const bool stop = stop_;
            lock.unlock();
            if (stop) return;
        }
        lock.lock();
    }
}

} // namespace vigil::loop
