#pragma once
// What a field meant the last time it was met. Feeds repeat the same codes and units in every message; the answer
// depends on the field alone, so it may be remembered. Bounded: a fixed number of places, each with one field.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace vigil::hl7 {

template <class Value>
class Memo {
public:
    // A new message begins: what it takes from here stays until the next one begins.
    void next_message() { ++message_; }

    // The remembered value, or the result of `read(view)` put in its place; nullptr when the place is taken by another
    // field of the same message, or the field is too long to remember.
    template <class Read>
    Value const* find(std::string_view field, Read&& read) {
        if (field.size() > longest) return nullptr;
        Entry& entry = entries_[hash(field) % entries_.size()];
        if (entry.field == field && entry.message != 0) {
            entry.message = message_;
            return &entry.value;
        }
        if (entry.message == message_) return nullptr;
        entry.field.assign(field.data(), field.size());
        entry.message = message_;
        entry.value = read(field);
        return &entry.value;
    }

private:
    static constexpr std::size_t longest = 1024;
    struct Entry {
        std::string field;
        std::uint64_t message = 0;
        Value value;
    };

    static std::uint64_t hash(std::string_view text) {
        std::uint64_t h = text.size();
        while (!text.empty()) {
            std::uint64_t piece = 0;
            const std::size_t size = text.size() < 8 ? text.size() : 8;
            std::memcpy(&piece, text.data(), size);
            h = (h ^ piece) * 0x9e3779b97f4a7c15u;
            h ^= h >> 29;
            text.remove_prefix(size);
        }
        return h;
    }

    std::array<Entry, 512> entries_;
    std::uint64_t message_ = 1;
};

} // namespace vigil::hl7
