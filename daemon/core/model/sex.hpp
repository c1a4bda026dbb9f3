#pragma once
// The sex as the census tells it: what is presumed of a creatinine that nobody knows depends on it.

#include "core/model/names.hpp"

#include <cstdint>

namespace vigil::model {

#define VIGIL_SEXES(X) X(unspecified) X(female) X(male) X(other)
VIGIL_ENUM(Sex, std::uint8_t, sex, VIGIL_SEXES)

} // namespace vigil::model
