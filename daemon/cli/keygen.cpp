#include "cli/commands.hpp"
#include "command_line/command_line.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>
#include <zmq.h>

namespace vigil::cli {

namespace {

// A new file with this mode; an existing one is never overwritten, for a lost key cannot be made again.
bool write_new(std::string const& path, std::string const& text, mode_t mode) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) {
        complain(path + ": " + std::strerror(errno));
        return false;
    }
    const bool good = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
    if (!good) complain(path + ": " + std::strerror(errno));
    close(fd);
    return good;
}

int site_key(std::string const& path) {
    std::array<unsigned char, 32> key{};
    randombytes_buf(key.data(), key.size());
    std::string text;
    for (const auto byte : key) text += fmt::format("{:02x}", byte);
    const bool good = write_new(path, text + "\n", 0600);
    sodium_memzero(key.data(), key.size());
    sodium_memzero(text.data(), text.size());
    if (!good) return Exit::io;
    fmt::print("{}: the site key; whoever has it can link tokens to people\n", path);
    return Exit::ok;
}

int curve_pair(std::string const& name) {
    std::array<char, 41> public_key{}, secret_key{};
    if (zmq_curve_keypair(public_key.data(), secret_key.data()) != 0) {
        complain("no key pair: this ZeroMQ has no CURVE");
        return Exit::internal;
    }
    // The first word of the first line that is no comment is the key; a .pub line can be appended to vigild's `clients`
    // file.
    const std::string who = std::filesystem::path(name).filename().string();
    std::string text = "# secret key of " + who + "\n" + std::string(secret_key.data()) + "\n";
    const bool good = write_new(name + ".key", text, 0600) &&
                      write_new(name + ".pub", std::string(public_key.data()) + " " + who + "\n", 0644);
    sodium_memzero(text.data(), text.size());
    sodium_memzero(secret_key.data(), secret_key.size());
    if (!good) return Exit::io;
    fmt::print("{0}.key: keep it\n{0}.pub: for the other side\n", name);
    return Exit::ok;
}

} // namespace

void add_keygen(command_line::Command& app, Session& session) {
    struct Options {
        std::string site, curve;
    };
    auto* sub = app.add_subcommand("keygen",
                                   "Make the site key or a key pair of a program, in files only their owner can read");
    auto options = std::make_shared<Options>();
    auto* site = sub->add_option("--site-key", options->site, "File for the key by which identifiers become tokens");
    auto* curve = sub->add_option("--curve", options->curve, "NAME.key and NAME.pub for a program that uses tcp://");
    site->excludes(curve);
    sub->require_option(1);
    sub->callback([&session, options] {
        session.run = [options] {
            return options->curve.empty() ? site_key(options->site) : curve_pair(options->curve);
        };
    });
}

} // namespace vigil::cli
