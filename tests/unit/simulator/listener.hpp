#pragma once

#include "adapters/simulator/message.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::simulator::test {

// A strict reader of what the ward sends, independent of how it was written: it knows HL7, not the simulator.
struct Heard {
    double hour = 0.0; // of the observation: OBX-14, else OBR-8, else OBR-7; from the ward's start
    std::string value;
    std::string flags;
    char status = 'F';
};

class Listener {
public:
    explicit Listener(Millis start)
        : start_{start} {}

    // Throws std::runtime_error with the reason if the message is not well formed.
    void hear(const Message& message);

    std::vector<Heard> series(const std::string& bed, const std::string& code) const;
    // Of unflagged numbers in [from_h, to_h).
    double lowest(const std::string& bed, const std::string& code, double from_h, double to_h) const;
    double highest(const std::string& bed, const std::string& code, double from_h, double to_h) const;
    // PaO2 over the set FiO2 of the ventilator last seen before the gas.
    std::vector<std::pair<double, double>> pf_ratios(const std::string& bed) const;

    const std::map<std::string, int>& triggers() const { return triggers_; } // "A02 BED11" → count
    std::uint64_t digest() const { return digest_; }                         // FNV-1a over every frame, in order
    std::size_t messages() const { return messages_; }
    std::size_t repeats() const { return repeats_; }

private:
    void hear_time(const Message& message, std::string_view msh_time);

    Millis start_;
    std::map<std::pair<std::string, std::string>, std::vector<Heard>> series_;
    std::map<std::string, int> triggers_;
    std::map<std::string, std::size_t> control_ids_; // → hash of the content
    std::map<std::pair<Feed, int>, std::string> last_time_;
    Millis last_send_ = 0;
    std::uint64_t digest_ = 0xcbf29ce484222325ULL;
    std::size_t messages_ = 0;
    std::size_t repeats_ = 0;
};

} // namespace vigil::simulator::test
