#include "store/refusal.hpp"

namespace vigil::store {

std::string_view name_of(Refusal::Why why) {
    switch (why) {
    case Refusal::Why::missing: return "missing";
    case Refusal::Why::in_use: return "in_use";
    case Refusal::Why::wrong_kind: return "wrong_kind";
    case Refusal::Why::newer: return "newer";
    case Refusal::Why::older: return "older";
    case Refusal::Why::damaged: return "damaged";
    case Refusal::Why::cut: return "cut";
    case Refusal::Why::effects_differ: return "effects_differ";
    case Refusal::Why::bad_rulebook: return "bad_rulebook";
    case Refusal::Why::io: return "io";
    }
    return "unknown";
}

} // namespace vigil::store
