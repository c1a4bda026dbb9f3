#include "gateway/login_limit.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <sodium.h>

namespace vigil::gateway {

LoginLimit::Key LoginLimit::key_of(const std::string& user, const std::string& address) {
    static const auto secret = [] {
        std::array<unsigned char, crypto_shorthash_KEYBYTES> bytes{};
        crypto_shorthash_keygen(bytes.data());
        return bytes;
    }();
    const auto text = address + '\n' + user;
    std::array<unsigned char, crypto_shorthash_BYTES> out{};
    crypto_shorthash(out.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size(), secret.data());
    Key key = 0;
    std::memcpy(&key, out.data(), sizeof key);
    return key;
}

std::chrono::seconds LoginLimit::wait_of(Key key, Moment now) const {
    const auto found = places_.find(key);
    if (found == places_.end()) return std::chrono::seconds(0);
    const auto left = std::chrono::ceil<std::chrono::seconds>(found->second.last + found->second.pause - now);
    return std::max(left, std::chrono::seconds(0));
}

std::chrono::seconds LoginLimit::wait(const std::string& user, const std::string& address, Moment now) const {
    return std::max(wait_of(key_of(user, address), now), wait_of(key_of("", address), now));
}

void LoginLimit::count(Key key, unsigned free, Moment now) {
    if (!places_.contains(key) && places_.size() >= places_max)
        places_.erase(std::min_element(places_.begin(), places_.end(),
                                       [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
    auto& place = places_[key];
    if (now - place.last > longest_wait) place = {}; // long ago is forgiven
    place.last = now;
    if (++place.wrong < free) return;
    place.pause = std::clamp(place.pause * 2, first_wait, longest_wait);
}

void LoginLimit::tried(const std::string& user, const std::string& address, Moment now) {
    count(key_of(user, address), free_tries, now);
    count(key_of("", address), free_tries_address, now);
}

void LoginLimit::succeeded(const std::string& user, const std::string& address) {
    places_.erase(key_of(user, address));
    // A ward behind one address is not an attacker's for having signed in; yet one good account must not be a way to
    // go on trying others without end.
    if (const auto found = places_.find(key_of("", address)); found != places_.end() && found->second.wrong > 0)
        --found->second.wrong;
}

} // namespace vigil::gateway
