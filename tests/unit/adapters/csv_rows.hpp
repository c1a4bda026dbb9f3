#pragma once
// What the tests of the readings CSV share: a header and rows under it.

#include "adapters/csv/stretch.hpp"
#include "decoding.hpp"

#include <string>

namespace vigil::csv::testing {

inline const std::string header = "obs_ts,encounter,location,system,code,value,unit,status,order_id,kind\n";

inline RowSettings row_settings() { return {hl7::testing::test_key(), {}, {}, {}, true}; }

inline std::string row(std::string const& time, std::string const& rest) {
    return "2026-03-01T" + time + "Z," + rest + "\n";
}

inline std::string value_at(std::string const& time, int value) {
    return row(time, "v1,icu/1,LN,777-3," + std::to_string(value) + ",10*3/uL,,,");
}

} // namespace vigil::csv::testing
