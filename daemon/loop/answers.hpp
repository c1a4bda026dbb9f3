#pragma once
// What each question is answered with. One owner, the query thread.

#include "loop/exchange.hpp"
#include "loop/last_values.hpp"
#include "loop/settings.hpp"
#include "store/reader.hpp"

#include <map>
#include <string>
#include <vector>

namespace vigil::v1 {
class QueryRequest;
class QueryReply;
class SnapshotRequest;
class ReplayRequest;
} // namespace vigil::v1

namespace vigil::loop {

class Answers {
public:
    Answers(Settings const& settings, std::uint64_t epoch, std::uint64_t last_seq, Exchange& exchange);

    // What the loop published since.
    void catch_up();
    // `client` tells the pages of one snapshot from another's. False: it takes long, SlowAnswers has it.
    bool answer(std::string const& client, v1::QueryRequest const& request, v1::QueryReply& reply);

private:
    struct Paged {
        std::vector<ReleasedPtr> publications;
        std::vector<LastValues::Count> counts; // paged behind them
        std::uint64_t last_seq = 0;
    };

    void snapshot(std::string const& client, v1::SnapshotRequest const& request, v1::QueryReply& reply);
    void replay(v1::ReplayRequest const& request, v1::QueryReply& reply);
    bool replay_remembered(v1::ReplayRequest const& request, v1::QueryReply& reply);
    void replay_journal(v1::ReplayRequest const& request, v1::QueryReply& reply);
    void status(v1::QueryReply& reply);
    bool alert(std::string const& id, v1::QueryReply& reply);
    void encounters(v1::QueryReply& reply);
    ViewPtr view();

    Settings const& settings_;
    std::uint64_t epoch_;
    Exchange& exchange_;
    LastValues values_;
    store::Reader reader_;
    std::map<std::string, Paged> paged_;
};

} // namespace vigil::loop
