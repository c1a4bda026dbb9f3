#pragma once
// Who may connect: the ZAP handler that CURVE needs, since without one every client key is admitted
// (reliability.md 1.8).

#include <memory>
#include <string>
#include <vector>

namespace zmq {
class context_t;
}

namespace vigil::loop {

class Doorkeeper {
public:
    // Bound before any CURVE socket. Admits these client keys (Z85) and nobody else.
    Doorkeeper(zmq::context_t& context, std::vector<std::string> allowed);
    ~Doorkeeper(); // stops the thread; sockets of the context then refuse newcomers
    Doorkeeper(Doorkeeper const&) = delete;
    Doorkeeper& operator=(Doorkeeper const&) = delete;

    void allow(std::vector<std::string> keys); // thread-safe; SIGHUP

private:
    struct Shared;
    std::unique_ptr<Shared> shared_;
};

} // namespace vigil::loop
