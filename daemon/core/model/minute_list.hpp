#pragma once
// The minutes of one monitor signal that are summed up, in order. A day of a ward is held in memory, so all but the
// newest stand in packed blocks: a seventh of their size, and read in stretches.

#include "core/model/minute_outline.hpp"
#include "core/model/minute_record.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vigil::model {

// Up to 64 records as columns: of each member the least value and what the others are above it, in as few bits as the
// greatest needs; sequences are what they differ by from those of an even stream. docs/journal-format.md has the bytes.
struct MinuteBlock {
    static constexpr std::size_t most = 64;
    std::uint32_t first = 0, last = 0; // minutes
    std::uint8_t count = 0;            // 1 to `most`
    MinuteOutline outline;             // of the same records
    std::string bytes;

    static MinuteBlock packed(std::span<MinuteRecord const> records);
    // False when the bytes are not such a block: never of one that `packed` made.
    bool unpack(std::array<MinuteRecord, most>& into) const;
    // Only those of the minutes from `begin` on, up to and including `end`: [first, last) of `into`, which stand where
    // they would stand among all.
    struct Part {
        std::size_t first = 0, last = 0;
    };
    std::optional<Part> unpack(std::array<MinuteRecord, most>& into, std::int64_t begin, std::int64_t end) const;
    // The newest that is not after `minute`; there is one when `first` is not.
    std::optional<MinuteRecord> at_or_before(std::int64_t minute) const;

    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.first, s.last, s.count, s.bytes);
    }
};

class MinuteList {
public:
    bool empty() const { return open_.empty(); }
    std::size_t size() const;
    MinuteRecord const& back() const { return open_.back(); }
    // Of a minute that has none yet.
    void insert(MinuteRecord const& record);
    // Takes out those of the minutes in [from, to) for which goes(MinuteRecord const&) holds; it is asked of each,
    // oldest first.
    template <class Goes>
    void erase_if(std::int64_t from, std::int64_t to, Goes&& goes);

    // The newest that is not after `minute`.
    std::optional<MinuteRecord> at_or_before(std::int64_t minute) const;
    std::optional<MinuteRecord> find(std::int64_t minute) const;
    // Reads on from the first that is not before `minute`, to the last that is not after `last`; the list must stay as
    // it is meanwhile.
    class Reader {
    public:
        explicit Reader(MinuteList const& list, std::int64_t minute,
                        std::int64_t last = std::numeric_limits<std::int64_t>::max());
        Reader(Reader const&) = delete;
        Reader& operator=(Reader const&) = delete;
        // Null when there is no more.
        MinuteRecord const* get() const { return at_; }
        void next() {
            if (++at_ == end_) turn_over();
        }

    private:
        void turn_over();
        MinuteList const& list_;
        std::int64_t first_, last_;
        std::size_t next_block_ = 0;
        MinuteRecord const *at_ = nullptr, *end_ = nullptr;
        std::optional<std::array<MinuteRecord, MinuteBlock::most>> block_; // mostly only the open ones are read
    };

    // The first packed blocks whose minutes are all in [from, to), in a row without a minute between them, that lie
    // between two more such neighbours: plain(MinuteBlock const&) holds of each and of both. The one before may begin
    // before `from`; the one after lies before `to` as a whole, so that all of it is over.
    template <class Plain>
    std::span<MinuteBlock const> plain_row(std::int64_t from, std::int64_t to, Plain&& plain) const;
    // The same without regard to their neighbours: blocks that lie in [from, to) as a whole.
    template <class Plain>
    std::span<MinuteBlock const> whole_row(std::int64_t from, std::int64_t to, Plain&& plain) const;

    // The packed blocks that hold every minute of [first, last], each of them even; empty when there are none.
    std::span<MinuteBlock const> covering(std::int64_t first, std::int64_t last) const;

    std::size_t bytes() const;

    template <class S, class V>
    static void fields(S& s, V&& v) {
        v(s.packed_);
        run(s.open_, v, MinuteRecord{});
        if constexpr (!std::is_const_v<S>)
            if (!s.outlined_in_order()) v.refuse();
    }

private:
    // Of the newest so many stand open. The last three quarters of an hour stay when a block is packed: scores look at
    // them all the time.
    static constexpr std::size_t most_open = MinuteBlock::most + 48;
    std::size_t first_block_to(std::int64_t minute) const; // whose last minute is not before it
    bool joined(std::size_t block) const { return packed_[block].last + 1 == packed_[block + 1].first; }
    bool is_over(std::size_t block, std::int64_t to) const {
        return block < packed_.size() && std::int64_t{packed_[block].last} < to;
    }
    // Behind the last of the row of blocks before `to` that begins here.
    template <class Plain>
    std::size_t row_end(std::size_t begin, std::int64_t to, Plain&& plain) const;
    std::vector<MinuteRecord> unpacked(std::size_t from, std::size_t to) const;
    void repack(std::size_t from, std::size_t to, std::span<MinuteRecord const> records);
    void pack_oldest();
    void keep_one_open();
    bool outlined_in_order();

    std::vector<MinuteBlock> packed_; // oldest first, all before open_
    std::vector<MinuteRecord> open_;  // empty only when packed_ is
};

template <class Goes>
void MinuteList::erase_if(std::int64_t from, std::int64_t to, Goes&& goes) {
    const auto gone = [&](MinuteRecord const& r) {
        return from <= std::int64_t{r.minute} && std::int64_t{r.minute} < to && goes(r);
    };
    const auto first = first_block_to(from);
    auto last = first;
    while (last < packed_.size() && std::int64_t{packed_[last].first} < to) ++last;
    if (first != last) {
        auto records = unpacked(first, last);
        if (std::erase_if(records, gone) > 0) repack(first, last, records);
    }
    std::erase_if(open_, gone);
    keep_one_open();
}

template <class Plain>
std::size_t MinuteList::row_end(std::size_t begin, std::int64_t to, Plain&& plain) const {
    auto end = begin;
    while (is_over(end, to) && plain(packed_[end]) && (end == begin || joined(end - 1))) ++end;
    return end;
}

template <class Plain>
std::span<MinuteBlock const> MinuteList::plain_row(std::int64_t from, std::int64_t to, Plain&& plain) const {
    for (auto b = first_block_to(from); is_over(b, to); ++b) {
        const auto end = row_end(b, to, plain);
        if (end - b > 2) return std::span{packed_}.subspan(b + 1, end - b - 2); // without the neighbours
        if (end > b) b = end - 1;
    }
    return {};
}

template <class Plain>
std::span<MinuteBlock const> MinuteList::whole_row(std::int64_t from, std::int64_t to, Plain&& plain) const {
    auto b = first_block_to(from);
    if (b < packed_.size() && std::int64_t{packed_[b].first} < from) ++b;
    for (; is_over(b, to); ++b)
        if (const auto end = row_end(b, to, plain); end > b) return std::span{packed_}.subspan(b, end - b);
    return {};
}

} // namespace vigil::model
