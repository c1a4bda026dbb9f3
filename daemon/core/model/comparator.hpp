#pragma once
// A comparator as it stands before its number.

#include "core/model/reading.hpp"

#include <string_view>

namespace vigil::model {

constexpr std::string_view sign_of(Comparator comparator) {
    switch (comparator) {
    case Comparator::exactly: break;
    case Comparator::less: return "<";
    case Comparator::less_equal: return "<=";
    case Comparator::greater: return ">";
    case Comparator::greater_equal: return ">=";
    }
    return {};
}

} // namespace vigil::model
