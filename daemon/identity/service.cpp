#include "identity/service.hpp"

#include "vigil/v1/identity.pb.h"

namespace vigil::identity {

namespace {

constexpr std::size_t longest_text = 512;
constexpr int most_identifiers = 64;

bool within_bounds(v1::IdentityCard const& card) {
    if (card.tokens_size() > most_tokens || card.identifiers_size() > most_identifiers) return false;
    for (auto const& token : card.tokens())
        if (token.size() > 64) return false;
    for (auto const& id : card.identifiers())
        if (id.type().size() > longest_text || id.authority().size() > longest_text || id.value().size() > longest_text)
            return false;
    return card.family_name().size() <= longest_text && card.given_name().size() <= longest_text &&
           card.birth_date().size() <= 32 && card.source().size() <= 64;
}

Card from_wire(v1::IdentityCard const& wire) {
    Card out;
    out.tokens.assign(wire.tokens().begin(), wire.tokens().end());
    out.family = wire.family_name();
    out.given = wire.given_name();
    out.birth_date = wire.birth_date();
    for (auto const& id : wire.identifiers()) out.identifiers.push_back({id.type(), id.authority(), id.value()});
    out.seen_ms = wire.seen_ms();
    out.source = wire.source();
    return out;
}

void to_wire(Card const& card, v1::IdentityCard& out) {
    for (auto const& token : card.tokens) out.add_tokens(token);
    if (!card.family.empty()) out.set_family_name(card.family);
    if (!card.given.empty()) out.set_given_name(card.given);
    if (!card.birth_date.empty()) out.set_birth_date(card.birth_date);
    for (auto const& id : card.identifiers) {
        auto& wire = *out.add_identifiers();
        wire.set_type(id.type);
        wire.set_authority(id.authority);
        wire.set_value(id.value);
    }
    out.set_seen_ms(card.seen_ms);
    out.set_source(card.source);
}

void store_card(Store& store, v1::IdentityCard const& wire, v1::IdentityReply& reply) {
    if (!within_bounds(wire)) {
        reply.set_reason("bad_request");
        return;
    }
    switch (store.store(from_wire(wire))) {
    case Stored::done: reply.set_done(true); return;
    case Stored::no_token: reply.set_reason("no_token"); return;
    case Stored::erased: reply.set_reason("erased"); return;
    }
}

void look_up(Store& store, v1::IdentityLookup const& wire, v1::IdentityReply& reply) {
    if (wire.tokens_size() > most_tokens) {
        reply.set_reason("bad_request");
        return;
    }
    for (auto const& card : store.lookup({wire.tokens().begin(), wire.tokens().end()}))
        to_wire(card, *reply.add_cards());
    reply.set_done(true);
}

void erase(Store& store, v1::IdentityErase const& wire, std::int64_t now_ms, v1::IdentityReply& reply) {
    if (wire.token().empty() || wire.token().size() > 64)
        reply.set_reason("no_token");
    else if (wire.user().empty() || wire.user().size() > longest_text)
        reply.set_reason("no_user");
    else if (wire.reason().empty() || wire.reason().size() > longest_text)
        reply.set_reason("no_reason");
    else if (store.erase(wire.token(), wire.user(), wire.reason(), now_ms))
        reply.set_done(true);
    else
        reply.set_reason("unknown");
}

} // namespace

std::string answer(Store& store, std::string_view bytes, std::int64_t now_ms) {
    v1::IdentityRequest request;
    if (bytes.size() > longest_request || !request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
        request.id().size() > 64)
        return {};
    v1::IdentityReply reply;
    reply.set_id(request.id());
    try {
        switch (request.what_case()) {
        case v1::IdentityRequest::kStore: store_card(store, request.store(), reply); break;
        case v1::IdentityRequest::kLookup: look_up(store, request.lookup(), reply); break;
        case v1::IdentityRequest::kErase: erase(store, request.erase(), now_ms, reply); break;
        case v1::IdentityRequest::WHAT_NOT_SET: reply.set_reason("bad_request"); break;
        }
    } catch (StoreError const&) {
        // The text could quote a value; the word says enough, and the caller asks again.
        reply.Clear();
        reply.set_id(request.id());
        reply.set_reason("store_failed");
    }
    return reply.SerializeAsString();
}

} // namespace vigil::identity
