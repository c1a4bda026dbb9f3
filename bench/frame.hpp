#pragma once
// Frames of the ingest contract, encoded once and patched: the generator must cost little beside what it measures.
// Every number that changes stands in a varint of fixed width (padded with continuation bits, which every protobuf
// parser reads), so that a frame is a copy and some stores.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::bench {

inline constexpr std::size_t signals_per_bed = 30;

// One kind of reading: what stands in it, around which value it moves.
struct Quantity {
    int system; // v1.CodeSystem
    std::string_view code, unit;
    std::int64_t mantissa;
    unsigned scale;
    unsigned spread; // uniform, both ways; 0 for settings
};

// 30 signals of a ventilated patient, as a monitor and a ventilator name them.
std::vector<Quantity> const& signals();
// What the laboratory sends of each bed from time to time: with it every component of SOFA has its input.
std::vector<Quantity> const& laboratory();
// Analytes far outside their range: each raises an alert of its own at a bed that had none. `signal` is the word in the
// alert's topic.
struct Extreme {
    Quantity quantity;
    std::string_view signal;
};
std::vector<Extreme> const& extremes();

class FrameTemplate {
public:
    // `readings` beyond the quantities go on with the next instants of the same bed.
    FrameTemplate(std::string_view source, std::vector<Quantity> const& quantities, std::size_t readings,
                  std::int64_t period_ms);

    struct Fill {
        std::uint64_t frame_seq = 0;
        std::uint64_t message = 0; // unique: becomes message id and content digest
        unsigned bed = 0;
        std::int64_t time_ms = 0; // of the first reading
        std::int64_t received_ms = 0;
    };
    // The bytes stay valid until the next call.
    std::string_view fill(Fill const& with);

private:
    struct Place {
        std::size_t mantissa, time;
        std::int64_t base;
        unsigned spread;
        std::int64_t after_ms;
    };
    std::uint64_t random();

    std::string bytes_;
    std::vector<Place> places_;
    std::size_t frame_seq_ = 0, message_id_ = 0, digest_ = 0, message_time_ = 0, received_ = 0;
    std::size_t visit_ = 0, patient_ = 0, bed_ = 0;
    std::int64_t last_after_ms_ = 0;
    std::uint64_t random_ = 88'172'645'463'325'252ULL;
};

// The frame that admits a bed's patient.
std::string admission(std::string_view source, FrameTemplate::Fill const& with);
// One word beside the numbers of `laboratory`: the patient is ventilated.
std::string ventilated(std::string_view source, FrameTemplate::Fill const& with);

std::string bed_name(unsigned bed);
std::optional<unsigned> bed_of_name(std::string_view name);

} // namespace vigil::bench
