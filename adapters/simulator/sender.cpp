#include "adapters/simulator/sender.hpp"

#include <boost/asio.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace vigil::simulator {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;
using Due = std::function<Sender::Clock::time_point(Millis)>;

constexpr std::size_t kLongestReply = 64 * 1024;
constexpr auto kReplyTimeout = 30s;
constexpr std::array kReconnectAfter{100ms, 200ms, 500ms, 1000ms, 2000ms, 5000ms};
constexpr std::array kRetryAfter{500ms, 1000ms, 2000ms, 5000ms, 10000ms};

// What all connections share.
struct Shared {
    asio::io_context io;
    Tally tally;
    std::size_t unanswered = 0;
    Sender::Clock::time_point last_contact = Sender::Clock::now();
    std::chrono::milliseconds patience{};
    bool ever_connected = false;
    Sender::State state = Sender::State::going;
};

// One MLLP connection. Each step ends by starting the next asynchronous operation; `generation_` voids the handlers of
// a socket that has been given up.
class Line {
public:
    Line(Shared& shared, Target target)
        : shared_{shared},
          target_{std::move(target)} {}

    void add(const Message& message, Sender::Clock::time_point due) { queue_.push_back({&message, due}); }

    void start() {
        if (!queue_.empty()) wait_for_turn();
    }

    void forget() {
        drop();
        queue_.clear();
    }

private:
    struct Waiting {
        const Message* message;
        Sender::Clock::time_point due;
    };

    template <typename Next>
    void after(Sender::Clock::time_point when, Next next) {
        timer_.expires_at(when);
        timer_.async_wait([this, generation = generation_, next](error_code error) {
            if (!error && generation == generation_) next();
        });
    }

    void wait_for_turn() {
        if (queue_.front().due <= Sender::Clock::now())
            write();
        else
            after(queue_.front().due, [this] { write(); });
    }

    void drop() {
        ++generation_;
        timer_.cancel();
        error_code ignored; // closing a broken socket has nothing left to report
        socket_.close(ignored);
        connected_ = false;
        reply_.clear();
    }

    void connect() {
        resolver_.async_resolve(target_.host, target_.port,
                                [this, generation = generation_](error_code error, tcp::resolver::results_type found) {
                                    if (generation != generation_) return;
                                    if (error) return reconnect();
                                    asio::async_connect(socket_, found,
                                                        [this, generation](error_code failed, const tcp::endpoint&) {
                                                            if (generation != generation_) return;
                                                            if (failed) return reconnect();
                                                            socket_.set_option(tcp::no_delay{true}, failed);
                                                            if (failed) return reconnect();
                                                            connected_ = true;
                                                            shared_.ever_connected = true;
                                                            write();
                                                        });
                                });
    }

    void reconnect() {
        drop();
        const auto now = Sender::Clock::now();
        if (now - std::max(shared_.last_contact, wanted_since_) > shared_.patience) {
            shared_.state = shared_.ever_connected ? Sender::State::lost : Sender::State::unreachable;
            return;
        }
        const auto wait = kReconnectAfter[std::min(failures_, kReconnectAfter.size() - 1)];
        ++failures_;
        after(now + wait, [this] {
            ++shared_.tally.reconnects;
            connect();
        });
    }

    void write() {
        if (failures_ == 0) wanted_since_ = Sender::Clock::now();
        if (!connected_) return connect();
        frame_ = mllp_frame(queue_.front().message->text);
        ++shared_.tally.sent;
        after(Sender::Clock::now() + kReplyTimeout, [this] { reconnect(); });
        asio::async_write(socket_, asio::buffer(frame_),
                          [this, generation = generation_](error_code error, std::size_t) {
                              if (generation != generation_) return;
                              if (error) return reconnect();
                              read();
                          });
    }

    void read() {
        asio::async_read_until(socket_, asio::dynamic_buffer(reply_, kLongestReply), "\x1C\r",
                               [this, generation = generation_](error_code error, std::size_t length) {
                                   if (generation != generation_) return;
                                   if (error) return reconnect();
                                   judge(length);
                               });
    }

    void judge(std::size_t length) {
        const std::size_t begin = reply_.find('\x0B');
        std::optional<Reply> reply;
        if (begin < length) reply = parse_reply(std::string_view{reply_}.substr(begin + 1, length - begin - 3));
        reply_.erase(0, length);
        if (!reply) return reconnect();
        if (reply->control_id != control_id_of(queue_.front().message->text))
            return read(); // an answer to something older
        timer_.cancel();
        ++generation_; // the reply timeout may already be on its way
        shared_.last_contact = Sender::Clock::now();
        failures_ = 0;
        if (reply->code == "AA" || reply->code == "CA") {
            ++shared_.tally.acked;
            return answered();
        }
        const bool temporary = reply->code == "AE" || reply->code == "CE";
        if (temporary && retries_ < kRetryAfter.size()) {
            ++shared_.tally.errors;
            return after(shared_.last_contact + kRetryAfter[retries_++], [this] { write(); });
        }
        ++shared_.tally.refused;
        answered();
    }

    void answered() {
        retries_ = 0;
        queue_.pop_front();
        --shared_.unanswered;
        start();
    }

    Shared& shared_;
    Target target_;
    tcp::resolver resolver_{shared_.io};
    tcp::socket socket_{shared_.io};
    asio::steady_timer timer_{shared_.io};
    std::deque<Waiting> queue_;
    std::string frame_;
    std::string reply_;
    std::size_t failures_ = 0;
    std::size_t retries_ = 0;
    Sender::Clock::time_point wanted_since_ = Sender::Clock::now();
    std::uint64_t generation_ = 0;
    bool connected_ = false;
};

} // namespace

class Sender::Loop {
public:
    explicit Loop(const Setting& setting)
        : setting_{setting} {
        shared_.patience = setting.patience;
        signals_.async_wait([this](error_code error, int) {
            if (!error) shared_.state = State::stopped;
        });
    }

    State deliver(const std::vector<Message>& messages, const Due& due) {
        const State state = pass(messages, due, true);
        return state == State::going ? pass(messages, due, false) : state;
    }

    State wait_until(Clock::time_point when) {
        if (shared_.state != State::going) return shared_.state;
        bool over = false;
        pause_.expires_at(when);
        pause_.async_wait([&over](error_code) { over = true; });
        while (!over && shared_.state == State::going) shared_.io.run_one();
        if (!over) {
            pause_.cancel();
            while (!over) shared_.io.run_one();
        }
        return shared_.state;
    }

    const Tally& tally() const { return shared_.tally; }

private:
    State pass(const std::vector<Message>& messages, const Due& due, bool movements) {
        for (const Message& message : messages) {
            if ((message.feed == Feed::adt) != movements) continue;
            line_for(message).add(message, due(message.send_at));
            ++shared_.unanswered;
        }
        for (auto& [key, line] : lines_) line.start();
        while (shared_.unanswered > 0 && shared_.state == State::going) shared_.io.run_one();
        if (shared_.state != State::going)
            for (auto& [key, line] : lines_) line.forget();
        return shared_.state;
    }

    Line& line_for(const Message& message) {
        const std::pair key{message.feed,
                            message.feed == Feed::devices ? (message.bed - 1) % setting_.device_connections : 0};
        return lines_.try_emplace(key, shared_, message.feed == Feed::adt ? setting_.adt : setting_.ward).first->second;
    }

    Setting setting_;
    Shared shared_;
    asio::signal_set signals_{shared_.io, SIGINT, SIGTERM};
    asio::steady_timer pause_{shared_.io};
    std::map<std::pair<Feed, int>, Line> lines_;
};

Sender::Sender(const Setting& setting)
    : loop_{std::make_unique<Loop>(setting)} {}
Sender::~Sender() = default;

Sender::State Sender::deliver(const std::vector<Message>& messages, const Due& due) {
    return loop_->deliver(messages, due);
}
Sender::State Sender::wait_until(Clock::time_point when) { return loop_->wait_until(when); }
const Tally& Sender::tally() const { return loop_->tally(); }

} // namespace vigil::simulator
