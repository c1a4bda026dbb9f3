#include "gateway/wall.hpp"

#include "gateway/json.hpp"
#include "wire/explained.hpp"

#include "vigil/v1/query.pb.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace vigil::gateway {
namespace {

using vigil::page::v1::Clock;

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t flush_every_ms = 250;
constexpr std::int64_t alerts_every_ms = 20; // what somebody must see waits for nothing but a burst of its own kind
constexpr std::int64_t readings_every_ms = 1000;
constexpr std::int64_t alive_within_ms = 5000;
constexpr unsigned change_hours = 24;
constexpr unsigned wall_trend_hours = 24;
constexpr unsigned revisions_most = 500; // of alerts, in one answer
constexpr std::int64_t wall_trend_step_ms = 15 * 60'000;

const BedState nobody;

std::int64_t steady_ms() {
    using std::chrono::duration_cast;
    return duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
std::int64_t utc_ms() {
    using std::chrono::duration_cast;
    return duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Clock::Feed wire_state(FeedState state) {
    switch (state) {
    case FeedState::connecting: return Clock::FEED_CONNECTING;
    case FeedState::live: return Clock::FEED_LIVE;
    case FeedState::resyncing: return Clock::FEED_RESYNCING;
    case FeedState::lost: return Clock::FEED_LOST;
    }
    return Clock::FEED_UNSPECIFIED;
}

/// Known points only: a part that was not measured has none, and stays without.
vigil::page::v1::TrendPoint trend_point(const vigil::v1::Score& score) {
    vigil::page::v1::TrendPoint point;
    point.set_at_ms(score.as_of_ms());
    for (const auto& part : score.parts()) {
        if (part.part() == "total") {
            if (part.has_points()) point.set_points(part.points());
            point.set_lower(part.lower());
            point.set_upper(part.upper());
            point.set_missing(part.missing());
            continue;
        }
        auto* row = point.add_parts();
        row->set_part(part.part());
        if (part.has_points()) row->set_points(part.points());
    }
    return point;
}

/// True when there were any.
bool take_names_off(vigil::page::v1::Bed& bed) {
    const bool had = !bed.label().empty();
    bed.clear_label();
    return had;
}
bool take_names_off(vigil::page::v1::Wall& wall) {
    bool had = false;
    for (auto& bed : *wall.mutable_beds()) had = take_names_off(bed) || had;
    return had;
}

bool is_numeric_score(const vigil::v1::Score& score) {
    return std::any_of(score.parts().begin(), score.parts().end(),
                       [](const auto& part) { return part.part() == "total"; });
}

} // namespace

Wall::Wall(GatewayConfig config, const std::string& database)
    : config_(std::move(config)),
      read_model_(database) {
    came_round_ms_ = steady_ms();
    for (const char* cls : {"alert", "event", "score"}) newest_[cls] = read_model_.cursor(cls);
}

// ---- from the feed -------------------------------------------------------------------------------------------------

void Wall::snapshot(const std::vector<vigil::v1::Publication>& publications, std::uint64_t epoch,
                    std::uint64_t last_seq) {
    const std::lock_guard lock(mutex_);
    ward_.reset(epoch == epoch_);
    epoch_ = epoch;
    seq_ = last_seq;
    Touched touched;
    for (const auto& publication : publications) {
        const auto topic = parse_topic(publication.topic());
        if (!topic || topic->site != config_.site) continue;
        const auto& envelope = publication.envelope();
        ward_.apply(*topic, envelope, touched); // history comes by replay
        if (!counts_from_history_ && envelope.has_alert()) tally_.known(envelope.alert());
    }
    dirty_all_ = true;
}

void Wall::live(const std::string& text, const vigil::v1::Envelope& envelope, bool news) {
    const auto topic = parse_topic(text);
    if (!topic) return;
    raw_.take(text, envelope);
    const std::lock_guard lock(mutex_);
    record(*topic, envelope);
    if (envelope.has_alert()) tally_.observe(envelope.alert());
    if (!news) return;
    sequence_[topic->cls] = std::max(sequence_[topic->cls], envelope.seq());
    if (const auto newest = newest_.find(topic->cls); newest != newest_.end() && envelope.seq() > newest->second.seq)
        newest->second = {envelope.seq(), envelope.log_time_ms()};
    epoch_ = envelope.epoch();
    seq_ = std::max(seq_, envelope.seq());
    Touched touched;
    ward_.apply(*topic, envelope, touched);
    dirty_beds_.merge(touched.beds);
    read_beds_.merge(touched.read);
    dirty_alerts_.merge(touched.alerts);
    dirty_sources_.merge(touched.sources);
    dirty_clock_ = dirty_clock_ || touched.daemon;
}

void Wall::history(const std::string& text, const vigil::v1::Envelope& envelope) {
    const auto topic = parse_topic(text);
    if (!topic || topic->site != config_.site) return;
    const std::lock_guard lock(mutex_);
    record(*topic, envelope);
    if (counts_from_history_ && envelope.has_alert()) tally_.observe(envelope.alert());
    history_grew_ = true;
}

void Wall::record(const Topic& topic, const vigil::v1::Envelope& envelope) {
    if (envelope.has_score() && is_numeric_score(envelope.score())) {
        const auto& score = envelope.score();
        read_model_.begin();
        read_model_.put_score({score.encounter(), topic.unit, topic.bed, definition_id(score.definition()),
                               score.product(), envelope.seq(), trend_point(score)});
    } else if (envelope.has_alert()) {
        read_model_.begin();
        read_model_.put_alert(envelope.alert(), envelope.seq());
    } else if (envelope.has_event() && envelope.seq() != 0) {
        read_model_.begin();
        read_model_.put_event(topic.unit, topic.bed, envelope.event(), envelope.seq(), envelope.event_time_ms());
    }
}

void Wall::state(FeedState state) {
    const std::lock_guard lock(mutex_);
    state_ = state;
    dirty_clock_ = true;
}

void Wall::digest(const vigil::v1::Envelope& envelope) {
    const std::lock_guard lock(mutex_);
    heard_ms_ = utc_ms();
    dirty_clock_ = true; // whoever is told it at once knows a silent vigild as early as this program does
    epoch_ = envelope.epoch();
    Touched touched;
    ward_.apply({}, envelope, touched);
}

void Wall::complete_so_far() {
    const std::lock_guard lock(mutex_);
    dirty_all_ = dirty_all_ || history_grew_; // trends have grown at their old end
    history_grew_ = false;
    counts_from_history_ = true;
    complete_seq_ = seq_;
    for (const auto& [cls, newest] : newest_) {
        if (newest.seq <= read_model_.cursor(cls).seq) continue;
        read_model_.begin();
        read_model_.set_cursor(cls, newest);
    }
}

ReplayFrom Wall::replay_from(const std::string& cls) {
    const std::lock_guard lock(mutex_);
    const auto cursor = read_model_.cursor(cls);
    return {cursor.seq, cursor.log_time_ms};
}

void Wall::replayed_to(const std::string& cls, const ReplayFrom& place) {
    const std::lock_guard lock(mutex_);
    if (place.seq <= read_model_.cursor(cls).seq) return;
    read_model_.begin();
    read_model_.set_cursor(cls, {place.seq, place.log_time_ms});
}

void Wall::journal_changed() {
    const std::lock_guard lock(mutex_);
    read_model_.commit();
    read_model_.drop();
    complete_seq_ = 0;
    for (auto& [cls, newest] : newest_) newest = {};
}

void Wall::failed() { failed_(); }

void Wall::flush() {
    const auto now = steady_ms();
    came_round_ms_ = now;
    const std::lock_guard lock(mutex_);
    const bool due = now - flushed_ms_ >= flush_every_ms;
    if (dirty_clock_) send("clock", to_json(clock()));
    dirty_clock_ = false;
    if (!dirty_alerts_.empty() && !dirty_all_ && now - alerts_flushed_ms_ >= alerts_every_ms) {
        alerts_flushed_ms_ = now;
        send_alerts();
    }
    if (!due) return;
    flushed_ms_ = now;
    if (const auto log_time = ward_.log_time_ms(); log_time && *log_time - pruned_log_ms_ > hour_ms) {
        pruned_log_ms_ = *log_time;
        read_model_.begin();
        read_model_.forget_before(*log_time - std::int64_t{config_.history_hours} * hour_ms);
    }
    read_model_.commit();
    if (dirty_all_) {
        send_named("snapshot", wall(true));
        dirty_alerts_.clear();
        dirty_beds_.clear();
        read_beds_.clear();
    } else {
        send_beds(now);
        for (const auto& name : dirty_sources_)
            if (const auto source = ward_.sources().find(name); source != ward_.sources().end())
                send("source", to_json(source->second));
    }
    dirty_all_ = false;
    dirty_sources_.clear();
}

void Wall::send_alerts() {
    for (const auto& id : dirty_alerts_) {
        const auto open = ward_.alerts().find(id);
        if (open != ward_.alerts().end())
            send("alert", to_json(open->second));
        else if (const auto closed = read_model_.why(id))
            send("alert", to_json(closed->alert()));
    }
    dirty_alerts_.clear();
}

void Wall::send_beds(std::int64_t now) {
    // A bed of which only readings are newer is told once a second, as monitors read.
    for (auto key = read_beds_.begin(); key != read_beds_.end();)
        if (now - bed_flushed_ms_[*key] >= readings_every_ms - flush_every_ms / 2)
            dirty_beds_.insert(read_beds_.extract(key++));
        else
            ++key;
    for (const auto& key : dirty_beds_) {
        bed_flushed_ms_[key] = now;
        read_beds_.erase(key);
        send_named("bed", bed_of(key, false));
    }
    dirty_beds_.clear();
}

// ---- to the browsers -----------------------------------------------------------------------------------------------

std::string Wall::event_text(const char* event_name, const std::string& json) const {
    return fmt::format("id: {}.{}.{}\nevent: {}\ndata: {}\n\n", epoch_, seq_, version_, event_name, json);
}

void Wall::send(const char* event_name, const std::string& json) {
    if (!publish_) return;
    ++version_;
    publish_(std::make_shared<const Frame>(Frame{version_, event_text(event_name, json), {}}));
}

template <class Message>
void Wall::send_named(const char* event_name, Message message) {
    if (!publish_) return;
    ++version_;
    Frame frame{version_, event_text(event_name, to_json(message)), {}};
    if (!config_.accounts.empty() && take_names_off(message))
        frame.without_names = event_text(event_name, to_json(message));
    publish_(std::make_shared<const Frame>(std::move(frame)));
}

Frame Wall::snapshot_frame(const char* event_name, bool names) const {
    const std::lock_guard lock(mutex_);
    auto whole = wall(true);
    if (!names) take_names_off(whole);
    return {version_, event_text(event_name, to_json(whole)), {}};
}

std::string Wall::clock_frame() const {
    const std::lock_guard lock(mutex_);
    // Written beside the frames, not among them: without a version, so that nobody takes it for the next one.
    return fmt::format("id: {}.{}\nevent: clock\ndata: {}\n\n", epoch_, seq_, to_json(clock()));
}

Clock Wall::clock() const {
    Clock out;
    out.set_feed(wire_state(state_));
    if (const auto log_time = ward_.log_time_ms()) out.set_log_time_ms(*log_time);
    if (heard_ms_) out.set_heard_ms(*heard_ms_);
    *out.mutable_daemon() = ward_.daemon();
    out.set_simulated(ward_.simulated());
    out.set_unrecorded(ward_.unrecorded());
    out.set_epoch(epoch_);
    out.set_seq(seq_);
    return out;
}

const vigil::v1::Score* Wall::shown_score(const BedState& state) const {
    const auto shown = state.scores.find(config_.score + "/" + config_.product);
    return shown == state.scores.end() ? nullptr : &shown->second;
}

void Wall::add_change(const BedState& state, vigil::page::v1::Bed& out) const {
    const auto* score = shown_score(state);
    if (score == nullptr) return;
    const auto before = read_model_.score_at(state.encounter, config_.score, config_.product,
                                             score->as_of_ms() - change_hours * hour_ms);
    if (!before) return;
    vigil::page::v1::Change change;
    std::int32_t points = 0;
    const auto now = trend_point(*score);
    for (const auto& part : now.parts())
        for (const auto& old : before->parts())
            if (old.part() == part.part() && old.has_points() && part.has_points()) {
                points += part.points() - old.points();
                change.add_parts(part.part());
            }
    if (change.parts().empty()) return;
    change.set_points(points);
    change.set_from_ms(score->as_of_ms() - change_hours * hour_ms);
    *out.mutable_change() = change;
}

vigil::page::v1::Bed Wall::bed(const BedKey& key, const BedState& state, bool evidence) const {
    vigil::page::v1::Bed out;
    out.set_unit(key.first);
    out.set_bed(key.second);
    out.set_encounter(state.encounter);
    if (const auto label = labels_.find(state.encounter); label != labels_.end()) out.set_label(label->second);
    if (const auto* shown = shown_score(state)) *out.add_scores() = *shown; // the one drawn large comes first
    for (const auto& [name, score] : state.scores)
        if (name != config_.score + "/" + config_.product) *out.add_scores() = score;
    if (evidence)
        for (const auto& score : out.scores()) out.add_explained(wire::explained(score, state.encounter));
    else
        for (auto& score : *out.mutable_scores())
            for (auto& part : *score.mutable_parts()) part.clear_evidence();
    if (state.status) *out.mutable_status() = *state.status;
    if (evidence)
        for (const auto& [signal, value] : state.latest) *out.add_latest() = value;
    for (const auto& [signal, support] : state.support) *out.add_support() = support;
    if (state.last_data_ms) out.set_last_data_ms(*state.last_data_ms);
    if (state.age_years) out.set_age_years(*state.age_years);
    out.set_sex(state.sex);
    add_change(state, out);
    return out;
}

vigil::page::v1::Bed Wall::bed_of(const BedKey& key, bool evidence) const {
    const auto found = ward_.beds().find(key);
    return bed(key, found == ward_.beds().end() ? nobody : found->second, evidence);
}

vigil::page::v1::Trend Wall::trend(const BedKey& key, const BedState& state, unsigned hours) const {
    vigil::page::v1::Trend out;
    out.set_unit(key.first);
    out.set_bed(key.second);
    out.set_encounter(state.encounter);
    out.set_definition(config_.score);
    out.set_product(config_.product);
    const auto log_time = ward_.log_time_ms();
    if (!log_time) return out;
    out.set_to_ms(*log_time);
    out.set_from_ms(*log_time - std::int64_t{hours} * hour_ms);
    for (auto& point : read_model_.trend(state.encounter, config_.score, config_.product, out.from_ms(), out.to_ms()))
        *out.add_points() = std::move(point);
    return out;
}

vigil::page::v1::Wall Wall::wall(bool with_trends) const {
    read_model_.begin(); // all of its questions are one reading
    vigil::page::v1::Wall out;
    out.set_site(config_.site);
    *out.mutable_clock() = clock();
    out.set_stale_after_s(config_.stale_after_s);
    std::vector<BedKey> keys(config_.beds.begin(), config_.beds.end());
    for (const auto& [key, state] : ward_.beds())
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    for (const auto& key : keys) {
        const auto found = ward_.beds().find(key);
        const auto& state = found == ward_.beds().end() ? nobody : found->second;
        auto* row = out.add_beds();
        *row = bed(key, state, false);
        if (!with_trends || state.encounter.empty()) continue;
        auto& thin = *row->mutable_trend();
        thin = trend(key, state, wall_trend_hours);
        // The last word of every quarter of an hour; parts are for the trend of one bed.
        auto& points = *thin.mutable_points();
        int kept = 0;
        for (int i = 0; i < points.size(); ++i) {
            const bool last_of_step = i + 1 == points.size() || points[i].at_ms() / wall_trend_step_ms !=
                                                                    points[i + 1].at_ms() / wall_trend_step_ms;
            if (!last_of_step) continue;
            points[i].clear_parts();
            points.SwapElements(kept++, i);
        }
        points.DeleteSubrange(kept, points.size() - kept);
    }
    for (const auto& [id, alert] : ward_.alerts()) *out.add_alerts() = alert;
    for (const auto& [name, source] : ward_.sources()) *out.add_sources() = source;
    return out;
}

std::string Wall::beds_json(bool names) const {
    const std::lock_guard lock(mutex_);
    auto whole = wall(false);
    if (!names) take_names_off(whole);
    return to_json(whole);
}

Wall::Figures Wall::figures() const {
    const std::lock_guard lock(mutex_);
    Figures out;
    out.tally = tally_;
    out.sequence = sequence_;
    for (const auto& [id, alert] : ward_.alerts())
        ++out.active[{alert.rule(), priority_word(alert.priority()), alert.unit()}];
    const auto now = ward_.log_time_ms();
    out.log_time_ms = now;
    for (const auto& [key, bed] : ward_.beds()) {
        if (bed.encounter.empty()) continue;
        ++out.occupied[key.first];
        if (!bed.status || !now) continue;
        for (const auto& signal : bed.status->signals()) {
            auto& age = out.age_s[{key.first, signal.signal()}];
            age = std::max(age, static_cast<double>(*now - signal.last_ms()) / 1000);
        }
    }
    return out;
}

std::optional<std::string> Wall::encounter_in(const std::string& unit, const std::string& bed) const {
    const std::lock_guard lock(mutex_);
    const auto found = ward_.beds().find({unit, bed});
    if (found == ward_.beds().end() || found->second.encounter.empty()) return std::nullopt;
    return found->second.encounter;
}

std::optional<std::string> Wall::bed_json(const std::string& unit, const std::string& bed, bool names) const {
    const std::lock_guard lock(mutex_);
    const BedKey key{unit, bed};
    const bool known =
        ward_.beds().contains(key) || std::find(config_.beds.begin(), config_.beds.end(), key) != config_.beds.end();
    if (!known) return std::nullopt;
    auto row = bed_of(key, true);
    if (!names) take_names_off(row);
    return to_json(row);
}

std::optional<std::string> Wall::trend_json(const std::string& unit, const std::string& bed, unsigned hours) const {
    const std::lock_guard lock(mutex_);
    const auto found = ward_.beds().find({unit, bed});
    if (found == ward_.beds().end()) return std::nullopt;
    return to_json(trend(found->first, found->second, hours));
}

std::string Wall::alerts_json(bool closed) const {
    const std::lock_guard lock(mutex_);
    vigil::page::v1::Alerts out;
    if (closed)
        for (auto& alert : read_model_.closed_alerts(0, 200)) *out.add_alerts() = std::move(alert);
    else
        for (const auto& [id, alert] : ward_.alerts()) *out.add_alerts() = alert;
    return to_json(out);
}

std::string Wall::revisions_json(std::uint64_t after) const {
    vigil::page::v1::AlertRevisions out;
    {
        const std::lock_guard lock(mutex_);
        out = read_model_.revisions_after(after, revisions_most);
        // While the history is still filled up, or begun anew, the place of the alerts alone says how far it is whole.
        const auto whole = std::max(complete_seq_, read_model_.cursor("alert").seq);
        out.set_to(out.more() ? std::min(out.to(), whole) : whole);
    }
    return to_json(out);
}

std::optional<std::string> Wall::why_json(const std::string& alert) const {
    const std::lock_guard lock(mutex_);
    auto why = read_model_.why(alert);
    if (!why) return std::nullopt;
    why->set_explained(wire::explained(why->alert()));
    return to_json(*why);
}

bool Wall::feed_thread_alive() const { return steady_ms() - came_round_ms_ < alive_within_ms; }

std::size_t Wall::active_alerts() const {
    const std::lock_guard lock(mutex_);
    return ward_.alerts().size();
}

std::uint64_t Wall::history_rows() const {
    const std::lock_guard lock(mutex_);
    return read_model_.rows();
}

std::optional<std::int64_t> Wall::log_time_ms() const {
    const std::lock_guard lock(mutex_);
    return ward_.log_time_ms();
}

void Wall::set_labels(std::map<std::string, std::string> labels) {
    const std::lock_guard lock(mutex_);
    if (labels == labels_) return;
    labels_ = std::move(labels);
    dirty_all_ = true;
}

} // namespace vigil::gateway
