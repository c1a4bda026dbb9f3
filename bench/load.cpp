#include "bench/load.hpp"

#include "bench/frame.hpp"
#include "bench/process.hpp"

#include "vigil/v1/observation.pb.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <chrono>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <zmq.hpp>

namespace vigil::bench {

namespace {

using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr unsigned credit = 16;
constexpr auto answer_within = seconds{60}; // a recovering disk may take long; longer is a failure, said as such
constexpr auto alert_within = seconds{5};
constexpr auto subscribed_within = milliseconds{500}; // a subscription takes effect when its publisher has read it

double ms_between(Instant from, Instant to) { return std::chrono::duration<double, std::milli>(to - from).count(); }

std::int64_t utc_ms() {
    return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Latency summary(std::vector<double> samples) {
    Latency out;
    out.samples = samples.size();
    if (samples.empty()) return out;
    std::sort(samples.begin(), samples.end());
    const auto at = [&](double p) {
        return samples[std::min(samples.size() - 1, static_cast<std::size_t>(p * static_cast<double>(samples.size())))];
    };
    out.p50_ms = at(0.5);
    out.p99_ms = at(0.99);
    out.max_ms = samples.back();
    return out;
}

// Notes when each provoked alert was first published.
class AlertWatch {
public:
    AlertWatch(zmq::context_t& context, std::string const& feed, unsigned beds)
        : socket_{context, zmq::socket_type::sub},
          first_(std::size_t{beds} * extremes().size()) {
        socket_.set(zmq::sockopt::rcvhwm, 1'000'000);
        socket_.set(zmq::sockopt::rcvtimeo, 50);
        socket_.set(zmq::sockopt::subscribe, "vigil.v1.alert.");
        socket_.connect(feed);
        thread_ = std::thread{[this] { watch(); }};
    }
    ~AlertWatch() {
        stop_ = true;
        thread_.join();
    }
    AlertWatch(AlertWatch const&) = delete;
    AlertWatch& operator=(AlertWatch const&) = delete;

    static std::size_t pair(unsigned bed, std::size_t extreme) { return bed * extremes().size() + extreme; }
    std::uint64_t seen() const { return seen_; }
    // Nanoseconds of the steady clock; 0: not yet.
    std::int64_t first(std::size_t pair) const { return first_[pair]; }

private:
    void watch() {
        zmq::message_t topic, body;
        while (!stop_) {
            if (!socket_.recv(topic, zmq::recv_flags::none)) continue;
            const auto now = Clock::now().time_since_epoch().count();
            if (!topic.more() || !socket_.recv(body, zmq::recv_flags::none)) continue;
            note(topic.to_string_view(), now);
        }
    }
    // vigil.v1.alert.<site>.<unit>.<bed>.<key>; the key is extreme_<signal>, or the bare code of the ceiling
    void note(std::string_view topic, std::int64_t now) {
        const auto last = topic.rfind('.');
        const auto before = topic.rfind('.', last - 1);
        if (last == std::string_view::npos || before == std::string_view::npos) return;
        const auto bed = bed_of_name(topic.substr(before + 1, last - before - 1));
        auto key = topic.substr(last + 1);
        if (key.starts_with("extreme_")) key.remove_prefix(8);
        auto const& all = extremes();
        const auto found = std::find_if(all.begin(), all.end(),
                                        [key](Extreme const& e) { return e.signal == key || e.quantity.code == key; });
        if (!bed || found == all.end()) return;
        const auto at = pair(*bed, static_cast<std::size_t>(found - all.begin()));
        if (at >= first_.size() || first_[at] != 0) return;
        first_[at] = now;
        ++seen_;
    }

    zmq::socket_t socket_;
    std::vector<std::atomic<std::int64_t>> first_;
    std::atomic<std::uint64_t> seen_{0};
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

// One adapter's connection and the books of what it has not been answered.
class Connection {
public:
    Connection(zmq::context_t& context, Plan const& plan, unsigned number)
        : source_{fmt::format("load_{}", number)},
          socket_{std::make_unique<zmq::socket_t>(context, zmq::socket_type::dealer)},
          monitor_{source_, signals(), plan.frame, plan.period_ms},
          laboratory_{source_, laboratory(), laboratory().size(), 0} {
        for (auto const& e : extremes()) {
            auto quantity = e.quantity;
            if (plan.alert_value != 0) {
                quantity.mantissa = plan.alert_value;
                quantity.scale = 0;
            }
            provoking_.emplace_back(source_, std::vector<Quantity>{quantity}, 1, 0);
        }
        socket_->set(zmq::sockopt::sndhwm, 1'000);
        socket_->set(zmq::sockopt::linger, 0);
        socket_->set(zmq::sockopt::reconnect_ivl, 5); // a restart is timed by its first answer
        socket_->connect(plan.ingest);
    }

    std::string const& source() const { return source_; }
    zmq::socket_t& socket() { return *socket_; }
    bool may_send() const { return unanswered_ < credit; }
    unsigned unanswered() const { return unanswered_; }
    std::uint64_t next_seq() const { return next_seq_; }
    FrameTemplate& monitor() { return monitor_; }
    FrameTemplate& laboratory_frame() { return laboratory_; }
    FrameTemplate& provoking(std::size_t extreme) { return provoking_[extreme]; }

    void send(std::string_view bytes, unsigned readings, Instant due) {
        assert(may_send());
        waiting_[unanswered_] = {due, readings, next_seq_++};
        ++unanswered_;
        socket_->send(zmq::buffer(bytes), zmq::send_flags::none);
    }
    void say_hello() {
        v1::IngestMessage m;
        auto& hello = *m.mutable_hello();
        hello.set_source(source_);
        hello.set_adapter_epoch(1);
        hello.set_kind("load");
        hello.set_simulated(true);
        socket_->send(zmq::buffer(m.SerializeAsString()), zmq::send_flags::none);
    }
    void say_alive() {
        v1::IngestMessage m;
        auto& beat = *m.mutable_heartbeat();
        beat.set_source(source_);
        beat.set_adapter_epoch(1);
        beat.set_connections(1);
        socket_->send(zmq::buffer(m.SerializeAsString()), zmq::send_flags::none);
    }

    struct Waiting {
        Instant due;
        unsigned readings = 0;
        std::uint64_t seq = 0;
    };
    // What the answer to `seq` settles. Frames that waited long are answered after younger ones.
    Waiting settle(std::uint64_t seq) {
        const auto end = waiting_.begin() + unanswered_;
        const auto found = std::find_if(waiting_.begin(), end, [seq](Waiting const& w) { return w.seq == seq; });
        if (found == end) throw std::runtime_error(fmt::format("an answer to frame {} nobody waits for", seq));
        const auto out = *found;
        std::copy(found + 1, end, found);
        --unanswered_;
        return out;
    }

private:
    std::string source_;
    std::unique_ptr<zmq::socket_t> socket_;
    FrameTemplate monitor_, laboratory_;
    std::vector<FrameTemplate> provoking_;
    std::uint64_t next_seq_ = 1;
    unsigned unanswered_ = 0;
    std::array<Waiting, credit> waiting_; // the first `unanswered_`, oldest first
};

class Load {
public:
    explicit Load(Plan const& plan)
        : plan_{plan},
          start_ms_{plan.start_ms != 0 ? plan.start_ms : utc_ms()},
          rounds_ms_{static_cast<std::int64_t>((plan.frame + signals_per_bed - 1) / signals_per_bed) * plan.period_ms},
          message_{plan.first_message} {
        for (unsigned i = 0; i < std::min(plan.connections, plan.beds); ++i)
            connections_.emplace_back(context_, plan, i);
    }

    Outcome run() {
        greet();
        if (!plan_.feed.empty()) watch_.emplace(context_, plan_.feed, plan_.beds);
        if (plan_.admit) admit();
        if (watch_) std::this_thread::sleep_for(subscribed_within);
        if (plan_.start_ms == 0) start_ms_ = utc_ms();
        prepare_alerts();
        out_ = {};
        acknowledged_ms_.clear();
        last_beat_ = Clock::now();
        const auto before = plan_.process != 0 ? usage_of(plan_.process) : Usage{};
        begin_ = Clock::now();
        send_everything();
        out_.complete = settle_all();
        out_.seconds = std::chrono::duration<double>(last_answer_ - begin_).count();
        measure(before);
        return std::move(out_);
    }

private:
    void greet() {
        for (auto& c : connections_) c.say_hello();
        std::size_t greeted = 0;
        for (const auto until = Clock::now() + answer_within; greeted < connections_.size();) {
            if (Clock::now() > until) throw std::runtime_error("nobody answered at " + plan_.ingest);
            for (auto& c : connections_) {
                zmq::message_t m;
                c.socket().set(zmq::sockopt::rcvtimeo, 100);
                if (c.socket().recv(m)) ++greeted;
            }
        }
        for (auto& c : connections_) c.say_alive();
    }

    FrameTemplate::Fill fill(Connection const& c, unsigned bed, std::int64_t time_ms) {
        return {c.next_seq(), ++message_, bed, time_ms, utc_ms()};
    }
    Connection& of(unsigned bed) { return connections_[bed % connections_.size()]; }

    // Every bed has its patient, its laboratory and its ventilator before anything is measured.
    void admit() {
        for (unsigned bed = 0; bed < plan_.beds; ++bed) {
            auto& c = of(bed);
            const auto at = start_ms_ - 60'000;
            wait_for_credit(c);
            c.send(admission(c.source(), fill(c, bed, at)), 0, Clock::now());
            wait_for_credit(c);
            c.send(ventilated(c.source(), fill(c, bed, at)), 1, Clock::now());
            wait_for_credit(c);
            c.send(c.laboratory_frame().fill(fill(c, bed, at)), static_cast<unsigned>(laboratory().size()),
                   Clock::now());
        }
        if (!settle_all()) throw std::runtime_error("not every admission was answered");
        if (!out_.refused.empty()) throw std::runtime_error("admissions were refused: " + out_.refused.begin()->first);
    }

    void prepare_alerts() {
        const auto pairs = std::size_t{plan_.beds} * extremes().size();
        alert_due_.assign(pairs, Instant{});
        if (plan_.alerts > 0)
            between_alerts_ =
                std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / plan_.alerts));
    }

    bool finished(Instant now) const {
        if (plan_.readings != 0 && out_.readings >= plan_.readings) return true;
        return plan_.seconds > 0 && now - begin_ >= std::chrono::duration<double>(plan_.seconds);
    }

    void send_everything() {
        auto round = std::uint64_t{plan_.first_frame};
        const auto first_round = round;
        std::uint64_t frame = 0;
        for (unsigned bed = 0; !finished(Clock::now()); ++frame) {
            const auto due = due_of(frame);
            const auto time = start_ms_ + static_cast<std::int64_t>(round) * rounds_ms_;
            wait_until(due, of(bed), time);
            provoke(time);
            auto& c = of(bed);
            wait_for_credit(c);
            if (laboratory_due(round, first_round, bed)) {
                c.send(c.laboratory_frame().fill(fill(c, bed, time)), static_cast<unsigned>(laboratory().size()), due);
                count(laboratory().size());
                wait_for_credit(c);
            }
            c.send(c.monitor().fill(fill(c, bed, time)), plan_.frame, due);
            count(plan_.frame);
            if (++bed == plan_.beds) {
                bed = 0;
                ++round;
            }
            if (frame % 16 == 15) take_answers(milliseconds{0});
        }
        out_.rounds = round;
        out_.end_ms = start_ms_ + static_cast<std::int64_t>(round) * rounds_ms_;
    }

    void count(std::size_t readings) {
        ++out_.frames;
        out_.readings += readings;
    }

    bool laboratory_due(std::uint64_t round, std::uint64_t first_round, unsigned bed) const {
        if (round == first_round) return false;
        const auto every = std::max<std::int64_t>(1, plan_.laboratory_ms / rounds_ms_);
        return (round + bed) % static_cast<std::uint64_t>(every) == 0; // not all beds at once
    }

    Instant due_of(std::uint64_t frame) const {
        if (plan_.rate <= 0) return Clock::now();
        const std::chrono::duration<double> after{static_cast<double>(frame * plan_.frame) / plan_.rate};
        return begin_ + std::chrono::duration_cast<Clock::duration>(after);
    }

    // Provoking results go out when they are due, not with the next frame.
    void wait_until(Instant due, Connection& c, std::int64_t time_ms) {
        for (;;) {
            const auto now = Clock::now();
            if (now - last_beat_ >= seconds{1}) {
                last_beat_ = now;
                for (auto& each : connections_) each.say_alive();
            }
            if (plan_.rate > 0 && now < due) {
                provoke(time_ms);
                take_answers(milliseconds{0});
                std::this_thread::sleep_for(std::min<Clock::duration>(due - now, std::chrono::microseconds{200}));
                continue;
            }
            if (c.may_send()) return;
            take_answers(milliseconds{1});
        }
    }

    void provoke(std::int64_t time_ms) {
        if (plan_.alerts <= 0) return;
        const auto pairs = std::size_t{plan_.beds} * extremes().size();
        for (const auto now = Clock::now(); out_.alerts_due < pairs;) {
            const auto due =
                begin_ + between_alerts_ * static_cast<std::int64_t>(out_.alerts_due) + between_alerts_ / 2;
            if (due > now) return;
            const auto bed = static_cast<unsigned>(out_.alerts_due % plan_.beds);
            const auto extreme = out_.alerts_due / plan_.beds;
            auto& c = of(bed);
            wait_for_credit(c);
            alert_due_[AlertWatch::pair(bed, extreme)] = due;
            ++out_.alerts_due;
            c.send(c.provoking(extreme).fill(fill(c, bed, time_ms)), 1, due);
            count(1);
        }
    }

    void wait_for_credit(Connection& c) {
        for (const auto until = Clock::now() + answer_within; !c.may_send();) {
            take_answers(milliseconds{1});
            if (Clock::now() > until) throw std::runtime_error("no answer to a frame");
        }
    }

    void take_answers(milliseconds timeout) {
        if (timeout.count() > 0) {
            items_.clear();
            for (auto& c : connections_) items_.push_back({c.socket().handle(), 0, ZMQ_POLLIN, 0});
            zmq::poll(items_.data(), items_.size(), timeout);
        }
        zmq::message_t m;
        for (auto& c : connections_)
            while (c.unanswered() > 0 && c.socket().recv(m, zmq::recv_flags::dontwait)) take_answer(c, m);
    }

    void take_answer(Connection& c, zmq::message_t const& m) {
        if (!reply_.ParseFromArray(m.data(), static_cast<int>(m.size())))
            throw std::runtime_error("an unreadable answer");
        if (reply_.verdict() == v1::IngestReply::VERDICT_HELLO) return;
        const auto settled = c.settle(reply_.frame_seq());
        last_answer_ = Clock::now();
        switch (reply_.verdict()) {
        case v1::IngestReply::VERDICT_COMMITTED:
            out_.acknowledged += settled.readings;
            acknowledged_ms_.push_back(ms_between(settled.due, last_answer_));
            return;
        case v1::IngestReply::VERDICT_TAKEN_NOT_DURABLE: ++out_.not_durable; return;
        default: ++out_.refused[reply_.reason()]; return;
        }
    }

    bool settle_all() {
        const auto waiting = [this] {
            return std::any_of(connections_.begin(), connections_.end(),
                               [](auto const& c) { return c.unanswered() > 0; });
        };
        for (const auto until = Clock::now() + answer_within; waiting();) {
            take_answers(milliseconds{1});
            if (Clock::now() > until) return false;
        }
        return true;
    }

    void measure(Usage const& before) {
        if (plan_.process != 0 && out_.readings > 0) {
            const auto after = usage_of(plan_.process);
            const auto n = static_cast<double>(out_.readings);
            out_.cpu_us_per_reading = (after.cpu_s - before.cpu_s) * 1e6 / n;
            out_.written_per_reading = static_cast<double>(after.written - before.written) / n;
            out_.written_before = static_cast<double>(before.written);
            out_.resident_kib = static_cast<double>(after.resident_kib);
        }
        out_.messages = message_;
        out_.acknowledgement = summary(acknowledged_ms_);
        if (!watch_ || out_.alerts_due == 0) return;
        for (const auto until = Clock::now() + alert_within; watch_->seen() < out_.alerts_due && Clock::now() < until;)
            std::this_thread::sleep_for(milliseconds{5});
        for (std::size_t pair = 0; pair < alert_due_.size(); ++pair) {
            const auto first = watch_->first(pair);
            if (alert_due_[pair] == Instant{} || first == 0) continue;
            ++out_.alerts_seen;
            out_.alert_ms.push_back(ms_between(alert_due_[pair], Instant{Clock::duration{first}}));
        }
        out_.alert = summary(out_.alert_ms);
    }

    Plan const& plan_;
    std::int64_t start_ms_, rounds_ms_;
    zmq::context_t context_{1};
    std::vector<Connection> connections_;
    std::optional<AlertWatch> watch_;
    std::vector<zmq::pollitem_t> items_;
    v1::IngestReply reply_;
    Outcome out_;
    std::uint64_t message_;
    Instant begin_{}, last_answer_{}, last_beat_{};
    Clock::duration between_alerts_{};
    std::vector<Instant> alert_due_;
    std::vector<double> acknowledged_ms_;
};

std::string latency_json(Latency const& l) {
    return fmt::format(R"({{"samples":{},"p50_ms":{:.3f},"p99_ms":{:.3f},"max_ms":{:.3f}}})", l.samples, l.p50_ms,
                       l.p99_ms, l.max_ms);
}

} // namespace

Outcome run(Plan const& plan) { return Load{plan}.run(); }

std::string to_json(Plan const& plan, Outcome const& o) {
    std::string refused;
    for (auto const& [reason, n] : o.refused)
        refused += fmt::format("{}\"{}\":{}", refused.empty() ? "" : ",", reason, n);
    std::string samples;
    for (const auto ms : o.alert_ms) samples += fmt::format("{}{:.3f}", samples.empty() ? "" : ",", ms);
    auto out = fmt::format(R"({{"beds":{},"frame":{},"rate":{:.0f},"frames":{},"readings":{},"acknowledged":{},)",
                           plan.beds, plan.frame, plan.rate, o.frames, o.readings, o.acknowledged);
    out += fmt::format(R"("refused":{{{}}},"not_durable":{},"complete":{},"seconds":{:.4f},"per_second":{:.1f},)",
                       refused, o.not_durable, o.complete, o.seconds,
                       o.seconds > 0 ? static_cast<double>(o.acknowledged) / o.seconds : 0.0);
    out += fmt::format(
        R"("cpu_us_per_reading":{:.4f},"written_per_reading":{:.1f},"written_before":{:.0f},"resident_kib":{:.0f},)",
        o.cpu_us_per_reading, o.written_per_reading, o.written_before, o.resident_kib);
    out += fmt::format(R"("acknowledgement":{},"alert":{},"alerts_due":{},"alerts_seen":{},"alert_ms":[{}],)",
                       latency_json(o.acknowledgement), latency_json(o.alert), o.alerts_due, o.alerts_seen, samples);
    return out + fmt::format(R"("end_ms":{},"rounds":{},"messages":{}}})", o.end_ms, o.rounds, o.messages);
}

} // namespace vigil::bench
