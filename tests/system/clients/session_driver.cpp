// The C++ session on a pipe, for the virtual time of test_session.py:  session-driver PREFIX PLACES MAX_LAG_MS
// Each request is a letter, the time in milliseconds, and two byte strings with their lengths before them; each answer
// one such string.

#include "lines.hpp"
#include "session.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

using namespace vigil;

namespace {

template <typename T>
T number() {
    T out{};
    if (std::fread(&out, sizeof out, 1, stdin) != 1) std::exit(0); // the test is over
    return out;
}

std::string bytes() {
    std::string out(number<std::uint32_t>(), '\0');
    if (!out.empty() && std::fread(out.data(), out.size(), 1, stdin) != 1) std::exit(0);
    return out;
}

void answer(std::string const& text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    std::fwrite(&size, sizeof size, 1, stdout);
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 64;
    const client::Prefix prefix(argv[1]);
    bool came = false;
    const auto places = std::stoul(argv[2]);
    const std::int64_t max_lag = std::stol(argv[3]);
    client::Outbox outbox(places, max_lag, [&came] { came = true; });
    const auto begin = number<std::int64_t>();
    client::Session session(prefix, outbox, {1'900, max_lag, places}, begin);
    for (;;) {
        const auto what = number<char>();
        const auto now = number<std::int64_t>();
        const auto first = bytes(), second = bytes();
        std::string out;
        switch (what) {
        case 'h': session.heard(first, second, now); break;
        case 'd': session.drained(now, true); break;
        case 't':
            session.tick(now);
            if (std::exchange(came, false)) session.user_came();
            break;
        case 'q':
            if (const auto question = session.question(now)) out = question->SerializeAsString();
            break;
        case 'a': {
            v1::QueryReply reply;
            if (!reply.ParseFromString(first)) return 65;
            session.answered(std::move(reply), now);
            break;
        }
        case 'n': session.answered(std::nullopt, now); break;
        case 'e': // everything that waits for the user
            while (const auto event = outbox.take(std::chrono::milliseconds(0))) out += client::line_of(*event) + '\n';
            break;
        default: return 65;
        }
        answer(out);
    }
}
