#include "loop/commands.hpp"

#include "wire/command.hpp"

#include "vigil/v1/command.pb.h"

namespace vigil::loop {

namespace {

constexpr std::size_t command_bytes = 64U << 10;

CommandAnswer::Verdict verdict_of(core::CommandAnswered::Answer answer) {
    switch (answer) {
    case core::CommandAnswered::Answer::done: return CommandAnswer::Verdict::done;
    case core::CommandAnswered::Answer::refused: return CommandAnswer::Verdict::refused;
    case core::CommandAnswered::Answer::stale_revision: return CommandAnswer::Verdict::stale_revision;
    }
    return CommandAnswer::Verdict::refused;
}

v1::CommandReply::Verdict wire_verdict(CommandAnswer const& answer, bool durable) {
    switch (answer.verdict) {
    case CommandAnswer::Verdict::done:
        if (durable) return v1::CommandReply::VERDICT_DONE;
        return answer.acknowledges ? v1::CommandReply::VERDICT_DONE_NOT_RECORDED : v1::CommandReply::VERDICT_REFUSED;
    case CommandAnswer::Verdict::refused: return v1::CommandReply::VERDICT_REFUSED;
    case CommandAnswer::Verdict::stale_revision: return v1::CommandReply::VERDICT_STALE_REVISION;
    }
    return v1::CommandReply::VERDICT_REFUSED;
}

} // namespace

Commands::Commands(zmq::context_t& context, Settings const& settings, Recorder& recorder, LogClock& clock)
    : recorder_{recorder},
      clock_{clock},
      socket_{bind(context, zmq::socket_type::router, settings.command, settings.curve)} {}

void Commands::take() {
    v1::CommandRequest request;
    for (std::size_t n = 0; n < commands_per_turn && !recorder_.full(); ++n) {
        if (!receive(socket_, received_)) return;
        if (received_.body.size() > command_bytes ||
            !request.ParseFromArray(received_.body.data(), static_cast<int>(received_.body.size())))
            continue;
        take(route_of(received_), request);
    }
}

void Commands::take(std::vector<std::string> route, v1::CommandRequest const& request) {
    if (const auto known = answered_.find(request.id()); known != answered_.end() && !request.id().empty()) {
        if (!known->second.empty()) reply(socket_, route, known->second);
        return; // asked again before the first answer: that one comes
    }
    const bool acknowledges = request.has_acknowledge();
    CommandAnswer out{std::move(route), request.id(), CommandAnswer::Verdict::refused, {}, 0, acknowledges, {}};
    if (!recorder_.recording() && !acknowledges) {
        out.reason = "journal_unavailable";
        return answer(out, false);
    }
    auto command = wire::read_command(request, recorder_.engine().state(), *recorder_.rules());
    if (!command.refused.empty()) {
        out.reason = command.refused;
        out.allowed = std::move(command.allowed);
        return answer(out, false);
    }
    if (answered_.size() >= commands_remembered) {
        answered_.erase(order_.front());
        order_.pop_front();
    }
    answered_.emplace(out.id, std::string{});
    order_.push_back(out.id);
    const auto stepped = recorder_.step(clock_.now(), std::move(command.what));
    out.journal_seq = stepped.seq;
    for (auto const& effect : stepped.effects)
        if (auto const* said = std::get_if<core::CommandAnswered>(&effect)) {
            out.verdict = verdict_of(said->answer);
            out.reason = said->reason;
        }
    recorder_.hurry();
    recorder_.hold(std::move(out));
}

void Commands::answer(CommandAnswer const& answer, bool durable) {
    v1::CommandReply out;
    out.set_id(answer.id);
    out.set_verdict(wire_verdict(answer, durable));
    out.set_reason(out.verdict() == v1::CommandReply::VERDICT_REFUSED && answer.reason.empty() ? "journal_unavailable"
                                                                                               : answer.reason);
    if (durable) out.set_journal_seq(answer.journal_seq);
    for (auto const& word : answer.allowed) out.add_allowed(word);
    auto bytes = out.SerializeAsString();
    reply(socket_, answer.route, bytes);
    if (const auto known = answered_.find(answer.id); known != answered_.end()) known->second = std::move(bytes);
}

} // namespace vigil::loop
