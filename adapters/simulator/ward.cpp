#include "adapters/simulator/ward.hpp"

#include <algorithm>
#include <tuple>

namespace vigil::simulator {
namespace {

std::string tag_of(const WardSetting& setting) {
    std::uint64_t bits = derived_seed(setting.seed, static_cast<std::uint64_t>(setting.start), 9);
    std::string tag;
    for (int digit = 0; digit < 6; ++digit, bits >>= 4U) tag.push_back("0123456789abcdef"[bits & 15U]);
    return tag;
}

// Its first patient moves to another bed of the set.
bool is_left(int bed, int beds_here) {
    return std::any_of(archetypes().begin(), archetypes().end(), [=](const Archetype& a) {
        return a.bed.number == bed && a.bed.transfer_to > 0 && a.bed.transfer_to <= beds_here;
    });
}

} // namespace

Ward::Ward(const WardSetting& setting)
    : setting_{setting},
      tag_{tag_of(setting)},
      now_{setting.start} {}

std::vector<Occupancy> occupancies(const WardSetting& setting, int round) {
    std::vector<Occupancy> out;
    for (int set = 0; set * kBedStories < setting.beds; ++set) {
        const int first_bed = set * kBedStories;
        const int beds_here = std::min(kBedStories, setting.beds - first_bed);
        const auto number_of = [&](int row) { return (round * 100 + set) * 20 + row + 1; };
        for (int row = 0; row < static_cast<int>(archetypes().size()); ++row) {
            Occupancy o{.archetype = archetypes()[static_cast<std::size_t>(row)],
                        .patient_number = number_of(row),
                        .mistaken_for = {}};
            Bed& bed = o.archetype.bed;
            // Without that neighbour there is nowhere to move to, and the bed is never left for the next patient.
            if (bed.number > beds_here || (bed.admitted_h > 0.0 && !is_left(bed.number, beds_here))) continue;
            bed.transfer_to = bed.transfer_to > 0 && bed.transfer_to <= beds_here ? bed.transfer_to + first_bed : 0;
            for (int other = 0; other < static_cast<int>(archetypes().size()); ++other) {
                const Archetype& stranger = archetypes()[static_cast<std::size_t>(other)];
                if (stranger.bed.number == o.archetype.dirt.misnamed_as_bed)
                    o.mistaken_for = card_of(stranger, setting.seed, number_of(other));
            }
            bed.number += first_bed;
            out.push_back(std::move(o));
        }
    }
    return out;
}

void Ward::open_round() {
    for (Occupancy& o : occupancies(setting_, round_))
        stays_.push_back(std::make_unique<Stay>(o.archetype, StaySetting{.seed = setting_.seed,
                                                                         .tag = tag_,
                                                                         .patient_number = o.patient_number,
                                                                         .round_start = now_,
                                                                         .monitor_interval = setting_.monitor_interval,
                                                                         .mistaken_for = std::move(o.mistaken_for)}));
    ++round_;
}

std::vector<Message> Ward::next_minute() {
    if ((now_ - setting_.start) % hours(kRoundHours) == 0) open_round();
    std::vector<Message> out;
    for (const auto& stay : stays_) stay->live(now_, out);
    std::erase_if(stays_, [](const auto& stay) { return stay->over(); });
    std::stable_sort(out.begin(), out.end(), [](const Message& a, const Message& b) {
        return std::tie(a.send_at, a.feed, a.bed) < std::tie(b.send_at, b.feed, b.bed);
    });
    now_ += kMinute;
    return out;
}

} // namespace vigil::simulator
