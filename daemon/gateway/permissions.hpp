#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vigil::gateway {

/// Who somebody is to this gateway. `nobody` has not signed in.
enum class Role : std::uint8_t {
    nobody,
    observer,
    clinician,
    coordinator,
    investigator,
    monitor,
    cell_laboratory,
    pharmacist,
    admin,
};
inline constexpr std::size_t role_count = 9;

/// What can be asked of this gateway. Every route is one of these; a route that is none of them does not exist.
enum class Operation : std::uint8_t {
    open_page, ///< the page itself, its session, health: what must work before anybody has signed in
    view_ward,
    view_names,
    acknowledge,
    pause,
    shelve,
    feedback,
    standby,
    care_limits,
    limit,
    attest,
    assign,
    view_operations,
    raw_streams,
    export_data,
    read_audit,
    manage_accounts,
    break_glass,
};
inline constexpr std::size_t operation_count = 18;

using Rights = std::bitset<operation_count>;

/// The row of the table; with `broken_glass` also what a clinician may look at, where the role may break it at all.
Rights rights_of(Role role, bool broken_glass = false);
inline bool may(const Rights& rights, Operation operation) { return rights.test(static_cast<std::size_t>(operation)); }

std::string_view name_of(Role role);
std::string_view name_of(Operation operation);
std::optional<Role> role_named(std::string_view name); ///< of an account: never `nobody`
/// What a request asks for; nothing where there is no such route. `path` is without its query.
std::optional<Operation> operation_of(std::string_view method, std::string_view path);

} // namespace vigil::gateway
