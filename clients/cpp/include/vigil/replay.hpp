#pragma once
// What was journaled under a prefix, page by page, in the order of the journal: for programs that keep a cursor on disk
// and must not miss anything while they are away. `Client` tells when there is something new.
//
//     vigil::client::Replay replay("vigil.v1.alert");
//     while (const auto page = replay.after(cursor)) {
//         keep(page->publications), cursor = page->last_seq; // in one transaction
//         if (!page->more) break;
//     }

#include "vigil/client.hpp"

namespace vigil::client {

struct ReplayPage {
    std::vector<Publication> publications; ///< ascending sequence
    std::uint64_t epoch = 0;
    std::uint64_t last_seq = 0; ///< everything up to it that was asked for has been given; never before what was asked
    bool more = false;
};

class Replay {
public:
    /// Throws std::invalid_argument as `Client` does.
    explicit Replay(std::string_view prefix, Endpoints endpoints = Endpoints::in_folder(),
                    std::optional<Curve> curve = {});
    ~Replay();
    Replay(Replay const&) = delete;
    Replay& operator=(Replay const&) = delete;

    /// Journaled messages strictly after `seq`. Nothing when vigild does not answer within two seconds or is not ready.
    std::optional<ReplayPage> after(std::uint64_t seq);

private:
    class Wire;
    std::unique_ptr<Wire> wire_;
};

} // namespace vigil::client
