#include "adapters/runtime/places.hpp"

#include "adapters/runtime/tokens.hpp"

#include <array>
#include <cstdint>

namespace vigil::adapters {

namespace {

bool is_token(std::string_view text) {
    if (text.empty() || text.size() > 32) return false;
    for (const char c : text)
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    return true;
}

std::string row_key(std::string_view point_of_care, std::string_view room, std::string_view bed,
                    std::string_view facility = {}) {
    std::string key(point_of_care);
    key.append("^").append(room).append("^").append(bed);
    if (!facility.empty()) key.append("^").append(facility);
    return key;
}

// FNV-1a: only to keep two spellings apart, not to hide them.
std::uint32_t fold(std::string_view text) {
    std::uint32_t h = 2166136261u;
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
    return h;
}

std::string shortened(std::string out, std::string_view original) {
    static constexpr char digits[] = "0123456789abcdef";
    std::uint32_t h = fold(original);
    if (out.size() > 23) out.resize(23);
    out.push_back('_');
    for (int i = 0; i < 8; ++i, h >>= 4) out.push_back(digits[h & 15]);
    return out;
}

} // namespace

std::string place_token(std::string_view text) {
    text = trimmed(text);
    std::string out;
    bool lossy = false;
    for (const char c : text) {
        if (c >= 'A' && c <= 'Z')
            out.push_back(static_cast<char>(c - 'A' + 'a'));
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out.push_back(c);
        else {
            lossy = lossy || static_cast<unsigned char>(c) >= 0x80;
            if (!out.empty() && out.back() != '_') out.push_back('_');
        }
    }
    while (!out.empty() && out.back() == '_') out.pop_back();
    if (text.empty() || (out.size() <= 32 && !lossy)) return out;
    return shortened(std::move(out), text);
}

bool Places::add(std::string_view key, std::string_view place) {
    std::array<std::string_view, 4> parts{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto cut = key.find('^');
        parts[i] = trimmed(key.substr(0, cut));
        if (cut == std::string_view::npos) break;
        key.remove_prefix(cut + 1);
    }
    const auto slash = place.find('/');
    const std::string_view unit = place.substr(0, slash);
    const std::string_view bed = slash == std::string_view::npos ? std::string_view{} : place.substr(slash + 1);
    // A row that leaves out the point of care as well names a bed by its label alone, and must say which bed that is.
    const bool label_only = parts[0].empty() && (!parts[1].empty() || !parts[2].empty()) && !bed.empty();
    if ((parts[0].empty() && !label_only) || !is_token(unit) || (slash != std::string_view::npos && !is_token(bed)))
        return false;
    rows_[row_key(parts[0], parts[1], parts[2], parts[3])] = {std::string(unit), std::string(bed)};
    return true;
}

// Two underscores where one could be the room's own, so that no two pairs share a name.
std::string Places::bed_name(std::string_view room, std::string_view bed) const {
    if (bed.empty() || room.empty() || labels_ == Labels::unit) return place_token(bed.empty() ? room : bed);
    std::string out = place_token(room);
    const std::string label = place_token(bed);
    if (out.empty() || label.empty()) return out + label;
    out.append(out.find('_') == std::string::npos ? "_" : "__").append(label);
    if (out.size() <= 32) return out;
    return shortened(std::move(out), row_key({}, room, bed));
}

std::pair<std::string, std::string> const* Places::row_of(std::string_view point_of_care, std::string_view room,
                                                          std::string_view bed, std::string_view facility) const {
    for (auto const& key : {row_key(point_of_care, room, bed, facility), row_key(point_of_care, {}, bed, facility),
                            row_key(point_of_care, room, {}, facility), row_key(point_of_care, {}, {}, facility)})
        if (const auto row = rows_.find(key); row != rows_.end()) return &row->second;
    return nullptr;
}

std::optional<Place> Places::find(std::string_view point_of_care, std::string_view room, std::string_view bed,
                                  std::string_view facility) const {
    point_of_care = trimmed(point_of_care);
    room = trimmed(room);
    bed = trimmed(bed);
    if (point_of_care.empty()) {
        auto const* row = row_of({}, room, bed, trimmed(facility));
        if (!row) row = row_of({}, room, bed, {});
        return row ? std::optional(Place{row->first, row->second}) : std::nullopt;
    }
    Place place;
    std::string name = bed_name(room, bed);
    if (!rows_.empty()) {
        facility = trimmed(facility);
        auto const* row = facility.empty() ? nullptr : row_of(point_of_care, room, bed, facility);
        if (!row) row = row_of(point_of_care, room, bed, {});
        if (row) place.unit = row->first;
        if (row && !row->second.empty()) name = row->second;
    }
    if (place.unit.empty()) place.unit = place_token(point_of_care);
    if (place.unit.empty()) return std::nullopt;
    place.bed = name.empty() ? "_" : name;
    return place;
}

} // namespace vigil::adapters
