#pragma once

#include "gateway/alert_tally.hpp"
#include "gateway/feed_client.hpp"
#include "gateway/gateway_config.hpp"
#include "gateway/raw_feed.hpp"
#include "gateway/read_model.hpp"
#include "gateway/ward.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace vigil::gateway {

/// One server-sent event, ready to be written. A client that was given a snapshot of `version` skips what is not newer.
struct Frame {
    std::uint64_t version = 0;
    std::string with_names;
    std::string without_names; ///< empty: there is no name in it

    [[nodiscard]] const std::string& text(bool names) const {
        return names || without_names.empty() ? with_names : without_names;
    }
};

/// The ward and its history as the browsers see them: filled by the feed thread, read by the HTTP thread, one lock.
class Wall : public FeedSink {
public:
    Wall(GatewayConfig config, const std::string& database);

    /// Called on the feed thread with every event for the browsers; set before the feed starts.
    void on_frame(std::function<void(std::shared_ptr<const Frame>)> publish) { publish_ = std::move(publish); }
    void on_failure(std::function<void()> failed) { failed_ = std::move(failed); }

    [[nodiscard]] Frame snapshot_frame(const char* event_name, bool names) const; ///< one rendering of it
    [[nodiscard]] std::string clock_frame() const;
    [[nodiscard]] std::string beds_json(bool names) const;
    [[nodiscard]] std::optional<std::string> bed_json(const std::string& unit, const std::string& bed,
                                                      bool names) const;
    [[nodiscard]] std::optional<std::string> trend_json(const std::string& unit, const std::string& bed,
                                                        unsigned hours) const;
    [[nodiscard]] std::string alerts_json(bool closed) const;
    [[nodiscard]] std::string revisions_json(std::uint64_t after) const;
    [[nodiscard]] std::optional<std::string> why_json(const std::string& alert) const;
    /// Pseudonym of who is in it; empty when nobody is.
    [[nodiscard]] std::optional<std::string> encounter_in(const std::string& unit, const std::string& bed) const;
    [[nodiscard]] FeedState feed_state() const { return state_; }
    [[nodiscard]] bool feed_thread_alive() const; ///< it has come round within the last seconds
    [[nodiscard]] std::size_t active_alerts() const;
    [[nodiscard]] std::uint64_t history_rows() const;
    [[nodiscard]] std::optional<std::int64_t> log_time_ms() const;

    /// What operations watch, as of now.
    struct Figures {
        AlertTally tally;
        std::map<AlertTally::RulePriorityUnit, std::uint64_t> active; ///< alerts that are not closed
        std::map<std::string, std::uint64_t> occupied;                ///< beds, by unit
        std::map<std::pair<std::string, std::string>, double> age_s;  ///< of the oldest bed, by unit and signal
        std::map<std::string, std::uint64_t> sequence;                ///< newest published, by class
        std::optional<std::int64_t> log_time_ms;
    };
    [[nodiscard]] Figures figures() const;

    /// Messages of the feed as they came.
    [[nodiscard]] const RawFeed& raw() const { return raw_; }

    /// Names, by encounter; kept in memory only.
    void set_labels(std::map<std::string, std::string> labels);

    void snapshot(const std::vector<vigil::v1::Publication>& publications, std::uint64_t epoch,
                  std::uint64_t last_seq) override;
    void live(const std::string& topic, const vigil::v1::Envelope& envelope, bool news) override;
    void history(const std::string& topic, const vigil::v1::Envelope& envelope) override;
    void state(FeedState state) override;
    void digest(const vigil::v1::Envelope& envelope) override;
    void complete_so_far() override;
    ReplayFrom replay_from(const std::string& cls) override;
    void replayed_to(const std::string& cls, const ReplayFrom& place) override;
    void journal_changed() override;
    void flush() override;
    void failed() override;

private:
    void record(const Topic& topic, const vigil::v1::Envelope& envelope);
    void send(const char* event_name, const std::string& json);
    void send_alerts();
    void send_beds(std::int64_t now);
    template <class Message>
    void send_named(const char* event_name, Message message); ///< twice, if somebody may not see the names in it
    [[nodiscard]] std::string event_text(const char* event_name, const std::string& json) const;
    [[nodiscard]] vigil::page::v1::Clock clock() const;
    [[nodiscard]] vigil::page::v1::Wall wall(bool with_trends) const;
    [[nodiscard]] vigil::page::v1::Bed bed(const BedKey& key, const BedState& state, bool evidence) const;
    [[nodiscard]] vigil::page::v1::Bed bed_of(const BedKey& key, bool evidence) const;
    [[nodiscard]] vigil::page::v1::Trend trend(const BedKey& key, const BedState& state, unsigned hours) const;
    [[nodiscard]] const vigil::v1::Score* shown_score(const BedState& state) const;
    void add_change(const BedState& state, vigil::page::v1::Bed& out) const;

    GatewayConfig config_;
    std::function<void(std::shared_ptr<const Frame>)> publish_;
    std::function<void()> failed_;

    RawFeed raw_; // with a lock of its own
    mutable std::mutex mutex_;
    Ward ward_;
    mutable ReadModel read_model_;
    std::map<std::string, std::string> labels_;
    std::map<std::string, Cursor> newest_; ///< by class: what has been applied, confirmed or not
    std::uint64_t epoch_ = 0;
    std::uint64_t seq_ = 0;
    std::uint64_t complete_seq_ = 0; ///< everything journaled up to it is in the read model
    std::uint64_t version_ = 0;      ///< of the last frame; one more for each, so that a frame that is missing shows
    std::optional<std::int64_t> heard_ms_;
    std::set<BedKey> dirty_beds_;
    std::set<BedKey> read_beds_;                    ///< of these only readings are newer
    std::map<BedKey, std::int64_t> bed_flushed_ms_; ///< when each was told last
    std::set<std::string> dirty_alerts_;
    std::set<std::string> dirty_sources_;
    bool dirty_clock_ = false;
    bool dirty_all_ = false;
    bool history_grew_ = false;
    AlertTally tally_;
    bool counts_from_history_ = false; ///< what this program's start found in the history is not counted
    std::map<std::string, std::uint64_t> sequence_;
    std::int64_t flushed_ms_ = 0;
    std::int64_t alerts_flushed_ms_ = 0;
    std::int64_t pruned_log_ms_ = 0;
    std::atomic<FeedState> state_ = FeedState::connecting;
    std::atomic<std::int64_t> came_round_ms_ = 0;
};

} // namespace vigil::gateway
