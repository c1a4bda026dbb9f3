#include "core/model/minute_list.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace vigil::model {

namespace {

using Records = std::array<MinuteRecord, MinuteBlock::most>;
using Column = std::array<std::uint64_t, MinuteBlock::most>;
constexpr std::size_t slack = 8; // bits are read eight bytes at a time

std::uint64_t zigzag(std::int64_t v) {
    return (static_cast<std::uint64_t>(v) << 1U) ^ static_cast<std::uint64_t>(v >> 63);
}
std::int64_t unzigzag(std::uint64_t z) { return static_cast<std::int64_t>((z >> 1U) ^ (~(z & 1U) + 1)); }

class Packer {
public:
    static constexpr bool writing = true;
    void number(std::uint64_t v) {
        for (; v >= 0x80; v >>= 7U) bytes_.push_back(static_cast<char>((v & 0x7FU) | 0x80U));
        bytes_.push_back(static_cast<char>(v));
    }
    // The least, how many bits what is above it takes, and those.
    void column(std::size_t n, Column const& values) {
        const auto less = [](std::uint64_t a, std::uint64_t b) {
            return static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b);
        };
        const auto [least, most] =
            std::minmax_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n), less);
        const auto base = *least;
        const auto width = static_cast<std::size_t>(std::bit_width(*most - base));
        number(zigzag(static_cast<std::int64_t>(base)));
        number(width);
        auto bit = bytes_.size() * 8;
        bytes_.append((n * width + 7) / 8, '\0');
        for (std::size_t i = 0; i < n; ++i) {
            auto v = values[i] - base;
            for (std::size_t left = width; left > 0;) {
                const auto now = std::min(left, 8 - bit % 8);
                auto& byte = bytes_[bit / 8];
                byte = static_cast<char>(static_cast<unsigned char>(byte) | ((v << (bit % 8)) & 0xFFU));
                v >>= now;
                bit += now;
                left -= now;
            }
        }
    }
    std::string take() {
        bytes_.append(slack, '\0');
        bytes_.shrink_to_fit();
        return std::move(bytes_);
    }

private:
    std::string bytes_;
};

class Unpacker {
public:
    static constexpr bool writing = false;
    explicit Unpacker(std::string const& bytes)
        : at_{bytes.data()},
          left_{bytes.size()} {}
    void number(std::uint64_t& v) {
        v = 0;
        for (unsigned shift = 0; shift < 64 && left_ > slack; shift += 7) {
            const auto b = static_cast<unsigned char>(*at_++);
            --left_;
            v |= static_cast<std::uint64_t>(b & 0x7FU) << shift;
            if ((b & 0x80U) == 0) return;
        }
        ok_ = false;
    }
    void column(std::size_t n, Column& values) {
        std::uint64_t least = 0, width = 0;
        number(least);
        number(width);
        const auto base = static_cast<std::uint64_t>(unzigzag(least));
        const auto size = (n * width + 7) / 8;
        ok_ = ok_ && width <= 64 && size + slack <= left_;
        if (!ok_ || width == 0) {
            std::fill_n(values.begin(), n, base);
            return;
        }
        const auto mask = width == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
        const auto end = std::min(n, last_);
        for (std::size_t i = first_, bit = first_ * width; i < end; ++i, bit += width) {
            std::uint64_t v = 0;
            for (unsigned b = 0; b < 8; ++b) // one load: any compiler for any byte order sees that
                v |= std::uint64_t{static_cast<unsigned char>(at_[bit / 8 + b])} << (8 * b);
            v >>= bit % 8;
            if (bit % 8 + width > 64)
                v |= std::uint64_t{static_cast<unsigned char>(at_[bit / 8 + 8])} << (64 - bit % 8);
            values[i] = base + (v & mask);
        }
        at_ += size;
        left_ -= size;
    }
    bool done() const { return ok_ && left_ == slack; }

    // From the next column on nothing but these.
    void narrow(std::size_t first, std::size_t last) {
        first_ = first;
        last_ = last;
    }
    std::size_t first() const { return first_; }
    std::size_t last(std::size_t n) const { return std::min(n, last_); }

private:
    char const* at_;
    std::size_t left_;
    std::size_t first_ = 0, last_ = MinuteBlock::most;
    bool ok_ = true;
};

template <class C, class Get, class Set>
void column(C& c, std::size_t n, Get get, Set set) {
    Column values;
    if constexpr (C::writing) {
        for (std::size_t i = 0; i < n; ++i) values[i] = get(i);
        c.column(n, values);
    } else {
        c.column(n, values);
        for (std::size_t i = c.first(); i < c.last(n); ++i) set(i, values[i]);
    }
}

template <class C, class List, class T>
void member(C& c, List& r, std::size_t n, T MinuteRecord::*m) {
    column(
        c, n, [&](std::size_t i) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(r[i].*m)); },
        [&](std::size_t i, std::uint64_t v) {
            if constexpr (!C::writing) r[i].*m = static_cast<T>(v);
        });
}

// Where the journal would be if it grew evenly from the first of the block to the last, in 2^-20 of a row a
// millisecond.
struct EvenStream {
    std::uint64_t first = 0, slope = 0;
    EventTime begin;
    std::uint64_t at(EventTime t) const {
        return first + ((slope * static_cast<std::uint64_t>((t - begin).ms)) >> 20U);
    }
    static std::uint64_t slope_of(MinuteRecord const& from, MinuteRecord const& to) {
        const auto ms = (to.time() - from.time()).ms;
        return ms <= 0 || to.seq() < from.seq() ? 0 : ((to.seq() - from.seq()) << 20U) / static_cast<std::uint64_t>(ms);
    }
};

// The columns in their order, for both directions. `first`: the minute of the first record. `narrow(r)` is called once
// the minutes are read.
template <class C, class List, class Narrow>
void columns(C& c, List& r, std::size_t n, std::uint32_t first, Narrow&& narrow) {
    const auto set = [&]([[maybe_unused]] auto change) {
        if constexpr (!C::writing) change(r);
    };
    auto expected = std::uint64_t{first};
    column(
        c, n, [&](std::size_t i) { return r[i].minute - std::exchange(expected, std::uint64_t{r[i].minute} + 1); },
        [&](std::size_t i, std::uint64_t gap) {
            set([&](auto& list) { list[i].minute = static_cast<std::uint32_t>(expected + gap); });
            expected += gap + 1;
        });
    // Whole seconds mostly.
    std::uint64_t unit = 1'000;
    EvenStream even;
    if constexpr (C::writing) {
        if (!std::all_of(r.begin(), r.end(), [](MinuteRecord const& x) { return x.offset_ms % 1'000 == 0; })) unit = 1;
        even.first = r.front().seq();
        even.slope = EvenStream::slope_of(r.front(), r.back());
    }
    c.number(unit);
    c.number(even.first);
    c.number(even.slope);
    column(
        c, n, [&](std::size_t i) { return r[i].offset_ms / unit; },
        [&](std::size_t i, std::uint64_t v) {
            set([&](auto& list) { list[i].offset_ms = static_cast<std::uint16_t>(v * unit); });
        });
    even.begin = r.front().time();
    narrow(r);
    column(
        c, n, [&](std::size_t i) { return r[i].seq() - even.at(r[i].time()); },
        [&](std::size_t i, std::uint64_t v) {
            set([&](auto& list) { list[i].set_seq(v + even.at(list[i].time())); });
        });
    member(c, r, n, &MinuteRecord::median);
    member(c, r, n, &MinuteRecord::below);
    member(c, r, n, &MinuteRecord::above);
    member(c, r, n, &MinuteRecord::valid);
    member(c, r, n, &MinuteRecord::total);
    member(c, r, n, &MinuteRecord::channel);
    member(c, r, n, &MinuteRecord::index);
    member(c, r, n, &MinuteRecord::scale);
    member(c, r, n, &MinuteRecord::unit);
    member(c, r, n, &MinuteRecord::method);
}

template <class List>
auto from_minute(List& list, std::int64_t minute) {
    return std::partition_point(list.begin(), list.end(),
                                [minute](MinuteRecord const& x) { return std::int64_t{x.minute} < minute; });
}

} // namespace

MinuteBlock MinuteBlock::packed(std::span<MinuteRecord const> records) {
    assert(!records.empty() && records.size() <= most);
    Packer p;
    columns(p, records, records.size(), records.front().minute, [](auto const&) {});
    return {records.front().minute, records.back().minute, static_cast<std::uint8_t>(records.size()),
            outline_of(records), p.take()};
}

bool MinuteBlock::unpack(Records& into) const {
    using Minute = std::numeric_limits<std::int64_t>;
    return unpack(into, Minute::min(), Minute::max()).has_value();
}

std::optional<MinuteBlock::Part> MinuteBlock::unpack(Records& into, std::int64_t begin, std::int64_t end) const {
    if (count == 0 || count > most || bytes.size() < slack) return std::nullopt;
    Unpacker u{bytes};
    columns(u, into, count, first, [&](Records const& r) {
        const auto index = [&](std::int64_t minute) {
            const auto all = std::span{r}.first(count);
            return static_cast<std::size_t>(from_minute(all, minute) - all.begin());
        };
        const auto from = index(begin);
        u.narrow(from, std::max(from, end < std::int64_t{last} ? index(end + 1) : std::size_t{count}));
    });
    return u.done() ? std::optional{Part{u.first(), u.last(count)}} : std::nullopt;
}

std::optional<MinuteRecord> MinuteBlock::at_or_before(std::int64_t minute) const {
    if (count == 0 || count > most || bytes.size() < slack || std::int64_t{first} > minute) return std::nullopt;
    Unpacker u{bytes};
    Records records;
    columns(u, records, count, first, [&](Records const& r) {
        const auto all = std::span{r}.first(count);
        const auto after = static_cast<std::size_t>(from_minute(all, minute + 1) - all.begin());
        u.narrow(after == 0 ? 0 : after - 1, after);
    });
    return u.done() && u.last(count) > 0 ? std::optional{records[u.first()]} : std::nullopt;
}

std::size_t MinuteList::size() const {
    std::size_t n = open_.size();
    for (auto const& b : packed_) n += b.count;
    return n;
}

std::size_t MinuteList::first_block_to(std::int64_t minute) const {
    return static_cast<std::size_t>(
        std::partition_point(packed_.begin(), packed_.end(),
                             [minute](MinuteBlock const& b) { return std::int64_t{b.last} < minute; }) -
        packed_.begin());
}

void MinuteList::insert(MinuteRecord const& record) {
    if (const auto b = first_block_to(record.minute); b < packed_.size()) {
        auto records = unpacked(b, b + 1);
        records.insert(from_minute(records, record.minute), record);
        return repack(b, b + 1, records);
    }
    if (open_.size() == open_.capacity())
        open_.reserve(std::min(open_.size() + 16, std::max(most_open, open_.size() + 1)));
    open_.insert(from_minute(open_, record.minute), record);
    if (open_.size() >= most_open) pack_oldest();
}

void MinuteList::pack_oldest() {
    if (packed_.size() == packed_.capacity()) packed_.reserve(packed_.size() + 4); // a block an hour
    packed_.push_back(MinuteBlock::packed({open_.data(), MinuteBlock::most}));
    open_.erase(open_.begin(), open_.begin() + MinuteBlock::most);
}

std::vector<MinuteRecord> MinuteList::unpacked(std::size_t from, std::size_t to) const {
    std::vector<MinuteRecord> out;
    Records records;
    for (auto b = from; b < to; ++b) {
        const bool whole = packed_[b].unpack(records);
        assert(whole);
        if (whole) out.insert(out.end(), records.begin(), records.begin() + packed_[b].count);
    }
    return out;
}

void MinuteList::repack(std::size_t from, std::size_t to, std::span<MinuteRecord const> records) {
    // Of one too many two halves: the next late one finds room.
    const auto most = records.size() == MinuteBlock::most + 1 ? MinuteBlock::most / 2 + 1 : MinuteBlock::most;
    std::vector<MinuteBlock> blocks;
    for (; !records.empty(); records = records.subspan(std::min(most, records.size())))
        blocks.push_back(MinuteBlock::packed(records.first(std::min(most, records.size()))));
    const auto at = packed_.erase(packed_.begin() + static_cast<std::ptrdiff_t>(from),
                                  packed_.begin() + static_cast<std::ptrdiff_t>(to));
    packed_.insert(at, std::make_move_iterator(blocks.begin()), std::make_move_iterator(blocks.end()));
}

void MinuteList::keep_one_open() {
    if (!open_.empty() || packed_.empty()) return;
    open_ = unpacked(packed_.size() - 1, packed_.size());
    packed_.pop_back();
}

std::optional<MinuteRecord> MinuteList::at_or_before(std::int64_t minute) const {
    if (const auto after = from_minute(open_, minute + 1); after != open_.begin()) return *(after - 1);
    auto b = first_block_to(minute);
    if (b == packed_.size() || std::int64_t{packed_[b].first} > minute) {
        if (b == 0) return std::nullopt;
        --b;
    }
    const auto found = packed_[b].at_or_before(minute);
    assert(found);
    return found;
}

std::optional<MinuteRecord> MinuteList::find(std::int64_t minute) const {
    if (empty() || minute > std::int64_t{back().minute}) return std::nullopt;
    const auto r = Reader{*this, minute, minute};
    return r.get() != nullptr && std::int64_t{r.get()->minute} == minute ? std::optional{*r.get()} : std::nullopt;
}

MinuteList::Reader::Reader(MinuteList const& list, std::int64_t minute, std::int64_t last)
    : list_{list},
      first_{minute},
      last_{last},
      next_block_{list.first_block_to(minute)} {
    turn_over();
}

void MinuteList::Reader::turn_over() {
    at_ = end_ = nullptr;
    while (at_ == end_ && next_block_ < list_.packed_.size() &&
           std::int64_t{list_.packed_[next_block_].first} <= last_) {
        const auto part = list_.packed_[next_block_++].unpack(block_ ? *block_ : block_.emplace(), first_, last_);
        assert(part);
        if (!part) continue;
        at_ = block_->data() + part->first;
        end_ = block_->data() + part->last;
    }
    if (at_ != end_) return;
    at_ = end_ = nullptr;
    if (next_block_ != list_.packed_.size()) return; // they were read, or are all later
    ++next_block_;
    auto const& open = list_.open_;
    const auto first = from_minute(open, first_);
    const auto last = last_ == std::numeric_limits<std::int64_t>::max() ? open.end() : from_minute(open, last_ + 1);
    if (first >= last) return;
    at_ = &*first;
    end_ = at_ + (last - first);
}

// Of a list that was read: what the rest relies on.
bool MinuteList::outlined_in_order() {
    std::int64_t last = -1;
    const auto ascending = [&last](MinuteRecord const& r) {
        return r.is_sound() && std::exchange(last, r.minute) < std::int64_t{r.minute};
    };
    Records records;
    for (auto& b : packed_) {
        if (!b.unpack(records)) return false;
        if (records.front().minute != b.first || records[b.count - 1U].minute != b.last) return false;
        if (!std::all_of(records.begin(), records.begin() + b.count, ascending)) return false;
        b.outline = outline_of({records.data(), b.count});
    }
    return std::all_of(open_.begin(), open_.end(), ascending) && (packed_.empty() || !open_.empty());
}

std::span<MinuteBlock const> MinuteList::covering(std::int64_t first, std::int64_t last) const {
    const auto begin = first_block_to(first);
    if (begin == packed_.size() || std::int64_t{packed_[begin].first} > first) return {};
    auto end = begin;
    while (packed_[end].outline.even && std::int64_t{packed_[end].last} < last) {
        if (end + 1 == packed_.size() || !joined(end)) return {};
        ++end;
    }
    if (!packed_[end].outline.even) return {};
    return std::span{packed_}.subspan(begin, end + 1 - begin);
}

std::size_t MinuteList::bytes() const {
    std::size_t n = packed_.capacity() * sizeof(MinuteBlock) + open_.capacity() * sizeof(MinuteRecord);
    for (auto const& b : packed_) n += b.bytes.capacity();
    return n;
}

} // namespace vigil::model
