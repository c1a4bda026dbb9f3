#pragma once
// Numbers for texts that come again and again in a file: channels, encounters. Open addressing over a short hash; the
// file's own texts, so nobody gains by making them collide.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::cli {

// Most texts are of a few letters, for which a call costs more than the comparison.
inline bool same_text(std::string_view a, std::string_view b) {
    const auto n = a.size();
    if (n != b.size()) return false;
    if (n > 16) return a == b;
    const auto differ = [&]<class Word>(Word, std::size_t at) {
        Word x, y;
        std::memcpy(&x, a.data() + at, sizeof x);
        std::memcpy(&y, b.data() + at, sizeof y);
        return x != y;
    };
    if (n >= 8) return !differ(std::uint64_t{}, 0) && !differ(std::uint64_t{}, n - 8);
    if (n >= 4) return !differ(std::uint32_t{}, 0) && !differ(std::uint32_t{}, n - 4);
    for (std::size_t i = 0; i < n; ++i)
        if (a[i] != b[i]) return false;
    return true;
}

class TextIndex {
public:
    // The text's number, from 0 in order of first appearance.
    std::uint32_t of(std::string_view text) {
        const auto h = hash(text);
        for (auto i = h & mask();; i = (i + 1) & mask()) {
            auto& slot = slots_[i];
            if (slot.number == 0) return add(text, h);
            if (slot.hash == h && texts_[slot.number - 1] == text) return slot.number - 1;
        }
    }
    std::size_t size() const { return texts_.size(); }
    std::string const& text(std::uint32_t number) const { return texts_[number]; }
    bool contains(std::string_view text) const {
        const auto h = hash(text);
        for (auto i = h & mask(); slots_[i].number != 0; i = (i + 1) & mask())
            if (slots_[i].hash == h && texts_[slots_[i].number - 1] == text) return true;
        return false;
    }

private:
    struct Slot {
        std::uint32_t hash = 0, number = 0; // from 1; 0: free
    };

    std::size_t mask() const { return slots_.size() - 1; }

    static std::uint32_t hash(std::string_view s) {
        std::uint64_t h = s.size();
        const auto mix = [&h](std::uint64_t word) {
            h = (h ^ word) * 0x9E3779B97F4A7C15ULL;
            h ^= h >> 32;
        };
        for (; s.size() >= 8; s.remove_prefix(8)) {
            std::uint64_t word = 0;
            std::memcpy(&word, s.data(), 8);
            mix(word);
        }
        std::uint64_t word = 0;
        std::memcpy(&word, s.data(), s.size());
        mix(word);
        return static_cast<std::uint32_t>(h);
    }

    std::uint32_t add(std::string_view text, std::uint32_t h) {
        texts_.emplace_back(text);
        const auto number = static_cast<std::uint32_t>(texts_.size());
        if (texts_.size() * 2 > slots_.size()) {
            std::vector<Slot> wider(slots_.size() * 2);
            wider.swap(slots_);
            for (auto const& slot : wider)
                if (slot.number != 0) place(slot);
        }
        place({h, number});
        return number - 1;
    }
    void place(Slot slot) {
        auto i = slot.hash & mask();
        while (slots_[i].number != 0) i = (i + 1) & mask();
        slots_[i] = slot;
    }

    std::vector<std::string> texts_;
    std::vector<Slot> slots_ = std::vector<Slot>(64);
};

} // namespace vigil::cli
