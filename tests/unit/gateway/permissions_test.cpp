#include "clinic.hpp"

#include "gateway/permissions.hpp"

#include <algorithm>
#include <sstream>
#include <tuple>

using namespace vigil::gateway;

namespace {

using Lines = std::vector<std::vector<std::string>>;

/// The lines of a table beside this test; the first names the columns.
Lines table(const std::string& name) {
    const char* root = std::getenv("VIGIL_ROOT");
    std::ifstream file(std::string(root == nullptr ? "." : root) + "/tests/unit/gateway/" + name);
    REQUIRE(file);
    Lines lines;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#') continue;
        auto& fields = lines.emplace_back();
        std::istringstream words(line);
        for (std::string word; std::getline(words, word, '\t');) fields.push_back(word);
    }
    return lines;
}

/// What the table says by name: operation, role.
bool told(const Lines& lines, const std::string& operation, const std::string& role) {
    const auto column = static_cast<std::size_t>(std::find(lines[0].begin(), lines[0].end(), role) - lines[0].begin());
    for (const auto& line : lines)
        if (line[0] == operation) return line.at(column) == "y";
    FAIL(operation + " is not in the table");
    return false;
}

} // namespace

TEST_CASE("what each role may do is what the table says, cell by cell") {
    const auto lines = table("permissions.tsv");
    REQUIRE(lines.size() == operation_count + 1);
    REQUIRE(lines[0].size() == role_count + 1);
    for (std::size_t column = 1; column <= role_count; ++column) {
        const auto role = static_cast<Role>(column - 1);
        CHECK(lines[0][column] == name_of(role));
        for (std::size_t row = 1; row <= operation_count; ++row) {
            const auto operation = static_cast<Operation>(row - 1);
            INFO(lines[row][0] + " of " + lines[0][column]);
            CHECK(lines[row][0] == name_of(operation));
            CHECK(may(rights_of(role), operation) == (lines[row][column] == "y"));
        }
    }
}

TEST_CASE("broken glass gives what a clinician may look at to those who may break it, and lets nobody do more") {
    for (std::size_t i = 0; i < role_count; ++i) {
        const auto role = static_cast<Role>(i);
        const auto before = rights_of(role);
        const auto broken = rights_of(role, true);
        INFO(std::string(name_of(role)));
        if (!may(before, Operation::break_glass)) {
            CHECK(broken == before);
            continue;
        }
        CHECK(may(broken, Operation::view_names));
        CHECK(may(broken, Operation::view_ward));
        for (const auto deed : {Operation::acknowledge, Operation::pause, Operation::shelve, Operation::feedback,
                                Operation::standby, Operation::care_limits, Operation::attest, Operation::assign,
                                Operation::export_data, Operation::read_audit, Operation::manage_accounts})
            CHECK(may(broken, deed) == may(before, deed));
    }
}

TEST_CASE("every route asks the table, of every role and of nobody") {
    const auto roles = table("permissions.tsv");
    const auto routes = table("routes.tsv");
    REQUIRE(routes.size() > 25);
    for (std::size_t who = 0; who < role_count; ++who) {
        Clinic clinic;
        const std::string role(name_of(static_cast<Role>(who)));
        const auto arrive = [&] { return who == 0 ? Clinic::Desk{} : clinic.sign_in(role); };
        auto desk = arrive();
        for (std::size_t i = 1; i < routes.size(); ++i) {
            const auto& [method, target, operation, body] =
                std::tie(routes[i][0], routes[i][1], routes[i][2], routes[i][3]);
            INFO(role + " " + method + " " + target);
            clinic.commands.clear();
            const auto request = method == "GET" ? clinic.at(desk, target) : clinic.at(desk, target, body);
            const bool streams = target == Routes::stream_path;
            const auto admitted = streams ? clinic.routes->admit_stream(request) : StreamAdmission{};
            const auto status = !streams           ? clinic.ask(request).status
                                : admitted.refused ? admitted.refused->status
                                                   : 200U;
            if (told(roles, operation, role)) {
                CHECK(status != 401);
                CHECK(status != 403);
                const bool command = method == "POST" && operation != "open_page" && operation != "break_glass";
                CHECK(clinic.commands.size() == (command ? 1U : 0U));
                if (command) CHECK(clinic.commands[0].user() == role);
            } else {
                CHECK(status == (who == 0 ? 401U : 403U));
                CHECK(clinic.commands.empty());
            }
            // What these did must not change what the next one may.
            if (target == "/api/v1/logout") desk = arrive();
            if (target == "/api/v1/break_glass") clinic.ask(clinic.at(desk, target, R"({"over":true})"));
        }
    }
}

TEST_CASE("the table of routes knows every route of the code, and no path beside them is one") {
    const auto routes = table("routes.tsv");
    for (std::size_t i = 1; i < routes.size(); ++i) {
        const auto path = routes[i][1].substr(0, routes[i][1].find('?'));
        const auto operation = operation_of(routes[i][0], path);
        INFO(routes[i][0] + " " + path);
        REQUIRE(operation);
        CHECK(name_of(*operation) == routes[i][2]);
    }
    for (const char* path : {"/api/v1/nothing", "/api/v1/beds/icu", "/api/v1/beds//b1", "/api/v1/beds/icu/b1/trend/x",
                             "/api/v1/beds/icu/b1/", "/api/v1/alerts/a1/ack", "/api/", "/api/v2/beds"})
        CHECK_FALSE(operation_of("GET", path));
    CHECK_FALSE(operation_of("POST", "/"));
    CHECK_FALSE(operation_of("POST", "/api/v1/beds"));
    CHECK_FALSE(operation_of("POST", "/api/v1/alerts//ack"));
    CHECK_FALSE(operation_of("DELETE", "/api/v1/alerts"));
    CHECK(operation_of("HEAD", "/api/v1/beds") == Operation::view_ward);
}
