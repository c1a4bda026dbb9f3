#pragma once
// Questions that read far back in the journal. One owner, a thread of their own: while it reads, snapshots, replays and
// status are answered as ever.

#include "loop/exchange.hpp"
#include "loop/scores_at.hpp"
#include "loop/settings.hpp"
#include "store/reader.hpp"

#include <string>

namespace vigil::v1 {
class QueryRequest;
class QueryReply;
class DaysRequest;
class LanesRequest;
class ScoresAtRequest;
class ShownRequest;
} // namespace vigil::v1

namespace vigil::loop {

class SlowAnswers {
public:
    SlowAnswers(Settings const& settings, Exchange& exchange);

    void answer(v1::QueryRequest const& request, v1::QueryReply& reply);

private:
    void alert(std::string const& id, v1::QueryReply& reply);
    void scores_at(v1::ScoresAtRequest const& request, v1::QueryReply& reply);
    void lanes(v1::LanesRequest const& request, v1::QueryReply& reply);
    void days(v1::DaysRequest const& request, v1::QueryReply& reply);
    void shown(v1::ShownRequest const& request, v1::QueryReply& reply);
    ViewPtr view();

    Exchange& exchange_;
    store::Reader reader_;
    ScoresAt scores_;
};

} // namespace vigil::loop
