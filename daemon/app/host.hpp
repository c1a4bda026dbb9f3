#pragma once
// The machine around the loop: signals as readable bytes, systemd's readiness and watchdog, fatal signals noted for the
// next start.

#include "app/configuration.hpp"
#include "loop/loop.hpp"

#include <functional>
#include <string>

namespace vigil::store {
class CrashPage;
}

namespace vigil::app {

class Host : public loop::Surroundings {
public:
    // Blocks SIGTERM, SIGINT and SIGHUP for this and every later thread; they arrive as bytes. SIGPIPE is ignored.
    explicit Host(std::string config_path);
    ~Host() override;
    Host(Host const&) = delete;
    Host& operator=(Host const&) = delete;

    // What else a new configuration changes while running (who may connect).
    void on_reload(std::function<void(Configuration const&)> also) { also_ = std::move(also); }

    int descriptor() const override { return signals_; }
    Ask ask() override;
    loop::Rules reload() override;
    void alive() override;
    void ready() override;
    void stopping() override;

private:
    std::string config_path_;
    std::function<void(Configuration const&)> also_;
    int signals_ = -1;
};

// Marks the page when a fatal signal of the calling thread, the loop's, ends the process, then lets it end as it would
// have. The page must outlive the process's steps.
void note_fatal_signals_in(store::CrashPage& page);

} // namespace vigil::app
