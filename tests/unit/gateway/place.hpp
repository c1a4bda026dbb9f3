#pragma once

#include "gateway/routes.hpp"
#include "gateway/wall.hpp"

#include "vigil/v1/command.pb.h"
#include "vigil/v1/query.pb.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace vigil::gateway {

/// A wall with one bed, a page of two files and a vigild that answers as told.
struct Place {
    explicit Place(const std::string& accounts = "") {
        std::string name = (std::filesystem::temp_directory_path() / "vigil-routes-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        folder = name;
        std::filesystem::create_directories(folder / "page/assets");
        std::ofstream(folder / "page/index.html") << "<!doctype html>";
        std::ofstream(folder / "page/assets/a-1234.js") << "1;";
        std::ofstream(folder / "secret") << "secret";
        GatewayConfig config;
        config.site = "demo";
        config.accounts = accounts;
        wall.emplace(config, (folder / "r.sqlite").string());
        files.emplace((folder / "page").string());
        ports.command = [this](const auto& request, auto done) {
            commands.push_back(request);
            done(answer);
        };
        ports.query = [this](const auto& request, auto done) {
            queries.push_back(request);
            done(reply);
        };
        ports.metrics = [] { return std::string("m 1\n"); };
        routes.emplace(*wall, *files, ports);
    }
    ~Place() { std::filesystem::remove_all(folder); }

    HttpResponse ask(HttpRequest request) const {
        HttpResponse out{0, "", "", {}};
        routes->answer(request, [&out](HttpResponse response) { out = std::move(response); });
        REQUIRE(out.status != 0);
        return out;
    }
    HttpResponse get(const std::string& target) const {
        HttpRequest request;
        request.method = "GET";
        request.target = target;
        request.host = "127.0.0.1:8080";
        return ask(request);
    }
    static HttpRequest posting(const std::string& target, const std::string& body) {
        HttpRequest request;
        request.method = "POST";
        request.target = target;
        request.host = "127.0.0.1:8080";
        request.origin = "http://127.0.0.1:8080";
        request.content_type = "application/json";
        request.vigil_request = "1";
        request.body = body;
        return request;
    }

    std::filesystem::path folder;
    std::optional<Wall> wall;
    std::optional<StaticFiles> files;
    Ports ports;
    std::optional<Routes> routes;
    std::vector<vigil::v1::CommandRequest> commands;
    std::optional<vigil::v1::CommandReply> answer = vigil::v1::CommandReply{};
    std::vector<vigil::v1::QueryRequest> queries;
    std::optional<vigil::v1::QueryReply> reply = vigil::v1::QueryReply{};
};

inline std::string header(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

} // namespace vigil::gateway
