#pragma once
// Scores and alerts as a clinician would check them on paper: the text behind `vigil explain`, `vigil why` and the
// page.

#include <string>
#include <string_view>

namespace vigil::v1 {
class Alert;
class Score;
} // namespace vigil::v1

namespace vigil::wire {

std::string explained(v1::Alert const& alert);
std::string explained(v1::Score const& score, std::string_view whose);

} // namespace vigil::wire
