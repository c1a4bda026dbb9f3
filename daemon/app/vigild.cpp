// vigild: what exists, in what order, on which thread. The engine is core/step.hpp, the loop is loop/loop.hpp.

#include "app/arguments.hpp"
#include "app/configuration.hpp"
#include "app/host.hpp"
#include "app/opening.hpp"
#include "app/socket_locks.hpp"
#include "loop/log.hpp"
#include "loop/loop.hpp"
#include "loop/query_thread.hpp"
#include "loop/socket.hpp"
#include "loop/zap.hpp"

#include <exception>
#include <optional>

#include <fmt/format.h>
#include <malloc.h>
#include <sysexits.h>

using namespace vigil;

namespace {

// Snapshots pass through memory whole every few seconds. Given back at once they do not count; kept for the next one
// they would be a third of what a ward takes.
constexpr int given_back_from = 1 << 20;
// Room to work in at the heap's end, which evaluations take and leave all the time, is not worth giving back.
constexpr int room_kept = 4 << 20;

int run(app::Arguments const& arguments) {
    auto configuration = app::read_configuration(arguments.config); // every mistake at once
    if (!configuration) return EX_CONFIG;
    if (arguments.check_only) return EX_OK;

    app::Host host{arguments.config};                 // signals, readiness, watchdog
    auto opening = app::open_journal(*configuration); // recover: state as of the last row
    if (!opening.page) return opening.exit_code;
    app::note_fatal_signals_in(*opening.page);

    auto const& settings = configuration->settings;
    const auto locks = app::lock_sockets(settings); // before any socket
    zmq::context_t context{1};
    std::optional<loop::Doorkeeper> doorkeeper; // before any socket it guards
    if (settings.curve) doorkeeper.emplace(context, settings.curve->allowed);
    host.on_reload([&doorkeeper](app::Configuration const& fresh) {
        if (doorkeeper && fresh.settings.curve) doorkeeper->allow(fresh.settings.curve->allowed);
    });
    loop::Exchange exchange;
    loop::Loop main_loop{
        context,  settings, std::move(*opening.start), std::move(*opening.clock), *opening.page, opening.beginning,
        exchange, host};
    loop::QueryThread queries{context, settings, opening.beginning.epoch, opening.last_seq, exchange};

    const auto ending = main_loop.run(); // commit thread and recaller end with it
    loop::log::notice(ending == loop::Ending::asked ? "stopped" : "restarting: the disk takes writes again");
    return ending == loop::Ending::asked ? EX_OK : EX_TEMPFAIL;
}

} // namespace

int main(int argc, char** argv) {
    loop::log::start();
    mallopt(M_MMAP_THRESHOLD, given_back_from);
    mallopt(M_TRIM_THRESHOLD, room_kept);
    mallopt(M_TOP_PAD, room_kept / 4);
    try {
        const auto arguments = app::read_arguments(argc, argv);
        return arguments.exit_code ? *arguments.exit_code : run(arguments);
    } catch (loop::CannotBind const& e) {
        loop::log::error(fmt::format("vigild: {}", e.what()));
        return EX_UNAVAILABLE;
    } catch (std::exception const& e) {
        loop::log::error(fmt::format("vigild: {}", e.what()));
        return EX_SOFTWARE;
    }
}
