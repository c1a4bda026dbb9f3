#pragma once
// Room for the few texts that are not simply a piece of the message (unescaped, re-encoded, tokens). Reused between
// messages.

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace vigil::hl7 {

class Scratch {
public:
    void clear() {
        if (blocks_.size() > 1) blocks_.resize(1);
        used_ = 0;
    }

    char* room(std::size_t size) {
        if (blocks_.empty() || blocks_.back().size - used_ < size) {
            const std::size_t wanted = size > block_size ? size : block_size;
            blocks_.push_back({std::make_unique<char[]>(wanted), wanted});
            used_ = 0;
        }
        char* at = blocks_.back().bytes.get() + used_;
        used_ += size;
        return at;
    }

    std::string_view keep(std::string_view text) {
        if (text.empty()) return {};
        char* at = room(text.size());
        std::memcpy(at, text.data(), text.size());
        return {at, text.size()};
    }

private:
    static constexpr std::size_t block_size = 16 * 1024;
    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };
    std::vector<Block> blocks_;
    std::size_t used_ = 0;
};

} // namespace vigil::hl7
