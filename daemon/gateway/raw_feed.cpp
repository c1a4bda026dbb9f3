#include "gateway/raw_feed.hpp"

#include "gateway/json.hpp"
#include "gateway/page.pb.h"

#include "vigil/v1/envelope.pb.h"

#include <algorithm>
#include <vector>

namespace vigil::gateway {

void RawFeed::take(const std::string& topic, const vigil::v1::Envelope& envelope) {
    auto one = std::make_shared<const Kept>(Kept{topic, envelope.SerializeAsString()});
    const std::lock_guard lock(mutex_);
    ++newest_;
    bytes_ += topic.size() + one->envelope.size();
    kept_.push_back(std::move(one));
    while (kept_.size() > messages_max || bytes_ > bytes_max) {
        bytes_ -= kept_.front()->topic.size() + kept_.front()->envelope.size();
        kept_.pop_front();
    }
}

std::string RawFeed::json(std::optional<std::uint64_t> after, std::string_view prefix) const {
    vigil::page::v1::RawMessages out;
    std::vector<std::pair<std::uint64_t, std::shared_ptr<const Kept>>> found;
    {
        const std::lock_guard lock(mutex_);
        const auto before_oldest = newest_ - kept_.size();
        const bool goes_on = after && *after >= first_ && *after <= newest_;
        out.set_anew(after && !goes_on);
        auto from = newest_;
        if (goes_on) {
            if (*after < before_oldest) out.set_gone(before_oldest - *after);
            from = std::max(*after, before_oldest);
        } else {
            for (std::uint64_t seen = 0; from > before_oldest && seen < first_look; --from)
                if (kept_[static_cast<std::size_t>(from - 1 - before_oldest)]->topic.starts_with(prefix)) ++seen;
        }
        std::size_t bytes = 0;
        for (; from < newest_; ++from) {
            const auto& one = kept_[static_cast<std::size_t>(from - before_oldest)];
            if (!one->topic.starts_with(prefix)) continue;
            bytes += one->envelope.size();
            const bool full = found.size() >= answer_messages_max || bytes > answer_bytes_max;
            if (full && !found.empty()) break;
            found.emplace_back(from + 1, one);
        }
        out.set_to(from);
        out.set_more(from < newest_);
    }
    for (const auto& [number, kept] : found) {
        auto& one = *out.add_messages();
        one.set_number(number);
        one.mutable_publication()->set_topic(kept->topic);
        one.mutable_publication()->mutable_envelope()->ParseFromString(kept->envelope); // written by us
    }
    return to_json(out);
}

} // namespace vigil::gateway
