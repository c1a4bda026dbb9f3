#include "core/alerts/decide.hpp"

namespace vigil::alerts {

bool announces(Notify notify) {
    switch (notify) {
    case Notify::first:
    case Notify::worsened:
    case Notify::recurred:
    case Notify::resumed:
    case Notify::escalated: return true;
    default: return false;
    }
}

Notify decide(Next const& by_table, Condition const& condition, std::int32_t announced, bool news) {
    if (announces(by_table.notify)) return condition.inhibited_by.empty() ? by_table.notify : Notify::updated;
    const bool sounding = by_table.phase == Phase::on && condition.state == ConditionState::present;
    if (sounding && condition.inhibited_by.empty() && condition.level > announced)
        return announced == 0 ? Notify::first : Notify::worsened;
    if (by_table.notify != Notify::nothing) return by_table.notify;
    return news ? Notify::updated : Notify::nothing;
}

} // namespace vigil::alerts
