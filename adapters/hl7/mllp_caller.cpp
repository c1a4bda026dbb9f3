#include "adapters/hl7/mllp_caller.hpp"

#include "adapters/hl7/mllp.hpp"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vigil::hl7 {

namespace {

constexpr std::chrono::milliseconds connect_within{3'000};
constexpr std::size_t reply_limit = 64 << 10;
constexpr long look_up_ms = 200; // how late `stop` is noticed

int slice_ms(std::chrono::steady_clock::time_point until) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    return static_cast<int>(std::clamp<long>(left, 0, look_up_ms));
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
    std::optional<MllpReply> out;
    for (std::string_view rest = message; !rest.empty();) {
        const auto end = std::min(rest.find('\r'), rest.size());
        const std::string_view segment = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (segment.starts_with("MSA") && !out) {
            out = MllpReply{std::string(field(segment, separator, 1)), std::string(field(segment, separator, 2)),
                            std::string(field(segment, separator, 3))};
        } else if (segment.starts_with("ERR") && out && out->text.empty()) {
            out->text = field(segment, separator, 8);
            if (out->text.empty()) out->text = field(segment, separator, 3);
        }
    }
    return out;
}

struct MllpCaller::Wire {
    explicit Wire(int socket)
        : fd(socket),
          framer(reply_limit, [this](Frame const& frame) {
              if (frame.fault == FrameFault::none) replies.emplace_back(frame.payload);
          }) {}
    ~Wire() { ::close(fd); }
    Wire(Wire const&) = delete;
    Wire& operator=(Wire const&) = delete;

    int fd;
    std::deque<std::string> replies;
    Framer framer;
};

MllpCaller::MllpCaller(MllpTarget target, std::function<bool()> stop)
    : target_(std::move(target)),
      stop_(std::move(stop)) {}
MllpCaller::~MllpCaller() = default;

void MllpCaller::close() { wire_.reset(); }

// Until the socket is ready, the time is over or the caller stops.
bool MllpCaller::ready(short events, Clock::time_point until) const {
    pollfd item{wire_->fd, events, 0};
    while (!stop_()) {
        const int slice = slice_ms(until);
        const int found = poll(&item, 1, slice);
        if (found == 1) return true;
        if (found < 0 && errno != EINTR) return false;
        if (slice == 0) return false;
    }
    return false;
}

bool MllpCaller::open(int fd, void const* address, Clock::time_point until) {
    auto const* one = static_cast<addrinfo const*>(address);
    wire_ = std::make_unique<Wire>(fd);
    const int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    int error = ::connect(fd, one->ai_addr, one->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        socklen_t size = sizeof error;
        if (!ready(POLLOUT, std::min(until, Clock::now() + connect_within)) ||
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
            error = ETIMEDOUT;
    }
    if (error != 0) close();
    return error == 0;
}

bool MllpCaller::connect(Clock::time_point until) {
    if (wire_) return true;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(target_.host.c_str(), target_.port.c_str(), &hints, &found) != 0) return false;
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, freeaddrinfo);
    for (auto const* one = found; one != nullptr; one = one->ai_next) {
        const int fd = socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol);
        if (fd < 0 || !open(fd, one, until)) continue;
        if (was_connected_) ++reconnects_;
        was_connected_ = true;
        return true;
    }
    return false;
}

bool MllpCaller::write(std::string_view bytes, Clock::time_point until) {
    while (!bytes.empty()) {
        const auto done = send(wire_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (done > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(done));
            continue;
        }
        const bool full = done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
        if ((full && ready(POLLOUT, until)) || (done < 0 && errno == EINTR)) continue;
        close();
        return false;
    }
    return true;
}

std::optional<MllpReply> MllpCaller::read(std::string_view control_id, Clock::time_point until) {
    char buffer[4096];
    for (;;) {
        while (!wire_->replies.empty()) {
            auto reply = parse_mllp_reply(wire_->replies.front());
            wire_->replies.pop_front();
            // An answer to a repeat that was given up is not the one waited for.
            if (reply && reply->control_id == control_id) return reply;
        }
        if (!ready(POLLIN, until)) break;
        const auto got = recv(wire_->fd, buffer, sizeof buffer, 0);
        if (got > 0)
            wire_->framer.feed({buffer, static_cast<std::size_t>(got)});
        else if (got == 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    close();
    return std::nullopt;
}

} // namespace vigil::hl7
