#include "app/host.hpp"

#include "store/crash_page.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace vigil::app {

namespace {

store::CrashPage* noted_in = nullptr;
pid_t loop_thread = 0;
constexpr std::size_t signal_stack_bytes = 64U << 10;

void on_fatal(int signal) {
    // Another thread's fault says nothing of what the loop was stepping.
    if (noted_in != nullptr && gettid() == loop_thread) noted_in->note_fatal_signal(signal);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

} // namespace

void note_fatal_signals_in(store::CrashPage& page) {
    noted_in = &page;
    loop_thread = gettid();
    // A stack that has run over has no room for a handler: it gets one of its own.
    static std::array<char, signal_stack_bytes> stack;
    stack_t alternate{};
    alternate.ss_sp = stack.data();
    alternate.ss_size = stack.size();
    sigaltstack(&alternate, nullptr);
    struct sigaction action {};
    action.sa_handler = on_fatal;
    action.sa_flags = SA_ONSTACK;
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL}) sigaction(signal, &action, nullptr);
}

Host::Host(std::string config_path)
    : config_path_{std::move(config_path)} {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t mask;
    sigemptyset(&mask);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&mask, signal);
    if (pthread_sigmask(SIG_BLOCK, &mask, nullptr) != 0) throw std::runtime_error("signals cannot be blocked");
    signals_ = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals_ < 0) throw std::runtime_error("signals cannot be read");
}

Host::~Host() {
    noted_in = nullptr;
    close(signals_);
}

loop::Surroundings::Ask Host::ask() {
    signalfd_siginfo info{};
    if (read(signals_, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return Ask::nothing;
    return info.ssi_signo == SIGHUP ? Ask::reload : Ask::stop;
}

loop::Rules Host::reload() {
    sd_notify(0, "RELOADING=1");
    const auto configuration = read_configuration(config_path_);
    if (configuration && also_) also_(*configuration);
    sd_notify(0, "READY=1");
    return configuration ? configuration->rules : nullptr;
}

void Host::alive() { sd_notify(0, "WATCHDOG=1"); }
void Host::ready() { sd_notify(0, "READY=1"); }
void Host::stopping() { sd_notify(0, "STOPPING=1"); }

} // namespace vigil::app
