#include "adapters/simulator/script_truth.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <tuple>

namespace vigil::simulator {
namespace {

double scripted_level(const Archetype& archetype, Latent latent, double hour) {
    double at = 0.0;
    for (const Course& course : archetype.courses)
        if (course.latent == latent) at = level(course, hour);
    return at;
}

Millis minutes_of(double hour) { return kMinute * static_cast<Millis>(hour * 60.0 + 0.5); }

// A body wanders around its course by 0.01 (patient.cpp); three times that is as far as it lags behind.
constexpr double kLag = 0.03;
constexpr Millis kLongestLag = 2 * kHour; // where a course turns before it is so far

// Since the beginning of the round.
std::optional<Millis> first_at(const Archetype& archetype, const Expectation& e, double limit) {
    for (Millis at = minutes_of(std::max(e.after_h, archetype.bed.admitted_h)); at < hours(kRoundHours); at += kMinute)
        if (scripted_level(archetype, e.latent, static_cast<double>(at) / static_cast<double>(kHour)) >= limit)
            return at;
    return std::nullopt;
}

struct Onset {
    Millis scripted = 0;
    Millis latest = 0; // of a body that lags
};

Onset onset_of(const Archetype& archetype, const Expectation& e) {
    if (e.at_h < kNever) return {minutes_of(e.at_h), minutes_of(e.at_h)};
    const auto passes = first_at(archetype, e, e.passes);
    if (!passes) throw std::logic_error{std::string{archetype.id} + ": the course never passes " + std::string{e.what}};
    const auto surely = first_at(archetype, e, e.passes + kLag);
    const bool wanders = e.latent != Latent::bleeding;
    return {*passes, !wanders ? *passes : std::min(surely.value_or(*passes + kLongestLag), *passes + kLongestLag)};
}

std::string_view word(Ought ought) {
    switch (ought) {
    case Ought::told: return "told";
    case Ought::silent: return "silent";
    case Ought::none: return "none";
    case Ought::done: return "done";
    }
    return {};
}

} // namespace

std::vector<Scripted> scripted(const WardSetting& setting) {
    std::vector<Scripted> out;
    for (const Occupancy& o : occupancies(setting, 0)) {
        const Archetype& a = o.archetype;
        for (const Expectation& e : expectations_of(a.id)) {
            const auto [onset, latest] = onset_of(a, e);
            const bool moved = a.bed.transfer_to > 0 && onset >= minutes_of(a.bed.transfer_h);
            out.push_back(
                {.onset = setting.start + onset,
                 .by = setting.start + latest + minutes_of(e.within_h),
                 .bed = moved ? a.bed.transfer_to : a.bed.number,
                 .first_bed = a.bed.number,
                 .admitted = setting.start + hours(a.bed.admitted_h),
                 .visit_number = a.vacant ? std::string{} : card_of(a, setting.seed, o.patient_number).visit_number,
                 .archetype = a.id,
                 .expected = e});
        }
    }
    std::stable_sort(out.begin(), out.end(), [](const Scripted& a, const Scripted& b) {
        return std::tie(a.onset, a.bed) < std::tie(b.onset, b.bed);
    });
    return out;
}

std::string truth_csv(const WardSetting& setting) {
    std::string out = "onset,by,bed,visit,archetype,ought,rules,level,what\n";
    for (const Scripted& s : scripted(setting)) {
        out += iso_seconds(s.onset) + "," + iso_seconds(s.by) + "," + bed_name(s.bed) + "," + s.visit_number + "," +
               std::string{s.archetype} + "," + std::string{word(s.expected.ought)} + "," +
               std::string{s.expected.rules} + "," + std::to_string(s.expected.level) + ",\"" +
               std::string{s.expected.what} + "\"\n";
    }
    return out;
}

} // namespace vigil::simulator
