#pragma once

#include "gateway/http_message.hpp"
#include "gateway/people.hpp"
#include "gateway/static_files.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vigil::v1 {
class CommandReply;
class CommandRequest;
class QueryReply;
class QueryRequest;
} // namespace vigil::v1

namespace vigil::gateway {

class Wall;

/// The ways out to vigild; answers come back on the thread of the routes, with nothing when there was none in time.
struct Ports {
    std::function<void(const vigil::v1::CommandRequest&, std::function<void(std::optional<vigil::v1::CommandReply>)>)>
        command;
    std::function<void(const vigil::v1::QueryRequest&, std::function<void(std::optional<vigil::v1::QueryReply>)>)>
        query;
    std::function<std::string()> metrics;
};

/// Where this gateway is found, and by whom.
struct Door {
    std::vector<std::string> hosts; ///< names beside those of loopback
    bool tls = false;
    People* people = nullptr; ///< nothing: there are no accounts, and whoever is at this machine may do everything
};

/// What became of a request for the event stream.
struct StreamAdmission {
    std::optional<HttpResponse> refused;
    StreamRights rights;
};

/// Which answer belongs to which request. Knows nothing of sockets.
class Routes {
public:
    Routes(const Wall& wall, const StaticFiles& files, Ports ports, Door door = {});

    static constexpr const char* stream_path = "/api/v1/stream";

    void answer(HttpRequest request, Respond respond) const;
    [[nodiscard]] StreamAdmission admit_stream(const HttpRequest& request) const;

private:
    /// Why a request is refused before its route is looked at: a foreign Host, or a POST another page could have sent.
    [[nodiscard]] std::optional<HttpResponse> foreign(const HttpRequest& request) const;
    void ask_people(const std::string& path, const HttpRequest& request, const Visitor& visitor, Respond respond) const;
    void get(const std::string& path, const std::string& query, const HttpRequest& request, Respond respond) const;
    void post(const std::string& path, const HttpRequest& request, Respond respond) const;
    void bed(const std::string& rest, const std::string& query, bool names, Respond respond) const;
    void alerts(const std::string& query, Respond respond) const;
    void why(const std::string& alert, Respond respond) const;
    void acknowledge(const std::string& alert, const HttpRequest& request, Respond respond) const;
    void attest(const HttpRequest& request, Respond respond) const;
    // routes_history.cpp
    struct BedStay {
        std::string unit, bed, encounter;
    };
    void lanes(const BedStay& stay, const std::string& query, Respond respond) const;
    void moment(const BedStay& stay, const std::string& query, Respond respond) const;
    void status(Respond respond) const;
    void assign(const HttpRequest& request, Respond respond) const;
    // routes_export.cpp
    void raw(const std::string& query, Respond respond) const;
    void export_scores(const std::string& query, const HttpRequest& request, const Visitor& visitor,
                       Respond respond) const;
    // routes_alerts.cpp
    void pause(const std::string& alert, const HttpRequest& request, Respond respond) const;
    void judge(const std::string& alert, const HttpRequest& request, Respond respond) const;
    void shelve(const HttpRequest& request, Respond respond) const;
    void standby(const HttpRequest& request, Respond respond) const;
    void limit_care(const HttpRequest& request, Respond respond) const;
    void limit(const HttpRequest& request, Respond respond) const;
    void command(const vigil::v1::CommandRequest& request, Respond respond) const;

    const Wall& wall_;
    const StaticFiles& files_;
    Ports ports_;
    Door door_;
    std::shared_ptr<std::atomic<bool>> exporting_ = std::make_shared<std::atomic<bool>>(false); ///< one is under way
};

/// Whose request this is: with accounts the one who is signed in, and what the body says is that or nothing; without,
/// what the body says. Empty after an answer that says what is wrong.
std::optional<std::string> user_of(const HttpRequest& request, const std::string& said, const Respond& respond);

/// The headers every answer carries.
void add_standard_headers(HttpResponse& response);
HttpResponse problem(unsigned status, const std::string& error);

} // namespace vigil::gateway
