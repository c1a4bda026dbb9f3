#pragma once
// What a running adapter offers to its kind, and what a kind is.

#include "adapters/runtime/config.hpp"
#include "adapters/runtime/counters.hpp"
#include "adapters/runtime/instant.hpp"
#include "adapters/runtime/link.hpp"
#include "adapters/runtime/session.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vigil::v1 {
class IdentityCard;
}

namespace vigil::adapters {

class Host {
public:
    virtual ~Host() = default;
    virtual boost::asio::io_context& loop() = 0;
    virtual Link& link() = 0;
    virtual Counters& counters() = 0;
    virtual Instant now() const = 0;
    // Listens on the configured address and prints the port that was chosen.
    virtual void listen(OpenSession open) = 0;
    // Calls back ten times a second: for what has to be looked at, as nothing else says that it changed.
    virtual void each_tick(std::function<void(Instant)> call) = 0;
    // To vigil-identity, if one is configured; a card that was sent lately is not sent again.
    virtual void card(v1::IdentityCard& card) = 0;
    // A message's own time against its receipt; nothing happens unless the source's clock is to be measured.
    virtual void observe_clock(std::int64_t device_ms) = 0;
    virtual std::optional<std::int64_t> clock_offset() const = 0; // what times may be corrected by
    // The source has no more to say: finish what is in flight and end with this exit code.
    virtual void finish(int exit_code) = 0;
    virtual bool finishing() const = 0;
};

// One kind of device or feed.
class Feed {
public:
    virtual ~Feed() = default;
    virtual void start(Host& host) = 0;
};

struct Kind {
    std::string_view name;
    // Reads the kind's section; with errors the result is not used.
    std::unique_ptr<Feed> (*make)(Config const& config, std::vector<ConfigError>& errors);
};

// Runs until a signal or `finish`; returns an exit code of sysexits.
int run(Config const& config, Feed& feed);

} // namespace vigil::adapters
