// Requests about people, and whose a request is.

#include "gateway/json.hpp"
#include "gateway/page.pb.h"
#include "gateway/request_words.hpp"
#include "gateway/routes.hpp"

namespace vigil::gateway {
namespace {

/// Without accounts the page is told that it may do everything, and asks nobody to sign in.
HttpResponse everybody() {
    vigil::page::v1::Session out;
    for (std::size_t i = 0; i < operation_count; ++i)
        if (const auto operation = static_cast<Operation>(i); operation != Operation::break_glass &&
                                                              operation != Operation::manage_accounts &&
                                                              operation != Operation::read_audit)
            out.add_may(std::string(name_of(operation)));
    return {200, "application/json", to_json(out), {}};
}

} // namespace

void Routes::ask_people(const std::string& path, const HttpRequest& request, const Visitor& visitor,
                        Respond respond) const {
    auto* people = door_.people;
    if (people == nullptr)
        return respond(path == "/api/v1/session" ? everybody() : problem(404, "there are no accounts"));
    if (path == "/api/v1/login") return people->login(request, visitor, std::move(respond));
    if (path == "/api/v1/logout") return respond(people->logout(request, visitor));
    if (path == "/api/v1/break_glass") return respond(people->break_glass(request, visitor));
    if (path == "/api/v1/accounts") return respond(people->account_list());
    if (path == "/api/v1/audit") return respond(people->audit_tail());
    respond(people->session(visitor));
}

std::optional<std::string> user_of(const HttpRequest& request, const std::string& said, const Respond& respond) {
    const auto& user = request.user ? *request.user : said;
    if (request.user && !said.empty() && said != user) {
        respond(problem(403, "the body names another user than the one who is signed in"));
        return std::nullopt;
    }
    if (!is_user(user)) {
        respond(problem(400, "a user is required: 1 to 32 of letters, digits, . _ -"));
        return std::nullopt;
    }
    return user;
}

} // namespace vigil::gateway
