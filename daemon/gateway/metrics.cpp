#include "gateway/metrics.hpp"

#include "gateway/feed_client.hpp"
#include "gateway/wall.hpp"

#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace vigil::gateway {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

class Exposition {
public:
    void counter(const std::string& name, const std::string& help, std::uint64_t value) {
        ClientMetric metric;
        metric.counter.value = static_cast<double>(value);
        add(name, help, MetricType::Counter, {metric});
    }
    void gauge(const std::string& name, const std::string& help, double value) {
        ClientMetric metric;
        metric.gauge.value = value;
        add(name, help, MetricType::Gauge, {metric});
    }
    void responses(const std::map<unsigned, std::uint64_t>& by_status) {
        std::vector<ClientMetric> metrics;
        for (const auto& [status, count] : by_status) {
            ClientMetric metric;
            metric.label.push_back({"status", fmt::format("{}", status)});
            metric.counter.value = static_cast<double>(count);
            metrics.push_back(metric);
        }
        add("vigil_gateway_http_responses_total", "Answers by HTTP status", MetricType::Counter, metrics);
    }
    using Labels = std::vector<std::pair<std::string, std::string>>;
    /// A family whose metrics follow by `counter`, `gauge` or `durations` with labels.
    void family(const std::string& name, const std::string& help, MetricType type) { add(name, help, type, {}); }
    void counter(const Labels& labels, std::uint64_t value) {
        labelled(labels).counter.value = static_cast<double>(value);
    }
    void gauge(const Labels& labels, double value) { labelled(labels).gauge.value = value; }
    template <std::size_t N>
    void durations(const Labels& labels, const Durations<N>& of, const std::array<double, N>& bounds) {
        auto& histogram = labelled(labels).histogram;
        histogram.sample_count = of.count;
        histogram.sample_sum = of.sum_s;
        std::uint64_t cumulative = 0;
        for (std::size_t i = 0; i < N; ++i) {
            cumulative += of.by_bound[i];
            histogram.bucket.push_back({cumulative, bounds[i]});
        }
        histogram.bucket.push_back({of.count, std::numeric_limits<double>::infinity()});
    }
    [[nodiscard]] std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

private:
    ClientMetric& labelled(const Labels& labels) {
        auto& metric = families_.back().metric.emplace_back();
        for (const auto& [name, value] : labels) metric.label.push_back({name, value});
        return metric;
    }
    void add(const std::string& name, const std::string& help, MetricType type, std::vector<ClientMetric> metrics) {
        MetricFamily family;
        family.name = name;
        family.help = help;
        family.type = type;
        family.metric = std::move(metrics);
        families_.push_back(std::move(family));
    }
    std::vector<MetricFamily> families_;
};

void write_calls(const Wall::Figures& figures, Exposition& out) {
    const auto& tally = figures.tally;
    out.family("vigil_alerts_onset_total", "Alerts that called somebody, first or once more", MetricType::Counter);
    for (const auto& [of, count] : tally.onsets)
        out.counter({{"rule", std::get<0>(of)}, {"priority", std::get<1>(of)}, {"unit", std::get<2>(of)}}, count);
    out.family("vigil_alerts_active", "Alerts that are not closed", MetricType::Gauge);
    for (const auto& [of, count] : figures.active)
        out.gauge({{"rule", std::get<0>(of)}, {"priority", std::get<1>(of)}, {"unit", std::get<2>(of)}},
                  static_cast<double>(count));
    out.family("vigil_alerts_per_bed_day", "Onsets of the last 24 h for each occupied bed", MetricType::Gauge);
    std::map<AlertTally::PriorityUnit, std::uint64_t> calls;
    constexpr std::int64_t day_ms = 86'400'000;
    for (const auto& call : tally.day)
        if (!figures.log_time_ms || *figures.log_time_ms - call.log_ms <= day_ms) ++calls[call.of];
    for (const auto& [of, count] : calls)
        if (const auto beds = figures.occupied.find(of.second); beds != figures.occupied.end())
            out.gauge({{"unit", of.second}, {"priority", of.first}},
                      static_cast<double>(count) / static_cast<double>(beds->second));
    out.family("vigil_alert_reonset_within_15min_total", "Onsets within the re-arm time of the one before",
               MetricType::Counter);
    for (const auto& [rule, count] : tally.back_again) out.counter({{"rule", rule}}, count);
    out.family("vigil_alerts_suppressed_total", "Alerts that were kept silent, by what did it", MetricType::Counter);
    for (const auto& [reason, count] : tally.suppressed) out.counter({{"reason", reason}}, count);
}

void write_answers(const AlertTally& tally, Exposition& out) {
    out.family("vigil_alert_ack_latency_seconds", "From the last call to the acknowledgement", MetricType::Histogram);
    for (const auto& [of, after] : tally.acknowledged_after)
        out.durations({{"priority", of.first}, {"unit", of.second}}, after, ack_bounds_s);
    out.family("vigil_alert_duration_seconds", "From the first revision to the end", MetricType::Histogram);
    for (const auto& [rule, lasted] : tally.lasted) out.durations({{"rule", rule}}, lasted, duration_bounds_s);
    out.family("vigil_alert_feedback_total", "What people said of what use an alert was", MetricType::Counter);
    for (const auto& [of, count] : tally.feedback) out.counter({{"rule", of.first}, {"verdict", of.second}}, count);
}

void write_freshness(const Wall::Figures& figures, Exposition& out) {
    out.family("vigil_observation_age_seconds", "Of each signal, the oldest newest value of any occupied bed",
               MetricType::Gauge);
    for (const auto& [of, age] : figures.age_s) out.gauge({{"unit", of.first}, {"signal", of.second}}, age);
    out.family("vigil_publish_sequence", "Journal sequence of the newest publication", MetricType::Gauge);
    for (const auto& [cls, seq] : figures.sequence) out.gauge({{"class", cls}}, static_cast<double>(seq));
}

} // namespace

std::string metrics_text(const FeedCounters& feed, const HttpCounters& http, const Wall& wall) {
    Exposition out;
    out.gauge("vigil_gateway_feed_live", "1 while the feed is heard and complete",
              wall.feed_state() == FeedState::live ? 1 : 0);
    out.counter("vigil_gateway_feed_messages_total", "Messages of the feed", feed.messages);
    out.counter("vigil_gateway_feed_unreadable_total", "Messages that were not of the contract", feed.unreadable);
    out.counter("vigil_gateway_feed_gaps_total", "Losses that made a new snapshot necessary", feed.gaps);
    out.counter("vigil_gateway_feed_snapshots_total", "Snapshots taken", feed.snapshots);
    out.counter("vigil_gateway_feed_replayed_total", "Publications read by replay", feed.replayed);
    out.counter("vigil_gateway_query_timeouts_total", "Questions vigild did not answer in time", feed.query_timeouts);
    out.counter("vigil_gateway_commands_total", "Commands passed to vigild", feed.commands);
    out.gauge("vigil_gateway_active_alerts", "Alerts that are not closed", static_cast<double>(wall.active_alerts()));
    out.gauge("vigil_gateway_read_model_rows", "Rows of history", static_cast<double>(wall.history_rows()));
    out.responses(http.responses);
    out.counter("vigil_gateway_http_refused_connections_total", "Connections beyond the limit",
                http.refused_connections);
    out.counter("vigil_gateway_streams_total", "Event streams opened", http.streams_opened);
    out.counter("vigil_gateway_stream_resyncs_total", "Event streams that could not keep up", http.streams_resynced);
    out.gauge("vigil_gateway_streams", "Event streams now", static_cast<double>(http.streams_now));
    out.gauge("vigil_gateway_connections", "Connections now", static_cast<double>(http.connections_now));
    if (http.signed_in) out.gauge("vigil_gateway_sessions", "Sessions now", static_cast<double>(*http.signed_in));
    if (http.audit_failures)
        out.counter("vigil_gateway_audit_failures_total", "Lines the audit could not take", *http.audit_failures);
    if (http.certificate_ends_s)
        out.gauge("vigil_gateway_certificate_ends_seconds", "When the certificate expires, since the epoch",
                  static_cast<double>(*http.certificate_ends_s));
    const auto figures = wall.figures();
    write_calls(figures, out);
    write_answers(figures.tally, out);
    write_freshness(figures, out);
    out.counter("vigil_subscriber_replay_requests_total", "Replays this subscriber asked for", feed.replays);
    return out.text();
}

} // namespace vigil::gateway
