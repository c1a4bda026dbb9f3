#pragma once

#include "adapters/simulator/message.hpp"
#include "adapters/simulator/physiology.hpp"
#include "adapters/simulator/random.hpp"

#include <functional>
#include <vector>

namespace vigil::simulator {

// A report as the laboratory will send it, perhaps hours after the specimen was taken.
struct Report {
    Millis send_at = 0;
    std::string text;
};

// One patient's orders. Control ids come from the caller, who owns their uniqueness.
class Laboratory {
public:
    using NextId = std::function<std::string()>;
    Laboratory(int patient_number, bool late, std::uint64_t seed, NextId next_id)
        : patient_number_{patient_number},
          late_{late},
          random_{seed},
          next_id_{std::move(next_id)} {}

    std::vector<Report> blood_gas(const Truth& truth, Millis collected, const PatientCard& card, int bed);
    std::vector<Report> chemistry(const Truth& truth, Millis collected, const PatientCard& card, int bed);
    std::vector<Report> blood_count(const Truth& truth, Millis collected, const PatientCard& card, int bed);

private:
    struct Result {
        std::string_view type;
        std::string_view identifier;
        std::string value;
        std::string_view units;
        std::string_view range;
        char status = 'F';
    };
    struct Order {
        std::string_view service;
        std::string_view specimen; // table 0487
        std::string filler;
        Millis collected = 0;
        const PatientCard* card = nullptr;
        int bed = 0;
    };

    Order order(std::string_view service, std::string_view specimen, Millis collected, const PatientCard& card,
                int bed);
    Report report(const Order& order, const std::vector<Result>& results, char status, Millis send_at);
    Millis delay(double shortest_h, double longest_h);

    int patient_number_;
    bool late_;
    Random random_;
    NextId next_id_;
    int orders_ = 0;
};

} // namespace vigil::simulator
