#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vigil::v1 {
class CommandReply;
class CommandRequest;
class Envelope;
class Publication;
class QueryReply;
class QueryRequest;
class IdentityReply;
class IdentityRequest;
} // namespace vigil::v1

namespace vigil::gateway {

enum class FeedState { connecting, live, resyncing, lost };

/// Where a class of the feed is replayed from, and what stood there.
struct ReplayFrom {
    std::uint64_t seq = 0;
    std::int64_t log_time_ms = 0;
};

/// What the feed client tells; every call comes from its one thread.
class FeedSink {
public:
    virtual ~FeedSink() = default;
    virtual void snapshot(const std::vector<vigil::v1::Publication>& publications, std::uint64_t epoch,
                          std::uint64_t last_seq) = 0;
    /// `news` is false for what the snapshot already contains: of use to the history only.
    virtual void live(const std::string& topic, const vigil::v1::Envelope& envelope, bool news) = 0;
    virtual void history(const std::string& topic, const vigil::v1::Envelope& envelope) = 0;
    virtual void state(FeedState state) = 0;
    virtual void digest(const vigil::v1::Envelope& envelope) = 0;
    /// Everything said so far has arrived: the place to replay from moves up.
    virtual void complete_so_far() = 0;
    [[nodiscard]] virtual ReplayFrom replay_from(const std::string& cls) = 0;
    virtual void replayed_to(const std::string& cls, const ReplayFrom& place) = 0;
    virtual void journal_changed() = 0;
    virtual void flush() = 0;  ///< several times a second
    virtual void failed() = 0; ///< a call above threw: nothing more will be told
};

struct FeedEndpoints {
    std::string site;
    std::string feed;
    std::string query;
    std::string command;
    std::string identity;
};

struct FeedCounters {
    std::uint64_t messages = 0;
    std::uint64_t gaps = 0;
    std::uint64_t snapshots = 0;
    std::uint64_t replays = 0;  ///< pages of history asked for
    std::uint64_t replayed = 0; ///< publications they brought
    std::uint64_t unreadable = 0;
    std::uint64_t commands = 0;
    std::uint64_t query_timeouts = 0;
};

/// A subscriber of vigild that repairs what it missed (design 4.4): subscribes to everything, takes a snapshot, goes
/// live, and fills the history by replay; a gap or a new epoch begins it again. One thread owns every socket.
class FeedClient {
public:
    FeedClient(FeedEndpoints endpoints, FeedSink& sink);
    ~FeedClient(); ///< stops the thread
    FeedClient(const FeedClient&) = delete;
    FeedClient& operator=(const FeedClient&) = delete;

    void start();
    void stop();

    /// Thread-safe. `done` is called on the feed thread, with nothing when no answer came in time or too many wait.
    void command(const vigil::v1::CommandRequest& request,
                 std::function<void(std::optional<vigil::v1::CommandReply>)> done);
    void query(const vigil::v1::QueryRequest& request, std::function<void(std::optional<vigil::v1::QueryReply>)> done);
    void identity(const vigil::v1::IdentityRequest& request,
                  std::function<void(std::optional<vigil::v1::IdentityReply>)> done);

    [[nodiscard]] FeedCounters counters() const;

private:
    class Thread;
    std::unique_ptr<Thread> thread_;
};

} // namespace vigil::gateway
