#include "adapters/hl7/feed.hpp"

#include "adapters/hl7/session.hpp"

namespace vigil::hl7 {

namespace {

class Feed : public adapters::Feed {
public:
    Feed(adapters::Config const& config, std::unique_ptr<Settings> settings)
        : config_(config),
          decoder_(std::move(*settings)) {}

    void start(adapters::Host& host) override {
        shared_ = std::make_unique<Shared>(
            Shared{host, decoder_, config_.max_frame, config_.frame_ms, config_.clock != adapters::ClockTrust::device});
        host.listen([this](adapters::Peer& peer) { return std::make_shared<Session>(*shared_, peer); });
    }

private:
    adapters::Config const& config_;
    Decoder decoder_;
    std::unique_ptr<Shared> shared_;
};

} // namespace

std::unique_ptr<adapters::Feed> make_feed(adapters::Config const& config, std::vector<adapters::ConfigError>& errors) {
    auto settings = settings_of(config, errors);
    if (!errors.empty()) return nullptr;
    return std::make_unique<Feed>(config, std::move(settings));
}

} // namespace vigil::hl7
