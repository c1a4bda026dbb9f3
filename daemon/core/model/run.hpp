#pragma once
// Lists whose elements resemble the one before them, written as what differs from what was to be expected: a reading of
// a stream takes four bytes instead of forty. Part of the canonical encoding (docs/journal-format.md).

#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace vigil::model {

// Differences wrap: any two instants or sequences have one.
template <class T>
constexpr std::int64_t difference(T a, T b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
template <class T>
constexpr T plus(T a, std::int64_t d) {
    return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(d));
}

// The parts of one element that may differ. The mask of those that do is written first, then each of them in order:
// numbers as their difference, groups of members whole. Constructed with a const element it writes, else it reads.
template <class T, class V>
class Changes {
public:
    static constexpr bool writing = std::is_const_v<T>;
    Changes(V& v, std::uint8_t differing)
        : v_{v},
          mask_{differing} {
        v_(mask_);
    }
    bool operator[](unsigned bit) const { return (mask_ & (1U << bit)) != 0; }
    template <class N>
    void number(unsigned bit, N& x, std::remove_const_t<N> expected) {
        if constexpr (writing) {
            if ((*this)[bit]) v_(difference(x, expected));
        } else {
            std::int64_t d = 0;
            if ((*this)[bit]) v_(d);
            x = plus(expected, d);
        }
    }
    // Members that differ together: std::tie of them.
    template <class Members, class Expected>
    void group(unsigned bit, Members members, Expected const& expected) {
        if ((*this)[bit])
            std::apply([this](auto&... member) { v_(member...); }, members);
        else if constexpr (!writing)
            members = expected;
    }

private:
    V& v_;
    std::uint8_t mask_;
};

constexpr std::uint8_t bits() { return 0; }
template <class... More>
constexpr std::uint8_t bits(bool first, More... more) { // the first is bit 0
    return static_cast<std::uint8_t>((first ? 1U : 0U) | (static_cast<unsigned>(bits(more...)) << 1U));
}

// Element::expected(before, the one before that) and Element::written(x, expected, v) say how. Before the first stands
// `first`; the second is expected to be like the first.
template <class List, class V, class Element>
void run(List& list, V& v, Element first) {
    Element before = first, earlier = std::move(first);
    std::uint64_t n = list.size();
    if constexpr (std::is_const_v<List>) {
        v(n);
        for (std::uint64_t i = 0; i < n; ++i) {
            Element::written(list[i], Element::expected(before, i > 1 ? earlier : before), v);
            earlier = std::exchange(before, list[i]);
        }
    } else {
        v(n);
        list.clear();
        // A damaged count ends where the bytes do: each element takes at least one.
        for (std::uint64_t i = 0; i < n && v.ok(); ++i) {
            Element x{};
            Element::written(x, Element::expected(before, i > 1 ? earlier : before), v);
            earlier = std::exchange(before, x);
            list.push_back(std::move(x));
        }
        list.shrink_to_fit(); // thousands of them are read at a start
    }
}

} // namespace vigil::model
