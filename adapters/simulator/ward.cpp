#include "adapters/simulator/ward.hpp"

#include <algorithm>
#include <tuple>

namespace vigil::simulator {
namespace {

constexpr int kDozen = 12;

std::string tag_of(const WardSetting& setting) {
    std::uint64_t bits = derived_seed(setting.seed, static_cast<std::uint64_t>(setting.start), 9);
    std::string tag;
    for (int digit = 0; digit < 6; ++digit, bits >>= 4U) tag.push_back("0123456789abcdef"[bits & 15U]);
    return tag;
}

} // namespace

Ward::Ward(const WardSetting& setting)
    : setting_{setting},
      tag_{tag_of(setting)},
      now_{setting.start} {}

void Ward::open_round() {
    const int dozens = (setting_.beds + kDozen - 1) / kDozen;
    for (int dozen = 0; dozen < dozens; ++dozen) {
        const int beds_here = std::min(kDozen, setting_.beds - dozen * kDozen);
        int row = 0;
        for (Archetype archetype : archetypes()) {
            ++row;
            Bed& bed = archetype.bed;
            // Without its neighbours a bed has nobody to move to, and is never left for the next patient.
            const bool whole = beds_here == kDozen;
            if (bed.number > beds_here || (bed.admitted_h > 0.0 && !whole)) continue;
            bed.number += dozen * kDozen;
            bed.transfer_to = bed.transfer_to > 0 && whole ? bed.transfer_to + dozen * kDozen : 0;
            stays_.push_back(
                std::make_unique<Stay>(archetype, StaySetting{.seed = setting_.seed,
                                                              .tag = tag_,
                                                              .patient_number = (round_ * 100 + dozen) * 20 + row,
                                                              .round_start = now_,
                                                              .monitor_interval = setting_.monitor_interval}));
        }
    }
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
