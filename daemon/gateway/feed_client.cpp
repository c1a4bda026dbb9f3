#include "gateway/feed_client.hpp"

#include "gateway/asker.hpp"
#include "gateway/feed_tracker.hpp"
#include "gateway/topic.hpp"

#include "vigil/v1/command.pb.h"
#include "vigil/v1/identity.pb.h"
#include "vigil/v1/query.pb.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace vigil::gateway {
namespace {

constexpr std::array<const char*, 3> replayed_classes{"alert", "event", "score"};
constexpr const char* root_prefix = "vigil.v1.";
constexpr std::size_t waiting_max = 64;   ///< commands or questions of browsers
constexpr std::size_t held_max = 200'000; ///< feed messages kept while a snapshot is under way
constexpr std::int64_t retry_ms = 1000;
constexpr int feed_bytes_max = 4 * 1024 * 1024;

std::int64_t steady_ms() {
    using std::chrono::duration_cast;
    return duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

class FeedClient::Thread {
public:
    Thread(FeedEndpoints endpoints, FeedSink& sink)
        : endpoints_(std::move(endpoints)),
          sink_(sink),
          wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          subscription_(context_, zmq::socket_type::sub),
          queries_(context_, endpoints_.query, 3000),
          commands_(context_, endpoints_.command, 5000),
          identities_(context_, endpoints_.identity, 3000) {
        if (wake_ < 0) throw std::runtime_error("eventfd cannot be made");
        subscription_.set(zmq::sockopt::rcvhwm, 100'000);
        subscription_.set(zmq::sockopt::maxmsgsize, std::int64_t{feed_bytes_max});
        subscription_.set(zmq::sockopt::linger, 0);
        subscription_.set(zmq::sockopt::reconnect_ivl, 100);
        subscription_.set(zmq::sockopt::reconnect_ivl_max, 1000);
        subscription_.set(zmq::sockopt::heartbeat_ivl, 2000);
        subscription_.set(zmq::sockopt::heartbeat_timeout, 6000);
        subscription_.set(zmq::sockopt::tcp_keepalive, 1);
        subscription_.set(zmq::sockopt::subscribe, root_prefix);
        subscription_.connect(endpoints_.feed);
    }
    ~Thread() {
        stop();
        close(wake_);
    }
    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;

    void start() {
        thread_ = std::thread([this] { run(); });
    }
    void stop() {
        stopping_ = true;
        wake();
        if (thread_.joinable()) thread_.join();
    }

    enum class Way { query, command, identity };
    void post(Way way, std::string request, Asker::Done done) {
        {
            const std::lock_guard lock(mutex_);
            if (posted_.size() < waiting_max) {
                posted_.push_back({way, std::move(request), std::move(done)});
                done = nullptr;
            }
        }
        if (done) done(std::nullopt);
        wake();
    }
    FeedCounters counters() {
        const std::lock_guard lock(mutex_);
        return shown_;
    }

private:
    struct Posted {
        Way way;
        std::string request;
        Asker::Done done;
    };

    void wake() const {
        const std::uint64_t one = 1;
        // A full counter already wakes the thread; there is nothing else to lose.
        if (write(wake_, &one, sizeof one) < 0) return;
    }

    void run() {
        try {
            serve();
        } catch (const std::exception& error) {
            spdlog::critical("the feed client stops: {}", error.what());
            sink_.failed();
        }
    }

    void serve() {
        spdlog::info("subscribing to vigild");
        while (!stopping_) {
            wait();
            const auto now = steady_ms();
            take_posted();
            take_feed(now);
            queries_.progress(now);
            commands_.progress(now);
            identities_.progress(now);
            steer(now);
            report(now);
            sink_.flush();
        }
    }

    void wait() {
        std::vector<zmq::pollitem_t> items;
        items.push_back({nullptr, wake_, ZMQ_POLLIN, 0});
        items.push_back({subscription_.handle(), 0, ZMQ_POLLIN, 0});
        for (auto* asker : {&queries_, &commands_, &identities_})
            if (asker->socket()) items.push_back({asker->socket().handle(), 0, ZMQ_POLLIN, 0});
        zmq::poll(items, std::chrono::milliseconds(100));
        std::uint64_t count = 0;
        if ((items[0].revents & ZMQ_POLLIN) != 0 && read(wake_, &count, sizeof count) < 0) return;
    }

    void take_posted() {
        std::vector<Posted> posted;
        {
            const std::lock_guard lock(mutex_);
            posted.swap(posted_);
            shown_ = counters_;
        }
        for (auto& item : posted) {
            auto& asker = item.way == Way::command ? commands_ : item.way == Way::query ? queries_ : identities_;
            if (asker.waiting() >= waiting_max) {
                item.done(std::nullopt);
                continue;
            }
            if (item.way == Way::command) ++counters_.commands;
            asker.ask(std::move(item.request), std::move(item.done), item.way == Way::query);
        }
    }

    void take_feed(std::int64_t now) {
        // Bounded, so that a flood cannot keep commands and clocks waiting.
        for (int i = 0; i < 5000; ++i) {
            zmq::message_t topic_frame;
            if (!subscription_.recv(topic_frame, zmq::recv_flags::dontwait)) return;
            std::vector<zmq::message_t> rest;
            bool more = topic_frame.more();
            while (more) {
                rest.emplace_back();
                if (!subscription_.recv(rest.back(), zmq::recv_flags::none)) return;
                more = rest.back().more();
            }
            ++counters_.messages;
            vigil::v1::Publication publication;
            const bool readable = rest.size() == 1 && publication.mutable_envelope()->ParseFromArray(
                                                          rest[0].data(), static_cast<int>(rest[0].size()));
            publication.set_topic(topic_frame.to_string());
            if (readable)
                hear(publication, now);
            else
                ++counters_.unreadable;
        }
    }

    void hear(const vigil::v1::Publication& publication, std::int64_t now) {
        const auto topic = parse_topic(publication.topic());
        if (!topic || topic->site != endpoints_.site) {
            ++counters_.unreadable;
            if (topic && !warned_site_) spdlog::warn("the feed speaks of site '{}', which is not ours", topic->site);
            warned_site_ = warned_site_ || topic.has_value();
            return;
        }
        const auto& envelope = publication.envelope();
        if (envelope.has_digest()) {
            // While a snapshot is under way counts cannot be judged, but the feed is heard.
            tracker_.digest_heard(envelope.epoch(), now);
        }
        if (snapshotting_) {
            if (held_.size() >= held_max) {
                spdlog::warn("the feed runs ahead of its snapshot; asking again");
                held_.clear();
                snapshotting_ = false;
                next_try_ms_ = now + retry_ms;
                return;
            }
            held_.push_back(publication);
            return;
        }
        take(*topic, publication, now);
    }

    void take(const Topic& topic, const vigil::v1::Publication& publication, std::int64_t now) {
        const auto& envelope = publication.envelope();
        if (envelope.has_digest()) {
            if (envelope.epoch() != tracker_.epoch()) return;
            for (const auto& count : envelope.digest().counts())
                tracker_.digest_count(count.cls(), count.unit(), count.bed(), count.count(), now);
            sink_.digest(envelope);
            const bool last_part = envelope.digest().part() + 1 >= envelope.digest().parts();
            if (last_part && tracker_.complete() && replays_.empty()) sink_.complete_so_far();
            return;
        }
        switch (
            tracker_.message(topic.cls, topic.unit, topic.bed, envelope.epoch(), envelope.seq(), envelope.count())) {
        case FeedTracker::Take::apply: sink_.live(publication.topic(), envelope, true); break;
        case FeedTracker::Take::contained: sink_.live(publication.topic(), envelope, false); break;
        case FeedTracker::Take::duplicate:
        case FeedTracker::Take::foreign: break;
        }
    }

    /// Decides what to ask vigild next.
    void steer(std::int64_t now) {
        const auto trouble = tracker_.trouble(now);
        const bool wanted = !tracker_.synced() || trouble != FeedTracker::Trouble::none;
        if (wanted && !snapshotting_ && now >= next_try_ms_) {
            if (trouble == FeedTracker::Trouble::gap) {
                ++counters_.gaps;
                spdlog::warn("a gap in the feed; taking a new snapshot");
            } else if (trouble == FeedTracker::Trouble::new_epoch) {
                spdlog::info("vigild has a new epoch; taking a new snapshot");
            }
            snapshotting_ = true;
            held_.clear();
            pages_.clear();
            counts_.clear();
            replays_.clear();
            ++round_;
            ask_snapshot(0);
        }
        if (!snapshotting_ && !replays_.empty() && !replay_asked_ && now >= next_try_ms_) ask_replay();
    }

    void ask_snapshot(std::uint32_t from_index) {
        vigil::v1::QueryRequest request;
        request.set_id(fmt::format("snapshot-{}-{}", round_, from_index));
        request.mutable_snapshot()->set_prefix(root_prefix);
        request.mutable_snapshot()->set_from_index(from_index);
        queries_.ask(request.SerializeAsString(),
                     [this, round = round_](const auto& body) { snapshot_page(body, round); });
    }

    void snapshot_page(const std::optional<std::string>& body, std::uint64_t round) {
        if (round != round_ || !snapshotting_) return;
        const auto now = steady_ms();
        vigil::v1::QueryReply reply;
        if (!body || !reply.ParseFromString(*body) || !reply.error().empty()) {
            if (!body) ++counters_.query_timeouts;
            if (body) spdlog::warn("vigild refused the snapshot: {}", reply.error());
            snapshotting_ = false;
            held_.clear();
            next_try_ms_ = now + retry_ms;
            return;
        }
        for (auto& publication : *reply.mutable_publications()) pages_.push_back(std::move(publication));
        for (const auto& one : reply.counts()) counts_[{one.cls(), one.unit(), one.bed()}] = one.count();
        if (reply.more()) {
            ask_snapshot(reply.next_index());
            return;
        }
        ++counters_.snapshots;
        tracker_.snapshot_taken(reply.epoch(), reply.last_seq(), std::exchange(counts_, {}));
        sink_.snapshot(pages_, reply.epoch(), reply.last_seq());
        pages_.clear();
        snapshotting_ = false;
        next_try_ms_ = now + retry_ms; // at most one snapshot a second
        for (const char* cls : replayed_classes) {
            const auto from = sink_.replay_from(cls);
            replays_.push_back({cls, from, from.seq, true});
        }
        std::vector<vigil::v1::Publication> held;
        held.swap(held_);
        for (const auto& publication : held)
            if (const auto topic = parse_topic(publication.topic())) take(*topic, publication, now);
        next_replay_now();
    }

    void next_replay_now() {
        if (!replays_.empty() && !replay_asked_) ask_replay();
    }

    void ask_replay() {
        const auto& job = replays_.front();
        // One earlier than where we stand: the journal must still say there what it said before.
        const bool check = job.first && job.from.seq > 0;
        vigil::v1::QueryRequest request;
        request.set_id(fmt::format("replay-{}-{}", job.cls, job.from.seq));
        request.mutable_replay()->set_prefix(fmt::format("{}{}.", root_prefix, job.cls));
        request.mutable_replay()->set_from_seq(check ? job.from.seq - 1 : job.position);
        replay_asked_ = true;
        ++counters_.replays;
        queries_.ask(request.SerializeAsString(),
                     [this, round = round_, check](const auto& body) { replay_page(body, round, check); });
    }

    void replay_page(const std::optional<std::string>& body, std::uint64_t round, bool check) {
        replay_asked_ = false;
        if (round != round_ || replays_.empty()) return;
        vigil::v1::QueryReply reply;
        if (!body || !reply.ParseFromString(*body) || !reply.error().empty()) {
            if (!body) ++counters_.query_timeouts;
            if (body) spdlog::warn("vigild refused the replay: {}", reply.error());
            next_try_ms_ = steady_ms() + retry_ms;
            return;
        }
        auto& job = replays_.front();
        if (check && !says_the_same(job, reply)) {
            spdlog::warn("the journal is another one; the read model begins anew");
            sink_.journal_changed();
            replays_.clear();
            for (const char* cls : replayed_classes) replays_.push_back({cls, {}, 0, true});
            next_replay_now();
            return;
        }
        job.first = false;
        const auto before = job.position;
        for (const auto& publication : reply.publications()) {
            ++counters_.replayed;
            sink_.history(publication.topic(), publication.envelope());
            job.from = {publication.envelope().seq(), publication.envelope().log_time_ms()};
        }
        job.position = reply.publications().empty() ? reply.last_seq() : job.from.seq;
        if (!reply.publications().empty()) sink_.replayed_to(job.cls, job.from);
        // An answer that promises more and moves nothing would be asked for ever.
        if (!reply.more() || job.position <= before) replays_.erase(replays_.begin());
        next_replay_now();
    }

    struct Job {
        std::string cls;
        ReplayFrom from;            ///< the last publication we have of the class
        std::uint64_t position = 0; ///< the journal has been read up to here
        bool first = true;
    };
    static bool says_the_same(const Job& job, const vigil::v1::QueryReply& reply) {
        return !reply.publications().empty() && reply.publications(0).envelope().seq() == job.from.seq &&
               reply.publications(0).envelope().log_time_ms() == job.from.log_time_ms;
    }

    void report(std::int64_t now) {
        FeedState state = FeedState::live;
        if (tracker_.lost(now))
            state = tracker_.synced() || started_ms_ + FeedTracker::lost_after_ms < now ? FeedState::lost
                                                                                        : FeedState::connecting;
        else if (!tracker_.synced())
            state = FeedState::connecting;
        else if (snapshotting_ || tracker_.trouble(now) != FeedTracker::Trouble::none)
            state = FeedState::resyncing;
        if (state == state_) return;
        state_ = state;
        sink_.state(state);
    }

    FeedEndpoints endpoints_;
    FeedSink& sink_;
    int wake_;
    zmq::context_t context_;
    zmq::socket_t subscription_;
    Asker queries_;
    Asker commands_;
    Asker identities_;

    FeedTracker tracker_;
    std::int64_t started_ms_ = steady_ms();
    std::optional<FeedState> state_;
    std::uint64_t round_ = 0;
    bool snapshotting_ = false;
    bool warned_site_ = false;
    std::vector<vigil::v1::Publication> pages_;
    FeedTracker::Counts counts_;
    std::vector<vigil::v1::Publication> held_;
    std::vector<Job> replays_;
    bool replay_asked_ = false;
    std::int64_t next_try_ms_ = 0;
    FeedCounters counters_;

    std::mutex mutex_;
    std::vector<Posted> posted_;
    FeedCounters shown_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

FeedClient::FeedClient(FeedEndpoints endpoints, FeedSink& sink)
    : thread_(std::make_unique<Thread>(std::move(endpoints), sink)) {}
FeedClient::~FeedClient() = default;
void FeedClient::start() { thread_->start(); }
void FeedClient::stop() { thread_->stop(); }
FeedCounters FeedClient::counters() const { return thread_->counters(); }

namespace {
template <typename Reply>
Asker::Done parsing(std::function<void(std::optional<Reply>)> done) {
    return [done = std::move(done)](const std::optional<std::string>& body) {
        Reply reply;
        if (body && reply.ParseFromString(*body))
            done(std::move(reply));
        else
            done(std::nullopt);
    };
}
} // namespace

void FeedClient::command(const vigil::v1::CommandRequest& request,
                         std::function<void(std::optional<vigil::v1::CommandReply>)> done) {
    thread_->post(Thread::Way::command, request.SerializeAsString(), parsing(std::move(done)));
}
void FeedClient::query(const vigil::v1::QueryRequest& request,
                       std::function<void(std::optional<vigil::v1::QueryReply>)> done) {
    thread_->post(Thread::Way::query, request.SerializeAsString(), parsing(std::move(done)));
}
void FeedClient::identity(const vigil::v1::IdentityRequest& request,
                          std::function<void(std::optional<vigil::v1::IdentityReply>)> done) {
    thread_->post(Thread::Way::identity, request.SerializeAsString(), parsing(std::move(done)));
}

} // namespace vigil::gateway
