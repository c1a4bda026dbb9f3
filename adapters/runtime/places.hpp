#pragma once
// From a device's idea of a place (point of care, room, bed) to a unit and bed as they stand in topics:
// [a-z0-9_]{1,32}.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace vigil::adapters {

struct Place {
    std::string unit;
    std::string bed;
    friend bool operator==(Place const&, Place const&) = default;
};

// Lower case, every other character an underscore; what is longer than 32 or loses a character beyond ASCII ends in a
// digest of the original, so that two beds never become one. Empty when nothing is left.
std::string place_token(std::string_view text);

class Places {
public:
    // What a bed label is unique in. In its room (the safe assumption: rooms 101 and 102 each have a bed A) it is named
    // room_bed; in the point of care the room is left out.
    enum class Labels : std::uint8_t { room, unit };
    void set_labels(Labels labels) { labels_ = labels; }

    // `key` is POINT_OF_CARE^ROOM^BED^FACILITY; an empty or missing part matches whatever stands there. `place` is
    // "unit" or "unit/bed". False when `place` is not of that form. Where the point of care is left out ("^^BED3", of a
    // sender that names the bed alone) it must be "unit/bed", and is for messages that leave it out as well.
    bool add(std::string_view key, std::string_view place);
    // A row that names the facility wins, of those the most specific one; without a row the names are normalised and
    // the facility says nothing. A point of care without room and bed is bed "_": the patient is there and in no bed of
    // it.
    std::optional<Place> find(std::string_view point_of_care, std::string_view room, std::string_view bed,
                              std::string_view facility = {}) const;

private:
    std::pair<std::string, std::string> const* row_of(std::string_view point_of_care, std::string_view room,
                                                      std::string_view bed, std::string_view facility) const;
    std::string bed_name(std::string_view room, std::string_view bed) const;

    Labels labels_ = Labels::room;
    std::map<std::string, std::pair<std::string, std::string>, std::less<>> rows_;
};

} // namespace vigil::adapters
