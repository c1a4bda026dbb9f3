#include "gateway/alert_tally.hpp"

#include "vigil/v1/alert.pb.h"

#include <algorithm>

namespace vigil::gateway {

namespace {

constexpr std::int64_t day_ms = 86'400'000;

bool calls(const vigil::v1::Alert& a) {
    return a.notify() == vigil::v1::NOTIFY_FIRST || a.notify() == vigil::v1::NOTIFY_WORSENED ||
           a.notify() == vigil::v1::NOTIFY_RECURRED || a.notify() == vigil::v1::NOTIFY_RESUMED ||
           a.notify() == vigil::v1::NOTIFY_ESCALATED;
}

const char* verdict_word(vigil::v1::Judgement verdict) {
    switch (verdict) {
    case vigil::v1::JUDGEMENT_USEFUL: return "useful";
    case vigil::v1::JUDGEMENT_NOT_USEFUL: return "not_useful";
    case vigil::v1::JUDGEMENT_ARTEFACT: return "artefact";
    default: return "unknown";
    }
}

double seconds(std::int64_t from_ms, std::int64_t to_ms) {
    return static_cast<double>(std::max<std::int64_t>(to_ms - from_ms, 0)) / 1000;
}

} // namespace

std::string priority_word(int priority) {
    switch (priority) {
    case vigil::v1::PRIORITY_HIGH: return "high";
    case vigil::v1::PRIORITY_MEDIUM: return "medium";
    case vigil::v1::PRIORITY_LOW: return "low";
    case vigil::v1::PRIORITY_INFORMATION: return "information";
    default: return "unknown";
    }
}

void AlertTally::known(const vigil::v1::Alert& alert) {
    auto& seen = seen_[alert.id()];
    if (seen.revision >= alert.revision()) return;
    seen = {alert.revision(), alert.waiting_since_ms(), alert.onsets(), alert.feedback_size(),
            !alert.inhibited_by().empty()};
}

void AlertTally::observe(const vigil::v1::Alert& revision) {
    auto& seen = seen_[revision.id()];
    if (revision.revision() <= seen.revision) return;
    count(seen, revision);
    seen.revision = revision.revision();
    if (revision.signal() != vigil::v1::SIGNAL_STATE_CLOSED) return;
    constexpr std::size_t closed_remembered = 4'096;
    closed_.push_back(revision.id());
    while (closed_.size() > closed_remembered) {
        seen_.erase(closed_.front());
        closed_.pop_front();
    }
}

void AlertTally::count(Seen& seen, const vigil::v1::Alert& a) {
    const auto priority = priority_word(a.priority());
    const bool begins = a.notify() == vigil::v1::NOTIFY_FIRST || a.notify() == vigil::v1::NOTIFY_RECURRED;
    if (begins) {
        ++onsets[{a.rule(), priority, a.unit()}];
        day.push_back({a.revised_at_ms(), {priority, a.unit()}});
        while (!day.empty() && a.revised_at_ms() - day.front().log_ms > day_ms) day.pop_front();
        if (a.onsets() > 1 && a.onsets() > seen.onsets) ++back_again[a.rule()];
    }
    seen.onsets = std::max(seen.onsets, a.onsets());
    if (calls(a)) seen.called_ms = a.revised_at_ms();
    if (a.notify() == vigil::v1::NOTIFY_ACKNOWLEDGED && seen.called_ms != 0)
        acknowledged_after[{priority, a.unit()}].add(seconds(seen.called_ms, a.revised_at_ms()), ack_bounds_s);
    if (a.notify() == vigil::v1::NOTIFY_PAUSED) ++suppressed["paused"];
    if (a.notify() == vigil::v1::NOTIFY_SHELVED) ++suppressed["shelved"];
    if (!a.inhibited_by().empty() && !seen.inhibited) ++suppressed["inhibited"];
    seen.inhibited = !a.inhibited_by().empty();
    // The newest is the one that this revision brought.
    if (a.notify() == vigil::v1::NOTIFY_UPDATED && a.feedback_size() > 0) {
        const auto& last = a.feedback(a.feedback_size() - 1);
        if (a.feedback_size() > seen.judged || last.at_ms() == a.revised_at_ms())
            ++feedback[{a.rule(), verdict_word(last.judgement())}];
    }
    seen.judged = a.feedback_size();
    // One that is judged when it is over is not over once more; one that moved goes on.
    if (a.signal() == vigil::v1::SIGNAL_STATE_CLOSED && a.moved_to().empty() && a.notify() != vigil::v1::NOTIFY_UPDATED)
        lasted[a.rule()].add(seconds(a.shown_at_ms(), a.revised_at_ms()), duration_bounds_s);
}

} // namespace vigil::gateway
