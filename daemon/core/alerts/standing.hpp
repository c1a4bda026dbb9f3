#pragma once
// The alerts that stand for one subject (an encounter, a source, the daemon itself).

#include "core/alerts/alert.hpp"

#include <vector>

namespace vigil::alerts {

struct Standing {
    std::vector<Alert> alerts;
    model::LogTime due{};              // when something can change although nothing arrives; INT64_MAX: never
    template <class S, class V> static void fields(S& s, V&& v) { v(s.alerts, s.due); }
};

} // namespace vigil::alerts
