// What alerts ask of people, counted from what the feed tells: each once, whatever comes again.

#include "gateway/alert_tally.hpp"

#include "vigil/v1/alert.pb.h"

#include <catch2/catch.hpp>

using namespace vigil::gateway;
namespace v1 = vigil::v1;

namespace {

constexpr std::int64_t begin = 1'772'323'200'000;

v1::Alert alert(const std::string& id, std::uint64_t revision, v1::Notify notify, std::int64_t after_s,
                v1::SignalState signal = v1::SIGNAL_STATE_ON) {
    v1::Alert out;
    out.set_id(id);
    out.set_revision(revision);
    out.set_rule("organ_resp");
    out.set_priority(v1::PRIORITY_HIGH);
    out.set_unit("icu1");
    out.set_notify(notify);
    out.set_signal(signal);
    out.set_shown_at_ms(begin);
    out.set_revised_at_ms(begin + after_s * 1000);
    out.set_onsets(1);
    return out;
}

} // namespace

TEST_CASE("a call, its acknowledgement and its end are counted once, also when they are told twice") {
    AlertTally tally;
    for (int twice = 0; twice < 2; ++twice) {
        tally.observe(alert("a", 1, v1::NOTIFY_FIRST, 0));
        tally.observe(alert("a", 2, v1::NOTIFY_ACKNOWLEDGED, 45, v1::SIGNAL_STATE_ACKNOWLEDGED));
    }
    tally.observe(alert("a", 3, v1::NOTIFY_CLEARED, 1'000, v1::SIGNAL_STATE_CLOSED));
    tally.observe(alert("a", 1, v1::NOTIFY_FIRST, 0)); // a replay tells all of it again
    tally.observe(alert("a", 3, v1::NOTIFY_CLEARED, 1'000, v1::SIGNAL_STATE_CLOSED));
    CHECK(tally.onsets.at({"organ_resp", "high", "icu1"}) == 1);
    const auto& acknowledged = tally.acknowledged_after.at({"high", "icu1"});
    CHECK(acknowledged.count == 1);
    CHECK(acknowledged.sum_s == Approx(45));
    CHECK(acknowledged.by_bound[2] == 1); // up to 60 s
    const auto& lasted = tally.lasted.at("organ_resp");
    CHECK(lasted.count == 1);
    CHECK(lasted.sum_s == Approx(1'000));
    CHECK(tally.day.size() == 1);
}

TEST_CASE("an acknowledgement is measured from the last call") {
    AlertTally tally;
    tally.observe(alert("a", 1, v1::NOTIFY_FIRST, 0));
    tally.observe(alert("a", 2, v1::NOTIFY_ESCALATED, 300));
    tally.observe(alert("a", 3, v1::NOTIFY_ACKNOWLEDGED, 320, v1::SIGNAL_STATE_ACKNOWLEDGED));
    CHECK(tally.acknowledged_after.at({"high", "icu1"}).sum_s == Approx(20));
}

TEST_CASE("what stood when this program began is not counted as new, and its acknowledgement is") {
    AlertTally tally;
    auto standing = alert("a", 4, v1::NOTIFY_FIRST, 0);
    standing.set_waiting_since_ms(begin);
    tally.known(standing);
    tally.observe(standing);
    CHECK(tally.onsets.empty());
    tally.observe(alert("a", 5, v1::NOTIFY_ACKNOWLEDGED, 90, v1::SIGNAL_STATE_ACKNOWLEDGED));
    CHECK(tally.acknowledged_after.at({"high", "icu1"}).count == 1);
}

TEST_CASE("what comes back, what is explained, what people say of it") {
    AlertTally tally;
    tally.observe(alert("a", 1, v1::NOTIFY_FIRST, 0));
    auto again = alert("b", 1, v1::NOTIFY_FIRST, 600);
    again.set_onsets(2);
    tally.observe(again);
    CHECK(tally.back_again.at("organ_resp") == 1);

    auto explained = alert("c", 1, v1::NOTIFY_UPDATED, 0);
    explained.set_inhibited_by("care_limits");
    tally.observe(explained);
    explained.set_revision(2);
    tally.observe(explained);
    CHECK(tally.suppressed.at("inhibited") == 1);
    CHECK(tally.suppressed.at("paused") == 0);

    auto judged = alert("b", 2, v1::NOTIFY_UPDATED, 700);
    auto& said = *judged.add_feedback();
    said.set_judgement(v1::JUDGEMENT_ARTEFACT);
    said.set_at_ms(judged.revised_at_ms());
    tally.observe(judged);
    CHECK(tally.feedback.at({"organ_resp", "artefact"}) == 1);

    // Judged when it was over: said once more, ended once.
    tally.observe(alert("b", 3, v1::NOTIFY_CLEARED, 900, v1::SIGNAL_STATE_CLOSED));
    auto later = alert("b", 4, v1::NOTIFY_UPDATED, 1'000, v1::SIGNAL_STATE_CLOSED);
    *later.add_feedback() = said;
    later.mutable_feedback(0)->set_judgement(v1::JUDGEMENT_USEFUL);
    later.mutable_feedback(0)->set_at_ms(later.revised_at_ms());
    tally.observe(later);
    CHECK(tally.feedback.at({"organ_resp", "useful"}) == 1);
    CHECK(tally.lasted.at("organ_resp").count == 1);
}

TEST_CASE("the calls of a day are those of the last 24 hours") {
    AlertTally tally;
    tally.observe(alert("a", 1, v1::NOTIFY_FIRST, 0));
    tally.observe(alert("b", 1, v1::NOTIFY_FIRST, 80'000));
    CHECK(tally.day.size() == 2);
    tally.observe(alert("c", 1, v1::NOTIFY_FIRST, 90'000));
    CHECK(tally.day.size() == 2);
}
