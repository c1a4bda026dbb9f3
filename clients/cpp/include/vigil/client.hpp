#pragma once
// Follow a vigild: the state under a prefix, then every message in order and once, and never a silent gap.
//
//     vigil::client::Client client("vigil.v1.alert.h1.icu1"); // the final dot is appended: icu1 never means icu10
//     while (running)
//         if (const auto event = client.next(std::chrono::milliseconds(500)))
//             std::visit(screen, *event); // Update, Resynchronised, Lost, Back

#include "vigil/v1/envelope.pb.h"

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vigil::client {

/// What is counted together: the messages of one class at one bed. A bed of "_" is the unit's or the daemon's own.
struct Stream {
    std::string cls, unit, bed;
    auto operator<=>(Stream const&) const = default;
};
using Counts = std::map<Stream, std::uint64_t>;

/// One thing that stands: part of a snapshot.
struct Publication {
    std::string topic;
    v1::Envelope envelope;
};

/// One message, in order and once within its stream. `replayed`: it was missed on the way and asked for again.
struct Update {
    std::string topic;
    v1::Envelope envelope;
    bool replayed = false;
};

enum class Reason {
    started,   ///< the first state
    gap,       ///< messages were lost on the way, and not all of them can be had again
    restarted, ///< vigild has begun anew
    too_slow,  ///< you did not take what had been told; what waited for you was dropped
    lag,       ///< the feed reached this program too late to be the present
};
std::string_view name_of(Reason reason);

/// The whole state under the prefix, at one instant. It replaces everything known before; updates go on from here.
struct Resynchronised {
    Reason reason{};
    std::vector<Publication> state;
    std::uint64_t epoch = 0;
    std::uint64_t seq = 0; ///< journal sequence of that instant
    Counts counts;         ///< how much each stream had said by then
    /// Messages that were published and that you were never told. What the former vigild published last and did not
    /// journal (observations, states) nobody can count; `restarted` says so.
    Counts lost;
    /// Every alert, score and bed event that was journaled since you began has been told as an Update. False after
    /// `too_slow`, and when more was missed than is fetched.
    bool history = true;
};

/// Nothing proves any more that what was told is the present: say so on the screen. `Back` ends it.
struct Lost {
    std::string why;
    std::chrono::milliseconds since{}; ///< how long before this the state was last known to be the present
};

/// What was told is the present again.
struct Back {};

using Event = std::variant<Update, Resynchronised, Lost, Back>;

struct Endpoints {
    std::string feed, query;
    /// Those of a vigild on this machine: the folder, else VIGIL_ENDPOINT_DIR, else /run/vigil.
    static Endpoints in_folder(std::string folder = {});
};

/// Keys as `vigil keygen --curve` writes them, Z85. The server's is the public key of vigild.
struct Curve {
    std::string server_key, public_key, secret_key;
};

struct Options {
    std::optional<Curve> curve{};
    std::size_t queue = 20'000;                  ///< events that wait for the user at most
    std::chrono::milliseconds max_lag{5'000};    ///< and for how long
    std::chrono::milliseconds lost_after{1'900}; ///< without proof that what was told is the present
};

struct Counters {
    std::uint64_t messages = 0, unreadable = 0;
    std::uint64_t repairs = 0; ///< gaps that a replay was asked for
    std::uint64_t resynchronisations = 0;
};

/// A thread hears the feed; the user takes events from one other thread. Who is too slow is told so, and gets the state
/// anew.
class Client {
public:
    /// Throws std::invalid_argument when `prefix` is no beginning of a topic vigil.v1.CLASS.SITE.UNIT.BED.KEY.
    explicit Client(std::string_view prefix, Endpoints endpoints = Endpoints::in_folder(), Options options = {});
    ~Client();
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    /// The next event; nothing when there was none in time. Throws what ended the hearing thread.
    std::optional<Event> next(std::chrono::milliseconds patience);
    [[nodiscard]] Counters counters() const;

private:
    class Thread;
    std::unique_ptr<Thread> thread_;
};

} // namespace vigil::client
