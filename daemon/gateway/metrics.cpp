#include "gateway/metrics.hpp"

#include "gateway/feed_client.hpp"
#include "gateway/wall.hpp"

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
    [[nodiscard]] std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

private:
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
    return out.text();
}

} // namespace vigil::gateway
