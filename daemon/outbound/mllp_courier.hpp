#pragma once
// Deliveries as PCD-04 over MLLP. Accepted, AA or CA, is delivered; AE and CE may be tried again; AR and CR may not.

#include "adapters/hl7/mllp_caller.hpp"
#include "outbound/pcd04.hpp"

namespace vigil::outbound {

class MllpCourier final : public Courier {
public:
    MllpCourier(hl7::MllpTarget target, Pcd04Settings settings, std::chrono::milliseconds reply_within,
                std::function<bool()> stop);
    Answer deliver(Delivery const& delivery) override;

private:
    hl7::MllpCaller caller_;
    Pcd04Settings settings_;
    std::chrono::milliseconds reply_within_;
    std::function<bool()> stop_;
};

} // namespace vigil::outbound
