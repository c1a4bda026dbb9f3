#include "gateway/gateway_config.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace vigil::gateway;

namespace {

const std::string good = R"([gateway]
site = "demo"
feed = "ipc:///run/vigil/feed"
query = "ipc:///run/vigil/query"
command = "tcp://127.0.0.1:5003"
database = "/var/lib/vigil-gateway/read_model.sqlite"
dashboard = "/usr/share/vigil/dashboard"
)";

ConfigResult with(const std::string& lines) { return parse_gateway_config(good + lines, "g.toml"); }

} // namespace

TEST_CASE("a good configuration, alone or in a file shared with the daemon") {
    CHECK(with("").errors.empty());
    CHECK(with("[journal]\ndirectory = \"x\"\n").errors.empty());
    const auto result = with("listen = \"[::1]:0\"\nbeds = [\"icu.bed02\", \"icu.bed01\"]\nstale_after_s = 60\n");
    REQUIRE(result.errors.empty());
    CHECK(result.config.address == "::1");
    CHECK(result.config.port == 0);
    CHECK(result.config.stale_after_s == 60);
    REQUIRE(result.config.beds.size() == 2);
    CHECK(result.config.beds[0] == std::pair<std::string, std::string>("icu", "bed02"));
}

TEST_CASE("the annotated configuration is a good one") {
    const char* root = std::getenv("VIGIL_ROOT");
    const auto result = read_gateway_config(std::string(root == nullptr ? "." : root) + "/config/gateway.toml");
    CHECK(result.errors.empty());
    CHECK(result.config.identity.empty());
}

TEST_CASE("no address but loopback") {
    for (const char* address : {"0.0.0.0:8080", "192.168.1.5:8080", "[::]:8080", "10.0.0.1:80", "example.org:80",
                                "localhost:8080", "[2001:db8::1]:80"}) {
        const auto result = with(std::string("listen = \"") + address + "\"\n");
        REQUIRE(result.errors.size() == 1);
        CHECK(result.errors[0].rfind("g.toml:8:10: gateway.listen: ", 0) == 0);
    }
    for (const char* address : {"127.0.0.1:8080", "127.9.9.9:1", "[::1]:8080"})
        CHECK(with(std::string("listen = \"") + address + "\"\n").errors.empty());
    for (const char* address : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:8o80"})
        CHECK(with(std::string("listen = \"") + address + "\"\n").errors.size() == 1);
}

TEST_CASE("another address wants accounts, TLS and a name, and says which of them is missing") {
    const std::string listen = "listen = \"10.0.0.1:8443\"\n";
    const std::string accounts = "accounts = \"a\"\naudit = \"b\"\n";
    const std::string tls = "tls_certificate = \"c\"\ntls_key = \"k\"\n";
    const std::string hosts = "hosts = [\"vigil.icu.example\"]\n";
    const auto says = [](const ConfigResult& result, const char* part) {
        REQUIRE(result.errors.size() == 1);
        CHECK(result.errors[0].find(part) != std::string::npos);
    };
    const auto whole = with(listen + accounts + tls + hosts);
    REQUIRE(whole.errors.empty());
    CHECK(whole.config.address == "10.0.0.1");
    CHECK(whole.config.hosts == std::vector<std::string>{"vigil.icu.example"});
    says(with(listen), "without accounts");
    says(with(listen + tls + hosts), "without accounts");
    says(with(listen + accounts + hosts), "without tls_certificate");
    says(with(listen + accounts + tls), "hosts has to say");
    says(with("accounts = \"a\"\n"), "gateway.audit: is missing");
    says(with("tls_key = \"a\"\n"), "gateway.tls_certificate: is missing");
    says(with("hosts = [\"Vigil.Example\"]\n"), "gateway.hosts");
    says(with("hosts = [\"vigil.example:8443\"]\n"), "gateway.hosts");
    says(with("session_s = 1\n"), "gateway.session_s");
    CHECK(with(accounts).errors.empty()); // on loopback, without TLS
}

TEST_CASE("every error at once, each with its place") {
    const auto result = parse_gateway_config("[gateway]\nsite = \"Not A Token\"\nfeed = 5\nquery = \"http://x\"\n"
                                             "stale_after_s = 1\nbeds = [\"icu\", \"icu.b1\", \"icu.b1\"]\n"
                                             "product = \"weekly\"\nlisten = \"0.0.0.0:1\"\ncolour = \"red\"\n",
                                             "g.toml");
    std::string all;
    for (const auto& error : result.errors) all += error + "\n";
    INFO(all);
    for (const char* part :
         {"g.toml:2:8: gateway.site:", "g.toml:3:8: gateway.feed:", "g.toml:4:9: gateway.query:",
          "gateway.command: is missing", "gateway.database: is missing", "gateway.dashboard: is missing",
          "g.toml:5:17: gateway.stale_after_s:", "g.toml:6:9: gateway.beds:", "g.toml:6:26: gateway.beds:",
          "g.toml:7:11: gateway.product:", "g.toml:8:10: gateway.listen:", "g.toml:9:10: gateway.colour:"})
        CHECK(all.find(part) != std::string::npos);
    CHECK(result.errors.size() == 12);
}

TEST_CASE("a file that is not TOML, not there or without the table") {
    const auto broken = parse_gateway_config("[gateway\n", "g.toml");
    REQUIRE(broken.errors.size() == 1);
    CHECK(broken.errors[0].rfind("g.toml:1:", 0) == 0);
    CHECK(parse_gateway_config("", "g.toml").errors.size() == 1);
    CHECK(read_gateway_config("/nonexistent/g.toml").errors.size() == 1);
}
