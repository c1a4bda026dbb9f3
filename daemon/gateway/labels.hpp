#pragma once

#include <map>
#include <memory>
#include <string>

namespace vigil::gateway {

class FeedClient;
class Wall;

/// Asks vigild for the visits in the beds and vigil-identity for their cards, and gives the wall a label for each
/// encounter. Only made when an identity endpoint is configured. Names stay in memory.
class Labels {
public:
    Labels(FeedClient& feed, Wall& wall)
        : feed_(feed),
          wall_(wall) {}
    void refresh(); ///< asks; the answers arrive on the feed thread

private:
    FeedClient& feed_;
    Wall& wall_;
};

} // namespace vigil::gateway
