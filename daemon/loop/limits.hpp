#pragma once
// How much of anything the loop holds at most, why, and what happens when it is reached.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace vigil::loop {

// One ZeroMQ message on any socket. A frame of 256 readings is under 40 KiB; larger messages close the peer's
// connection.
inline constexpr std::int64_t message_bytes = 1 << 20;
// Frames an adapter may have unacknowledged (design 2). One that sends more meets ZeroMQ's own limit, then TCP's.
inline constexpr std::uint32_t credit = 16;
// Adapters connected at once; the hello of one more is refused.
inline constexpr std::size_t peers = 256;
// Messages taken from a socket in one turn: a flood of one kind cannot starve the others for longer than they take.
inline constexpr std::size_t ingest_per_turn = 256;
inline constexpr std::size_t commands_per_turn = 64;
// Rows and bytes waiting for the commit thread; beyond, nothing more is received until it returns (back-pressure by
// credit).
inline constexpr std::size_t waiting_rows = 65'536;
inline constexpr std::size_t waiting_bytes = 32U << 20;
// Publications and replies waiting for a commit. In degraded mode nothing waits, so this holds while a disk is slow.
inline constexpr std::size_t held_messages = 262'144;
// Of messages the query thread remembers for replay, what it holds of them included: an hour of 20 beds. Older ones it
// reads from the journal.
inline constexpr std::size_t recent_bytes = 8U << 20;
// Commands remembered by id, so that a repeated one is answered as before.
inline constexpr std::size_t commands_remembered = 4'096;
// Outgoing messages to a subscriber that does not read; then its messages are dropped and its counts show the gap.
inline constexpr int feed_high_water = 20'000;
inline constexpr int reply_high_water = 4'096;
// One reply of the query socket.
inline constexpr std::size_t reply_bytes = 1'000'000;

using Steady = std::chrono::steady_clock;
// Commit at the latest this long after the first waiting frame (design 1.3).
inline constexpr std::chrono::milliseconds commit_after{10};
// A commit not back by then means degraded mode (design 5).
inline constexpr std::chrono::milliseconds commit_back_within{2'000};
// An adapter not heard for so long is lost (it sends a heartbeat each second).
inline constexpr std::chrono::seconds adapter_lost_after{5};
// Frames received by their adapter longer ago than this are backlog and step after live ones.
inline constexpr std::int64_t backlog_after_ms = 10'000;

} // namespace vigil::loop
