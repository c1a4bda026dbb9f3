#include "gateway/permissions.hpp"

#include <algorithm>
#include <array>

namespace vigil::gateway {
namespace {

using enum Operation;

constexpr std::array<std::string_view, role_count> role_names{
    "nobody",  "observer",        "clinician",  "coordinator", "investigator",
    "monitor", "cell_laboratory", "pharmacist", "admin",
};

struct Row {
    Operation operation;
    std::string_view name;
    std::string_view roles; ///< a column for each role, in their order: `y` or `-`
};

// Reasons: docs/people-and-roles.md. tests/unit/gateway/permissions.tsv says the same again, by another hand.
//            nobody observer clinician coordinator investigator monitor cell_laboratory pharmacist admin
constexpr std::array<Row, operation_count> table{{
    {open_page, "open_page", "yyyyyyyyy"},
    {view_ward, "view_ward", "-yyyy-yy-"},
    {view_names, "view_names", "--y------"},
    {acknowledge, "acknowledge", "--y------"},
    {pause, "pause", "--y------"},
    {shelve, "shelve", "--y------"},
    {feedback, "feedback", "--y------"},
    {standby, "standby", "--y------"},
    {care_limits, "care_limits", "--y------"},
    {limit, "limit", "--y------"},
    {attest, "attest", "--y------"},
    {assign, "assign", "--y------"},
    {view_operations, "view_operations", "--y-----y"},
    {raw_streams, "raw_streams", "-yy------"},
    {export_data, "export_data", "---yyy---"},
    {read_audit, "read_audit", "--------y"},
    {manage_accounts, "manage_accounts", "--------y"},
    {break_glass, "break_glass", "-y-----y-"},
}};

constexpr std::array looks{view_ward, view_names, view_operations, raw_streams};

constexpr bool table_is_whole() {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].operation) != i || table[i].roles.size() != role_count) return false;
    return true;
}
static_assert(table_is_whole(), "a row for each operation in its order, a column for each role");

struct Route {
    std::string_view method;
    std::string_view path; ///< `*` is one piece between slashes
    Operation operation;
};

constexpr std::array routes{
    Route{"GET", "/healthz", open_page},
    Route{"GET", "/readyz", open_page},
    Route{"GET", "/metrics", view_operations},
    Route{"GET", "/api/v1/session", open_page},
    Route{"POST", "/api/v1/login", open_page},
    Route{"POST", "/api/v1/logout", open_page},
    Route{"POST", "/api/v1/break_glass", break_glass},
    Route{"GET", "/api/v1/stream", view_ward},
    Route{"GET", "/api/v1/beds", view_ward},
    Route{"GET", "/api/v1/beds/*/*", view_ward},
    Route{"GET", "/api/v1/beds/*/*/trend", view_ward},
    Route{"GET", "/api/v1/beds/*/*/lanes", view_ward},
    Route{"GET", "/api/v1/beds/*/*/moment", view_ward},
    Route{"GET", "/api/v1/alerts", view_ward},
    Route{"GET", "/api/v1/why/*", view_ward},
    Route{"POST", "/api/v1/alerts/*/ack", acknowledge},
    Route{"POST", "/api/v1/alerts/*/pause", pause},
    Route{"POST", "/api/v1/alerts/*/feedback", feedback},
    Route{"POST", "/api/v1/shelve", shelve},
    Route{"POST", "/api/v1/standby", standby},
    Route{"POST", "/api/v1/care_limits", care_limits},
    Route{"POST", "/api/v1/limit", limit},
    Route{"POST", "/api/v1/attest", attest},
    Route{"POST", "/api/v1/assign", assign},
    Route{"GET", "/api/v1/status", view_operations},
    Route{"GET", "/api/v1/raw", raw_streams},
    Route{"GET", "/api/v1/export/scores", export_data},
    Route{"GET", "/api/v1/audit", read_audit},
    Route{"GET", "/api/v1/accounts", manage_accounts},
};

bool fits(std::string_view path, std::string_view pattern) {
    while (!path.empty() && !pattern.empty()) {
        const auto piece = path.substr(0, path.find('/', 1));
        const auto wanted = pattern.substr(0, pattern.find('/', 1));
        if (wanted == "/*" ? piece.size() < 2 : piece != wanted) return false;
        path.remove_prefix(piece.size());
        pattern.remove_prefix(wanted.size());
    }
    return path.empty() && pattern.empty();
}

} // namespace

Rights rights_of(Role role, bool broken_glass) {
    const auto column = [](Role whose, Operation operation) {
        return table[static_cast<std::size_t>(operation)].roles[static_cast<std::size_t>(whose)] == 'y';
    };
    Rights rights;
    for (const auto& row : table) rights.set(static_cast<std::size_t>(row.operation), column(role, row.operation));
    if (!broken_glass || !column(role, break_glass)) return rights;
    for (const auto look : looks)
        if (column(Role::clinician, look)) rights.set(static_cast<std::size_t>(look));
    return rights;
}

std::string_view name_of(Role role) { return role_names[static_cast<std::size_t>(role)]; }
std::string_view name_of(Operation operation) { return table[static_cast<std::size_t>(operation)].name; }

std::optional<Role> role_named(std::string_view name) {
    const auto found = std::find(role_names.begin() + 1, role_names.end(), name);
    if (found == role_names.end()) return std::nullopt;
    return static_cast<Role>(found - role_names.begin());
}

std::optional<Operation> operation_of(std::string_view method, std::string_view path) {
    if (method == "HEAD") method = "GET";
    for (const auto& route : routes)
        if (route.method == method && fits(path, route.path)) return route.operation;
    if (method == "GET" && !path.starts_with("/api/")) return open_page;
    return std::nullopt;
}

} // namespace vigil::gateway
