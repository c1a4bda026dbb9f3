#include "outbound/mllp_courier.hpp"

#include "adapters/hl7/mllp.hpp"

namespace vigil::outbound {

MllpCourier::MllpCourier(hl7::MllpTarget target, Pcd04Settings settings, std::chrono::milliseconds reply_within,
                         std::function<bool()> stop)
    : caller_(std::move(target), stop),
      settings_(std::move(settings)),
      reply_within_(reply_within),
      stop_(std::move(stop)) {}

Answer MllpCourier::deliver(Delivery const& delivery) {
    const auto until = hl7::MllpCaller::Clock::now() + reply_within_;
    const auto none = [this](Verdict verdict, std::string reason) {
        return stop_() ? Answer{Verdict::interrupted} : Answer{verdict, std::move(reason)};
    };
    if (!caller_.connect(until)) return none(Verdict::unreachable, "no connection");
    if (!caller_.write(hl7::framed(pcd04_message(delivery, settings_)), until))
        return none(Verdict::unanswered, "the connection broke");
    const auto reply = caller_.read(key_of(delivery), until);
    if (!reply)
        return none(Verdict::unanswered, hl7::MllpCaller::Clock::now() < until ? "the connection was closed unanswered"
                                                                               : "no answer in time");
    if (reply->code == "AA" || reply->code == "CA") return {Verdict::delivered};
    auto said = fit_for_a_log(reply->code + (reply->text.empty() ? "" : " " + reply->text));
    const bool may_be_tried = reply->code == "AE" || reply->code == "CE";
    return {may_be_tried ? Verdict::refused : Verdict::rejected, std::move(said)};
}

} // namespace vigil::outbound
