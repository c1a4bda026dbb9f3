#pragma once
// What another process has used so far, from the kernel's own counts.

#include <cstdint>
#include <ctime>
#include <fstream>
#include <string>
#include <sys/types.h>

namespace vigil::bench {

struct Usage {
    double cpu_s = 0; // user and system time, all threads, also ended ones
    std::uint64_t written = 0;
    std::uint64_t resident_kib = 0;
};

inline std::uint64_t field_of(std::string const& file, std::string const& key) {
    std::ifstream in{file};
    for (std::string word; in >> word;)
        if (word == key + ':') {
            std::uint64_t value = 0;
            in >> value;
            return value;
        }
    return 0;
}

inline Usage usage_of(pid_t process) {
    Usage out;
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(process, &clock) == 0 && clock_gettime(clock, &time) == 0)
        out.cpu_s = static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
    const auto folder = "/proc/" + std::to_string(process);
    out.written = field_of(folder + "/io", "write_bytes");
    out.resident_kib = field_of(folder + "/status", "VmRSS");
    return out;
}

} // namespace vigil::bench
