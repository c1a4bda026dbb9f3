#include "store/batch.hpp"

#include "store/block.hpp"

#include <cassert>

namespace vigil::store {

void Batch::push(std::uint64_t seq, model::LogTime at, RowKind kind, std::uint64_t cause, std::size_t begin) {
    assert(rows_.empty() || seq == rows_.back().seq + 1);
    rows_.push_back({seq, at, kind, cause, begin, encoder_.bytes().size() - begin, 0});
}

void Batch::add(core::Event const& event) {
    const auto begin = encoder_.bytes().size();
    std::visit([this](auto const& what) { encoder_(what); }, event.what);
    push(event.seq, event.at, kind_of(event.what), 0, begin);
    if (auto const* frame = std::get_if<model::Frame>(&event.what)) {
        rows_.back().sketch = static_cast<std::uint32_t>(sketches_.size());
        sketches_.push_back(sketch_of(*frame));
    }
}

void Batch::add(std::uint64_t seq, model::LogTime at, std::uint64_t cause, core::Effect const& effect) {
    assert(cause < seq);
    const auto begin = encoder_.bytes().size();
    std::visit([this](auto const& what) { encoder_(what); }, effect);
    push(seq, at, kind_of(effect), cause, begin);
}

void Batch::clear() {
    id = 0;
    encoder_.clear();
    rows_.clear();
    sketches_.clear();
    opening_.reset();
    snapshot_.reset();
}

} // namespace vigil::store
