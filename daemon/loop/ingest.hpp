#pragma once
// Adapters: what they send is taken, refused or known already; what they say of themselves becomes events when it
// changes.

#include "loop/clock.hpp"
#include "loop/exchange.hpp"
#include "loop/limits.hpp"
#include "loop/recorder.hpp"
#include "loop/socket.hpp"
#include "store/crash_page.hpp"
#include "wire/batch.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>

namespace vigil::v1 {
class IngestMessage;
class ObservationBatch;
class AdapterHello;
class AdapterHeartbeat;
class IngestReply;
} // namespace vigil::v1

namespace vigil::loop {

class Ingest {
public:
    Ingest(zmq::context_t& context, Settings const& settings, Recorder& recorder, LogClock& clock,
           store::CrashPage& crash_page, std::uint64_t epoch);
    ~Ingest();

    // Live frames first, then what an adapter had to keep for a while; both bounded.
    void take_live();
    void take_backlog();
    bool has_backlog() const { return !backlog_.empty(); }
    // Once a second: adapters not heard are lost.
    void look_for_lost(Steady::time_point now);
    void answer(FrameAnswer const& answer, bool durable);
    zmq::socket_t& socket() { return socket_; }
    std::uint64_t refused() const { return refused_; }
    // Since it started; nothing of an adapter that has not said it.
    std::map<std::string, View::Said> said() const;

private:
    // What an adapter last said of itself, by its feed's name.
    struct Adapter {
        core::SourceReported said; // as journaled
        Steady::time_point heard;
        std::uint64_t epoch = 0;
        std::optional<View::Said> counts;
    };
    struct Waiting {
        std::vector<std::string> route;
        std::unique_ptr<v1::IngestMessage> message;
    };

    void take(std::vector<std::string> route, v1::IngestMessage const& message);
    void take_hello(std::vector<std::string> const& route, v1::AdapterHello const& hello);
    void take_heartbeat(std::vector<std::string> const& route, v1::AdapterHeartbeat const& beat);
    void take_goodbye(std::string const& source);
    void take_batch(std::vector<std::string> route, v1::ObservationBatch const& batch);
    bool known_already(std::vector<std::string> const& route, v1::ObservationBatch const& batch,
                       model::SourceId source);
    void step_batch(std::vector<std::string> route, v1::ObservationBatch const& batch);
    // A frame in whose step the last process ended. True when it was dealt with here.
    bool is_suspect(v1::ObservationBatch const& batch) const;
    void step_suspect(std::vector<std::string> route, v1::ObservationBatch const& batch);
    std::uint32_t encounter_of(model::Frame const& frame) const;

    Adapter* adapter(std::string const& source, std::string const& kind);
    void report(Adapter& adapter, core::SourceReported now);
    void refuse(std::vector<std::string> const& route, std::uint64_t adapter_epoch, std::uint64_t frame_seq,
                std::string_view why);
    void greet(std::vector<std::string> const& route, std::uint64_t adapter_epoch);
    void send(std::vector<std::string> const& route, v1::IngestReply const& reply);

    Settings const& settings_;
    Recorder& recorder_;
    LogClock& clock_;
    store::CrashPage& crash_page_;
    std::uint64_t epoch_;
    zmq::socket_t socket_;
    wire::BatchReader reader_;
    wire::Taken taken_;
    Received received_;
    std::unique_ptr<v1::IngestMessage> message_;
    std::deque<Waiting> backlog_;
    std::vector<std::unique_ptr<v1::IngestMessage>> spare_; // messages whose memory is used again
    std::map<std::string, Adapter> adapters_;
    std::uint64_t refused_ = 0;
};

} // namespace vigil::loop
