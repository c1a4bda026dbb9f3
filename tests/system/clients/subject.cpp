// A user of the C++ client, as subject.py is one of the Python client:
//   client-subject ENDPOINT_DIR PREFIX [--queue N]        SIGUSR1: the user stays away for three seconds

#include "lines.hpp"

#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

namespace {
volatile std::sig_atomic_t away = 0;
}

int main(int argc, char** argv) {
    using namespace vigil::client;
    if (argc < 3) return 64;
    const std::string folder = argv[1];
    Options options;
    if (argc == 5 && std::string(argv[3]) == "--queue") options.queue = std::stoul(argv[4]);
    std::signal(SIGUSR1, [](int) { away = 1; });
    Client client(argv[2], {"ipc://" + folder + "/feed", "ipc://" + folder + "/query"}, options);
    for (;;) {
        const auto event = client.next(std::chrono::milliseconds(100));
        if (event) std::puts(line_of(*event).c_str());
        if (!event || !std::holds_alternative<Update>(*event)) std::fflush(stdout);
        if (away != 0) {
            away = 0;
            std::this_thread::sleep_for(std::chrono::seconds(3));
        }
    }
}
