#include "gateway/labels.hpp"

#include "gateway/feed_client.hpp"
#include "gateway/wall.hpp"

#include "vigil/v1/identity.pb.h"
#include "vigil/v1/query.pb.h"

#include <set>

namespace vigil::gateway {
namespace {

constexpr int lookups_max = 256;

std::string label_of(const vigil::v1::IdentityCard& card) {
    if (!card.has_family_name()) return {};
    return card.has_given_name() ? card.family_name() + ", " + card.given_name() : card.family_name();
}

} // namespace

void Labels::refresh() {
    vigil::v1::QueryRequest encounters;
    encounters.set_id("labels");
    encounters.mutable_encounters();
    feed_.query(encounters, [this](const std::optional<vigil::v1::QueryReply>& reply) {
        if (!reply || !reply->error().empty()) return; // the labels that are known stay; asked again later
        std::map<std::string, std::string> encounter_of;
        vigil::v1::IdentityRequest lookup;
        lookup.set_id("labels");
        for (const auto& encounter : reply->encounters()) {
            if (encounter.has_closed_ms() || lookup.lookup().tokens_size() >= lookups_max) continue;
            for (const auto& token : {encounter.visit(), encounter.patient()}) {
                if (token.empty()) continue;
                encounter_of[token] = encounter.id();
                lookup.mutable_lookup()->add_tokens(token);
            }
        }
        if (encounter_of.empty()) return;
        feed_.identity(lookup, [this, encounter_of](const std::optional<vigil::v1::IdentityReply>& answer) {
            if (!answer || !answer->done()) return;
            std::map<std::string, std::string> labels;
            for (const auto& card : answer->cards())
                for (const auto& token : card.tokens())
                    if (const auto found = encounter_of.find(token); found != encounter_of.end())
                        if (auto label = label_of(card); !label.empty()) labels[found->second] = std::move(label);
            wall_.set_labels(std::move(labels));
        });
    });
}

} // namespace vigil::gateway
