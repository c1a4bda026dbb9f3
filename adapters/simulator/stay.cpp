#include "adapters/simulator/stay.hpp"

#include "adapters/simulator/admission.hpp"
#include "adapters/simulator/pump.hpp"
#include "adapters/simulator/ventilator.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace vigil::simulator {
namespace {

enum Purpose : std::uint64_t { kBody = 1, kMonitor, kVentilator, kLaboratory, kSchedule };

std::string padded(int number, std::size_t width) {
    std::string digits = std::to_string(number);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

std::uint64_t seed_for(const StaySetting& setting, Purpose purpose) {
    return derived_seed(setting.seed, static_cast<std::uint64_t>(setting.patient_number), purpose);
}

} // namespace

PatientCard card_of(const Archetype& archetype, std::uint64_t seed, int patient_number) {
    const std::string number = std::to_string(seed) + "-" + padded(patient_number, 4);
    return {.record_number = "SIM" + number,
            .visit_number = "SIMV" + number,
            .given_name = std::string{archetype.person.given},
            .birth_date = std::to_string(archetype.person.birth_year) + "0101",
            .sex = archetype.person.sex};
}

Stay::Stay(const Archetype& archetype, const StaySetting& setting)
    : archetype_{archetype},
      setting_{setting},
      card_{card_of(archetype, setting.seed, setting.patient_number)},
      bed_{archetype.bed.number},
      patient_{archetype_, seed_for(setting, kBody)},
      monitor_{archetype_, seed_for(setting, kMonitor)},
      ventilator_random_{seed_for(setting, kVentilator)},
      schedule_{seed_for(setting, kSchedule)},
      laboratory_{setting.patient_number, archetype.dirt.late_laboratory, seed_for(setting, kLaboratory),
                  [this] { return control_id('L'); }} {}

std::string Stay::control_id(char feed) {
    return setting_.tag + feed + padded(setting_.patient_number, 3) + "-" + std::to_string(++control_ids_);
}

ChartPage Stay::page(Millis entered) {
    return {.control_id = control_id('C'), .entered = entered, .card = &card_, .bed = bed_};
}

DeviceVoice Stay::voice(std::string_view application, char device, Millis at) {
    const bool stand_alone = archetype_.dirt.clock_behind_s > 0.0;
    const std::string eui = "001221" + padded(bed_, 4) + padded(device, 6);
    return {
        .header = {.application = application, .type = "ORU^R01^ORU_R01", .control_id = control_id(device), .at = at},
        .bed = bed_,
        .card = stand_alone && device == 'M' ? nullptr : &card_,
        .equipment = eui + "^^" + eui + "^EUI-64"};
}

void Stay::live(Millis at, std::vector<Message>& out) {
    const double hour = static_cast<double>(at - setting_.round_start) / static_cast<double>(kHour);
    movements(at);
    if (archetype_.vacant) {
        patient_.advance(hour, at);
        if (hour >= archetype_.tried_from_h && hour < archetype_.tried_until_h) monitor(at, hour);
    } else if (present_) {
        patient_.advance(hour, at);
        urine_ml_ += patient_.truth().urine_ml_h / 60.0;
        devices(at, hour);
        laboratory(at);
        charting(at);
    }
    flush(at + kMinute, out);
}

void Stay::move(std::string_view trigger, Millis occurred, int prior_bed) {
    const Millis sent = occurred + 100 * (bed_ % 100);
    send(Feed::adt, sent,
         admission_message({.trigger = trigger,
                            .control_id = control_id('A'),
                            .occurred = occurred,
                            .sent = sent,
                            .bed = bed_,
                            .prior_bed = prior_bed,
                            .admitted = at_hour(archetype_.bed.admitted_h)},
                           card_));
}

void Stay::movements(Millis at) {
    const Bed& plan = archetype_.bed;
    if (archetype_.vacant) {
        discharged_ = at >= at_hour(plan.discharged_h);
        return;
    }
    if (at == at_hour(plan.admitted_h)) {
        present_ = true;
        move("A01", at, 0);
        next_blood_ = at + 18 * kMinute;
        next_gas_ = at + 25 * kMinute;
        next_assessment_ = at + 2 * kMinute;
        urine_since_ = at;
    }
    if (at == at_hour(plan.admitted_h) + 20 * kMinute) move("A08", at, 0);
    if (plan.transfer_to > 0 && at == at_hour(plan.transfer_h)) {
        const int prior = std::exchange(bed_, plan.transfer_to);
        move("A02", at, prior);
    }
    if (present_ && at == at_hour(plan.discharged_h)) {
        present_ = false;
        discharged_ = true;
        move("A03", at, 0);
    }
}

// What a monitor says of its patient: who it was told is there, or that it was told nobody.
DeviceVoice Stay::monitor_voice(Millis sent, Millis behind, double hour) {
    const Dirt& dirt = archetype_.dirt;
    DeviceVoice out = voice(behind > 0 ? "VIGILSIM_MON^0012210000000002^EUI-64" : "VIGILSIM_GW^0012210000000001^EUI-64",
                            'M', sent - behind);
    if (archetype_.vacant) out.card = nullptr;
    if (setting_.mistaken_for && hour >= dirt.misnamed_from_h && hour < dirt.misnamed_until_h)
        out.card = &*setting_.mistaken_for;
    return out;
}

// Gateways of different beds do not speak in the same second.
Millis Stay::turn() const { return (bed_ * 700) % (50 * kSecond); }

void Stay::monitor(Millis at, double hour) {
    const Dirt& dirt = archetype_.dirt;
    const bool silent = hour >= dirt.silent_from_h && hour < dirt.silent_until_h;
    const Millis behind = hours(dirt.clock_behind_s / 3600.0);
    const Millis admitted = at_hour(archetype_.bed.admitted_h);
    const double interval_h = static_cast<double>(setting_.monitor_interval) / static_cast<double>(kHour);
    for (Millis to = at; to < at + kMinute; to += kSecond) {
        if ((to - setting_.round_start) % setting_.monitor_interval != 0 || to - admitted < setting_.monitor_interval)
            continue;
        const MonitorSample sample = monitor_.look(patient_.truth(), hour, interval_h);
        if (silent) continue;
        const Millis sent = to + turn() + 300;
        const DeviceVoice monitor = monitor_voice(sent, behind, hour);
        send_device(sent, monitor_message(monitor, sample, to - setting_.monitor_interval - behind, to - behind));
    }
}

void Stay::devices(Millis at, double hour) {
    const Dirt& dirt = archetype_.dirt;
    monitor(at, hour);
    const bool silent = hour >= dirt.silent_from_h && hour < dirt.silent_until_h;
    if (silent || at - at_hour(archetype_.bed.admitted_h) < kMinute) return;
    if (patient_.support().ventilator()) {
        const Millis sent = at + turn() + 600;
        const DeviceVoice ventilator = voice("VIGILSIM_VENT^0012210000000003^EUI-64", 'V', sent);
        send_device(sent, ventilator_message(ventilator, patient_.truth(), patient_.support(), at - kMinute, at,
                                             ventilator_random_));
    }
    pumps(at, hour);
}

// Every drug that ran has its pump, which stays at the bed for an hour after it stopped.
void Stay::pumps(Millis at, double hour) {
    for (const Drug drug : {Drug::norepinephrine, Drug::vasopressin, Drug::propofol, Drug::fentanyl}) {
        Millis& stopped_at = stopped_at_[static_cast<std::size_t>(drug)];
        const double dose = patient_.dose(drug);
        if (dose > 0.0) stopped_at = at;
        if (!patient_.ever_had(drug) || at - stopped_at > kHour) continue;
        // A syringe change takes two minutes, twice a day.
        const bool paused = drug == Drug::norepinephrine && static_cast<int>(hour * 60.0 + 0.5) % 720 < 2;
        const Millis sent = at + turn() + 700 + 50 * static_cast<Millis>(drug);
        const char device = static_cast<char>('P' + static_cast<int>(drug));
        const DeviceVoice pump = voice("VIGILSIM_PUMP^0012210000000004^EUI-64", device, sent);
        send_device(
            sent,
            pump_message(pump, {.drug = drug, .dose = dose, .paused = paused, .weight_kg = archetype_.person.weight_kg},
                         at - kMinute, at));
    }
}

void Stay::laboratory(Millis at) {
    const auto take = [&](std::vector<Report> reports) {
        for (Report& report : reports) send(Feed::laboratory, report.send_at, std::move(report.text));
    };
    if (at >= next_gas_ && archetype_.arterial_line) {
        take(laboratory_.blood_gas(patient_.truth(), at, card_, bed_));
        next_gas_ = at + kMinute * static_cast<Millis>(schedule_.between(240.0, 360.0));
    }
    if (at >= next_blood_) {
        take(laboratory_.chemistry(patient_.truth(), at, card_, bed_));
        take(laboratory_.blood_count(patient_.truth(), at, card_, bed_));
        next_blood_ = at + kMinute * static_cast<Millis>(schedule_.between(360.0, 480.0));
    }
}

std::vector<Statement> Stay::standing(Millis at) const {
    return {{"resp_device", patient_.support().device, at},
            {"ecls", patient_.ecls(), at},
            {"rrt", patient_.rrt(), at},
            {"urinary_catheter", patient_.catheter(), at}};
}

void Stay::charting(Millis at) {
    const Millis admitted = at_hour(archetype_.bed.admitted_h);
    std::vector<Statement> news;
    for (const Charted& entry : archetype_.charted) {
        const Millis when = at_hour(entry.hour);
        if (when <= admitted || when < at || when >= at + kMinute) continue;
        news.push_back({entry.what, entry.value, entry.true_since_h < kNever ? at_hour(entry.true_since_h) : when});
    }
    if (!news.empty()) {
        const Millis entered = at + 3 * kMinute + 200 * (bed_ % 100);
        send(Feed::charting, entered, statements_message(page(entered), news));
    }
    // Oxygen by mask, cannula or high flow is known only because somebody writes every change down.
    const Support& support = patient_.support();
    if (support.flow > 0.0 && (support.fio2 != charted_fio2_ || support.flow != charted_flow_)) {
        const Millis entered = at + 2 * kMinute + 300 * (bed_ % 100);
        send(Feed::charting, entered, output_message(page(entered), std::nullopt, support, at, at));
    }
    charted_fio2_ = support.fio2;
    charted_flow_ = support.flow;
    if (at >= next_assessment_) {
        const bool first = at - admitted < 5 * kMinute;
        const Millis entered = at + (first ? kMinute : 6 * kMinute) + 150 * (bed_ % 100);
        send(Feed::charting, entered,
             assessment_message(page(entered), patient_.truth(), patient_.support(), standing(at), at,
                                first ? &archetype_.person : nullptr));
        next_assessment_ = at + 4 * kHour;
    }
    if (at > admitted && (at - admitted) % kHour == 0) {
        // Without a catheter a volume is known only when the patient voids.
        const bool measured = patient_.catheter() == "in" || at - urine_since_ >= 4 * kHour;
        const Millis entered = at + 5 * kMinute + 250 * (bed_ % 100);
        const Millis from = measured ? urine_since_ : at - kHour;
        const double reading = urine_ml_ * schedule_.between(0.75, 1.25); // bags are read by eye, in steps of 5 mL
        std::optional<double> volume;
        if (measured) volume = 5.0 * static_cast<double>(static_cast<int>(reading / 5.0 + 0.5));
        if (measured || patient_.support().flow > 0.0)
            send(Feed::charting, entered, output_message(page(entered), volume, patient_.support(), from, at));
        if (measured) {
            urine_since_ = at;
            urine_ml_ = 0.0;
        }
    }
}

void Stay::send(Feed feed, Millis send_at, std::string text) {
    waiting_.push_back({.send_at = send_at, .feed = feed, .bed = bed_, .text = std::move(text)});
}

void Stay::send_device(Millis send_at, std::string text) {
    const Dirt& dirt = archetype_.dirt;
    ++device_messages_;
    const bool twice = dirt.duplicate_every > 0 && device_messages_ % dirt.duplicate_every == 0;
    const bool overtaken = dirt.swap_every > 0 && device_messages_ % dirt.swap_every == 0;
    if (twice)
        waiting_.push_back(
            {.send_at = send_at + 1500, .feed = Feed::devices, .bed = bed_, .untidy = true, .text = text});
    waiting_.push_back({.send_at = overtaken ? send_at + kMinute + kSecond : send_at,
                        .feed = Feed::devices,
                        .bed = bed_,
                        .untidy = overtaken,
                        .text = std::move(text)});
}

void Stay::flush(Millis until, std::vector<Message>& out) {
    const auto later = std::stable_partition(waiting_.begin(), waiting_.end(),
                                             [until](const Message& m) { return m.send_at < until; });
    std::move(waiting_.begin(), later, std::back_inserter(out));
    waiting_.erase(waiting_.begin(), later);
}

} // namespace vigil::simulator
