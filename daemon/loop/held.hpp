#pragma once
// What leaves when the journal has it: publications and answers, in the order they were made.

#include "loop/publication.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace vigil::loop {

struct FrameAnswer { // to an adapter
    std::vector<std::string> route;
    std::uint64_t adapter_epoch = 0;
    std::uint64_t frame_seq = 0;
    std::uint64_t journal_seq = 0;
};

struct CommandAnswer { // to a person
    enum class Verdict : std::uint8_t { done, refused, stale_revision };
    std::vector<std::string> route;
    std::string id;
    Verdict verdict{};
    std::string reason;
    std::uint64_t journal_seq = 0;
    bool acknowledges = false; // the one kind of command that degraded mode takes
    std::vector<std::string> allowed{};
};

struct Held {
    std::uint64_t after_seq = 0; // leaves when this is committed
    std::variant<Publication, FrameAnswer, CommandAnswer> what;
};

// Where released messages go.
class Outlet {
public:
    virtual ~Outlet() = default;
    virtual void publish(Publication publication, bool recorded) = 0;
    virtual void answer(FrameAnswer const& answer, bool durable) = 0;
    virtual void answer(CommandAnswer const& answer, bool durable) = 0;
};

} // namespace vigil::loop
