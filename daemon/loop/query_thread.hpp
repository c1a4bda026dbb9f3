#pragma once
// Questions are answered on a thread of their own, from what the loop left in the exchange and, for what is older, from
// the journal through a connection that never writes. No query slows the loop.

#include "loop/exchange.hpp"
#include "loop/settings.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace zmq {
class context_t;
}

namespace vigil::loop {

class QueryThread {
public:
    // Binds; throws when it cannot. `last_seq`: what had been committed before this start.
    QueryThread(zmq::context_t& context, Settings const& settings, std::uint64_t epoch, std::uint64_t last_seq,
                Exchange& exchange);
    ~QueryThread();
    QueryThread(QueryThread const&) = delete;
    QueryThread& operator=(QueryThread const&) = delete;

    std::string endpoint() const;

private:
    struct Shared;
    std::unique_ptr<Shared> shared_;
};

} // namespace vigil::loop
