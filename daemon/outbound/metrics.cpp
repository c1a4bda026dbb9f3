#include "outbound/metrics.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace vigil::outbound {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(std::string name, std::string help, MetricType type) {
    MetricFamily out;
    out.name = std::move(name);
    out.help = std::move(help);
    out.type = type;
    return out;
}

void add(MetricFamily& to, double value, std::string const& destination = {}) {
    ClientMetric metric;
    if (!destination.empty()) metric.label.push_back({"destination", destination});
    if (to.type == MetricType::Counter)
        metric.counter.value = value;
    else
        metric.gauge.value = value;
    to.metric.push_back(std::move(metric));
}

double age_s(Depth const& depth, std::int64_t now_ms) {
    return depth.oldest_queued_ms
               ? static_cast<double>(std::max<std::int64_t>(0, now_ms - *depth.oldest_queued_ms)) / 1e3
               : 0.0;
}

} // namespace

std::string metrics_text(FeedSays const& feed, std::vector<DestinationFigures> const& destinations,
                         std::int64_t now_ms) {
    auto live = family("vigil_outbound_feed_live", "1 while the feed is heard and complete", MetricType::Gauge);
    auto taken = family("vigil_outbound_revisions_total", "Revisions of alerts taken", MetricType::Counter);
    auto written =
        family("vigil_outbound_written_seconds", "When this was written, seconds since 1970", MetricType::Gauge);
    auto depth = family("vigil_outbox_depth", "Messages that wait", MetricType::Gauge);
    auto oldest =
        family("vigil_outbox_oldest_seconds", "Age of the oldest message that waits; 0: none", MetricType::Gauge);
    auto down = family("vigil_outbox_down", "1: nothing was taken for longer than down_after", MetricType::Gauge);
    auto delivered = family("vigil_outbox_delivered_total", "Messages the receiver said it has", MetricType::Counter);
    auto retried = family("vigil_outbox_retried_total", "Tries that failed and are repeated", MetricType::Counter);
    auto given_up = family("vigil_outbox_given_up_total", "Messages the receiver never took", MetricType::Counter);
    add(live, feed.live ? 1 : 0);
    add(taken, static_cast<double>(feed.taken));
    add(written, static_cast<double>(now_ms) / 1e3);
    for (auto const& one : destinations) {
        add(depth, static_cast<double>(one.depth.waiting), one.name);
        add(oldest, age_s(one.depth, now_ms), one.name);
        add(down, one.counts.down ? 1 : 0, one.name);
        add(delivered, static_cast<double>(one.counts.delivered), one.name);
        add(retried, static_cast<double>(one.counts.retried), one.name);
        add(given_up, static_cast<double>(one.counts.given_up), one.name);
    }
    return prometheus::TextSerializer().Serialize(
        {live, taken, written, depth, oldest, down, delivered, retried, given_up});
}

std::string write_whole(std::filesystem::path const& file, std::string_view text) {
    auto beside = file;
    beside += ".new";
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text << std::flush;
    if (!out) return beside.string() + " cannot be written";
    out.close();
    std::error_code error;
    std::filesystem::rename(beside, file, error);
    return error ? file.string() + ": " + error.message() : std::string();
}

} // namespace vigil::outbound
