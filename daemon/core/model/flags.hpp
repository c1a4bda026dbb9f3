#pragma once
// Flags of a part of a score, in the order in which they were raised, each once. There are few, so that they need no
// memory of their own.

#include "core/model/evidence.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <type_traits>

namespace vigil::model {

class Flags {
public:
    void add(Flag flag) {
        if (has(flag)) return;
        assert(count_ < list_.size());
        list_[count_++] = flag;
    }
    bool has(Flag flag) const { return std::find(begin(), end(), flag) != end(); }
    bool empty() const { return count_ == 0; }
    Flag const* begin() const { return list_.data(); }
    Flag const* end() const { return list_.data() + count_; }

    // As a list: a count, then each.
    template <class Self, class Visit>
    static void fields(Self& s, Visit&& visit) {
        if constexpr (std::is_const_v<Self>) {
            visit(s.count_);
            for (const auto flag : s) visit(flag);
        } else {
            std::uint8_t count = 0;
            visit(count);
            s.count_ = 0;
            for (; count > 0; --count) {
                Flag flag{};
                visit(flag);
                // Only what `add` can have made.
                if (static_cast<std::size_t>(flag) >= flag_count || s.has(flag)) return visit.refuse();
                s.add(flag);
            }
        }
    }

private:
    std::array<Flag, flag_count> list_{};
    std::uint8_t count_ = 0;
};

} // namespace vigil::model
