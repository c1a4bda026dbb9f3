#pragma once
// Whether what was heard is everything that was said. Pure: no socket, no clock.
//
// vigild counts the messages of each stream from 1 within an epoch and sends them, and a digest of the counts each
// second, down one pipe: a jump is a loss, and a digest that counts more than was heard is a lost last message.

#include "prefix.hpp"

#include <set>

namespace vigil::client {

enum class Heard {
    news,
    known,     ///< told before, or contained in the snapshot, or of a vigild that is gone
    hole,      ///< messages before it are missing; it counts as not heard
    new_epoch, ///< vigild has begun anew
};

class Follow {
public:
    explicit Follow(Prefix prefix)
        : prefix_(std::move(prefix)) {}

    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
    /// Everything journaled up to it was told.
    [[nodiscard]] std::uint64_t safe_seq() const { return safe_seq_; }

    Heard message(Stream const& stream, v1::Envelope const& envelope);
    /// The streams whose last messages are missing: a digest counted more of them than were told.
    std::set<Stream> digest(std::string_view site, v1::Digest const& digest);
    std::set<Stream> short_of();
    /// After the last part: whether the whole digest agreed. Then everything before its beginning has been told.
    bool digest_ended();
    /// A journaled message that was asked for again. From the journal it has no count: it is the stream's next.
    Heard replayed(Stream const& stream, v1::Envelope const& envelope);
    /// Whether a journaled message was told, though perhaps under a lower count: what was never recorded is in no
    /// replay.
    [[nodiscard]] bool told(Stream const& stream, std::uint64_t seq) const;
    /// Takes a message in spite of the hole before it; how many that hole had.
    std::uint64_t skipped(Stream const& stream, v1::Envelope const& envelope);
    /// What the counts of a snapshot of this epoch have beyond those told, of streams that were asked for.
    [[nodiscard]] Counts missing(std::string_view site, Counts const& counts) const;
    void resynchronised(std::uint64_t epoch, std::uint64_t seq, Counts counts);

private:
    [[nodiscard]] std::uint64_t count(Stream const& stream) const;
    void tell(Stream const& stream, std::uint64_t seq, std::uint64_t count);

    Prefix prefix_;
    std::uint64_t epoch_ = 0;
    Counts counts_;
    Counts seqs_;                // the last journaled message of a stream, where it is above base_seq_
    std::uint64_t base_seq_ = 0; // everything up to it stands in the snapshot
    std::uint64_t heard_seq_ = 0;
    std::optional<std::uint64_t> digest_seq_; // heard before the digest now arriving
    Counts awaited_;                          // counts that a digest told and that were not reached
    std::uint64_t safe_seq_ = 0;
};

} // namespace vigil::client
