#include "store/snapshot.hpp"

#include <zlib.h>

namespace vigil::store {

std::string encode_snapshot(core::State const& state, std::vector<RecallPlan> const& pending, std::size_t about) {
    core::Encoder e;
    e.expect(about);
    e(state, pending);
    return e.take();
}

Packed pack(std::string const& plain, std::size_t compress_up_to) {
    if (plain.size() > compress_up_to || plain.size() < 64) return {0, plain};
    auto size = compressBound(static_cast<uLong>(plain.size()));
    std::string out(size, '\0');
    const int code =
        compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<Bytef const*>(plain.data()),
                  static_cast<uLong>(plain.size()), Z_BEST_SPEED);
    if (code != Z_OK || size >= plain.size()) return {0, plain};
    out.resize(size);
    return {plain.size(), std::move(out)};
}

std::optional<std::string> unpack(std::uint64_t plain_size, std::string_view bytes) {
    if (plain_size == 0) return std::string{bytes};
    constexpr std::uint64_t best_ratio = 1100; // deflate's is 1032: a larger claim is damage, not a size to reserve
    if (plain_size / best_ratio > bytes.size()) return std::nullopt;
    std::string out(plain_size, '\0');
    auto size = static_cast<uLongf>(plain_size);
    const int code = uncompress(reinterpret_cast<Bytef*>(out.data()), &size,
                                reinterpret_cast<Bytef const*>(bytes.data()), static_cast<uLong>(bytes.size()));
    if (code != Z_OK || size != plain_size) return std::nullopt;
    return out;
}

} // namespace vigil::store
