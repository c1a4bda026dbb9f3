#include "cli/mllp_sender.hpp"

#include "adapters/hl7/mllp.hpp"

#include <csignal>
#include <deque>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vigil::cli {

namespace {

constexpr std::chrono::milliseconds reply_within{10'000};
constexpr std::chrono::milliseconds first_pause{50}, longest_pause{2'000};
constexpr std::size_t reply_limit = 64 << 10;

volatile std::sig_atomic_t interrupted = 0;

void take_signals_once() {
    static const bool taken = [] {
        struct sigaction action {};
        action.sa_handler = [](int) { interrupted = 1; };
        sigaction(SIGINT, &action, nullptr);
        sigaction(SIGTERM, &action, nullptr);
        return true;
    }();
    static_cast<void>(taken);
}

int left_ms(std::chrono::steady_clock::time_point until) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    return left < 0 ? 0 : static_cast<int>(std::min<long>(left, 60'000));
}

// Until the socket is ready, the time is over or a signal came.
bool ready(int fd, short events, std::chrono::steady_clock::time_point until) {
    pollfd item{fd, events, 0};
    return interrupted == 0 && poll(&item, 1, left_ms(until)) == 1;
}

std::string_view field(std::string_view segment, char separator, int number) {
    for (; number > 0; --number) {
        const auto cut = segment.find(separator);
        if (cut == std::string_view::npos) return {};
        segment.remove_prefix(cut + 1);
    }
    return segment.substr(0, segment.find(separator));
}

} // namespace

bool sleep_unless_interrupted(std::chrono::milliseconds length) {
    take_signals_once();
    const auto until = std::chrono::steady_clock::now() + length;
    while (interrupted == 0 && std::chrono::steady_clock::now() < until)
        poll(nullptr, 0, std::min(left_ms(until), 200));
    return interrupted == 0;
}

std::optional<MllpTarget> parse_mllp(std::string_view url) {
    constexpr std::string_view scheme = "mllp://";
    if (!url.starts_with(scheme)) return std::nullopt;
    url.remove_prefix(scheme.size());
    MllpTarget out{{}, "2575"};
    if (url.starts_with('[')) {
        const auto end = url.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        out.host = url.substr(1, end - 1);
        url.remove_prefix(end + 1);
    } else {
        out.host = url.substr(0, url.find(':'));
        url.remove_prefix(out.host.size());
    }
    if (url.starts_with(':'))
        out.port = url.substr(1);
    else if (!url.empty())
        return std::nullopt;
    const bool digits =
        !out.port.empty() && out.port.size() <= 5 && out.port.find_first_not_of("0123456789") == std::string::npos;
    if (out.host.empty() || !digits || std::stoi(out.port) == 0 || std::stoi(out.port) > 65'535) return std::nullopt;
    return out;
}

std::optional<MllpReply> parse_mllp_reply(std::string_view message) {
    if (!message.starts_with("MSH") || message.size() < 4) return std::nullopt;
    const char separator = message[3];
    for (std::string_view rest = message; !rest.empty();) {
        const auto end = std::min(rest.find('\r'), rest.size());
        const std::string_view segment = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!segment.starts_with("MSA")) continue;
        return MllpReply{std::string(field(segment, separator, 1)), std::string(field(segment, separator, 2))};
    }
    return std::nullopt;
}

struct MllpSender::Wire {
    explicit Wire(int socket)
        : fd(socket),
          framer(reply_limit, [this](hl7::Frame const& frame) {
              if (frame.fault == hl7::FrameFault::none) replies.emplace_back(frame.payload);
          }) {}
    ~Wire() { ::close(fd); }
    Wire(Wire const&) = delete;
    Wire& operator=(Wire const&) = delete;

    int fd;
    std::deque<std::string> replies;
    hl7::Framer framer;
};

MllpSender::MllpSender(MllpTarget target, std::chrono::milliseconds patience, int tries)
    : target_(std::move(target)),
      patience_(patience),
      tries_(tries) {
    take_signals_once();
    std::signal(SIGPIPE, SIG_IGN);
}
MllpSender::~MllpSender() = default;

void MllpSender::close() { wire_.reset(); }

bool MllpSender::connect(Clock::time_point until) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(target_.host.c_str(), target_.port.c_str(), &hints, &found) != 0) return false;
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, freeaddrinfo);
    for (auto const* one = found; one != nullptr; one = one->ai_next) {
        const int fd = socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol);
        if (fd < 0) continue;
        auto wire = std::make_unique<Wire>(fd);
        const int yes = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        int error = ::connect(fd, one->ai_addr, one->ai_addrlen) == 0 ? 0 : errno;
        if (error == EINPROGRESS) {
            socklen_t size = sizeof error;
            const auto soon = std::min(until, Clock::now() + std::chrono::seconds(3));
            if (!ready(fd, POLLOUT, soon) || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) continue;
        }
        if (error != 0) continue;
        if (was_connected_) ++counts_.reconnects;
        was_connected_ = true;
        wire_ = std::move(wire);
        return true;
    }
    return false;
}

bool MllpSender::write(std::string_view bytes, Clock::time_point until) {
    while (!bytes.empty()) {
        const auto done = send(wire_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (done > 0)
            bytes.remove_prefix(static_cast<std::size_t>(done));
        else if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!ready(wire_->fd, POLLOUT, until)) return false;
        } else if (done < 0 && errno != EINTR)
            return false;
    }
    return true;
}

std::optional<MllpReply> MllpSender::read(std::string_view control_id, Clock::time_point until) {
    char buffer[4096];
    for (;;) {
        while (!wire_->replies.empty()) {
            const auto reply = parse_mllp_reply(wire_->replies.front());
            wire_->replies.pop_front();
            // An answer to a repeat that was given up is not the one waited for.
            if (reply && reply->control_id == control_id) return reply;
        }
        if (!ready(wire_->fd, POLLIN, until)) return std::nullopt;
        const auto got = recv(wire_->fd, buffer, sizeof buffer, 0);
        if (got > 0)
            wire_->framer.feed({buffer, static_cast<std::size_t>(got)});
        else if (got == 0 || (errno != EAGAIN && errno != EINTR))
            return std::nullopt;
    }
}

MllpSender::Outcome MllpSender::deliver(std::string_view message, std::string_view control_id) {
    const std::string frame = hl7::framed(message);
    const auto until = Clock::now() + patience_;
    auto pause = first_pause;
    int errors = 0;
    for (bool again = false; Clock::now() < until && interrupted == 0; again = true) {
        if (again) {
            if (!sleep_unless_interrupted(pause)) break;
            pause = std::min(pause * 2, longest_pause);
        }
        if (!wire_ && !connect(until)) continue;
        if (!write(frame, until)) {
            close();
            continue;
        }
        ++counts_.sent;
        if (again) ++counts_.repeated;
        const auto reply = read(control_id, std::min(until, Clock::now() + reply_within));
        if (!reply) {
            close(); // whatever comes late on this connection must not be taken for the next answer
            continue;
        }
        if (reply->code == "AA" || reply->code == "CA") {
            ++(reply->code == "AA" ? counts_.aa : counts_.ca);
            return Outcome::accepted;
        }
        if (reply->code != "AE" && reply->code != "CE") {
            ++counts_.ar;
            return Outcome::refused;
        }
        ++counts_.ae;
        if (++errors >= tries_) return Outcome::refused;
    }
    return interrupted != 0 ? Outcome::interrupted : Outcome::gave_up;
}

} // namespace vigil::cli
